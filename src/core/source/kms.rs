//! A ciphertext of KMS that stands in the config itself. Nothing is called for it.

mod store;

use serde_json::Value;

use super::blob::{self, NoBlob};
use super::context::{self, CONTEXT, CONTEXT_FIELD};
use super::joint::{Answer, Batch, BoxFuture, Progress, Sealed, Source, entry_of};
use super::key_arn::{self, KeyArn};
use super::permission::{Permission, to_open};
use super::store::{Draft, Order, Target};
use super::survey::{Survey, Wish};
use crate::aws::Aws;
use crate::config::Text;
use crate::config::entry::{Entry, Field, Keys, NAME};
use crate::config::place::Place;
use crate::config::text::size_of;
use crate::failure::{Caller, Code, Explain, Failure};

const KMS: &str = "kms";
const KEY_ARN: &str = "keyArn";
/// What a text begins with that names its key too: `kms::<ARN>::<base64>`.
const SCHEME: &str = "kms::";

/// The ciphertexts that stand in a config.
#[derive(Debug, Default)]
pub struct Kms {
    taken: Vec<(usize, Place, Sealed)>,
    /// The indexes of entries whose text names the key too.
    with_key: Vec<usize>,
    keys: Vec<KeyArn>,
}

/// What is wrong with a ciphertext or its key. What may be a plaintext is not told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum BadKms {
    /// It was not encrypted by KMS.
    #[error("what stands there {0}, and may be a plaintext secret, so it is not shown")]
    NoBlob(NoBlob),
    /// It was, and is too long.
    #[error("the ciphertext {0}")]
    TooLong(NoBlob),
    /// It begins with `kms::`, and does not go on like that.
    #[error(
        "a text that begins with `{SCHEME}` goes on with a key's ARN, `::` and a ciphertext in base64, and this one does not"
    )]
    Scheme,
    /// The key is named twice.
    #[error("the key is named twice, by `{KEY_ARN}` and by the text")]
    TwoKeys,
}

impl Explain for BadKms {
    fn code(&self) -> Code {
        match self {
            Self::NoBlob(_) => Code::UnknownCiphertext,
            Self::TooLong(_) | Self::Scheme | Self::TwoKeys => Code::ConfigInvalid,
        }
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some(match self {
            Self::NoBlob(NoBlob::Message) => "encrypt the secret by kms:Encrypt itself, as `aws kms encrypt` does, or store it in Parameter Store and write its path".into(),
            Self::NoBlob(_) => "write what `aws kms encrypt --query CiphertextBlob --output text` prints, in one line; a plaintext that stood in the config should be changed".into(),
            Self::TooLong(_) => "KMS itself encrypts 4,096 bytes: store a longer secret in Parameter Store and write its path".into(),
            Self::Scheme => "write `kms::arn:aws:kms:REGION:ACCOUNT:key/ID::BASE64`, or `{ name: MY_SECRET, kms: BASE64, keyArn: ARN }`".into(),
            Self::TwoKeys => "write the ciphertext alone beside `keyArn`, or leave that out".into(),
        })
    }
}

impl From<NoBlob> for BadKms {
    fn from(why: NoBlob) -> Self {
        match why {
            NoBlob::TooLong { .. } => Self::TooLong(why),
            NoBlob::NotBase64 | NoBlob::Message | NoBlob::Unknown => Self::NoBlob(why),
        }
    }
}

/// What stands in its entries.
const FIELDS: &[Field] = &[
    Field::text(KMS, "A ciphertext of kms:Encrypt, in base64"),
    Field::text(KEY_ARN, "The ARN of its key"),
    CONTEXT_FIELD,
];

impl Source for Kms {
    fn keys(&self) -> Keys {
        Keys {
            own: KMS,
            fields: FIELDS,
            named: true,
            scheme: Some(SCHEME),
            shows: |_, _| None,
        }
    }

    fn take(&mut self, entry: &mut Entry<'_>) -> Option<Text> {
        let name = entry.name();
        entry.must_have(NAME);
        let found = ciphertext(entry);
        let context = context::of(entry);
        let (name, (ciphertext, key)) = (name?, found?);
        let mut fields = vec![
            ("ciphertext", ciphertext.into()),
            ("key", key.as_str().into()),
        ];
        fields.extend(context.map(|context| (CONTEXT, Value::Object(context))));
        let sealed = Sealed {
            name: name.clone(),
            from: key.as_str().into(),
            version: None,
            entry: entry_of(KMS, fields),
        };
        let text = entry.field(KMS).and_then(|(text, _)| text.as_str());
        if text.is_some_and(|text| text.starts_with(SCHEME)) {
            self.with_key.push(entry.index);
        }
        self.taken.push((entry.index, entry.place.clone(), sealed));
        self.keys.push(key);
        Some(name)
    }

    fn seal<'a>(
        &'a self,
        _: &'a Aws,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Batch, Failure>> {
        Box::pin(async move {
            let answer = |(index, _, sealed): &(usize, Place, Sealed)| Answer {
                index: *index,
                outcome: Ok(vec![sealed.clone()]),
            };
            progress(self.taken.len(), self.taken.len());
            Ok(Batch {
                answers: self.taken.iter().map(answer).collect(),
                notices: Vec::new(),
            })
        })
    }

    fn targets(&self) -> Vec<Target> {
        self.all_targets()
    }

    fn store<'a>(
        &'a self,
        aws: &'a Aws,
        order: Order<'a>,
    ) -> BoxFuture<'a, Result<Draft<'a>, Failure>> {
        Box::pin(self.draft(aws, order))
    }

    fn survey<'a>(
        &'a self,
        _: &'a Aws,
        _: Wish<'a>,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Vec<Survey>, Failure>> {
        progress(self.taken.len(), self.taken.len());
        let taken = self.taken.iter().zip(&self.keys);
        let told = taken.map(|((index, place, sealed), key)| {
            let keys = Ok(vec![key.as_str().to_owned()]);
            Survey::here((*index, place), KMS, (&sealed.name, &sealed.from), keys)
        });
        Box::pin(std::future::ready(Ok(told.collect())))
    }

    fn permissions(&self, told: &[&Survey]) -> Vec<Permission> {
        let of = |told: &&Survey| {
            let own = self.taken.iter().find(|(index, ..)| *index == told.index)?;
            let context = own.2.entry.get(CONTEXT).and_then(Value::as_object);
            Some(to_open(told, "OpenCiphertexts", context))
        };
        told.iter().filter_map(of).collect()
    }
}

/// The ciphertext of an entry and its key. What is wrong with them is noted in the entry.
fn ciphertext(entry: &mut Entry<'_>) -> Option<(String, KeyArn)> {
    // It is taken wherever it comes from, and what is none is never shown.
    let text = entry.text(KMS, |text, _| {
        Ok::<_, BadKms>(Text::hidden(text, size_of(text)))
    });
    let key = entry.text(KEY_ARN, key_arn::text);
    let with_key = text
        .as_ref()
        .and_then(|text| text.value().strip_prefix(SCHEME));
    let Some(rest) = with_key else {
        entry.must_have(KEY_ARN);
        let text = text?;
        checked(entry, text.value())?;
        return Some((text.value().to_owned(), KeyArn::of(key?.value())?));
    };
    if entry.field(KEY_ARN).is_some() {
        entry.refuse_text(KEY_ARN, BadKms::TwoKeys);
    }
    let parts = rest.split_once("::");
    let parts = parts.and_then(|(key, text)| Some((text.to_owned(), KeyArn::of(key)?)));
    if parts.is_none() {
        entry.refuse_text(KMS, BadKms::Scheme);
    }
    let (text, key) = parts?;
    checked(entry, &text)?;
    Some((text, key))
}

fn checked(entry: &mut Entry<'_>, text: &str) -> Option<()> {
    let checked = blob::check(text);
    checked
        .map_err(|why| entry.refuse_text(KMS, BadKms::from(why)))
        .ok()
}

#[cfg(test)]
mod tests;
