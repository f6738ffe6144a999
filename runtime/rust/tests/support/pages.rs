//! How a message ends: with the pages of its codes.

use std::sync::OnceLock;

use super::vectors;

const MORE: &str = "  more: ";

/// The lines that tell what failed, each of which ends with its code. Behind them just the pages of these codes are named.
#[track_caller]
pub fn failures_in(message: &str) -> Vec<&str> {
    let (pages, failures): (Vec<_>, Vec<_>) = message.lines().partition(|line| is_page(line));
    let named: Vec<_> = message.lines().skip(failures.len()).collect();
    assert_eq!(named, pages, "they are not the last lines: {message}");
    let named = pages.iter().filter_map(|line| line.split_once(MORE));
    let named: Vec<_> = named.map(|(_, page)| page.to_owned()).collect();
    assert_eq!(named, pages_of(&failures), "{message}");
    failures
}

/// The launcher begins each line with its name.
fn is_page(line: &str) -> bool {
    let own = line.strip_prefix("secret-baker-launcher: ");
    own.unwrap_or(line).starts_with(MORE)
}

fn pages_of(failures: &[&str]) -> Vec<String> {
    let mut codes = Vec::new();
    for failure in failures {
        let (_, code) = failure.rsplit_once(" [").expect(failure);
        let code = code.split([']', ',']).next().unwrap().to_lowercase();
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    if codes.len() > 3 {
        return vec![page().to_owned()];
    }
    let anchor = |code: &String| format!("{}#{code}", page());
    codes.iter().map(anchor).collect()
}

fn page() -> &'static str {
    static PAGE: OnceLock<String> = OnceLock::new();
    PAGE.get_or_init(|| vectors::contract()["page"].as_str().unwrap().to_owned())
}
