use super::*;

#[track_caller]
fn reads(text: &str, bare: &str, selector: Option<&str>, region: Option<&str>) {
    let parameter = Parameter::parse(text).unwrap();
    assert_eq!(
        (
            parameter.asked(),
            parameter.bare(),
            parameter.selector(),
            parameter.region()
        ),
        (text, bare, selector, region)
    );
}

#[track_caller]
fn refuses(text: &str, reason: &str) {
    assert_eq!(Parameter::parse(text).unwrap_err().said(true), reason);
}

#[test]
fn names_versions_labels_and_arns() {
    reads("plain", "plain", None, None);
    reads("/a/b-c_d.e", "/a/b-c_d.e", None, None);
    reads("/a:7", "/a", Some("7"), None);
    reads("/a:live", "/a", Some("live"), None);
    let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/a/b";
    reads(arn, arn, None, Some("eu-west-1"));
    reads(&format!("{arn}:3"), arn, Some("3"), Some("eu-west-1"));
    let china = "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/a";
    reads(china, china, None, Some("cn-north-1"));
}

#[test]
fn a_stem_is_the_same_for_name_and_arn() {
    let stem = |text: &str| Parameter::parse(text).unwrap().stem().to_owned();
    assert_eq!(stem("/a/b:1"), "a/b");
    assert_eq!(
        stem("arn:aws:ssm:eu-west-1:123456789012:parameter/a/b:2"),
        "a/b"
    );
}

#[test]
fn what_parameter_store_surely_refuses() {
    refuses(
        "a b",
        "a name is made of letters, digits and `_.-/`, and ' ' is none of them",
    );
    refuses(
        "/ä",
        "a name is made of letters, digits and `_.-/`, and 'ä' is none of them",
    );
    refuses("a/b", "a name with levels begins with `/`");
    refuses(&"/x".repeat(16), "a name has at most 15 levels");
    refuses(
        &"x".repeat(968),
        "with its ARN it is longer than 1011 characters",
    );
    refuses("/a:", "after the colon stands a version from 1 or a label");
    refuses("/a:0", "after the colon stands a version from 1 or a label");
    refuses(
        "/a:99999999999999999999",
        "after the colon stands a version from 1 or a label",
    );
    refuses(":1", "the name is empty");
    let label = "what stands after the colon is neither a version nor a label: a label has at most 100 letters, digits and `_.-`, and begins with no digit, `aws` or `ssm`";
    refuses("/a:2b", label);
    refuses("/a:AWSx", label);
    refuses("/a:1:2", label);
    let shape = "an ARN reads `arn:aws:ssm:REGION:ACCOUNT:parameter/NAME`";
    refuses("arn:aws:kms:eu-west-1:123456789012:parameter/a", shape);
    refuses("arn:aws:ssm:eu-west-1:12:parameter/a", shape);
    refuses("arn:aws:ssm:eu-west-1:123456789012:document/a", shape);
    refuses("arn:", shape);
    let region =
        "what stands in its ARN in the place of the region is none, such as `eu-central-1`";
    refuses("arn:aws:ssm:eu west-1:123456789012:parameter/a", region);
    refuses("arn:aws:ssm:eu-west:123456789012:parameter/a", region);
    refuses(
        "arn:aws-cn:ssm:eu-west-1:123456789012:parameter/a",
        "the region eu-west-1 lies in the partition aws, and its ARN says aws-cn",
    );
}

#[test]
fn a_reason_shows_nothing_of_a_name_that_is_not_public() {
    let reason = Parameter::parse("pa$$word").unwrap_err();
    assert_eq!(
        reason.said(false),
        "a name is made of letters, digits and `_.-/`"
    );
    assert!(reason.said(true).ends_with("and '$' is none of them"));
}

#[test]
fn commands_take_the_name_alone() {
    let name = |text: &str| Parameter::parse(text).unwrap().name();
    assert_eq!(name("/a/b:3"), "/a/b");
    assert_eq!(name("plain:live"), "plain");
    let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter";
    assert_eq!(name(&format!("{arn}/a/b:2")), "/a/b");
    assert_eq!(name(&format!("{arn}/a")), "a");
}

#[test]
fn prefixes() {
    let prefix = Prefix::parse("/app/prod/*").unwrap();
    assert_eq!(prefix.path(), "/app/prod");
    assert_eq!(prefix.rest_of("/app/prod/db/password"), "db/password");
    assert_eq!(Prefix::parse("/*").unwrap().path(), "/");
    assert_eq!(Prefix::parse("/*").unwrap().rest_of("/a"), "a");
    assert_eq!(
        Prefix::parse("app/*").unwrap_err().said(true),
        "a prefix begins with `/`"
    );
    assert_eq!(
        Prefix::parse("/a/*/*").unwrap_err().said(true),
        "a name is made of letters, digits and `_.-/`, and '*' is none of them"
    );
    assert_eq!(
        Prefix::parse("arn:aws:ssm:eu-west-1:123456789012:parameter/a/*")
            .unwrap_err()
            .said(true),
        "a prefix is a path such as `/app/prod/*`, not an ARN"
    );
}
