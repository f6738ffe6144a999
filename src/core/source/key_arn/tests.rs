use super::*;

#[test]
fn arns_of_keys_and_aliases() {
    for arn in [
        "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:kms:eu-central-1:123456789012:key/mrk-1234abcd",
        "arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/app/prod",
    ] {
        assert_eq!(KeyArn::of(arn).unwrap().as_str(), arn);
    }
    let arn = KeyArn::of("arn:aws:kms:eu-west-3:123456789012:alias/a");
    assert_eq!(arn.unwrap().region(), "eu-west-3");
}

#[test]
fn anything_else_is_none() {
    let long = format!(
        "arn:aws:kms:eu-central-1:123456789012:key/{}",
        "a".repeat(2007)
    );
    for text in [
        "",
        "alias/app",
        "arn:aws:kms:eu-central-1:123456789012:key/",
        "arn:aws:kms:eu-central-1:123456789012:key/a\n",
        "arn:aws:kms:eu-central-1:123456789012:key/a:b",
        "arn:aws:kms:eu-central-1:1234:key/a",
        "arn:aws:kms::123456789012:key/a",
        "arn:gcp:kms:eu-central-1:123456789012:key/a",
        "arn:aws:iam:eu-central-1:123456789012:key/a",
        "arn:aws:kms:eu-central-1:123456789012:grant/a",
        "arn:aws:kms:eu-central-1:123456789012:key/a+arn:aws:iam::123456789012:role/x",
        long.as_str(),
    ] {
        assert_eq!(KeyArn::of(text), None, "{text}");
    }
    assert!(KeyArn::of(&long[..2048]).is_some());
}
