/// A condition in Rust: whether `name` fits one of the contract's patterns, in which `*` stands for any beginning or end.
pub fn fits_one<'a>(patterns: impl IntoIterator<Item = &'a str>) -> String {
    let one = |pattern: &str| match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => format!("name.ends_with({end:?})"),
        (None, Some(beginning)) => format!("name.starts_with({beginning:?})"),
        (None, None) => format!("name == {pattern:?}"),
    };
    let all: Vec<_> = patterns.into_iter().map(one).collect();
    all.join(" || ")
}
