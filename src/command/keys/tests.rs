use serde_json::{Value, json};

use super::*;
use crate::fake_aws::{FakeAws, refuses};

const ID: &str = "1111aaaa-22bb-33cc-44dd-555555eeeeee";
const ALIASES: Wish = Wish { aliases: true };

fn arn(region: &str) -> String {
    format!("arn:aws:kms:{region}:123456789012:key/{ID}")
}

fn key(region: &str, manager: &str, state: &str) -> (u16, Value) {
    let metadata = json!({ "Arn": arn(region), "KeyManager": manager, "KeyState": state, "MultiRegion": false });
    (200, json!({ "KeyMetadata": metadata }))
}

fn asked(keys: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    let keys = keys.iter();
    keys.map(|(region, name)| ((*region).to_owned(), (*name).to_owned()))
        .collect()
}

#[tokio::test]
async fn each_key_is_asked_once_in_the_region_of_its_arn() {
    let kms = FakeAws::new(&["kms"], |action, body| match action {
        "DescribeKey" if body["KeyId"] == arn("eu-north-1") => {
            key("eu-north-1", "CUSTOMER", "Disabled")
        }
        "DescribeKey" => key("eu-west-1", "CUSTOMER", "Enabled"),
        "ListAliases" => (
            200,
            json!({ "Aliases": [{ "AliasName": "alias/z" }, { "AliasName": "alias/b" }] }),
        ),
        other => panic!("{other}"),
    })
    .await;
    let north = arn("eu-north-1");
    let keys = asked(&[
        ("eu-west-1", "alias/z"),
        ("eu-west-1", ID),
        ("eu-west-1", &north),
        ("eu-central-1", &north),
    ]);
    let facts = facts(&kms.aws, &keys, ALIASES).await.unwrap();
    assert_eq!(
        kms.called(),
        [
            format!("eu-north-1 DescribeKey {north}"),
            format!("eu-north-1 ListAliases {north}"),
            format!("eu-west-1 DescribeKey {ID}"),
            "eu-west-1 DescribeKey alias/z".into(),
            format!("eu-west-1 ListAliases {}", arn("eu-west-1")),
        ]
    );
    let by_alias = facts.of("eu-west-1", "alias/z").unwrap();
    assert_eq!(by_alias.arn(), Some(arn("eu-west-1").as_str()));
    assert_eq!(by_alias.alias(), Some("alias/z"));
    assert_eq!(by_alias.manager(), Some(Manager::Customer));
    let by_id = facts.of("eu-west-1", ID).unwrap();
    assert_eq!(by_id.alias(), Some("alias/b"));
    assert_eq!(by_id.key, by_alias.key);
    let elsewhere = facts.of("eu-central-1", &north).unwrap();
    let elsewhere = elsewhere.key.known().unwrap().as_ref().unwrap();
    assert_eq!(elsewhere.region(), "eu-north-1");
    assert!(!elsewhere.is_enabled());
    assert_eq!(facts.of("eu-central-1", ID), None);
}

#[tokio::test]
async fn what_is_denied_is_said_and_what_the_name_tells_is_known_without_asking() {
    let kms = FakeAws::new(&["kms"], |_, _| {
        refuses("AccessDeniedException", "User: me is not authorized")
    })
    .await;
    let keys = asked(&[
        ("eu-west-1", "alias/aws/ssm"),
        ("eu-west-1", &arn("eu-west-1")),
        ("eu-west-1", ID),
    ]);
    let facts = facts(&kms.aws, &keys, ALIASES).await.unwrap();
    let denied = Told::Unknown(Unknown {
        action: "kms:DescribeKey",
        said: "AccessDeniedException: User: me is not authorized".into(),
    });
    let of_aws = facts.of("eu-west-1", "alias/aws/ssm").unwrap();
    assert_eq!((of_aws.manager(), of_aws.arn()), (Some(Manager::Aws), None));
    assert_eq!(of_aws.key, denied);
    let by_arn = facts.of("eu-west-1", &arn("eu-west-1")).unwrap();
    assert_eq!((by_arn.manager(), by_arn.alias()), (None, None));
    assert_eq!(by_arn.arn(), Some(arn("eu-west-1").as_str()));
    assert_eq!(by_arn.aliases, Told::Unasked);
    assert_eq!(facts.of("eu-west-1", ID).unwrap().arn(), None);
    assert!(!kms.called().iter().any(|call| call.contains("ListAliases")));
}

#[tokio::test]
async fn denied_aliases_leave_the_key_known() {
    let kms = FakeAws::new(&["kms"], |action, _| match action {
        "DescribeKey" => key("eu-west-1", "AWS", "Enabled"),
        _ => refuses("AccessDeniedException", "no"),
    })
    .await;
    let keys = asked(&[("eu-west-1", ID)]);
    let facts = facts(&kms.aws, &keys, ALIASES).await.unwrap();
    let facts = facts.of("eu-west-1", ID).unwrap();
    assert_eq!(facts.manager(), Some(Manager::Aws));
    let Told::Unknown(why) = &facts.aliases else {
        panic!("{:?}", facts.aliases)
    };
    assert_eq!(why.action, "kms:ListAliases");
}

#[tokio::test]
async fn a_key_that_is_gone_is_known_to_be_and_aliases_are_asked_for_by_wish_only() {
    let kms = FakeAws::new(&["kms"], |action, body| match action {
        "DescribeKey" if body["KeyId"] == "alias/gone" => {
            refuses("NotFoundException", "Alias is not found.")
        }
        "DescribeKey" => key("eu-west-1", "CUSTOMER", "PendingDeletion"),
        other => panic!("{other}"),
    })
    .await;
    let keys = asked(&[("eu-west-1", "alias/gone"), ("eu-west-1", ID)]);
    let facts = facts(&kms.aws, &keys, Wish::default()).await.unwrap();
    assert_eq!(
        facts.of("eu-west-1", "alias/gone").unwrap().key,
        Told::Known(None)
    );
    assert_eq!(facts.of("eu-west-1", ID).unwrap().aliases, Told::Unasked);
}

#[tokio::test]
async fn an_answer_that_describes_no_key_leaves_it_unknown() {
    let kms = FakeAws::new(&["kms"], |_, _| {
        (200, json!({ "KeyMetadata": { "Arn": arn("eu-west-1") } }))
    })
    .await;
    let facts = facts(&kms.aws, &asked(&[("eu-west-1", ID)]), ALIASES).await;
    let facts = facts.unwrap();
    let Told::Unknown(why) = &facts.of("eu-west-1", ID).unwrap().key else {
        panic!("it was taken")
    };
    assert!(
        why.said.as_str().contains("does not tell a key"),
        "{}",
        why.said
    );
}
