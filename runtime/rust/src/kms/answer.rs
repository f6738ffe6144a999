//! Reading what KMS answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use zeroize::Zeroizing;

use super::connection::{Answer, Broken};
use crate::error::Problem;

/// An attempt that failed.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) problem: Problem,
    /// Whether another attempt may do better.
    pub(crate) again: bool,
}

impl Refusal {
    /// One for good.
    pub(crate) fn of(problem: Problem) -> Self {
        Self {
            problem,
            again: false,
        }
    }

    /// One for now.
    pub(crate) fn passing(problem: Problem) -> Self {
        Self {
            problem,
            again: true,
        }
    }

    pub(crate) fn unreachable(reason: impl Into<String>) -> Self {
        Self::passing(Problem::Unreachable {
            reason: reason.into(),
            tries: 0,
        })
    }
}

impl From<Broken> for Refusal {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Misconfigured(reason) => Self::of(Problem::Unreachable { reason, tries: 0 }),
            Broken::Connecting(reason)
            | Broken::BeforeAnswer(reason)
            | Broken::WithinAnswer(reason) => Self::unreachable(reason),
        }
    }
}

/// A plaintext, of a data key or of a secret. It goes from base64 to bytes without a copy that would stay behind.
pub(super) struct Decrypted(pub(super) Zeroizing<Vec<u8>>);

impl<'de> Deserialize<'de> for Decrypted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Base64;

        impl Visitor<'_> for Base64 {
            type Value = Decrypted;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("base64")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Decrypted, E> {
                let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
                // The decoder's error would quote a byte.
                STANDARD
                    .decode_vec(text, &mut bytes)
                    .map_err(|_| E::custom("no base64"))?;
                Ok(Decrypted(bytes))
            }
        }

        deserializer.deserialize_str(Base64)
    }
}

#[derive(Deserialize)]
struct Success {
    #[serde(rename = "Plaintext")]
    plaintext: Decrypted,
}

#[derive(Deserialize, Default)]
struct Failure {
    #[serde(rename = "__type")]
    name: Option<String>,
    #[serde(alias = "Message")]
    message: Option<String>,
}

/// # Errors
/// What KMS refuses. An answer that is none of KMS's counts as no answer: something else stands in the way.
pub(super) fn read(answer: &Answer) -> Result<Decrypted, Refusal> {
    if answer.status == 200 {
        let success: Result<Success, _> = serde_json::from_slice(&answer.body);
        return success
            .map(|success| success.plaintext)
            .map_err(|_| Refusal::unreachable("what answered is not KMS"));
    }
    let failure: Failure = serde_json::from_slice(&answer.body).unwrap_or_default();
    match failure
        .name
        .as_deref()
        .or(answer.error.as_deref())
        .map(bare)
    {
        Some(name) if !name.is_empty() => Err(refusal(name, answer.status, failure.message)),
        _ if answer.status == 429 => Err(Refusal::passing(Problem::Throttled(0))),
        _ => Err(Refusal::unreachable(format!(
            "what answered, with status {}, is not KMS",
            answer.status
        ))),
    }
}

/// `NotFoundException` of `com.amazonaws.kms#NotFoundException:http://...`. Nothing if it is no name: that is not shown.
fn bare(name: &str) -> &str {
    let name = name.split(':').next().unwrap_or_default();
    let name = name.rsplit('#').next().unwrap_or_default();
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        name
    } else {
        ""
    }
}

fn refusal(name: &str, status: u16, message: Option<String>) -> Refusal {
    let message = message.filter(|message| !message.is_empty());
    let again = matches!(
        name,
        "KMSInternalException" | "KeyUnavailableException" | "DependencyTimeoutException"
    );
    let problem = match name {
        "InvalidCiphertextException" => Problem::WrongContext("KMS could not open the ciphertext with the encryption context PARAMETER_ARN, or with its key".into()),
        "AccessDeniedException" | "AccessDenied" => Problem::AccessDenied(message),
        "DisabledException" | "NotFoundException" | "KMSInvalidStateException" | "IncorrectKeyException" | "InvalidKeyUsageException" => {
            Problem::KeyUnusable { name: name.into(), message }
        }
        "ExpiredTokenException" | "ExpiredToken" | "RequestExpired" => Problem::credentials(format!("the credentials have expired: KMS answered {name}"), "renew them, or check the clock if they are new"),
        "UnrecognizedClientException" | "InvalidClientTokenId" | "MissingAuthenticationToken" | "MissingAuthenticationTokenException" => {
            Problem::credentials(format!("KMS does not know the credentials: it answered {name}"), "check AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN")
        }
        "InvalidSignatureException" | "SignatureDoesNotMatch" | "IncompleteSignature" | "IncompleteSignatureException" => {
            Problem::credentials(format!("KMS does not accept the signature: it answered {name}"), "check AWS_SECRET_ACCESS_KEY and the clock")
        }
        "ThrottlingException" | "Throttling" | "RequestLimitExceeded" | "TooManyRequestsException" => return Refusal::passing(Problem::Throttled(0)),
        _ if status == 429 => return Refusal::passing(Problem::Throttled(0)),
        _ => Problem::Service { name: name.into(), message },
    };
    Refusal {
        problem,
        again: again || status >= 500,
    }
}

#[cfg(test)]
mod tests {
    use zeroize::ZeroizeOnDrop;

    use super::*;
    use crate::unprintable::is_printable;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            error: None,
            body: Zeroizing::new(body.into()),
        }
    }

    #[test]
    fn what_holds_a_plaintext_cannot_be_printed() {
        assert!(!is_printable!(Decrypted));
        assert!(!is_printable!(Success));
        assert!(!is_printable!(Answer));
    }

    #[test]
    fn a_refusal_shows_nothing_of_the_answer() {
        let plaintext = "bmV2ZXItdG8tYmUtc2Vlbg==";
        for (status, body) in [
            (200, format!(r#"{{"Plaintext":"{plaintext}""#)),
            (200, format!(r#"{{"Plaintext":"{plaintext}!"}}"#)),
            (200, format!(r#"{{"Plaintext":["{plaintext}"]}}"#)),
            (200, format!(r#"{{"Plaintext":"{plaintext}"}}{plaintext}"#)),
            (400, format!(r#"{{"Plaintext":"{plaintext}"}}"#)),
            (500, format!(r#"{{"__type":"{plaintext}"}}"#)),
            (500, plaintext.to_owned()),
        ] {
            let Err(refusal) = read(&answer(status, &body)) else {
                panic!("it is taken for an answer: {body}");
            };
            let shown = format!("{refusal:?} {refusal:#?} {}", refusal.problem);
            assert!(!shown.contains("bmV2ZXI"), "{shown}");
        }
    }

    #[test]
    fn a_plaintext_is_zeroed_and_left_nowhere_else() {
        fn is_zeroed(_: &impl ZeroizeOnDrop) {}
        let answer = answer(200, r#"{"Plaintext":"bmV2ZXItdG8tYmUtc2Vlbg=="}"#);
        let Ok(Decrypted(plaintext)) = read(&answer) else {
            panic!("it is refused")
        };
        is_zeroed(&answer.body);
        is_zeroed(&plaintext);
        assert_eq!(*plaintext, b"never-to-be-seen");
        // It never grew: that would have left a copy behind.
        assert_eq!(plaintext.capacity(), "bmV2ZXItdG8tYmUtc2Vlbg==".len());
    }
}
