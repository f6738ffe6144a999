//! An error of the AWS SDK -> what it means for us. Denied, throttled and absent stay apart.

use aws_sdk_ssm::error::ProvideErrorMetadata;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use crate::connection::innermost;
use crate::error::{Account, Cause};
use crate::pace::{GaveUp, Verdict};

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
    Broken { said: String },
    /// Connected, but no answer.
    TimedOut { said: String },
    /// The server's certificate is signed by nobody we know.
    Untrusted { said: String },
    /// Expired or unknown credentials.
    Credentials { said: String },
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
                said: format!("what came back is no answer of AWS ({})", innermost(error)),
            },
            other => Self::unanswered(innermost(other)),
        }
    }

    fn answered(code: Option<&str>, message: Option<&str>, status: u16) -> Self {
        let said = message.unwrap_or("no reason was given").to_owned();
        match code.unwrap_or_default() {
            "AccessDeniedException" | "AccessDenied" => Self::Denied { said },
            "ParameterNotFound" => Self::NotFound,
            "ParameterVersionNotFound" => Self::VersionNotFound,
            "ThrottlingException"
            | "Throttling"
            | "ThrottledException"
            | "TooManyRequestsException"
            | "RequestLimitExceeded"
            | "SlowDown" => Self::Throttled { said },
            code @ ("ExpiredTokenException"
            | "ExpiredToken"
            | "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "SignatureDoesNotMatch"
            | "MissingAuthenticationTokenException"
            | "MissingAuthenticationToken"
            | "IncompleteSignature"
            | "RequestExpired") => Self::Credentials {
                said: format!("{code}: {said}"),
            },
            code if status >= 500 => Self::Broken {
                said: format!("HTTP {status} {code}: {said}").replace(" : ", ": "),
            },
            "" => Self::Broken {
                said: format!("HTTP {status} without an error that can be read"),
            },
            code => Self::Refused {
                code: code.to_owned(),
                said,
            },
        }
    }

    fn unanswered(said: String) -> Self {
        if said.contains("certificate") {
            Self::Untrusted { said }
        } else {
            Self::Broken { said }
        }
    }

    /// Whether a further attempt can help.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Throttled { .. } => Verdict::Throttled,
            Self::Broken { .. } => Verdict::Broken { attempts: 5 },
            Self::TimedOut { .. } => Verdict::Broken { attempts: 3 },
            _ => Verdict::Final,
        }
    }

    /// The cause for troubles that no single parameter is to blame for.
    #[must_use]
    pub fn cause(self, what: &str, account: &Account, endpoint: &str, seconds: u64) -> Cause {
        let account = account.clone();
        let endpoint = endpoint.to_owned();
        match self {
            Self::Throttled { said } => Cause::Throttled {
                account,
                seconds,
                said,
            },
            Self::Broken { said } => Cause::Unreachable { endpoint, said },
            Self::TimedOut { said } => Cause::TimedOut { endpoint, said },
            Self::Untrusted { said } => Cause::Untrusted { endpoint, said },
            Self::Credentials { said } => Cause::Credentials { said },
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
    let what = what.to_owned();
    Cause::Refused {
        account,
        what,
        code,
        said,
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
        let expired = Trouble::Credentials {
            said: "ExpiredTokenException: why".into(),
        };
        answered("ExpiredTokenException", 400, &expired, Verdict::Final);
        let broken = Trouble::Broken {
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
        let cause = trouble.cause("a call", &Account::default(), "https://e", 60);
        assert_eq!(
            cause.to_string(),
            "the certificate of https://e is not trusted: invalid peer certificate: UnknownIssuer"
        );
    }
}
