//! The functions of a stack, and of those that are nested in it.

use futures_util::future::join_all;
use secret_baker_core::aws::Aws;
use secret_baker_core::aws::cloud_formation::{CloudFormation, LIST_STACK_RESOURCES, Stack};
use secret_baker_core::aws::trouble::Trouble;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Failure, Problem};
use secret_baker_core::gather::Gather as _;

use super::carried::Looked;
use super::deployed::{self, AT_ONCE, Wanted, account};
use super::refusal::{Refusal, refused};
use crate::service::{Function, Service};

/// How deep stacks are followed, and how many.
const DEEPEST: usize = 8;
const MOST: usize = 200;

/// A stack that is looked at.
struct Found {
    /// Its ids from the outermost down; that one has none.
    place: Vec<String>,
    /// Its name or ARN.
    name: String,
}

/// What the functions of a stack carry.
///
/// # Errors
/// There is no such stack, or it may not be looked at; there is no way to AWS.
pub(super) async fn carried(service: &Service, aws: &Aws, name: &str) -> Result<Looked, Failure> {
    let formation = CloudFormation::of(aws).await?;
    let mut wanted = Vec::new();
    let mut looked = Looked::default();
    let mut seen = [name.to_owned()].into_iter().into_set();
    let mut level = vec![Found {
        place: Vec::new(),
        name: name.to_owned(),
    }];
    for _ in 0..=DEEPEST {
        let mut below = Vec::new();
        for (found, told) in each(&formation, level).await {
            match told {
                Ok(stack) => {
                    let (functions, nested) = split(service, &found, stack);
                    wanted.extend(functions);
                    below.extend(
                        nested
                            .into_iter()
                            .filter(|one| seen.insert(one.name.clone())),
                    );
                }
                Err(trouble) => {
                    let failure = failure(aws, &formation, &found, trouble).await;
                    if found.place.is_empty() {
                        return Err(failure);
                    }
                    looked.unread.extend(failure.problems);
                }
            }
        }
        let room = MOST.saturating_sub(seen.len() - below.len());
        let beyond = below.split_off(room.min(below.len()));
        looked.unread.extend(beyond.iter().map(not_followed));
        level = below;
    }
    looked.unread.extend(level.iter().map(not_followed));
    if wanted.is_empty() && looked.is_empty() {
        let (name, account) = (Shown::of(name), account(aws).await?);
        return Err(Refusal::NoFunction { name, account }.into());
    }
    looked.add(deployed::carried(service, aws, wanted).await?);
    Ok(looked)
}

/// All that these have, a few at a time.
async fn each(
    formation: &CloudFormation,
    level: Vec<Found>,
) -> Vec<(Found, Result<Stack, Trouble>)> {
    let mut told = Vec::new();
    for some in level.chunks(AT_ONCE) {
        told.extend(join_all(some.iter().map(|one| formation.stack(&one.name))).await);
    }
    level.into_iter().zip(told).collect()
}

fn split<'a>(service: &'a Service, at: &Found, stack: Stack) -> (Vec<Wanted<'a>>, Vec<Found>) {
    let below = |id: String| at.place.iter().cloned().chain([id]).collect::<Vec<_>>();
    let functions = stack.functions.into_iter().map(|one| {
        let function = of_template(service, &one.id, &one.name);
        let place = Shown::of(&below(one.name.clone()).join("/"));
        Wanted {
            name: one.name,
            place,
            function,
        }
    });
    let nested = stack.nested.into_iter().map(|one| Found {
        place: below(one.id),
        name: one.name,
    });
    (functions.collect(), nested.collect())
}

fn not_followed(found: &Found) -> Problem {
    Problem::general(Refusal::NotFollowed {
        name: shown(found),
        most: MOST,
        deepest: DEEPEST,
    })
}

fn shown(found: &Found) -> Shown {
    if found.place.is_empty() {
        Shown::of(&found.name)
    } else {
        Shown::of(&found.place.join("/"))
    }
}

async fn failure(aws: &Aws, formation: &CloudFormation, found: &Found, why: Trouble) -> Failure {
    let refused_by = match why {
        Trouble::Outage(outage) => return formation.calls().unavailable(outage).await.into(),
        Trouble::Refused(refused) => refused,
    };
    let kind = if found.place.is_empty() {
        "stack"
    } else {
        "nested stack"
    };
    match account(aws).await {
        Ok(account) => refused(
            (kind, shown(found)),
            LIST_STACK_RESOURCES,
            account,
            &refused_by,
        )
        .into(),
        Err(failure) => failure,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_framework_makes_an_id_of_a_key() {
        assert_eq!(id_of_framework("hello"), "HelloLambdaFunction");
        assert_eq!(id_of_framework("a-b_c"), "ADashbUnderscorecLambdaFunction");
    }
}
