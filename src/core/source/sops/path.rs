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
