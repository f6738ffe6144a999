//! Answers -> sealed values, or every reason why there are none. No network.

use aws_sdk_ssm::types::ParameterType;

use super::fetch::{Answers, Found};
use super::refusal::Trouble;
use crate::aws::account;
use crate::config::{Reference, Text, Want, repeated};
use crate::failure::shown::Shown;
use crate::failure::{Account, Asked, Cause, Failure, Problem};
use crate::source::ciphertext::Ciphertext;
use crate::source::ssm::name::{Parameter, Prefix};
use crate::source::{Batch, Sealed};

/// In place of words that name a parameter whose name is not to be shown.
const UNSHOWN: &str = "its words name the parameter, so they are not shown";

/// The answers, brought into the order of the references.
pub struct Sealing<'a> {
    answers: &'a Answers<'a>,
    account: Account,
}

impl<'a> Sealing<'a> {
    /// `account` is where plain names were looked for, as messages name it.
    pub fn new(answers: &'a Answers<'a>, account: Account) -> Self {
        Self { answers, account }
    }

    /// Every reference sealed.
    ///
    /// # Errors
    /// Every reference that cannot be, in the order of the config.
    pub fn batch(&self, references: &[Reference]) -> Result<Batch, Failure> {
        let (mut sealed, mut problems) = (Vec::new(), Vec::new());
        for reference in references {
            match self.one(reference) {
                Ok(found) => sealed.extend(found.into_iter().map(|found| (found, reference))),
                Err(found) => problems.extend(found),
            }
        }
        problems.extend(repeated(sealed.iter().map(|(sealed, from)| {
            (sealed.name.value(), sealed.name.shown(), &from.place)
        })));
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let sealed = sealed.into_iter().map(|(sealed, _)| sealed).collect();
        Ok(Batch {
            sealed,
            notices: self.notices(),
        })
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
        let at = |cause| Problem::at(&reference.place, cause);
        match &reference.want {
            Want::One { name, parameter } => self
                .parameter(reference, name, parameter)
                .map(|sealed| vec![sealed])
                .map_err(|cause| vec![at(cause)]),
            Want::Below(prefix) => self
                .below(reference, prefix)
                .map_err(|causes| causes.into_iter().map(at).collect()),
        }
    }

    fn parameter(
        &self,
        reference: &Reference,
        name: &Text,
        parameter: &Parameter,
    ) -> Result<Sealed, Cause> {
        let path = reference.asked();
        match self.answers.parameters.get(parameter.asked()) {
            Some(Ok(found)) => self.sealed(name, path, reference.path.is_public(), found),
            Some(Err(trouble)) => Err(self.refusal(reference, name, parameter, trouble)),
            None => Err(Cause::NoAnswer {
                name: name.shown().clone(),
                path,
                account: self.account_of(parameter),
            }),
        }
    }

    fn below(&self, reference: &Reference, prefix: &Prefix) -> Result<Vec<Sealed>, Vec<Cause>> {
        let path = reference.asked();
        let account = self.account.clone();
        match self.answers.prefixes.get(prefix.path()) {
            Some(Ok(found)) if !found.is_empty() => {
                let (sealed, causes): (Vec<_>, Vec<_>) = found
                    .iter()
                    .map(|found| self.found_below(reference, prefix, found))
                    .partition(Result::is_ok);
                if causes.is_empty() {
                    Ok(sealed.into_iter().flatten().collect())
                } else {
                    Err(causes.into_iter().filter_map(Result::err).collect())
                }
            }
            Some(Err(Trouble::Denied { said })) => Err(vec![Cause::Denied {
                who: "the secrets below it".into(),
                path,
                account,
                action: "ssm:GetParametersByPath",
                said: words(reference, said),
            }]),
            Some(Err(trouble)) => {
                let what = format!("`{path}`");
                Err(vec![hushed(reference, trouble).cause(
                    &what,
                    &account,
                    &Shown::default(),
                    0,
                )])
            }
            _ => Err(vec![Cause::NothingBelow { path, account }]),
        }
    }

    /// One that a prefix has brought, named by the rest of its path.
    fn found_below(
        &self,
        reference: &Reference,
        prefix: &Prefix,
        found: &Found,
    ) -> Result<Sealed, Cause> {
        let rest = prefix.rest_of(&found.name);
        let is_public = reference.path.is_public();
        let asked = if is_public {
            let name = Parameter::parse(&found.name)
                .is_ok()
                .then(|| found.name.clone());
            Asked {
                shown: Shown::of(&found.name),
                name,
            }
        } else {
            let written = reference.path.shown().as_str().trim_end_matches('*');
            Asked {
                shown: format!("{written}{rest}").into(),
                name: None,
            }
        };
        self.sealed(&Text::public(rest), asked, is_public, found)
    }

    fn sealed(
        &self,
        name: &Text,
        path: Asked,
        is_public: bool,
        found: &Found,
    ) -> Result<Sealed, Cause> {
        let (secret, account) = (name.shown().clone(), self.account.clone());
        if found.kind != ParameterType::SecureString {
            let kind = found.kind.as_str().into();
            return Err(Cause::NotEncrypted {
                name: secret,
                path,
                kind,
                account,
            });
        }
        if Ciphertext::of(&found.value).is_none() {
            return Err(Cause::UnknownCiphertext {
                name: secret,
                path,
                account,
            });
        }
        Ok(Sealed {
            name: name.clone(),
            path: path.shown,
            is_public,
            ciphertext: found.value.clone(),
            arn: found.arn.clone(),
            version: found.version,
        })
    }

    fn refusal(
        &self,
        reference: &Reference,
        name: &Text,
        parameter: &Parameter,
        trouble: &Trouble,
    ) -> Cause {
        let (name, account) = (name.shown().clone(), self.account_of(parameter));
        let path = reference.asked();
        match trouble {
            Trouble::NotFound => Cause::NotFound {
                name,
                path,
                account,
            },
            Trouble::VersionNotFound => self.no_version(reference, name, parameter),
            Trouble::Denied { said } => Cause::Denied {
                who: format!("secret `{name}`").into(),
                path,
                account,
                action: "ssm:GetParameter",
                said: words(reference, said),
            },
            other => {
                let what = format!("parameter `{path}` (secret `{name}`)");
                hushed(reference, other).cause(&what, &account, &Shown::default(), 0)
            }
        }
    }

    fn no_version(&self, reference: &Reference, name: Shown, parameter: &Parameter) -> Cause {
        let account = self.account_of(parameter);
        let mut path = reference.asked();
        let mut selector = "that it ends with";
        if reference.path.is_public() {
            path.shown = parameter.bare().into();
            selector = parameter.selector().unwrap_or_default();
        }
        Cause::VersionNotFound {
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

/// What a service says of one parameter, unless that may hold what is not to be shown.
fn words(reference: &Reference, said: &str) -> Shown {
    if reference.path.is_public() {
        said.into()
    } else {
        UNSHOWN.into()
    }
}

fn hushed(reference: &Reference, trouble: &Trouble) -> Trouble {
    match trouble {
        Trouble::Refused { code, .. } if !reference.path.is_public() => Trouble::Refused {
            code: code.clone(),
            said: UNSHOWN.to_owned(),
        },
        other => other.clone(),
    }
}
