//! What SOPS has written of a file under `sops`: which keys open it, and which values it was to encrypt.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Map, Value};

use super::rule::Rule;
use super::typed::{Malformed, list, number, object, text};

/// The metadata of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The keys of KMS, each of which has the data key.
    pub kms: Vec<KmsKey>,
    /// The recipients of age, each of which has the data key.
    pub age: Vec<AgeKey>,
    /// What else has it, as SOPS calls it: `pgp`, `gcp_kms`.
    pub others: Vec<&'static str>,
    /// How many groups of keys must work together; 0 where a single key opens the file.
    pub threshold: u64,
    /// How many groups of keys there are.
    pub groups: usize,
    /// Which values were to be encrypted.
    pub rule: Rule,
    /// When SOPS has written the file, in seconds since 1970, if it says so.
    pub written: Option<i64>,
}

/// The data key under a key of KMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KmsKey {
    /// The key's ARN, as it was written.
    pub arn: String,
    /// The data key as `kms:Encrypt` gave it, in base64.
    pub enc: String,
    /// Its encryption context, all of texts; empty where it has none.
    pub context: Map<String, Value>,
    /// The role by which SOPS asks KMS; empty where that is the caller's own.
    pub role: String,
}

/// The data key for a recipient of age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgeKey {
    /// The recipient, such as `age1...`.
    pub recipient: String,
    /// The data key as an armored age file.
    pub enc: String,
}

/// What opens a file beside KMS and age, as SOPS calls it.
const OTHERS: [&str; 5] = ["pgp", "gcp_kms", "azure_kv", "hc_vault", "hckms"];

impl Metadata {
    /// Reads what stands under `sops`.
    ///
    /// # Errors
    /// A list or text is something else.
    pub fn of(sops: &Map<String, Value>) -> Result<Self, Malformed> {
        let mut metadata = Self {
            threshold: number(sops, "shamir_threshold")?,
            rule: Rule::of(sops)?,
            written: sops.get("lastmodified").and_then(instant),
            ..Self::default()
        };
        let groups = list(sops, "key_groups")?;
        metadata.groups = groups.len();
        let groups = groups.iter().map(|group| object(group, "key_groups"));
        for group in groups.chain([Ok(sops)]) {
            metadata.add(group?)?;
        }
        Ok(metadata)
    }

    /// Whether no single key opens the file.
    #[must_use]
    pub fn needs_several(&self) -> bool {
        self.threshold > 1 || self.groups > 1
    }

    /// Adds the keys of a group, or of all that is not in one.
    fn add(&mut self, group: &Map<String, Value>) -> Result<(), Malformed> {
        for key in list(group, "kms")? {
            self.kms.push(KmsKey::of(object(key, "kms")?)?);
        }
        for key in list(group, "age")? {
            let key = object(key, "age")?;
            self.age.push(AgeKey {
                recipient: text(key, "recipient")?,
                enc: text(key, "enc")?,
            });
        }
        for other in OTHERS {
            if !list(group, other)?.is_empty() && !self.others.contains(&other) {
                self.others.push(other);
            }
        }
        Ok(())
    }
}

/// What SOPS has not written so tells nothing, and opens nothing either.
fn instant(text: &Value) -> Option<i64> {
    let instant = DateTime::from_str(text.as_str()?, Format::DateTimeWithOffset);
    instant.ok().map(|instant| instant.secs())
}

impl KmsKey {
    fn of(key: &Map<String, Value>) -> Result<Self, Malformed> {
        let context = match key.get("context") {
            None | Some(Value::Null) => Map::new(),
            Some(context) => object(context, "context")?.clone(),
        };
        if !context.values().all(Value::is_string) {
            return Err(Malformed { key: "context" });
        }
        Ok(Self {
            arn: text(key, "arn")?,
            enc: text(key, "enc")?,
            context,
            role: text(key, "role")?,
        })
    }
}

#[cfg(test)]
mod tests;
