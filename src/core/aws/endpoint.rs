//! Addresses: which may be called, and how much of one may be shown.

use aws_sdk_ssm::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use url::Url;

use crate::contract;
use crate::failure::Cause;
use crate::failure::innermost;
use crate::failure::shown::Shown;

/// The service whose parameters are baked.
pub const PARAMETER_STORE: &str = "Parameter Store";

/// Which of a service's own addresses are used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Variants {
    /// `AWS_USE_FIPS_ENDPOINT`, or the profile's.
    pub fips: bool,
    /// `AWS_USE_DUALSTACK_ENDPOINT`, or the profile's.
    pub dual_stack: bool,
}

/// A URL without user, password, query and fragment; of what is no URL its length alone.
#[must_use]
pub fn shown(url: &str) -> Shown {
    let Some((url, host)) = Url::parse(url).ok().and_then(|url| {
        let host = url.host_str()?.to_owned();
        Some((url, host))
    }) else {
        return format!("a text of {} characters", url.chars().count()).into();
    };
    let port = url
        .port()
        .map_or_else(String::new, |port| format!(":{port}"));
    let path = url.path().trim_end_matches('/');
    format!("{}://{host}{port}{path}", url.scheme()).into()
}

/// Whether an endpoint that somebody has set can be called.
///
/// # Errors
/// It is no such URL, or credentials would go over a network in the open.
pub fn check(service: &'static str, url: &str, allow_insecure: bool) -> Result<(), Cause> {
    const CORRECT: &str = "correct it where it is set, to a URL such as https://ssm.eu-central-1.amazonaws.com: custom.secretBakerOptions.endpoint, AWS_ENDPOINT_URL_SSM, AWS_ENDPOINT_URL, or endpoint_url of the profile";
    const SECURE: &str = "use https, or set custom.secretBakerOptions.allowInsecureEndpoint: true in a network of containers that nobody else sees";
    let bad = |why: &str, hint| Cause::BadEndpoint {
        service,
        url: shown(url),
        why: why.into(),
        hint,
    };
    let plain = |c: char| c.is_ascii_graphic() && c != '\\';
    let parsed = Url::parse(url).ok().filter(|_| url.chars().all(plain));
    let Some(parsed) = parsed else {
        return Err(bad("it is no URL", CORRECT));
    };
    let Some(host) = parsed
        .host()
        .filter(|_| ["http", "https"].contains(&parsed.scheme()))
    else {
        return Err(bad("it is no URL of http or https", CORRECT));
    };
    if !parsed.username().is_empty() || parsed.password().is_some() || url.contains('@') {
        return Err(bad(
            "it has a user or a password, which nobody asks for",
            CORRECT,
        ));
    }
    if parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(bad("it has a query or a fragment", CORRECT));
    }
    if parsed.scheme() == "http" && !contract::is_loopback(&host) && !allow_insecure {
        let why = "plain HTTP would show the session token and the names of all secrets on the wire, so it is taken to loopback only";
        return Err(bad(why, SECURE));
    }
    Ok(())
}

/// Where Parameter Store is in a region, as the AWS SDK finds it.
///
/// # Errors
/// There is no such address, as with FIPS and an endpoint of one's own.
pub async fn of_parameter_store(
    region: &str,
    endpoint: Option<&str>,
    variants: Variants,
) -> Result<String, Cause> {
    let bad = |why: String| Cause::BadEndpoint {
        service: PARAMETER_STORE,
        url: endpoint.map_or_else(|| format!("that of region {region}").into(), shown),
        why: why.into(),
        hint: "unset the endpoint, or AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT",
    };
    let params = Params::builder()
        .region(region)
        .set_endpoint(endpoint.map(str::to_owned))
        .use_fips(variants.fips)
        .use_dual_stack(variants.dual_stack);
    let params = params.build().map_err(|error| bad(innermost(&error)))?;
    let found = DefaultResolver::new().resolve_endpoint(&params).await;
    let found = found.map_err(|error| bad(error.to_string()))?;
    Ok(found.url().to_owned())
}

#[cfg(test)]
mod tests;
