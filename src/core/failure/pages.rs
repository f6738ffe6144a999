//! Where the page of all codes says more of one.

use crate::contract::{Code, PAGE, PAGES_SHOWN};

/// The end of a failure's text: a line for each code, or one for the whole page where there are many.
pub fn pages(codes: impl Iterator<Item = Code>) -> String {
    let mut distinct = Vec::new();
    for code in codes {
        if !distinct.contains(&code) {
            distinct.push(code);
        }
    }
    if distinct.len() > PAGES_SHOWN {
        return format!("\n  more: {PAGE}");
    }
    let line = |code: &Code| format!("\n  more: {PAGE}#{}", code.as_str().to_lowercase());
    distinct.iter().map(line).collect::<Vec<_>>().concat()
}
