//! A deploy's preflight: whether every secret can be read, is sealed under a key that a function may use, and may be opened. Writes
//! nothing, and tells all that is wrong at once; what could not be looked at is told as that.

use std::collections::BTreeSet;

use secret_baker_core::aws::Aws;
use secret_baker_core::aws::kms::{Key, Manager};
use secret_baker_core::bundle::Bundle;
use secret_baker_core::config::Text;
use secret_baker_core::failure::{Caller, Code, Failure, Problem};
use secret_baker_core::source::survey::{Pin, Survey, Told, Unknown, Wish};
use secret_baker_core::source::{Progress, Sealed, together};
use secret_baker_core::{Taken, take};

use crate::keys::{self, AllFacts, Facts};
use crate::opening::{self, Call, Need};
use crate::rights::{self, Right};
use crate::service::Service;

/// How many versions Parameter Store keeps.
const KEPT: u64 = 100;
/// A pin that so few new versions drop is told.
const NEAR: u64 = 10;

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
}

/// Whose right to open is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    role: String,
    /// The secrets that it must open. `None`: all.
    only: Option<Vec<String>>,
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
    let aws = Aws::new(service.connection.clone());
    let Taken { sources, places } = take(service.request(), &service.caller)?;
    let sealing = together::answers(&sources, &aws, progress);
    let asking = together::survey(&sources, &aws, Wish::default(), &|_, _| {});
    let (answers, surveys) = futures_util::future::join(sealing, asking).await;
    if !answers.problems.is_empty() {
        return Err(answers.problems.into());
    }
    let surveys = surveys?;
    let facts = keys_of(&aws, &surveys).await?;
    let mut report = Report {
        secrets: surveys.into_iter().map(|of| checked(of, &facts)).collect(),
        ..Report::default()
    };
    let mut sealed = Vec::new();
    for answer in &answers.each {
        match &answer.outcome {
            Ok(all) => sealed.extend(all.iter().cloned()),
            Err(problems) => report.blame(answer.index, problems, &service.caller),
        }
    }
    report.take_whole(answers.joined(&places), &service.caller);
    for one in &mut report.secrets {
        let baked = sealed
            .iter()
            .find(|sealed| sealed.name.value() == one.survey.name.value());
        one.version = baked.and_then(|sealed| sealed.version.clone());
        one.findings.extend(of_versions(&one.survey));
        one.findings.extend(of_keys(&one.survey, &facts));
    }
    open(&mut report, &aws, (service, role), &sealed, &facts).await?;
    Ok(report)
}

fn checked(survey: Survey, facts: &AllFacts) -> Checked {
    let keys = survey.keys.known().and_then(|keys| keys.first());
    let key = keys.map(|name| {
        let facts = facts.of(region_of_key(&survey, name), name);
        let alias = facts.and_then(|facts| facts.alias().or_else(|| facts.arn()));
        alias.unwrap_or(name).to_owned()
    });
    Checked {
        survey,
        version: None,
        key,
        findings: Vec::new(),
    }
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

    /// What is wrong with all of them together: names that are used twice, a bundle that is too long.
    fn take_whole(
        &mut self,
        joined: Result<(Vec<Vec<Sealed>>, Vec<String>), Failure>,
        caller: &Caller,
    ) {
        let entry = |sealed: &Sealed| (sealed.name.value().to_owned(), sealed.entry.clone());
        let whole = joined.and_then(|(sealed, notices)| {
            Bundle::of(sealed.iter().flatten().map(entry))?;
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

/// Where KMS knows the key of a secret.
fn region_of_key<'a>(survey: &'a Survey, name: &'a str) -> &'a str {
    let own = name
        .starts_with("arn:")
        .then(|| name.split(':').nth(3))
        .flatten();
    survey.region.as_deref().or(own).unwrap_or_default()
}

async fn keys_of(aws: &Aws, surveys: &[Survey]) -> Result<AllFacts, Failure> {
    let named = surveys.iter().flat_map(|survey| {
        let names = survey.keys.known().into_iter().flatten();
        names.map(|name| (region_of_key(survey, name).to_owned(), name.clone()))
    });
    let named: BTreeSet<_> = named.filter(|(region, _)| !region.is_empty()).collect();
    keys::facts(aws, &named, keys::Wish { aliases: true }).await
}

/// A pin that new versions will drop, and what nobody could tell of versions, tier and key.
fn of_versions(survey: &Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    let unknown = [
        survey.meant.as_ref().ok().and_then(unknown),
        unknown(&survey.latest),
        unknown(&survey.keys),
        unknown(&survey.tier),
    ];
    let mut told = BTreeSet::new();
    for unknown in unknown.into_iter().flatten() {
        if told.insert(unknown.action) {
            let what = "the versions, the tier and the key";
            findings.push(Finding::unchecked(what, unknown.action, &unknown.said));
        }
    }
    let latest = survey
        .latest
        .known()
        .and_then(|latest| latest.id.as_deref());
    let latest: Option<u64> = latest.and_then(|id| id.parse().ok());
    let (Pin::Version(pinned), Some(latest), "path") = (&survey.pin, latest, survey.source) else {
        return findings;
    };
    let Ok(pinned) = pinned.parse::<u64>() else {
        return findings;
    };
    let left = KEPT.saturating_sub(latest.saturating_sub(pinned));
    if left <= NEAR {
        let said = format!(
            "version {pinned} is old: Parameter Store keeps {KEPT} versions, the latest is {latest}, and {left} more drop this one"
        );
        let hint = "pin a newer version, or label this one: a version with a label is kept";
        findings.push(Finding::new(
            Level::Warning,
            Code::VersionNotFound.as_str(),
            said,
            hint,
        ));
    }
    findings
}

fn unknown<T>(told: &Told<T>) -> Option<&Unknown> {
    match told {
        Told::Unknown(unknown) => Some(unknown),
        Told::Known(_) | Told::Unasked => None,
    }
}

/// What is wrong with the keys; where any one opens the secret, only what is wrong with all.
fn of_keys(survey: &Survey, facts: &AllFacts) -> Vec<Finding> {
    let names = survey.keys.known().into_iter().flatten();
    let mut all = Vec::new();
    for name in names {
        let findings = match facts.of(region_of_key(survey, name), name) {
            Some(facts) => of_key(survey, facts),
            None => Vec::new(),
        };
        if findings.is_empty() {
            return Vec::new();
        }
        all.extend(findings);
    }
    all
}

fn of_key(survey: &Survey, facts: &Facts) -> Vec<Finding> {
    let name = facts.alias().unwrap_or(&facts.name);
    // Secrets Manager decrypts for the function, by whichever key it is.
    let is_opened_for_it = survey.source == "secretsManager";
    if facts.manager() == Some(Manager::Aws) && !is_opened_for_it {
        let said =
            format!("its key {name} is managed by AWS, which lets no function decrypt by it");
        return vec![unusable(
            said,
            "encrypt the secret under a customer managed key",
        )];
    }
    match &facts.key {
        Told::Known(Some(key)) => of_described(survey, name, key),
        Told::Known(None) => {
            let said = format!("there is no key {name}");
            vec![unusable(said, "encrypt the secret under a key that exists")]
        }
        Told::Unknown(why) => vec![Finding::unchecked(
            &format!("whose its key {name} is, and whether it is enabled"),
            why.action,
            &why.said,
        )],
        Told::Unasked => Vec::new(),
    }
}

fn of_described(survey: &Survey, name: &str, key: &Key) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !key.is_enabled() {
        let said = format!("its key {name} is in the state {}", key.state);
        let hint = "enable the key or cancel its deletion, or encrypt the secret under another";
        findings.push(unusable(said, hint));
    }
    let region = survey.region.as_deref();
    if let Some(region) = region.filter(|region| *region != key.region()) {
        let said = format!(
            "its key {name} is in {}, and the secret in {region}",
            key.region()
        );
        let hint = "encrypt the secret under a key of its own region";
        findings.push(unusable(said, hint));
    }
    findings
}

fn unusable(said: String, hint: &str) -> Finding {
    Finding::new(Level::Problem, Code::KeyUnusable.as_str(), said, hint)
}

/// Whether the roles may open what is sealed.
async fn open(
    report: &mut Report,
    aws: &Aws,
    (service, role): (&Service, Option<&str>),
    sealed: &[Sealed],
    facts: &AllFacts,
) -> Result<(), Failure> {
    let targets = targets(report, aws, (service, role)).await;
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
    let roles: BTreeSet<String> = targets.into_iter().map(|target| target.role).collect();
    report.roles = roles.into_iter().collect();
    Ok(())
}

impl Target {
    fn has(&self, name: &Text) -> bool {
        let only = self.only.as_ref();
        only.is_none_or(|only| only.iter().any(|of| of == name.value()))
    }
}

async fn targets(
    report: &mut Report,
    aws: &Aws,
    (service, role): (&Service, Option<&str>),
) -> Vec<Target> {
    if let Some(role) = role {
        let arn = if role.starts_with("arn:") {
            Some(role.to_owned())
        } else {
            role_arn(aws, role).await
        };
        let Some(role) = arn else {
            let what = format!("whether the role {role} may open the secrets");
            let said = "nobody tells the account, and so not the role's ARN; give it whole";
            report
                .findings
                .push(Finding::unchecked(&what, "sts:GetCallerIdentity", said));
            return Vec::new();
        };
        return vec![Target { role, only: None }];
    }
    let default = &service.options.default;
    let own = service.functions.iter().filter_map(|function| {
        let role = function
            .role
            .clone()
            .filter(|role| role.starts_with("arn:"))?;
        let only = function.only.clone().or_else(|| default.clone());
        Some(Target { role, only })
    });
    own.collect()
}

/// In the caller's account.
async fn role_arn(aws: &Aws, name: &str) -> Option<String> {
    let me = aws.arn().await?;
    let mut parts = me.split(':');
    let (partition, account) = (parts.nth(1)?, parts.nth(2)?);
    Some(format!("arn:{partition}:iam::{account}:role/{name}"))
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
        Right::No(said) => {
            let said = format!("{role} may not open it: {said}");
            Finding::new(Level::Problem, denied, said, rights::remedy(role, call))
        }
        Right::NoRole => {
            let said = format!("there is no role {role}");
            let hint = "correct the ARN, or deploy first what creates the role";
            Finding::new(Level::Problem, denied, said, hint)
        }
        Right::Unknown(action, said) => {
            Finding::unchecked(&format!("whether {role} may open it"), action, said)
        }
    })
}

#[cfg(test)]
mod tests;
