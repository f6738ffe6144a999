//! Of which type a value is once another is set, and how SOPS spells it.

use zeroize::Zeroizing;

use super::leaf::Kind;
use super::plaintext::Plaintext;

/// The type that was there stays where the value is one of it, spelled as SOPS would spell it; anything else is a text.
#[must_use]
pub fn of(value: &[u8], before: Option<Kind>) -> (Kind, Plaintext) {
    let spelled = match before {
        Some(Kind::Bool) => truth(value),
        Some(Kind::Int) => spelled_so(value, |text| Some(text.parse::<i64>().ok()?.to_string())),
        Some(Kind::Float) => spelled_so(value, |text| {
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            Some(number?.to_string())
        }),
        Some(Kind::Bytes) if std::str::from_utf8(value).is_err() => Some(value),
        Some(Kind::Str | Kind::Bytes | Kind::Time) | None => None,
    };
    match (before, spelled) {
        (Some(kind), Some(spelled)) => (kind, Zeroizing::new(spelled.to_vec())),
        _ => (Kind::Str, Zeroizing::new(value.to_vec())),
    }
}

fn truth(value: &[u8]) -> Option<&[u8]> {
    match value {
        b"true" | b"True" => Some(b"True"),
        b"false" | b"False" => Some(b"False"),
        _ => None,
    }
}

/// The value, if it is what its number would be written as: SOPS writes each number anew, and its MAC covers what it has written.
fn spelled_so(value: &[u8], spell: impl Fn(&str) -> Option<String>) -> Option<&[u8]> {
    let text = std::str::from_utf8(value).ok()?;
    let spelled = spell(text).map(Zeroizing::new)?;
    (*spelled == text).then_some(value)
}

#[cfg(test)]
mod tests;
