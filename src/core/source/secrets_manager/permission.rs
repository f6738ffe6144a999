//! What secrets of Secrets Manager need to be allowed.

use super::want::Reference;
use super::{describe, label};
use crate::source::permission::{Condition, DECRYPT, OfAws, On, Permission, Who};
use crate::source::survey::Survey;

/// What an entry needs; `own_label` is the deployment's own staging label, where one is moved.
pub fn of(
    reference: &Reference,
    told: &Survey,
    arn: &str,
    own_label: Option<&str>,
) -> Vec<Permission> {
    let on = || On::Arn(arn.to_owned());
    let permission = |who: Who, purpose, actions, on, conditions| Permission {
        who,
        place: told.place.clone(),
        purpose,
        actions,
        on,
        conditions,
        notice: None,
    };
    let function = || Who::Function(told.name.clone());
    let describes: &[&str] = &[describe::ACTION];
    let read: &[&str] = &["secretsmanager:GetSecretValue"];
    let mut all = vec![
        permission(Who::Deployment, "FindVersions", describes, on(), vec![]),
        permission(function(), "ReadSecrets", read, on(), vec![]),
    ];
    if let Some(label) = own_label.and_then(|own| reference.label(own)) {
        let only = Condition::equals("secretsmanager:VersionStage", label.value());
        let moves: &[&str] = &[label::ACTION];
        all.push(permission(
            Who::Deployment,
            "KeepVersions",
            moves,
            on(),
            vec![only],
        ));
    }
    let region = told.region.as_deref().unwrap_or_default();
    let keys = On::Keys {
        region: told.region.clone(),
        keys: told.keys.clone(),
        of_aws: OfAws::Open,
    };
    let by = format!("secretsmanager.{region}.amazonaws.com");
    let conditions = vec![
        Condition::context("SecretARN", arn),
        Condition::equals("kms:ViaService", by),
    ];
    all.push(permission(
        function(),
        "OpenSecrets",
        DECRYPT,
        keys,
        conditions,
    ));
    all
}
