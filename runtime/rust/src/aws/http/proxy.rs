//! Proxies, which are not used here.

use super::broken::Broken;
use crate::aws::endpoint::Endpoint;
use crate::contract::hint;
use crate::environment::Environment;

/// With a word on a proxy that is set, if others would use it on the way there.
pub(super) fn unused(environment: &Environment, endpoint: &Endpoint, broken: Broken) -> Broken {
    let names = ["https_proxy", "HTTPS_PROXY"];
    let is_set = |name: &&str| environment.text(name).is_some();
    match names.into_iter().find(is_set) {
        Some(variable) if endpoint.secure && !is_excepted(environment, &endpoint.host) => Broken {
            hint: hint::UNREACHABLE_PROXY_UNUSED,
            variable,
            ..broken
        },
        _ => broken,
    }
}

/// Whether no proxy is to be used for a host, as most read `NO_PROXY`.
fn is_excepted(environment: &Environment, host: &str) -> bool {
    let variable = |name| environment.text(name);
    let list = variable("no_proxy").or_else(|| variable("NO_PROXY"));
    let host = host.to_ascii_lowercase();
    let names = |entry: &str| {
        let entry = entry.to_ascii_lowercase();
        let domain = entry.trim_start_matches('*').trim_start_matches('.');
        let above = host.strip_suffix(domain);
        entry == "*"
            || !domain.is_empty()
                && above.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    list.is_some_and(|list| list.split([',', ' ']).any(names))
}
