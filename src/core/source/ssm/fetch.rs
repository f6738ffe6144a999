//! The calls themselves: `GetParameters`, `GetParameter` and `GetParametersByPath`, always
//! without decryption, and their replies brought back to what was asked.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::{Parameter as Reply, ParameterType};
use futures_util::future::{join_all, try_join_all};

use super::plan::{Call, NAMES_A_CALL, Plan};
use super::refusal::Trouble;
use crate::aws::account;
use crate::aws::pace::Pace;
use crate::failure::Account;
use crate::source::Progress;
use crate::source::ssm::name::{Parameter, Prefix};

/// A parameter as it was returned, still encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its name, without a selector.
    pub name: String,
    /// Its ARN, without a selector.
    pub arn: String,
    /// The ciphertext in base64, unless the type says otherwise.
    pub value: String,
    /// Counted from 1.
    pub version: i64,
    /// Only a `SecureString` is encrypted.
    pub kind: ParameterType,
}

/// What Parameter Store said to each parameter and each prefix that was asked for.
#[derive(Debug, Default)]
pub struct Answers<'a> {
    /// By the parameter as asked; what is absent was left out of the reply.
    pub parameters: HashMap<&'a str, Result<Found, Trouble>>,
    /// By the prefix' path.
    pub prefixes: HashMap<&'a str, Result<Vec<Found>, Trouble>>,
    /// Whether a batch was denied, and single calls were made instead.
    pub one_by_one: bool,
}

impl Answers<'_> {
    /// Region and account of the parameters that were found by a plain name, if any was.
    pub fn account(&self) -> Option<Account> {
        let plain = self
            .parameters
            .iter()
            .filter(|(asked, _)| !asked.starts_with("arn:"));
        let mut found = plain.filter_map(|(_, answer)| answer.as_ref().ok());
        found.find_map(|found| account::in_arn(&found.arn))
    }
}

/// A trouble that ends the whole bake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The region that was asked; `None` is the service's own.
    pub region: Option<String>,
    /// What happened there.
    pub trouble: Trouble,
}

/// One answer each.
type Pairs<'a> = Vec<(&'a Parameter, Result<Found, Trouble>)>;

/// Makes the calls of a plan.
pub struct Fetch<'a> {
    /// By region; `None` is the service's own.
    pub clients: &'a BTreeMap<Option<String>, Client>,
    /// Shared by all calls.
    pub pace: &'a Pace,
    /// Told after each reply.
    pub progress: Progress<'a>,
    done: AtomicUsize,
    total: AtomicUsize,
    one_by_one: AtomicBool,
}

impl<'a> Fetch<'a> {
    /// Prepares; makes no call.
    pub fn new(
        clients: &'a BTreeMap<Option<String>, Client>,
        pace: &'a Pace,
        progress: Progress<'a>,
    ) -> Self {
        Self {
            clients,
            pace,
            progress,
            done: AtomicUsize::new(0),
            total: AtomicUsize::new(0),
            one_by_one: AtomicBool::new(false),
        }
    }

    /// All answers, of all batches and walks side by side.
    ///
    /// # Errors
    /// The first trouble that no single parameter is to blame for; the other calls stop.
    pub async fn all<'p>(&self, plan: &'p Plan<'p>) -> Result<Answers<'p>, Lost> {
        self.report(0, plan.parameters());
        let batches = try_join_all(plan.calls.iter().map(|call| self.batch(call)));
        let walks = try_join_all(plan.walks.iter().map(|prefix| async {
            let walked = self.walk(prefix).await;
            walked.map_err(|trouble| Lost {
                region: None,
                trouble,
            })
        }));
        let (batches, walks) = futures_util::future::try_join(batches, walks).await?;
        Ok(Answers {
            parameters: batches
                .into_iter()
                .flatten()
                .map(|(asked, answer)| (asked.asked(), answer))
                .collect(),
            prefixes: walks.into_iter().collect(),
            one_by_one: self.one_by_one.load(Relaxed),
        })
    }

    async fn batch<'p>(&self, call: &'p Call<'p>) -> Result<Pairs<'p>, Lost> {
        let lost = |trouble| Lost {
            region: call.region.map(str::to_owned),
            trouble,
        };
        let client = &self.clients[&call.region.map(str::to_owned)];
        let pairs = match self.get_parameters(client, &call.parameters).await {
            Ok(pairs) => self.explain_missing(client, pairs).await,
            Err(trouble @ (Trouble::Denied { .. } | Trouble::Refused { .. })) => {
                if matches!(trouble, Trouble::Denied { .. }) {
                    self.one_by_one.store(true, Relaxed);
                }
                self.singles(client, &call.parameters).await
            }
            Err(trouble) => return Err(lost(trouble)),
        };
        self.report(call.parameters.len(), 0);
        stop_at_general(pairs).map_err(lost)
    }

    /// One call for up to ten parameters. Replies come in alphabetical order and are matched
    /// by name or ARN, with the selector.
    async fn get_parameters<'p>(
        &self,
        client: &Client,
        asked: &[&'p Parameter],
    ) -> Result<Pairs<'p>, Trouble> {
        let names: Vec<String> = asked
            .iter()
            .map(|parameter| parameter.asked().to_owned())
            .collect();
        let send = || async {
            let call = client
                .get_parameters()
                .set_names(Some(names.clone()))
                .with_decryption(false);
            call.send().await.map_err(|error| Trouble::of(&error))
        };
        let reply = self.pace.call(send, Trouble::verdict).await?;
        let mut found = by_spelling(reply.parameters.unwrap_or_default());
        let invalid = reply.invalid_parameters.unwrap_or_default();
        let answer = |parameter: &&'p Parameter| match found.remove(parameter.asked()) {
            Some(found) => Some((*parameter, Ok(found))),
            None if invalid.iter().any(|name| name == parameter.asked()) => {
                Some((*parameter, Err(Trouble::NotFound)))
            }
            None => None,
        };
        Ok(asked.iter().filter_map(answer).collect())
    }

    /// A batch's reply does not tell a missing version from a missing parameter; one call more
    /// does, on the way to an error message only.
    async fn explain_missing<'p>(&self, client: &Client, pairs: Pairs<'p>) -> Pairs<'p> {
        let explained = pairs.into_iter().map(|(asked, answer)| async move {
            let missing = matches!(answer, Err(Trouble::NotFound)) && asked.selector().is_some();
            if missing && self.get_parameter(client, asked).await == Err(Trouble::VersionNotFound) {
                return (asked, Err(Trouble::VersionNotFound));
            }
            (asked, answer)
        });
        join_all(explained).await
    }

    async fn singles<'p>(&self, client: &Client, asked: &[&'p Parameter]) -> Pairs<'p> {
        let calls = asked.iter().map(|parameter| async move {
            (*parameter, self.get_parameter(client, parameter).await)
        });
        join_all(calls).await
    }

    async fn get_parameter(&self, client: &Client, asked: &Parameter) -> Result<Found, Trouble> {
        let send = || async {
            let call = client
                .get_parameter()
                .name(asked.asked())
                .with_decryption(false);
            call.send().await.map_err(|error| Trouble::of(&error))
        };
        let reply = self.pace.call(send, Trouble::verdict).await?;
        reply.parameter.and_then(read).ok_or(Trouble::NotFound)
    }

    /// All `SecureString`s below a path, sorted by name. Its denial is the prefix' own answer.
    async fn walk<'p>(
        &self,
        prefix: &'p Prefix,
    ) -> Result<(&'p str, Result<Vec<Found>, Trouble>), Trouble> {
        let client = &self.clients[&None];
        let (mut found, mut token) = (Vec::new(), None);
        loop {
            let (page, next) = match self.page(client, prefix, token).await {
                Ok(page) => page,
                Err(trouble) if is_general(&trouble) => return Err(trouble),
                Err(trouble) => return Ok((prefix.path(), Err(trouble))),
            };
            let secure: Vec<Found> = page
                .into_iter()
                .filter(|found| found.kind == ParameterType::SecureString)
                .collect();
            self.report(secure.len(), secure.len());
            found.extend(secure);
            token = next;
            if token.is_none() {
                found.sort_by(|a, b| a.name.cmp(&b.name));
                return Ok((prefix.path(), Ok(found)));
            }
        }
    }

    async fn page(
        &self,
        client: &Client,
        prefix: &Prefix,
        token: Option<String>,
    ) -> Result<(Vec<Found>, Option<String>), Trouble> {
        let most = i32::try_from(NAMES_A_CALL).unwrap_or(10);
        let send = || async {
            let call = client
                .get_parameters_by_path()
                .path(prefix.path())
                .recursive(true);
            let call = call
                .with_decryption(false)
                .max_results(most)
                .set_next_token(token.clone());
            call.send().await.map_err(|error| Trouble::of(&error))
        };
        let reply = self.pace.call(send, Trouble::verdict).await?;
        let found = reply
            .parameters
            .unwrap_or_default()
            .into_iter()
            .filter_map(read)
            .collect();
        Ok((found, reply.next_token.filter(|token| !token.is_empty())))
    }

    fn report(&self, done: usize, total: usize) {
        let total = self.total.fetch_add(total, Relaxed) + total;
        let done = self.done.fetch_add(done, Relaxed) + done;
        (self.progress)(done, total);
    }
}

/// Every spelling under which a reply may have been asked for.
fn by_spelling(replies: Vec<Reply>) -> HashMap<String, Found> {
    let mut found = HashMap::new();
    for reply in replies {
        let selector = reply.selector().unwrap_or_default().to_owned();
        if let Some(parameter) = read(reply) {
            found.insert(format!("{}{selector}", parameter.arn), parameter.clone());
            found.insert(format!("{}{selector}", parameter.name), parameter);
        }
    }
    found
}

fn read(reply: Reply) -> Option<Found> {
    Some(Found {
        name: reply.name?,
        arn: reply.arn?,
        value: reply.value?,
        version: reply.version,
        kind: reply.r#type?,
    })
}

/// Troubles that concern one parameter are its answer; any other ends the whole bake.
fn is_general(trouble: &Trouble) -> bool {
    !matches!(
        trouble,
        Trouble::Denied { .. }
            | Trouble::NotFound
            | Trouble::VersionNotFound
            | Trouble::Refused { .. }
    )
}

fn stop_at_general(pairs: Pairs<'_>) -> Result<Pairs<'_>, Trouble> {
    let general = pairs
        .iter()
        .find_map(|(_, answer)| answer.as_ref().err().filter(|trouble| is_general(trouble)));
    match general {
        Some(trouble) => Err(trouble.clone()),
        None => Ok(pairs),
    }
}
