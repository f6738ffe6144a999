//! The field `context` of an entry: the encryption context that a ciphertext is bound to.

use serde_json::{Map, Value};

use crate::config::Text;
use crate::config::entry::{Entry, Field, FieldForm};
use crate::config::text::NotTaken;
use crate::config::written::Written;
use crate::failure::{Caller, Code, Explain};

/// The key of an entry's encryption context.
pub const CONTEXT: &str = "context";
/// The same, for whoever describes it.
pub const CONTEXT_FIELD: Field = Field {
    key: CONTEXT,
    form: FieldForm::Context,
    about: "The encryption context that it was encrypted with",
};

/// An encryption context that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an object of texts, such as `{{ service: billing }}`")]
pub struct BadContext;

impl Explain for BadContext {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some("write the encryption context that the secret was encrypted with, or leave it out where there was none".into())
    }
}

/// The encryption context of an entry, which stands readable in every artefact; an empty one is none. What is wrong with it is noted
/// in the entry.
#[must_use]
pub fn of(entry: &mut Entry<'_>) -> Option<Map<String, Value>> {
    let (value, written) = entry.field(CONTEXT)?;
    let Value::Object(pairs) = value else {
        entry.refuse_text(CONTEXT, BadContext);
        return None;
    };
    let mut context = Map::new();
    for (key, value) in pairs {
        let is_public = written.is_public_key(key);
        let Value::String(text) = value else {
            entry.refuse_text(CONTEXT, BadContext);
            return None;
        };
        let written = written.key(key);
        let read = if is_public {
            taken(text, written)
        } else {
            taken(key, written).and_then(|_| taken(text, written))
        };
        match read {
            Ok(text) => {
                context.insert(key.clone(), text.value().into());
            }
            Err(why) => entry.refuse_text(CONTEXT, why),
        }
    }
    Some(context).filter(|context| !context.is_empty())
}

fn taken(text: &str, written: Written<'_>) -> Result<Text, NotTaken> {
    Text::taken(text, written, "part of an encryption context", is_plain)
}

/// Names, ARNs, stages: nothing that a password would be without doubt, and nothing longer.
fn is_plain(text: &str) -> bool {
    let of_one = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | ':');
    text.len() <= 128 && text.chars().all(of_one)
}

#[cfg(test)]
mod tests;
