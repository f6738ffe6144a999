//! Descriptions -> the version that each entry means. No network.

use super::describe::{Answers, Described, Version};
use super::refusal::{Asked, Refusal};
use super::want::{CURRENT, Pin, Reference};
use crate::aws::account::{self, Account};

/// A secret's version, or why there is none that can be baked.
pub type Found<'a> = Result<(&'a Described, &'a Version), Refusal>;

impl Reference {
    /// As messages name it; `id` is the account of the credentials.
    fn asked(&self, home: &str, id: Option<&str>) -> Asked {
        let (region, secret) = self.ask(home);
        let account = account::in_arn(secret).unwrap_or_else(|| Account {
            region: region.to_owned(),
            id: id.map(str::to_owned),
        });
        Asked {
            name: self.name.shown().clone(),
            id: self.secret.clone(),
            account,
        }
    }

    /// The same of a secret that was found.
    pub fn known(&self, described: &Described) -> Asked {
        Asked {
            name: self.name.shown().clone(),
            id: self.secret.clone(),
            account: account::in_arn(&described.arn).unwrap_or_default(),
        }
    }

    /// The version that it means.
    ///
    /// # Errors
    /// There is none that can be baked.
    pub fn found<'a>(
        &'a self,
        home: &'a str,
        id: Option<&str>,
        answers: &'a Answers<'a>,
    ) -> Found<'a> {
        let described = match &answers[&self.ask(home)] {
            Ok(described) => described,
            Err(said) => return Err(self.asked(home, id).refusal(said)),
        };
        if described.is_deleted {
            return Err(Refusal::Deleted(self.known(described)));
        }
        let version = match &self.pin {
            Pin::Id(id) => described.version(id.value()),
            Pin::Stage(stage) => described.staged(stage.value()),
            Pin::Current => described.staged(CURRENT),
        };
        let version =
            version.ok_or_else(|| self.known(described).no_version(&self.pin, described))?;
        Ok((described, version))
    }

    /// What is to be known of a version that is pinned and not the current one.
    pub fn notice(&self, version: &Version) -> Option<String> {
        if matches!(self.pin, Pin::Current) || version.has(CURRENT) {
            return None;
        }
        let keeps = if self.label.is_some() {
            ""
        } else {
            ": a rotation may delete it, and `label: true` keeps it"
        };
        let (name, secret) = (self.name.shown(), self.secret.shown());
        Some(format!(
            "secret `{name}`: the version of `{secret}` that is baked is not AWSCURRENT{keeps}"
        ))
    }
}
