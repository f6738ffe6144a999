//! All secrets.

use std::time::{SystemTime, UNIX_EPOCH};

use secret_baker_command::list::{Listed, NoList, Secret, Unanswered, counting, list};
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Failure, Problem, did_you_mean};
use secret_baker_core::source::survey::{Pin, Survey, Told, Version, timestamp};
use serde_json::{Value, json};

use crate::context::Context;
use crate::ending::{Ending, Exit};
use crate::terminal::NO_SECRET;

const HEADER: [&str; 10] = [
    "name",
    "source",
    "path",
    "pinned",
    "latest",
    "age",
    "key",
    "tier",
    "functions",
    "locked",
];
const HEADER_OF_VERSIONS: [&str; 6] = ["name", "version", "baked", "labels", "written", "key"];
/// Nothing is there, or nobody could have it.
const NONE: &str = "-";
/// It could not be asked.
const UNKNOWN: &str = "?";
/// More of a version's id tells nothing more to people.
const SHORT: usize = 8;

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker list --versions DB_PASSWORD")]
pub struct Arguments {
    /// All versions, of these secrets or of all
    #[arg(long, value_name = "NAME", num_args = 0..)]
    pub versions: Option<Vec<String>>,
}

/// Runs it.
///
/// # Errors
/// What it failed of.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Ending> {
    let service = context.service()?;
    let terminal = &context.terminal;
    let listed = {
        let progress = terminal.progress("asking for secrets");
        let tell = |done, total| progress.tell(done, total);
        list(service, arguments.versions.as_deref(), &tell).await
    };
    let listed = listed.map_err(|why| ending(why, context))?;
    let print = Print {
        listed: &listed,
        is_short: terminal.is_terminal(),
        functions: service.functions.len(),
        now: now(),
    };
    if terminal.is_json() {
        terminal.json(&print.json(&context.caller()));
    } else if arguments.versions.is_some() {
        let rows = listed.secrets.iter().flat_map(|of| print.versions(of));
        print.table(context, &HEADER_OF_VERSIONS, &rows.collect::<Vec<_>>());
    } else {
        let rows = listed.secrets.iter().map(|of| print.row(of));
        print.table(context, &HEADER, &rows.collect::<Vec<_>>());
    }
    for unanswered in &listed.unanswered {
        terminal.note(&note(unanswered));
    }
    let problems = problems(&listed);
    if problems.is_empty() {
        return Ok(Exit::Fine);
    }
    terminal.complain(&Failure::from(problems).told(&context.caller()));
    Ok(Exit::Found)
}

fn ending(why: NoList, context: &Context) -> Ending {
    match why {
        NoList::Failed(failure) => Ending::Failed(failure),
        NoList::NoSuchSecret { name, meant } => Ending::Wrong {
            said: format!(
                "there is no secret `{name}`{}",
                did_you_mean(meant.as_ref().map(Shown::as_str))
            ),
            hint: format!("see which there are: {} list", context.called()),
        },
    }
}

/// One mistake is told once, however many secrets it concerns.
fn problems(listed: &Listed) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(listed.lock.iter().flat_map(|of| of.problems.clone()));
    for secret in &listed.secrets {
        if let Err(problem) = &secret.survey.meant
            && !problems.contains(problem)
        {
            problems.push(problem.clone());
        }
    }
    problems
}

fn note(unanswered: &Unanswered) -> String {
    let Unanswered {
        action,
        said,
        secrets,
    } = unanswered;
    let whose = match secrets.as_slice() {
        [one] => format!("secret `{one}`"),
        all => format!("{} secrets", all.len()),
    };
    format!("? no answer to {action} for {whose}: {said}")
}

pub fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.ok()
        .and_then(|now| i64::try_from(now.as_secs()).ok())
        .unwrap_or_default()
}

/// How secrets are printed.
struct Print<'a> {
    listed: &'a Listed,
    /// Whether people read it, and programs do not.
    is_short: bool,
    /// How many there are.
    functions: usize,
    /// In seconds since 1970.
    now: i64,
}

impl Print<'_> {
    /// People see no column in which there is nothing.
    fn table(&self, context: &Context, header: &[&str], rows: &[Vec<String>]) {
        let is_kept = |column: usize| !self.is_short || rows.iter().any(|row| row[column] != NONE);
        let kept: Vec<usize> = (0..header.len()).filter(|at| is_kept(*at)).collect();
        let header: Vec<&str> = kept.iter().map(|at| header[*at]).collect();
        let of = |row: &Vec<String>| kept.iter().map(|at| row[*at].clone()).collect();
        let rows: Vec<Vec<String>> = rows.iter().map(of).collect();
        context.terminal.table(&header, &rows, NO_SECRET);
    }

    fn row(&self, secret: &Secret) -> Vec<String> {
        let survey = &secret.survey;
        vec![
            survey.name.shown().to_string(),
            survey.source.to_owned(),
            survey.from.to_string(),
            self.pinned(survey),
            cell(&survey.latest, |latest| self.id(latest)),
            cell(counting(survey), |version| self.age(version)),
            cell(&survey.keys, |keys| {
                let keys = keys.iter().map(|key| self.key(survey, key));
                keys.collect::<Vec<_>>().join(",")
            }),
            cell(&survey.tier, |tier| text(tier.as_deref())),
            self.functions(secret),
            secret
                .locked
                .as_ref()
                .map_or_else(|| NONE.to_owned(), |locked| self.shortened(locked)),
        ]
    }

    /// What the config pins, and the version that this is now.
    fn pinned(&self, survey: &Survey) -> String {
        match &survey.pin {
            Pin::Floating | Pin::Here => NONE.to_owned(),
            Pin::Version(version) => self.shortened(version),
            Pin::Label(label) => {
                let version = match &survey.meant {
                    Ok(meant) => cell(meant, |version| self.id(version)),
                    Err(_) => NONE.to_owned(),
                };
                format!("{}={version}", Shown::of(label))
            }
        }
    }

    fn versions(&self, secret: &Secret) -> Vec<Vec<String>> {
        let survey = &secret.survey;
        let meant = survey.meant.as_ref().ok().and_then(Told::known);
        let row = |version: &Version| {
            let is_meant = match &secret.locked {
                Some(locked) => version.id.as_ref() == Some(locked),
                None => meant.is_some_and(|meant| meant.id == version.id),
            };
            let key = version.key.as_ref().map(|key| self.key(survey, key));
            vec![
                survey.name.shown().to_string(),
                self.id(version),
                if is_meant { "baked" } else { NONE }.to_owned(),
                labels(version),
                text(version.written.and_then(timestamp).as_deref()),
                text(key.as_deref()),
            ]
        };
        match &survey.history {
            Told::Known(all) => all.iter().map(row).collect(),
            Told::Unasked => vec![row(&meant.cloned().unwrap_or_default())],
            Told::Unknown(_) => {
                let mut row = vec![UNKNOWN.to_owned(); HEADER_OF_VERSIONS.len()];
                row[0] = survey.name.shown().to_string();
                vec![row]
            }
        }
    }

    fn id(&self, version: &Version) -> String {
        let id = version.id.as_deref();
        id.map_or_else(|| NONE.to_owned(), |id| self.shortened(id))
    }

    fn shortened(&self, id: &str) -> String {
        if self.is_short && id.chars().count() > 2 * SHORT {
            let short: String = id.chars().take(SHORT).collect();
            return format!("{}…", Shown::of(&short));
        }
        Shown::of(id).to_string()
    }

    fn age(&self, version: &Version) -> String {
        let written = version.written;
        written.map_or_else(|| NONE.to_owned(), |written| age(self.now - written))
    }

    /// Its alias; without one an ARN or id, of which people see the beginning.
    fn key(&self, survey: &Survey, key: &str) -> String {
        if let Some(alias) = self.listed.alias(survey, key) {
            return Shown::of(alias).to_string();
        }
        let id = key.rsplit('/').next().unwrap_or(key);
        self.shortened(if self.is_short { id } else { key })
    }

    fn functions(&self, secret: &Secret) -> String {
        let all = secret.functions.len();
        if self.is_short && all > 2 && all == self.functions {
            return format!("all {all}");
        }
        let names = secret
            .functions
            .iter()
            .map(|name| Shown::of(name).to_string());
        let names: Vec<_> = names.collect();
        text(Some(names.join(",")).as_deref())
    }

    fn json(&self, caller: &Caller) -> Value {
        let secrets = self.listed.secrets.iter();
        let unknown = self.listed.unanswered.iter().map(|of| {
            json!({
                "action": of.action,
                "said": of.said.as_str(),
                "secrets": of.secrets.iter().map(Shown::as_str).collect::<Vec<_>>(),
            })
        });
        json!({
            "secrets": secrets.map(|of| self.secret(of, caller)).collect::<Vec<_>>(),
            "unknown": unknown.collect::<Vec<_>>(),
        })
    }

    fn secret(&self, secret: &Secret, caller: &Caller) -> Value {
        let survey = &secret.survey;
        let (pin, version) = match &survey.pin {
            Pin::Floating => ("latest", None),
            Pin::Here => ("here", None),
            Pin::Version(version) => ("version", Some(version)),
            Pin::Label(label) => ("label", Some(label)),
        };
        let meant = survey.meant.as_ref().ok().and_then(Told::known);
        let keys = survey.keys.known().map(|keys| {
            let alias = |key| self.listed.alias(survey, key);
            let keys = keys.iter();
            keys.map(|key| json!({ "name": key, "alias": alias(key) }))
                .collect::<Vec<_>>()
        });
        let history = survey.history.known();
        let problem = survey.meant.as_ref().err();
        json!({
            "name": survey.name.shown().as_str(),
            "source": survey.source,
            "path": survey.from.as_str(),
            "region": survey.region,
            "pin": { "kind": pin, "value": version },
            "baked": meant.map(|version| self.version(survey, version)),
            "locked": secret.locked,
            "latest": survey.latest.known().map(|version| self.version(survey, version)),
            "keys": keys,
            "tier": survey.tier.known(),
            "functions": secret.functions,
            "versions": history.map(|all| {
                all.iter().map(|version| self.version(survey, version)).collect::<Vec<_>>()
            }),
            "problem": problem.map(|problem| json!({
                "code": problem.why.code().as_str(),
                "message": problem.why.to_string(),
                "hint": problem.why.hint(caller),
            })),
        })
    }

    fn version(&self, survey: &Survey, version: &Version) -> Value {
        let key = version.key.as_deref();
        json!({
            "id": version.id,
            "labels": version.labels,
            "written": version.written.and_then(timestamp),
            "key": key.map(|key| self.listed.called(survey, key)),
        })
    }
}

fn cell<T>(told: &Told<T>, show: impl FnOnce(&T) -> String) -> String {
    match told {
        Told::Known(known) => text(Some(show(known)).as_deref()),
        Told::Unasked => NONE.to_owned(),
        Told::Unknown(_) => UNKNOWN.to_owned(),
    }
}

/// A cell is never empty: whoever reads lines counts on its fields.
fn text(text: Option<&str>) -> String {
    let text = text.filter(|text| !text.is_empty());
    text.map_or_else(|| NONE.to_owned(), |text| Shown::of(text).to_string())
}

fn labels(version: &Version) -> String {
    text(Some(version.labels.join(",")).as_deref())
}

/// How long ago, in the one unit that tells it best.
pub fn age(seconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(31_557_600, "y"), (86_400, "d"), (3_600, "h"), (60, "min")];
    let mut units = UNITS.into_iter();
    let unit = units.find(|(length, _)| seconds >= 2 * length || (*length == 60 && seconds >= 60));
    unit.map_or_else(
        || format!("{} s", seconds.max(0)),
        |(length, unit)| format!("{} {unit}", seconds / length),
    )
}

#[cfg(test)]
mod tests {
    use super::age;

    #[test]
    fn an_age_is_told_in_the_unit_that_tells_it_best() {
        let ages = [
            -5,
            0,
            59,
            60,
            3 * 3600,
            47 * 3600,
            48 * 3600,
            729 * 86_400,
            800 * 86_400,
        ];
        assert_eq!(
            ages.map(age),
            [
                "0 s", "0 s", "59 s", "1 min", "3 h", "47 h", "2 d", "729 d", "2 y"
            ]
        );
    }
}
