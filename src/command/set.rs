//! `set`: writes secrets to where the config says that they are kept. All is looked at before anything is written.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use futures_util::future::join_all;
use secret_baker_core::Taken;
use secret_baker_core::aws::Aws;
use secret_baker_core::config::Text;
use secret_baker_core::edit::{self, Step};
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Code, Explain, Failure, did_you_mean, nearest};
use secret_baker_core::folder::file_error::FileError;
use secret_baker_core::folder::turn::Turn;
use secret_baker_core::folder::whole_file;
use secret_baker_core::local;
use secret_baker_core::source::input_file::{self, Unread};
use secret_baker_core::source::sops::store::Change;
use secret_baker_core::source::store::{
    Doing, Draft, Named, Order, StillPinned, Stored, Target, Wishes,
};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::service::Service;

/// What is committed of the versions that a bake takes.
pub const LOCK: &str = "secret-baker.lock.json";
/// No source takes more.
pub const LONGEST: usize = 65_536;
/// More than anybody writes into a config.
const LARGEST: usize = 1024 * 1024;

/// A secret and its new value. No `Debug`.
pub struct Wanted {
    /// As it was named.
    pub name: String,
    /// The plaintext.
    pub value: Zeroizing<Vec<u8>>,
}

/// What cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSet {
    /// The config has none of this name.
    #[error("there is no secret `{name}`{}", did_you_mean(.meant.as_deref()))]
    Unknown {
        /// As it was typed, up to a `=`.
        name: Shown,
        /// What may have been meant.
        meant: Option<String>,
        /// The prefixes that there are.
        below: Vec<String>,
    },
    /// It stands for many.
    #[error("`{name}` stands for all parameters below it, and one is set at a time")]
    Prefix {
        /// As it was typed.
        name: Shown,
    },
    /// Nothing to write.
    #[error("secret `{name}`: the value is empty")]
    Empty {
        /// The secret.
        name: Shown,
    },
    /// Nowhere to write.
    #[error("no file of local values is set")]
    NoLocalFile,
    /// A file that was typed.
    #[error("there is no file `{file}`")]
    NoFile {
        /// As it was typed.
        file: Shown,
    },
    /// The config, which has changed since it was read.
    #[error("`{file}` is not what it was when this began: {why}")]
    Changed {
        /// Its path.
        file: Shown,
        /// What is in the way.
        why: Shown,
    },
    /// A file of lines that is none.
    #[error("`{file}`: {why}")]
    Lines {
        /// As it was typed.
        file: Shown,
        /// Which line.
        why: Shown,
    },
    /// A label or a key for a local file.
    #[error("a file of local values has no {what}")]
    NotOfFiles {
        /// Such as `labels`.
        what: &'static str,
    },
}

impl Explain for NotSet {
    fn code(&self) -> Code {
        match self {
            Self::NoFile { .. } | Self::Changed { .. } => Code::File,
            _ => Code::ConfigInvalid,
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(match self {
            Self::Unknown { below, .. } if !below.is_empty() => format!(
                "name a secret as {} has it; one below {} by its whole path",
                caller.secrets,
                below.join(", ")
            ),
            Self::Unknown { .. } => {
                format!("a new one is written into {} first", caller.secrets)
            }
            Self::Prefix { .. } => "name it by its whole path, such as /app/prod/db-password".into(),
            Self::Empty { .. } => "give it by the prompt, by standard input, or by --from-file FILE".into(),
            Self::NoLocalFile => format!("set it: {}", caller.local_values),
            Self::Lines { .. } => "write `NAME=value` on each line, the value in quotes where it has line ends or begins with a quote".into(),
            Self::NoFile { .. } => "write its path from the folder that you are in".into(),
            Self::Changed { .. } => "run it again: the new ciphertext was put nowhere".into(),
            Self::NotOfFiles { .. } => return None,
        })
    }
}

/// How it is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct How {
    /// At its source.
    pub wishes: Wishes,
    /// In the file of local values instead.
    pub local: bool,
}

/// A service whose secrets are being set. Made anew where somebody has been asked between: its calls have one end.
pub struct Bench<'s> {
    service: &'s Service,
    how: &'s How,
    taken: Taken,
    targets: Vec<(usize, Target)>,
    aws: Aws,
}

/// All that will be done.
pub struct Plan<'a> {
    /// In the order of what is wanted.
    pub items: Vec<Item<'a>>,
}

/// What will be done about one secret.
pub struct Item<'a> {
    /// The secret.
    pub name: Shown,
    /// Where, what, and how.
    pub draft: Draft<'a>,
    service: &'a Service,
    in_config: Option<Result<Spot, String>>,
}

/// What was done about one secret.
pub struct Done {
    /// The secret.
    pub name: Shown,
    /// Where it is kept.
    pub to: Shown,
    /// What became of what was there.
    pub doing: Doing,
    /// The new version, where there are any.
    pub version: Option<String>,
    /// The file that was written.
    pub file: Option<Shown>,
    /// The ciphertext that is to be put into the config by hand, and why.
    pub by_hand: Option<(String, String)>,
    /// Entries of the config that still mean another version.
    pub pins: Vec<StillPinned>,
    /// Whether there is a lock, which has another version.
    pub is_locked: bool,
    /// What the user should know beside.
    pub notices: Vec<String>,
}

/// Some were written, and others were not.
pub struct Partly {
    /// What was written.
    pub done: Vec<Done>,
    /// What was not.
    pub left: Vec<Shown>,
    /// Why the first of them was not. `None`: somebody has said that it is enough.
    pub failure: Option<Failure>,
}

impl<'s> Bench<'s> {
    /// Reads the config, and calls nothing.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn open(service: &'s Service, how: &'s How) -> Result<Self, Failure> {
        let taken = secret_baker_core::take(service.request(), &service.caller)?;
        if how.local {
            for (what, is_given) in [
                ("labels", how.wishes.label.is_some()),
                ("KMS key", how.wishes.key.is_some()),
            ] {
                if is_given {
                    return Err(NotSet::NotOfFiles { what }.into());
                }
            }
        }
        let targets = taken.sources.iter().enumerate();
        let targets = targets.flat_map(|(at, source)| {
            let all = source.targets().into_iter();
            all.map(move |target| (at, target))
        });
        Ok(Self {
            targets: targets.collect(),
            aws: Aws::new(service.connection.clone()),
            service,
            how,
            taken,
        })
    }

    /// Whether there is such a secret, before anybody is asked for its value.
    ///
    /// # Errors
    /// There is none.
    pub fn knows(&self, name: &str) -> Result<(), NotSet> {
        let has_prefix = || {
            let mut all = self.targets.iter();
            all.any(|(_, target)| matches!(target.named, Named::Below(_)))
        };
        match self.target(name) {
            // What stands below a prefix is called by the rest of its path there.
            Err(NotSet::Unknown { .. }) if self.how.local && has_prefix() => Ok(()),
            found => found.map(|_| ()),
        }
    }

    fn target(&self, name: &str) -> Result<(usize, &Target), NotSet> {
        let is_it = |target: &Target| match &target.named {
            Named::One(one) => one.value() == name,
            Named::Below(prefix) => {
                let above = prefix.value().trim_end_matches('*');
                name.len() > above.len() && name.starts_with(above) && !name.ends_with("/*")
            }
        };
        let mut named: Vec<&str> = Vec::new();
        let mut below = Vec::new();
        for (source, target) in &self.targets {
            if is_it(target) {
                return Ok((*source, target));
            }
            match &target.named {
                Named::One(one) if one.is_public() => named.push(one.value()),
                Named::Below(prefix) if prefix.value() == name => {
                    return Err(NotSet::Prefix {
                        name: Shown::of(name),
                    });
                }
                Named::Below(prefix) => below.push(prefix.shown().to_string()),
                Named::One(_) => {}
            }
        }
        // Somebody may have typed the value too.
        let name = name.split('=').next().unwrap_or_default();
        let meant = nearest(name, named).map(|meant| Shown::of(meant).to_string());
        Err(NotSet::Unknown {
            name: Shown::of(name),
            meant,
            below,
        })
    }

    /// Looks at all, side by side, and writes nothing.
    ///
    /// # Errors
    /// Every secret that cannot be set.
    pub async fn plan<'a>(&'a self, wanted: &'a [Wanted]) -> Result<Plan<'a>, Failure> {
        let (mut items, mut problems) = (Vec::new(), Vec::new());
        for found in join_all(wanted.iter().map(|one| self.item(one))).await {
            match found {
                Ok(item) => items.push(item),
                Err(failure) => {
                    for problem in failure.problems {
                        if !problems.contains(&problem) {
                            problems.push(problem);
                        }
                    }
                }
            }
        }
        if problems.is_empty() {
            Ok(Plan { items })
        } else {
            Err(problems.into())
        }
    }

    async fn item<'a>(&'a self, wanted: &'a Wanted) -> Result<Item<'a>, Failure> {
        let name = Shown::of(&wanted.name);
        self.knows(&wanted.name)?;
        if wanted.value.is_empty() {
            return Err(NotSet::Empty { name }.into());
        }
        if self.how.local {
            return Ok(Item {
                draft: self.local_draft(wanted).await?,
                in_config: None,
                service: self.service,
                name,
            });
        }
        let (source, target) = self.target(&wanted.name)?;
        let order = Order {
            index: target.index,
            name: &wanted.name,
            value: &wanted.value,
            wishes: &self.how.wishes,
        };
        let source = &self.taken.sources[source];
        let draft = source.store(&self.aws, order).await?;
        let is_in_config = source.keys().own == "kms";
        Ok(Item {
            in_config: is_in_config.then(|| Spot::of(self.service, target.index)),
            draft,
            service: self.service,
            name,
        })
    }

    async fn local_draft<'a>(&'a self, wanted: &'a Wanted) -> Result<Draft<'a>, Failure> {
        let file = self.service.options.local.as_deref();
        let file = file.ok_or(NotSet::NoLocalFile)?;
        let (bytes, doing) = self.local_bytes(file, wanted).await?;
        drop(bytes);
        let doing = match doing {
            Doing::Leave if !self.how.wishes.skip_unchanged => Doing::Change,
            doing => doing,
        };
        Ok(Draft {
            to: format!("the file `{}`", Shown::of(file)).into(),
            doing,
            notices: Vec::new(),
            file: Some(file.to_owned()),
            write: Box::new(move || {
                Box::pin(async move {
                    if doing == Doing::Leave {
                        return Ok(Stored::default());
                    }
                    // Another value of it may have been written between.
                    let (bytes, _) = self.local_bytes(file, wanted).await?;
                    Ok(Stored {
                        bytes: Some(bytes),
                        ..Stored::default()
                    })
                })
            }),
        })
    }

    async fn local_bytes(
        &self,
        file: &str,
        wanted: &Wanted,
    ) -> Result<(Zeroizing<Vec<u8>>, Doing), Failure> {
        let folder = &self.service.deployment.folder;
        let (name, value) = (&wanted.name, &wanted.value);
        let path = Text::public(file);
        let is_there = folder.join(file).exists();
        if !is_there || !local::store::is_of_sops(folder, &path)? {
            let changed = local::plain::set(folder, file, name, value)?;
            return Ok((changed.bytes, changed.doing));
        }
        let variables = |name: &str| std::env::var_os(name);
        let at = (folder.as_path(), &path);
        let set = local::store::set(&self.aws, &variables, at, Some(name), value).await?;
        let doing = match set.changed {
            Change::Nothing => Doing::Leave,
            Change::Value => Doing::Change,
            Change::Added => Doing::Create,
        };
        Ok((set.bytes.into(), doing))
    }
}

impl Plan<'_> {
    /// Writes one after the other, so that nobody need guess which were written where one is not. `told` hears how many are, after each, and
    /// may say that it is enough.
    ///
    /// # Errors
    /// The first that could not be written, or that it was enough; with what was written before.
    pub async fn write(
        self,
        mut told: impl FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Vec<Done>, Partly> {
        let mut done = Vec::new();
        let mut items = self.items.into_iter();
        while let Some(item) = items.next() {
            let name = item.name.clone();
            let mut left = Vec::new();
            let failure = match item.write().await {
                Ok(one) => {
                    done.push(one);
                    if told(done.len()).is_continue() {
                        continue;
                    }
                    None
                }
                Err(failure) => {
                    left.push(name);
                    Some(failure)
                }
            };
            left.extend(items.map(|item| item.name));
            if left.is_empty() {
                break;
            }
            return Err(Partly {
                done,
                left,
                failure,
            });
        }
        Ok(done)
    }
}

impl Item<'_> {
    /// The file that is edited, whose turn must be waited for.
    fn edits(&self) -> Option<PathBuf> {
        let of_draft = self.draft.file.as_ref();
        let of_draft = of_draft.map(|file| self.service.deployment.folder.join(file));
        let in_config = self.in_config.as_ref().and_then(|spot| spot.as_ref().ok());
        of_draft.or_else(|| in_config.map(|spot| spot.file.clone()))
    }

    async fn write(self) -> Result<Done, Failure> {
        let edits = self.edits();
        let _turn = match &edits {
            Some(file) => Some(Turn::to_edit(file).await?),
            None => None,
        };
        let Self {
            name,
            draft,
            service,
            in_config,
        } = self;
        let stored = (draft.write)().await?;
        let folder = &service.deployment.folder;
        let is_locked = draft.doing != Doing::Leave && folder.join(LOCK).is_file();
        let mut done = Done {
            name,
            to: draft.to,
            doing: draft.doing,
            version: stored.version,
            file: None,
            by_hand: None,
            pins: stored.pins,
            is_locked: is_locked && (draft.file.is_none() || draft.file != service.options.local),
            notices: stored.notices,
        };
        if let (Some(bytes), Some(path)) = (stored.bytes, &edits) {
            rewrite(path, &bytes)?;
            done.file = draft.file.as_deref().map(Shown::of);
        }
        if let (Some(text), Some(spot)) = (stored.text, in_config) {
            match spot {
                Ok(spot) => {
                    spot.put(&text)?;
                    done.file = Some(Shown::path(
                        spot.file.file_name().map_or(&spot.file, Path::new),
                    ));
                }
                Err(why) => done.by_hand = Some((text, why)),
            }
        }
        Ok(done)
    }
}

fn rewrite(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    whole_file::rewrite(path, bytes).map_err(|error| FileError::of("write", path, &error))
}

/// Where a ciphertext stands in the config's file.
struct Spot {
    file: PathBuf,
    way: Vec<Step>,
    /// The ciphertext that stands there.
    present: String,
}

impl Spot {
    /// `Err`: why nobody can put it there, as the end of a sentence.
    fn of(service: &Service, index: usize) -> Result<Self, String> {
        let file = service.file.clone().ok_or("the config is no file")?;
        let name = Shown::path(file.file_name().map_or(&file, Path::new));
        let is_text = file
            .extension()
            .is_some_and(|end| ["yml", "yaml", "json"].iter().any(|known| end == *known));
        if !is_text {
            return Err(format!("{name} is a program"));
        }
        let is_ours = name.as_str().starts_with("secret-baker.");
        let root = if is_ours {
            vec!["secrets"]
        } else {
            vec!["custom", "secretBaker"]
        };
        let mut way: Vec<Step> = root.into_iter().map(|key| Step::Key(key.into())).collect();
        let entry = match &service.config {
            Value::Array(items) => {
                way.push(Step::Item(index));
                items.get(index)
            }
            Value::Object(map) => map.iter().nth(index).map(|(key, value)| {
                way.push(Step::Key(key.clone()));
                value
            }),
            _ => None,
        };
        let present = match entry {
            Some(Value::String(text)) => Some(text.as_str()),
            Some(Value::Object(map)) => {
                way.push(Step::Key("kms".into()));
                map.get("kms").and_then(Value::as_str)
            }
            _ => None,
        };
        let present = present.unwrap_or_default().to_owned();
        let spot = Self { file, way, present };
        let text = spot.read().map_err(|why| why.to_string())?;
        let found = edit::find(&text, |steps| steps == spot.way);
        match found {
            Ok(found) if *found.text == spot.present => Ok(spot),
            Ok(_) => Err(format!("a variable stands there in {name}")),
            Err(why) => Err(format!("{name} cannot be changed there: {why}")),
        }
    }

    fn read(&self) -> Result<String, Failure> {
        let name = self.file.to_string_lossy();
        let bytes = input_file::read(Path::new(""), &Text::public(&name), LARGEST)?;
        let text = String::from_utf8(bytes);
        Ok(text.map_err(|error| self.changed(&error.utf8_error().to_string()))?)
    }

    fn changed(&self, why: &str) -> NotSet {
        NotSet::Changed {
            file: Shown::path(&self.file),
            why: Shown::of(why),
        }
    }

    /// Whatever else has been changed in the file since stays; where another entry has come to stand there, nothing is written.
    fn put(&self, text: &str) -> Result<(), Failure> {
        let old = self.read()?;
        let is_it = |steps: &[Step]| steps == self.way;
        let found = edit::find(&old, is_it).map_err(|why| self.changed(&why.to_string()))?;
        if *found.text != self.present {
            return Err(self.changed("another value stands there").into());
        }
        let new = edit::replace(&old, is_it, text);
        let new = new.map_err(|why| self.changed(&why.to_string()))?;
        rewrite(&self.file, new.as_bytes())?;
        Ok(())
    }
}

/// A value of so many characters, of 64 that no shell and no URL reads: each is as likely as every other.
///
/// # Errors
/// The system gives no random bytes.
pub fn generate(length: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    const OF: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = Zeroizing::new(vec![0; length]);
    getrandom::fill(&mut bytes).map_err(|error| {
        secret_baker_core::failure::internal::Internal {
            said: format!("the system gives no random bytes: {error}").into(),
        }
    })?;
    for byte in bytes.iter_mut() {
        *byte = OF[usize::from(*byte & 63)];
    }
    Ok(bytes)
}

/// The value of a file, as it is. `folder` is where a relative path starts.
///
/// # Errors
/// It cannot be read, or is longer than any source takes.
pub fn of_file(folder: &Path, path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    typed(folder, &Text::public(&path.to_string_lossy()), LONGEST)
}

fn typed(folder: &Path, path: &Text, most: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    match input_file::read(folder, path, most) {
        Ok(bytes) => Ok(bytes.into()),
        Err(Unread::Missing { file }) => Err(NotSet::NoFile { file }.into()),
        Err(other) => Err(other.into()),
    }
}

/// All values of a file of lines `NAME=value`.
///
/// # Errors
/// It cannot be read, or has a line that is none.
pub fn of_lines(folder: &Path, path: &Path) -> Result<Vec<Wanted>, Failure> {
    let path = Text::public(&path.to_string_lossy());
    let lines = |why: String| NotSet::Lines {
        file: path.shown().clone(),
        why: why.into(),
    };
    let bytes = typed(folder, &path, LARGEST)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| lines("it is no text in UTF-8".into()))?;
    let values = local::dotenv::read(text).map_err(|why| lines(why.to_string()))?;
    let wanted = values
        .into_iter()
        .map(|(name, value)| Wanted { name, value });
    Ok(wanted.collect())
}

#[cfg(test)]
mod tests;
