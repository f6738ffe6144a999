//! Opening one entry.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::entry::Entry;
use crate::error::Problem;
use crate::kms::Kms;
use crate::message::Message;

/// What each ciphertext is bound to.
const BOUND_TO: &str = "PARAMETER_ARN";

/// The kinds of ciphertext, told by their first bytes.
enum Kind {
    Blob,
    Message,
}

impl Kind {
    fn of(ciphertext: &[u8]) -> Option<Self> {
        match ciphertext.get(..2)? {
            [0x01, 0x01 | 0x02] | [0x0a, 0x20] => Some(Self::Blob),
            [0x01, 0x80] | [0x02, 0x04 | 0x05] => Some(Self::Message),
            _ => None,
        }
    }
}

/// The plaintext of an entry. `key` is set to the ARN of the KMS key as soon as it is known.
///
/// # Errors
/// The first thing that does not fit, or KMS's refusal.
pub(crate) async fn open(
    entry: &Entry,
    kms: &Kms,
    key: &mut Option<String>,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    match Kind::of(&entry.ciphertext) {
        Some(Kind::Blob) => {
            let context = BTreeMap::from([(BOUND_TO.to_owned(), entry.parameter.arn.clone())]);
            kms.decrypt(&entry.parameter, &entry.ciphertext, &context)
                .await
        }
        Some(Kind::Message) => open_message(entry, kms, key).await,
        None => Err(Problem::UnknownCiphertext(
            "begins like none that is known".into(),
        )),
    }
}

async fn open_message(
    entry: &Entry,
    kms: &Kms,
    key: &mut Option<String>,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let message = Message::read(&entry.ciphertext)?;
    match message.context.get(BOUND_TO) {
        Some(arn) if *arn == entry.parameter.arn => {}
        Some(arn) => {
            return Err(Problem::WrongContext(format!(
                "its ciphertext is that of the parameter {arn}"
            )));
        }
        None => {
            return Err(Problem::WrongContext(
                "its ciphertext is not bound to a parameter".into(),
            ));
        }
    }
    let mut refused = None;
    for data_key in &message.data_keys {
        match kms
            .decrypt(&entry.parameter, data_key.ciphertext, &message.context)
            .await
        {
            Ok(plaintext) => {
                *key = Some(data_key.key_arn.to_owned());
                return message.open(&plaintext);
            }
            Err(problem) if is_of_the_key(&problem) => {
                // The first is the one to be told: it is the parameter's own.
                refused.get_or_insert_with(|| (data_key.key_arn.to_owned(), problem));
            }
            Err(problem) => {
                *key = Some(data_key.key_arn.to_owned());
                return Err(problem);
            }
        }
    }
    let (arn, problem) =
        refused.ok_or_else(|| Problem::UnknownCiphertext("has no data key of KMS".into()))?;
    *key = Some(arn);
    Err(problem)
}

/// Whether KMS may do with another key what it refuses with this one.
fn is_of_the_key(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::AccessDenied(_) | Problem::KeyUnusable { .. } | Problem::WrongContext(_)
    )
}
