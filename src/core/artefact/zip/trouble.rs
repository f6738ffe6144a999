//! Why an artefact cannot be read or written.

use std::io;

/// Why an artefact cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The file system's.
    #[error("{0}")]
    File(#[from] io::Error),
    /// It is no archive, or a damaged one.
    #[error("{0}")]
    Damaged(&'static str),
    /// Another process changes the folder.
    #[error("another run is using it")]
    Busy,
}
