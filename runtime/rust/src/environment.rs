//! The environment's variables, read when they are needed and not before.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

type Read = dyn Fn(&str) -> Option<OsString> + Send + Sync;

/// Where variables are read. A function may be thawed with others than it was frozen with.
#[derive(Clone)]
pub(crate) struct Environment(Arc<Read>);

impl Environment {
    pub(crate) fn of_process() -> Self {
        Self(Arc::new(|name| std::env::var_os(name)))
    }

    pub(crate) fn new(read: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// A variable that is set and not empty.
    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        (self.0)(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    }

    /// The same, of a variable that is a text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        (self.0)(name)?
            .into_string()
            .ok()
            .filter(|value| !value.is_empty())
    }
}
