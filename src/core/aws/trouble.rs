//! An error of the AWS SDK, of any service -> what it means for us. Refused, throttled and unreachable stay apart.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::outage::{Broken, Outage, Refusal};
use super::pace::{GaveUp, Verdict};
use crate::contract;
use crate::failure::innermost;

/// Why a call has no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The service refuses what was asked for; it may give something else.
    Refused(Refused),
    /// Whatever is asked for, there is no answer.
    Outage(Outage),
}

/// An error of the service itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Such as `ParameterNotFound`.
    pub code: String,
    /// In the service's words.
    pub said: String,
}

impl Refused {
    /// Whether IAM refuses the action.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        contract::error(&self.code).is_some_and(|(code, _)| code == "ACCESS_DENIED")
    }
}

impl Trouble {
    /// What came back is no answer to what was asked; `said` in words.
    #[must_use]
    pub fn no_answer(said: impl Into<String>) -> Self {
        Self::Outage(Outage::Broken {
            why: Broken::Answer,
            said: said.into(),
        })
    }

    /// Reads an error of any operation.
    pub fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        Self::Outage(match error {
            SdkError::ServiceError(context) => {
                let status = context.raw().status().as_u16();
                return Self::answered(context.err().code(), context.err().message(), status);
            }
            SdkError::TimeoutError(_) => timed_out(),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => timed_out(),
            SdkError::ResponseError(_) => Outage::Broken {
                why: Broken::Answer,
                said: format!("what came back is no answer of AWS ({})", innermost(error)),
            },
            SdkError::ConstructionFailure(_) => Outage::Unmade {
                said: innermost(error),
            },
            other => unanswered(innermost(other)),
        })
    }

    /// Reads an answer that is an error.
    #[must_use]
    pub fn answered(code: Option<&str>, message: Option<&str>, status: u16) -> Self {
        let said = message.unwrap_or("no reason was given").to_owned();
        let code = code.unwrap_or_default();
        // DynamoDB's own, which no opener calls: the contract does not have it.
        if code == "ProvisionedThroughputExceededException" {
            return Self::Outage(Outage::Throttled { said });
        }
        Self::Outage(match contract::error(code).unwrap_or_default() {
            ("THROTTLED", _) => Outage::Throttled { said },
            ("CREDENTIALS", hint) => Outage::Credentials {
                code: code.to_owned(),
                refusal: refusal(hint, &said),
            },
            ("SERVICE_ERROR", _) => failed(code, &said, status),
            (known, _) if known != "ACCESS_DENIED" && status >= 500 => failed(code, &said, status),
            _ if code.is_empty() => Outage::Broken {
                why: Broken::Answer,
                said: format!("HTTP {status} without an error that can be read"),
            },
            _ => {
                let code = code.to_owned();
                return Self::Refused(Refused { code, said });
            }
        })
    }

    /// Whether a further attempt can help.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let Self::Outage(outage) = self else {
            return Verdict::Final;
        };
        match outage {
            Outage::Throttled { .. } => Verdict::Throttled,
            // A name that is not known will not be known in a second; the network may have been down for one.
            Outage::Broken {
                why: Broken::Name, ..
            }
            | Outage::Proxy { .. } => Verdict::Broken { attempts: 2 },
            Outage::Broken { .. } => Verdict::Broken { attempts: 5 },
            Outage::TimedOut { .. } => Verdict::Broken { attempts: 3 },
            Outage::Unmade { .. } | Outage::Untrusted { .. } | Outage::Credentials { .. } => {
                Verdict::Final
            }
        }
    }
}

fn failed(code: &str, said: &str, status: u16) -> Outage {
    Outage::Broken {
        why: Broken::Service,
        said: format!("HTTP {status} {code}: {said}").replace(" : ", ": "),
    }
}

fn unanswered(said: String) -> Outage {
    let lower = said.to_lowercase();
    let has = |signs: &[&str]| signs.iter().any(|sign| lower.contains(sign));
    if has(&["certificate"]) {
        return Outage::Untrusted { said };
    }
    if has(&["tunnel", "proxy"]) {
        return Outage::Proxy { said };
    }
    let why = if has(&[
        "lookup address",
        "dns error",
        "not known",
        "no such host",
        "name resolution",
    ]) {
        Broken::Name
    } else if has(&["refused"]) {
        Broken::Refused
    } else {
        Broken::Connection
    };
    Outage::Broken { why, said }
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

fn timed_out() -> Outage {
    Outage::TimedOut {
        said: "each attempt was cut off after 3 s to connect, 10 s to the answer's start or 15 s in all".into(),
    }
}

impl From<GaveUp<Trouble>> for Trouble {
    fn from(gave_up: GaveUp<Trouble>) -> Self {
        match gave_up {
            GaveUp::Error(trouble) | GaveUp::OutOfTime(Some(trouble)) => trouble,
            GaveUp::OutOfTime(None) => Self::Outage(Outage::TimedOut {
                said: "the time for the whole bake was used up".into(),
            }),
        }
    }
}

#[cfg(test)]
mod tests;
