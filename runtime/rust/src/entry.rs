//! One entry of the bundle, strictly read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::error::Problem;

/// A ciphertext and the parameter it belongs to.
pub(crate) struct Entry {
    pub(crate) ciphertext: Vec<u8>,
    pub(crate) parameter: Parameter,
}

/// The ARN of a parameter, and what KMS is asked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) arn: String,
    pub(crate) partition: String,
    pub(crate) region: String,
}

impl Entry {
    /// # Errors
    /// `EntryInvalid` or `UnknownSource`.
    pub(crate) fn read(entry: &Value) -> Result<Self, Problem> {
        let fields = entry
            .as_object()
            .ok_or_else(|| invalid("is not an object"))?;
        if let Some(source) = fields.get("source") {
            return Err(Problem::UnknownSource(source.to_string()));
        }
        let text = |field: &str| match fields.get(field) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text),
            Some(Value::String(_)) => Err(invalid(&format!("has an empty `{field}`"))),
            Some(_) => Err(invalid(&format!("has a `{field}` that is not a string"))),
            None => Err(invalid(&format!("has no `{field}`"))),
        };
        let parameter = Parameter::read(text("arn")?)?;
        let ciphertext = STANDARD
            .decode(text("ciphertext")?)
            .map_err(|_| invalid("has a `ciphertext` that is not base64"))?;
        Ok(Self {
            ciphertext,
            parameter,
        })
    }
}

impl Parameter {
    /// Reads `arn:<partition>:ssm:<region>:<account>:parameter/<path>`. Partition and region become part of a host
    /// name: they have nothing in them but `a-z`, `0-9` and `-`.
    fn read(arn: &str) -> Result<Self, Problem> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", partition, "ssm", region, account, resource] = parts[..] else {
            return Err(invalid("has an `arn` that is not of a parameter"));
        };
        let path = resource.strip_prefix("parameter/").unwrap_or_default();
        let is_account = !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit());
        if !is_label(partition) || !is_label(region) || !is_account || path.is_empty() {
            return Err(invalid("has an `arn` that is not of a parameter"));
        }
        Ok(Self {
            arn: arn.into(),
            partition: partition.into(),
            region: region.into(),
        })
    }
}

fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn invalid(problem: &str) -> Problem {
    Problem::EntryInvalid(problem.into())
}
