//! Where in a file a value stands.

use std::fmt::Write as _;

/// The longest path of a value, in bytes.
pub const LONGEST: usize = 1024;

/// The keys and list indexes that lead to a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path(Vec<Step>);

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Of a map.
    Key(String),
    /// Of a list, counted from 0.
    Index(usize),
}

impl Path {
    /// The way to what stands under these keys.
    #[must_use]
    pub fn of_keys<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        Self(
            keys.into_iter()
                .map(|key| Step::Key(key.to_owned()))
                .collect(),
        )
    }

    /// All keys and indexes, the outermost first.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Its first keys and indexes, so many of them.
    #[must_use]
    pub fn first(&self, depth: usize) -> Self {
        Self(self.0.iter().take(depth).cloned().collect())
    }

    /// The key or index that follows another path which this one begins with.
    #[must_use]
    pub fn step_below(&self, other: &Self) -> Option<&Step> {
        self.0.strip_prefix(other.0.as_slice())?.first()
    }

    /// Goes below a key or index.
    pub fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    /// Goes back.
    pub fn pop(&mut self) {
        self.0.pop();
    }

    /// How many maps and lists are around what stands there.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.0.len()
    }

    /// Whether it leads to an item of a list.
    #[must_use]
    pub fn is_of_list(&self) -> bool {
        matches!(self.0.last(), Some(Step::Index(_)))
    }

    /// Whether it is longer than anybody writes.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.length() > LONGEST
    }

    /// How long it is, joined.
    fn length(&self) -> usize {
        let length = |step: &Step| match step {
            Step::Key(key) => key.len() + 1,
            Step::Index(_) => 2,
        };
        self.0.iter().map(length).sum()
    }

    /// All of it, joined by `.`: `users.0.password`.
    #[must_use]
    pub fn joined(&self) -> String {
        let mut joined = String::with_capacity(self.length());
        for (index, step) in self.0.iter().enumerate() {
            if index > 0 {
                joined.push('.');
            }
            match step {
                Step::Key(key) => joined.push_str(key),
                Step::Index(index) => {
                    // A `String` takes whatever is written to it.
                    let _ = write!(joined, "{index}");
                }
            }
        }
        joined
    }

    /// What SOPS binds the value to: the keys, each followed by `:`. All values of a list share it.
    #[must_use]
    pub fn aad(&self) -> String {
        let mut aad = String::with_capacity(self.length());
        for step in &self.0 {
            if let Step::Key(key) = step {
                aad.push_str(key);
                aad.push(':');
            }
        }
        aad
    }
}
