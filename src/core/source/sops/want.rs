//! An entry of the config -> what it asks of which file.

use super::format::Format;
use crate::config::Text;
use crate::config::entry::{Entry, NAME};
use crate::config::place::Place;
use crate::config::text::is_name;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};
use crate::source::input_file;

/// The key that names a file.
pub const SOPS: &str = "sops";
/// The key that names one of its values.
pub const FIELD: &str = "field";
/// The one value of a binary file.
pub const DATA: &str = "data";

/// One entry of the config, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its place among all entries.
    pub index: usize,
    /// The file.
    pub file: Text,
    /// Where the user wrote the file.
    pub file_place: Place,
    /// What it asks for.
    pub want: Want,
}

/// What an entry asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// One value under a name of the user's choice.
    One {
        /// The key in the bundle.
        name: Text,
        /// The value's path, joined by `.`.
        field: Text,
        /// Where the user wrote it.
        place: Place,
    },
    /// Every encrypted value, named by its path.
    All,
}

/// What is wrong with an entry before its file is read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum BadWant {
    /// A binary file has one value, which has no name of its own.
    #[error("`{file}` is binary by its name, which makes it one secret: it has no fields")]
    Binary { file: Shown },
    /// The same.
    #[error("`{file}` is binary by its name, which makes it one secret, and has no `name` here")]
    Nameless { file: Shown },
}

impl Explain for BadWant {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some(match self {
            Self::Binary { .. } => "leave out `field`; a file with fields is called `.yaml`, `.json` or `.env`".into(),
            Self::Nameless { .. } => "write `{ name: MY_SECRET, sops: ... }`; a file with fields is called `.yaml`, `.json` or `.env`".into(),
        })
    }
}

impl Reference {
    /// Takes an entry. `None`: something is wrong with it, and noted there.
    pub fn of(entry: &mut Entry<'_>) -> Option<Self> {
        let name = entry.name();
        let is_named = name.is_some() || entry.field(NAME).is_some();
        let file = file(entry);
        let field = field(entry);
        let has_field = entry.field(FIELD).is_some();
        let file = file?;
        let want = if Format::of(file.value()) == Format::Binary {
            let file = file.shown().clone();
            if has_field {
                entry.refuse_text(FIELD, BadWant::Binary { file });
                return None;
            }
            if !is_named {
                entry.refuse(BadWant::Nameless { file });
                return None;
            }
            one(entry, SOPS, name?, Text::public(DATA))
        } else if is_named || has_field {
            entry.must_have(NAME);
            entry.must_have(FIELD);
            one(entry, FIELD, name?, field?)
        } else {
            Want::All
        };
        Some(Self {
            index: entry.index,
            file,
            file_place: entry.place_of(SOPS),
            want,
        })
    }
}

/// The file that an entry names. What is wrong with it is noted in the entry.
pub fn file(entry: &mut Entry<'_>) -> Option<Text> {
    entry.text(SOPS, |text, written| {
        let what = "the path of a file of SOPS";
        Text::taken(text, written, what, input_file::is_path)
    })
}

/// The field that an entry names. What is wrong with it is noted in the entry.
pub fn field(entry: &mut Entry<'_>) -> Option<Text> {
    entry.text(FIELD, |text, written| {
        Text::taken(text, written, "a field of a file of SOPS", is_name)
    })
}

fn one(entry: &Entry<'_>, key: &str, name: Text, field: Text) -> Want {
    let place = entry.place_of(key);
    Want::One { name, field, place }
}
