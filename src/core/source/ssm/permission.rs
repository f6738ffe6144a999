//! What parameters need to be allowed.

use super::want::{Reference, Want};
use crate::source::permission::{Condition, DECRYPT, OfAws, On, Permission, Who};
use crate::source::survey::Survey;

/// The second is asked for where the first is denied, and where a version is missing.
const READ: &[&str] = &["ssm:GetParameters", "ssm:GetParameter"];
const READ_BELOW: &[&str] = &["ssm:GetParametersByPath"];

/// What an entry needs, for all parameters that were found of it.
pub fn of(reference: &Reference, told: &[&Survey]) -> Vec<Permission> {
    let own = told.iter().filter(|told| told.index == reference.index);
    let found: Vec<_> = own
        .filter_map(|told| Some((*told, told.arn.as_deref()?)))
        .collect();
    let deployment = found.first().map(|(_, arn)| to_read(reference, arn));
    let functions = found.iter().map(|(told, arn)| to_open(told, arn));
    deployment.into_iter().chain(functions).collect()
}

fn to_read(reference: &Reference, found: &str) -> Permission {
    let (purpose, actions, arn) = match &reference.want {
        Want::One { .. } => ("ReadParameters", READ, found.to_owned()),
        Want::Below(prefix) => {
            let account = found.split(":parameter/").next().unwrap_or_default();
            let arn = format!("{account}:parameter{}", prefix.path());
            ("ReadParametersBelow", READ_BELOW, arn)
        }
    };
    Permission {
        who: Who::Deployment,
        place: reference.place.clone(),
        purpose,
        actions,
        on: On::Arn(arn),
        conditions: Vec::new(),
        notice: None,
    }
}

/// Both tiers have the ARN in their context; the advanced one may have more.
fn to_open(told: &Survey, arn: &str) -> Permission {
    Permission {
        who: Who::Function(told.name.clone()),
        place: told.place.clone(),
        purpose: "OpenParameters",
        actions: DECRYPT,
        on: On::Keys {
            region: told.region.clone(),
            keys: told.keys.clone(),
            of_aws: OfAws::Closed,
        },
        conditions: vec![Condition::context("PARAMETER_ARN", arn)],
        notice: None,
    }
}
