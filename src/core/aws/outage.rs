//! What ends the calls to a service of AWS, whichever it is, as the user is told of it.

use super::account::Account;
use super::endpoint::Service;
use super::proxy;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};

/// Why a service gives no answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outage {
    /// Too many calls a second.
    Throttled {
        /// In the service's words.
        said: String,
    },
    /// The connection could not be made or was lost, or the service failed.
    Broken {
        /// Which of these.
        why: Broken,
        /// In words.
        said: String,
    },
    /// The proxy on the way opened none.
    Proxy {
        /// In the HTTP client's words.
        said: String,
    },
    /// The request could not be made at all: a mistake of the settings.
    Unmade {
        /// In the SDK's words.
        said: String,
    },
    /// Connected, but no answer.
    TimedOut {
        /// After what time.
        said: String,
    },
    /// The server's certificate is signed by nobody we know.
    Untrusted {
        /// In the words of the TLS library.
        said: String,
    },
    /// Expired or unknown credentials. What the service says of them is dropped.
    Credentials {
        /// The service's code.
        code: String,
        /// What it means.
        refusal: Refusal,
    },
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// The host's name is not known.
    Name,
    /// Nothing listens.
    Refused,
    /// Something answers that is not AWS.
    Answer,
    /// AWS itself has trouble.
    Service,
    /// The connection was lost, or whatever else.
    Connection,
}

/// Why credentials are refused. What AWS says of them is not repeated: it may quote what was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Their time is over.
    Expired,
    /// AWS knows no such key or token.
    Unknown,
    /// The signature does not fit.
    Signature,
    /// It was signed at another time than AWS has.
    Clock,
}

/// An outage, with the place that was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Unavailable {
    /// The service.
    pub service: Service,
    /// Its region.
    pub account: Account,
    /// Its address, as it may be shown.
    pub endpoint: Shown,
    /// The time that all calls together had.
    pub seconds: u64,
    /// What happened there.
    pub outage: Outage,
    /// The proxy on the way and what it says, where that is to blame.
    pub proxy: Option<(Shown, proxy::Verdict)>,
}

impl Outage {
    /// Whether a proxy on the way may have caused it.
    #[must_use]
    pub fn may_be_the_proxys(&self) -> bool {
        matches!(
            self,
            Self::Broken { .. } | Self::Proxy { .. } | Self::TimedOut { .. }
        )
    }
}

impl Unavailable {
    fn sentence(&self) -> String {
        let Self {
            account, endpoint, ..
        } = self;
        let service = self.service.name;
        if let Some((proxy, verdict)) = &self.proxy {
            let said = &verdict.said;
            return format!("no way to {service} at {endpoint}: the proxy {proxy} {said}");
        }
        match &self.outage {
            Outage::Throttled { said } => format!(
                "{service} in {account} went on throttling for {} seconds: {}",
                self.seconds,
                Shown::of(said)
            ),
            Outage::Broken { said, .. } | Outage::Proxy { said } => {
                format!(
                    "no answer from {service} at {endpoint}: {}",
                    Shown::of(said)
                )
            }
            Outage::Unmade { said } => format!(
                "the endpoint of {service}, {endpoint}, cannot be used: {}",
                Shown::of(said)
            ),
            Outage::TimedOut { said } => format!(
                "{service} at {endpoint} did not answer in time: {}",
                Shown::of(said)
            ),
            Outage::Untrusted { said } => format!(
                "the certificate of {endpoint} is not trusted: {}",
                Shown::of(said)
            ),
            Outage::Credentials { code, refusal } => format!(
                "AWS does not accept the credentials: {}: {}",
                Shown::of(code),
                refusal.words()
            ),
        }
    }

    fn of_proxy(&self, verdict: &proxy::Verdict) -> String {
        if verdict.status == Some(407) {
            return "the proxy wants a user and a password: write them into the variable that names it, as in http://USER:PASSWORD@HOST:PORT".to_owned();
        }
        let service = self.service.name;
        format!(
            "check HTTPS_PROXY, HTTP_PROXY or `proxy`, whichever is set, or name the host of {service} in NO_PROXY"
        )
    }
}

impl Explain for Unavailable {
    fn code(&self) -> Code {
        match self.outage {
            _ if self.proxy.is_some() => Code::Unreachable,
            Outage::Throttled { .. } => Code::Throttled,
            Outage::Broken { .. } | Outage::Proxy { .. } | Outage::Untrusted { .. } => {
                Code::Unreachable
            }
            Outage::Unmade { .. } => Code::ConfigInvalid,
            Outage::TimedOut { .. } => Code::Timeout,
            Outage::Credentials { .. } => Code::Credentials,
        }
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        if let Some((_, verdict)) = &self.proxy {
            return Some(self.of_proxy(verdict));
        }
        let Service {
            name, more_calls, ..
        } = self.service;
        Some(match &self.outage {
            Outage::Throttled { .. } => {
                format!("try again when less else is calling {name}{more_calls}")
            }
            Outage::Broken { why, .. } => why.hint(name),
            Outage::Proxy { .. } => Broken::Connection.hint(name),
            Outage::Unmade { .. } => "check the region and the endpoint".to_owned(),
            Outage::TimedOut { .. } => "try again; if it stays so, check the network, the firewall, the proxy variables and the endpoint".to_owned(),
            Outage::Untrusted { .. } => "name the bundle that holds its certificate authority in AWS_CA_BUNDLE; a container may lack the package `ca-certificates`; and a certificate that is out of date may mean a wrong clock".to_owned(),
            Outage::Credentials { refusal, .. } => refusal.hint().to_owned(),
        })
    }
}

impl Broken {
    fn hint(self, service: &str) -> String {
        match self {
            Self::Name => {
                "check the region and the endpoint, and that this machine resolves names; behind a proxy set HTTPS_PROXY".to_owned()
            }
            Self::Refused => "nothing listens there: check the endpoint".to_owned(),
            Self::Answer => {
                format!("something other than {service} answers there: check the endpoint, and any proxy on the way to it")
            }
            Self::Service => "try again later: AWS itself has trouble".to_owned(),
            Self::Connection => {
                "check the network, the proxy variables and the endpoint".to_owned()
            }
        }
    }
}

impl Refusal {
    fn words(self) -> &'static str {
        match self {
            Self::Expired => "they have expired",
            Self::Unknown => "it does not know them",
            Self::Signature => "the signature does not fit them",
            Self::Clock => "the request was signed too long before or after the time that AWS has",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Expired => {
                "sign in again, or check the profile and the AWS_* variables that this command sees"
            }
            Self::Unknown => {
                "check the access key and, for temporary ones, the session token, and that they belong to this partition and to no emulator"
            }
            Self::Signature => "check the secret access key, and the clock of this machine",
            Self::Clock => {
                "set the clock of this machine: AWS refuses what was signed more than five minutes early or late"
            }
        }
    }
}
