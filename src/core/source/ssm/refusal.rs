//! An error of the AWS SDK -> what it means for us. Denied, throttled and absent stay apart.

use aws_sdk_ssm::error::ProvideErrorMetadata;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use crate::aws::endpoint::PARAMETER_STORE;
use crate::aws::pace::{GaveUp, Verdict};
use crate::contract;
use crate::failure::innermost;
use crate::failure::shown::Shown;
use crate::failure::{Account, Cause, Outage, Refusal};

/// Why a call to Parameter Store has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// IAM refuses the action on one of the parameters, or on all.
    Denied { said: String },
    /// There is no such parameter.
    NotFound,
    /// There is the parameter, without this version or label.
    VersionNotFound,
    /// Too many calls a second.
    Throttled { said: String },
    /// The connection could not be made or was lost, or the service failed.
    Broken { outage: Outage, said: String },
    /// The proxy on the way opened none.
    Proxy { said: String },
    /// The request could not be made at all: a mistake of the settings.
    Unmade { said: String },
    /// Connected, but no answer.
    TimedOut { said: String },
    /// The server's certificate is signed by nobody we know.
    Untrusted { said: String },
    /// Expired or unknown credentials. What the service says of them is dropped.
    Credentials { code: String, refusal: Refusal },
    /// Any other error of the service.
    Refused { code: String, said: String },
}

impl Trouble {
    /// Reads an error of any operation.
    pub fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        match error {
            SdkError::ServiceError(context) => {
                let status = context.raw().status().as_u16();
                Self::answered(context.err().code(), context.err().message(), status)
            }
            SdkError::TimeoutError(_) => timed_out(),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => timed_out(),
            SdkError::ResponseError(_) => Self::Broken {
                outage: Outage::Answer,
                said: format!("what came back is no answer of AWS ({})", innermost(error)),
            },
            SdkError::ConstructionFailure(_) => Self::Unmade {
                said: innermost(error),
            },
            other => Self::unanswered(innermost(other)),
        }
    }

    fn answered(code: Option<&str>, message: Option<&str>, status: u16) -> Self {
        let said = message.unwrap_or("no reason was given").to_owned();
        let code = code.unwrap_or_default();
        match (code, contract::error(code).unwrap_or_default()) {
            ("ParameterNotFound", _) => Self::NotFound,
            ("ParameterVersionNotFound", _) => Self::VersionNotFound,
            (_, ("ACCESS_DENIED", _)) => Self::Denied { said },
            (_, ("THROTTLED", _)) => Self::Throttled { said },
            (_, ("CREDENTIALS", hint)) => Self::Credentials {
                code: code.to_owned(),
                refusal: refusal(hint, &said),
            },
            (_, ("SERVICE_ERROR", _)) => Self::failed(code, &said, status),
            _ if status >= 500 => Self::failed(code, &said, status),
            ("", _) => Self::Broken {
                outage: Outage::Answer,
                said: format!("HTTP {status} without an error that can be read"),
            },
            _ => Self::Refused {
                code: code.to_owned(),
                said,
            },
        }
    }

    fn failed(code: &str, said: &str, status: u16) -> Self {
        Self::Broken {
            outage: Outage::Service,
            said: format!("HTTP {status} {code}: {said}").replace(" : ", ": "),
        }
    }

    fn unanswered(said: String) -> Self {
        let lower = said.to_lowercase();
        let has = |signs: &[&str]| signs.iter().any(|sign| lower.contains(sign));
        if has(&["certificate"]) {
            return Self::Untrusted { said };
        }
        if has(&["tunnel", "proxy"]) {
            return Self::Proxy { said };
        }
        let outage = if has(&[
            "lookup address",
            "dns error",
            "not known",
            "no such host",
            "name resolution",
        ]) {
            Outage::Name
        } else if has(&["refused"]) {
            Outage::Refused
        } else {
            Outage::Broken
        };
        Self::Broken { outage, said }
    }

    /// Whether a proxy on the way may have caused it.
    #[must_use]
    pub fn may_be_the_proxys(&self) -> bool {
        matches!(
            self,
            Self::Broken { .. } | Self::Proxy { .. } | Self::TimedOut { .. }
        )
    }

    /// Whether a further attempt can help.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Throttled { .. } => Verdict::Throttled,
            // A name that is not known will not be known in a second; the network may have been down for one.
            Self::Broken {
                outage: Outage::Name,
                ..
            }
            | Self::Proxy { .. } => Verdict::Broken { attempts: 2 },
            Self::Broken { .. } => Verdict::Broken { attempts: 5 },
            Self::TimedOut { .. } => Verdict::Broken { attempts: 3 },
            _ => Verdict::Final,
        }
    }

    /// The cause for troubles that no single parameter is to blame for.
    #[must_use]
    pub fn cause(self, what: &str, account: &Account, endpoint: &Shown, seconds: u64) -> Cause {
        let account = account.clone();
        let endpoint = endpoint.clone();
        match self {
            Self::Throttled { said } => Cause::Throttled {
                account,
                seconds,
                said: said.into(),
            },
            Self::Broken { outage, said } => Cause::Unreachable {
                endpoint,
                outage,
                said: said.into(),
            },
            Self::Proxy { said } => Cause::Unreachable {
                endpoint,
                outage: Outage::Broken,
                said: said.into(),
            },
            Self::Unmade { said } => Cause::BadEndpoint {
                service: PARAMETER_STORE,
                url: endpoint,
                why: said.into(),
                hint: "check the region and the endpoint",
            },
            Self::TimedOut { said } => Cause::TimedOut {
                endpoint,
                said: said.into(),
            },
            Self::Untrusted { said } => Cause::Untrusted {
                endpoint,
                said: said.into(),
            },
            Self::Credentials { code, refusal } => Cause::Credentials {
                code: code.into(),
                refusal,
            },
            Self::Refused { code, said } => refused(account, what, code, said),
            Self::Denied { said } => refused(account, what, "AccessDeniedException".into(), said),
            Self::NotFound => refused(account, what, "ParameterNotFound".into(), String::new()),
            Self::VersionNotFound => refused(
                account,
                what,
                "ParameterVersionNotFound".into(),
                String::new(),
            ),
        }
    }
}

fn refused(account: Account, what: &str, code: String, said: String) -> Cause {
    Cause::Refused {
        account,
        what: what.into(),
        code: code.into(),
        said: said.into(),
    }
}

/// Why credentials are refused, by the hint that the contract has for the error. The words are looked at and never repeated.
fn refusal(hint: &str, said: &str) -> Refusal {
    let of_clock = ["signature expired", "not yet current", "skewed"];
    let said = said.to_lowercase();
    match hint {
        "expired" => Refusal::Expired,
        "unknown" => Refusal::Unknown,
        "clock" => Refusal::Clock,
        _ if of_clock.iter().any(|sign| said.contains(sign)) => Refusal::Clock,
        _ => Refusal::Signature,
    }
}

fn timed_out() -> Trouble {
    Trouble::TimedOut {
        said: "each attempt was cut off after 3 s to connect, 10 s to the answer's start or 15 s in all".into(),
    }
}

impl From<GaveUp<Trouble>> for Trouble {
    fn from(gave_up: GaveUp<Trouble>) -> Self {
        match gave_up {
            GaveUp::Error(trouble) | GaveUp::OutOfTime(Some(trouble)) => trouble,
            GaveUp::OutOfTime(None) => Self::TimedOut {
                said: "the time for the whole bake was used up".into(),
            },
        }
    }
}

#[cfg(test)]
mod tests;
