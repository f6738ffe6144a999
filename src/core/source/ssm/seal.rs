//! Answers -> sealed values, or every reason why there are none. No network.

use aws_sdk_ssm::types::ParameterType;

use super::fetch::{Answers, Found};
use super::trouble::Trouble;
use crate::account;
use crate::ciphertext::Ciphertext;
use crate::config::{Reference, Want, repeated};
use crate::error::{Account, Cause, Failure, Problem};
use crate::parameter::{Parameter, Prefix};
use crate::source::{Batch, Sealed};

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
        problems.extend(repeated(
            sealed
                .iter()
                .map(|(sealed, from)| (sealed.name.as_str(), &from.place)),
        ));
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
                .parameter(name, parameter)
                .map(|sealed| vec![sealed])
                .map_err(|cause| vec![at(cause)]),
            Want::Below(prefix) => self
                .below(prefix)
                .map_err(|causes| causes.into_iter().map(at).collect()),
        }
    }

    fn parameter(&self, name: &str, parameter: &Parameter) -> Result<Sealed, Cause> {
        let path = parameter.asked();
        match self.answers.parameters.get(path) {
            Some(Ok(found)) => self.sealed(name, path, found),
            Some(Err(trouble)) => Err(self.refusal(name, parameter, trouble)),
            None => Err(Cause::NoAnswer {
                name: name.into(),
                path: path.into(),
                account: self.account_of(parameter),
            }),
        }
    }

    fn below(&self, prefix: &Prefix) -> Result<Vec<Sealed>, Vec<Cause>> {
        let path = format!("{}/*", prefix.path().trim_end_matches('/'));
        let account = self.account.clone();
        match self.answers.prefixes.get(prefix.path()) {
            Some(Ok(found)) if !found.is_empty() => {
                let (sealed, causes): (Vec<_>, Vec<_>) = found
                    .iter()
                    .map(|found| self.sealed(prefix.rest_of(&found.name), &found.name, found))
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
                said: said.clone(),
            }]),
            Some(Err(trouble)) => Err(vec![trouble.clone().cause(
                &format!("`{path}`"),
                &account,
                "",
                0,
            )]),
            _ => Err(vec![Cause::NothingBelow { path, account }]),
        }
    }

    fn sealed(&self, name: &str, path: &str, found: &Found) -> Result<Sealed, Cause> {
        let (secret, account) = (name.to_owned(), self.account.clone());
        if found.kind != ParameterType::SecureString {
            let kind = found.kind.as_str().to_owned();
            return Err(Cause::NotEncrypted {
                name: secret,
                path: path.into(),
                kind,
                account,
            });
        }
        if Ciphertext::of(&found.value).is_none() {
            return Err(Cause::UnknownCiphertext {
                name: secret,
                path: path.into(),
                account,
            });
        }
        Ok(Sealed {
            name: secret,
            path: path.to_owned(),
            ciphertext: found.value.clone(),
            arn: found.arn.clone(),
            version: found.version,
        })
    }

    fn refusal(&self, name: &str, parameter: &Parameter, trouble: &Trouble) -> Cause {
        let (name, account) = (name.to_owned(), self.account_of(parameter));
        let (path, bare) = (parameter.asked().to_owned(), parameter.bare().to_owned());
        let selector = parameter.selector().unwrap_or_default().to_owned();
        match trouble {
            Trouble::NotFound => Cause::NotFound {
                name,
                path,
                account,
            },
            Trouble::VersionNotFound => Cause::VersionNotFound {
                name,
                path: bare,
                selector,
                account,
            },
            Trouble::Denied { said } => Cause::Denied {
                who: format!("secret `{name}`"),
                path,
                account,
                action: "ssm:GetParameter",
                said: said.clone(),
            },
            other => other.clone().cause(
                &format!("parameter `{path}` (secret `{name}`)"),
                &account,
                &self.account.region,
                0,
            ),
        }
    }

    /// An ARN names its own region and account.
    fn account_of(&self, parameter: &Parameter) -> Account {
        account::in_arn(parameter.bare()).unwrap_or_else(|| self.account.clone())
    }
}
