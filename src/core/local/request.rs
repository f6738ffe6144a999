//! What is asked for: which secrets, and from where their values come.

use serde_json::Value;

use super::identity::Variables;
use crate::config::place::Place;
use crate::source::Deployment;

/// Where local values come from.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    /// The file; a relative path starts from the service's folder.
    pub file: &'a str,
    /// The region in which the handlers believe to be. One that is none is passed over.
    pub region: Option<&'a str>,
    /// The environment, for the identities of age.
    pub variables: Variables<'a>,
}

/// What the config says, as a bake is told it.
#[derive(Clone, Copy)]
pub struct Config<'a> {
    /// The secrets.
    pub config: &'a Value,
    /// The same before its variables were resolved.
    pub written: Option<&'a Value>,
    /// The root of its places.
    pub root: &'a Place,
    /// The service.
    pub deployment: &'a Deployment,
}
