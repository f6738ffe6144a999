//! What KMS tells of the keys that secrets are sealed under. Each is asked once, all side by side; what could not be asked is said so.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use secret_baker_core::aws::Aws;
use secret_baker_core::aws::kms::{DESCRIBE_KEY, Key, Kms, LIST_ALIASES, Manager};
use secret_baker_core::aws::trouble::Trouble;
use secret_baker_core::contract::is_region;
use secret_baker_core::failure::Failure;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::gather::Gather as _;
use secret_baker_core::source::key_arn::KeyArn;
use secret_baker_core::source::survey::{Told, Unknown};

/// What begins the names of AWS' own keys: nobody else can make such an alias.
const OF_AWS: &str = "alias/aws/";

/// What is asked for beside what a key is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wish {
    /// The aliases of each.
    pub aliases: bool,
}

/// What is known of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// As a source names it: ARN, id or `alias/...`.
    pub name: String,
    /// What KMS says of it. `Known(None)`: there is no key of this name.
    pub key: Told<Option<Key>>,
    /// `alias/...`, sorted.
    pub aliases: Told<Vec<String>>,
}

impl Facts {
    /// Whose it is, where that is known: an alias of AWS' own tells it by its name.
    #[must_use]
    pub fn manager(&self) -> Option<Manager> {
        if resource(&self.name).starts_with(OF_AWS) {
            return Some(Manager::Aws);
        }
        let key = self.key.known()?.as_ref()?;
        Some(key.manager)
    }

    /// The ARN of the key itself, where it is known.
    #[must_use]
    pub fn arn(&self) -> Option<&str> {
        if let Some(Some(key)) = self.key.known() {
            return Some(&key.arn);
        }
        let is_key = KeyArn::of(&self.name).is_some() && resource(&self.name).starts_with("key/");
        is_key.then_some(self.name.as_str())
    }

    /// What people call it: the alias by which its source names it, else its first one. `None`: it has none, or nobody knows.
    #[must_use]
    pub fn alias(&self) -> Option<&str> {
        let named = resource(&self.name);
        if named.starts_with("alias/") {
            return Some(named);
        }
        self.aliases.known()?.first().map(String::as_str)
    }
}

/// What is known of all keys, by the region in which a secret is and the key's name there.
#[derive(Debug, Default)]
pub struct AllFacts(BTreeMap<(String, String), Facts>);

impl AllFacts {
    /// Those of one key. `None`: it was not asked for.
    #[must_use]
    pub fn of(&self, region: &str, name: &str) -> Option<&Facts> {
        self.0.get(&(region.to_owned(), name.to_owned()))
    }
}

/// Asks for the keys of `(region, name)`: an ARN is asked for in its own region, whichever is given.
///
/// # Errors
/// There is no way to AWS at all. A region whose KMS gives no answers is no failure: nothing is known of its keys then.
pub async fn facts(
    aws: &Aws,
    keys: &BTreeSet<(String, String)>,
    wish: Wish,
) -> Result<AllFacts, Failure> {
    let places = keys.iter().map(|(region, name)| place(region, name));
    let asks = places.into_set();
    let mut services = BTreeMap::new();
    for (region, _) in &asks {
        if !services.contains_key(region) {
            services.insert(*region, Kms::of(aws, region).await?);
        }
    }
    let described = asks.iter().map(|(region, name)| {
        let kms = &services[region];
        async move { ((*region, *name), describe(kms, name).await) }
    });
    let described: Described<'_> = join_all(described).await.into_iter().into_map();
    let aliases = if wish.aliases {
        all_aliases(&services, &described).await
    } else {
        BTreeMap::new()
    };
    let fact = |(region, name): &(String, String)| {
        let key = described[&place(region, name)].clone();
        let found = key.known().and_then(Option::as_ref);
        let aliases = found.and_then(|key| aliases.get(key.arn.as_str()));
        let facts = Facts {
            name: name.clone(),
            aliases: aliases.cloned().unwrap_or(Told::Unasked),
            key,
        };
        ((region.clone(), name.clone()), facts)
    };
    Ok(AllFacts(keys.iter().map(fact).into_map()))
}

/// What KMS said to each, by region and name.
type Described<'a> = BTreeMap<(&'a str, &'a str), Told<Option<Key>>>;

/// By the key's ARN: two names may be of one key.
async fn all_aliases<'a>(
    services: &BTreeMap<&str, Kms>,
    described: &'a Described<'_>,
) -> BTreeMap<&'a str, Told<Vec<String>>> {
    let found = described.iter().filter_map(|((region, _), key)| {
        let key = key.known()?.as_ref()?;
        Some((key.arn.as_str(), *region))
    });
    let found = found.into_map();
    let asked = found.into_iter().map(|(arn, region)| {
        let kms = &services[region];
        async move {
            let aliases = match kms.aliases(arn).await {
                Ok(aliases) => Told::Known(aliases),
                Err(trouble) => unknown(kms, LIST_ALIASES, trouble).await,
            };
            (arn, aliases)
        }
    });
    join_all(asked).await.into_iter().collect()
}

async fn describe(kms: &Kms, name: &str) -> Told<Option<Key>> {
    match kms.describe_key(name).await {
        Ok(key) => Told::Known(Some(key)),
        Err(Trouble::Refused(refused)) if refused.code == "NotFoundException" => Told::Known(None),
        Err(trouble) => unknown(kms, DESCRIBE_KEY, trouble).await,
    }
}

async fn unknown<T>(kms: &Kms, action: &'static str, trouble: Trouble) -> Told<T> {
    let said = match trouble {
        Trouble::Refused(refused) => format!("{}: {}", refused.code, refused.said),
        Trouble::Outage(outage) => kms.calls().unavailable(outage).await.to_string(),
    };
    Told::Unknown(Unknown {
        action,
        said: Shown::of(&said),
    })
}

/// Where KMS is asked for a key, and by which name.
fn place<'a>(region: &'a str, name: &'a str) -> (&'a str, &'a str) {
    let own = name.starts_with("arn:").then(|| name.split(':').nth(3));
    (
        own.flatten().filter(|own| is_region(own)).unwrap_or(region),
        name,
    )
}

/// A key's name without what stands before it in an ARN: `key/...`, `alias/...`, or an id.
fn resource(name: &str) -> &str {
    if name.starts_with("arn:") {
        name.splitn(6, ':').last().unwrap_or(name)
    } else {
        name
    }
}

#[cfg(test)]
mod tests;
