//! What Parameter Store tells of its secrets: what a bake would take, by the calls of a bake, then key and tier, and the versions of
//! those that are not meant to be the newest one.

use futures_util::future::{try_join, try_join_all};

use super::ask::{fetched, sealing};
use super::describe::{self, Described, Descriptions};
use super::fetch::{Answers, Found};
use super::locked::found;
use super::name::Parameter;
use super::plan::Plan;
use super::refusal::{Refusal, Said};
use super::seal::One;
use super::want::{Reference, Want};
use crate::aws::Aws;
use crate::aws::json_call::JsonService;
use crate::config::entry::PATH;
use crate::failure::{Failure, Problem};
use crate::source::joint::{Examined, Progress};
use crate::source::refusal::{ServiceRefusal, words};
use crate::source::survey::{Survey, Told, Unknown, Version, Wish};

const DESCRIBE: &str = "ssm:DescribeParameters";
const HISTORY: &str = "ssm:GetParameterHistory";

/// What is sealed of all references, and what is told of them beyond that.
///
/// # Errors
/// What no single entry is to blame for.
pub async fn examine(
    references: &[Reference],
    aws: &Aws,
    wish: Wish<'_>,
    progress: Progress<'_>,
) -> Result<Examined, Failure> {
    if references.is_empty() {
        return Ok(Examined::default());
    }
    let home = aws.region().await?;
    let (known, wanted) = known(references, wish);
    let unpinned: Vec<_> = wanted.iter().filter_map(unpinned).collect();
    let (plan, newest) = (Plan::of(&wanted, home), Plan::of(&unpinned, home));
    let quiet = |_, _| {};
    let answers = try_join(
        fetched(aws, home, &plan, progress),
        fetched(aws, home, &newest, &quiet),
    );
    let (mut answers, newest) = answers.await?;
    answers.parameters.extend(known);
    let sealing = sealing(aws, home, &answers, references).await?;
    let asked = references.iter().flat_map(|reference| {
        let each = sealing.each(reference).into_iter();
        each.map(move |one| Asked::of(reference, one, home))
    });
    let asked: Vec<_> = asked.collect();
    let services = describe::services(aws, asked.iter().map(|asked| asked.region)).await?;
    let names = asked.iter().filter_map(Asked::described_by).collect();
    let described = describe::describe(&services, &names).await?;
    let told = asked.iter().map(|asked| {
        let described = asked.described(&described);
        let latest = asked.latest(&newest, &described);
        asked.told(latest, described, &services[asked.region], wish)
    });
    Ok(Examined {
        surveys: try_join_all(told).await?,
        batch: sealing.batch(references),
    })
}

/// What is known without a call, and all that is to be asked for.
fn known<'a>(references: &'a [Reference], wish: Wish<'_>) -> (Known<'a>, Vec<Reference>) {
    let (mut known, mut wanted) = (Vec::new(), Vec::new());
    for reference in references {
        let held = reference.held.as_ref().filter(|_| wish.trusts_lock);
        let found = held.and_then(|held| found(&held.sealed));
        match (&reference.want, found) {
            (Want::One { parameter, .. }, Some(found)) => {
                known.push((parameter.asked(), Ok(found)));
            }
            _ => wanted.push(reference.clone()),
        }
    }
    (known, wanted)
}

/// By the parameter as asked.
type Known<'a> = Vec<(&'a str, Result<Found, Said>)>;

/// The same parameter without its version or label. `None`: it has none.
fn unpinned(reference: &Reference) -> Option<Reference> {
    let Want::One { name, parameter } = &reference.want else {
        return None;
    };
    parameter.selector()?;
    let parameter = Parameter::parse(parameter.bare()).ok()?;
    Some(Reference {
        want: Want::One {
            name: name.clone(),
            parameter,
        },
        ..reference.clone()
    })
}

/// One secret, and what a bake would make of it.
struct Asked<'a> {
    reference: &'a Reference,
    one: One<'a>,
    region: &'a str,
    /// Its name at Parameter Store. `None`: a prefix below which there is none.
    name: Option<String>,
}

impl<'a> Asked<'a> {
    fn of(reference: &'a Reference, one: One<'a>, home: &'a str) -> Self {
        let (region, name) = match &reference.want {
            Want::One { parameter, .. } => (parameter.region(), Some(parameter.name())),
            Want::Below(_) => (None, None),
        };
        let found = one.found.map(|found| found.name.clone());
        Self {
            reference,
            region: region.unwrap_or(home),
            name: found.or(name),
            one,
        }
    }

    /// `None`: all below a prefix.
    fn parameter(&self) -> Option<&'a Parameter> {
        match &self.reference.want {
            Want::One { parameter, .. } => Some(parameter),
            Want::Below(_) => None,
        }
    }

    fn selector(&self) -> Option<&'a str> {
        self.parameter().and_then(Parameter::selector)
    }

    /// Region and name, by which it is described.
    fn described_by(&self) -> Option<(&'a str, &str)> {
        Some((self.region, self.name.as_deref()?))
    }

    fn described(&self, all: &Descriptions<'_>) -> Told<Described> {
        let key = self.described_by();
        let Some((region, name)) = key else {
            return Told::Unasked;
        };
        match all.get(&(region, name.to_owned())) {
            Some(Ok(described)) if self.is_of(described) => Told::Known(described.clone()),
            // Of what is not there nothing is to be told.
            Some(Err(_)) if self.meant().is_err() && self.one.found.is_none() => Told::Unasked,
            Some(Err(refused)) => self.unknown(DESCRIBE, &refused.said),
            Some(Ok(_)) | None if self.one.found.is_some() => {
                self.unknown(DESCRIBE, "it tells nothing of this parameter")
            }
            Some(Ok(_)) | None => Told::Unasked,
        }
    }

    /// Another account may have a parameter of that name.
    fn is_of(&self, described: &Described) -> bool {
        let found = self.one.found.map(|found| found.arn.as_str());
        let asked = self.parameter().map(Parameter::bare);
        let arn = found.or_else(|| asked.filter(|asked| asked.starts_with("arn:")));
        arn.is_none() || described.arn.is_none() || described.arn.as_deref() == arn
    }

    /// The newest version, by the reply to the bare name, or else by its description.
    fn latest(&self, newest: &Answers<'_>, described: &Told<Described>) -> Told<Version> {
        let answer = match self.parameter() {
            Some(parameter) if parameter.selector().is_some() => {
                newest.parameters.get(parameter.bare())
            }
            _ => None,
        };
        let found = match (self.selector(), answer) {
            (None, _) => self.one.found,
            (Some(_), answer) => answer.and_then(|answer| answer.as_ref().ok()),
        };
        let key = described.known().and_then(|of| of.latest.key.clone());
        match (found, described, self.meant()) {
            (Some(found), ..) => Told::Known(Version {
                key,
                ..version_of(found)
            }),
            (None, Told::Known(described), _) => Told::Known(described.latest.clone()),
            (None, _, Ok(Told::Unknown(unknown))) => Told::Unknown(unknown),
            (None, ..) => match answer {
                Some(Err(Said::Denied { said })) => self.unknown("ssm:GetParameter", said),
                _ => Told::Unasked,
            },
        }
    }

    /// What a bake would take, by the bake's own calls.
    fn meant(&self) -> Result<Told<Version>, Problem> {
        match (&self.one.outcome, self.one.found) {
            (Ok(_), found) => {
                Ok(found.map_or(Told::Unasked, |found| Told::Known(version_of(found))))
            }
            (Err(Refusal::Service(ServiceRefusal::Denied { action, said, .. })), _) => {
                Ok(Told::Unknown(Unknown {
                    action,
                    said: said.clone(),
                }))
            }
            (Err(why), _) => Err(Problem::at(&self.reference.place, why.clone())),
        }
    }

    fn unknown<T>(&self, action: &'static str, said: &str) -> Told<T> {
        let said = words(&self.reference.path, "parameter", said);
        Told::Unknown(Unknown { action, said })
    }

    async fn history(&self, service: &JsonService) -> Result<Told<Vec<Version>>, Failure> {
        let asked = self.parameter().map(Parameter::bare);
        let Some(name) = asked.or(self.name.as_deref()) else {
            return Ok(Told::Unasked);
        };
        Ok(match describe::history(service, name).await? {
            Ok(all) => Told::Known(all),
            Err(refused) if refused.code == "ParameterNotFound" => Told::Unasked,
            Err(refused) => self.unknown(HISTORY, &refused.said),
        })
    }

    async fn told(
        &self,
        latest: Told<Version>,
        described: Told<Described>,
        service: &JsonService,
        wish: Wish<'_>,
    ) -> Result<Survey, Failure> {
        let meant = self.meant();
        let id = id_of(meant.as_ref().ok());
        let is_latest = id.is_some() && id == id_of(Some(&latest));
        let is_wished = wish.history.has(&self.one.name);
        let history = if is_wished || (id.is_some() && !is_latest) {
            self.history(service).await?
        } else {
            Told::Unasked
        };
        let in_history = |version: &Version| {
            let mut all = history.known().into_iter().flatten();
            let same = all.find(|of| of.id == version.id);
            same.unwrap_or(version).clone()
        };
        let keys: Told<Vec<String>> = if is_latest || id.is_none() {
            described.map(|of| of.latest.key.iter().cloned().collect())
        } else {
            let of_it = |all: &Vec<Version>| all.iter().find(|of| of.id == id).cloned();
            history.map(|all| of_it(all).and_then(|of| of.key).into_iter().collect())
        };
        let key = keys.known().and_then(|keys| keys.first().cloned());
        let meant = meant.map(|meant| {
            meant.map(|version| Version {
                key: key.clone(),
                ..in_history(version)
            })
        });
        Ok(Survey {
            index: self.reference.index,
            place: self.reference.place.clone(),
            name: self.one.name.clone(),
            source: PATH,
            from: self.one.path.clone(),
            region: Some(self.region.to_owned()),
            arn: self.one.found.map(|found| found.arn.clone()),
            pin: self.reference.pin(),
            meant,
            latest: latest.map(in_history),
            oldest: history.map(|all| all.last().cloned()),
            keys,
            tier: described.map(|of| of.tier.clone()),
            history: if is_wished { history } else { Told::Unasked },
        })
    }
}

fn version_of(found: &Found) -> Version {
    Version {
        id: Some(found.version.to_string()),
        written: found.written,
        ..Version::default()
    }
}

fn id_of(version: Option<&Told<Version>>) -> Option<String> {
    version?.known()?.id.clone()
}

#[cfg(test)]
mod tests;
