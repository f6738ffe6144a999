//! References -> calls, with no network: duplicates out, ten names a call.

use std::collections::HashSet;

use crate::config::{Reference, Want};
use crate::parameter::{Parameter, Prefix};

/// `GetParameters` takes at most ten names.
pub const NAMES_A_CALL: usize = 10;

/// One `GetParameters` call.
#[derive(Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// The region to ask; `None` is the service's own.
    pub region: Option<&'a str>,
    /// One to ten parameters, no two of the same name.
    pub parameters: Vec<&'a Parameter>,
}

impl<'a> Call<'a> {
    /// Two spellings of one name in a call: nobody has documented what the reply holds then.
    fn takes(&self, parameter: &Parameter, region: Option<&str>) -> bool {
        self.region == region
            && self.parameters.len() < NAMES_A_CALL
            && self
                .parameters
                .iter()
                .all(|other| other.stem() != parameter.stem())
    }

    fn add(&mut self, parameter: &'a Parameter) {
        self.parameters.push(parameter);
    }
}

/// All calls of a bake.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan<'a> {
    /// The batches.
    pub calls: Vec<Call<'a>>,
    /// The paths to walk, each once.
    pub walks: Vec<&'a Prefix>,
}

impl<'a> Plan<'a> {
    /// Plans the fewest calls that answer all references from a service in `home`.
    #[must_use]
    pub fn of(references: &'a [Reference], home: &str) -> Self {
        let mut plan = Self::default();
        let mut seen = HashSet::new();
        for reference in references {
            match &reference.want {
                Want::One { parameter, .. } if seen.insert(parameter.asked()) => {
                    let region = parameter.region().filter(|region| *region != home);
                    plan.add(parameter, region);
                }
                Want::Below(prefix) if !plan.walks.contains(&prefix) => plan.walks.push(prefix),
                Want::One { .. } | Want::Below(_) => {}
            }
        }
        plan
    }

    /// How many parameters the calls ask for; those of the walks are not known yet.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.calls.iter().map(|call| call.parameters.len()).sum()
    }

    fn add(&mut self, parameter: &'a Parameter, region: Option<&'a str>) {
        let open = self
            .calls
            .iter_mut()
            .rev()
            .find(|call| call.takes(parameter, region));
        if let Some(call) = open {
            call.add(parameter);
        } else {
            let parameters = vec![parameter];
            self.calls.push(Call { region, parameters });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config;

    #[track_caller]
    fn plans(config: &serde_json::Value, wanted: &[(Option<&str>, &[&str])]) {
        let references = config::read(config, None).unwrap();
        let plan = Plan::of(&references, "eu-west-1");
        let found: Vec<(Option<&str>, Vec<&str>)> = plan
            .calls
            .iter()
            .map(|call| {
                (
                    call.region,
                    call.parameters.iter().map(|p| p.asked()).collect(),
                )
            })
            .collect();
        let wanted: Vec<_> = wanted
            .iter()
            .map(|(region, names)| (*region, names.to_vec()))
            .collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn eleven_names_are_two_calls() {
        let names: Vec<_> = (0..11).map(|n| format!("/p{n}")).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        plans(&json!(names), &[(None, &names[..10]), (None, &names[10..])]);
    }

    #[test]
    fn a_parameter_of_two_secrets_is_asked_for_once() {
        plans(
            &json!({"A": "/p", "B": "/p", "C": "/q"}),
            &[(None, &["/p", "/q"])],
        );
    }

    #[test]
    fn two_versions_of_a_parameter_go_in_two_calls() {
        plans(
            &json!({"A": "/p:1", "B": "/p:2", "C": "/q"}),
            &[(None, &["/p:1"]), (None, &["/p:2", "/q"])],
        );
    }

    #[test]
    fn an_arn_is_asked_in_its_own_region() {
        let home = "arn:aws:ssm:eu-west-1:123456789012:parameter/a";
        let away = "arn:aws:ssm:us-east-1:123456789012:parameter/b";
        plans(
            &json!({"A": home, "B": away, "C": "/c"}),
            &[(None, &[home, "/c"]), (Some("us-east-1"), &[away])],
        );
    }

    #[test]
    fn a_prefix_is_walked_once() {
        let references = config::read(&json!(["/a/*", {"path": "/a/*"}, "/b/*"]), None).unwrap();
        let plan = Plan::of(&references, "eu-west-1");
        assert_eq!(
            plan.walks.iter().map(|p| p.path()).collect::<Vec<_>>(),
            ["/a", "/b"]
        );
        assert_eq!(plan.parameters(), 0);
    }
}
