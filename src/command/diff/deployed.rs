//! What deployed functions carry: of each zip a few ranges are fetched.

use futures_util::future::join_all;
use secret_baker_core::artefact::{Unread, bundle_behind};
use secret_baker_core::aws::Aws;
use secret_baker_core::aws::account::Account;
use secret_baker_core::aws::cloud_formation::{CloudFormation, LIST_STACK_RESOURCES};
use secret_baker_core::aws::lambda::{GET_FUNCTION, Lambda, Place};
use secret_baker_core::aws::ranges::{NotFetched, Ranges};
use secret_baker_core::aws::trouble::{Refused, Trouble};
use secret_baker_core::bundle::Bundle;
use secret_baker_core::failure::Failure;
use secret_baker_core::failure::shown::Shown;

use super::refusal::Refusal;
use super::{Carried, NotCompared};
use crate::service::{Function, Service};

/// So many functions at a time: each may hold a bundle and a directory.
const AT_ONCE: usize = 8;

/// What is told of all.
type Told = (Vec<Carried>, Vec<NotCompared>);

/// A deployed function, and what the service says of it.
pub(super) struct Wanted<'a> {
    name: String,
    function: Option<&'a Function>,
}

/// What is known of one.
enum Known {
    Carries(Option<Bundle>),
    NotCompared(String),
}

/// The service's own, as far as their names are known.
pub(super) fn own(service: &Service) -> Vec<Wanted<'_>> {
    let named = service.functions.iter().filter_map(|function| {
        Some(Wanted {
            name: function.name.clone()?,
            function: Some(function),
        })
    });
    named.collect()
}

/// Those of these names, which may be ARNs, or keys of the service.
pub(super) fn wanted<'a>(service: &'a Service, names: &[String]) -> Vec<Wanted<'a>> {
    let functions = &service.functions;
    let wanted = names.iter().map(|name| {
        let bare = bare(name);
        let by_name = functions
            .iter()
            .find(|function| function.name.as_deref() == Some(bare));
        let by_key = functions.iter().find(|function| function.key == *name);
        let known = by_key.filter(|_| by_name.is_none());
        let known = known.and_then(|function| function.name.as_ref());
        Wanted {
            name: known.unwrap_or(name).clone(),
            function: by_name.or(by_key),
        }
    });
    wanted.collect()
}

/// A function's name without what an ARN, a version or an alias adds.
fn bare(name: &str) -> &str {
    let behind = name.rsplit_once(":function:");
    let name = behind.map_or(name, |(_, behind)| behind);
    name.split(':').next().unwrap_or_default()
}

/// What the functions of a stack carry.
///
/// # Errors
/// There is no such stack, or it may not be looked at; those of `carried`.
pub(super) async fn of_stack(service: &Service, aws: &Aws, name: &str) -> Result<Told, Failure> {
    let formation = CloudFormation::of(aws).await?;
    let stack = match formation.stack(name).await {
        Ok(stack) => stack,
        Err(Trouble::Outage(outage)) => {
            return Err(formation.calls().unavailable(outage).await.into());
        }
        Err(Trouble::Refused(refused)) => {
            let account = account(aws).await?;
            return Err(refusal("stack", name, LIST_STACK_RESOURCES, account, &refused).into());
        }
    };
    if stack.functions.is_empty() && stack.nested.is_empty() {
        let (name, account) = (Shown::of(name), account(aws).await?);
        return Err(Refusal::NoFunction { name, account }.into());
    }
    let wanted = stack.functions.into_iter().map(|one| Wanted {
        function: of_template(service, &one.id, &one.name),
        name: one.name,
    });
    let (carried, mut not_compared) = carried(service, aws, wanted.collect()).await?;
    not_compared.extend(stack.nested.iter().map(|id| NotCompared {
        place: Shown::of(id),
        why: "it is a nested stack: name it by --stack".into(),
    }));
    Ok((carried, not_compared))
}

/// By its name, or by its id as whoever wrote the template has made it of the key.
fn of_template<'a>(service: &'a Service, id: &str, name: &str) -> Option<&'a Function> {
    let functions = &service.functions;
    let by_name = functions
        .iter()
        .find(|one| one.name.as_deref() == Some(name));
    by_name.or_else(|| {
        let is_its = |one: &&Function| one.key == id || id_of_framework(&one.key) == id;
        functions.iter().find(is_its)
    })
}

/// As the Serverless Framework names the resource of a function.
fn id_of_framework(key: &str) -> String {
    let key = key.replace('-', "Dash").replace('_', "Underscore");
    let mut letters = key.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    let name: String = first.into_iter().chain(letters).collect();
    format!("{name}LambdaFunction")
}

/// What these functions carry.
///
/// # Errors
/// Every function that is not there or may not be looked at; AWS is not reached.
pub(super) async fn carried(
    service: &Service,
    aws: &Aws,
    wanted: Vec<Wanted<'_>>,
) -> Result<Told, Failure> {
    let lambda = Lambda::of(aws).await?;
    let (mut carried, mut not_compared, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for some in wanted.chunks(AT_ONCE) {
        let told = join_all(some.iter().map(|one| known(aws, &lambda, &one.name))).await;
        for (one, told) in some.iter().zip(told) {
            let place = Shown::of(&one.name);
            let is_ours = one.function.is_some() || service.functions.is_empty();
            match told {
                Ok(Known::Carries(None)) if !is_ours => not_compared.push(NotCompared {
                    place,
                    why: "the service has no such function, and it carries no secrets".into(),
                }),
                Ok(Known::Carries(bundle)) => carried.push(Carried {
                    place,
                    bundle,
                    only: one.function.and_then(|function| function.only.clone()),
                }),
                Ok(Known::NotCompared(why)) => not_compared.push(NotCompared {
                    place,
                    why: why.into(),
                }),
                Err(failure) => problems.extend(failure.problems),
            }
        }
    }
    if problems.is_empty() {
        Ok((carried, not_compared))
    } else {
        Err(problems.into())
    }
}

async fn known(aws: &Aws, lambda: &Lambda, name: &str) -> Result<Known, Failure> {
    // Without a name Lambda would list all functions.
    if name.is_empty() {
        return Err(not_found("function", name, account(aws).await?).into());
    }
    let code = match lambda.code(name).await {
        Ok(code) => code,
        Err(Trouble::Outage(outage)) => {
            return Err(lambda.calls().unavailable(outage).await.into());
        }
        Err(Trouble::Refused(refused)) if is_of_kms(&refused) => {
            return Ok(Known::NotCompared(format!(
                "its code is encrypted under a key that the caller may not use: {}: {}",
                refused.code, refused.said
            )));
        }
        Err(Trouble::Refused(refused)) => {
            let account = account(aws).await?;
            return Err(refusal("function", name, GET_FUNCTION, account, &refused).into());
        }
    };
    let under_key = code
        .key
        .as_ref()
        .map(|key| format!("its code is encrypted under {key}, which the caller may not use"));
    let url = match code.place {
        Place::Zip(url) => url,
        Place::Image => return Ok(Known::NotCompared("it is a container image".into())),
        Place::Untold => {
            let why =
                under_key.unwrap_or_else(|| "Lambda does not tell where its code lies".into());
            return Ok(Known::NotCompared(why));
        }
    };
    let ranges = Ranges::of(aws, lambda.calls(), url).await?;
    match (bundle_behind(&ranges).await, under_key) {
        (Ok(bundle), _) => Ok(Known::Carries(bundle)),
        (Err(Unread::NotFetched(NotFetched::Refused { .. })), Some(why)) => {
            Ok(Known::NotCompared(why))
        }
        (Err(Unread::NotFetched(why)), _) => Err(Refusal::NotFetched {
            name: Shown::of(name),
            said: why.to_string().into(),
        }
        .into()),
        (Err(Unread::Damaged(why)), _) => Err(Refusal::Damaged {
            name: Shown::of(name),
            said: why.to_string().into(),
        }
        .into()),
    }
}

/// A key of the caller's own that the code is encrypted under, not the function itself, is what is denied.
fn is_of_kms(refused: &Refused) -> bool {
    refused.code.starts_with("KMS") || (refused.is_denied() && refused.said.contains("kms:"))
}

fn not_found(kind: &'static str, name: &str, account: Account) -> Refusal {
    Refusal::NotFound {
        kind,
        name: Shown::of(name),
        account,
    }
}

fn refusal(
    kind: &'static str,
    name: &str,
    action: &'static str,
    account: Account,
    refused: &Refused,
) -> Refusal {
    let is_stack_missing = refused.code == "ValidationError" && refused.said.contains("not exist");
    if refused.code == "ResourceNotFoundException" || is_stack_missing {
        return not_found(kind, name, account);
    }
    let (name, said) = (Shown::of(name), Shown::of(&refused.said));
    if refused.is_denied() {
        return Refusal::Denied {
            kind,
            name,
            action,
            account,
            said,
        };
    }
    Refusal::Other {
        kind,
        name,
        action,
        account,
        code: Shown::of(&refused.code),
        said,
    }
}

async fn account(aws: &Aws) -> Result<Account, Failure> {
    Ok(Account {
        region: aws.region().await?.to_owned(),
        id: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_an_arn_a_version_and_an_alias_are_of() {
        let arn = "arn:aws:lambda:eu-central-1:123456789012:function:shop";
        for name in ["shop", "shop:live", arn, &format!("{arn}:7")] {
            assert_eq!(bare(name), "shop");
        }
    }

    #[test]
    fn the_framework_makes_an_id_of_a_key() {
        assert_eq!(id_of_framework("hello"), "HelloLambdaFunction");
        assert_eq!(id_of_framework("a-b_c"), "ADashbUnderscorecLambdaFunction");
    }
}
