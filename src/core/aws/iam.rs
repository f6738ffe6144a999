//! IAM: what a role may do, by the policies that it has. No key policy is looked at: IAM simulates none for roles.

use std::sync::Arc;

use super::Aws;
use super::calls::Calls;
use super::endpoint::IAM;
use super::query_call::{Api, Element, NextPage, QueryService};
use super::trouble::Trouble;
use crate::failure::Failure;

const API: Api = Api {
    service: IAM,
    version: "2010-05-08",
};
/// Tells what a role may do.
pub const SIMULATE: &str = "iam:SimulatePrincipalPolicy";
/// What is known of a call: condition keys and their values, such as `kms:EncryptionContext:PARAMETER_ARN`.
pub type Context = Vec<(String, Vec<String>)>;

/// What IAM says of an action on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    /// Its ARN, or `*`.
    pub resource: String,
    /// Whether the role may.
    pub is_allowed: bool,
    /// Condition keys on which it depends and which nobody has told.
    pub missing: Vec<String>,
}

/// IAM of a partition.
pub struct Iam {
    service: QueryService,
}

impl Iam {
    /// Makes no call.
    ///
    /// # Errors
    /// There is no way to AWS, or no address that can be used with these settings.
    pub async fn of(aws: &Aws) -> Result<Self, Failure> {
        let region = aws.region().await?;
        let service = QueryService::of(aws, API, region).await?;
        Ok(Self { service })
    }

    /// Its calls, which tell where it is.
    #[must_use]
    pub fn calls(&self) -> &Arc<Calls> {
        &self.service.calls
    }

    /// What a role, by its ARN, may do to each of some resources, by its policies, under a context.
    ///
    /// # Errors
    /// `NoSuchEntity`: there is no such role; any other trouble of the calls.
    pub async fn simulate(
        &self,
        role: &str,
        action: &str,
        resources: &[&str],
        context: &Context,
    ) -> Result<Vec<Simulated>, Trouble> {
        let asked = parameters(role, action, resources, context);
        let next: NextPage = |page| {
            let marker = page.text_of("Marker");
            marker.filter(|_| page.text_of("IsTruncated") == Some("true"))
        };
        let paging = ("Marker", next);
        let pages = self
            .service
            .pages("SimulatePrincipalPolicy", &asked, paging)
            .await?;
        let mut simulated = Vec::new();
        for page in pages.ok_or_else(odd)? {
            for result in page.members("EvaluationResults") {
                simulated.push(read(result).ok_or_else(odd)?);
            }
        }
        let is_answered = |of: &str| simulated.iter().any(|one: &Simulated| one.resource == of);
        let whole = resources.iter().all(|resource| is_answered(resource));
        whole.then_some(simulated).ok_or_else(odd)
    }
}

fn parameters(
    role: &str,
    action: &str,
    resources: &[&str],
    context: &Context,
) -> Vec<(String, String)> {
    let mut all = vec![
        ("PolicySourceArn".to_owned(), role.to_owned()),
        ("ActionNames.member.1".into(), action.into()),
    ];
    for (index, resource) in resources.iter().enumerate() {
        let name = format!("ResourceArns.member.{}", index + 1);
        all.push((name, (*resource).to_owned()));
    }
    for (index, (key, values)) in context.iter().enumerate() {
        let entry = format!("ContextEntries.member.{}", index + 1);
        let kind = if values.len() == 1 {
            "string"
        } else {
            "stringList"
        };
        all.push((format!("{entry}.ContextKeyName"), key.clone()));
        all.push((format!("{entry}.ContextKeyType"), kind.into()));
        for (index, value) in values.iter().enumerate() {
            let name = format!("{entry}.ContextKeyValues.member.{}", index + 1);
            all.push((name, value.clone()));
        }
    }
    all
}

/// `None`: it is no result. Of a resource that is named the missing keys are told beside it.
fn read(result: &Element) -> Option<Simulated> {
    let missing = |of: &Element| -> Vec<String> {
        let keys = of.members("MissingContextValues");
        keys.map(|key| key.text.clone()).collect()
    };
    let mut all = missing(result);
    for specific in result.members("ResourceSpecificResults") {
        all.extend(missing(specific));
    }
    all.sort();
    all.dedup();
    let decision = result.text_of("EvalDecision")?;
    if !["allowed", "explicitDeny", "implicitDeny"].contains(&decision) {
        return None;
    }
    Some(Simulated {
        resource: result.text_of("EvalResourceName")?.to_owned(),
        is_allowed: decision == "allowed",
        missing: all,
    })
}

fn odd() -> Trouble {
    Trouble::no_answer("what came back is no simulation of all that was asked")
}

#[cfg(test)]
mod tests;
