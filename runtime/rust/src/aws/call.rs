//! One call of one operation, described.

use hyper::body::Bytes;

use crate::contract::Service;
use crate::error::Problem;

/// What is called.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    pub(crate) service: &'static Service,
    /// The header `x-amz-target`, such as `TrentService.Decrypt`.
    pub(crate) target: &'static str,
}

impl Operation {
    /// The action that a policy allows, such as `kms:Decrypt`.
    fn action(&self) -> String {
        let name = self.target.rsplit('.').next().unwrap_or_default();
        format!("{}:{name}", self.service.id)
    }

    /// A problem in words of this operation.
    pub(crate) fn fill(&self, problem: Problem) -> Problem {
        self.reworded(problem)
            .with("{service}", self.service.name)
            .with("{action}", &self.action())
            .with("{host}", self.service.host)
            .with("{endpoint}", self.service.endpoint)
    }

    /// In the service's own words, where it has some. A hint that tells more of the cause than its code's stays.
    fn reworded(&self, mut problem: Problem) -> Problem {
        let mut own = self.service.words.iter();
        if let Some((_, words)) = own.find(|(code, _)| *code == problem.code) {
            if let Some(sentence) = words.sentence {
                problem.sentence = sentence.into();
            }
            if let Some(hint) = words.hint.filter(|_| problem.hint == problem.code.hint()) {
                problem.hint = hint.into();
            }
        }
        problem
    }
}

/// A call, and where it goes.
pub(crate) struct Call<'a> {
    pub(crate) operation: Operation,
    pub(crate) partition: &'a str,
    pub(crate) region: &'a str,
    /// A JSON object.
    pub(crate) body: Bytes,
}
