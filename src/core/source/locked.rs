//! What a lock has of an entry of the config. It comes out of a file that anybody may have edited, so each source looks whether it could
//! have sealed it so for that entry.

use serde_json::{Map, Value};

use crate::aws::account;
use crate::failure::shown::Shown;

/// A secret as a lock has it.
#[derive(Debug, Clone, Copy)]
pub struct Locked<'a> {
    /// Its key in the lock.
    pub name: &'a str,
    /// What would stand in the bundle.
    pub entry: &'a Map<String, Value>,
    /// The region of whatever names none itself.
    pub region: &'a str,
}

/// Why a lock's entry cannot be what the config asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Not what its source writes.
    #[error("{0}")]
    Shape(Shown),
    /// It may be a plaintext.
    #[error("its `{0}` is no known ciphertext, and may be a plaintext, so it is not shown")]
    NotEncrypted(&'static str),
    /// It is that of something else.
    #[error("its {what} is `{found}`, and the config says `{wanted}`")]
    Other {
        /// Such as `arn`.
        what: &'static str,
        /// In the lock.
        found: Shown,
        /// As the config says it, as far as it may be shown.
        wanted: Shown,
    },
    /// It stands under another name.
    #[error("the config names that secret `{wanted}`")]
    Name {
        /// In the config.
        wanted: Shown,
    },
    /// It was found in another account than all others.
    #[error("it is of account {found}, and the others there are of account {wanted}")]
    Account {
        /// Its own.
        found: Shown,
        /// That of the lock.
        wanted: Shown,
    },
    /// It was found elsewhere.
    #[error("it is of region {found}, and this bake is for {wanted}")]
    Region {
        /// In the lock.
        found: Shown,
        /// That of the bake.
        wanted: Shown,
    },
}

impl Unfit {
    /// It is that of something else.
    #[must_use]
    pub fn other(what: &'static str, found: &str, wanted: &Shown) -> Self {
        Self::Other {
            what,
            found: found.into(),
            wanted: wanted.clone(),
        }
    }
}

impl<'a> Locked<'a> {
    /// That it has no other fields.
    ///
    /// # Errors
    /// It has.
    pub fn has_only(&self, known: &[&str]) -> Result<(), Unfit> {
        let mut keys = self.entry.keys();
        match keys.find(|key| !known.contains(&key.as_str())) {
            Some(key) => {
                let shown = Shown::of(key);
                Err(Unfit::Shape(
                    format!("its entry has a field `{shown}`, which nobody bakes").into(),
                ))
            }
            None => Ok(()),
        }
    }

    /// One of its texts.
    ///
    /// # Errors
    /// There is none.
    pub fn text(&self, key: &'static str) -> Result<&'a str, Unfit> {
        let text = self.entry.get(key).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
            .ok_or_else(|| Unfit::Shape(format!("its entry has no text `{key}`").into()))
    }

    /// That it is one of a source by its word.
    ///
    /// # Errors
    /// It is another's.
    pub fn is_of(&self, source: &str) -> Result<(), Unfit> {
        let found = self.text("source")?;
        if found == source {
            Ok(())
        } else {
            Err(Unfit::other("source", found, &source.into()))
        }
    }

    /// That it stands under the name of the config.
    ///
    /// # Errors
    /// It does not.
    pub fn is_named(&self, name: &crate::config::Text) -> Result<(), Unfit> {
        if self.name == name.value() {
            return Ok(());
        }
        let wanted = name.shown().clone();
        Err(Unfit::Name { wanted })
    }

    /// The account of what was found without its ARN in the config.
    ///
    /// # Errors
    /// It was found in another region.
    pub fn account_at_home(&self, arn: &str) -> Result<Option<String>, Unfit> {
        let found = account::in_arn(arn).unwrap_or_default();
        if found.region == self.region {
            return Ok(found.id);
        }
        let (found, wanted) = (found.region.into(), self.region.into());
        Err(Unfit::Region { found, wanted })
    }
}

#[cfg(test)]
mod tests;
