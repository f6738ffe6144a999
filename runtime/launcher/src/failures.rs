//! What failed, as it is printed.

use secret_baker::{Code, Error, pages};

/// One or more failures; never empty.
pub struct Failures(Vec<Failure>);

/// A line that ends with its code.
struct Failure {
    line: String,
    code: &'static str,
}

impl Failures {
    /// Of variables that cannot be set, or of the choice of them: sentences without their code.
    pub fn not_variables(sentences: impl IntoIterator<Item = String>) -> Self {
        let code = Code::NotAVariable;
        let failure = |sentence| Failure {
            line: format!("{sentence} [{code}]"),
            code: code.as_str(),
        };
        Self(sentences.into_iter().map(failure).collect())
    }

    /// Of the command, or of the launcher itself: `how` stands behind the contract's only code that is the launcher's alone.
    #[must_use]
    pub fn of_command(sentence: &str, how: &str) -> Self {
        let code = "SECRET_BAKER_COMMAND";
        Self(vec![Failure {
            line: format!("{sentence} [{code}{how}]"),
            code,
        }])
    }

    /// These, and others behind them.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Their codes and their lines.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|one| (one.code, one.line.as_str()))
    }

    /// The code; that of the first failure if there are several.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0
            .first()
            .map_or("SECRET_BAKER_COMMAND", |one| one.code)
    }

    /// One for each failure, then those that name the pages of the codes.
    pub fn lines(self) -> impl Iterator<Item = String> {
        let pages = pages(self.0.iter().map(|failure| failure.code));
        let lines = self.0.into_iter().map(|failure| failure.line);
        lines.chain(pages)
    }
}

impl From<Error> for Failures {
    fn from(error: Error) -> Self {
        let failure = |one: &Error| Failure {
            line: one.line(),
            code: one.code().as_str(),
        };
        Self(error.failures().iter().map(failure).collect())
    }
}
