//! Where secrets are kept. Each source has a file here, and a line in the registry below.

mod bare_blob;
mod ciphertext;
mod common_call;
mod credstash;
mod data_key;
mod fields;
mod key;
mod kms;
mod kms_file;
mod sealed;
mod secrets_manager;
mod sops;
mod ssm;
#[cfg(test)]
mod tests;
mod variable;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::contract::Code;
use crate::environment::Environment;
use crate::error::Problem;
use bare_blob::BareBlob;
use fields::invalid;
use sealed::Source;
pub(crate) use sealed::{Progress, Sealed};
use variable::{Variable, of_variable};

/// Makes a source, for one open bundle.
type Make = fn(&Environment) -> Box<dyn Source>;

/// The sources that entries name, as the field `source` has them: a line each.
const NAMED: &[(&str, Make)] = &[
    ("kms", |_| Box::new(kms::Kms)),
    ("kmsfile", |_| Box::new(kms_file::KmsFile)),
    ("sops", |environment| Box::new(sops::Sops::new(environment))),
    ("credstash", |_| Box::new(credstash::Credstash)),
    ("secretsManager", |_| {
        Box::<secrets_manager::SecretsManager>::default()
    }),
];

/// The sources of one open bundle.
pub(crate) struct Sources {
    /// That of entries which name none.
    unnamed: Box<dyn Source>,
    named: BTreeMap<&'static str, Box<dyn Source>>,
    environment: Environment,
}

impl Sources {
    pub(crate) fn new(environment: &Environment) -> Self {
        let named = NAMED.iter().map(|(name, make)| (*name, make(environment)));
        Self {
            unnamed: Box::new(ssm::Ssm),
            named: named.collect(),
            environment: environment.clone(),
        }
    }

    /// Reads an entry of the bundle, by its source.
    ///
    /// # Errors
    /// `BundleInvalid` for what is no object, `UnknownSource`, and those of the source.
    pub(crate) fn parse(&self, entry: &Value) -> Result<Box<dyn Sealed>, Problem> {
        let fields = entry
            .as_object()
            .ok_or_else(|| invalid("is not an object"))?;
        let source = match fields.get("source") {
            None => &self.unnamed,
            Some(source) => source
                .as_str()
                .and_then(|name| self.named.get(name))
                .ok_or_else(|| Problem::new(Code::UnknownSource, source.to_string()))?,
        };
        source.parse(fields)
    }
    /// Reads what stands in an environment variable.
    ///
    /// # Errors
    /// `VariableInvalid` for what is malformed, and those of `parse` beside `BundleInvalid`.
    pub(crate) fn parse_variable(&self, value: &str) -> Result<Box<dyn Sealed>, Problem> {
        match Variable::read(value)? {
            Variable::Entry(entry) => self.parse(&entry).map_err(of_variable),
            Variable::Blob(blob) => Ok(Box::new(BareBlob::new(blob, &self.environment)?)),
        }
    }
}
