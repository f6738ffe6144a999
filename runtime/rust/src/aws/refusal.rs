//! An attempt that failed.

use crate::contract::{Code, Service, hint};
use crate::error::Problem;

/// An attempt that failed.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) problem: Problem,
    pub(crate) again: Again,
}

/// Whether another attempt may do better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    Never,
    AfterPause,
    AtOnce,
}

impl Refusal {
    /// One for good.
    pub(crate) fn of(problem: Problem) -> Self {
        Self {
            problem,
            again: Again::Never,
        }
    }

    /// One for now.
    pub(crate) fn passing(problem: Problem) -> Self {
        Self {
            problem,
            again: Again::AfterPause,
        }
    }

    /// No answer, for now.
    pub(crate) fn unreachable(reason: impl Into<String>) -> Self {
        Self::passing(Problem::new(Code::Unreachable, reason))
    }

    /// An answer of status 200 that is none of the service's.
    pub(crate) fn stranger(service: &Service) -> Self {
        Self::strange(format!("what answered is not {}", service.name))
    }

    /// An answer of another status that is none of the service's.
    pub(crate) fn stranger_with_status(service: &Service, status: u16) -> Self {
        let name = service.name;
        Self::strange(format!(
            "what answered, with status {status}, is not {name}"
        ))
    }

    fn strange(reason: String) -> Self {
        let hint = hint::UNREACHABLE_ANSWER;
        Self::passing(Problem::hinted(Code::Unreachable, reason, hint))
    }
}
