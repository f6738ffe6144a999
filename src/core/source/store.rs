//! Writing a secret to where it is kept. First all is looked at and nothing written: a draft, which a person may see before it is carried
//! out. Only what is told to be stored is seen here, and a present value where somebody asks whether it is the same.

use std::future::Future;
use std::pin::Pin;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::aws::Aws;
use crate::aws::account::Account;
use crate::aws::calls::Calls;
use crate::aws::kms::{DESCRIBE_KEY, Kms, Manager};
use crate::aws::outage::Outage;
use crate::aws::trouble::{Refused, Trouble};
use crate::config::Text;
use crate::config::place::Place;
use crate::failure::internal::Internal;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain, Failure};
use crate::gather::Gather as _;

/// What begins the names of AWS' own keys.
const OF_AWS: &str = "alias/aws/";

/// The entry that an order is for, among those that a source took.
///
/// # Errors
/// A mistake of ours: the order is for none of them.
pub fn ordered<T>(
    mut taken: impl Iterator<Item = (usize, T)>,
    order: Order<'_>,
) -> Result<T, Internal> {
    let found = taken.find(|(index, _)| *index == order.index);
    found.map(|(_, one)| one).ok_or_else(|| Internal {
        said: "no entry of this source has this index".into(),
    })
}

/// The answer of a source that nothing is stored at: `instead` says what to do.
#[must_use]
pub fn elsewhere<'a>(
    order: Order<'_>,
    source_name: &'static str,
    instead: &'static str,
) -> Pin<Box<dyn Future<Output = Result<Draft<'a>, Failure>> + Send + 'a>> {
    let why = NotStored::Elsewhere {
        name: Shown::of(order.name),
        source_name,
        instead,
    };
    Box::pin(std::future::ready(Err(why.into())))
}

/// Something that can be stored: an entry of the config, or one of several secrets that an entry brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The index of its entry in the config.
    pub index: usize,
    /// What it is called.
    pub named: Named,
}

/// How somebody names what is to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// By the secret's name.
    One(Text),
    /// By a whole path below this one, which ends in a slash.
    Below(Text),
}

/// What is to be stored. No `Debug`: it has the value.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    /// The index of the entry.
    pub index: usize,
    /// As it was named.
    pub name: &'a str,
    /// The plaintext; never empty.
    pub value: &'a [u8],
    /// How.
    pub wishes: &'a Wishes,
}

/// How something is to be stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// The KMS key of what is new: an ARN, an id or `alias/...`.
    pub key: Option<String>,
    /// Hangs on the new version then.
    pub label: Option<String>,
    /// Nothing is written where the value is the same already.
    pub skip_unchanged: bool,
}

/// What will be done. Dropped, it does nothing.
pub struct Draft<'a> {
    /// Where it is kept: ``parameter `/app/db` in region eu-central-1``.
    pub to: Shown,
    /// What becomes of what is there.
    pub doing: Doing,
    /// Sentences for the user before anything is written.
    pub notices: Vec<String>,
    /// The file that it stands in and that is to be written anew, by its path from the service's folder. The config's own is not meant.
    pub file: Option<String>,
    /// Writes it.
    pub write: Write<'a>,
}

/// Carries a draft out.
pub type Write<'a> = Box<dyn FnOnce() -> Writing<'a> + Send + 'a>;
/// While it is carried out.
pub type Writing<'a> = Pin<Box<dyn Future<Output = Result<Stored, Failure>> + Send + 'a>>;

/// What becomes of what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// There is nothing yet.
    Create,
    /// It gets another value.
    Change,
    /// It has this value already, and nothing is written.
    Leave,
}

/// What was written. No `Debug`: a file's bytes may be plaintext.
#[derive(Clone, Default)]
pub struct Stored {
    /// The new version, in its source's own way of counting.
    pub version: Option<String>,
    /// The ciphertext that is to stand in the config from now on, where it is kept there.
    pub text: Option<String>,
    /// The new bytes of the draft's file, which are still to be written.
    pub bytes: Option<Zeroizing<Vec<u8>>>,
    /// Entries of the config that still mean another version.
    pub pins: Vec<StillPinned>,
    /// Sentences for the user about what was written and could go better.
    pub notices: Vec<String>,
}

/// An entry of the config that means another version than the one which was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StillPinned {
    /// Where it stands.
    pub place: Place,
    /// The version or label that it names.
    pub pin: Shown,
    /// What moves it: a command, or what to write there.
    pub remedy: Shown,
}

/// Why a secret is not stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotStored {
    /// Nobody writes to such a source from here.
    #[error("secret `{name}`: {source_name} is not written to from here")]
    Elsewhere {
        /// The secret.
        name: Shown,
        /// What keeps it.
        source_name: &'static str,
        /// What to use in its place.
        instead: &'static str,
    },
    /// More than its source takes.
    #[error("secret `{name}`: the value has {bytes} bytes, and {keeper} takes at most {most}")]
    TooLong {
        /// The secret.
        name: Shown,
        /// How many.
        bytes: usize,
        /// What keeps it.
        keeper: &'static str,
        /// How many it may have.
        most: usize,
    },
    /// Bytes where a text belongs.
    #[error("secret `{name}`: the value is no text in UTF-8, and {keeper} takes nothing else")]
    NotText {
        /// The secret.
        name: Shown,
        /// What keeps it.
        keeper: &'static str,
    },
    /// Nothing says which key.
    #[error(
        "secret `{name}`: {what} is new, and nothing says under which KMS key it is to be encrypted"
    )]
    NoKey {
        /// The secret.
        name: Shown,
        /// Such as ``parameter `/app/db` ``.
        what: Shown,
    },
    /// AWS' own key.
    #[error(
        "secret `{name}`: the key `{key}` is managed by AWS, and no function can use it by itself"
    )]
    KeyOfAws {
        /// The secret.
        name: Shown,
        /// As it was named.
        key: Shown,
        /// Whether it is the present one.
        is_present: bool,
    },
    /// No key that can be used.
    #[error("secret `{name}`: the key `{key}` {why}")]
    BadKey {
        /// The secret.
        name: Shown,
        /// As it was named.
        key: Shown,
        /// Such as `is disabled`.
        why: Shown,
    },
    /// A key where none can be chosen.
    #[error("secret `{name}`: {why}, so that --key cannot change it")]
    KeyIsGiven {
        /// The secret.
        name: Shown,
        /// Who has chosen already.
        why: &'static str,
    },
    /// A label where there are none.
    #[error("secret `{name}`: {keeper} has no labels")]
    NoLabels {
        /// The secret.
        name: Shown,
        /// What keeps it.
        keeper: &'static str,
    },
    /// No such label.
    #[error("secret `{name}`: `{label}` is no label: {rule}")]
    BadLabel {
        /// The secret.
        name: Shown,
        /// As it was typed.
        label: Shown,
        /// What one is.
        rule: &'static str,
    },
    /// Everybody who may read it has it in plain.
    #[error(
        "secret `{name}`: parameter `{path}` in {account} is a {kind}, and its type is never changed in silence"
    )]
    PlainParameter {
        /// The secret.
        name: Shown,
        /// Its path.
        path: Shown,
        /// `String` or `StringList`.
        kind: Shown,
        /// Where.
        account: Account,
    },
    /// A parameter of somebody else.
    #[error("secret `{name}`: parameter `{path}` is of another account than these credentials{}", of_account(.account.as_ref()))]
    OtherAccount {
        /// The secret.
        name: Shown,
        /// Its ARN.
        path: Shown,
        /// That of the credentials.
        account: Option<String>,
    },
    /// A value that has no fields.
    #[error("secret `{name}`: {what} {why}, so that the field `{field}` cannot be changed alone")]
    NoFields {
        /// The secret.
        name: Shown,
        /// Whose value it is.
        what: Shown,
        /// Such as `is no JSON object`.
        why: Shown,
        /// The field.
        field: Shown,
    },
    /// Nothing of that name can be created.
    #[error("secret `{name}`: there is no {what} in {account}, and {why}")]
    Absent {
        /// The secret.
        name: Shown,
        /// Such as ``secret `app/db` ``.
        what: Shown,
        /// Where.
        account: Account,
        /// Why it is not created.
        why: &'static str,
    },
    /// IAM or the key's policy says no.
    #[error("secret `{name}`: {doing} in {account} is denied: {said}")]
    Denied {
        /// The secret.
        name: Shown,
        /// What was to be done: ``writing parameter `/app/db` ``.
        doing: Shown,
        /// Where.
        account: Account,
        /// Such as `ssm:PutParameter`.
        action: &'static str,
        /// In the service's words.
        said: Shown,
    },
    /// The same where it is needed for a comparison alone.
    #[error(
        "secret `{name}`: whether the value is the same cannot be told, since {doing} in {account} is denied: {said}"
    )]
    Incomparable {
        /// The secret.
        name: Shown,
        /// What was to be done.
        doing: Shown,
        /// Where.
        account: Account,
        /// Such as `ssm:GetParameter`.
        action: &'static str,
        /// In the service's words.
        said: Shown,
    },
    /// Anything else that the service says.
    #[error("secret `{name}`: {doing} in {account} was refused: {code}: {said}")]
    Refused {
        /// The secret.
        name: Shown,
        /// What was to be done.
        doing: Shown,
        /// Where.
        account: Account,
        /// The service's code.
        code: Shown,
        /// Its words.
        said: Shown,
    },
    /// What came back tells nothing.
    #[error("secret `{name}`: what {keeper} answers does not tell {what}")]
    Odd {
        /// The secret.
        name: Shown,
        /// Who has answered.
        keeper: &'static str,
        /// What it should tell.
        what: &'static str,
    },
}

fn of_account(account: Option<&String>) -> String {
    account.map_or_else(
        || ", or nobody tells whose they are".into(),
        |id| format!(" ({id})"),
    )
}

impl Explain for NotStored {
    fn code(&self) -> Code {
        match self {
            Self::Denied { .. } | Self::Incomparable { .. } => Code::AccessDenied,
            Self::PlainParameter { .. } => Code::NotEncrypted,
            Self::Absent { .. } => Code::SecretNotFound,
            Self::Refused { .. } | Self::Odd { .. } => Code::ServiceError,
            _ => Code::ConfigInvalid,
        }
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some(match self {
            Self::Elsewhere { instead, .. } => (*instead).to_owned(),
            Self::NoKey { .. } => "name a customer managed key: --key alias/MY-KEY, an id or an ARN".into(),
            Self::KeyOfAws { is_present: true, .. } => "name a customer managed key, which the value is then encrypted under: --key alias/MY-KEY".into(),
            Self::KeyOfAws { .. } | Self::BadKey { .. } => "name an enabled customer managed key of this region: --key alias/MY-KEY, an id or an ARN".into(),
            Self::KeyIsGiven { .. } => "leave --key out".into(),
            Self::NoLabels { .. } => "leave --label out".into(),
            Self::PlainParameter { path, .. } => format!("store it under another path, such as `{path}-secure`, and write that path in the config"),
            Self::OtherAccount { .. } => "use credentials of the account that the ARN names".into(),
            Self::NoFields { .. } => "store the whole value in an entry without `field`".into(),
            Self::Denied { action, .. } => format!("allow `{action}` to whoever sets secrets, and kms:Encrypt, kms:Decrypt and kms:GenerateDataKey on the secret's key"),
            Self::Incomparable { action, .. } => format!("allow `{action}` and kms:Decrypt to whoever sets secrets, or leave --skip-unchanged out"),
            Self::TooLong { .. } | Self::NotText { .. } | Self::BadLabel { .. } | Self::Absent { .. } | Self::Refused { .. } | Self::Odd { .. } => return None,
        })
    }
}

/// Whom a sentence is about.
#[derive(Clone)]
pub struct About<'a> {
    /// The secret.
    pub name: Shown,
    /// What was to be done: ``writing parameter `/app/db` ``.
    pub doing: String,
    /// Where.
    pub account: Account,
    /// Such as `ssm:PutParameter`.
    pub action: &'static str,
    /// What no sentence may show: a service may repeat what it was sent.
    pub value: &'a [u8],
}

impl About<'_> {
    /// Why a call has not done it.
    pub async fn failure(self, calls: &Calls, trouble: Trouble) -> Failure {
        match trouble {
            Trouble::Outage(outage) => calls.unavailable(self.unseen(outage)).await.into(),
            Trouble::Refused(refused) => self.refusal(&refused).into(),
        }
    }

    /// The same for a service in trouble, or whoever answers in its place.
    fn unseen(&self, outage: Outage) -> Outage {
        let said = |said: String| {
            if repeats(&said, self.value) {
                UNSEEN.to_owned()
            } else {
                said
            }
        };
        match outage {
            Outage::Throttled { said: words } => Outage::Throttled { said: said(words) },
            Outage::Broken { why, said: words } => Outage::Broken {
                why,
                said: said(words),
            },
            other => other,
        }
    }

    /// A refusal of the service.
    #[must_use]
    pub fn refusal(self, refused: &Refused) -> NotStored {
        let said = self.words(refused);
        let doing = self.doing.into();
        if refused.is_denied() {
            return NotStored::Denied {
                name: self.name,
                doing,
                account: self.account,
                action: self.action,
                said,
            };
        }
        NotStored::Refused {
            name: self.name,
            doing,
            account: self.account,
            code: Shown::of(&refused.code),
            said,
        }
    }

    /// The same where only a comparison was wished for.
    #[must_use]
    pub fn incomparable(self, refused: &Refused) -> NotStored {
        match self.refusal(refused) {
            NotStored::Denied {
                name,
                doing,
                account,
                action,
                said,
            } => NotStored::Incomparable {
                name,
                doing,
                account,
                action,
                said,
            },
            other => other,
        }
    }

    /// A service's words, unless they may repeat the value: one that finds a text malformed says which text that is.
    fn words(&self, refused: &Refused) -> Shown {
        let repeats = refused.code.contains("Validation")
            || refused.code.contains("InvalidParameter")
            || repeats(&refused.said, self.value);
        if repeats {
            UNSEEN.into()
        } else {
            refused.said.as_str().into()
        }
    }
}

const UNSEEN: &str = "its words may repeat the value, so they are not shown";

/// So many bytes of a value in a row are no accident.
const TELLING: usize = 8;

/// Whether a text has a part of a value, as it is or as it was sent: in JSON, or in base64.
fn repeats(said: &str, value: &[u8]) -> bool {
    let text = String::from_utf8_lossy(value);
    let in_json = Zeroizing::new(Value::from(text.as_ref()).to_string());
    let in_base64 = Zeroizing::new(STANDARD.encode(value));
    let text = Zeroizing::new(text.into_owned());
    let parts = said.as_bytes().windows(TELLING).into_set();
    let has_part = |sent: &str| {
        let mut all = sent.as_bytes().windows(TELLING);
        all.any(|part| parts.contains(part))
    };
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.any(|line| said.contains(line))
        || has_part(&text)
        || has_part(in_json.trim_matches('"'))
        || has_part(&in_base64)
}

/// Refuses a value that no service would take, before any is called.
///
/// # Errors
/// It is longer than `most` bytes.
pub fn fits(
    name: &Shown,
    value: &[u8],
    keeper: &'static str,
    most: usize,
) -> Result<(), NotStored> {
    if value.len() <= most {
        return Ok(());
    }
    Err(NotStored::TooLong {
        name: name.clone(),
        bytes: value.len(),
        keeper,
        most,
    })
}

/// The value as a text.
///
/// # Errors
/// It is none.
pub fn text<'v>(name: &Shown, value: &'v [u8], keeper: &'static str) -> Result<&'v str, NotStored> {
    std::str::from_utf8(value).map_err(|_| NotStored::NotText {
        name: name.clone(),
        keeper,
    })
}

/// Looks at a key before anything is encrypted under it: it is enabled, and the account's own. Gives what the user should know where
/// nobody could look.
///
/// # Errors
/// It is managed by AWS, cannot be used, or there is none.
pub async fn check_key(
    aws: &Aws,
    name: &Shown,
    region: &str,
    key: &str,
    is_present: bool,
) -> Result<Option<String>, Failure> {
    let of_aws = || NotStored::KeyOfAws {
        name: name.clone(),
        key: Shown::of(key),
        is_present,
    };
    let bad = |why: String| NotStored::BadKey {
        name: name.clone(),
        key: Shown::of(key),
        why: why.into(),
    };
    if key.starts_with(OF_AWS) || key.contains(&format!(":{OF_AWS}")) {
        return Err(of_aws().into());
    }
    let kms = Kms::of(aws, region).await?;
    match kms.describe_key(key).await {
        Ok(key) if key.manager == Manager::Aws => Err(of_aws().into()),
        Ok(key) if !key.is_enabled() => {
            Err(bad(format!("cannot be used: its state is {}", key.state)).into())
        }
        Ok(_) => Ok(None),
        Err(Trouble::Refused(refused)) if refused.is_denied() => Ok(Some(format!(
            "secret `{name}`: {DESCRIBE_KEY} is denied, so nobody has seen whether the key `{}` is customer managed and enabled",
            Shown::of(key)
        ))),
        Err(Trouble::Refused(refused)) if refused.code == "NotFoundException" => {
            Err(bad(format!("does not exist in region {region}")).into())
        }
        Err(Trouble::Refused(refused)) => Err(bad(format!(
            "cannot be looked at: {}: {}",
            refused.code, refused.said
        ))
        .into()),
        Err(Trouble::Outage(outage)) => Err(kms.calls().unavailable(outage).await.into()),
    }
}

/// What the user should know of a key that is not the present one. Where nobody can tell whether they are one by two names, it is said.
///
/// # Errors
/// KMS cannot be reached at all.
pub async fn another_key(
    aws: &Aws,
    name: &Shown,
    region: &str,
    present: &str,
    chosen: &str,
) -> Result<Option<String>, Failure> {
    let kms = Kms::of(aws, region).await?;
    let of = async |key| kms.describe_key(key).await.ok().map(|key| key.arn);
    let is_same = present == chosen
        || match (of(present).await, of(chosen).await) {
            (Some(present), Some(chosen)) => present == chosen,
            _ => false,
        };
    Ok((!is_same).then(|| {
        format!(
            "secret `{name}`: its key so far is `{}`, and the new version is encrypted under `{}`: whoever opens it needs kms:Decrypt on that one",
            Shown::of(present),
            Shown::of(chosen)
        )
    }))
}

/// JSON whose texts are wiped when it goes.
pub struct Wiped(pub Value);

impl std::ops::Deref for Wiped {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => drop(Zeroizing::new(std::mem::take(text))),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
