//! The data key of a SOPS file, opened by an age identity of this machine.

use std::io::Read as _;

use age::armor::ArmoredReader;
use age::{DecryptError, Decryptor};
use zeroize::Zeroizing;

use super::identity::{Identities, Identity, Variables, keys_file};
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};
use crate::source::sops::gcm;
use crate::source::sops::metadata::AgeKey;

/// Nobody seals a file for more.
const MOST_RECIPIENTS: usize = 256;
/// So many recipients are named in a message.
const NAMED: usize = 5;

/// A file that this machine does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// Age has no part in it.
    #[error("`{file}` has no age recipient, so that nobody opens it without AWS")]
    NoRecipient {
        /// As the user wrote it.
        file: Shown,
    },
    /// There is nothing to open it with.
    #[error("`{file}` is encrypted for age identities, and this machine has none{}", told(.passed))]
    NoIdentity {
        /// As the user wrote it.
        file: Shown,
        /// What was passed over.
        passed: Vec<Shown>,
        /// Where SOPS keeps them.
        keys: Shown,
    },
    /// It is for others.
    #[error("no age identity of this machine opens `{file}`, which is encrypted for {recipients}{}", told(.passed))]
    OtherIdentity {
        /// As the user wrote it.
        file: Shown,
        /// For whom it is.
        recipients: Shown,
        /// What was passed over.
        passed: Vec<Shown>,
    },
    /// What SOPS has written there is damaged.
    #[error(
        "`{file}` has a data key that is no age file, or a damaged one: `sops.age[{index}].enc`"
    )]
    Damaged {
        /// As the user wrote it.
        file: Shown,
        /// Which of the recipients'.
        index: usize,
    },
}

/// The end of a sentence: why an identity that is there was not used.
fn told(passed: &[Shown]) -> String {
    let each = passed.iter().map(|why| format!("; {why}"));
    each.collect()
}

impl Explain for NotOpened {
    fn code(&self) -> Code {
        match self {
            Self::NoIdentity { .. } | Self::OtherIdentity { .. } => Code::NoIdentity,
            Self::NoRecipient { .. } | Self::Damaged { .. } => Code::FileInvalid,
        }
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some(match self {
            Self::NoRecipient { file } => {
                format!("add one: sops rotate --in-place --add-age RECIPIENT {file}")
            }
            Self::NoIdentity { keys, .. } => format!(
                "put yours where SOPS looks for it: SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, SOPS_AGE_KEY_CMD or {keys}; an SSH key without a passphrase at ~/.ssh/id_ed25519, ~/.ssh/id_rsa or SOPS_AGE_SSH_PRIVATE_KEY_FILE will do"
            ),
            Self::OtherIdentity { file, .. } => format!(
                "let somebody who can open it add your recipient, which `age-keygen -y` or your public SSH key tells: sops rotate --in-place --add-age RECIPIENT {file}"
            ),
            Self::Damaged { .. } => "look at it by `sops decrypt`, which should refuse it too; a merge of two versions may have damaged it".into(),
        })
    }
}

/// Opens it by the first identity that can. Commands that give identities are run only if no other has.
///
/// # Errors
/// It is for nobody here, or damaged.
pub fn open(
    file: &Shown,
    keys: &[AgeKey],
    variables: Variables<'_>,
) -> Result<Zeroizing<gcm::Key>, NotOpened> {
    let keys = &keys[..keys.len().min(MOST_RECIPIENTS)];
    if keys.is_empty() {
        return Err(NotOpened::NoRecipient { file: file.clone() });
    }
    let mut found = Identities::of(variables);
    if let Some(key) = opened(file, keys, &found.all)? {
        return Ok(key);
    }
    let recipients: Vec<_> = keys.iter().map(|key| key.recipient.as_str()).collect();
    let more = Identities::of_commands(variables, &recipients);
    if let Some(key) = opened(file, keys, &more.all)? {
        return Ok(key);
    }
    let file = file.clone();
    found.passed.extend(more.passed);
    let passed = found.passed;
    if found.all.is_empty() && more.all.is_empty() {
        let keys =
            keys_file(variables).map_or("its own file of keys".into(), |path| Shown::path(&path));
        return Err(NotOpened::NoIdentity { file, passed, keys });
    }
    let recipients = named(&recipients);
    Err(NotOpened::OtherIdentity {
        file,
        recipients,
        passed,
    })
}

/// The first few, and how many more there are.
fn named(recipients: &[&str]) -> Shown {
    let (first, more) = recipients.split_at(recipients.len().min(NAMED));
    let named = first.join(", ");
    match more.len() {
        0 => named.into(),
        more => format!("{named} and {more} more").into(),
    }
}

/// `None`: it is for none of these.
fn opened(
    file: &Shown,
    keys: &[AgeKey],
    identities: &[Identity],
) -> Result<Option<Zeroizing<gcm::Key>>, NotOpened> {
    if identities.is_empty() {
        return Ok(None);
    }
    let mut damaged = None;
    for (index, key) in keys.iter().enumerate() {
        match one(&key.enc, identities) {
            Ok(Some(key)) => return Ok(Some(key)),
            Ok(None) => {}
            Err(Damaged) => damaged = damaged.or(Some(index)),
        }
    }
    match damaged {
        None => Ok(None),
        Some(index) => Err(NotOpened::Damaged {
            file: file.clone(),
            index,
        }),
    }
}

/// No age file, or no key of 32 bytes in it.
struct Damaged;

fn one(enc: &str, identities: &[Identity]) -> Result<Option<Zeroizing<gcm::Key>>, Damaged> {
    let decryptor =
        Decryptor::new(ArmoredReader::new(enc.trim().as_bytes())).map_err(|_| Damaged)?;
    let identities = identities.iter().map(|identity| &**identity);
    let reader = match decryptor.decrypt(identities) {
        Ok(reader) => reader,
        Err(DecryptError::NoMatchingKeys) => return Ok(None),
        Err(_) => return Err(Damaged),
    };
    let mut key = Zeroizing::new(Vec::with_capacity(64));
    let whole = reader.take(33).read_to_end(&mut key);
    whole.map_err(|_| Damaged)?;
    let key = <&gcm::Key>::try_from(key.as_slice()).map_err(|_| Damaged)?;
    Ok(Some(Zeroizing::new(*key)))
}
