//! Whose right to open secrets is looked at.

use secret_baker_core::aws::Aws;
use secret_baker_core::config::Text;
use secret_baker_core::contract::is_account;

use super::{Finding, Report};
use crate::service::Service;

/// The longest name of a role, its path left out.
const LONGEST_NAME: usize = 64;
/// The longest path of one.
const LONGEST_PATH: usize = 512;

/// A role that must open secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its ARN.
    pub role: String,
    only: Option<Vec<String>>,
}

impl Target {
    /// Whether it must open this one.
    #[must_use]
    pub fn has(&self, name: &Text) -> bool {
        let only = self.only.as_ref();
        only.is_none_or(|only| only.iter().any(|of| of == name.value()))
    }
}

/// Whether this is the ARN of a role, or the name of one.
///
/// # Errors
/// Why it is neither, in words.
pub fn named(role: &str) -> Result<(), String> {
    let parts: Vec<&str> = role.splitn(6, ':').collect();
    match parts[..] {
        ["arn", partition, "sts", _, account, session] if session.starts_with("assumed-role/") => {
            let name = session.split('/').nth(1).unwrap_or_default();
            Err(format!(
                "that is a session of a role: give the role's own ARN, such as arn:{partition}:iam::{account}:role/{name}, with its path"
            ))
        }
        ["arn", ..] if is_arn(role) => Ok(()),
        ["arn", ..] => Err(
            "that is not the ARN of a role, such as arn:aws:iam::123456789012:role/api".to_owned(),
        ),
        _ if is_name(role) => Ok(()),
        _ => Err("that is neither a role's name nor its ARN".to_owned()),
    }
}

fn is_arn(role: &str) -> bool {
    let parts: Vec<&str> = role.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts[..] else {
        return false;
    };
    let name = resource.strip_prefix("role/");
    partition.starts_with("aws") && is_account(account) && name.is_some_and(is_name)
}

/// A name, maybe behind a path.
fn is_name(text: &str) -> bool {
    let (path, name) = text.rsplit_once('/').unwrap_or(("", text));
    let is_of = |text: &str, more: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c) || more.contains(c);
        text.chars().all(fits)
    };
    let lengths = (1..=LONGEST_NAME).contains(&name.len()) && path.len() <= LONGEST_PATH;
    // A path may have any printable character of ASCII but a space.
    lengths && is_of(name, "") && path.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The role that was named, for all secrets, else each function's own, for those that it carries. What is not known of roles is put into
/// the report.
pub async fn targets(
    report: &mut Report,
    aws: &Aws,
    (service, role): (&Service, Option<&str>),
) -> Vec<Target> {
    let Some(role) = role else {
        return of_functions(report, service);
    };
    let arn = if role.starts_with("arn:") {
        Some(role.to_owned())
    } else {
        here(aws, role).await
    };
    if let Some(role) = arn {
        return vec![Target { role, only: None }];
    }
    let what = format!("whether the role {role} may open the secrets");
    let said = "nobody tells the account, and so not the role's ARN; give it whole";
    let finding = Finding::unchecked(&what, "sts:GetCallerIdentity", said);
    report.findings.push(finding);
    Vec::new()
}

fn of_functions(report: &mut Report, service: &Service) -> Vec<Target> {
    let default = &service.options.default;
    let mut targets = Vec::new();
    for function in &service.functions {
        let only = function.only.clone().or_else(|| default.clone());
        match function.role.clone().filter(|role| is_arn(role)) {
            Some(role) => targets.push(Target { role, only }),
            None if only.as_ref().is_some_and(Vec::is_empty) => {}
            None => report.without_role.push(function.key.clone()),
        }
    }
    targets
}

/// In the caller's account.
async fn here(aws: &Aws, name: &str) -> Option<String> {
    let me = aws.arn().await?;
    let mut parts = me.split(':');
    let (partition, account) = (parts.nth(1)?, parts.nth(2)?);
    let name = name.trim_start_matches('/');
    Some(format!("arn:{partition}:iam::{account}:role/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_named_by_its_name_or_its_arn() {
        for right in [
            "api",
            "team/api+=,.@-_",
            "arn:aws:iam::123456789012:role/api",
            "arn:aws-us-gov:iam::123456789012:role/team/a/api",
            "arn:aws:iam::123456789012:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
        ] {
            assert_eq!(named(right), Ok(()), "{right}");
        }
    }

    #[test]
    fn what_is_no_role_is_told_from_one() {
        let session = named("arn:aws:sts::123456789012:assumed-role/api/me").unwrap_err();
        assert!(session.contains("arn:aws:iam::123456789012:role/api,"));
        let long = "a".repeat(65);
        for wrong in [
            "",
            "a b",
            "api\u{1b}[31m",
            "role/",
            long.as_str(),
            "arn:aws:iam::123456789012:user/me",
            "arn:aws:iam::12:role/api",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam:eu-west-1:123456789012:role/api",
            "arn:aws:sts::123456789012:federated-user/me",
            "arn:",
        ] {
            assert!(named(wrong).is_err(), "{wrong}");
        }
    }
}
