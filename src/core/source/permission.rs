//! What secrets need to be allowed, as a policy says it: actions, on what, under which conditions. Which key an alias or id is, and whose
//! account this is, is left to whoever writes the policy.

use serde_json::{Map, Value};

use super::survey::{Survey, Told};
use crate::config::Text;
use crate::config::place::Place;

/// What begins the condition keys of an encryption context.
const CONTEXT: &str = "kms:EncryptionContext:";
/// All that opens a ciphertext of KMS.
pub const DECRYPT: &[&str] = &["kms:Decrypt"];

/// Actions that somebody must be allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// Who needs them.
    pub who: Who,
    /// Whose secret it is for.
    pub place: Place,
    /// What for, in letters alone: `OpenParameters`.
    pub purpose: &'static str,
    /// Such as `ssm:GetParameters`.
    pub actions: &'static [&'static str],
    /// On what.
    pub on: On,
    /// All of them must hold.
    pub conditions: Vec<Condition>,
    /// What is not certain of it, in words.
    pub notice: Option<&'static str>,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The role that deploys.
    Deployment,
    /// The role of each function that carries this secret.
    Function(Text),
}

/// On what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// This.
    Arn(String),
    /// Something of this account.
    Own {
        /// Such as `dynamodb`.
        service: &'static str,
        /// `None`: the region of the bake.
        region: Option<String>,
        /// All that follows the account in an ARN: `table/NAME`.
        resource: String,
    },
    /// Keys of KMS.
    Keys {
        /// Where they are, unless their ARNs say it. `None`: the region of the bake.
        region: Option<String>,
        /// As the source names them: ARN, id or `alias/...`.
        keys: Told<Vec<String>>,
        /// What of those that AWS manages.
        of_aws: OfAws,
    },
}

/// What a key that AWS manages means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfAws {
    /// No policy lets a function use it.
    Closed,
    /// Its service lets everybody use it who may read the secret: nothing needs to be allowed.
    Open,
}

/// What must hold of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Such as `StringEquals`.
    pub operator: &'static str,
    /// Such as `kms:EncryptionContext:PARAMETER_ARN`.
    pub key: String,
    /// As it is, not as a pattern.
    pub value: String,
}

impl Condition {
    /// The call says just this.
    #[must_use]
    pub fn equals(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            operator: "StringEquals",
            key: key.into(),
            value: value.into(),
        }
    }

    /// The encryption context has this pair. It may have others.
    #[must_use]
    pub fn context(key: &str, value: &str) -> Self {
        Self::equals(format!("{CONTEXT}{key}"), value)
    }
}

/// What must hold of a call for a ciphertext that was encrypted under just this context, or under none.
#[must_use]
pub fn under(context: Option<&Map<String, Value>>) -> Vec<Condition> {
    let pairs = context.into_iter().flatten();
    let pairs = pairs.filter_map(|(key, value)| Some(Condition::context(key, value.as_str()?)));
    let pairs: Vec<_> = pairs.collect();
    if !pairs.is_empty() {
        return pairs;
    }
    // Without it the statement would open whatever else is under the key, parameters too.
    vec![Condition {
        operator: "Null",
        key: "kms:EncryptionContextKeys".to_owned(),
        value: "true".to_owned(),
    }]
}

/// A function opens what stands in the config, by the keys that were told.
#[must_use]
pub fn to_open(
    told: &Survey,
    purpose: &'static str,
    context: Option<&Map<String, Value>>,
) -> Permission {
    Permission {
        who: Who::Function(told.name.clone()),
        place: told.place.clone(),
        purpose,
        actions: DECRYPT,
        on: On::Keys {
            region: told.region.clone(),
            keys: told.keys.clone(),
            of_aws: OfAws::Closed,
        },
        conditions: under(context),
        notice: None,
    }
}

#[cfg(test)]
impl Permission {
    /// In one line, for tests.
    #[must_use]
    pub fn said(&self) -> String {
        let who = match &self.who {
            Who::Deployment => "deploy".to_owned(),
            Who::Function(name) => name.value().to_owned(),
        };
        let on = match &self.on {
            On::Arn(arn) => arn.clone(),
            On::Own {
                service, resource, ..
            } => format!("own {service} {resource}"),
            On::Keys { keys, of_aws, .. } => format!("{:?} {of_aws:?}", keys.known()),
        };
        let conditions = self.conditions.iter();
        let conditions =
            conditions.map(|one| format!(" {} {}={}", one.operator, one.key, one.value));
        let conditions: String = conditions.collect();
        format!(
            "{who}: {} {} on {on}{conditions}",
            self.purpose,
            self.actions.join("+")
        )
    }
}
