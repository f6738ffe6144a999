//! ARNs, strictly read: their parts become host names, and what is shown.

#[cfg(test)]
mod tests;

use crate::contract::limit;

/// The parts of an ARN that matter here.
pub(crate) struct Arn<'a> {
    pub(crate) partition: &'a str,
    pub(crate) region: &'a str,
    resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Reads `arn:<partition>:<service>:<region>:<account>:<resource>`.
    pub(crate) fn read(arn: &'a str, service: &str) -> Option<Self> {
        if arn.len() > limit::ARN_BYTES {
            return None;
        }
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", partition, of, region, account, resource] = parts[..] else {
            return None;
        };
        let is_account = account.len() == 12 && is_of(account, |byte| byte.is_ascii_digit());
        (of == service && is_partition(partition) && is_region(region) && is_account).then_some(
            Self {
                partition,
                region,
                resource,
            },
        )
    }

    /// What follows a beginning of the resource: letters, digits, `_`, `-` and these bytes.
    pub(crate) fn after(&self, beginning: &str, others: &[u8]) -> Option<&'a str> {
        let rest = self.resource.strip_prefix(beginning)?;
        is_of(rest, |byte| is_word(byte) || others.contains(&byte)).then_some(rest)
    }
}

/// Whether it is `arn:<partition>:kms:<region>:<account>:` with `key/` or `alias/` after it.
pub(crate) fn is_key_or_alias(arn: &str) -> bool {
    let arn = Arn::read(arn, "kms");
    arn.is_some_and(|arn| {
        let name = arn
            .after("key/", b"/")
            .or_else(|| arn.after("alias/", b"/"));
        name.is_some()
    })
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

/// Whether it is the name of a region.
pub(crate) fn is_region(text: &str) -> bool {
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

/// Whether it is the number of a version in Secrets Manager.
pub(crate) fn is_version(text: &str) -> bool {
    text.len() <= 64 && is_of(text, is_word)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn is_of(text: &str, is: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(is)
}
