//! What others wrote, in a message.

const LONGEST: usize = 600;

/// Without line ends, since a line each is what is promised, and not endless.
pub fn shown(text: &str) -> String {
    text.chars()
        .take(LONGEST)
        .flat_map(char::escape_debug)
        .collect()
}
