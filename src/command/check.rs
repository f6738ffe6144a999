//! A deploy's preflight: whether every secret can be read, is sealed under a key that a function may use, and may be opened. Writes
//! nothing, and tells all that is wrong at once; what could not be looked at is told as that.

mod key;
mod locked;
pub mod role;
mod versions;

use secret_baker_core::aws::Aws;
use secret_baker_core::bundle::Bundle;
use secret_baker_core::config::Text;
use secret_baker_core::failure::{Caller, Code, Failure, Problem};
use secret_baker_core::gather::Gather as _;
use secret_baker_core::source::survey::Survey;
use secret_baker_core::source::together::{self, Answers};
use secret_baker_core::source::{Progress, Sealed};

use crate::held::Held;
use crate::keys::AllFacts;
use crate::opening::{self, Call, Need};
use crate::rights::{self, Right};
use crate::service::Service;

/// How grave a finding is, from the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// There is nothing to do.
    Fine,
    /// The deployment goes well; something may not later.
    Warning,
    /// Nobody knows.
    Unchecked,
    /// The deployment or the function would fail.
    Problem,
}

/// One thing that was found, or that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How grave.
    pub level: Level,
    /// Stable: of the failure that it would be.
    pub code: &'static str,
    /// The sentence.
    pub said: String,
    /// What to do.
    pub hint: Option<String>,
}

/// One secret, with all that was found of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// As its source tells it.
    pub survey: Survey,
    /// The version that a bake takes now.
    pub version: Option<String>,
    /// What people call its key.
    pub key: Option<String>,
    /// Whether a bake takes it from the lock.
    pub is_locked: bool,
    /// In the order in which it was looked at; none: all is fine.
    pub findings: Vec<Finding>,
}

/// What a preflight finds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// In the config's order.
    pub secrets: Vec<Checked>,
    /// What no single secret is to blame for.
    pub findings: Vec<Finding>,
    /// The roles that were asked for.
    pub roles: Vec<String>,
    /// The functions of which no role is known, so that none was asked for.
    pub without_role: Vec<String>,
}

impl Level {
    /// As scripts compare it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Warning => "warning",
            Self::Unchecked => "unchecked",
            Self::Problem => "problem",
        }
    }
}

impl Finding {
    fn of(problem: &Problem, caller: &Caller) -> Self {
        Self {
            level: Level::Problem,
            code: problem.why.code().as_str(),
            said: problem.why.to_string(),
            hint: problem.why.hint(caller),
        }
    }

    fn new(level: Level, code: &'static str, said: String, hint: impl Into<String>) -> Self {
        let hint = Some(hint.into());
        Self {
            level,
            code,
            said,
            hint,
        }
    }

    fn unchecked(what: &str, action: &str, said: impl std::fmt::Display) -> Self {
        let said = format!("not checked: {what}: {action}: {said}");
        let hint =
            format!("allow {action} to whoever runs this check where it is denied; else try again");
        Self::new(Level::Unchecked, Code::AccessDenied.as_str(), said, hint)
    }
}

impl Checked {
    fn of(survey: Survey, facts: &AllFacts) -> Self {
        Self {
            key: key::called(&survey, facts),
            survey,
            version: None,
            is_locked: false,
            findings: Vec::new(),
        }
    }

    /// Which version is deployed, and what is to be known of it: of those that are sealed, of what the lock has of the entry, and of what
    /// sources have of that.
    fn look(
        &mut self,
        sealed: &[Sealed],
        (locked, sources_have): (&[Sealed], &[Sealed]),
        caller: &Caller,
    ) {
        let survey = &self.survey;
        let of = |all| of_name(all, &survey.name);
        let locked = of(locked);
        self.is_locked = locked.is_some();
        self.version = of(sealed).and_then(|sealed| sealed.version.clone());
        self.findings
            .extend(versions::unknown(survey, self.is_locked));
        match locked {
            Some(locked) => {
                let found = locked::findings(survey, locked, of(sources_have), caller);
                self.findings.extend(found);
            }
            None => self.findings.extend(versions::pinned(survey)),
        }
    }

    /// The gravest of its findings.
    #[must_use]
    pub fn level(&self) -> Level {
        let levels = self.findings.iter().map(|finding| finding.level);
        levels.max().unwrap_or(Level::Fine)
    }
}

impl Report {
    /// Everything that was found.
    pub fn all(&self) -> impl Iterator<Item = &Finding> {
        let of_secrets = self.secrets.iter().flat_map(|secret| &secret.findings);
        of_secrets.chain(&self.findings)
    }

    /// Whether anything is of this level.
    #[must_use]
    pub fn has(&self, level: Level) -> bool {
        self.all().any(|finding| finding.level == level)
    }
}

/// Looks at all secrets of a service; `role`, an ARN or a name, is to open all of them, else each function's own role those that it
/// carries.
///
/// # Errors
/// Every mistake of the config; AWS cannot be reached, or a source as a whole gives no answers.
pub async fn check(
    service: &Service,
    role: Option<&str>,
    progress: Progress<'_>,
) -> Result<Report, Failure> {
    let held = Held::of(service).await?;
    let aws = Aws::new(service.connection.clone());
    let (answers, surveys) = together::examine(&held.taken.sources, &aws, progress).await;
    if !answers.problems.is_empty() {
        return Err(answers.problems.into());
    }
    let facts = key::facts(&aws, &surveys).await?;
    let mut report = Report {
        secrets: surveys
            .into_iter()
            .map(|of| Checked::of(of, &facts))
            .collect(),
        ..Report::default()
    };
    let (answers, sources_have) = locked::apart(answers, &held.locked);
    for answer in &answers.each {
        if let Err(problems) = &answer.outcome {
            report.blame(answer.index, problems, &service.caller);
        }
    }
    let sealed = answers.each.iter().flat_map(|answer| &answer.outcome);
    let sealed: Vec<Sealed> = sealed.flatten().cloned().collect();
    report.take_whole(answers, &held, &service.caller);
    for one in &mut report.secrets {
        let locked = &held.locked[one.survey.index];
        one.look(&sealed, (locked, &sources_have), &service.caller);
        one.findings.extend(key::findings(&one.survey, &facts));
    }
    open(&mut report, &aws, (service, role), &sealed, &facts).await?;
    Ok(report)
}

fn of_name<'a>(all: &'a [Sealed], name: &Text) -> Option<&'a Sealed> {
    all.iter().find(|one| one.name.value() == name.value())
}

impl Report {
    /// Puts what is wrong with an entry to the secret of which its survey says the same, else to its first.
    fn blame(&mut self, index: usize, problems: &[Problem], caller: &Caller) {
        for problem in problems {
            let finding = Finding::of(problem, caller);
            let of_entry = |secret: &&mut Checked| secret.survey.index == index;
            let says_it =
                |secret: &&mut Checked| secret.survey.meant.as_ref().err() == Some(problem);
            let mut all = self.secrets.iter_mut().filter(of_entry);
            let found = all.position(|secret| says_it(&&mut *secret)).unwrap_or(0);
            match self.secrets.iter_mut().filter(of_entry).nth(found) {
                Some(secret) => secret.findings.push(finding),
                None => self.findings.push(finding),
            }
        }
    }

    /// What is wrong with all of them together: names that are used twice, a bundle that is too long, a lock that must not change.
    fn take_whole(&mut self, answers: Answers, held: &Held, caller: &Caller) {
        let entry = |sealed: &Sealed| (sealed.name.value().to_owned(), sealed.entry.clone());
        let whole = answers.joined(&held.taken.places);
        let whole = whole.and_then(|(sealed, notices)| {
            Bundle::of(sealed.iter().flatten().map(entry))?;
            held.relock(&sealed)?;
            Ok(notices)
        });
        match whole {
            Ok(notices) => self
                .findings
                .extend(notices.into_iter().map(|said| Finding {
                    level: Level::Warning,
                    code: Code::ConfigInvalid.as_str(),
                    said,
                    hint: None,
                })),
            Err(failure) => {
                let told = failure
                    .problems
                    .iter()
                    .map(|problem| Finding::of(problem, caller));
                let new: Vec<_> = told
                    .filter(|one| self.all().all(|known| known != one))
                    .collect();
                self.findings.extend(new);
            }
        }
    }
}

/// Whether the roles may open what is sealed.
async fn open(
    report: &mut Report,
    aws: &Aws,
    (service, role): (&Service, Option<&str>),
    sealed: &[Sealed],
    facts: &AllFacts,
) -> Result<(), Failure> {
    let targets = role::targets(report, aws, (service, role)).await;
    let mut needs: Vec<(usize, String, Need)> = Vec::new();
    for (index, one) in report.secrets.iter().enumerate() {
        let name = &one.survey.name;
        let Some(sealed) = sealed
            .iter()
            .find(|sealed| sealed.name.value() == name.value())
        else {
            continue;
        };
        for target in targets.iter().filter(|target| target.has(name)) {
            let all = opening::needs(sealed, &one.survey, facts);
            needs.extend(
                all.into_iter()
                    .map(|need| (index, target.role.clone(), need)),
            );
        }
    }
    let calls = needs
        .iter()
        .flat_map(|(_, role, need)| need.iter().map(|call| (role.clone(), call.clone())));
    let calls: Vec<(String, Call)> = calls.collect();
    let mut rights = rights::rights(aws, &calls).await?.into_iter();
    for (index, role, need) in &needs {
        let of_need: Vec<Right> = rights.by_ref().take(need.len()).collect();
        let findings = &mut report.secrets[*index].findings;
        if let Some(finding) = of_right(role, need, &of_need).filter(|one| !findings.contains(one))
        {
            findings.push(finding);
        }
    }
    let roles = targets.into_iter().map(|target| target.role).into_set();
    report.roles = roles.into_iter().collect();
    Ok(())
}

/// One call that is allowed is enough.
fn of_right(role: &str, need: &[Call], rights: &[Right]) -> Option<Finding> {
    if rights.contains(&Right::Yes) {
        return None;
    }
    let (call, right) = need
        .iter()
        .zip(rights)
        .max_by_key(|(_, right)| matches!(right, Right::Unknown(..)))?;
    let denied = Code::AccessDenied.as_str();
    Some(match right {
        Right::Yes => return None,
        Right::No(refused) => {
            let said = refused.said(role, call);
            Finding::new(Level::Problem, denied, said, refused.remedy(role, call))
        }
        Right::NoRole => {
            let said = format!("there is no role {role}");
            let hint = "correct the ARN, which has the role's path if there is one, or deploy first what creates the role";
            Finding::new(Level::Problem, denied, said, hint)
        }
        Right::Unknown(action, said) if said == rights::NO_KEY => {
            let said = format!("not checked: whether {role} may open it: {action}: {said}");
            let hint = format!("run this check as {role}");
            Finding::new(Level::Unchecked, denied, said, hint)
        }
        Right::Unknown(action, said) => {
            Finding::unchecked(&format!("whether {role} may open it"), action, said)
        }
    })
}

#[cfg(test)]
mod tests;
