//! The environment's variables, read when they are needed and not before.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use crate::contract::{Code, hint};
use crate::error::Problem;

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

    /// The same, as a text. What is no UTF-8 has replacement characters instead, so that it is refused where it is
    /// used, and not taken for one that is unset.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        (self.0)(name)
            .map(|value| value.to_string_lossy().into_owned())
            .filter(|value| !value.is_empty())
    }

    /// That of the function or the container, if it is told.
    pub(crate) fn region(&self) -> Option<String> {
        self.text("AWS_REGION")
            .or_else(|| self.text("AWS_DEFAULT_REGION"))
    }

    /// A variable that is `true` or `false`; unset and empty are `false`.
    ///
    /// # Errors
    /// `Unreachable` for anything else.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Problem> {
        let Some(value) = self.text(name) else {
            return Ok(false);
        };
        match value.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Problem::hinted(
                Code::Unreachable,
                format!("{name} is neither `true` nor `false`"),
                hint::UNREACHABLE_FLAG,
            )
            .with("{variable}", name)),
        }
    }
}
