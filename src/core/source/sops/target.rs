//! A field -> the place in a file where its value is, or is to be.

use super::dotenv;
use super::format::Format;
use super::leaf::{Encrypted, Value};
use super::not_set::NotSet;
use super::opened::{Content, Leaf};
use super::path::{Path, Step};
use super::refusal::Names;
use super::rule::Rule;
use super::tree::METADATA;
use super::want::DATA;
use crate::failure::shown::Shown;

/// Where a value is set.
pub struct Target {
    /// The keys and indexes that lead there.
    pub path: Path,
    /// What is there.
    pub before: Before,
}

/// What is there before.
pub enum Before {
    /// A ciphertext.
    Encrypted(Encrypted),
    /// A text without letters, or nothing.
    Empty,
    /// Not even a key.
    New,
}

/// A file, as far as a field needs it.
pub struct Fields<'a> {
    /// As messages call it.
    pub file: &'a Shown,
    /// How it is written.
    pub format: Format,
    /// All its values.
    pub leaves: &'a [Leaf],
    /// Which of them are to be encrypted.
    pub rule: &'a Rule,
}

impl Fields<'_> {
    /// The place of a field, whose keys and indexes are joined by `.`; a binary file has none.
    ///
    /// # Errors
    /// There is none, several, or one that is not to be encrypted.
    pub fn find(&self, field: Option<&str>) -> Result<Target, NotSet> {
        let file = self.file.clone();
        let field = match (self.format, field) {
            (Format::Binary, None) => DATA,
            (Format::Binary, Some(_)) => return Err(NotSet::Binary { file }),
            (_, None) => return Err(NotSet::NoField { file }),
            (_, Some(field)) => field,
        };
        let mut found = self
            .leaves
            .iter()
            .filter(|leaf| leaf.path.joined() == field);
        let target = match (found.next(), found.next()) {
            (Some(leaf), None) => self.existing(leaf, field)?,
            (None, _) => self.new_one(field)?,
            (Some(_), Some(_)) => return Err(self.twice(field)),
        };
        let is_encrypted = matches!(target.before, Before::Encrypted(_));
        if !is_encrypted && self.rule.allows_plaintext()(&target.path.aad()) {
            return Err(self.plain(field));
        }
        Ok(target)
    }

    fn existing(&self, leaf: &Leaf, field: &str) -> Result<Target, NotSet> {
        let before = match &leaf.content {
            Content::Text(Value::Encrypted(encrypted), _) => Before::Encrypted(encrypted.clone()),
            Content::Text(Value::Empty, _) | Content::Null => Before::Empty,
            Content::Text(Value::Plain | Value::Damaged(_), _) | Content::Other(_) => {
                return Err(self.plain(field));
            }
        };
        let path = leaf.path.clone();
        Ok(Target { path, before })
    }

    fn new_one(&self, field: &str) -> Result<Target, NotSet> {
        let below: Vec<_> = self.below(field).map(|leaf| leaf.path.joined()).collect();
        if !below.is_empty() {
            let names: Vec<_> = below.iter().map(String::as_str).collect();
            return Err(NotSet::Above {
                file: self.file.clone(),
                field: field.into(),
                below: Names::of(&names),
            });
        }
        let (mut path, key) = match field.rsplit_once('.') {
            Some((map, key)) if self.format != Format::Dotenv => (self.map(map, field)?, key),
            _ => (Path::default(), field),
        };
        let is_sops = path.depth() == 0 && key == METADATA;
        let fits = self.format != Format::Dotenv || dotenv::is_key(key);
        if key.trim().is_empty() || is_sops || !fits {
            let file = self.file.clone();
            return Err(NotSet::Key {
                file,
                field: field.into(),
            });
        }
        path.push(Step::Key(key.to_owned()));
        let before = Before::New;
        Ok(Target { path, before })
    }

    /// The map to which a new key is added.
    fn map(&self, map: &str, field: &str) -> Result<Path, NotSet> {
        let mut found: Vec<Path> = Vec::new();
        for leaf in self.below(map) {
            let maps = (1..leaf.path.depth()).map(|depth| leaf.path.first(depth));
            for path in maps.filter(|path| path.joined() == map) {
                if !found.contains(&path) {
                    found.push(path);
                }
            }
        }
        let is_map = |path: &Path| {
            let mut inside = self
                .leaves
                .iter()
                .filter_map(|leaf| leaf.path.step_below(path));
            inside.all(|step| matches!(step, Step::Key(_)))
        };
        match found.pop() {
            Some(path) if found.is_empty() && is_map(&path) => Ok(path),
            Some(_) if !found.is_empty() => Err(self.twice(map)),
            _ => Err(NotSet::NoMap {
                file: self.file.clone(),
                map: map.into(),
                field: field.into(),
            }),
        }
    }

    fn below(&self, path: &str) -> impl Iterator<Item = &Leaf> {
        self.leaves.iter().filter(move |leaf| {
            let joined = leaf.path.joined();
            let rest = joined.strip_prefix(path);
            rest.is_some_and(|rest| rest.starts_with('.'))
        })
    }

    fn twice(&self, field: &str) -> NotSet {
        NotSet::Twice {
            file: self.file.clone(),
            field: field.into(),
        }
    }

    fn plain(&self, field: &str) -> NotSet {
        NotSet::Plain {
            file: self.file.clone(),
            field: field.into(),
        }
    }
}
