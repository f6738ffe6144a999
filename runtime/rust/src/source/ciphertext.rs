//! A ciphertext that KMS opens: a blob of its own, or an Encryption SDK message under data keys of KMS.

use super::fields::{Fields, bytes_of_length, invalid};
use super::sealed::{Opened, Progress};
use crate::aws::Aws;
use crate::contract::{CIPHERTEXTS, Code, Kind, limit};
use crate::error::Problem;
use crate::kms::{self, Context, Question};
use crate::message::Message;

/// A ciphertext of a known kind.
pub(super) struct Ciphertext {
    kind: Kind,
    bytes: Vec<u8>,
}

/// What a ciphertext is opened with.
pub(super) struct Lock<'a> {
    pub(super) partition: &'a str,
    /// Where KMS is asked.
    pub(super) region: &'a str,
    /// A blob's encryption context.
    pub(super) context: Context,
    /// Whether a message is bound to its entry by the encryption context that it names itself: asked before KMS is.
    pub(super) is_bound: &'a (dyn Fn(&Context) -> Result<(), Problem> + Sync),
}

/// A blob of KMS, in the field of that name.
///
/// # Errors
/// `BundleInvalid` for what has no length of a blob, `UnknownCiphertext` for what begins like none.
pub(super) fn blob(fields: &Fields, name: &str) -> Result<Vec<u8>, Problem> {
    let bytes = bytes_of_length(fields, name, 1..=limit::BLOB_BYTES)?;
    if is_blob(&bytes) {
        return Ok(bytes);
    }
    let reason = format!("its `{name}` begins like no ciphertext of KMS");
    Err(Problem::new(Code::UnknownCiphertext, reason))
}

/// Whether it begins like a blob of KMS.
pub(super) fn is_blob(bytes: &[u8]) -> bool {
    kind_of(bytes) == Some(Kind::Blob)
}

/// Told by the first bytes.
fn kind_of(bytes: &[u8]) -> Option<Kind> {
    let begin = bytes.get(..2)?;
    let known = CIPHERTEXTS.iter().find(|(first, _)| first == begin);
    known.map(|(_, kind)| *kind)
}

impl Ciphertext {
    /// Tells its kind by its first bytes.
    ///
    /// # Errors
    /// `BundleInvalid` for what has no length of a ciphertext, `UnknownCiphertext` for what begins like none.
    pub(super) fn read(bytes: Vec<u8>) -> Result<Self, Problem> {
        let is_beyond = |limit| bytes.len() > limit;
        match kind_of(&bytes) {
            _ if is_beyond(limit::CIPHERTEXT_BYTES) => {
                Err(invalid("has a `ciphertext` that is too long"))
            }
            Some(Kind::Blob) if is_beyond(limit::BLOB_BYTES) => Err(invalid(
                "has a `ciphertext` that is longer than KMS makes one",
            )),
            Some(kind) => Ok(Self { kind, bytes }),
            None => Err(Problem::new(
                Code::UnknownCiphertext,
                "it begins like none that is known",
            )),
        }
    }

    /// Its plaintext.
    ///
    /// # Errors
    /// The first thing that does not fit, or KMS's refusal.
    pub(super) async fn open(&self, lock: &Lock<'_>, aws: &Aws, progress: &mut Progress) -> Opened {
        match self.kind {
            Kind::Blob => {
                let question = lock.question(&self.bytes, &lock.context, None);
                kms::decrypt(aws, &question, &progress.last).await
            }
            Kind::Message => {
                let message = Message::read(&self.bytes, lock.is_bound)?;
                let data_key = data_key(&message, lock, aws, progress).await?;
                message.open(&data_key)
            }
        }
    }
}

impl Lock<'_> {
    fn question<'a>(
        &'a self,
        ciphertext: &'a [u8],
        context: &'a Context,
        key: Option<&'a str>,
    ) -> Question<'a> {
        Question {
            partition: self.partition,
            region: self.region,
            ciphertext,
            context,
            key,
        }
    }
}

/// The data key of a message: the first that KMS opens.
async fn data_key(
    message: &Message<'_>,
    lock: &Lock<'_>,
    aws: &Aws,
    progress: &mut Progress,
) -> Opened {
    let mut refused = None;
    for data_key in &message.data_keys {
        let arn = data_key.key_arn;
        progress.key = Some(arn.to_owned());
        let question = lock.question(data_key.ciphertext, &message.context, Some(arn));
        match kms::decrypt(aws, &question, &progress.last).await {
            Err(problem) if is_of_the_key(problem.code) => {
                // The first is the one to be told: it is the entry's own.
                refused.get_or_insert((arn, problem));
            }
            outcome => return outcome,
        }
    }
    let (key, problem) = refused.expect("a message that was read has a data key of KMS");
    progress.key = Some(key.to_owned());
    Err(problem)
}

/// Whether KMS may do with another key what it refuses with this one.
fn is_of_the_key(code: Code) -> bool {
    matches!(
        code,
        Code::AccessDenied | Code::KeyUnusable | Code::WrongContext
    )
}
