//! An error of the AWS SDK -> what it means for us. Denied, throttled and absent stay apart.

use aws_sdk_ssm::error::ProvideErrorMetadata;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use crate::connection::innermost;
use crate::contract;
use crate::endpoint::PARAMETER_STORE;
use crate::error::{Account, Cause, Outage, Refusal};
use crate::pace::{GaveUp, Verdict};
use crate::shown::Shown;

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
mod tests {
    use super::*;

    #[track_caller]
    fn answered(code: &str, status: u16, wanted: &Trouble, verdict: Verdict) {
        let trouble = Trouble::answered(Some(code), Some("why"), status);
        assert_eq!((&trouble, trouble.verdict()), (wanted, verdict));
    }

    #[test]
    fn each_error_keeps_its_meaning() {
        let said = || "why".to_owned();
        answered(
            "AccessDeniedException",
            400,
            &Trouble::Denied { said: said() },
            Verdict::Final,
        );
        answered("ParameterNotFound", 400, &Trouble::NotFound, Verdict::Final);
        answered(
            "ParameterVersionNotFound",
            400,
            &Trouble::VersionNotFound,
            Verdict::Final,
        );
        answered(
            "ThrottlingException",
            400,
            &Trouble::Throttled { said: said() },
            Verdict::Throttled,
        );
        for (code, refusal) in [
            ("ExpiredTokenException", Refusal::Expired),
            ("InvalidClientTokenId", Refusal::Unknown),
            ("SignatureDoesNotMatch", Refusal::Signature),
            ("RequestExpired", Refusal::Clock),
        ] {
            let code = code.to_owned();
            let refused = Trouble::Credentials {
                code: code.clone(),
                refusal,
            };
            answered(&code, 400, &refused, Verdict::Final);
        }
        let broken = Trouble::Broken {
            outage: Outage::Service,
            said: "HTTP 500 InternalServerError: why".into(),
        };
        answered(
            "InternalServerError",
            500,
            &broken,
            Verdict::Broken { attempts: 5 },
        );
        let refused = Trouble::Refused {
            code: "ValidationException".into(),
            said: said(),
        };
        answered("ValidationException", 400, &refused, Verdict::Final);
    }

    #[test]
    fn an_untrusted_certificate_is_not_tried_again() {
        let trouble = Trouble::unanswered("invalid peer certificate: UnknownIssuer".into());
        assert_eq!(trouble.verdict(), Verdict::Final);
        let cause = trouble.cause("a call", &Account::default(), &"https://e".into(), 60);
        assert_eq!(
            cause.to_string(),
            "the certificate of https://e is not trusted: invalid peer certificate: UnknownIssuer"
        );
    }

    #[test]
    fn a_wrong_clock_is_told_and_nothing_of_what_was_signed() {
        for said in [
            "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z SESSION-TOKEN",
            "Signature not yet current: SESSION-TOKEN",
        ] {
            let trouble = Trouble::answered(Some("InvalidSignatureException"), Some(said), 400);
            let cause = trouble.cause("a call", &Account::default(), &"https://e".into(), 60);
            let text = format!("{cause} {}", cause.hint().unwrap());
            assert!(text.contains("set the clock of this machine"), "{text}");
            assert!(!text.contains("SESSION-TOKEN"), "{text}");
        }
    }

    #[test]
    fn each_kind_of_outage_has_its_own_hint() {
        let hint = |said: &str| {
            let trouble = Trouble::unanswered(said.into());
            let cause = trouble.cause("a call", &Account::default(), &"https://e".into(), 60);
            assert_eq!(cause.code(), "SECRET_BAKER_UNREACHABLE");
            cause.hint().unwrap()
        };
        let mut hints: Vec<_> = [
            "failed to lookup address information: Name or service not known",
            "Connection refused (os error 111)",
            "connection reset by peer",
            "invalid peer certificate: UnknownIssuer",
        ]
        .into_iter()
        .map(hint)
        .collect();
        hints.dedup();
        assert_eq!(hints.len(), 4);
        assert!(hints[0].contains("check the region"), "{hints:?}");
        assert!(hints[3].contains("AWS_CA_BUNDLE"), "{hints:?}");
    }
}
