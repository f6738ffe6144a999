//! What must be nowhere but where it was asked for, in every form in which it might slip out.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::Value;

use super::pages::failures_in;
use super::{PLAINTEXT, vectors};

/// Of the secret keys and tokens in the tests.
const CREDENTIALS: [&str; 5] = [
    "+signs",
    "AKID+signs",
    "FIRST+signs",
    "a-token",
    "the-token",
];

/// Of the contract's sentences and hints.
const PLACEHOLDERS: [&str; 7] = [
    "{service}",
    "{action}",
    "{host}",
    "{endpoint}",
    "{names}",
    "{variable}",
    "{context}",
];

/// The first so many characters of a form are enough: an answer may be cut.
const ENOUGH: usize = 20;
/// What is shorter occurs by chance.
const TOO_SHORT: usize = 8;

/// One of the values, and in every ARN.
const ACCOUNT: &[u8] = b"123456789012";

/// Parts of every plaintext and data key of the vectors, of the tests' own plaintext and of the credentials: as text, in
/// base64 wherever it begins, in hex, and as a list of numbers, which is how Rust shows bytes.
fn forms() -> &'static [String] {
    static FORMS: OnceLock<Vec<String>> = OnceLock::new();
    FORMS.get_or_init(|| {
        let mut secrets = vectors::plaintexts();
        secrets.retain(|secret| secret != ACCOUNT);
        secrets.push(PLAINTEXT.into());
        secrets.extend(CREDENTIALS.map(Into::into));
        let mut forms: Vec<String> = secrets.iter().flat_map(|secret| forms_of(secret)).collect();
        forms.retain(|form| form.chars().count() >= TOO_SHORT);
        forms.sort();
        forms.dedup();
        assert!(forms.len() > 100, "there are only {} forms", forms.len());
        forms
    })
}

fn forms_of(secret: &[u8]) -> Vec<String> {
    let mut forms = Vec::new();
    if let Ok(text) = std::str::from_utf8(secret) {
        forms.push(beginning(text));
        forms.push(beginning(&text.escape_debug().to_string()));
    }
    for before in 0..3 {
        let bytes = [&vec![0; before], secret].concat();
        for encoded in [STANDARD.encode(&bytes), URL_SAFE.encode(&bytes)] {
            // The first and the last characters depend on what is around.
            let end = bytes.len() / 3 * 4;
            let own = encoded.get(before + usize::from(before > 0)..end);
            forms.extend(own.filter(|own| own.len() >= 8).map(beginning));
        }
    }
    let mut hex = String::new();
    for byte in secret.iter().take(ENOUGH) {
        write!(hex, "{byte:02x}").unwrap();
    }
    forms.extend([hex.to_uppercase(), hex]);
    forms.extend([numbers(secret), numbers(STANDARD.encode(secret).as_bytes())]);
    forms
}

fn numbers(bytes: &[u8]) -> String {
    let first: Vec<_> = bytes.iter().take(ENOUGH).map(u8::to_string).collect();
    first.join(",")
}

fn beginning(form: &str) -> String {
    form.chars().take(ENOUGH).collect()
}

/// The forms, by what they begin with: there are thousands.
fn by_beginning() -> &'static HashMap<&'static [u8], Vec<&'static str>> {
    static FORMS: OnceLock<HashMap<&[u8], Vec<&str>>> = OnceLock::new();
    FORMS.get_or_init(|| {
        let mut by_beginning = HashMap::<_, Vec<_>>::new();
        for form in forms() {
            let beginning = &form.as_bytes()[..TOO_SHORT];
            by_beginning
                .entry(beginning)
                .or_default()
                .push(form.as_str());
        }
        by_beginning
    })
}

/// There is no plaintext, data key or credential in a text.
#[track_caller]
pub fn nothing_is_seen(text: &str) {
    let close: String = text.split_whitespace().collect();
    for bytes in [text.as_bytes(), close.as_bytes()] {
        for (at, beginning) in bytes.windows(TOO_SHORT).enumerate() {
            let mut forms = by_beginning().get(beginning).into_iter().flatten();
            let seen = forms.find(|form| bytes[at..].starts_with(form.as_bytes()));
            assert!(seen.is_none(), "`{seen:?}` is in: {text}");
        }
    }
}

/// Nor in anything that an error shows.
#[track_caller]
pub fn nothing_is_seen_in(error: &(dyn Error + 'static)) {
    let mut next = Some(error);
    while let Some(error) = next {
        nothing_is_seen(&format!("{error}\n{error:?}\n{error:#?}"));
        next = error.source();
    }
}

/// Each failure in a message says what to do, and ends with its code: in the words of the contract, or (the launcher's own)
/// in those after its last semicolon.
#[track_caller]
pub fn says_what_to_do(message: &str) {
    const VERBS: [&str; 12] = [
        "check", "choose", "give", "list", "name", "open", "rename", "save", "see", "set", "unset",
        "use",
    ];
    for line in failures_in(message) {
        for placeholder in PLACEHOLDERS {
            assert!(!line.contains(placeholder), "not filled: {line}");
        }
        let (sentence, code) = line.rsplit_once(" [").unwrap_or_default();
        assert!(code.ends_with(']'), "it has no code: {line}");
        let (_, hint) = sentence.rsplit_once("; ").unwrap_or_default();
        let verb = hint.split(' ').next().unwrap();
        let is_hint = |hint: &String| sentence.contains(&format!("; {hint}"));
        assert!(
            VERBS.contains(&verb) || hints().iter().any(is_hint),
            "it does not say what to do: {line}"
        );
    }
}

/// All hints of the contract, as far as nothing of the failure is in them.
fn hints() -> &'static [String] {
    static HINTS: OnceLock<Vec<String>> = OnceLock::new();
    HINTS.get_or_init(|| {
        let contract = vectors::contract();
        let services = contract["services"].as_object().unwrap().values();
        let of_services = services.filter_map(|service| service["codes"].as_object());
        let of_all = contract["codes"].as_object().unwrap();
        let codes = of_services.chain([of_all]).flat_map(|codes| codes.values());
        let of_code = |code: &Value| {
            let others = code["hints"].as_object().into_iter().flatten();
            let mut all: Vec<_> = others.map(|(_, hint)| hint.clone()).collect();
            all.push(code["hint"].clone());
            all
        };
        let all = codes.flat_map(of_code);
        all.map(|hint| hint.as_str().unwrap().split('{').next().unwrap().to_owned())
            .collect()
    })
}
