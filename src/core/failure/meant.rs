//! The word that was meant by a mistyped one.

/// The end of a sentence about a mistyped word.
#[must_use]
pub fn did_you_mean(meant: Option<&str>) -> String {
    meant.map_or_else(String::new, |word| format!(", did you mean `{word}`?"))
}

/// That of the known words that is nearest to another, if it is at most two mistakes away.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let distance = |known: &str| strsim::damerau_levenshtein(&known.to_lowercase(), &lower);
    let near = known.into_iter().map(|known| (distance(known), known));
    let (_, meant) = near.filter(|(distance, _)| *distance <= 2).min()?;
    Some(meant)
}

#[cfg(test)]
mod tests;
