//! An entry of the config -> the version of a secret that it asks for.

use serde_json::Value;

use crate::config::Text;
use crate::config::entry::{Entry, NAME};
use crate::config::place::Place;
use crate::config::text::{NoName, NotTaken, is_name};
use crate::config::written::Written;
use crate::contract;
use crate::failure::{Caller, Code, Explain};
use crate::source::arn::Arn;

/// The key of its entries, and the word for it in a bundle: a secret's name or ARN.
pub const SECRETS_MANAGER: &str = "secretsManager";
/// A version by its id.
pub const VERSION_ID: &str = "versionId";
/// A version by a staging label; without either it is the current one.
pub const VERSION_STAGE: &str = "versionStage";
/// One field of a value that is JSON.
pub const FIELD: &str = "field";
/// Whether a staging label is moved onto the version, or which one.
pub const LABEL: &str = "label";
/// The staging label of the current version.
pub const CURRENT: &str = "AWSCURRENT";

/// The longest staging label.
const LONGEST_LABEL: usize = 256;

/// One entry of the config, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its place among all entries.
    pub index: usize,
    /// Where the user wrote it.
    pub place: Place,
    /// The key in the bundle.
    pub name: Text,
    /// A name or an ARN, which may lack its last six characters.
    pub secret: Text,
    /// Which version.
    pub pin: Pin,
    /// A field of its value.
    pub field: Option<Text>,
    /// What keeps the version.
    pub label: Option<Label>,
    /// Which version the config itself means, where it is pinned to that of a lock.
    pub configured: Option<Pin>,
}

/// Which version is baked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pin {
    /// The current one.
    Current,
    /// That with a staging label.
    Stage(Text),
    /// One by its id.
    Id(Text),
}

/// A staging label that is moved onto the version which is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// The deployment's own.
    OfDeployment,
    /// One by its name.
    Named(Text),
}

/// What is wrong with an entry before anybody is asked for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSecret {
    /// Of a variable, and no name.
    #[error(transparent)]
    Name(#[from] NoName),
    /// Of a variable, and nothing that belongs there.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
    /// Secrets Manager has no such secret.
    #[error("must be a secret's name, of 1 to 512 letters, digits and `/_+=.@!-`, or its ARN")]
    Secret,
    /// No version has such an id.
    #[error("must be the id of a version: 1 to 64 letters, digits, `_` and `-`")]
    Version,
    /// No version has such a label.
    #[error("must be a staging label: 1 to 256 characters")]
    Stage,
    /// Two versions.
    #[error("has `versionId` and `versionStage`, and one version is baked")]
    Two,
    /// Nothing that can be moved.
    #[error(
        "must be true, false or a staging label: 1 to 256 characters, of which the first are not `AWS`"
    )]
    Label,
}

impl Explain for BadSecret {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        match self {
            Self::Name(why) => why.hint(caller),
            Self::NotTaken(why) => why.hint(caller),
            Self::Two => Some("leave one of them out".into()),
            Self::Secret | Self::Version | Self::Stage | Self::Label => None,
        }
    }
}

impl Reference {
    /// Takes an entry. `None`: something is wrong with it, and noted there.
    pub fn of(entry: &mut Entry<'_>) -> Option<Self> {
        let name = entry.name();
        entry.must_have(NAME);
        let secret = entry.text(SECRETS_MANAGER, secret);
        let pin = pin(entry);
        let field = entry.text(FIELD, Text::name);
        let label = label(entry);
        Some(Self {
            index: entry.index,
            place: entry.place.clone(),
            name: name?,
            secret: secret?,
            pin,
            field,
            label,
            configured: None,
        })
    }

    /// Region and secret: an ARN names its own region.
    #[must_use]
    pub fn ask<'a>(&'a self, home: &'a str) -> (&'a str, &'a str) {
        let secret = self.secret.value();
        let region = secret.starts_with("arn:").then(|| secret.split(':').nth(3));
        (region.flatten().unwrap_or(home), secret)
    }

    /// The staging label that is moved; `own` is the deployment's.
    #[must_use]
    pub fn label(&self, own: &str) -> Option<Text> {
        Some(match self.label.as_ref()? {
            Label::OfDeployment => Text::public(own),
            Label::Named(label) => label.clone(),
        })
    }
}

/// What is wrong with it is noted in the entry.
fn pin(entry: &mut Entry<'_>) -> Pin {
    let id = entry.text(VERSION_ID, |text, written| {
        let (what, fits) = ("the id of a version", contract::is_version);
        Text::fitting(text, written, what, fits, BadSecret::Version)
    });
    let stage = entry.text(VERSION_STAGE, |text, written| {
        let stage = Text::taken(text, written, "a staging label", is_name)?;
        if text.chars().count() <= LONGEST_LABEL {
            Ok(stage)
        } else {
            Err(BadSecret::Stage)
        }
    });
    if entry.field(VERSION_ID).is_some() && entry.field(VERSION_STAGE).is_some() {
        entry.refuse(BadSecret::Two);
    }
    let id = id.map(Pin::Id);
    id.or(stage.map(Pin::Stage)).unwrap_or(Pin::Current)
}

fn secret(text: &str, written: Written<'_>) -> Result<Text, BadSecret> {
    if text.starts_with("arn:") {
        Text::taken(text, written, "the ARN of a secret", is_arn)?;
        return if is_arn(text) {
            // It is no password, wherever it comes from.
            Ok(Text::public(text))
        } else {
            Err(BadSecret::Secret)
        };
    }
    let secret = Text::name(text, written)?;
    let is_one = text.len() <= 512 && contract::is_secret(&format!("secret:{text}"));
    if is_one {
        Ok(secret)
    } else {
        Err(BadSecret::Secret)
    }
}

/// Whether a text has the shape of a secret's ARN, with or without the six characters at its end.
#[must_use]
pub fn is_arn(text: &str) -> bool {
    Arn::of(text, "secretsmanager").is_some_and(|arn| contract::is_secret(arn.resource))
}

/// What comes out of a variable, such as `${env:LABEL}`, is a text.
fn label(entry: &mut Entry<'_>) -> Option<Label> {
    match entry.field(LABEL)?.0 {
        Value::Bool(is_on) => is_on.then_some(Label::OfDeployment),
        Value::String(text) if text == "true" => Some(Label::OfDeployment),
        Value::String(text) if text == "false" => None,
        Value::String(_) => {
            let label = entry.text(LABEL, |text, written| {
                let label = Text::taken(text, written, "a staging label", is_name)?;
                let is_one = text.chars().count() <= LONGEST_LABEL && !text.starts_with("AWS");
                if is_one {
                    Ok(label)
                } else {
                    Err(BadSecret::Label)
                }
            });
            label.map(Label::Named)
        }
        _ => {
            entry.refuse_text(LABEL, BadSecret::Label);
            None
        }
    }
}
