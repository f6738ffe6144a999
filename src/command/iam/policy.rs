//! A policy as IAM takes it: few statements, none of which allows more than those that it was made of.

use std::collections::{BTreeMap, BTreeSet};

use secret_baker_core::gather::Gather as _;
use secret_baker_core::source::permission::Permission;
use serde_json::{Map, Value, json};

/// What a managed policy may have, white space not counted.
pub const LONGEST_MANAGED: usize = 6_144;
/// What all inline policies of a role may have together.
pub const LONGEST_INLINE: usize = 10_240;

/// Operator and key, with the values of which any will do.
type Conditions = BTreeMap<(&'static str, String), BTreeSet<String>>;

/// One statement: each of its actions, on each of its resources, where all of its conditions hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    purposes: Vec<&'static str>,
    actions: &'static [&'static str],
    resources: BTreeSet<String>,
    conditions: Conditions,
}

/// A policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy(Vec<Statement>);

impl Statement {
    /// What a permission says, on these.
    #[must_use]
    pub fn of(permission: &Permission, resources: &[String]) -> Self {
        let conditions = permission.conditions.iter();
        let conditions = conditions.map(|one| {
            let value = [literal(&one.value)].into_iter().into_set();
            ((one.operator, one.key.clone()), value)
        });
        Self {
            purposes: vec![permission.purpose],
            actions: permission.actions,
            resources: resources.iter().map(|one| resource(one)).into_set(),
            conditions: conditions.into_map(),
        }
    }

    /// Takes the other in, if the two say together just what they say apart: they differ in the resources alone, or in the values of one
    /// condition alone.
    fn take_in(&mut self, other: &Self) -> bool {
        let is_alike =
            self.actions == other.actions && self.conditions.keys().eq(other.conditions.keys());
        if !is_alike {
            return false;
        }
        let pairs = self.conditions.iter().zip(&other.conditions);
        let differing = pairs
            .filter(|((_, own), (_, others))| own != others)
            .count();
        if differing + usize::from(self.resources != other.resources) > 1 {
            return false;
        }
        for purpose in &other.purposes {
            if !self.purposes.contains(purpose) {
                self.purposes.push(purpose);
            }
        }
        self.resources.extend(other.resources.iter().cloned());
        for (key, values) in &mut self.conditions {
            values.extend(other.conditions[key].iter().cloned());
        }
        true
    }

    fn json(&self, sid: &str) -> Value {
        let mut statement = json!({
            "Sid": sid,
            "Effect": "Allow",
            "Action": one_or_all(self.actions.iter().map(|action| (*action).to_owned())),
            "Resource": one_or_all(self.resources.iter().cloned()),
        });
        let mut conditions = Map::new();
        for ((operator, key), values) in &self.conditions {
            let of_operator = conditions
                .entry(*operator)
                .or_insert_with(|| Map::new().into());
            of_operator[key] = one_or_all(values.iter().cloned());
        }
        if !conditions.is_empty() {
            statement["Condition"] = conditions.into();
        }
        statement
    }
}

impl Policy {
    /// Of these statements, as few as say the same.
    #[must_use]
    pub fn of(statements: impl Iterator<Item = Statement>) -> Self {
        let mut all: Vec<_> = statements.collect();
        // What has grown may fit another now.
        loop {
            let before = all.len();
            let mut fewer: Vec<Statement> = Vec::new();
            for statement in all {
                if !fewer.iter_mut().any(|one| one.take_in(&statement)) {
                    fewer.push(statement);
                }
            }
            all = fewer;
            if all.len() == before {
                return Self(all);
            }
        }
    }

    /// Whether it allows nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its statements, each with a `Sid` of its own that says what for.
    #[must_use]
    pub fn statements(&self) -> Vec<Value> {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let named = self.0.iter().map(|statement| {
            let purpose = statement.purposes.join("And");
            let count = seen.entry(purpose.clone()).or_default();
            *count += 1;
            match count {
                1 => statement.json(&purpose),
                count => statement.json(&format!("{purpose}{count}")),
            }
        });
        named.collect()
    }

    /// The document.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({ "Version": "2012-10-17", "Statement": self.statements() })
    }

    /// How long it is as IAM counts: white space outside of texts is left out.
    #[must_use]
    pub fn length(&self) -> usize {
        self.json().to_string().len()
    }
}

/// A text as a policy takes it where it is to stand for itself: `${` would begin a variable.
fn literal(text: &str) -> String {
    text.replace("${", "${$}{")
}

/// The same of an ARN, in which `*` and `?` would stand for others: no service has such names, so whoever answered with one is none.
fn resource(arn: &str) -> String {
    literal(arn).replace('*', "${*}").replace('?', "${?}")
}

fn one_or_all(all: impl Iterator<Item = String>) -> Value {
    let all: Vec<_> = all.collect();
    match <[String; 1]>::try_from(all) {
        Ok([one]) => one.into(),
        Err(all) => all.into(),
    }
}
