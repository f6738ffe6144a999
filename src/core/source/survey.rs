//! What a source tells of its secrets beyond what is baked: which versions there are, how old, under which key. Never a value.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::Value;

use crate::config::Text;
use crate::config::place::Place;
use crate::failure::Problem;
use crate::failure::shown::Shown;

/// What is asked for beside the latest version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wish<'a> {
    /// Whose versions that are kept.
    pub history: Whose<'a>,
    /// Whether what a lock has (`Source::pin`) is taken for what there is, and asked for no more.
    pub trusts_lock: bool,
}

/// Which secrets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Whose<'a> {
    /// None.
    #[default]
    Nobodys,
    /// Those with these names.
    Of(&'a [String]),
    /// All.
    Everyones,
}

impl Whose<'_> {
    /// Whether it is among them.
    #[must_use]
    pub fn has(self, name: &Text) -> bool {
        match self {
            Self::Nobodys => false,
            Self::Of(names) => names.iter().any(|of| of == name.value()),
            Self::Everyones => true,
        }
    }
}

/// One secret, as its source has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The index of its entry in the config.
    pub index: usize,
    /// Where the config names it.
    pub place: Place,
    /// The secret's name.
    pub name: Text,
    /// The source, by the word that marks its entries: `path`, `kms`.
    pub source: &'static str,
    /// What was asked for: a parameter's path.
    pub from: Shown,
    /// Where it is kept: the region. `None`: at no service of AWS.
    pub region: Option<String>,
    /// The ARN of what is kept, where it has one.
    pub arn: Option<String>,
    /// Which of its versions the config means.
    pub pin: Pin,
    /// What a bake would take now; `Err`: why there is none, as a bake would say it.
    pub meant: Result<Told<Version>, Problem>,
    /// The newest version, whichever is meant.
    pub latest: Told<Version>,
    /// The oldest version that is still kept, where its source drops old ones by count: Parameter Store keeps 100.
    pub oldest: Told<Option<Version>>,
    /// All versions, newest first, where they were wished for.
    pub history: Told<Vec<Version>>,
    /// Under which KMS keys the version that is meant is encrypted, as its source names them: ARN, id or `alias/...`. Several where
    /// any one opens it.
    pub keys: Told<Vec<String>>,
    /// Parameter Store's tier: `Standard`, `Advanced`.
    pub tier: Told<Option<String>>,
}

/// One version of a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Version {
    /// In its source's own way of counting. `None`: its source has no versions.
    pub id: Option<String>,
    /// Labels or staging labels.
    pub labels: Vec<String>,
    /// When it was written, in seconds since 1970.
    pub written: Option<i64>,
    /// The KMS key of this version, as its source names it.
    pub key: Option<String>,
}

/// Which version the config means, as far as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pin {
    /// The latest one.
    Floating,
    /// One version, which stays.
    Version(String),
    /// Whichever has this label.
    Label(String),
    /// What stands in the config, or in a file beside it.
    Here,
}

/// What is known of something, or why it is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told<T> {
    /// It is this.
    Known(T),
    /// Nobody asked, or there is no such thing at this source.
    Unasked,
    /// It could not be asked.
    Unknown(Unknown),
}

/// Why something is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What would tell it, such as `ssm:DescribeParameters`: it is denied, or gives no answer that can be used.
    pub action: &'static str,
    /// In the service's words.
    pub said: Shown,
}

impl<T> Told<T> {
    /// It, where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(known) => Some(known),
            Self::Unasked | Self::Unknown(_) => None,
        }
    }

    /// What follows from it, where it is known.
    pub fn map<U>(&self, follows: impl FnOnce(&T) -> U) -> Told<U> {
        match self {
            Self::Known(known) => Told::Known(follows(known)),
            Self::Unasked => Told::Unasked,
            Self::Unknown(unknown) => Told::Unknown(unknown.clone()),
        }
    }
}

impl Survey {
    /// One that stands in the config or in a file beside it, under these keys; or why there is none.
    #[must_use]
    pub fn here(
        (index, place): (usize, &Place),
        source: &'static str,
        (name, from): (&Text, &Shown),
        keys: Result<Vec<String>, Problem>,
    ) -> Self {
        let meant = keys.as_ref().map_err(Clone::clone).map(|keys| {
            Told::Known(Version {
                key: keys.first().cloned(),
                ..Version::default()
            })
        });
        Self {
            index,
            place: place.clone(),
            name: name.clone(),
            source,
            from: from.clone(),
            region: None,
            arn: None,
            pin: Pin::Here,
            latest: meant.clone().unwrap_or(Told::Unasked),
            meant,
            oldest: Told::Unasked,
            history: Told::Unasked,
            keys: keys.map_or(Told::Unasked, Told::Known),
            tier: Told::Unasked,
        }
    }

    /// The same, written then.
    #[must_use]
    pub fn written(mut self, written: Option<i64>) -> Self {
        let meant = self.meant.as_mut().ok();
        for version in [meant, Some(&mut self.latest)].into_iter().flatten() {
            if let Told::Known(version) = version {
                version.written = written;
            }
        }
        self
    }
}

/// A time as people and programs read it: `2026-11-26T12:00:00Z`. `None`: no calendar has it.
#[must_use]
pub fn timestamp(seconds: i64) -> Option<String> {
    DateTime::from_secs(seconds).fmt(Format::DateTime).ok()
}

/// A time of a service that speaks JSON, in seconds since 1970.
#[must_use]
pub fn seconds(time: Option<&Value>) -> Option<i64> {
    let time = time?.as_f64()?;
    Some(DateTime::from_secs_f64(time).secs())
}
