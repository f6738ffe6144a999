//! Whether roles may make the calls that opening needs: by IAM's simulation, else by a dry run of KMS where the caller is the role.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use secret_baker_core::aws::Aws;
use secret_baker_core::aws::iam::{Context, Decision, Iam, SIMULATE, Simulated};
use secret_baker_core::aws::kms::{DECRYPT, DESCRIBE_KEY, Kms, MayDecrypt};
use secret_baker_core::aws::trouble::Trouble;
use secret_baker_core::failure::Failure;
use secret_baker_core::gather::Gather as _;

use crate::key_policy::{self, Admits};
use crate::opening::Call;

/// Why nothing is known of a role that this account does not have.
const ELSEWHERE: &str = "it is a role of another account, whose policies only that account tells";
/// Why nobody can be asked but the role itself.
pub const NO_KEY: &str =
    "nothing tells under which key it is, so only the role itself can ask, by a dry run";
/// IAM takes more; an answer stays small.
const AT_ONCE: usize = 50;

/// What is known of one call by one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Right {
    /// It may.
    Yes,
    /// It may not.
    No(Refused),
    /// There is no such role.
    NoRole,
    /// Nobody knows: what would tell it, and why it does not.
    Unknown(&'static str, String),
}

/// Who refuses a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// IAM, by policies.
    Policies(Decision),
    /// The key's own policy.
    KeyPolicy,
    /// KMS, for want of a permission: in its words.
    Permission(String),
    /// KMS, whoever asks: in its words.
    Anybody(String),
}

/// A role's call, as IAM is asked for it.
type Ask<'a> = (&'a str, &'static str, &'a str, Context);

/// What is known of each call, in their order.
///
/// # Errors
/// There is no way to AWS at all.
pub async fn rights(aws: &Aws, calls: &[(String, Call)]) -> Result<Vec<Right>, Failure> {
    if calls.is_empty() {
        return Ok(Vec::new());
    }
    let iam = Iam::of(aws).await?;
    let asks: Vec<Option<Ask<'_>>> = calls.iter().map(|(role, call)| ask(role, call)).collect();
    let told = simulated(&iam, asks.iter().flatten()).await;
    let told = beside_key_policies(aws, told).await?;
    let depends_on_me = |right: &Right| matches!(right, Right::Unknown(..) | Right::NoRole);
    let is_without_arn = asks.iter().any(Option::is_none);
    let me = if is_without_arn || told.values().any(depends_on_me) {
        aws.arn().await
    } else {
        None
    };
    let all = calls.iter().zip(&asks).map(|((role, call), ask)| {
        let simulated = ask
            .as_ref()
            .map_or_else(|| no_arn(call), |ask| told[ask].clone());
        let is_me = me.as_deref().is_some_and(|me| is_session_of(me, role));
        let is_near = me.as_deref().is_none_or(|me| account(me) == account(role));
        async move {
            match simulated {
                Right::NoRole if !is_near => Right::Unknown(SIMULATE, ELSEWHERE.into()),
                Right::Unknown(..) if is_me => dry_run(aws, call).await.unwrap_or(simulated),
                told => told,
            }
        }
    });
    Ok(join_all(all).await)
}

/// What a role's policies allow, a key's own policy must let happen.
async fn beside_key_policies<'a>(
    aws: &Aws,
    told: BTreeMap<Ask<'a>, Right>,
) -> Result<BTreeMap<Ask<'a>, Right>, Failure> {
    let is_allowed = |(ask, right): &(&Ask<'a>, &Right)| ask.1 == DECRYPT && **right == Right::Yes;
    let allowed = told.iter().filter(is_allowed);
    let asked = allowed.map(|((role, _, key, _), _)| (*role, *key));
    let admits = key_policy::admits(aws, asked.collect()).await?;
    let beside = |(ask, right): (Ask<'a>, Right)| {
        let is_allowed = is_allowed(&(&ask, &right));
        let admits = admits.get(&(ask.0, ask.2)).filter(|_| is_allowed);
        let right = match admits {
            None | Some(Admits::Maybe) => right,
            Some(Admits::No) => Right::No(Refused::KeyPolicy),
            Some(Admits::Unknown(action, said)) => Right::Unknown(action, said.clone()),
        };
        (ask, right)
    };
    Ok(told.into_iter().map(beside).collect())
}

fn no_arn(call: &Call) -> Right {
    let name = call.resource.as_ref().err().map_or("", String::as_str);
    if name.is_empty() {
        return Right::Unknown(call.action, NO_KEY.into());
    }
    let said = format!("nobody tells the ARN of its key {name}");
    Right::Unknown(DESCRIBE_KEY, said)
}

fn ask<'a>(role: &'a str, call: &'a Call) -> Option<Ask<'a>> {
    let resource = call.resource.as_deref().ok()?;
    Some((role, call.action, resource, context(call, resource)))
}

/// What KMS's policies may depend on, as far as it is known before.
fn context(call: &Call, resource: &str) -> Context {
    if call.action != DECRYPT {
        return Vec::new();
    }
    let mut context: Context = call
        .context
        .iter()
        .map(|(key, value)| {
            let value = value.as_str().unwrap_or_default().to_owned();
            (format!("kms:EncryptionContext:{key}"), vec![value])
        })
        .collect();
    let keys: Vec<String> = call.context.keys().cloned().collect();
    if !keys.is_empty() {
        context.push(("kms:EncryptionContextKeys".into(), keys));
    }
    if let Some(via) = call.via {
        let region = resource.split(':').nth(3).unwrap_or_default();
        let host = format!("{via}.{region}.amazonaws.com");
        context.push(("kms:ViaService".into(), vec![host]));
    }
    context
}

/// Most policies depend on no context: one question tells of all calls under a key.
async fn simulated<'a>(
    iam: &Iam,
    asks: impl Iterator<Item = &'a Ask<'a>>,
) -> BTreeMap<Ask<'a>, Right> {
    let asks = asks.cloned().into_set();
    let mut by_action: BTreeMap<(&str, &'static str), BTreeSet<&str>> = BTreeMap::new();
    for (role, action, resource, _) in &asks {
        by_action
            .entry((role, action))
            .or_default()
            .insert(resource);
    }
    let mut batches = Vec::new();
    for ((role, action), resources) in by_action {
        let resources: Vec<&str> = resources.into_iter().collect();
        for some in resources.chunks(AT_ONCE) {
            batches.push((role, action, some.to_vec()));
        }
    }
    let first = batches
        .into_iter()
        .map(|(role, action, resources)| async move {
            let told = iam.simulate(role, action, &resources, &Vec::new()).await;
            (role, action, resources, told)
        });
    let (mut rights, mut known) = (BTreeMap::new(), BTreeMap::new());
    for (role, action, resources, told) in join_all(first).await {
        match told {
            Ok(all) => known.extend(
                all.into_iter()
                    .map(|one| ((role, action, one.resource.clone()), one)),
            ),
            Err(trouble) => {
                let right = untold(iam, trouble).await;
                rights.extend(
                    resources
                        .into_iter()
                        .map(|on| ((role, action, on), right.clone())),
                );
            }
        }
    }
    let each = asks.into_iter().map(|ask| {
        let (role, action, resource, context) = ask.clone();
        let right = rights.get(&(role, action, resource)).cloned();
        let known = known.get(&(role, action, resource.to_owned()));
        async move {
            let right = match (right, known) {
                (Some(right), _) => right,
                (None, Some(known)) if is_of_it_alone(known) => decided(known),
                _ => match iam.simulate(role, action, &[resource], &context).await {
                    Ok(told) => told.first().map_or_else(
                        || Right::Unknown(SIMULATE, "IAM has told nothing".into()),
                        decided,
                    ),
                    Err(trouble) => untold(iam, trouble).await,
                },
            };
            (ask, right)
        }
    });
    join_all(each).await.into_iter().collect()
}

async fn untold(iam: &Iam, trouble: Trouble) -> Right {
    match trouble {
        Trouble::Refused(refused) if refused.code == "NoSuchEntity" => Right::NoRole,
        Trouble::Refused(refused) => {
            Right::Unknown(SIMULATE, format!("{}: {}", refused.code, refused.said))
        }
        Trouble::Outage(outage) => {
            let said = iam.calls().unavailable(outage).await.to_string();
            Right::Unknown(SIMULATE, said)
        }
    }
}

/// Whether it depends on nothing but the resource.
fn is_of_it_alone(simulated: &Simulated) -> bool {
    simulated.missing.is_empty() && simulated.decision != Decision::Organisation
}

/// A refusal that depends on what nobody knows before the call is no answer. What KMS sets of a call is known: it is given, or absent.
fn decided(simulated: &Simulated) -> Right {
    if simulated.decision == Decision::Allowed {
        return Right::Yes;
    }
    let absent = [
        "kms:encryptioncontext",
        "kms:viaservice",
        "kms:requestalias",
        "kms:grantisforawsresource",
    ];
    let is_absent = |key: &str| {
        absent
            .iter()
            .any(|known| key.to_lowercase().starts_with(known))
    };
    let mut unknown = simulated.missing.iter().filter(|key| !is_absent(key));
    match unknown.next() {
        None => Right::No(Refused::Policies(simulated.decision)),
        Some(key) => Right::Unknown(
            SIMULATE,
            format!("it depends on {key}, which is known at run time only"),
        ),
    }
}

/// `None`: KMS cannot be asked so.
async fn dry_run(aws: &Aws, call: &Call) -> Option<Right> {
    let (region, blob) = call.dry_run.as_ref()?;
    let kms = Kms::of(aws, region).await.ok()?;
    match kms.may_decrypt(blob, &call.context).await.ok()? {
        MayDecrypt::Yes => Some(Right::Yes),
        MayDecrypt::No { code, said } => {
            let is_permission = code == "AccessDeniedException";
            let said = format!("{code}: {said}");
            Some(Right::No(if is_permission {
                Refused::Permission(said)
            } else {
                Refused::Anybody(said)
            }))
        }
    }
}

/// `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION` tells no path of the role.
fn is_session_of(me: &str, role: &str) -> bool {
    let me: Vec<&str> = me.splitn(6, ':').collect();
    let role: Vec<&str> = role.splitn(6, ':').collect();
    let ([_, partition, "sts", _, account, session], [_, of, "iam", _, its, name]) =
        (&me[..], &role[..])
    else {
        return false;
    };
    let session = session
        .strip_prefix("assumed-role/")
        .and_then(|rest| rest.split('/').next());
    let name = name
        .strip_prefix("role/")
        .and_then(|path| path.rsplit('/').next());
    (partition, account) == (of, its) && session.is_some() && session == name
}

fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

impl Refused {
    /// That a role may not make a call, and why, in words.
    #[must_use]
    pub fn said(&self, role: &str, call: &Call) -> String {
        let what = format!("{} on {}", call.action, on(call));
        match self {
            Self::Policies(Decision::Denied) => {
                format!("{role} may not open it: one of its policies denies {what}")
            }
            Self::Policies(Decision::Bounded) => {
                format!("{role} may not open it: its permissions boundary does not allow {what}")
            }
            Self::Policies(Decision::Organisation) => {
                format!(
                    "{role} may not open it: a policy of its organisation does not allow {what}"
                )
            }
            Self::Policies(Decision::Allowed | Decision::NotAllowed) => {
                format!("{role} may not open it: no policy of the role allows {what}")
            }
            Self::KeyPolicy => format!(
                "{role} may not open it: the policy of {} lets neither this role nor the policies of its account do {}, and no grant does",
                on(call),
                call.action
            ),
            Self::Permission(said) => format!("{role} may not open it: {said}"),
            Self::Anybody(said) => format!("nobody can open it by {}: {said}", on(call)),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self, role: &str, call: &Call) -> String {
        let allow = allow(role, call);
        match self {
            Self::Policies(Decision::Denied) => {
                format!("except this from what the policy denies: {allow}")
            }
            Self::Policies(Decision::Bounded) => {
                format!("let the role's permissions boundary do so, too: {allow}")
            }
            Self::Policies(Decision::Organisation) => {
                format!("let the organisation's policies do so, too: {allow}")
            }
            Self::Policies(Decision::Allowed | Decision::NotAllowed) | Self::Permission(_) => allow,
            Self::KeyPolicy => format!(
                "add to the key's policy a statement that allows {} to {role}, or to its account",
                call.action
            ),
            Self::Anybody(_) => {
                "look at the state of the key, and whether the ciphertext was encrypted under this encryption context"
                    .into()
            }
        }
    }
}

fn on(call: &Call) -> &str {
    call.resource
        .as_ref()
        .map_or("the secret's key", String::as_str)
}

/// What a policy must say so that a call is allowed, in words.
fn allow(role: &str, call: &Call) -> String {
    let on = on(call);
    let context = call.context.iter().next();
    let context = context.map_or_else(String::new, |(key, value)| {
        let value = value.as_str().unwrap_or_default();
        format!(", under the encryption context {key} = {value} if under any")
    });
    let via = call
        .via
        .map_or_else(String::new, |via| format!(", by way of {via}"));
    format!("allow {} on {on}{context}{via} to {role}", call.action)
}

#[cfg(test)]
mod tests;
