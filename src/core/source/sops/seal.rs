//! A file and what is asked of it -> sealed values, or every reason why there are none.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::file::SopsFile;
use super::leaf::{self, Encrypted, Leaf};
use super::metadata::KmsKey;
use super::refusal::{BadField, BadKeys, Has, Names};
use super::want::{Reference, Want};
use crate::config::Text;
use crate::contract::FILE_KEYS;
use crate::failure::shown::Shown;
use crate::failure::{Problem, nearest};
use crate::source::blob;
use crate::source::context::CONTEXT;
use crate::source::joint::{Sealed, entry_of};
use crate::source::key_arn::KeyArn;

/// A file that a function can open, by the paths of its values.
pub struct Sealing<'a> {
    name: &'a Shown,
    file: &'a SopsFile,
    /// The data key under each key of KMS, as it stands in each entry.
    keys: Value,
    /// `None`: two values have that path.
    leaves: HashMap<&'a str, Option<&'a Leaf>>,
}

impl<'a> Sealing<'a> {
    /// `name` is what messages call the file.
    ///
    /// # Errors
    /// No function opens it.
    pub fn of(name: &'a Shown, file: &'a SopsFile) -> Result<Self, BadKeys> {
        let keys = keys(name, file)?;
        let mut leaves = HashMap::new();
        for leaf in &file.leaves {
            let again = |found: &mut Option<&Leaf>| *found = None;
            let entry = leaves.entry(leaf.path.as_str());
            entry.and_modify(again).or_insert(Some(leaf));
        }
        Ok(Self {
            name,
            file,
            keys,
            leaves,
        })
    }

    /// All that an entry asks for.
    ///
    /// # Errors
    /// Every reason why it is not there.
    pub fn answer(&self, reference: &Reference) -> Result<Vec<Sealed>, Vec<Problem>> {
        match &reference.want {
            Want::One { name, field, place } => self
                .one(name, field)
                .map(|sealed| vec![sealed])
                .map_err(|why| vec![Problem::at(place, why)]),
            Want::All => self.all().map_err(|all| {
                let at = |why| Problem::at(&reference.file_place, why);
                all.into_iter().map(at).collect()
            }),
        }
    }

    /// What the user should know of the values that an entry for all of them leaves out.
    pub fn left_out(&self) -> impl Iterator<Item = String> {
        let allows_plaintext = self.file.metadata.rule.allows_plaintext();
        let of = |value: leaf::Value| {
            let leaves = self.file.leaves.iter();
            let leaves = leaves.filter(move |leaf| leaf.value == value);
            let leaves = leaves.filter(|leaf| !allows_plaintext(&leaf.aad));
            leaves.map(|leaf| leaf.path.as_str()).collect::<Vec<_>>()
        };
        let name = self.name;
        let plain = of(leaf::Value::Plain);
        let plain = (!plain.is_empty()).then(|| {
            format!("`{name}` holds in plaintext, against its own rules: {}; that is not baked, and whoever reads the repository reads it", Names::of(&plain))
        });
        let empty = of(leaf::Value::Empty);
        let empty = (!empty.is_empty()).then(|| {
            format!(
                "`{name}` holds nothing at: {}; SOPS does not encrypt that, so it is not baked",
                Names::of(&empty)
            )
        });
        [plain, empty].into_iter().flatten()
    }

    /// What the user should know of the keys.
    pub fn roles(&self) -> impl Iterator<Item = String> {
        let keys = self.file.metadata.kms.iter();
        keys.filter(|key| !key.role.is_empty()).map(|key| {
            let (arn, role) = (Shown::of(&key.arn), Shown::of(&key.role));
            format!("`{}` names the role `{role}` for `{arn}`: a function assumes none, so its own role needs kms:Decrypt on that key", self.name)
        })
    }

    fn one(&self, name: &Text, field: &Text) -> Result<Sealed, BadField> {
        let (file, shown) = (self.name.clone(), field.shown().clone());
        let leaf = match self.leaves.get(field.value()) {
            Some(Some(leaf)) => leaf,
            Some(None) => return Err(BadField::Twice { file, field: shown }),
            None => return Err(self.missing(field)),
        };
        match &leaf.value {
            leaf::Value::Encrypted(encrypted) => Ok(self.sealed(name.clone(), leaf, encrypted)),
            leaf::Value::Damaged(damage) => Err(BadField::Damaged {
                file,
                field: shown,
                damage: *damage,
            }),
            leaf::Value::Plain => Err(BadField::Plain {
                file,
                field: shown,
                by_rule: self.file.metadata.rule.allows_plaintext()(&leaf.aad),
            }),
            leaf::Value::Empty => Err(BadField::Empty { file, field: shown }),
        }
    }

    fn missing(&self, field: &Text) -> BadField {
        let (file, wanted) = (self.name.clone(), field.value());
        let paths = self.file.leaves.iter().map(|leaf| leaf.path.as_str());
        let is_below = |path: &&str| {
            path.strip_prefix(wanted)
                .is_some_and(|rest| rest.starts_with('.'))
        };
        let below: Vec<_> = paths.clone().filter(is_below).collect();
        let field = field.shown().clone();
        if !below.is_empty() {
            let below = Names::of(&below);
            return BadField::Above { file, field, below };
        }
        // Of what is longer or shorter by more none is near.
        let near = paths.filter(|path| path.len().abs_diff(wanted.len()) <= 2);
        let meant = nearest(wanted, near).map(|path| Shown::of(path).to_string());
        BadField::Missing { file, field, meant }
    }

    fn all(&self) -> Result<Vec<Sealed>, Vec<BadField>> {
        let (mut sealed, mut problems) = (Vec::new(), Vec::new());
        for leaf in &self.file.leaves {
            let file = self.name.clone();
            match &leaf.value {
                leaf::Value::Encrypted(_) if leaf.path.trim().is_empty() => {
                    problems.push(BadField::Blank { file });
                }
                leaf::Value::Encrypted(encrypted) => {
                    let name = Text::public(&leaf.path);
                    sealed.push(self.sealed(name, leaf, encrypted));
                }
                leaf::Value::Damaged(damage) => problems.push(BadField::Damaged {
                    file,
                    field: Shown::of(&leaf.path),
                    damage: *damage,
                }),
                leaf::Value::Plain | leaf::Value::Empty => {}
            }
        }
        if sealed.is_empty() && problems.is_empty() {
            let file = self.name.clone();
            problems.push(BadField::None { file });
        }
        if problems.is_empty() {
            Ok(sealed)
        } else {
            Err(problems)
        }
    }

    fn sealed(&self, name: Text, leaf: &Leaf, encrypted: &Encrypted) -> Sealed {
        let fields = [
            ("value", encrypted.value.clone().into()),
            ("iv", encrypted.iv.clone().into()),
            ("tag", encrypted.tag.clone().into()),
            ("aad", leaf.aad.clone().into()),
            ("type", encrypted.kind.as_str().into()),
            ("keys", self.keys.clone()),
        ];
        Sealed {
            name,
            from: format!("{}: {}", self.name, leaf.path).into(),
            version: None,
            entry: entry_of("sops", fields),
        }
    }
}

/// The data key under each key of KMS, as an opener wants it.
fn keys(name: &Shown, file: &SopsFile) -> Result<Value, BadKeys> {
    let (metadata, file) = (&file.metadata, name.clone());
    let count = metadata.kms.len();
    if metadata.needs_several() {
        return Err(BadKeys::Several { file });
    }
    if count == 0 {
        let has = Has::of(metadata);
        return Err(BadKeys::NoKms { file, has });
    }
    if count > FILE_KEYS {
        return Err(BadKeys::TooMany { file, count });
    }
    let keys = metadata.kms.iter().zip(1..);
    keys.map(|(key, number)| entry_of_key(key, number, name))
        .collect()
}

fn entry_of_key(key: &KmsKey, number: usize, file: &Shown) -> Result<Value, BadKeys> {
    let file = file.clone();
    if KeyArn::of(&key.arn).is_none() {
        let arn = Shown::of(&key.arn);
        return Err(BadKeys::Arn { file, number, arn });
    }
    if let Err(why) = blob::check(&key.enc) {
        return Err(BadKeys::Enc { file, number, why });
    }
    let mut entry = Map::new();
    entry.insert("arn".into(), json!(key.arn));
    entry.insert("ciphertext".into(), json!(key.enc));
    if !key.context.is_empty() {
        entry.insert(CONTEXT.into(), json!(key.context));
    }
    Ok(Value::Object(entry))
}
