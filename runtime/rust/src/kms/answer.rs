//! Reading what KMS answers.

use aws_credential_types::Credentials;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use serde_json::Value;
use zeroize::Zeroizing;

use super::connection::{Answer, Broken};
use crate::arn::is_key_or_alias;
use crate::contract::{self, Code, hint};
use crate::error::Problem;
use crate::json;

/// An attempt that failed.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) problem: Problem,
    pub(crate) again: Again,
}

/// Whether another attempt may do better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    Never,
    AfterPause,
    AtOnce,
}

impl Refusal {
    /// One for good.
    pub(crate) fn of(problem: Problem) -> Self {
        Self {
            problem,
            again: Again::Never,
        }
    }

    /// One for now.
    pub(crate) fn passing(problem: Problem) -> Self {
        Self {
            problem,
            again: Again::AfterPause,
        }
    }

    pub(crate) fn unreachable(reason: impl Into<String>) -> Self {
        Self::passing(Problem::new(Code::Unreachable, reason))
    }

    fn not_kms(reason: impl Into<String>) -> Self {
        let hint = hint::UNREACHABLE_ANSWER;
        Self::passing(Problem::hinted(Code::Unreachable, reason, hint))
    }
}

impl From<Broken> for Refusal {
    fn from(broken: Broken) -> Self {
        let problem = Problem::hinted(Code::Unreachable, broken.reason, broken.hint)
            .with("{variable}", broken.variable);
        if broken.again {
            Self::passing(problem)
        } else {
            Self::of(problem)
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
    #[serde(rename = "KeyId")]
    key: Option<Value>,
}

#[derive(Deserialize, Default)]
struct Failure {
    #[serde(rename = "__type")]
    name: Option<Value>,
    message: Option<Value>,
    #[serde(rename = "Message")]
    other_message: Option<Value>,
}

/// `key` is the ARN of the key that must have decrypted it, where that is known.
///
/// # Errors
/// What KMS refuses. An answer that is none of KMS's counts as no answer: something else stands in the way.
pub(super) fn read(
    answer: &Answer,
    key: Option<&str>,
    credentials: &Credentials,
) -> Result<Decrypted, Refusal> {
    let json = json::strict(&answer.body);
    if answer.status != 200 {
        let failure = json.and_then(serde_json::from_slice).unwrap_or_default();
        return Err(refused(answer, failure, credentials));
    }
    let success: Success = json
        .and_then(serde_json::from_slice)
        .map_err(|_| Refusal::not_kms("what answered is not KMS"))?;
    let fits = key.is_none_or(|key| success.key.is_some_and(|other| other == key));
    fits.then_some(success.plaintext).ok_or_else(|| {
        let reason = "KMS decrypted it with another key than the one that it names";
        Refusal::of(Problem::new(Code::WrongContext, reason))
    })
}

fn refused(answer: &Answer, failure: Failure, credentials: &Credentials) -> Refusal {
    let of_body = failure.name.as_ref().and_then(Value::as_str);
    let name = of_body.or(answer.error.as_deref()).and_then(bare);
    let meaning = name.and_then(contract::error);
    let status = answer.status;
    let (code, hint, again) = match (&meaning, name) {
        (Some(meaning), _) => (meaning.code, meaning.hint, meaning.retry),
        (None, _) if status == 429 => (Code::Throttled, Code::Throttled.hint(), true),
        (None, Some(_)) => (Code::ServiceError, Code::ServiceError.hint(), false),
        (None, None) => {
            return Refusal::not_kms(format!("what answered, with status {status}, is not KMS"));
        }
    };
    let said = [failure.message, failure.other_message]
        .into_iter()
        .flatten()
        .find_map(|message| message.as_str().map(str::to_owned))
        .filter(|said| !said.is_empty() && code != Code::Credentials && !names(said, credentials));
    let mut reason = name.map_or_else(String::new, |name| format!("KMS answered {name}"));
    if let Some(said) = &said {
        reason = format!("{reason}, saying \"{said}\"");
    }
    let mut problem = Problem::hinted(code, reason, hint);
    problem.key = said.as_deref().and_then(key_in).map(str::to_owned);
    if again || status >= 500 {
        Refusal::passing(problem)
    } else {
        Refusal::of(problem)
    }
}

/// `NotFoundException` of `com.amazonaws.kms#NotFoundException:http://...`. None if it is no name: that is not shown.
fn bare(name: &str) -> Option<&str> {
    let name = name.rsplit('#').next()?.split(':').next()?;
    let is_name = (1..=64).contains(&name.len()) && name.bytes().all(|c| c.is_ascii_alphanumeric());
    is_name.then_some(name)
}

/// Whether KMS's own words have something of the credentials in them: of an error that is not known, nothing else tells.
fn names(said: &str, credentials: &Credentials) -> bool {
    let parts = [
        Some(credentials.access_key_id()),
        Some(credentials.secret_access_key()),
        credentials.session_token(),
        Some("ecurity-"),
        Some("redential"),
    ];
    parts.into_iter().flatten().any(|part| said.contains(part))
}

/// The ARN of a key that KMS's own words name.
fn key_in(said: &str) -> Option<&str> {
    let is_of_arn = |c: char| c.is_ascii_alphanumeric() || ":/-_".contains(c);
    said.split(|c| !is_of_arn(c))
        .find(|word| is_key_or_alias(word) && word.contains(":key/"))
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
            date: None,
            body: Zeroizing::new(body.into()),
        }
    }

    fn read(answer: &Answer) -> Result<Decrypted, Refusal> {
        let credentials = Credentials::new("AKID", "AKID+signs", None, None, "test");
        super::read(answer, None, &credentials)
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
