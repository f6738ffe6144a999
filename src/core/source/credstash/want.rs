//! An entry of the config -> the credential that it asks for.

use serde_json::{Map, Value};

use super::ask::Ask;
use crate::config::Text;
use crate::config::entry::{Entry, NAME};
use crate::config::place::Place;
use crate::config::text::{NoName, NotTaken, is_name};
use crate::config::written::Written;
use crate::contract;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};
use crate::source::context;

/// The key of its entries: a credential's name.
pub const CREDSTASH: &str = "credstash";
/// What a text begins with that stands for an entry: `credstash::NAME` or `credstash::NAME::VERSION`.
pub const SCHEME: &str = "credstash::";
/// A version; without one the latest.
pub const VERSION: &str = "version";
/// A table of DynamoDB; without one the default.
pub const TABLE: &str = "table";
/// Where the table is; without one that of the bake.
pub const REGION: &str = "region";

/// The table that credstash itself takes where nothing names one.
const DEFAULT_TABLE: &str = "credential-store";
/// The digits of a version, filled up with zeros from the left, so that versions sort as numbers do.
const DIGITS: usize = 19;
/// JavaScript, which hands the config over, makes another number of a larger one.
const EXACT: u64 = 999_999_999_999_999;

/// One entry of the config, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its place among all entries.
    pub index: usize,
    /// Where the user wrote it.
    pub place: Place,
    /// The key in the bundle.
    pub name: Text,
    /// As credstash names it.
    pub credential: Text,
    /// As it stands in the table; `None` is the latest.
    pub version: Option<String>,
    /// What its data key is bound to.
    pub context: Option<Map<String, Value>>,
    /// Where it is kept.
    pub table: String,
    /// Where the table is; `None` is the region of the bake.
    pub region: Option<String>,
    /// Where it is pinned to the version of a lock.
    pub held: Option<Held>,
}

/// That a lock has the version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The one that the config itself means, as it stands in the table; `None` is the latest.
    pub configured: Option<String>,
}

/// What is wrong with an entry before anybody is asked for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCredential {
    /// Of a variable, and no name.
    #[error(transparent)]
    Name(#[from] NoName),
    /// Of a variable, and nothing that belongs there.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
    /// A name that no item of DynamoDB can have.
    #[error("the name of a credential has at most 2,048 bytes")]
    Long,
    /// A text that is cut off.
    #[error("must read `credstash::NAME` or `credstash::NAME::VERSION`")]
    Scheme,
    /// What no item has.
    #[error(
        "must be a version: a whole number from 0 on, in quotes if it has more than 15 digits, or a text of at most 1,024 bytes"
    )]
    Version,
    /// In the text and beside it.
    #[error("has a version in `credstash` and a `version`")]
    Twice,
    /// No table has such a name.
    #[error("must be the name of a DynamoDB table: 3 to 255 letters, digits and `_.-`")]
    Table,
    /// The same of the environment.
    #[error(
        "CREDSTASH_DEFAULT_TABLE is not the name of a DynamoDB table: 3 to 255 letters, digits and `_.-`"
    )]
    DefaultTable,
    /// Not the shape of one.
    #[error("must be a region, such as `eu-central-1`")]
    Region,
}

impl Explain for BadCredential {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        match self {
            Self::Name(why) => why.hint(caller),
            Self::NotTaken(why) => why.hint(caller),
            Self::Twice => Some("leave one of them out".into()),
            Self::DefaultTable => Some("correct it or unset it".into()),
            Self::Long | Self::Scheme | Self::Version | Self::Table | Self::Region => None,
        }
    }
}

impl Reference {
    /// Takes an entry. `None`: something is wrong with it, and noted there.
    pub fn of(entry: &mut Entry<'_>, default_table: Option<&str>) -> Option<Self> {
        let is_text = entry.is_text();
        let name = entry.name();
        if !is_text {
            entry.must_have(NAME);
        }
        let own = own(entry);
        if matches!(own, Some((_, Some(_)))) && entry.field(VERSION).is_some() {
            entry.refuse(BadCredential::Twice);
        }
        let beside = version(entry);
        let context = context::of(entry);
        let table = table(entry, default_table);
        let region = entry
            .text(REGION, region)
            .map(|text| text.value().to_owned());
        let (credential, within) = own?;
        let name = if is_text {
            Some(credential.clone())
        } else {
            name
        };
        Some(Self {
            index: entry.index,
            place: entry.place.clone(),
            name: name?,
            credential,
            version: within.or(beside).map(|version| padded(&version)),
            context,
            table: table?,
            region,
            held: None,
        })
    }

    /// What it asks for, as reports name it.
    #[must_use]
    pub fn from(&self) -> Shown {
        format!("{SCHEME}{}", self.credential.shown()).into()
    }

    /// What is asked of DynamoDB, in the region of the bake if it has none of its own.
    #[must_use]
    pub fn ask<'a>(&'a self, home: &'a str) -> Ask<'a> {
        Ask {
            region: self.region.as_deref().unwrap_or(home),
            table: &self.table,
            credential: self.credential.value(),
            version: self.version.as_deref(),
        }
    }
}

/// The credential's name, and the version that stands behind it.
fn own(entry: &mut Entry<'_>) -> Option<(Text, Option<String>)> {
    let text = entry.text(CREDSTASH, read)?;
    let parts = parts(&text);
    parts.map_err(|why| entry.refuse_text(CREDSTASH, why)).ok()
}

fn read(text: &str, written: Written<'_>) -> Result<Text, BadCredential> {
    if !text.starts_with(SCHEME) {
        return Ok(Text::name(text, written)?);
    }
    let plain = |text: &str| {
        let rest = text.strip_prefix(SCHEME);
        rest.is_some_and(|rest| {
            rest.split("::")
                .all(|part| is_name(part) || is_digits(part))
        })
    };
    Ok(Text::taken(
        text,
        written,
        "a credential of credstash",
        plain,
    )?)
}

/// The credential's name and the version that its text names.
fn parts(text: &Text) -> Result<(Text, Option<String>), BadCredential> {
    let (credential, version) = match text.value().strip_prefix(SCHEME) {
        None => (text.clone(), None),
        Some(rest) => {
            let (name, version) = match rest.split_once("::") {
                Some((name, version)) => (name, Some(version)),
                None => (rest, None),
            };
            let cut_off = |part: &str| part.trim().is_empty() || part.contains("::");
            if cut_off(name) || version.is_some_and(cut_off) {
                return Err(BadCredential::Scheme);
            }
            let name = if text.is_public() {
                Text::public(name)
            } else {
                Text::hidden(name, text.shown().clone())
            };
            (name, version)
        }
    };
    if credential.value().len() > 2048 {
        return Err(BadCredential::Long);
    }
    if version.is_some_and(|version| version.len() > 1024) {
        return Err(BadCredential::Version);
    }
    Ok((credential, version.map(str::to_owned)))
}

/// The `version` of an entry, a text or a number.
fn version(entry: &mut Entry<'_>) -> Option<String> {
    match entry.field(VERSION)? {
        (Value::Number(number), _) if number.as_u64().is_some_and(|number| number <= EXACT) => {
            Some(number.to_string())
        }
        (Value::String(_), _) => {
            let taken = entry.text(VERSION, |text, written| {
                if text.len() > 1024 {
                    return Err(BadCredential::Version);
                }
                Ok(Text::taken(text, written, "a version", is_digits)?)
            });
            taken.map(|version| version.value().to_owned())
        }
        _ => {
            entry.refuse_text(VERSION, BadCredential::Version);
            None
        }
    }
}

fn table(entry: &mut Entry<'_>, default: Option<&str>) -> Option<String> {
    if entry.field(TABLE).is_some() {
        let table = entry.text(TABLE, |text, written| {
            let what = "the name of a table";
            Text::fitting(text, written, what, is_table, BadCredential::Table)
        });
        return table.map(|table| table.value().to_owned());
    }
    match default {
        Some(table) if !is_table(table) => {
            entry.refuse(BadCredential::DefaultTable);
            None
        }
        table => Some(table.unwrap_or(DEFAULT_TABLE).to_owned()),
    }
}

fn region(text: &str, written: Written<'_>) -> Result<Text, BadCredential> {
    let (what, fits) = ("a region", contract::is_region);
    Text::fitting(text, written, what, fits, BadCredential::Region)
}

fn is_table(text: &str) -> bool {
    let of_one = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    (3..=255).contains(&text.len()) && text.chars().all(of_one)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.len() <= DIGITS && text.chars().all(|c| c.is_ascii_digit())
}

/// As credstash writes a number; any other text is a version as it is.
fn padded(version: &str) -> String {
    if is_digits(version) {
        format!("{version:0>DIGITS$}")
    } else {
        version.to_owned()
    }
}

/// As users know a version.
#[must_use]
pub fn unpadded(version: &str) -> &str {
    let number = version.trim_start_matches('0');
    if is_digits(version) && !number.is_empty() {
        number
    } else {
        version
    }
}
