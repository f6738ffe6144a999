//! Answers -> sealed values, or every reason why there are none. No network.

use serde_json::{Map, Value};

use super::fetch::{Answers, Found, SECURE_STRING};
use super::name::{Parameter, Prefix};
use super::refusal::{Asked, Refusal, Said};
use super::want::{Reference, Want};
use crate::aws::account::{self, Account};
use crate::aws::endpoint::PARAMETER_STORE;
use crate::aws::trouble::Refused;
use crate::config::Text;
use crate::failure::Problem;
use crate::failure::shown::Shown;
use crate::source::ciphertext::Ciphertext;
use crate::source::joint::{Answer, Batch, Sealed};
use crate::source::refusal::{ServiceRefusal, words};

const PARAMETER: &str = "parameter";

/// The answers, brought into the order of the references.
pub struct Sealing<'a> {
    answers: &'a Answers<'a>,
    account: Account,
    stranger: Option<Shown>,
}

/// One secret of a reference.
pub struct One<'a> {
    /// Its name, or that of a prefix without secrets.
    pub name: Text,
    /// Its path, as it may be shown.
    pub path: Shown,
    /// What Parameter Store has of it.
    pub found: Option<&'a Found>,
    /// It sealed, or why it cannot be.
    pub outcome: Result<Sealed, Refusal>,
}

impl<'a> Sealing<'a> {
    /// `account` is where plain names were looked for, as messages name it, and `stranger` who answered if that is no host of AWS.
    pub fn new(answers: &'a Answers<'a>, account: Account, stranger: Option<Shown>) -> Self {
        Self {
            answers,
            account,
            stranger,
        }
    }

    /// Every reference sealed, or every reason why one cannot be.
    pub fn batch(&self, references: &[Reference]) -> Batch {
        let answer = |reference: &Reference| Answer {
            index: reference.index,
            outcome: self.one(reference),
        };
        Batch {
            answers: references.iter().map(answer).collect(),
            notices: self.notices(),
        }
    }

    fn notices(&self) -> Vec<String> {
        let notice = "ssm:GetParameters is denied to this role, so each parameter took a call of its own: allow it beside ssm:GetParameter, and ten are fetched at a time";
        self.answers
            .one_by_one
            .then(|| notice.to_owned())
            .into_iter()
            .collect()
    }

    fn one(&self, reference: &Reference) -> Result<Vec<Sealed>, Vec<Problem>> {
        let at = |why| Problem::at(&reference.place, why);
        let outcomes = self.each(reference).into_iter().map(|one| one.outcome);
        let (sealed, refusals): (Vec<_>, Vec<_>) = outcomes.partition(Result::is_ok);
        if refusals.is_empty() {
            Ok(sealed.into_iter().flatten().collect())
        } else {
            let refusals = refusals.into_iter().filter_map(Result::err);
            Err(refusals.map(at).collect())
        }
    }

    /// What became of each secret of a reference; of a prefix without secrets there is one, which tells why.
    pub fn each(&self, reference: &Reference) -> Vec<One<'a>> {
        match &reference.want {
            Want::One { name, parameter } => vec![self.parameter(reference, name, parameter)],
            Want::Below(prefix) => self.below(reference, prefix),
        }
    }

    fn parameter(&self, reference: &Reference, name: &Text, parameter: &Parameter) -> One<'a> {
        let path = reference.asked();
        let (found, outcome) = match self.answers.parameters.get(parameter.asked()) {
            Some(Ok(found)) => (Some(found), self.sealed(name, path.clone(), found)),
            Some(Err(said)) => (None, Err(self.refusal(reference, name, parameter, said))),
            None => {
                let no_answer = Refusal::NoAnswer {
                    name: name.shown().clone(),
                    path: path.clone(),
                    account: self.account_of(parameter),
                };
                (None, Err(no_answer))
            }
        };
        One {
            name: name.clone(),
            path: path.shown,
            found,
            outcome,
        }
    }

    fn below(&self, reference: &Reference, prefix: &Prefix) -> Vec<One<'a>> {
        let path = reference.asked();
        let account = self.account.clone();
        let why = match self.answers.prefixes.get(prefix.path()) {
            Some(Ok(found)) if !found.is_empty() => {
                let found = found.iter();
                return found
                    .map(|found| self.found_below(reference, prefix, found))
                    .collect();
            }
            Some(Err(Said::Denied { said })) => {
                let who = "the secrets below it".into();
                let action = "ssm:GetParametersByPath";
                denied(reference, who, account, action, said)
            }
            Some(Err(Said::Other(refused))) => {
                other(reference, refused, format!("`{path}`"), account)
            }
            _ => Refusal::NothingBelow { path, account },
        };
        vec![One {
            name: reference.path.clone(),
            path: reference.path.shown().clone(),
            found: None,
            outcome: Err(why),
        }]
    }

    /// One that a prefix has brought, named by the rest of its path.
    fn found_below(&self, reference: &Reference, prefix: &Prefix, found: &'a Found) -> One<'a> {
        let asked = asked_below(reference, prefix, &found.name);
        let name = Text::public(prefix.rest_of(&found.name));
        One {
            path: asked.shown.clone(),
            found: Some(found),
            outcome: self.sealed(&name, asked, found),
            name,
        }
    }

    fn sealed(&self, name: &Text, path: Asked, found: &Found) -> Result<Sealed, Refusal> {
        let (secret, account) = (name.shown().clone(), self.account.clone());
        if found.kind != SECURE_STRING {
            let kind = Shown::of(&found.kind);
            return Err(Refusal::NotEncrypted {
                name: secret,
                path,
                kind,
                account,
            });
        }
        if Ciphertext::of(&found.value).is_none() {
            return Err(Refusal::UnknownCiphertext {
                name: secret,
                path,
                account,
                stranger: self.stranger.clone(),
            });
        }
        Ok(Sealed {
            name: name.clone(),
            from: path.shown,
            version: Some(found.version.to_string()),
            entry: entry(found),
        })
    }

    fn refusal(
        &self,
        reference: &Reference,
        name: &Text,
        parameter: &Parameter,
        said: &Said,
    ) -> Refusal {
        let (name, account) = (name.shown().clone(), self.account_of(parameter));
        let path = reference.asked();
        match said {
            Said::NotFound => Refusal::NotFound {
                name,
                path,
                account,
            },
            Said::VersionNotFound => self.no_version(reference, name, parameter),
            Said::Denied { said } => {
                let who = format!("secret `{name}`").into();
                denied(reference, who, account, "ssm:GetParameter", said)
            }
            Said::Other(refused) => {
                let what = format!("parameter `{path}` (secret `{name}`)");
                other(reference, refused, what, account)
            }
        }
    }

    fn no_version(&self, reference: &Reference, name: Shown, parameter: &Parameter) -> Refusal {
        let account = self.account_of(parameter);
        let mut path = reference.asked();
        let mut selector = "that it ends with";
        if reference.path.is_public() {
            path.shown = parameter.bare().into();
            selector = parameter.selector().unwrap_or_default();
        }
        Refusal::VersionNotFound {
            name,
            path,
            selector: selector.into(),
            account,
        }
    }

    /// An ARN names its own region and account.
    fn account_of(&self, parameter: &Parameter) -> Account {
        account::in_arn(parameter.bare()).unwrap_or_else(|| self.account.clone())
    }
}

/// A parameter that a prefix has brought, as messages name it.
pub fn asked_below(reference: &Reference, prefix: &Prefix, name: &str) -> Asked {
    if reference.path.is_public() {
        return Asked {
            shown: Shown::of(name),
            name: Parameter::parse(name).is_ok().then(|| name.to_owned()),
        };
    }
    let written = reference.path.shown().as_str().trim_end_matches('*');
    Asked {
        shown: format!("{written}{}", prefix.rest_of(name)).into(),
        name: None,
    }
}

fn denied(
    reference: &Reference,
    who: Shown,
    account: Account,
    action: &'static str,
    said: &str,
) -> Refusal {
    let doing = format!("reading `{}`", reference.asked()).into();
    let said = words(&reference.path, PARAMETER, said);
    let on = "this parameter";
    ServiceRefusal::Denied {
        who,
        doing,
        account,
        action,
        on,
        said,
    }
    .into()
}

/// A refusal that is none of those with a sentence of their own.
fn other(reference: &Reference, refused: &Refused, what: String, account: Account) -> Refusal {
    let asked = (&reference.path, PARAMETER);
    ServiceRefusal::other(PARAMETER_STORE.name, account, what, refused, asked).into()
}

/// What stands in the bundle: `docs/bundle.md`.
pub fn entry(found: &Found) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("ciphertext".into(), found.value.clone().into());
    entry.insert("arn".into(), found.arn.clone().into());
    entry.insert("version".into(), found.version.into());
    entry
}
