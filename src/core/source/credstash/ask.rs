//! What is asked of a table.

/// What is asked for. Two entries that ask for the same share an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ask<'a> {
    /// Of the table.
    pub region: &'a str,
    /// Its name.
    pub table: &'a str,
    /// The item's name.
    pub credential: &'a str,
    /// The item's version; `None` is the latest.
    pub version: Option<&'a str>,
}
