//! What came instead of an answer.

use std::error::Error;

use crate::aws::refusal::Refusal;
use crate::contract::{Code, hint};
use crate::error::Problem;

/// An exchange that came to nothing, and why.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) reason: String,
    pub(crate) hint: &'static str,
    /// The variable that the hint names.
    pub(crate) variable: &'static str,
    /// Whether trying again may help.
    pub(crate) again: bool,
    /// Whether the connection ended before there was anything of an answer.
    pub(crate) before_answer: bool,
}

impl Broken {
    pub(super) fn new(reason: String, hint: &'static str) -> Self {
        Self {
            reason,
            hint,
            variable: "",
            again: true,
            before_answer: false,
        }
    }

    /// Trying again is in vain.
    pub(super) fn misconfigured(reason: String, hint: &'static str) -> Self {
        Self {
            again: false,
            ..Self::new(reason, hint)
        }
    }
}

impl From<Broken> for Refusal {
    fn from(broken: Broken) -> Self {
        let problem = Problem::hinted(Code::Unreachable, broken.reason, broken.hint)
            .with("{variable}", broken.variable);
        if broken.again {
            Self::passing(problem)
        } else {
            Self::of(problem)
        }
    }
}

/// The hint for what came, if anything did that might be an answer.
pub(super) fn of_answer(is_answer: bool) -> &'static str {
    if is_answer {
        hint::UNREACHABLE_ANSWER
    } else {
        Code::Unreachable.hint()
    }
}

/// An error with its causes, since many of the outer ones say nothing.
pub(super) fn told(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_told = cause.to_string();
        if !told.contains(&cause_told) {
            told = format!("{told}: {cause_told}");
        }
        source = cause.source();
    }
    told
}
