//! What a function must be allowed to open a secret that is baked.

use secret_baker_core::aws::kms::{DECRYPT, Manager};
use secret_baker_core::source::Sealed;
use secret_baker_core::source::ciphertext::Ciphertext;
use secret_baker_core::source::survey::Survey;
use serde_json::{Map, Value, json};

use crate::keys::AllFacts;

/// Reads a secret of Secrets Manager.
pub const GET_SECRET_VALUE: &str = "secretsmanager:GetSecretValue";

/// A call that opening makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Such as `kms:Decrypt`.
    pub action: &'static str,
    /// On which ARN. `Err`: the key's name, whose ARN nobody knows.
    pub resource: Result<String, String>,
    /// The encryption context.
    pub context: Map<String, Value>,
    /// By which service it is made for the function, if not by the function itself: `secretsmanager`.
    pub via: Option<&'static str>,
    /// Where, and of which ciphertext in base64, KMS can be asked by a dry run.
    pub dry_run: Option<(String, String)>,
}

/// Calls of which one must be allowed: a file of SOPS is opened by any of its keys.
pub type Need = Vec<Call>;

/// What opening one secret needs.
#[must_use]
pub fn needs(sealed: &Sealed, survey: &Survey, keys: &AllFacts) -> Vec<Need> {
    let entry = &sealed.entry;
    let text = |field: &str| entry.get(field).and_then(Value::as_str).unwrap_or_default();
    let decrypt = |name: &str, region: &str, blob: &str, context: Map<String, Value>| Call {
        action: DECRYPT,
        resource: arn(keys, region, name),
        context,
        via: None,
        dry_run: Some((region.to_owned(), blob.to_owned())),
    };
    let kept_in = survey.region.as_deref().unwrap_or_default();
    let known = survey.keys.known().and_then(|keys| keys.first());
    let known = known.map_or("", String::as_str);
    match text("source") {
        "" => vec![vec![parameter(
            decrypt,
            text("ciphertext"),
            text("arn"),
            known,
        )]],
        "kms" => {
            let key = text("key");
            vec![vec![decrypt(
                key,
                region_of(key, kept_in),
                text("ciphertext"),
                context(entry),
            )]]
        }
        "kmsfile" => {
            let key = text("arn");
            vec![vec![decrypt(
                key,
                region_of(key, kept_in),
                text("key"),
                Map::new(),
            )]]
        }
        "credstash" => vec![vec![decrypt(
            known,
            text("region"),
            text("key"),
            context(entry),
        )]],
        "sops" => {
            let all = entry.get("keys").and_then(Value::as_array);
            let one = |key: &Value| {
                let of = |field: &str| key.get(field).and_then(Value::as_str).unwrap_or_default();
                let context = key.as_object().map_or_else(Map::new, context);
                decrypt(
                    of("arn"),
                    region_of(of("arn"), kept_in),
                    of("ciphertext"),
                    context,
                )
            };
            vec![all.into_iter().flatten().map(one).collect()]
        }
        _ => of_secrets_manager(text("arn"), known, kept_in, keys),
    }
}

fn parameter(
    decrypt: impl Fn(&str, &str, &str, Map<String, Value>) -> Call,
    ciphertext: &str,
    parameter: &str,
    key: &str,
) -> Call {
    let Value::Object(context) = json!({ "PARAMETER_ARN": parameter }) else {
        unreachable!("an object was written")
    };
    let call = decrypt(key, region_of(parameter, ""), ciphertext, context);
    // Of a message KMS is given the data key in it, which the opener finds.
    let is_blob = Ciphertext::of(ciphertext) == Some(Ciphertext::Kms);
    Call {
        dry_run: call.dry_run.filter(|_| is_blob),
        ..call
    }
}

/// The value is read at run time; a key of the account's own is used on the function's behalf.
fn of_secrets_manager(secret: &str, key: &str, region: &str, keys: &AllFacts) -> Vec<Need> {
    let read = Call {
        action: GET_SECRET_VALUE,
        resource: Ok(secret.to_owned()),
        context: Map::new(),
        via: None,
        dry_run: None,
    };
    let facts = keys.of(region, key);
    let is_of_aws = key.is_empty() || facts.is_some_and(|of| of.manager() == Some(Manager::Aws));
    if is_of_aws {
        return vec![vec![read]];
    }
    let mut context = Map::new();
    context.insert("SecretARN".into(), secret.into());
    let decrypt = Call {
        action: DECRYPT,
        resource: arn(keys, region, key),
        context,
        via: Some("secretsmanager"),
        dry_run: None,
    };
    vec![vec![read], vec![decrypt]]
}

fn context(entry: &Map<String, Value>) -> Map<String, Value> {
    let context = entry.get("context").and_then(Value::as_object);
    context.cloned().unwrap_or_default()
}

fn region_of<'a>(arn: &'a str, otherwise: &'a str) -> &'a str {
    arn.split(':').nth(3).unwrap_or(otherwise)
}

fn arn(keys: &AllFacts, region: &str, name: &str) -> Result<String, String> {
    let facts = keys.of(region, name);
    let arn = facts.and_then(|facts| facts.arn()).map(str::to_owned);
    arn.ok_or_else(|| name.to_owned())
}
