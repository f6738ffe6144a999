//! References -> calls, with no network: duplicates out, ten names a call.

use std::collections::HashSet;

use super::name::{Parameter, Prefix};
use super::want::{Reference, Want};

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
mod tests;
