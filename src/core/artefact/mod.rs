//! The bundle's last step: into every artefact, whichever tool built it.
//!
//! ```text
//! functions ──► claims: who carries what ──► a look into each zip ──► right, or made right ──► check
//! ```
//!
//! An artefact that the user built is never changed: a copy of it is, in the framework's own
//! folder. What else is in it stays as it is to the byte.

mod check;
mod claims;
mod launcher;
mod variables;
mod zip;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use self::check::{Expected, check};
use self::claims::{Claim, claims, targets};
use self::launcher::Launchers;
use self::zip::{Archive, Entry, Member, Trouble};
use crate::bundle;
use crate::config::place::Place;
use crate::failure::shown::Shown;
use crate::failure::{Cause, Failure};
use crate::folder::whole_file;

/// One function, what it is deployed from and what it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its key below `functions`.
    pub name: String,
    /// What it is deployed from.
    pub artefact: Artefact,
    /// `functions.<name>.secretBaker`: the only secrets that it carries. `None`: all.
    pub only: Option<Vec<String>>,
    /// The same names as they were written, before variables were resolved: for messages.
    pub written: Option<Vec<String>>,
    /// Whether secrets become its environment variables.
    pub env: Option<Env>,
}

/// Secrets that the launcher makes environment variables of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Env {
    /// Which, as `NAME`, `NAME=VARIABLE` and `*` for all that are not named. `None`: all that the function carries.
    pub names: Option<Vec<String>>,
    /// The same as they were written, for messages.
    pub written: Option<Vec<String>>,
    /// Where the config says so.
    pub place: Place,
    /// The launcher for the function's processor, as a gzip file.
    pub launcher: PathBuf,
}

impl Function {
    /// Whether nothing at all is to be put into its artefact.
    #[must_use]
    pub fn carries_nothing(&self) -> bool {
        self.only.as_ref().is_some_and(Vec::is_empty) && self.env.is_none()
    }
}

/// What a function is deployed from, as the framework has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Artefact {
    /// The path of a zip, or its address elsewhere.
    Zip(String),
    /// The build context of a container image: a folder, into which the caller writes the bundle.
    Context(String),
    /// An image that somebody else builds.
    Elsewhere,
}

/// What was in an artefact before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The very bundle.
    Right,
    /// No such file.
    Missing,
    /// Another file of that name, or more than one.
    Other,
}

/// An artefact, and what it carries now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// All that is deployed from it.
    pub functions: Vec<String>,
    /// The zip to deploy, or the folder to write the bundle into.
    pub path: PathBuf,
    /// The bundle of its functions.
    pub bundle: Vec<u8>,
    /// What was there before; always `Missing` for a folder, which is not looked into.
    pub found: Found,
    /// Bundles that lay deeper in it, where a killed run had left them, and are gone.
    pub strays: Vec<String>,
    /// Whether it had to change, for any of these or the launcher.
    pub changed: bool,
}

/// What `put` has found in an artefact, and whether it has changed it.
struct Put {
    found: Found,
    strays: Vec<Vec<u8>>,
    changed: bool,
}

/// Makes sure that each zip carries its functions' secrets, and no others, in one file at its root.
///
/// Relative paths start from `service`. A zip below `folder`, the framework's own, is replaced as a
/// whole; of any other a copy is made there, if it needs a change.
///
/// # Errors
/// Every function whose artefact cannot be made right, at once. No zip is ever half-written.
pub fn carry(
    functions: &[Function],
    bundle: &[u8],
    service: &Path,
    folder: &Path,
) -> Result<Vec<Carried>, Failure> {
    let claims = claims(functions, bundle, service)?;
    let launchers = Launchers::read(&claims)?;
    let jobs: Vec<_> = claims.iter().zip(targets(&claims, folder)).collect();
    let results = side_by_side(&jobs, |(claim, target)| put(claim, target, &launchers));
    let mut carried = Vec::with_capacity(jobs.len());
    let mut problems = Vec::new();
    for ((claim, target), result) in jobs.into_iter().zip(results) {
        match result {
            Ok(Put {
                found,
                strays,
                changed,
            }) => carried.push(Carried {
                functions: claim.functions.iter().map(ToString::to_string).collect(),
                path: if changed { target } else { claim.path.clone() },
                bundle: claim.bundle.clone(),
                found,
                strays: strays.iter().map(|name| shown(name).to_string()).collect(),
                changed,
            }),
            Err(cause) => problems.push(claim.problem(cause)),
        }
    }
    if problems.is_empty() {
        Ok(carried)
    } else {
        Err(problems.into())
    }
}

/// Looks into one artefact, puts in what it lacks and takes out what it is not to have.
fn put(claim: &Claim<'_>, target: &Path, launchers: &Launchers) -> Result<Put, Cause> {
    let mut put = Put {
        found: Found::Missing,
        strays: Vec::new(),
        changed: false,
    };
    if !claim.is_zip {
        return Ok(put);
    }
    let broken = |trouble: Trouble| unreadable(&claim.path, &trouble);
    let archive = open(&claim.path)?;
    let bundle = Member::stored(bundle::FILE, &claim.bundle).map_err(broken)?;
    put.found = look(&archive, &bundle).map_err(broken)?;
    put.strays = strays(&archive).map_err(broken)?;
    let mut wanted = vec![];
    if put.found != Found::Right {
        wanted.push(&bundle);
    }
    if let Some(launcher) = launchers.of(claim)
        && look(&archive, launcher).map_err(broken)? != Found::Right
    {
        wanted.push(launcher);
    }
    put.changed = !wanted.is_empty() || !put.strays.is_empty();
    if !put.changed {
        return Ok(put);
    }
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(|error| Cause::of_file("write", folder, &error))?;
    }
    let drop = |entry: &Entry<'_>| {
        let replaced = wanted.iter().any(|member| is_at(entry, member.name()));
        replaced || (is_below(entry) && put.strays.iter().any(|name| name == entry.name()))
    };
    let written = whole_file::replace(target, |out| archive.write_with(out, drop, &wanted));
    written.map_err(|trouble| match trouble {
        Trouble::File(error) => Cause::of_file("write", target, &error),
        Trouble::Damaged(_) => unreadable(&claim.path, &trouble),
    })?;
    Ok(put)
}

/// The bundles below the root of an artefact. A killed run leaves them in the build context of an image or in the folder of a
/// bundler, and the next one would pack them: they name secrets that this artefact may not carry, and no reader opens them.
fn strays(archive: &Archive) -> Result<Vec<Vec<u8>>, Trouble> {
    let mut strays = Vec::new();
    for entry in archive.entries() {
        if is_below(&entry)
            && let Ok(length) = usize::try_from(entry.length()?)
            && length <= bundle::LONGEST
            && let Some(bytes) = archive.read(&entry, length)?
            && bundle::Names::read(&bytes).is_ok_and(|names| names.is_of_secrets())
        {
            strays.push(entry.name().to_vec());
        }
    }
    Ok(strays)
}

/// Whether it is named like a bundle, but lies in a folder.
fn is_below(entry: &Entry<'_>) -> bool {
    let folder = entry.name().strip_suffix(bundle::FILE.as_bytes());
    folder.is_some_and(|folder| matches!(folder, [.., b'/' | b'\\'])) && !is_at(entry, bundle::FILE)
}

/// An entry's name in a message.
fn shown(name: &[u8]) -> Shown {
    String::from_utf8_lossy(name).into_owned().into()
}

fn look(archive: &Archive, member: &Member<'_>) -> Result<Found, Trouble> {
    let mut there = archive
        .entries()
        .filter(|entry| is_at(entry, member.name()));
    let Some(first) = there.next() else {
        return Ok(Found::Missing);
    };
    let right = there.next().is_none() && member.is(&first, archive)?;
    Ok(if right { Found::Right } else { Found::Other })
}

/// Whether an entry unpacks to a place at the root, however it is spelt, or to something below it.
fn is_at(entry: &Entry<'_>, place: &str) -> bool {
    let mut name = entry.name();
    while let [b'/' | b'\\', rest @ ..] | [b'.', b'/' | b'\\', rest @ ..] = name {
        name = rest;
    }
    let after = name.strip_prefix(place.as_bytes());
    after.is_some_and(|after| matches!(after, [] | [b'/' | b'\\', ..]))
}

fn open(path: &Path) -> Result<Archive, Cause> {
    Archive::open(path).map_err(|trouble| match trouble {
        Trouble::File(error) if error.kind() == io::ErrorKind::NotFound => Cause::NoArtefact {
            path: Shown::path(path),
        },
        Trouble::File(error) => Cause::of_file("read", path, &error),
        Trouble::Damaged(_) => unreadable(path, &trouble),
    })
}

fn place(function: &str) -> Place {
    Place::from("functions").key(function)
}

fn unreadable(path: &Path, trouble: &Trouble) -> Cause {
    Cause::DamagedArtefact {
        path: Shown::path(path),
        said: trouble.to_string().into(),
    }
}

/// Does the same with each of many, in as many threads as the machine has cores, at most four: the
/// work is reading and writing files. The results come in the order of the items.
fn side_by_side<'s, T: Sync, R: Send>(items: &'s [T], act: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(cores.min(4)).max(1);
    std::thread::scope(|scope| {
        let act = &act;
        let work = |chunk: &'s [T]| scope.spawn(move || chunk.iter().map(act).collect::<Vec<R>>());
        let threads: Vec<_> = items.chunks(share).map(work).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, Vec<R>>| {
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().flat_map(join).collect()
    })
}

#[cfg(test)]
mod tests;
