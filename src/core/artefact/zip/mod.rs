//! The container of an artefact: what is in a zip, and the same zip with one entry changed.
//!
//! Nothing is compressed again and no byte of another entry changes: the entries are copied as
//! they are, one is put behind them, and the central directory follows with its offsets mended.
//! Only the central directory is held in memory. The format is that of PKWARE's APPNOTE 6.3,
//! sections 4.3.7 (local file header) to 4.3.16 (end of central directory record), and 4.5.3
//! (zip64).

mod archive;
mod bytes;
mod end;
mod entry;
mod member;
mod pieces;
mod splice;
mod trouble;

pub use self::archive::{Archive, directory_of};
pub use self::entry::Entry;
pub use self::member::Member;
pub use self::pieces::{Bytes, Pieces};
pub use self::trouble::Trouble;

#[cfg(test)]
mod tests;
