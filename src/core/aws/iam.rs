//! IAM: what a role may do, by the policies that it has. No key policy is looked at: IAM simulates one for users only.

use std::sync::Arc;

use super::Aws;
use super::calls::Calls;
use super::endpoint::IAM;
use super::query_call::{Api, Element, NextPage, QueryService};
use super::trouble::Trouble;
use crate::failure::Failure;
use crate::gather::Gather as _;

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
    pub decision: Decision,
    /// Condition keys on which it depends and which nobody has told.
    pub missing: Vec<String>,
}

/// Whether a role may, and who says it may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It may.
    Allowed,
    /// Nothing allows it.
    NotAllowed,
    /// A policy denies it.
    Denied,
    /// The role's permissions boundary does not allow it.
    Bounded,
    /// A policy of the organisation does not allow it: to this resource, or to one of those that were asked for with it.
    Organisation,
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
                simulated.extend(read(result).ok_or_else(odd)?);
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

/// `None`: it is no result. What stands beside the resources is decided of all of them together: the gravest decision, and whatever the
/// organisation forbids.
fn read(result: &Element) -> Option<Vec<Simulated>> {
    let organisation = result.child("OrganizationsDecisionDetail");
    let is_forbidden = is_false(organisation, "AllowedByOrganizations");
    let specific: Vec<_> = result.members("ResourceSpecificResults").collect();
    let one = |of: &Element, decision: &str| {
        let boundary = of.child("PermissionsBoundaryDecisionDetail");
        let missing = [result, of].into_iter().flat_map(missing);
        Some(Simulated {
            resource: of.text_of("EvalResourceName")?.to_owned(),
            decision: match of.text_of(decision)? {
                "explicitDeny" => Decision::Denied,
                "allowed" | "implicitDeny" if is_forbidden => Decision::Organisation,
                "allowed" | "implicitDeny"
                    if is_false(boundary, "AllowedByPermissionsBoundary") =>
                {
                    Decision::Bounded
                }
                "allowed" => Decision::Allowed,
                "implicitDeny" => Decision::NotAllowed,
                _ => return None,
            },
            missing: missing.into_set().into_iter().collect(),
        })
    };
    if specific.is_empty() {
        return Some(vec![one(result, "EvalDecision")?]);
    }
    let specific = specific.into_iter();
    specific.map(|of| one(of, "EvalResourceDecision")).collect()
}

fn is_false(detail: Option<&Element>, name: &str) -> bool {
    detail.and_then(|detail| detail.text_of(name)) == Some("false")
}

fn missing(of: &Element) -> impl Iterator<Item = String> {
    of.members("MissingContextValues")
        .map(|key| key.text.clone())
}

fn odd() -> Trouble {
    Trouble::no_answer("what came back is no simulation of all that was asked")
}

#[cfg(test)]
mod tests;
