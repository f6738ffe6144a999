//! Where a service answers.

use hyper::Uri;

use crate::entry::Parameter;
use crate::environment::Environment;
use crate::error::Problem;

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

impl Endpoint {
    /// Reads an `http` or `https` URL.
    pub(crate) fn read(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let secure = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let authority = uri.authority()?;
        let host = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']');
        if host.is_empty() || authority.as_str().contains('@') {
            return None;
        }
        Some(Self {
            secure,
            host: host.into(),
            port: authority
                .port_u16()
                .unwrap_or(if secure { 443 } else { 80 }),
            authority: authority.as_str().into(),
            path: uri
                .path_and_query()
                .map_or("/", |path| path.as_str())
                .into(),
        })
    }

    /// KMS in the region of a parameter, unless the user names another place.
    ///
    /// # Errors
    /// `Unreachable` for what is not a URL.
    pub(super) fn of_kms(
        set: Option<&str>,
        environment: &Environment,
        parameter: &Parameter,
    ) -> Result<Self, Problem> {
        let set = set.map(|url| ("endpoint()", url.to_owned()));
        let variable = |name| Some((name, environment.text(name)?));
        let set = set
            .or_else(|| variable("AWS_ENDPOINT_URL_KMS"))
            .or_else(|| variable("AWS_ENDPOINT_URL"));
        let domain = if parameter.partition == "aws-cn" {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        let (place, url) = set.unwrap_or_else(|| {
            let url = format!("https://kms.{}.{domain}", parameter.region);
            ("its ARN", url)
        });
        // The URL itself is not shown: it may have a password in it.
        Self::read(&url).ok_or_else(|| Problem::Unreachable {
            reason: format!("its endpoint, of {place}, is not an http or https URL"),
            tries: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_kms(partition: &str, region: &str) -> Endpoint {
        let parameter = Parameter {
            arn: format!("arn:{partition}:ssm:{region}:123456789012:parameter/a"),
            partition: partition.into(),
            region: region.into(),
        };
        Endpoint::of_kms(None, &Environment::new(|_| None), &parameter).unwrap()
    }

    #[test]
    fn kms_has_its_own_host_in_each_partition() {
        for (partition, region, host) in [
            ("aws", "eu-central-1", "kms.eu-central-1.amazonaws.com"),
            ("aws-cn", "cn-north-1", "kms.cn-north-1.amazonaws.com.cn"),
            (
                "aws-us-gov",
                "us-gov-west-1",
                "kms.us-gov-west-1.amazonaws.com",
            ),
        ] {
            let expected = Endpoint {
                secure: true,
                host: host.into(),
                port: 443,
                authority: host.into(),
                path: "/".into(),
            };
            assert_eq!(of_kms(partition, region), expected);
        }
    }
}
