//! The least policies: what the deploying role and the functions' roles need for these secrets, and nothing else. What cannot be told is
//! refused, never made wider.

mod policy;

use std::collections::BTreeSet;

use secret_baker_core::aws::Aws;
use secret_baker_core::aws::kms::{DESCRIBE_KEY, Manager};
use secret_baker_core::config::place::Place;
use secret_baker_core::contract::partition_of;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Code, Explain, Failure, Problem};
use secret_baker_core::gather::Gather as _;
use secret_baker_core::source::permission::{OfAws, On, Permission, Who};
use secret_baker_core::source::survey::{Survey, Told, Wish};
use secret_baker_core::source::{Progress, together};
use secret_baker_core::take;

pub use self::policy::{LONGEST_INLINE, LONGEST_MANAGED, Policy, Statement};
use crate::held::Held;
use crate::keys::{self, AllFacts};
use crate::service::Service;

/// Whose policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The deploying role's.
    Deployment,
    /// The functions'.
    Functions,
    /// Both.
    All,
}

/// All that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policies {
    /// Of the role that deploys. `None`: it needs nothing, or nobody asked.
    pub deployment: Option<Policy>,
    /// Of each function that carries a secret, in their order.
    pub functions: Vec<OfFunction>,
    /// What is not certain, in words.
    pub notices: BTreeSet<&'static str>,
}

/// A function's policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfFunction {
    /// Its key. `None`: the service names no functions, and one that carries all secrets is meant.
    pub key: Option<String>,
    /// What its role needs.
    pub policy: Policy,
}

/// Why a statement cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoStatement {
    /// Somebody must be asked, and gives no answer.
    #[error("{what} of `{secret}` cannot be told: {action} says: {said}")]
    Untold {
        /// What is missing.
        what: &'static str,
        /// The secret's name.
        secret: Shown,
        /// What would tell it.
        action: &'static str,
        /// In the service's words.
        said: Shown,
    },
    /// Nothing names its key.
    #[error("the key of `{secret}` cannot be told")]
    NoKey {
        /// The secret's name.
        secret: Shown,
    },
    /// The key that is named is not there.
    #[error("there is no key `{key}`, under which `{secret}` is said to be")]
    KeyMissing {
        /// The secret's name.
        secret: Shown,
        /// As its source names it.
        key: Shown,
    },
    /// Lambda cannot use it.
    #[error("`{secret}` is under `{key}`, which AWS manages: no policy lets a function use it")]
    KeyOfAws {
        /// The secret's name.
        secret: Shown,
        /// As its source names it.
        key: Shown,
    },
    /// ARNs of this account are needed.
    #[error("the number of this account cannot be told")]
    NoAccount,
    /// No role takes so many.
    #[error(
        "the statements of {whose} have {length} characters, and all inline policies of a role {LONGEST_INLINE}"
    )]
    TooLong {
        /// A function, or all that share a role.
        whose: Shown,
        /// Without white space.
        length: usize,
    },
    /// A function carries what there is not.
    #[error("there is no secret `{secret}`")]
    NoSuchSecret {
        /// As it was written.
        secret: Shown,
    },
}

impl Explain for NoStatement {
    fn code(&self) -> Code {
        match self {
            Self::Untold { .. } | Self::NoAccount | Self::NoKey { .. } => Code::AccessDenied,
            Self::KeyMissing { .. }
            | Self::KeyOfAws { .. }
            | Self::NoSuchSecret { .. }
            | Self::TooLong { .. } => Code::ConfigInvalid,
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(match self {
            Self::Untold { action, .. } => {
                format!("allow {action} to whoever runs this; no statement is written for a guess")
            }
            Self::NoKey { .. } => format!(
                "allow ssm:DescribeParameters to whoever runs this; if the lock has a version that is dropped, `{} update` takes one that is there",
                caller.program
            ),
            Self::KeyMissing { .. } => {
                "check the region, and whether the key or its alias was deleted".into()
            }
            Self::KeyOfAws { .. } => {
                "store the secret anew under a customer managed key of KMS".into()
            }
            Self::NoAccount => {
                "let STS be reached: with an endpoint of your own, set AWS_ENDPOINT_URL_STS too"
                    .into()
            }
            Self::TooLong { .. } => format!(
                "let each function carry only what it needs, and have a role of its own; or attach managed policies, of {LONGEST_MANAGED} characters each, made of `{} iam --role function`",
                caller.program
            ),
            Self::NoSuchSecret { .. } => format!("the names are those of {}", caller.secrets),
        })
    }
}

/// Writes the policies. Asks each source for what it has, and KMS for its keys; no value is asked for.
///
/// # Errors
/// The config's mistakes, every secret that a bake could not take, and every statement that cannot be told.
pub async fn policies(
    service: &Service,
    whose: Whose,
    progress: Progress<'_>,
) -> Result<Policies, Failure> {
    let taken = take(service.request(), &service.caller)?;
    let held = Held::of(service).await?;
    let aws = Aws::new(service.connection.clone());
    let wish = Wish {
        trusts_lock: true,
        ..Wish::default()
    };
    let sources = &held.taken.sources;
    let surveys = Box::pin(together::survey(sources, &aws, wish, progress)).await?;
    let mut problems: Vec<_> = surveys.iter().filter_map(untaken).collect();
    problems.extend(strangers(service, &surveys));
    if !problems.is_empty() {
        return Err(once(problems).into());
    }
    let all = together::permissions(&taken.sources, &surveys);
    let wanted = all.into_iter().filter(|one| whose.has(&one.who));
    let wanted: Vec<_> = wanted.collect();
    let resources = Box::pin(Resources::of(&aws, &wanted)).await?;
    let (mut resolved, mut notices) = (Vec::new(), BTreeSet::new());
    for permission in &wanted {
        match resources.statement(permission) {
            Ok(statement) => {
                notices.extend(permission.notice);
                resolved.extend(statement.map(|statement| (&permission.who, statement)));
            }
            Err(why) => problems.push(Problem::at(&permission.place, why)),
        }
    }
    if !problems.is_empty() {
        return Err(once(problems).into());
    }
    let deployment = resolved.iter().filter(|(who, _)| **who == Who::Deployment);
    let deployment = Policy::of(deployment.map(|(_, statement)| statement.clone()));
    Ok(Policies {
        deployment: (!deployment.is_empty()).then_some(deployment),
        functions: functions(service, &resolved),
        notices,
    })
}

impl Policies {
    /// That each function's statements fit into its role.
    ///
    /// # Errors
    /// All that do not.
    pub fn check_lengths(&self) -> Result<(), Failure> {
        let too_long = self.functions.iter().filter_map(|function| {
            let length = function.policy.length();
            let whose = match function.key.as_deref().filter(|key| !key.is_empty()) {
                Some(key) => format!("function `{}`", Shown::of(key)),
                None => "the functions that share a role".to_owned(),
            };
            let whose = whose.into();
            let why = NoStatement::TooLong { whose, length };
            (length > LONGEST_INLINE).then(|| Problem::general(why))
        });
        let problems: Vec<_> = too_long.collect();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems.into())
        }
    }
}

/// The policy of each function that needs one.
fn functions(service: &Service, resolved: &[(&Who, Statement)]) -> Vec<OfFunction> {
    let policy = |only: Option<&[String]>| {
        let carried = resolved.iter().filter(|(who, _)| match who {
            Who::Function(name) => {
                only.is_none_or(|only| only.iter().any(|one| one == name.value()))
            }
            Who::Deployment => false,
        });
        Policy::of(carried.map(|(_, statement)| statement.clone()))
    };
    let all: Vec<_> = if service.functions.is_empty() {
        vec![(None, policy(None))]
    } else {
        let functions = service.functions.iter();
        functions
            .map(|one| (Some(one.key.clone()), policy(one.only.as_deref())))
            .collect()
    };
    let all = all.into_iter().filter(|(_, policy)| !policy.is_empty());
    all.map(|(key, policy)| OfFunction { key, policy })
        .collect()
}

impl Whose {
    fn has(self, who: &Who) -> bool {
        match self {
            Self::All => true,
            Self::Deployment => *who == Who::Deployment,
            Self::Functions => *who != Who::Deployment,
        }
    }
}

/// Why nothing can be said of a secret.
fn untaken(survey: &Survey) -> Option<Problem> {
    match &survey.meant {
        Err(problem) => Some(problem.clone()),
        Ok(Told::Unknown(unknown)) => {
            let why = NoStatement::Untold {
                what: "the ARN",
                secret: survey.name.shown().clone(),
                action: unknown.action,
                said: unknown.said.clone(),
            };
            Some(Problem::at(&survey.place, why))
        }
        Ok(Told::Known(_) | Told::Unasked) => None,
    }
}

/// Names that functions carry, and that there are not.
fn strangers(service: &Service, surveys: &[Survey]) -> Vec<Problem> {
    let names = surveys.iter().map(|one| one.name.value()).into_set();
    let place = |key: &str| Place::from(service.caller.functions.as_str()).key(key);
    let of = |function: &crate::service::Function| {
        let only = function.only.clone().unwrap_or_default();
        let unknown = only.into_iter().filter(|one| !names.contains(one.as_str()));
        let place = place(&function.key);
        let problem = move |secret: String| {
            let secret = Shown::of(&secret);
            Problem::at(&place, NoStatement::NoSuchSecret { secret })
        };
        unknown.map(problem).collect::<Vec<_>>()
    };
    service.functions.iter().flat_map(of).collect()
}

fn once(problems: Vec<Problem>) -> Vec<Problem> {
    let mut all: Vec<Problem> = Vec::new();
    for problem in problems {
        if !all.contains(&problem) {
            all.push(problem);
        }
    }
    all
}

/// What turns names into ARNs.
struct Resources {
    home: String,
    account: Option<String>,
    keys: AllFacts,
}

impl Resources {
    async fn of(aws: &Aws, permissions: &[Permission]) -> Result<Self, Failure> {
        let is_own = |one: &Permission| matches!(one.on, On::Own { .. });
        let needs_home = permissions
            .iter()
            .any(|one| matches!(&one.on, On::Own { .. } | On::Keys { .. }));
        let home = if needs_home {
            home(aws, permissions).await?
        } else {
            String::new()
        };
        let account = if permissions.iter().any(is_own) {
            aws.account().await
        } else {
            None
        };
        let mut wanted = BTreeSet::new();
        for permission in permissions {
            if let On::Keys { region, keys, .. } = &permission.on {
                let region = region.as_ref().unwrap_or(&home);
                let names = keys.known().into_iter().flatten();
                wanted.extend(names.map(|name| (region.clone(), name.clone())));
            }
        }
        let keys = Box::pin(keys::facts(aws, &wanted, keys::Wish::default())).await?;
        Ok(Self {
            home,
            account,
            keys,
        })
    }

    /// `None`: nothing needs to be allowed.
    fn statement(&self, permission: &Permission) -> Result<Option<Statement>, NoStatement> {
        let resources = match &permission.on {
            On::Arn(arn) => vec![arn.clone()],
            On::Own {
                service,
                region,
                resource,
            } => {
                let region = region.as_ref().unwrap_or(&self.home);
                let account = self.account.as_ref().ok_or(NoStatement::NoAccount)?;
                let partition = partition_of(region);
                vec![format!(
                    "arn:{partition}:{service}:{region}:{account}:{resource}"
                )]
            }
            On::Keys {
                region,
                keys,
                of_aws,
            } => {
                let secret = match &permission.who {
                    Who::Function(name) => name.shown().clone(),
                    Who::Deployment => Shown::default(),
                };
                let region = region.as_ref().unwrap_or(&self.home);
                self.arns(&secret, region, keys, *of_aws)?
            }
        };
        Ok((!resources.is_empty()).then(|| Statement::of(permission, &resources)))
    }

    fn arns(
        &self,
        secret: &Shown,
        region: &str,
        keys: &Told<Vec<String>>,
        of_aws: OfAws,
    ) -> Result<Vec<String>, NoStatement> {
        let secret = || secret.clone();
        let keys = match keys {
            Told::Known(keys) if !keys.is_empty() => keys,
            Told::Unknown(unknown) => {
                return Err(NoStatement::Untold {
                    what: "the key",
                    secret: secret(),
                    action: unknown.action,
                    said: unknown.said.clone(),
                });
            }
            Told::Known(_) | Told::Unasked => return Err(NoStatement::NoKey { secret: secret() }),
        };
        let mut arns = Vec::new();
        for name in keys {
            let key = || Shown::of(name);
            let facts = self.keys.of(region, name);
            let facts = facts.ok_or_else(|| NoStatement::NoKey { secret: secret() })?;
            if facts.manager() == Some(Manager::Aws) {
                if of_aws == OfAws::Open {
                    continue;
                }
                return Err(NoStatement::KeyOfAws {
                    secret: secret(),
                    key: key(),
                });
            }
            match (facts.arn(), &facts.key) {
                (_, Told::Known(None)) => {
                    return Err(NoStatement::KeyMissing {
                        secret: secret(),
                        key: key(),
                    });
                }
                (Some(arn), _) => arns.push(arn.to_owned()),
                (None, Told::Unknown(unknown)) => {
                    return Err(NoStatement::Untold {
                        what: "the key",
                        secret: secret(),
                        action: unknown.action,
                        said: unknown.said.clone(),
                    });
                }
                (None, _) => {
                    return Err(NoStatement::Untold {
                        what: "the key",
                        secret: secret(),
                        action: DESCRIBE_KEY,
                        said: Shown::of("nothing"),
                    });
                }
            }
        }
        Ok(arns)
    }
}

/// The region of what names none itself. A config whose ARNs say it all needs none.
async fn home(aws: &Aws, permissions: &[Permission]) -> Result<String, Failure> {
    let named = |one: &Permission| match &one.on {
        On::Arn(_) => true,
        On::Own { region, .. } => region.is_some(),
        On::Keys { region, keys, .. } => {
            let known = keys.known().into_iter().flatten();
            region.is_some() || known.into_iter().all(|name| name.starts_with("arn:"))
        }
    };
    if permissions.iter().all(named) {
        return Ok(String::new());
    }
    Ok(aws.region().await?.to_owned())
}

#[cfg(test)]
mod tests;
