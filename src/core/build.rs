//! `runtime/contract.json` -> constants: the core has no list of its own that another part of the project has too.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use serde_json::{Map, Value};

#[path = "../../runtime/rust/build/fits_one.rs"]
mod patterns;

use patterns::fits_one;

const CONTRACT: &str = "../../runtime/contract.json";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={CONTRACT}");
    println!("cargo::rerun-if-changed=../../runtime/rust/build/fits_one.rs");
    let text = fs::read_to_string(CONTRACT).expect("runtime/contract.json can be read");
    let contract: Value = serde_json::from_str(&text).expect("runtime/contract.json is JSON");
    let folder = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let written = fs::write(Path::new(&folder).join("contract.rs"), source(&contract));
    written.expect("OUT_DIR can be written");
}

/// The Rust source of all constants.
fn source(contract: &Value) -> String {
    let limit = |name: &str| &contract["limits"][name]["value"];
    let list = |list: &Value| texts(list).join(", ");
    let mut source = String::new();
    let mut add = |name: &str, kind: &str, value: &str| {
        writeln!(source, "pub const {name}: {kind} = {value};").expect("a string takes all");
    };
    add("FILE", "&str", &quoted(&contract["file"]));
    add("PAGE", "&str", &quoted(&contract["page"]));
    for (name, of) in [
        ("BUNDLE_BYTES", "bundleBytes"),
        ("NAMES_SHOWN", "namesShown"),
        ("PAGES_SHOWN", "pagesShown"),
        ("REPLY_BYTES", "replyBytes"),
        ("SHOWN_CHARS", "shownChars"),
        ("ARN_BYTES", "arnBytes"),
        ("CIPHERTEXT_BYTES", "ciphertextBytes"),
        ("BLOB_BYTES", "blobBytes"),
        ("FILE_KEYS", "fileKeys"),
        ("IV_BYTES", "ivBytes"),
    ] {
        add(name, "usize", &limit(of).to_string());
    }
    let sealed = quoted(&contract["variables"]["sealed"]);
    add("SEALED_VARIABLE", "&str", &sealed);
    add("CIPHERTEXTS", "&[([u8; 2], bool)]", &ciphertexts(contract));
    add("ERRORS", "&[(&str, &str, &str)]", &errors(contract));
    add("PARTITIONS", "&[(&str, &str, &str)]", &partitions(contract));
    add("REGIONS", "&[(&str, &str)]", &regions(contract));
    for (name, of) in [
        ("REGION_PATTERN", "region"),
        ("PARTITION_PATTERN", "partition"),
        ("ACCOUNT_PATTERN", "account"),
        ("KEY_PATTERN", "key"),
        ("SECRET_PATTERN", "secret"),
        ("VERSION_PATTERN", "version"),
        ("ERROR_NAME_PATTERN", "errorName"),
    ] {
        add(name, "&str", &quoted(&contract["patterns"][of]));
    }
    let loopback = format!("&[{}]", list(&contract["plainHttp"]["loopback"]));
    add("LOOPBACK", "&[&str]", &loopback);
    for (function, patterns) in [("is_reserved", "reserved"), ("is_only_named", "onlyNamed")] {
        let patterns = contract["variables"][patterns].as_array().expect("a list");
        let fits = fits_one(patterns.iter().map(|one| one.as_str().expect("a string")));
        writeln!(
            source,
            "#[must_use] pub fn {function}(name: &str) -> bool {{ {fits} }}"
        )
        .expect("a string takes all");
    }
    source.push_str(&codes(contract));
    source
}

/// The enum of the codes of a deployment and of commands, with what the contract says of each, and both ways between it and its name.
fn codes(contract: &Value) -> String {
    let all = object(&contract["deployCodes"]);
    let variants = all.iter().map(|(name, code)| {
        let meaning = code["meaning"].as_str().expect("a code has a meaning");
        format!("#[doc = {meaning:?}] {},", camel(name))
    });
    let arms = all
        .keys()
        .map(|name| format!("Self::{} => \"SECRET_BAKER_{name}\",", camel(name)));
    let named = all
        .keys()
        .map(|name| format!("\"SECRET_BAKER_{name}\" => Some(Self::{}),", camel(name)));
    format!(
        "#[derive(Debug, Clone, Copy, PartialEq, Eq)] pub enum Code {{ {} }}\n\
         impl Code {{ #[must_use] pub fn as_str(self) -> &'static str {{ match self {{ {} }} }}\n\
         #[must_use] pub fn of(name: &str) -> Option<Self> {{ match name {{ {} _ => None }} }} }}\n",
        variants.collect::<String>(),
        arms.collect::<String>(),
        named.collect::<String>()
    )
}

/// `FolderBusy` of `FOLDER_BUSY`.
fn camel(name: &str) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at(1);
        format!("{first}{}", rest.to_lowercase())
    };
    name.split('_').map(word).collect()
}

/// The first two bytes, and whether they begin an Encryption SDK message.
fn ciphertexts(contract: &Value) -> String {
    let one = |ciphertext: &Value| {
        let bytes = ciphertext["bytes"].as_str().expect("bytes are a string");
        let (first, second) = bytes.split_at_checked(2).expect("two bytes in hexadecimal");
        let is_message = ciphertext["kind"] == "message";
        format!("([0x{first}, 0x{second}], {is_message})")
    };
    let all = contract["ciphertexts"].as_array().expect("a list");
    format!("&[{}]", all.iter().map(one).collect::<Vec<_>>().join(", "))
}

/// An error's name, its code, and which hint belongs to it, if one does.
fn errors(contract: &Value) -> String {
    let one = |(name, error): (&String, &Value)| {
        let hint = error["hint"].as_str().unwrap_or_default();
        format!("({name:?}, {}, {hint:?})", quoted(&error["code"]))
    };
    let all = object(&contract["errors"]).iter().map(one);
    format!("&[{}]", all.collect::<Vec<_>>().join(", "))
}

/// A partition, and how the names of its hosts end: those of one stack, and those of both.
fn partitions(contract: &Value) -> String {
    let one = |(name, partition): (&String, &Value)| {
        let [suffix, dual_stack] = ["suffix", "dualStack"].map(|key| quoted(&partition[key]));
        format!("({name:?}, {suffix}, {dual_stack})")
    };
    let all = object(&contract["partitions"]).iter().map(one);
    format!("&[{}]", all.collect::<Vec<_>>().join(", "))
}

/// How a region begins, and its partition.
fn regions(contract: &Value) -> String {
    let one = |(pattern, partition): (&String, &Value)| {
        let begins = pattern.strip_prefix('^').unwrap_or(pattern);
        let plain = begins.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        assert!(plain, "{pattern} is more than a beginning");
        format!("({begins:?}, {})", quoted(partition))
    };
    let all = object(&contract["regions"]).iter().map(one);
    format!("&[{}]", all.collect::<Vec<_>>().join(", "))
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array()
        .expect("a list")
        .iter()
        .map(quoted)
        .collect()
}

fn quoted(text: &Value) -> String {
    format!("{:?}", text.as_str().expect("a string"))
}
