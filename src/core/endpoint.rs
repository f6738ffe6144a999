//! Addresses: which may be called, and how much of one may be shown.

use aws_sdk_ssm::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use url::Url;

use crate::connection::innermost;
use crate::contract;
use crate::error::Cause;
use crate::shown::Shown;

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
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_what_may_be_secret() {
        for (url, wanted) in [
            (
                "http://user:PASSWORD@host:8080/a/?token=x#y",
                "http://host:8080/a",
            ),
            ("https://host", "https://host"),
            ("http://[::1]:4566/", "http://[::1]:4566"),
            ("user:PASSWORD@host", "a text of 18 characters"),
            ("PASSWORD", "a text of 8 characters"),
        ] {
            assert_eq!(shown(url).as_str(), wanted);
        }
    }

    #[track_caller]
    fn why(url: &str, allow_insecure: bool) -> Option<String> {
        let cause = check(PARAMETER_STORE, url, allow_insecure).err()?;
        assert_eq!(cause.code(), "SECRET_BAKER_CONFIG_INVALID");
        assert!(!format!("{cause} {:?}", cause.hint()).contains("PASSWORD"));
        Some(cause.to_string())
    }

    #[test]
    fn what_cannot_be_called_is_told_without_its_password() {
        for url in [
            "PASSWORD",
            "host:443",
            "http//host",
            "ftp://host",
            "https://",
            "https://a b",
            "https:\\\\host",
            " https://host",
            "https://host\n",
            "unix:/a",
        ] {
            assert!(why(url, true).is_some(), "{url}");
        }
        assert_eq!(
            why("https://user:PASSWORD@host", true).unwrap(),
            "the endpoint of Parameter Store, https://host, cannot be used: it has a user or a password, which nobody asks for"
        );
        assert!(
            why("https://host/?a=PASSWORD", true)
                .unwrap()
                .contains("query")
        );
    }

    #[test]
    fn plain_http_stays_on_this_machine_unless_it_is_allowed() {
        for url in [
            "http://localhost:4566",
            "http://127.0.0.1",
            "http://127.9.9.9:1/",
            "http://[::1]:4566",
            "https://host",
        ] {
            assert_eq!(why(url, false), None);
        }
        for url in [
            "http://localstack:4566",
            "http://10.0.0.1",
            "http://localhost.evil.com",
            "http://128.0.0.1",
            "http://[::2]",
            "HTTP://host",
        ] {
            assert!(why(url, false).unwrap().contains("plain HTTP"), "{url}");
            assert_eq!(why(url, true), None);
        }
    }

    #[tokio::test]
    async fn each_partition_and_variant_has_its_address() {
        let (plain, fips) = (
            Variants::default(),
            Variants {
                fips: true,
                dual_stack: false,
            },
        );
        let dual_stack = Variants {
            fips: false,
            dual_stack: true,
        };
        for (region, variants, wanted) in [
            (
                "eu-central-1",
                plain,
                "https://ssm.eu-central-1.amazonaws.com",
            ),
            (
                "cn-north-1",
                plain,
                "https://ssm.cn-north-1.amazonaws.com.cn",
            ),
            (
                "eusc-de-east-1",
                plain,
                "https://ssm.eusc-de-east-1.amazonaws.eu",
            ),
            (
                "us-iso-east-1",
                plain,
                "https://ssm.us-iso-east-1.c2s.ic.gov",
            ),
            (
                "us-isob-east-1",
                plain,
                "https://ssm.us-isob-east-1.sc2s.sgov.gov",
            ),
            (
                "us-east-1",
                fips,
                "https://ssm-fips.us-east-1.amazonaws.com",
            ),
            ("us-east-1", dual_stack, "https://ssm.us-east-1.api.aws"),
        ] {
            assert_eq!(
                of_parameter_store(region, None, variants).await.unwrap(),
                wanted
            );
        }
        let both = of_parameter_store("us-east-1", Some("https://host"), fips).await;
        assert_eq!(both.unwrap_err().code(), "SECRET_BAKER_CONFIG_INVALID");
    }
}
