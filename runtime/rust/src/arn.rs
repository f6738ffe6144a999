//! ARNs, strictly read: their parts become host names, and what is shown.

use crate::contract::limit;

/// The ARN of a parameter, and what KMS is asked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) arn: String,
    pub(crate) partition: String,
    pub(crate) region: String,
}

impl Parameter {
    /// Reads `arn:<partition>:ssm:<region>:<account>:parameter/<path>`.
    pub(crate) fn read(arn: &str) -> Option<Self> {
        let [partition, region, resource] = parts(arn, "ssm")?;
        let path = resource.strip_prefix("parameter/")?;
        is_of(path, |byte| is_word(byte) || byte == b'.' || byte == b'/').then(|| Self {
            arn: arn.into(),
            partition: partition.into(),
            region: region.into(),
        })
    }
}

/// Whether it is `arn:<partition>:kms:<region>:<account>:` with `key/` or `alias/` after it.
pub(crate) fn is_key_or_alias(arn: &str) -> bool {
    let Some([_, _, resource]) = parts(arn, "kms") else {
        return false;
    };
    resource
        .strip_prefix("key/")
        .or_else(|| resource.strip_prefix("alias/"))
        .is_some_and(|name| is_of(name, |byte| is_word(byte) || byte == b'/'))
}

/// Partition, region and resource.
fn parts<'a>(arn: &'a str, service: &str) -> Option<[&'a str; 3]> {
    if arn.len() > limit::ARN_BYTES {
        return None;
    }
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, of, region, account, resource] = parts[..] else {
        return None;
    };
    let is_account = account.len() == 12 && is_of(account, |byte| byte.is_ascii_digit());
    (of == service && is_partition(partition) && is_region(region) && is_account)
        .then_some([partition, region, resource])
}

fn is_partition(text: &str) -> bool {
    let mut words = text.split('-');
    words.next() == Some("aws")
        && words.all(|word| {
            is_of(word, |byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit()
            })
        })
}

fn is_region(text: &str) -> bool {
    let words: Vec<&str> = text.split('-').collect();
    let [first, middle @ .., last] = &words[..] else {
        return false;
    };
    let is_lower = |word: &str| is_of(word, |byte| byte.is_ascii_lowercase());
    (2..=5).contains(&first.len())
        && is_lower(first)
        && (1..=3).contains(&middle.len())
        && middle
            .iter()
            .all(|word| (2..=16).contains(&word.len()) && is_lower(word))
        && (1..=2).contains(&last.len())
        && is_of(last, |byte| byte.is_ascii_digit())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn is_of(text: &str, is: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(is)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::PATTERNS;

    /// What is written out above. Whoever changes the contract changes both.
    #[test]
    fn the_patterns_are_those_of_the_contract() {
        for (name, pattern) in [
            ("partition", "^aws(-[a-z0-9]+)*$"),
            ("region", "^[a-z]{2,5}(-[a-z]{2,16}){1,3}-[0-9]{1,2}$"),
            ("account", "^[0-9]{12}$"),
            ("parameter", "^parameter/[A-Za-z0-9_./-]+$"),
            ("key", "^(key|alias)/[A-Za-z0-9_/-]+$"),
            ("errorName", "^[A-Za-z0-9]{1,64}$"),
        ] {
            assert!(PATTERNS.contains(&(name, pattern)), "{name}");
        }
        assert_eq!(PATTERNS.len(), 6);
    }

    #[test]
    fn a_parameter_has_all_its_parts() {
        for region in [
            "eu-central-1",
            "us-gov-west-1",
            "eusc-de-east-1",
            "us-isob-east-1",
            "ap-southeast-12",
        ] {
            let arn = format!("arn:aws:ssm:{region}:123456789012:parameter/a/b.c_d-E");
            assert_eq!(Parameter::read(&arn).unwrap().region, region);
        }
        for arn in [
            "",
            "arn:aws:ssm:eu-central-1:123456789012:parameter/",
            "arn:aws:ssm:eu-central-1:123456789012:parameter",
            "arn:aws:ssm:eu-central-1:123456789012:parameters/a",
            "arn:aws:ssm:eu-central-1:123456789012:parameter/a b",
            "arn:aws:ssm:eu-central-1:123456789012:parameter/a:3",
            "arn:aws:ssm:eu-central-1:123456789012:parameter/\u{e4}",
            "arn:aws:ssm:eu-central-1:123456789012:parameter/a\n",
            "arn:aws:ssm:eu-central-1:12345678901:parameter/a",
            "arn:aws:ssm:eu-central-1:1234567890123:parameter/a",
            "arn:aws:ssm:eu-central-1:12345678901\u{661}:parameter/a",
            "arn:aws:ssm:eu-central:123456789012:parameter/a",
            "arn:aws:ssm:eu-central-1.evil.invalid:123456789012:parameter/a",
            "arn:aws:ssm:-central-1:123456789012:parameter/a",
            "arn:aws:ssm:eu--1:123456789012:parameter/a",
            "arn:aws:ssm:eu-central-123:123456789012:parameter/a",
            "arn:aws:ssm:a-central-1:123456789012:parameter/a",
            "arn:aws:ssm:us-a-b-c-d-1:123456789012:parameter/a",
            "arn:aws-:ssm:eu-central-1:123456789012:parameter/a",
            "arn:awsx:ssm:eu-central-1:123456789012:parameter/a",
            "arn:AWS:ssm:eu-central-1:123456789012:parameter/a",
            "arn:aws:kms:eu-central-1:123456789012:parameter/a",
            " arn:aws:ssm:eu-central-1:123456789012:parameter/a",
        ] {
            assert_eq!(Parameter::read(arn), None, "{arn}");
        }
    }

    #[test]
    fn an_arn_has_2048_bytes_at_most() {
        let begin = "arn:aws:ssm:eu-central-1:123456789012:parameter/";
        let of = |length: usize| format!("{begin}{}", "a".repeat(length - begin.len()));
        assert!(Parameter::read(&of(2048)).is_some());
        assert!(Parameter::read(&of(2049)).is_none());
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
}
