//! KMS, for commands: nothing that is deployed calls it from here.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::Aws;
use super::calls::Calls;
use super::endpoint::KMS;
use super::json_call::{Api, JsonService};
use super::strict_json;
use super::trouble::Trouble;
use crate::failure::Failure;

/// How it is spoken to, by `JsonService`.
pub const API: Api = Api {
    service: KMS,
    target: "TrentService",
    version: "1.1",
};
/// Tells what a key is.
pub const DESCRIBE_KEY: &str = "kms:DescribeKey";
/// Tells the aliases of a key.
pub const LIST_ALIASES: &str = "kms:ListAliases";
/// Tells whom a key's own policy lets use it.
pub const GET_KEY_POLICY: &str = "kms:GetKeyPolicy";
/// Tells whom else a key was granted to.
pub const LIST_GRANTS: &str = "kms:ListGrants";
/// Opens a secret.
pub const DECRYPT: &str = "kms:Decrypt";
/// More than a key can have: an end for what a strange service pages for ever.
const PAGES: usize = 50;

/// Whose a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manager {
    /// AWS': opened only by way of the service that it belongs to.
    Aws,
    /// The account's.
    Customer,
}

/// A key, as KMS describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Whole, of the key itself, even where an alias was asked for.
    pub arn: String,
    /// Whose it is.
    pub manager: Manager,
    /// `Enabled`, `Disabled`, `PendingDeletion`, `PendingImport` and the like.
    pub state: String,
    /// Whether it has, or is, a replica in another region.
    pub is_multi_region: bool,
}

/// What KMS says of opening something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MayDecrypt {
    /// It would.
    Yes,
    /// It would not: the service's code and words.
    No {
        /// Such as `AccessDeniedException`.
        code: String,
        /// In the service's words.
        said: String,
    },
}

/// KMS in one region.
pub struct Kms {
    service: JsonService,
}

impl Key {
    /// Where it is.
    #[must_use]
    pub fn region(&self) -> &str {
        self.arn.split(':').nth(3).unwrap_or_default()
    }

    /// Whether it opens anything now: a key whose primary region is being changed does.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        ["Enabled", "Updating"].contains(&self.state.as_str())
    }

    /// `None`: it describes no key.
    fn read(answer: &Value) -> Option<Self> {
        let key = answer.get("KeyMetadata")?;
        let text = |name: &str| key.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            arn: text("Arn")?,
            manager: match text("KeyManager")?.as_str() {
                "AWS" => Manager::Aws,
                "CUSTOMER" => Manager::Customer,
                _ => return None,
            },
            state: text("KeyState")?,
            is_multi_region: key
                .get("MultiRegion")
                .and_then(Value::as_bool)
                .unwrap_or(false),
        })
    }
}

impl Kms {
    /// Makes no call.
    ///
    /// # Errors
    /// There is no way to AWS, or no address that can be used with these settings.
    pub async fn of(aws: &Aws, region: &str) -> Result<Self, Failure> {
        let service = JsonService::of(aws, API, region).await?;
        Ok(Self { service })
    }

    /// Its calls, which tell where it is.
    #[must_use]
    pub fn calls(&self) -> &Arc<Calls> {
        &self.service.calls
    }

    /// What a key is, by its ARN, its id, or `alias/...`.
    ///
    /// # Errors
    /// `NotFoundException`: there is none of that name; any other trouble of the call.
    pub async fn describe_key(&self, name: &str) -> Result<Key, Trouble> {
        let request = json!({ "KeyId": name });
        let answer = self.service.call("DescribeKey", &request).await?;
        Key::read(&answer).ok_or_else(|| odd("a key"))
    }

    /// The aliases of a key, by its ARN or id: `alias/...`, sorted.
    ///
    /// # Errors
    /// Any trouble of the calls.
    pub async fn aliases(&self, key: &str) -> Result<Vec<String>, Trouble> {
        let mut request = json!({ "KeyId": key, "Limit": 100 });
        let mut aliases = Vec::new();
        for _ in 0..PAGES {
            let answer = self.service.call("ListAliases", &request).await?;
            let page = answer.get("Aliases").and_then(Value::as_array);
            let name = |alias: &Value| Some(alias.get("AliasName")?.as_str()?.to_owned());
            let page: Option<Vec<_>> = page.and_then(|page| page.iter().map(name).collect());
            aliases.extend(page.ok_or_else(|| odd("aliases"))?);
            let Some(Value::String(marker)) = answer.get("NextMarker") else {
                aliases.sort_unstable();
                return Ok(aliases);
            };
            request["Marker"] = marker.as_str().into();
        }
        Err(odd("the last of the aliases"))
    }

    /// The policy of a key by its ARN, as it was written.
    ///
    /// # Errors
    /// Any trouble of the call.
    pub async fn policy(&self, key: &str) -> Result<Value, Trouble> {
        let request = json!({ "KeyId": key, "PolicyName": "default" });
        let answer = self.service.call("GetKeyPolicy", &request).await?;
        let policy = answer.get("Policy").and_then(Value::as_str);
        let policy = policy.and_then(|text| strict_json::parse(text.as_bytes()).ok());
        policy.ok_or_else(|| odd("a policy"))
    }

    /// Whether a grant lets a role, by its ARN, decrypt by a key, by its ARN.
    ///
    /// # Errors
    /// Any trouble of the call.
    pub async fn grants_decrypt(&self, key: &str, role: &str) -> Result<bool, Trouble> {
        let request = json!({ "KeyId": key, "GranteePrincipal": role, "Limit": 100 });
        let answer = self.service.call("ListGrants", &request).await?;
        let grants = answer.get("Grants").and_then(Value::as_array);
        let grants = grants.ok_or_else(|| odd("grants"))?;
        let is_one = |grant: &Value| {
            let operations = grant.get("Operations").and_then(Value::as_array);
            let mut operations = operations.into_iter().flatten();
            let is_of_role = grant.get("GranteePrincipal").is_some_and(|of| of == role);
            is_of_role && operations.any(|operation| operation == "Decrypt")
        };
        Ok(grants.iter().any(is_one))
    }

    /// Whether the caller may open a ciphertext, in base64, under its encryption context. KMS opens nothing for it.
    ///
    /// # Errors
    /// KMS could not be asked.
    pub async fn may_decrypt(
        &self,
        ciphertext: &str,
        context: &Map<String, Value>,
    ) -> Result<MayDecrypt, Trouble> {
        let request = json!({
            "CiphertextBlob": ciphertext,
            "EncryptionContext": context,
            "DryRun": true,
        });
        match self.service.call("Decrypt", &request).await {
            // Whoever does not know `DryRun` has opened it; what came of it is dropped unread.
            Ok(_) => Ok(MayDecrypt::Yes),
            Err(Trouble::Refused(refused)) if refused.code == "DryRunOperationException" => {
                Ok(MayDecrypt::Yes)
            }
            Err(Trouble::Refused(refused)) => Ok(MayDecrypt::No {
                code: refused.code,
                said: refused.said,
            }),
            Err(outage) => Err(outage),
        }
    }
}

fn odd(what: &str) -> Trouble {
    Trouble::no_answer(format!("what came back does not tell {what}"))
}
