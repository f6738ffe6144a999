//! An open artefact of either kind: what of ours is in it, and the same artefact with that put in.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::claims::Kind;
use super::look::{self, Found, is_at, is_below};
use super::tree::Tree;
use super::turn::Use;
use super::zip::{Archive, Entry, Member, Trouble};
use crate::bundle;
use crate::failure::shown::Shown;
use crate::folder::whole_file;

/// No zip takes so long to be written.
const OLD: Duration = Duration::from_mins(10);

/// A zip or a folder.
#[derive(Debug)]
pub enum Opened {
    /// A zip.
    Zip(Archive),
    /// A folder.
    Folder(Tree),
}

/// A bundle that lies deeper in an artefact.
#[derive(Debug)]
pub enum Stray {
    /// A zip's entry, by its name.
    Entry(Vec<u8>),
    /// A folder's file, by its path within.
    File(PathBuf),
}

impl Stray {
    /// As it stands in messages.
    pub fn shown(&self) -> Shown {
        match self {
            Self::Entry(name) => String::from_utf8_lossy(name).into_owned().into(),
            Self::File(path) => Shown::path(path),
        }
    }

    fn is(&self, entry: &Entry<'_>) -> bool {
        matches!(self, Self::Entry(name) if name == entry.name())
    }

    fn file(&self) -> Option<&Path> {
        match self {
            Self::Entry(_) => None,
            Self::File(path) => Some(path),
        }
    }
}

impl Opened {
    /// Opens it. `None` for a build context, which is not looked into. A zip is never changed but replaced: whoever has it open has
    /// all of it.
    ///
    /// # Errors
    /// It cannot be read, is no whole archive, or another process uses the folder.
    pub fn open(kind: Kind, path: &Path, wanted: Use) -> Result<Option<Self>, Trouble> {
        Ok(match kind {
            Kind::Zip => Some(Self::Zip(Archive::open(path)?)),
            Kind::Folder => Some(Self::Folder(Tree::open(path, wanted)?)),
            Kind::Context => None,
        })
    }

    /// Whether a file is at its root just so.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn look(&self, member: &Member<'_>) -> Result<Found, Trouble> {
        match self {
            Self::Zip(archive) => look::look(archive, member),
            Self::Folder(tree) => Ok(tree.look(member)?),
        }
    }

    /// The bundles below its root.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn strays(&self) -> Result<Vec<Stray>, Trouble> {
        Ok(match self {
            Self::Zip(archive) => {
                let names = look::strays(archive)?.into_iter();
                names.map(Stray::Entry).collect()
            }
            Self::Folder(tree) => tree.strays()?.into_iter().map(Stray::File).collect(),
        })
    }

    /// The bytes of the bundle at its root, or why it has none.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn bundle(&self) -> Result<Result<Vec<u8>, String>, Trouble> {
        let (is_there, bytes) = match self {
            Self::Zip(archive) => of_archive(archive)?,
            Self::Folder(tree) => (tree.has(OsStr::new(bundle::FILE)), tree.bundle()?),
        };
        let file = bundle::FILE;
        Ok(bytes.ok_or_else(|| {
            if is_there {
                format!("its `{file}` is damaged, there twice, or not readable for everybody")
            } else {
                format!("there is no `{file}` at its root")
            }
        }))
    }

    /// Writes it to `target`, which may be its own path, with these files and without these strays.
    ///
    /// # Errors
    /// It cannot be read or written. Whatever was at `target` is still there.
    pub fn write(
        self,
        target: &Path,
        members: &[&Member<'_>],
        strays: &[Stray],
    ) -> Result<(), Trouble> {
        match self {
            Self::Zip(archive) => {
                let drop = |entry: &Entry<'_>| {
                    let replaced = members.iter().any(|member| is_at(entry, member.name()));
                    replaced || (is_below(entry) && strays.iter().any(|stray| stray.is(entry)))
                };
                if let Some(folder) = target.parent() {
                    whole_file::sweep(folder, OLD);
                }
                // Whoever builds it again writes over it.
                let mode = archive.mode()? | 0o200;
                whole_file::replace_with_mode(target, mode, |out| {
                    archive.write_with(out, drop, members)
                })
            }
            Self::Folder(tree) => {
                let strays: Vec<_> = strays.iter().filter_map(Stray::file).collect();
                tree.write(target, members, &strays)
            }
        }
    }
}

/// Whether a zip has a bundle at its root, and its bytes, where they can be read.
fn of_archive(archive: &Archive) -> Result<(bool, Option<Vec<u8>>), Trouble> {
    let file = bundle::FILE;
    let mut ours = archive.entries().filter(|entry| is_at(entry, file));
    let Some(entry) = ours.next() else {
        return Ok((false, None));
    };
    let length = usize::try_from(entry.length()?).unwrap_or(usize::MAX);
    let readable = ours.next().is_none()
        && entry.name() == file.as_bytes()
        && entry.allows(0o444)
        && length <= bundle::LONGEST;
    let bytes = if readable {
        archive.read(&entry, length)?
    } else {
        None
    };
    Ok((true, bytes))
}
