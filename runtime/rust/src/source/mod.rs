//! Where secrets are kept. Each source has a file here, and a line in the registry below.

mod ciphertext;
mod fields;
mod sealed;
mod ssm;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::contract::Code;
use crate::error::Problem;
use fields::invalid;
use sealed::Source;
pub(crate) use sealed::{Description, Progress, Sealed};

/// Makes a source, for one open bundle.
type Make = fn() -> Box<dyn Source>;

/// The sources that entries name, as the field `source` has them: a line each.
const NAMED: &[(&str, Make)] = &[];

/// The sources of one open bundle.
pub(crate) struct Sources {
    /// That of entries which name none.
    unnamed: Box<dyn Source>,
    named: BTreeMap<&'static str, Box<dyn Source>>,
}

impl Default for Sources {
    fn default() -> Self {
        let named = NAMED.iter().map(|(name, make)| (*name, make()));
        Self {
            unnamed: Box::new(ssm::Ssm),
            named: named.collect(),
        }
    }
}

impl Sources {
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
}
