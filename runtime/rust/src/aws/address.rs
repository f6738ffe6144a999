//! Where a service answers.

#[cfg(test)]
mod tests;

use super::call::Call;
use super::endpoint::Endpoint;
use crate::contract::{self, Code, hint};
use crate::environment::Environment;
use crate::error::Problem;

const ALLOW_INSECURE: &str = "SECRET_BAKER_ALLOW_INSECURE_ENDPOINT";

/// What the program says of the services' addresses.
#[derive(Default)]
pub(crate) struct Configured {
    /// The URL of all services.
    pub(crate) url: Option<String>,
    /// Whether plain HTTP may go to any host. By default the environment says so.
    pub(crate) allow_insecure: Option<bool>,
    /// What sends the requests.
    #[cfg(feature = "transport")]
    pub(crate) transport: Option<crate::transport::Transport>,
}

/// The call's service in its region, unless the user names another place.
///
/// # Errors
/// `Unreachable` for what is not a URL, and for what must not be asked.
pub(super) fn of(
    call: &Call<'_>,
    configured: &Configured,
    environment: &Environment,
) -> Result<Endpoint, Problem> {
    let service = call.operation.service;
    let ignored = environment.flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?;
    let fips = environment.flag("AWS_USE_FIPS_ENDPOINT")?;
    let dual_stack = environment.flag("AWS_USE_DUALSTACK_ENDPOINT")?;
    let variable = |name| Some((name, environment.text(name)?));
    let set = match &configured.url {
        Some(url) => Some(("endpoint()", url.clone())),
        None if ignored => None,
        None => variable(service.endpoint).or_else(|| variable("AWS_ENDPOINT_URL")),
    };
    let Some((name, url)) = set else {
        return of_region(call, fips, dual_stack);
    };
    let allowed = configured.allow_insecure.unwrap_or_else(|| {
        let said = environment.text(ALLOW_INSECURE);
        said.is_some_and(|said| said.eq_ignore_ascii_case("true"))
    });
    of_user(&url, fips, allowed).map_err(|(reason, hint)| {
        let reason = format!("its endpoint, of {name}, {reason}");
        Problem::hinted(Code::Unreachable, reason, hint).with("{variable}", name)
    })
}

/// # Errors
/// What is wrong with the URL, and the hint. The URL itself is not shown: it may have a password in it.
fn of_user(url: &str, fips: bool, allowed: bool) -> Result<Endpoint, (String, &'static str)> {
    if fips {
        let reason = "is set together with AWS_USE_FIPS_ENDPOINT";
        return Err((reason.into(), hint::UNREACHABLE_FIPS));
    }
    let is_plain =
        |endpoint: &Endpoint| !url.contains('#') && endpoint.path.bytes().all(is_of_path);
    let Some(endpoint) = Endpoint::read(url).filter(is_plain) else {
        let reason = "is not an http or https URL without user, query and fragment";
        return Err((reason.into(), hint::UNREACHABLE_ENDPOINT));
    };
    if !endpoint.secure && !endpoint.is_loopback() && !allowed {
        let reason = format!("is plain HTTP to {}", endpoint.authority);
        return Err((reason, hint::UNREACHABLE_INSECURE));
    }
    Ok(endpoint)
}

fn of_region(call: &Call<'_>, fips: bool, dual_stack: bool) -> Result<Endpoint, Problem> {
    let Some(partition) = contract::partition(call.partition) else {
        let reason = format!("the partition {} is not known", call.partition);
        let hint = hint::UNREACHABLE_PARTITION;
        return Err(Problem::hinted(Code::Unreachable, reason, hint));
    };
    let fips = if fips { "-fips" } else { "" };
    let name = format!("{}{fips}", call.operation.service.host);
    let is_both = contract::BOTH_STACKS.contains(&(&name, call.partition));
    let suffix = if dual_stack && !is_both {
        partition.dual_stack
    } else {
        partition.suffix
    };
    let host = format!("{name}.{}.{suffix}", call.region);
    Ok(Endpoint {
        secure: true,
        port: 443,
        authority: host.clone(),
        host,
        path: "/".into(),
    })
}

fn is_of_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.~!$&'()*+,;=:%/-".contains(&byte)
}
