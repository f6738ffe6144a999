//! One entry of the config, before its source takes it: past this door nobody asks "string or object?".

mod spelling;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::mistake::{BadEntry, kind_of};
pub use super::mistake::{NAME, PATH};
use super::place::Place;
use super::text::Text;
use super::written::Written;
use crate::failure::shown::Shown;
use crate::failure::{Explain, Problem};
use crate::gather::Gather as _;

/// The keys that a source's entries have beside `name`, and what a text stands for.
#[derive(Debug, Clone, Copy)]
pub struct Keys {
    /// Marks an entry as its own.
    pub own: &'static str,
    /// Its fields, for whoever describes them: the own one first. `name` is everybody's.
    pub fields: &'static [Field],
    /// Whether an entry must have a name.
    pub named: bool,
    /// A text that begins so stands for its own key, such as `kms::`. A text that is no source's is a path.
    pub scheme: Option<&'static str>,
    /// The text of its own key as far as it may be shown where it is not taken yet.
    pub shows: fn(&str, Written<'_>) -> Option<Shown>,
}

/// A field of an entry, as editors and documents tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its key.
    pub key: &'static str,
    /// What stands there.
    pub form: FieldForm,
    /// What it is, without a full stop.
    pub about: &'static str,
}

/// What stands in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldForm {
    /// A text.
    Text,
    /// A text or a whole number.
    Version,
    /// Texts by text.
    Context,
    /// `true`, `false` or a text.
    Label,
}

impl Field {
    /// A text.
    #[must_use]
    pub const fn text(key: &'static str, about: &'static str) -> Self {
        let form = FieldForm::Text;
        Self { key, form, about }
    }
}

/// An entry on its way to its source, with all that is wrong with it so far. A source notes what else it finds: nothing is lost
/// that way, and one mistake hides no other. No `Debug`: its texts may be secrets.
pub struct Entry<'a> {
    /// Its place among all, counted from 0.
    pub index: usize,
    /// Where the user wrote it.
    pub place: Place,
    /// Which of the sources takes it.
    pub source: usize,
    /// That source's own key.
    own: &'static str,
    form: Form<'a>,
    /// The known keys that mistyped ones were meant for.
    meant: Vec<&'static str>,
    problems: Vec<Problem>,
}

enum Form<'a> {
    /// `- /app/db`: path and, unless it is a prefix, name.
    Text(Stated<'a>),
    /// `NAME: /app/db` of a map, which shows no other place than that of the whole.
    Pair(Text, Stated<'a>),
    /// `{ name: NAME, path: /app/db }`, or `NAME: { path: /app/db }` of a map, which brings the name.
    Object(Option<Text>, &'a Map<String, Value>, Written<'a>),
}

/// A text in place of an object with just one key.
struct Stated<'a> {
    key: &'static str,
    value: &'a Value,
    written: Written<'a>,
}

impl<'a> Entry<'a> {
    fn new(
        index: usize,
        place: Place,
        (source, own): (usize, &'static str),
        form: Form<'a>,
    ) -> Self {
        Self {
            index,
            place,
            source,
            own,
            form,
            meant: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Whether it is a text alone, which stands for its source's own key and, as a path, for the name.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self.form, Form::Text(..))
    }

    /// All that it says, whichever way it is spelt. Not for messages.
    #[must_use]
    pub fn says(&self) -> BTreeMap<String, Value> {
        let stated = |stated: &Stated<'_>| (stated.key.to_owned(), stated.value.clone());
        let named = |name: &Text| (NAME.to_owned(), name.value().into());
        match &self.form {
            Form::Text(text) => [stated(text)].into_iter().into_map(),
            Form::Pair(name, text) => [named(name), stated(text)].into_iter().into_map(),
            Form::Object(name, map, _) => {
                let fields = map.iter().map(|(key, value)| (key.clone(), value.clone()));
                fields.chain(name.iter().map(named)).into_map()
            }
        }
    }

    /// Whether one of its texts stands in it, whatever it is.
    fn has(&self, key: &str) -> bool {
        match &self.form {
            Form::Pair(..) | Form::Object(Some(_), ..) if key == NAME => true,
            _ => self.field(key).is_some(),
        }
    }

    /// Its name. `None`: it has none, or one that is refused now.
    pub fn name(&mut self) -> Option<Text> {
        match &self.form {
            Form::Text(..) => None,
            Form::Pair(name, ..) | Form::Object(Some(name), ..) => Some(name.clone()),
            Form::Object(None, ..) => self.text(NAME, Text::name),
        }
    }

    /// Refuses an entry without one of its texts, unless a mistyped key was told already.
    pub fn must_have(&mut self, key: &'static str) {
        if !self.has(key) && !self.meant.contains(&key) {
            let own = self.own;
            self.refuse(BadEntry::Missing { key, own });
        }
    }

    /// What stands under one of its keys, whatever it is, but for the name of a pair.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<(&'a Value, Written<'a>)> {
        match &self.form {
            Form::Text(stated) | Form::Pair(_, stated) => {
                (key == stated.key).then_some((stated.value, stated.written))
            }
            Form::Object(_, map, written) => Some((map.get(key)?, written.key(key))),
        }
    }

    /// One of its texts, as far as `read` takes it. `None`: there is none, or it is refused now.
    pub fn text<E: Explain>(
        &mut self,
        key: &str,
        read: impl FnOnce(&str, Written<'a>) -> Result<Text, E>,
    ) -> Option<Text> {
        let (value, written) = self.field(key)?;
        let place = self.place_of(key);
        let read = text(&place, value).and_then(|text| {
            let read = read(text, written);
            read.map_err(|why| Problem::at(&place, why))
        });
        read.map_err(|problem| self.problems.push(problem)).ok()
    }

    /// Where one of its texts stands.
    #[must_use]
    pub fn place_of(&self, key: &str) -> Place {
        match self.form {
            Form::Text(..) | Form::Pair(..) => self.place.clone(),
            Form::Object(..) => self.place.key(key),
        }
    }

    /// Notes a mistake of the entry as a whole.
    pub fn refuse(&mut self, why: impl Explain) {
        self.problems.push(Problem::at(&self.place, why));
    }

    /// Notes a mistake of one of its texts.
    pub fn refuse_text(&mut self, key: &str, why: impl Explain) {
        self.problems.push(Problem::at(&self.place_of(key), why));
    }

    /// All that is wrong with it.
    #[must_use]
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems
    }
}

/// The function of `CloudFormation` that an object is, such as `Fn::Sub`.
#[must_use]
pub fn of_cloud_formation(map: &Map<String, Value>) -> Option<Shown> {
    let (key, _) = map.iter().next().filter(|_| map.len() == 1)?;
    let is_one = key == "Ref" || key.starts_with("Fn::");
    is_one.then(|| Shown::of(key))
}

fn text<'a>(place: &Place, value: &'a Value) -> Result<&'a str, Problem> {
    let why = match value {
        Value::String(text) if !text.trim().is_empty() => return Ok(text),
        Value::String(_) => BadEntry::Empty,
        Value::Object(map) if of_cloud_formation(map).is_some() => BadEntry::CloudFormation {
            function: of_cloud_formation(map).unwrap_or_default(),
        },
        other => BadEntry::NotAString {
            found: kind_of(other),
        },
    };
    Err(Problem::at(place, why))
}

#[cfg(test)]
mod tests;
