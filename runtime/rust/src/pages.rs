//! Where the page of all codes says more of one.

use crate::contract::{PAGE, limit};

/// The lines that end a message: one for each code, or one for the whole page where there are many.
pub fn pages(codes: impl IntoIterator<Item = &'static str>) -> Vec<String> {
    let mut distinct = Vec::new();
    for code in codes {
        if !distinct.contains(&code) {
            distinct.push(code);
        }
    }
    if distinct.len() > limit::PAGES_SHOWN {
        return vec![format!("  more: {PAGE}")];
    }
    let line = |code: &&str| format!("  more: {PAGE}#{}", code.to_lowercase());
    distinct.iter().map(line).collect()
}
