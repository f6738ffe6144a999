//! Opening one entry.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::contract::{Code, Kind};
use crate::entry::Entry;
use crate::error::Problem;
use crate::kms::{Kms, Question};
use crate::message::{BOUND_TO, Message};

/// What is known while an entry is being opened, for the one who tells that it took too long.
#[derive(Default)]
pub(crate) struct Progress {
    /// The ARN of the KMS key.
    pub(crate) key: Option<String>,
    /// How the last attempt failed.
    pub(crate) last: Option<Problem>,
}

/// The plaintext of an entry.
///
/// # Errors
/// The first thing that does not fit, or KMS's refusal.
pub(crate) async fn open(
    entry: &Entry,
    kms: &Kms,
    progress: &mut Progress,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    if entry.kind == Kind::Message {
        return open_message(entry, kms, progress).await;
    }
    let context = BTreeMap::from([(BOUND_TO.to_owned(), entry.parameter.arn.clone())]);
    let question = Question {
        parameter: &entry.parameter,
        ciphertext: &entry.ciphertext,
        context: &context,
        key: None,
    };
    kms.decrypt(&question, &mut progress.last).await
}

async fn open_message(
    entry: &Entry,
    kms: &Kms,
    progress: &mut Progress,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let message = Message::read(&entry.ciphertext, &entry.parameter.arn)?;
    let mut refused = None;
    for data_key in &message.data_keys {
        progress.key = Some(data_key.key_arn.to_owned());
        let question = Question {
            parameter: &entry.parameter,
            ciphertext: data_key.ciphertext,
            context: &message.context,
            key: data_key
                .key_arn
                .contains(":key/")
                .then_some(data_key.key_arn),
        };
        match kms.decrypt(&question, &mut progress.last).await {
            Ok(plaintext) => return message.open(&plaintext),
            Err(problem) if is_of_the_key(problem.code) => {
                // The first is the one to be told: it is the parameter's own.
                refused.get_or_insert((data_key.key_arn, problem));
            }
            Err(problem) => return Err(problem),
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
