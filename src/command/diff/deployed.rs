//! What deployed functions carry: of each zip a few ranges are fetched.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use secret_baker_core::artefact::{Unread, bundle_behind};
use secret_baker_core::aws::Aws;
use secret_baker_core::aws::account::Account;
use secret_baker_core::aws::lambda::{Deployed, GET_FUNCTION, Lambda, Place};
use secret_baker_core::aws::ranges::{NotFetched, Ranges};
use secret_baker_core::aws::trouble::{Refused, Trouble};
use secret_baker_core::bundle::Bundle;
use secret_baker_core::failure::Failure;
use secret_baker_core::failure::shown::Shown;

use super::carried::{Carried, Looked};
use super::refusal::{Refusal, not_found, refused};
use crate::service::{Function, Service};

/// So many at a time: each may hold a bundle and a directory.
pub(super) const AT_ONCE: usize = 8;

/// A deployed function, and what the service says of it.
pub(super) struct Wanted<'a> {
    /// What Lambda calls it.
    pub(super) name: String,
    /// The same behind the stacks that it is nested in.
    pub(super) place: Shown,
    pub(super) function: Option<&'a Function>,
}

impl<'a> Wanted<'a> {
    fn of(name: &str, function: Option<&'a Function>) -> Self {
        Self {
            name: name.to_owned(),
            place: Shown::of(name),
            function,
        }
    }
}

/// The service's own, as far as their names are known.
pub(super) fn own(service: &Service) -> Vec<Wanted<'_>> {
    let functions = service.functions.iter();
    let named =
        functions.filter_map(|function| Some(Wanted::of(function.name.as_ref()?, Some(function))));
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
        Wanted::of(known.unwrap_or(name), by_name.or(by_key))
    });
    wanted.collect()
}

/// A function's name without what an ARN, a version or an alias adds.
fn bare(name: &str) -> &str {
    let behind = name.rsplit_once(":function:");
    let name = behind.map_or(name, |(_, behind)| behind);
    name.split(':').next().unwrap_or_default()
}

/// What these functions carry, each once.
///
/// # Errors
/// There is no way to AWS.
pub(super) async fn carried(
    service: &Service,
    aws: &Aws,
    mut wanted: Vec<Wanted<'_>>,
) -> Result<Looked, Failure> {
    let mut names = BTreeSet::new();
    wanted.retain(|one| names.insert(one.name.clone()));
    let lambda = Lambda::of(aws).await?;
    let mut all = Looked::default();
    for some in wanted.chunks(AT_ONCE) {
        let asking = some.iter().map(|one| of_one(service, aws, &lambda, one));
        for looked in join_all(asking).await {
            match looked {
                Ok(looked) => all.add(looked),
                Err(failure) => all.unread.extend(failure.problems),
            }
        }
    }
    Ok(all)
}

async fn of_one(
    service: &Service,
    aws: &Aws,
    lambda: &Lambda,
    wanted: &Wanted<'_>,
) -> Result<Looked, Failure> {
    let deployed = described(aws, lambda, wanted).await?;
    let mut looked = Looked::default();
    match &deployed.sealed {
        Ok(sealed) => {
            for (variable, sealed) in sealed {
                looked.variable(&wanted.place, variable.clone(), sealed);
            }
        }
        Err(said) => looked.unread(Refusal::NotOpened {
            name: wanted.place.clone(),
            what: "environment variables",
            said: said.into(),
        }),
    }
    match &deployed.place {
        Place::Zip(url) => {
            let ranges = Ranges::of(aws, lambda.calls(), url.clone()).await?;
            let found = bundle_behind(&ranges).await;
            add(&mut looked, service, wanted, &deployed, found);
        }
        Place::Image => looked.not_compared(&wanted.place, "it is a container image"),
        Place::Untold => looked.unread(not_told(wanted, &deployed)),
    }
    Ok(looked)
}

async fn described(aws: &Aws, lambda: &Lambda, wanted: &Wanted<'_>) -> Result<Deployed, Failure> {
    let kind = ("function", wanted.place.clone());
    // Without a name Lambda would list all functions; dots would lead to another path.
    if wanted.name.chars().all(|c| c == '.') {
        return Err(not_found(kind, account(aws).await?).into());
    }
    match lambda.function(&wanted.name).await {
        Ok(deployed) => Ok(deployed),
        Err(Trouble::Outage(outage)) => Err(lambda.calls().unavailable(outage).await.into()),
        Err(Trouble::Refused(why)) if is_of_kms(&why) => Err(Refusal::NotOpened {
            name: wanted.place.clone(),
            what: "code",
            said: format!("{}: {}", why.code, why.said).into(),
        }
        .into()),
        Err(Trouble::Refused(why)) => {
            Err(refused(kind, GET_FUNCTION, account(aws).await?, &why).into())
        }
    }
}

fn add(
    looked: &mut Looked,
    service: &Service,
    wanted: &Wanted<'_>,
    deployed: &Deployed,
    found: Result<Option<Bundle>, Unread>,
) {
    let (place, function) = (wanted.place.clone(), wanted.function);
    let is_ours = function.is_some() || service.functions.is_empty();
    match found {
        Ok(None) if !is_ours => looked.not_compared(
            &place,
            "the service has no such function, and it carries no secrets",
        ),
        Ok(bundle) => looked.carried.push(Carried::Bundle {
            place,
            bundle,
            only: function.and_then(|function| function.only.clone()),
        }),
        Err(Unread::NotFetched(NotFetched::Refused { .. })) if deployed.key.is_some() => {
            looked.unread(not_told(wanted, deployed));
        }
        Err(Unread::NotFetched(why)) => looked.unread(Refusal::NotFetched {
            name: place,
            said: why.to_string().into(),
        }),
        Err(Unread::Damaged(why)) => looked.unread(Refusal::Damaged {
            name: place,
            said: why.to_string().into(),
        }),
    }
}

fn not_told(wanted: &Wanted<'_>, deployed: &Deployed) -> Refusal {
    let said = match &deployed.key {
        Some(key) => format!("it is encrypted under {key}, which the caller may not use"),
        None => "Lambda does not tell where it lies".into(),
    };
    Refusal::NotOpened {
        name: wanted.place.clone(),
        what: "code",
        said: said.into(),
    }
}

/// A key of the caller's own that the code is encrypted under, not the function itself, is what is denied.
fn is_of_kms(refused: &Refused) -> bool {
    refused.code.starts_with("KMS") || (refused.is_denied() && refused.said.contains("kms:"))
}

/// Where it was looked for.
pub(super) async fn account(aws: &Aws) -> Result<Account, Failure> {
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
}
