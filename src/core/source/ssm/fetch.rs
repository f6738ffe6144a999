//! The calls themselves: `GetParameters`, `GetParameter` and `GetParametersByPath`, always
//! without decryption, and their replies brought back to what was asked.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use futures_util::future::{join_all, try_join, try_join_all};
use serde_json::{Value, json};

use super::name::{Parameter, Prefix};
use super::plan::{Call, NAMES_A_CALL, Plan};
use super::refusal::Said;
use crate::aws::account::{self, Account};
use crate::aws::endpoint::PARAMETER_STORE;
use crate::aws::json_call::{Api, JsonService};
use crate::aws::outage::Outage;
use crate::aws::trouble::Trouble;
use crate::source::joint::Progress;
use crate::source::survey::seconds;

/// How Parameter Store is spoken to.
pub const API: Api = Api {
    service: PARAMETER_STORE,
    target: "AmazonSSM",
    version: "1.1",
};
/// The one type that is encrypted.
pub const SECURE_STRING: &str = "SecureString";

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
    /// `SecureString`, `String`, `StringList`.
    pub kind: String,
    /// When this version was written, in seconds since 1970.
    pub written: Option<i64>,
}

/// What Parameter Store said to each parameter and each prefix that was asked for.
#[derive(Debug, Default)]
pub struct Answers<'a> {
    /// By the parameter as asked; what is absent was left out of the reply.
    pub parameters: HashMap<&'a str, Result<Found, Said>>,
    /// By the prefix' path.
    pub prefixes: HashMap<&'a str, Result<Vec<Found>, Said>>,
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

/// What ends all calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The region that was asked; `None` is the service's own.
    pub region: Option<String>,
    /// What happened there.
    pub outage: Outage,
}

/// One answer each.
type Pairs<'a> = Vec<(&'a Parameter, Result<Found, Said>)>;

/// Makes the calls of a plan.
pub struct Fetch<'a> {
    /// By region; `None` is the service's own.
    pub stores: &'a BTreeMap<Option<String>, JsonService>,
    /// Told after each reply.
    pub progress: Progress<'a>,
    done: AtomicUsize,
    total: AtomicUsize,
    one_by_one: AtomicBool,
}

impl<'a> Fetch<'a> {
    /// Prepares; makes no call.
    pub fn new(stores: &'a BTreeMap<Option<String>, JsonService>, progress: Progress<'a>) -> Self {
        Self {
            stores,
            progress,
            done: AtomicUsize::new(0),
            total: AtomicUsize::new(0),
            one_by_one: AtomicBool::new(false),
        }
    }

    /// All answers, of all batches and walks side by side.
    ///
    /// # Errors
    /// The first outage; the other calls stop.
    pub async fn all<'p>(&self, plan: &'p Plan<'p>) -> Result<Answers<'p>, Lost> {
        self.report(0, plan.parameters());
        let batches = try_join_all(plan.calls.iter().map(|call| self.batch(call)));
        let walks = try_join_all(plan.walks.iter().map(|prefix| self.walk(prefix)));
        let (batches, walks) = try_join(batches, walks).await?;
        let batches = batches.into_iter().flatten();
        Ok(Answers {
            parameters: batches
                .map(|(asked, answer)| (asked.asked(), answer))
                .collect(),
            prefixes: walks.into_iter().collect(),
            one_by_one: self.one_by_one.load(Relaxed),
        })
    }

    async fn batch<'p>(&self, call: &'p Call<'p>) -> Result<Pairs<'p>, Lost> {
        let region = call.region.map(str::to_owned);
        let store = &self.stores[&region];
        let pairs = match self.get_parameters(store, &call.parameters).await {
            Ok(pairs) => Ok(self.explain_missing(store, pairs).await),
            Err(Trouble::Refused(refused)) => {
                self.one_by_one.fetch_or(refused.is_denied(), Relaxed);
                self.singles(store, &call.parameters).await
            }
            Err(Trouble::Outage(outage)) => Err(outage),
        };
        self.report(call.parameters.len(), 0);
        pairs.map_err(|outage| Lost { region, outage })
    }

    /// One call for up to ten parameters. Replies come in alphabetical order and are matched
    /// by name or ARN, with the selector.
    async fn get_parameters<'p>(
        &self,
        store: &JsonService,
        asked: &[&'p Parameter],
    ) -> Result<Pairs<'p>, Trouble> {
        let names: Vec<_> = asked.iter().map(|parameter| parameter.asked()).collect();
        let request = json!({ "Names": names, "WithDecryption": false });
        let reply = store.call("GetParameters", &request).await?;
        let mut found = by_spelling(list(&reply, "Parameters")?);
        let invalid = list(&reply, "InvalidParameters")?;
        let answer = |parameter: &&'p Parameter| match found.remove(parameter.asked()) {
            Some(found) => Some((*parameter, Ok(found))),
            None if invalid.iter().any(|name| name == parameter.asked()) => {
                Some((*parameter, Err(Said::NotFound)))
            }
            None => None,
        };
        Ok(asked.iter().filter_map(answer).collect())
    }

    /// A batch's reply does not tell a missing version from a missing parameter; one call more
    /// does, on the way to an error message only.
    async fn explain_missing<'p>(&self, store: &JsonService, pairs: Pairs<'p>) -> Pairs<'p> {
        let explained = pairs.into_iter().map(|(asked, answer)| async move {
            let missing = answer == Err(Said::NotFound) && asked.selector().is_some();
            let gone = Ok(Err(Said::VersionNotFound));
            if missing && self.get_parameter(store, asked).await == gone {
                return (asked, Err(Said::VersionNotFound));
            }
            (asked, answer)
        });
        join_all(explained).await
    }

    async fn singles<'p>(
        &self,
        store: &JsonService,
        asked: &[&'p Parameter],
    ) -> Result<Pairs<'p>, Outage> {
        let calls = asked.iter().map(|parameter| async move {
            let answer = self.get_parameter(store, parameter).await?;
            Ok((*parameter, answer))
        });
        try_join_all(calls).await
    }

    async fn get_parameter(
        &self,
        store: &JsonService,
        asked: &Parameter,
    ) -> Result<Result<Found, Said>, Outage> {
        let request = json!({ "Name": asked.asked(), "WithDecryption": false });
        let reply = said(store.call("GetParameter", &request).await)?;
        let found = |reply: Value| read(reply.get("Parameter")?);
        Ok(reply.and_then(|reply| found(reply).ok_or(Said::NotFound)))
    }

    /// All `SecureString`s below a path, sorted by name. What is refused is the prefix' own answer.
    async fn walk<'p>(
        &self,
        prefix: &'p Prefix,
    ) -> Result<(&'p str, Result<Vec<Found>, Said>), Lost> {
        let region = None;
        let store = &self.stores[&region];
        let (mut found, mut token) = (Vec::new(), None);
        loop {
            let page = said(self.page(store, prefix, token).await);
            let (page, next) = match page.map_err(|outage| Lost {
                region: None,
                outage,
            })? {
                Ok(page) => page,
                Err(said) => return Ok((prefix.path(), Err(said))),
            };
            self.report(page.len(), page.len());
            found.extend(page);
            token = next;
            if token.is_none() {
                found.sort_unstable_by(|a, b| a.name.cmp(&b.name));
                return Ok((prefix.path(), Ok(found)));
            }
        }
    }

    async fn page(
        &self,
        store: &JsonService,
        prefix: &Prefix,
        token: Option<String>,
    ) -> Result<(Vec<Found>, Option<String>), Trouble> {
        let secure = json!({ "Key": "Type", "Option": "Equals", "Values": [SECURE_STRING] });
        let mut request = json!({
            "Path": prefix.path(),
            "ParameterFilters": [secure],
            "Recursive": true,
            "WithDecryption": false,
            "MaxResults": NAMES_A_CALL,
        });
        if let Some(token) = token {
            request["NextToken"] = token.into();
        }
        let reply = store.call("GetParametersByPath", &request).await?;
        // It was asked for nothing else; what it gives all the same is no ciphertext.
        let is_secure = |found: &Found| found.kind == SECURE_STRING;
        let found = list(&reply, "Parameters")?.iter().filter_map(read);
        let next = reply.get("NextToken").and_then(Value::as_str);
        let next = next.filter(|token| !token.is_empty()).map(str::to_owned);
        Ok((found.filter(is_secure).collect(), next))
    }

    fn report(&self, done: usize, total: usize) {
        let total = self.total.fetch_add(total, Relaxed) + total;
        let done = self.done.fetch_add(done, Relaxed) + done;
        (self.progress)(done, total);
    }
}

/// Every spelling under which a reply may have been asked for.
fn by_spelling(replies: &[Value]) -> HashMap<String, Found> {
    let mut found = HashMap::new();
    for reply in replies {
        let selector = reply.get("Selector").and_then(Value::as_str);
        let selector = selector.unwrap_or_default();
        if let Some(parameter) = read(reply) {
            found.insert(format!("{}{selector}", parameter.arn), parameter.clone());
            found.insert(format!("{}{selector}", parameter.name), parameter);
        }
    }
    found
}

/// A list of a reply; one that is absent is empty.
fn list<'r>(reply: &'r Value, name: &str) -> Result<&'r [Value], Trouble> {
    match reply.get(name) {
        Some(Value::Array(items)) => Ok(items),
        None | Some(Value::Null) => Ok(&[]),
        Some(_) => Err(Trouble::no_answer(format!(
            "what came back is no answer of AWS (`{name}` is no list)"
        ))),
    }
}

fn read(reply: &Value) -> Option<Found> {
    let text = |name: &str| Some(reply.get(name)?.as_str()?.to_owned());
    Some(Found {
        name: text("Name")?,
        arn: text("ARN")?,
        value: text("Value")?,
        version: reply.get("Version").and_then(Value::as_i64).unwrap_or(0),
        kind: text("Type")?,
        written: seconds(reply.get("LastModifiedDate")),
    })
}

/// What the service refuses is an answer, as far as others than this one may fare better.
fn said<T>(result: Result<T, Trouble>) -> Result<Result<T, Said>, Outage> {
    match result {
        Ok(answer) => Ok(Ok(answer)),
        Err(Trouble::Refused(refused)) => Ok(Err(refused.into())),
        Err(Trouble::Outage(outage)) => Err(outage),
    }
}
