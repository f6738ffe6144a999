use super::is_key_or_alias;
use crate::contract::PATTERNS;

/// What is written out by hand. Whoever changes the contract changes both.
#[test]
fn the_patterns_are_those_of_the_contract() {
    for (name, pattern) in [
        ("partition", "^aws(-[a-z0-9]+)*$"),
        ("region", "^[a-z]{2,5}(-[a-z]{2,16}){1,3}-[0-9]{1,2}$"),
        ("account", "^[0-9]{12}$"),
        ("parameter", "^parameter/[A-Za-z0-9_./-]+$"),
        ("key", "^(key|alias)/[A-Za-z0-9_/-]+$"),
        ("errorName", "^[A-Za-z0-9]{1,64}$"),
        ("secret", "^secret:[A-Za-z0-9/_+=.@!-]+$"),
        ("version", "^[A-Za-z0-9_-]{1,64}$"),
    ] {
        assert!(PATTERNS.contains(&(name, pattern)), "{name}");
    }
    assert_eq!(PATTERNS.len(), 8);
}

#[test]
fn a_key_is_a_key_or_an_alias_of_kms() {
    for (arn, is_one) in [
        ("arn:aws:kms:eu-central-1:123456789012:key/1234-ab", true),
        ("arn:aws:kms:eu-central-1:123456789012:key/mrk-12ab", true),
        ("arn:aws-cn:kms:cn-north-1:123456789012:alias/a/b_c", true),
        ("arn:aws:kms:eu-central-1:123456789012:key/", false),
        ("arn:aws:kms:eu-central-1:123456789012:grant/a", false),
        ("arn:aws:ssm:eu-central-1:123456789012:key/a", false),
        ("arn:aws:kms:eu-central-1:123456789012:key/a b", false),
        ("arn:aws:kms:eu-central-1:123456789012:key/a.b", false),
        ("key", false),
    ] {
        assert_eq!(is_key_or_alias(arn), is_one, "{arn}");
    }
}
