//! The service's folder while the bundle is in it, and the right to package the service.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use napi_derive::napi;
use secret_baker_core::failure::Caller;
use secret_baker_core::folder;

use crate::bundle::Bundle;
use crate::failure::{Done, guarded};
use crate::session::Session;

#[napi]
impl Session {
    /// A service's folder. Touches nothing yet. `locksDir` is a folder that only this user can write to.
    #[napi]
    #[must_use]
    pub fn folder(&self, service_dir: String, locks_dir: String, bundle: &Bundle) -> Folder {
        let (service, locks) = (PathBuf::from(service_dir), PathBuf::from(locks_dir));
        Folder {
            folder: folder::Folder::new(service, locks, bundle.0.clone()),
            caller: self.caller(),
        }
    }

    /// The right to package, not taken yet.
    #[napi]
    #[must_use]
    pub fn packaging(&self) -> Packaging {
        Packaging {
            packaging: folder::lock::Packaging::default(),
            caller: self.caller(),
        }
    }
}

/// A service's folder while this process has its bundle in it.
#[napi]
pub struct Folder {
    folder: folder::Folder,
    caller: Arc<Caller>,
}

#[napi]
impl Folder {
    /// Writes the bundle into `dir`, atomically, with mode 0644 and never through a symbolic link.
    #[napi]
    pub fn write(&mut self, dir: String) -> Done {
        let written = guarded(|| self.folder.write(&PathBuf::from(dir)));
        Done::told(written, &self.caller)
    }

    /// Writes another bundle into `dir`: the part that the function of an image carries.
    #[napi]
    pub fn write_narrowed(&mut self, dir: String, bundle: &Bundle) -> Done {
        let written = guarded(|| self.folder.write_narrowed(&PathBuf::from(dir), &bundle.0));
        Done::told(written, &self.caller)
    }

    /// Counts a copy as ours that another tool has made in `dir`: with the bytes that this process wrote, and through no symbolic
    /// link. Whether there is one; `release` then removes it with the rest.
    #[napi]
    pub fn adopt(&mut self, dir: String) -> bool {
        let adopted = catch_unwind(AssertUnwindSafe(|| self.folder.adopt(&PathBuf::from(dir))));
        adopted.unwrap_or_default()
    }

    /// Ends the use of the folder; removes what `write` made, but for the service's own file if told
    /// to keep it, unless it has changed, or while another live run uses it. Returns the removed paths. Synchronous, any number of times.
    #[napi]
    pub fn release(&mut self, keep: bool) -> Vec<String> {
        let released = catch_unwind(AssertUnwindSafe(|| self.folder.release(keep)));
        let removed = released.unwrap_or_default();
        removed
            .iter()
            .map(|path| path.display().to_string())
            .collect()
    }
}

/// The right to package a service: one process at a time.
#[napi]
pub struct Packaging {
    packaging: folder::lock::Packaging,
    caller: Arc<Caller>,
}

#[napi]
impl Packaging {
    /// Takes the right, or sees that it is ours already. `locksDir` as in `folder`.
    #[napi]
    pub fn claim(&mut self, service_dir: String, locks_dir: String) -> Done {
        let (service, locks) = (PathBuf::from(service_dir), PathBuf::from(locks_dir));
        let claimed = guarded(|| self.packaging.claim(&service, &locks));
        Done::told(claimed, &self.caller)
    }

    /// Gives it back; any number of times.
    #[napi]
    pub fn release(&mut self) {
        // It cannot fail, and a panic here would abort the process.
        let _ = catch_unwind(AssertUnwindSafe(|| self.packaging.release()));
    }
}
