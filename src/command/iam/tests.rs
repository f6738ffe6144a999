use super::*;
use crate::fake_aws::{FakeAws, refuses};
use secret_baker_core::config::Text;
use secret_baker_core::source::permission::{Condition, DECRYPT};
use serde_json::json;

const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn opens(name: &str, key: &str, conditions: &[(&str, &str)]) -> Permission {
    let conditions = conditions.iter();
    Permission {
        who: Who::Function(Text::public(name)),
        place: Place::from("secrets"),
        purpose: "OpenParameters",
        actions: DECRYPT,
        on: On::Keys {
            region: Some("eu-west-1".into()),
            keys: Told::Known(vec![key.to_owned()]),
            of_aws: OfAws::Closed,
        },
        conditions: conditions
            .map(|(key, value)| Condition::context(key, value))
            .collect(),
        notice: None,
    }
}

fn merged(all: &[(&str, &[(&str, &str)])]) -> Vec<serde_json::Value> {
    let statements = all
        .iter()
        .map(|(key, conditions)| Statement::of(&opens("A", key, conditions), &[(*key).to_owned()]));
    Policy::of(statements).statements()
}

fn statement(
    sid: &str,
    resource: &serde_json::Value,
    contexts: &serde_json::Value,
) -> serde_json::Value {
    json!({
        "Sid": sid, "Effect": "Allow", "Action": "kms:Decrypt", "Resource": resource,
        "Condition": { "StringEquals": contexts },
    })
}

#[test]
fn values_of_one_condition_are_merged() {
    assert_eq!(
        merged(&[
            ("k", &[("P", "b")]),
            ("k", &[("P", "a")]),
            ("k", &[("P", "b")])
        ]),
        [statement(
            "OpenParameters",
            &json!("k"),
            &json!({ "kms:EncryptionContext:P": ["a", "b"] })
        )]
    );
}

#[test]
fn keys_under_the_same_conditions_are_merged() {
    assert_eq!(
        merged(&[("k", &[("P", "a")]), ("l", &[("P", "a")])]),
        [statement(
            "OpenParameters",
            &json!(["k", "l"]),
            &json!({ "kms:EncryptionContext:P": "a" })
        )]
    );
}

#[test]
fn what_is_said_for_two_purposes_is_said_once() {
    let mut other = opens("A", "k", &[("P", "a")]);
    other.purpose = "OpenFiles";
    let all = [opens("A", "k", &[("P", "a")]), other];
    let statements = all.iter().map(|one| Statement::of(one, &["k".to_owned()]));
    assert_eq!(
        Policy::of(statements).statements(),
        [statement(
            "OpenParametersAndOpenFiles",
            &json!("k"),
            &json!({ "kms:EncryptionContext:P": "a" })
        )]
    );
}

#[test]
fn what_would_allow_more_together_stays_apart() {
    assert_eq!(
        merged(&[
            ("k", &[("P", "a"), ("Q", "a")]),
            ("k", &[("P", "b"), ("Q", "b")]),
            ("l", &[("P", "c"), ("Q", "a")]),
        ])
        .len(),
        3
    );
    let apart = merged(&[("k", &[("P", "a")]), ("l", &[("P", "b")])]);
    assert_eq!(apart.len(), 2);
    assert_eq!(apart[1]["Sid"], "OpenParameters2");
}

#[test]
fn what_would_be_a_variable_of_a_policy_stands_for_itself() {
    assert_eq!(
        merged(&[("k", &[("P", "${aws:username}*")])]),
        [statement(
            "OpenParameters",
            &json!("k"),
            &json!({ "kms:EncryptionContext:P": "${$}{aws:username}*" })
        )]
    );
}

/// What becomes of one permission where KMS answers so.
async fn told(
    key: &str,
    of_aws: OfAws,
    answer: impl Fn(&str, &serde_json::Value) -> (u16, serde_json::Value) + Send + Sync + 'static,
) -> Result<Vec<String>, String> {
    let fake = FakeAws::new(&["kms"], answer).await;
    let mut permission = opens("A", key, &[]);
    if let On::Keys { of_aws: own, .. } = &mut permission.on {
        *own = of_aws;
    }
    let all = [permission];
    let resources = Resources::of(&fake.aws, &all).await.unwrap();
    let statement = resources.statement(&all[0]);
    let json = |statement: Option<Statement>| {
        let policy = Policy::of(statement.into_iter());
        let texts = policy.statements().into_iter();
        texts
            .map(|one| one["Resource"].as_str().unwrap().to_owned())
            .collect()
    };
    statement.map(json).map_err(|why| why.to_string())
}

fn described(manager: &str) -> (u16, serde_json::Value) {
    let key = json!({ "Arn": KEY, "KeyId": "1", "KeyManager": manager, "KeyState": "Enabled", "Enabled": true });
    (200, json!({ "KeyMetadata": key }))
}

#[tokio::test]
async fn an_alias_becomes_the_arn_of_its_key() {
    let arns = told("alias/app", OfAws::Closed, |_, _| described("CUSTOMER")).await;
    assert_eq!(arns, Ok(vec![KEY.to_owned()]));
}

#[tokio::test]
async fn a_key_that_cannot_be_told_is_refused() {
    let denied =
        |_: &str, _: &serde_json::Value| refuses("AccessDeniedException", "not authorized");
    assert_eq!(
        told("alias/app", OfAws::Closed, denied).await,
        Err("the key of `A` cannot be told: kms:DescribeKey says: AccessDeniedException: not authorized".into())
    );
    assert_eq!(
        told(KEY, OfAws::Closed, denied).await,
        Ok(vec![KEY.to_owned()])
    );
    let missing = |_: &str, _: &serde_json::Value| refuses("NotFoundException", "no");
    assert_eq!(
        told("alias/app", OfAws::Closed, missing).await,
        Err("there is no key `alias/app`, under which `A` is said to be".into())
    );
}

#[tokio::test]
async fn a_key_of_aws_is_refused_where_no_function_can_use_it() {
    let own = |_: &str, _: &serde_json::Value| described("AWS");
    assert_eq!(
        told("alias/aws/ssm", OfAws::Closed, own).await,
        Err(
            "`A` is under `alias/aws/ssm`, which AWS manages: no policy lets a function use it"
                .into()
        )
    );
    assert_eq!(
        told("alias/aws/secretsmanager", OfAws::Open, own).await,
        Ok(vec![])
    );
}

#[test]
fn a_wildcard_in_a_name_stands_for_itself() {
    let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/a*?${aws:username}";
    let condition = [("P", "a*${x}")];
    let statement = Statement::of(&opens("A", KEY, &condition), &[arn.to_owned()]);
    let statements = Policy::of([statement].into_iter()).statements();
    assert_eq!(
        statements[0]["Resource"],
        "arn:aws:ssm:eu-west-1:123456789012:parameter/a${*}${?}${$}{aws:username}"
    );
    assert_eq!(
        statements[0]["Condition"]["StringEquals"]["kms:EncryptionContext:P"],
        "a*${$}{x}"
    );
}

#[test]
fn what_fits_into_no_role_is_told_of_each_function() {
    let policy = |count: usize| {
        let all = (0..count).map(|index| {
            let value = format!("arn:aws:ssm:eu-west-1:123456789012:parameter/shop/secret-{index}");
            Statement::of(
                &opens("A", KEY, &[("PARAMETER_ARN", &value)]),
                &[KEY.to_owned()],
            )
        });
        Policy::of(all)
    };
    let of = |key: &str, count| OfFunction {
        key: Some(key.to_owned()),
        policy: policy(count),
    };
    let policies = |functions| Policies {
        deployment: Some(policy(300)),
        functions,
        notices: BTreeSet::new(),
    };
    assert_eq!(policies(vec![of("small", 100)]).check_lengths().err(), None);
    let failure = policies(vec![of("", 300), of("small", 100), of("large", 300)])
        .check_lengths()
        .unwrap_err();
    let told: Vec<_> = failure.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2);
    assert!(told[0].starts_with("the statements of the functions that share a role have "));
    assert!(told[1].starts_with("the statements of function `large` have "));
    assert!(told[1].ends_with("and all inline policies of a role 10240"));
}
