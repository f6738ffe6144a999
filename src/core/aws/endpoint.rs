//! Addresses: which may be called, and how much of one may be shown.

use url::Url;

use crate::contract;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};

/// A service of AWS, as far as the way to it is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// As the AWS SDKs name it in their variables and keys: `SSM`.
    pub id: &'static str,
    /// The first part of its hosts, by which callers name it and requests to it are signed: `ssm`.
    pub host: &'static str,
    /// As messages name it.
    pub name: &'static str,
    /// What raises its limit of calls: the end of a hint, which begins with `, or `, or nothing.
    pub more_calls: &'static str,
}

impl Service {
    /// One whose limit of calls nobody can raise.
    const fn new(id: &'static str, host: &'static str, name: &'static str) -> Self {
        Self {
            id,
            host,
            name,
            more_calls: "",
        }
    }

    /// The variable that sets its endpoint, as all SDKs have it: `AWS_ENDPOINT_URL_SSM`.
    fn variable(self) -> String {
        let id = self.id.to_uppercase().replace(' ', "_");
        format!("AWS_ENDPOINT_URL_{id}")
    }
}

/// Where parameters are kept.
pub const PARAMETER_STORE: Service = Service {
    more_calls: ", or turn on its higher throughput setting",
    ..Service::new("SSM", "ssm", "Parameter Store")
};
/// Where credstash keeps credentials.
pub const DYNAMODB: Service = Service {
    more_calls: ", or give the table more read capacity",
    ..Service::new("DynamoDB", "dynamodb", "DynamoDB")
};
/// Where secrets are kept by version.
pub const SECRETS_MANAGER: Service =
    Service::new("Secrets Manager", "secretsmanager", "Secrets Manager");
/// Keeps the keys, and tells what they are.
pub const KMS: Service = Service::new("KMS", "kms", "KMS");
/// Tells what a role may do. It has one place a partition.
pub const IAM: Service = Service::new("IAM", "iam", "IAM");
/// Has what is deployed.
pub const LAMBDA: Service = Service::new("Lambda", "lambda", "Lambda");
/// Has the stacks of what is deployed.
pub const CLOUDFORMATION: Service =
    Service::new("CloudFormation", "cloudformation", "CloudFormation");
/// Gives the credentials of a role, and tells whose they are.
pub const STS: Service = Service::new("STS", "sts", "STS");
/// Gives the credentials of a person.
pub const SSO: Service = Service::new("SSO", "portal.sso", "SSO");
/// Signs a person in.
pub const SSO_OIDC: Service = Service::new("SSO OIDC", "oidc", "SSO OIDC");
/// Those that the caller may give an endpoint for.
pub const SERVICES: [Service; 8] = [
    PARAMETER_STORE,
    DYNAMODB,
    SECRETS_MANAGER,
    KMS,
    IAM,
    LAMBDA,
    CLOUDFORMATION,
    STS,
];

/// An address that cannot be used, whoever set it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the endpoint of {}, {url}, cannot be used: {why}", service.name)]
pub struct BadEndpoint {
    /// Whose it is.
    pub service: Service,
    /// The address, as it may be shown.
    pub url: Shown,
    /// In words.
    pub why: Shown,
    /// What helps.
    pub advice: Advice,
}

impl BadEndpoint {
    /// What the caller has that sets it, before what all SDKs have.
    fn words(&self, caller: &Caller) -> String {
        if caller.endpoint.is_empty() || self.service == STS {
            return String::new();
        }
        format!("{}, ", caller.endpoint)
    }
}

/// What helps against an address that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// To write it as a URL.
    Correct,
    /// To use HTTPS.
    Secure,
    /// To choose between it and the variants of AWS' own.
    Unset,
}

impl Explain for BadEndpoint {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(match self.advice {
            Advice::Correct => format!(
                "correct it where it is set, to a URL such as https://{}.eu-central-1.amazonaws.com: {}{}, AWS_ENDPOINT_URL, or endpoint_url of the profile",
                self.service.host,
                self.words(caller),
                self.service.variable()
            ),
            Advice::Secure => format!(
                "use https, or {} in a network of containers that nobody else sees",
                caller.allow_insecure_endpoint
            ),
            Advice::Unset => {
                "unset the endpoint, or AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT".into()
            }
        })
    }
}

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
pub fn check(service: Service, url: &str, allow_insecure: bool) -> Result<(), BadEndpoint> {
    let bad = |why: &str, advice| BadEndpoint {
        service,
        url: shown(url),
        why: why.into(),
        advice,
    };
    let plain = |c: char| c.is_ascii_graphic() && c != '\\';
    let parsed = Url::parse(url).ok().filter(|_| url.chars().all(plain));
    let Some(parsed) = parsed else {
        return Err(bad("it is no URL", Advice::Correct));
    };
    let Some(host) = parsed
        .host()
        .filter(|_| ["http", "https"].contains(&parsed.scheme()))
    else {
        return Err(bad("it is no URL of http or https", Advice::Correct));
    };
    if !parsed.username().is_empty() || parsed.password().is_some() || url.contains('@') {
        return Err(bad(
            "it has a user or a password, which nobody asks for",
            Advice::Correct,
        ));
    }
    if parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(bad("it has a query or a fragment", Advice::Correct));
    }
    if parsed.scheme() == "http" && !contract::is_loopback(&host) && !allow_insecure {
        let why = "plain HTTP would show the session token and the names of all secrets on the wire, so it is taken to loopback only";
        return Err(bad(why, Advice::Secure));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
