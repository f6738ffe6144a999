//! One value of a plain local file, set where git keeps the file out. What is given back is not written.

use std::fs;
use std::path::Path;

use zeroize::Zeroizing;

use super::dotenv;
use super::dotenv::put::{NotPut, put};
use super::file::{Kind, NoValues, text};
use super::ignored;
use crate::config::Text;
use crate::edit::{self, NoEdit, Step};
use crate::failure::shown::Shown;
use crate::failure::{Code, Explain, Failure};
use crate::source::sops::format::Format;
use crate::source::store::Doing;

/// What some editors begin a text with.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A value that cannot be put into such a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPlain {
    /// Not as a line.
    #[error("`{file}`: {why}")]
    Line {
        /// The file.
        file: Shown,
        /// What is wrong.
        why: NotPut,
    },
    /// Not in a map.
    #[error("`{file}`: {why}")]
    Map {
        /// The file.
        file: Shown,
        /// What is wrong.
        why: NoEdit,
    },
    /// Bytes.
    #[error("the value is no text in UTF-8, and `{file}` takes nothing else")]
    NotText {
        /// The file.
        file: Shown,
    },
}

impl Explain for NotPlain {
    fn code(&self) -> Code {
        Code::LocalValues
    }
}

/// A file with its new value.
pub struct Changed {
    /// The whole file.
    pub bytes: Zeroizing<Vec<u8>>,
    /// What becomes of what is there.
    pub doing: Doing,
}

/// Sets one value. A file that is not there is begun.
///
/// # Errors
/// Git does not ignore the file, it cannot be read, or the value cannot stand there.
pub fn set(folder: &Path, path: &str, name: &str, value: &[u8]) -> Result<Changed, Failure> {
    let file = Shown::of(path);
    let kind = Kind::of(path).ok_or_else(|| NoValues::Kind { file: file.clone() })?;
    let value = std::str::from_utf8(value).map_err(|_| NotPlain::NotText { file: file.clone() })?;
    let whole = folder.join(path);
    let is_there = fs::symlink_metadata(&whole).is_ok();
    let old = if is_there {
        ignored::check(&whole, &file)?;
        text(folder, &Text::public(path))?
    } else {
        ignored::check_new(&whole, &file)?;
        Zeroizing::default()
    };
    let (mark, old) = match old.strip_prefix(BYTE_ORDER_MARK) {
        Some(old) => (BYTE_ORDER_MARK, old),
        None => ("", old.as_str()),
    };
    let (new, present) = match kind {
        Kind::Dotenv => lines(old, name, value).map_err(|why| NotPlain::Line { file, why })?,
        Kind::Map(format) => {
            map(old, format, name, value).map_err(|why| NotPlain::Map { file, why })?
        }
    };
    let doing = match present {
        None => Doing::Create,
        Some(true) => Doing::Leave,
        Some(false) => Doing::Change,
    };
    let bytes = Zeroizing::new([mark.as_bytes(), new.as_bytes()].concat());
    Ok(Changed { bytes, doing })
}

/// The new text, and whether the present value is the same; `None`: there is none.
type Put = (Zeroizing<String>, Option<bool>);

fn lines(old: &str, name: &str, value: &str) -> Result<Put, NotPut> {
    let present = dotenv::read(old)?;
    let present = present.iter().find(|(one, _)| one == name);
    let is_same = present.map(|(_, is)| is.as_slice() == value.as_bytes());
    Ok((put(old, name, value)?, is_same))
}

fn map(old: &str, format: Format, name: &str, value: &str) -> Result<Put, NoEdit> {
    let way = |steps: &[Step]| joined(steps) == name;
    match edit::find(old, way) {
        Ok(found) => Ok((edit::replace(old, way, value)?, Some(*found.text == value))),
        Err(NoEdit::Missing) => {
            let is_json = format == Format::Json;
            Ok((edit::insert(old, name, value, is_json)?, None))
        }
        Err(why) => Err(why),
    }
}

/// As the names of such a file are read.
fn joined(steps: &[Step]) -> String {
    let steps = steps.iter().map(|step| match step {
        Step::Key(key) => key.clone(),
        Step::Item(index) => index.to_string(),
    });
    steps.collect::<Vec<_>>().join(".")
}
