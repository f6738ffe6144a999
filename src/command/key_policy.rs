//! What a key's own policy says of a role: without it no policy of the role's counts. It is read for what it rules out alone, so conditions
//! are taken to hold, and what it denies is not seen.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use secret_baker_core::aws::Aws;
use secret_baker_core::aws::kms::{DECRYPT, GET_KEY_POLICY, Kms, LIST_GRANTS};
use secret_baker_core::aws::trouble::Trouble;
use secret_baker_core::failure::Failure;
use secret_baker_core::gather::Gather as _;
use serde_json::Value;

/// What is known of a role and a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admits {
    /// It may let the role decrypt, or leaves it to the policies of the role's account.
    Maybe,
    /// Neither the policy nor a grant does.
    No,
    /// Nobody knows: what would tell it, and why it does not.
    Unknown(&'static str, String),
}

/// What is known of each role and key, both by their ARNs. Each key's policy is asked for once.
///
/// # Errors
/// There is no way to AWS at all.
pub async fn admits<'a>(
    aws: &Aws,
    asked: BTreeSet<(&'a str, &'a str)>,
) -> Result<BTreeMap<(&'a str, &'a str), Admits>, Failure> {
    let keys = asked.iter().map(|(_, key)| *key).into_set();
    let mut services = BTreeMap::new();
    for region in keys.iter().map(|key| region(key)) {
        if !services.contains_key(region) {
            services.insert(region, Kms::of(aws, region).await?);
        }
    }
    let policies = keys.into_iter().map(|key| {
        let kms = &services[region(key)];
        async move { (key, kms.policy(key).await) }
    });
    let policies = join_all(policies).await.into_iter().into_map();
    let all = asked.into_iter().map(|(role, key)| {
        let (kms, policy) = (&services[region(key)], &policies[key]);
        async move {
            let admits = match policy {
                Ok(policy) if may_let(policy, role) => Admits::Maybe,
                Ok(_) => match kms.grants_decrypt(key, role).await {
                    Ok(true) => Admits::Maybe,
                    Ok(false) => Admits::No,
                    Err(trouble) => unknown(kms, LIST_GRANTS, &trouble).await,
                },
                Err(trouble) => unknown(kms, GET_KEY_POLICY, trouble).await,
            };
            ((role, key), admits)
        }
    });
    Ok(join_all(all).await.into_iter().collect())
}

async fn unknown(kms: &Kms, action: &'static str, trouble: &Trouble) -> Admits {
    let said = match trouble {
        Trouble::Refused(refused) => format!("{}: {}", refused.code, refused.said),
        Trouble::Outage(outage) => kms.calls().unavailable(outage.clone()).await.to_string(),
    };
    Admits::Unknown(action, said)
}

fn region(key: &str) -> &str {
    key.split(':').nth(3).unwrap_or_default()
}

/// Whether a statement may be found in the policy that lets this role decrypt, or its account's policies decide.
fn may_let(policy: &Value, role: &str) -> bool {
    let allows = |statement: &&Value| statement.get("Effect").is_some_and(|of| of == "Allow");
    let mut statements = all(policy.get("Statement")).filter(allows);
    statements.any(|statement| is_of_decrypt(statement) && is_of_role(statement, role))
}

fn is_of_decrypt(statement: &Value) -> bool {
    let any = |key: &str| {
        let mut patterns = all(statement.get(key)).filter_map(Value::as_str);
        patterns.any(|pattern| {
            is_like(
                pattern.to_lowercase().as_bytes(),
                DECRYPT.to_lowercase().as_bytes(),
            )
        })
    };
    match statement.get("NotAction") {
        Some(_) => !any("NotAction"),
        None => any("Action"),
    }
}

fn is_of_role(statement: &Value, role: &str) -> bool {
    let Some(principal) = statement.get("Principal") else {
        return statement.get("NotPrincipal").is_some();
    };
    let of_aws = match principal {
        Value::Object(kinds) => kinds.get("AWS"),
        everybody => Some(everybody),
    };
    let mut named = all(of_aws).filter_map(Value::as_str);
    named.any(|named| is_principal(named, role))
}

/// Everybody, the role's account, the role itself, or one of its sessions.
fn is_principal(named: &str, role: &str) -> bool {
    let parts: Vec<&str> = role.splitn(6, ':').collect();
    let [_, partition, _, _, account, resource] = parts[..] else {
        return false;
    };
    let name = resource.rsplit('/').next().unwrap_or_default();
    let session = format!("arn:{partition}:sts::{account}:assumed-role/{name}/");
    named == "*"
        || named == account
        || named == role
        || named == format!("arn:{partition}:iam::{account}:root")
        || named.starts_with(&session)
}

/// A list's items, or what stands in its place.
fn all(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let list = value.and_then(Value::as_array);
    let one = value.filter(|_| list.is_none());
    list.into_iter().flatten().chain(one)
}

/// `*` stands for any characters and `?` for one.
fn is_like(pattern: &[u8], text: &[u8]) -> bool {
    // By where each prefix of the text may end: no pattern takes longer than its length times the text's.
    let mut fits: Vec<bool> = (0..=text.len()).map(|at| at == 0).collect();
    for wanted in pattern {
        let mut next = vec![false; fits.len()];
        for at in 0..fits.len() {
            next[at] = match wanted {
                b'*' => fits[at] || (at > 0 && next[at - 1]),
                b'?' => at > 0 && fits[at - 1],
                byte => at > 0 && fits[at - 1] && text[at - 1] == *byte,
            };
        }
        fits = next;
    }
    fits.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests;
