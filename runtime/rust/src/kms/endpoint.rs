//! Where a service answers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hyper::Uri;

use crate::arn::Parameter;
use crate::contract::{self, Code, hint};
use crate::environment::Environment;
use crate::error::Problem;

const ALLOW_INSECURE: &str = "SECRET_BAKER_ALLOW_INSECURE_ENDPOINT";

/// A server and a path on it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Endpoint {
    pub(crate) secure: bool,
    /// Without the brackets of an IPv6 address.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Host and port, as in a URL and the `Host` header.
    pub(crate) authority: String,
    /// With its query.
    pub(crate) path: String,
}

/// What the program says of KMS's address.
#[derive(Default)]
pub(crate) struct Configured {
    pub(crate) url: Option<String>,
    /// Whether plain HTTP may go to any host. By default the environment says so.
    pub(crate) allow_insecure: Option<bool>,
}

impl Endpoint {
    /// Reads an `http` or `https` URL without a user.
    pub(crate) fn read(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let secure = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let authority = uri.authority()?.as_str();
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port_of(port)?)),
            _ => (authority, None),
        };
        let host = if let Some(address) = host.strip_prefix('[') {
            let address = address.strip_suffix(']')?;
            address.parse::<Ipv6Addr>().ok()?;
            address
        } else {
            is_name_or_address(host).then_some(host)?
        };
        Some(Self {
            secure,
            host: host.into(),
            port: port.unwrap_or(if secure { 443 } else { 80 }),
            authority: authority.into(),
            path: uri
                .path_and_query()
                .map_or("/", |path| path.as_str())
                .into(),
        })
    }

    /// Whether it is on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        let address: Option<IpAddr> = self.host.parse().ok();
        self.host.eq_ignore_ascii_case("localhost")
            || address.is_some_and(|address| address.is_loopback())
    }

    /// KMS in the region of a parameter, unless the user names another place.
    ///
    /// # Errors
    /// `Unreachable` for what is not a URL, and for what must not be asked.
    pub(super) fn of_kms(
        configured: &Configured,
        environment: &Environment,
        parameter: &Parameter,
    ) -> Result<Self, Problem> {
        let ignored = environment.flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?;
        let fips = environment.flag("AWS_USE_FIPS_ENDPOINT")?;
        let dual_stack = environment.flag("AWS_USE_DUALSTACK_ENDPOINT")?;
        let variable = |name| Some((name, environment.text(name)?));
        let set = match &configured.url {
            Some(url) => Some(("endpoint()", url.clone())),
            None if ignored => None,
            None => variable("AWS_ENDPOINT_URL_KMS").or_else(|| variable("AWS_ENDPOINT_URL")),
        };
        let Some((name, url)) = set else {
            return Self::of_region(parameter, fips, dual_stack);
        };
        let allowed = configured.allow_insecure.unwrap_or_else(|| {
            let said = environment.text(ALLOW_INSECURE);
            said.is_some_and(|said| said.eq_ignore_ascii_case("true"))
        });
        Self::of_user(&url, fips, allowed).map_err(|(reason, hint)| {
            let reason = format!("its endpoint, of {name}, {reason}");
            Problem::hinted(Code::Unreachable, reason, hint).with("{variable}", name)
        })
    }

    /// # Errors
    /// What is wrong with the URL, and the hint. The URL itself is not shown: it may have a password in it.
    fn of_user(url: &str, fips: bool, allowed: bool) -> Result<Self, (String, &'static str)> {
        if fips {
            let reason = "is set together with AWS_USE_FIPS_ENDPOINT";
            return Err((reason.into(), hint::UNREACHABLE_FIPS));
        }
        let is_plain =
            |endpoint: &Self| !url.contains('#') && endpoint.path.bytes().all(is_of_path);
        let Some(endpoint) = Self::read(url).filter(is_plain) else {
            let reason = "is not an http or https URL without user, query and fragment";
            return Err((reason.into(), hint::UNREACHABLE_ENDPOINT));
        };
        if !endpoint.secure && !endpoint.is_loopback() && !allowed {
            let reason = format!("is plain HTTP to {}", endpoint.authority);
            return Err((reason, hint::UNREACHABLE_INSECURE));
        }
        Ok(endpoint)
    }

    fn of_region(parameter: &Parameter, fips: bool, dual_stack: bool) -> Result<Self, Problem> {
        let Some(partition) = contract::partition(&parameter.partition) else {
            let reason = format!("the partition {} is not known", parameter.partition);
            let hint = hint::UNREACHABLE_PARTITION;
            return Err(Problem::hinted(Code::Unreachable, reason, hint));
        };
        let service = if fips { "kms-fips" } else { "kms" };
        let suffix = if dual_stack {
            partition.dual_stack
        } else {
            partition.suffix
        };
        let host = format!("{service}.{}.{suffix}", parameter.region);
        Ok(Self {
            secure: true,
            port: 443,
            authority: host.clone(),
            host,
            path: "/".into(),
        })
    }
}

/// One to five digits.
fn port_of(text: &str) -> Option<u16> {
    let is_number = text.len() <= "65535".len() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// Whether it is a host. What only some take for an address, such as `127.1` and `0x7f.0.0.1`, is none.
fn is_name_or_address(host: &str) -> bool {
    let is_label = |label: &str| {
        let is_of_label = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        !label.is_empty() && label.bytes().all(is_of_label)
    };
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.strip_prefix("0x").or(last.strip_prefix("0X"));
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit())
        || hexadecimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    name.split('.').all(is_label) && (!is_number || host.parse::<Ipv4Addr>().is_ok())
}

fn is_of_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.~!$&'()*+,;=:%/-".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::LOOPBACK;

    fn of_kms(
        partition: &str,
        region: &str,
        variables: &'static [(&str, &str)],
    ) -> Result<String, Problem> {
        let parameter = Parameter {
            arn: String::new(),
            partition: partition.into(),
            region: region.into(),
        };
        let environment = Environment::new(move |asked| {
            let mut all = variables.iter();
            all.find_map(|(name, value)| (*name == asked).then(|| value.into()))
        });
        let endpoint = Endpoint::of_kms(&Configured::default(), &environment, &parameter)?;
        let scheme = if endpoint.secure { "https" } else { "http" };
        Ok(format!("{scheme}://{}", endpoint.authority))
    }

    #[test]
    fn kms_has_its_own_host_in_each_partition() {
        let (fips, dual) = (
            &[("AWS_USE_FIPS_ENDPOINT", "TRUE")],
            &[
                ("AWS_USE_DUALSTACK_ENDPOINT", "true"),
                ("AWS_USE_FIPS_ENDPOINT", "False"),
            ],
        );
        for (partition, region, suffix, dual_suffix) in [
            ("aws", "eu-central-1", "amazonaws.com", "api.aws"),
            (
                "aws-cn",
                "cn-north-1",
                "amazonaws.com.cn",
                "api.amazonwebservices.com.cn",
            ),
            ("aws-us-gov", "us-gov-west-1", "amazonaws.com", "api.aws"),
            (
                "aws-eusc",
                "eusc-de-east-1",
                "amazonaws.eu",
                "api.amazonwebservices.eu",
            ),
            ("aws-iso", "us-iso-east-1", "c2s.ic.gov", "api.aws.ic.gov"),
            (
                "aws-iso-b",
                "us-isob-east-1",
                "sc2s.sgov.gov",
                "api.aws.scloud",
            ),
            (
                "aws-iso-e",
                "eu-isoe-west-1",
                "cloud.adc-e.uk",
                "api.cloud-aws.adc-e.uk",
            ),
            (
                "aws-iso-f",
                "us-isof-south-1",
                "csp.hci.ic.gov",
                "api.aws.hci.ic.gov",
            ),
        ] {
            let of = |variables| of_kms(partition, region, variables).unwrap();
            assert_eq!(of(&[]), format!("https://kms.{region}.{suffix}"));
            assert_eq!(of(fips), format!("https://kms-fips.{region}.{suffix}"));
            assert_eq!(of(dual), format!("https://kms.{region}.{dual_suffix}"));
        }
    }

    /// Partition, variables, and what is said.
    type Case = (
        &'static str,
        &'static [(&'static str, &'static str)],
        &'static [&'static str],
    );

    #[test]
    fn what_is_set_and_cannot_be_used_is_refused_with_its_own_hint() {
        let cases: [Case; 9] = [
            (
                "aws-new",
                &[],
                &["partition aws-new is not known", "AWS_ENDPOINT_URL_KMS"],
            ),
            (
                "aws",
                &[("AWS_USE_FIPS_ENDPOINT", "yes")],
                &["AWS_USE_FIPS_ENDPOINT is neither"],
            ),
            (
                "aws",
                &[("AWS_USE_DUALSTACK_ENDPOINT", "1")],
                &["AWS_USE_DUALSTACK_ENDPOINT is neither"],
            ),
            (
                "aws",
                &[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", " true")],
                &["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is neither"],
            ),
            (
                "aws",
                &[
                    ("AWS_USE_FIPS_ENDPOINT", "true"),
                    ("AWS_ENDPOINT_URL", "https://kms"),
                ],
                &["unset AWS_ENDPOINT_URL so that the FIPS endpoint"],
            ),
            (
                "aws",
                &[("AWS_ENDPOINT_URL_KMS", "http://kms.internal:8080")],
                &["plain HTTP to kms.internal:8080", "loopback only"],
            ),
            (
                "aws",
                &[("AWS_ENDPOINT_URL", "kms")],
                &["set AWS_ENDPOINT_URL to a URL such as"],
            ),
            (
                "aws",
                &[("AWS_ENDPOINT_URL", "https://\u{fffd}")],
                &["set AWS_ENDPOINT_URL to a URL such as"],
            ),
            (
                "aws",
                &[("AWS_ENDPOINT_URL", "https://user:never@kms")],
                &["without user"],
            ),
        ];
        for (partition, variables, parts) in cases {
            let problem = of_kms(partition, "eu-central-1", variables).unwrap_err();
            assert_eq!(problem.code, Code::Unreachable);
            let said = problem.to_string();
            assert!(parts.iter().all(|part| said.contains(part)), "{said}");
            assert!(!said.contains("never"), "{said}");
        }
    }

    #[test]
    fn endpoints_of_the_environment_can_be_ignored() {
        let variables = &[
            ("AWS_ENDPOINT_URL_KMS", "https://kms"),
            ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True"),
        ];
        assert_eq!(
            of_kms("aws", "eu-central-1", variables).unwrap(),
            "https://kms.eu-central-1.amazonaws.com"
        );
    }

    #[test]
    fn plain_http_goes_to_loopback_or_where_it_is_allowed() {
        assert_eq!(LOOPBACK, ["localhost", "127.0.0.0/8", "::1"]);
        for loopback in [
            "localhost",
            "LOCALHOST:1",
            "127.0.0.1",
            "127.255.0.9:80",
            "[::1]:9",
        ] {
            assert!(
                Endpoint::read(&format!("http://{loopback}"))
                    .unwrap()
                    .is_loopback(),
                "{loopback}"
            );
        }
        for other in [
            "128.0.0.1",
            "localhost.evil.invalid",
            "127.0.0.1.evil.invalid",
            "[::2]",
            "0.0.0.0",
            "kms",
        ] {
            assert!(
                !Endpoint::read(&format!("http://{other}"))
                    .unwrap()
                    .is_loopback(),
                "{other}"
            );
        }
        let variables = &[
            ("AWS_ENDPOINT_URL_KMS", "http://kms:8080"),
            ("SECRET_BAKER_ALLOW_INSECURE_ENDPOINT", "true"),
        ];
        assert_eq!(
            of_kms("aws", "eu-central-1", variables).unwrap(),
            "http://kms:8080"
        );
    }

    #[test]
    fn each_endpoint_of_the_table_is_taken_or_refused() {
        let table = std::fs::read("../../__test__/vectors/endpoints.json").unwrap();
        let table: serde_json::Value = serde_json::from_slice(&table).unwrap();
        let cases = table["cases"].as_array().unwrap();
        assert!(!cases.is_empty());
        for case in cases {
            let url = case["url"].as_str().unwrap();
            let outcome = |allowed| match Endpoint::of_user(url, false, allowed) {
                Ok(_) => "taken",
                Err((_, hint::UNREACHABLE_ENDPOINT)) => "endpoint",
                Err((_, hint::UNREACHABLE_INSECURE)) => "insecure",
                Err((reason, _)) => panic!("{url}: {reason}"),
            };
            let expected = case["expect"]["hint"].as_str().unwrap_or("taken");
            assert_eq!(outcome(false), expected, "{url}");
            let is_refused = expected == "endpoint";
            let allowed = if is_refused { expected } else { "taken" };
            assert_eq!(outcome(true), allowed, "{url}");
        }
    }

    #[test]
    fn only_true_allows_plain_http_and_the_program_goes_first() {
        for (said, programmed, is_taken) in [
            ("true", None, true),
            ("TRUE", None, true),
            ("1", None, false),
            ("yes", None, false),
            (" true", None, false),
            ("", None, false),
            ("true", Some(false), false),
            ("", Some(true), true),
        ] {
            let environment = Environment::new(move |asked| match asked {
                ALLOW_INSECURE => Some(said.into()),
                "AWS_ENDPOINT_URL" => Some("http://kms".into()),
                _ => None,
            });
            let configured = Configured {
                url: None,
                allow_insecure: programmed,
            };
            let parameter = Parameter {
                arn: String::new(),
                partition: "aws".into(),
                region: "eu-central-1".into(),
            };
            let found = Endpoint::of_kms(&configured, &environment, &parameter);
            assert_eq!(found.is_ok(), is_taken, "{said} {programmed:?}");
        }
    }

    #[test]
    fn what_is_no_url_is_none() {
        for url in [
            "",
            "kms",
            "ftp://kms",
            "https://",
            "http://user@kms",
            "http://user:password@kms",
            "https://kms:99999",
            "https://kms:x",
            "https://[::1",
            "https://[::x]",
            "https://a b",
            "https://k\u{e4}",
            "https://kms\n",
            " https://kms",
        ] {
            assert_eq!(Endpoint::read(url), None, "{url}");
        }
    }
}
