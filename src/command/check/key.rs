//! What is wrong with the key of a secret.

use secret_baker_core::aws::Aws;
use secret_baker_core::aws::kms::{Key, Manager};
use secret_baker_core::failure::{Code, Failure};
use secret_baker_core::gather::Gather as _;
use secret_baker_core::source::survey::{Survey, Told};

use super::{Finding, Level};
use crate::keys::{self, AllFacts, Facts};

/// What is known of the keys of all secrets.
///
/// # Errors
/// There is no way to AWS at all.
pub async fn facts(aws: &Aws, surveys: &[Survey]) -> Result<AllFacts, Failure> {
    let named = surveys.iter().flat_map(|survey| {
        let names = survey.keys.known().into_iter().flatten();
        names.map(|name| (region_of_key(survey, name).to_owned(), name.clone()))
    });
    let named = named.filter(|(region, _)| !region.is_empty()).into_set();
    keys::facts(aws, &named, keys::Wish { aliases: true }).await
}

/// What people call the key of a secret.
pub fn called(survey: &Survey, facts: &AllFacts) -> Option<String> {
    let name = survey.keys.known()?.first()?;
    let facts = facts.of(region_of_key(survey, name), name);
    let alias = facts.and_then(|facts| facts.alias().or_else(|| facts.arn()));
    Some(alias.unwrap_or(name).to_owned())
}

/// Where KMS knows the key of a secret.
fn region_of_key<'a>(survey: &'a Survey, name: &'a str) -> &'a str {
    let own = name
        .starts_with("arn:")
        .then(|| name.split(':').nth(3))
        .flatten();
    survey.region.as_deref().or(own).unwrap_or_default()
}

/// What is wrong with the keys of a secret; where any one opens it, only what is wrong with all.
pub fn findings(survey: &Survey, facts: &AllFacts) -> Vec<Finding> {
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
        let hint = match key.state.as_str() {
            "PendingImport" => {
                "import the key's material anew, or encrypt the secret under another key"
            }
            _ => "enable the key or cancel its deletion, or encrypt the secret under another",
        };
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
