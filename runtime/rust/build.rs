//! Makes tables of `contract.json`, which all that open a bundle have in common.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use serde_json::{Map, Value};

#[path = "build/fits_one.rs"]
mod patterns;

use patterns::fits_one;

const CONTRACT: &str = "contract.json";

type Written = Result<(), Box<dyn Error>>;

fn main() -> Written {
    println!("cargo::rerun-if-changed={CONTRACT}");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build/fits_one.rs");
    let contract: Value = serde_json::from_str(&fs::read_to_string(CONTRACT)?)?;
    let mut out = String::new();
    for (name, part) in [("FILE", "file"), ("PAGE", "page")] {
        writeln!(out, "pub(crate) const {name}: &str = {};", contract[part])?;
    }
    codes(&mut out, object(&contract["codes"])?)?;
    hints(&mut out, object(&contract["codes"])?)?;
    limits(&mut out, object(&contract["limits"])?)?;
    ciphertexts(&mut out, &contract["ciphertexts"])?;
    suites(&mut out, &contract["suites"])?;
    errors(&mut out, object(&contract["errors"])?)?;
    services(&mut out, object(&contract["services"])?)?;
    partitions(&mut out, object(&contract["partitions"])?)?;
    both_stacks(&mut out, object(&contract["services"])?)?;
    regions(&mut out, object(&contract["regions"])?)?;
    patterns(&mut out, object(&contract["patterns"])?)?;
    variables(&mut out, &contract["variables"])?;
    let plain = &contract["plainHttp"];
    for (name, list) in [
        ("LOOPBACK", &plain["loopback"]),
        ("CREDENTIALS_HOSTS", &plain["credentials"]),
    ] {
        let only_tested = if name == "LOOPBACK" {
            "#[cfg(test)] "
        } else {
            ""
        };
        writeln!(
            out,
            "{only_tested}pub(crate) const {name}: &[&str] = &{list};"
        )?;
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("contract.rs"), out)?;
    Ok(())
}

/// The enum of codes, with what the contract says of each.
fn codes(out: &mut String, codes: &Map<String, Value>) -> Written {
    writeln!(
        out,
        "/// The stable code of a failure, the same in all of Secret Baker's languages.\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]\n#[non_exhaustive]\npub enum Code {{"
    )?;
    for (name, code) in codes {
        let meaning = text(&code["meaning"])?;
        writeln!(out, "#[doc = {:?}] {},", format!("{meaning}."), camel(name))?;
    }
    writeln!(out, "}}\nimpl Code {{")?;
    let own = |name: &str| format!("{:?}", format!("SECRET_BAKER_{name}"));
    function(
        out,
        "/// The code as it is written in logs and documentation, such as `SECRET_BAKER_NOT_IN_BUNDLE`.\n#[must_use] pub",
        "as_str",
        codes.keys().map(|name| (name, own(name))),
    )?;
    for part in ["sentence", "hint"] {
        let arms = codes
            .iter()
            .map(|(name, code)| (name, code[part].to_string()));
        function(
            out,
            &format!(
                "/// The {part} of the contract. What is known only of a failure stands in braces, such as `{{service}}`:\n\
                 /// in the text of an [`Error`](crate::Error) it is filled in.\n#[must_use] pub"
            ),
            part,
            arms,
        )?;
    }
    writeln!(out, "}}")?;
    Ok(())
}

fn function<'a>(
    out: &mut String,
    before: &str,
    name: &str,
    arms: impl Iterator<Item = (&'a String, String)>,
) -> Written {
    writeln!(
        out,
        "{before} fn {name}(self) -> &'static str {{ match self {{"
    )?;
    for (code, text) in arms {
        writeln!(out, "Self::{} => {text},", camel(code))?;
    }
    writeln!(out, "}} }}")?;
    Ok(())
}

/// `hint::CREDENTIALS_EXPIRED`: the hints of a code beside its own.
fn hints(out: &mut String, codes: &Map<String, Value>) -> Written {
    writeln!(out, "pub(crate) mod hint {{")?;
    for (code, of_code) in codes {
        for (name, text) in of_code["hints"].as_object().into_iter().flatten() {
            let name = format!("{code}_{}", screaming(name));
            writeln!(out, "pub(crate) const {name}: &str = {text};")?;
        }
    }
    writeln!(out, "}}")?;
    Ok(())
}

/// `limit::ATTEMPT`: times as a `Duration`, all else as a `usize`.
fn limits(out: &mut String, limits: &Map<String, Value>) -> Written {
    writeln!(out, "pub(crate) mod limit {{ use std::time::Duration;")?;
    for (name, limit) in limits {
        let (what, value) = (&limit["what"], &limit["value"]);
        match name.strip_suffix("Ms") {
            Some(name) => writeln!(
                out,
                "#[doc = {what}] pub const {}: Duration = Duration::from_millis({value});",
                screaming(name)
            )?,
            None => writeln!(
                out,
                "#[doc = {what}] pub const {}: usize = {value};",
                screaming(name)
            )?,
        }
    }
    writeln!(out, "}}")?;
    Ok(())
}

fn ciphertexts(out: &mut String, kinds: &Value) -> Written {
    writeln!(out, "pub(crate) const CIPHERTEXTS: &[([u8; 2], Kind)] = &[")?;
    for kind in list(kinds)? {
        let number = u16::from_str_radix(text(&kind["bytes"])?, 16)?;
        let name = camel(text(&kind["kind"])?);
        writeln!(out, "({:?}, Kind::{name}),", number.to_be_bytes())?;
    }
    writeln!(out, "];")?;
    Ok(())
}

fn suites(out: &mut String, suites: &Value) -> Written {
    writeln!(out, "pub(crate) const SUITES: &[Suite] = &[")?;
    for suite in list(suites)? {
        let derivation = match (text(&suite["kdf"])?, &suite["commitment"]) {
            ("HKDF-SHA256", Value::Bool(false)) => "Sha256",
            ("HKDF-SHA384", Value::Bool(false)) => "Sha384",
            ("HKDF-SHA512", Value::Bool(true)) => "Committing",
            (other, _) => return Err(format!("no key is derived by {other} here").into()),
        };
        let (id, version) = (text(&suite["id"])?, &suite["version"]);
        let signs = !suite["signature"].is_null();
        writeln!(
            out,
            "Suite {{ id: 0x{id}, version: {version}, derivation: Derivation::{derivation}, signs: {signs} }},"
        )?;
    }
    writeln!(out, "];")?;
    Ok(())
}

/// What each name of an error means, and what to do.
fn errors(out: &mut String, errors: &Map<String, Value>) -> Written {
    writeln!(
        out,
        "pub(crate) fn error(name: &str) -> Option<Meaning> {{ Some(match name {{"
    )?;
    for (name, error) in errors {
        let code = text(&error["code"])?;
        let hint = match error["hint"].as_str() {
            Some(hint) => format!("hint::{code}_{}", screaming(hint)),
            None => format!("Code::{}.hint()", camel(code)),
        };
        let retry = error["retry"].as_bool().unwrap_or_default();
        let code = camel(code);
        writeln!(
            out,
            "{name:?} => Meaning {{ code: Code::{code}, hint: {hint}, retry: {retry} }},"
        )?;
    }
    writeln!(out, "_ => return None }}) }}")?;
    Ok(())
}

/// `service::KMS`: each service that is called.
fn services(out: &mut String, services: &Map<String, Value>) -> Written {
    writeln!(
        out,
        "pub(crate) mod service {{ use super::{{Code, Service, Words}};"
    )?;
    for (id, service) in services {
        let (name, host, endpoint) = (&service["name"], &service["host"], &service["endpoint"]);
        writeln!(
            out,
            "pub(crate) static {}: Service = Service {{ id: {id:?}, name: {name}, host: {host}, endpoint: {endpoint}, words: &[",
            screaming(id)
        )?;
        for (code, words) in service["codes"].as_object().into_iter().flatten() {
            let own = |part: &str| words[part].as_str().map(str::to_owned);
            let (sentence, hint) = (own("sentence"), own("hint"));
            let code = camel(code);
            writeln!(
                out,
                "(Code::{code}, Words {{ sentence: {sentence:?}, hint: {hint:?} }}),"
            )?;
        }
        writeln!(out, "] }};")?;
    }
    writeln!(out, "}}")?;
    Ok(())
}

fn variables(out: &mut String, variables: &Value) -> Written {
    let sealed = &variables["sealed"];
    writeln!(
        out,
        "/// What a sealed secret in an environment variable begins with.\npub const SEALED: &str = {sealed};"
    )?;
    for (function, patterns) in [("is_reserved", "reserved"), ("is_only_named", "onlyNamed")] {
        let patterns = list(&variables[patterns])?;
        let patterns: Vec<_> = patterns.iter().map(text).collect::<Result<_, _>>()?;
        let fits = fits_one(patterns);
        writeln!(
            out,
            "pub(crate) fn {function}(name: &str) -> bool {{ {fits} }}"
        )?;
    }
    Ok(())
}

fn partitions(out: &mut String, partitions: &Map<String, Value>) -> Written {
    writeln!(
        out,
        "pub(crate) fn partition(name: &str) -> Option<Partition> {{ Some(match name {{"
    )?;
    for (name, partition) in partitions {
        let (suffix, dual) = (&partition["suffix"], &partition["dualStack"]);
        writeln!(
            out,
            "{name:?} => Partition {{ suffix: {suffix}, dual_stack: {dual} }},"
        )?;
    }
    writeln!(out, "_ => return None }}) }}")?;
    Ok(())
}

/// The beginnings of hosts that serve both stacks by their plain suffix, and a partition where they do.
fn both_stacks(out: &mut String, services: &Map<String, Value>) -> Written {
    writeln!(out, "pub(crate) const BOTH_STACKS: &[(&str, &str)] = &[")?;
    let hosts = services
        .values()
        .filter_map(|one| one["bothStacks"].as_object());
    for (host, partitions) in hosts.flatten() {
        for partition in list(partitions)? {
            writeln!(out, "({host:?}, {partition}),")?;
        }
    }
    writeln!(out, "];")?;
    Ok(())
}

/// The partition of each region, told by how its name begins.
fn regions(out: &mut String, regions: &Map<String, Value>) -> Written {
    writeln!(
        out,
        "pub(crate) fn partition_of(region: &str) -> &'static str {{ match region {{"
    )?;
    let of_all = &regions[""];
    for (pattern, partition) in regions {
        if let Some(begin) = pattern.strip_prefix('^') {
            writeln!(out, "_ if region.starts_with({begin:?}) => {partition},")?;
        }
    }
    writeln!(out, "_ => {of_all} }} }}")?;
    Ok(())
}

/// They are written out in `arn.rs`; a test there compares.
fn patterns(out: &mut String, patterns: &Map<String, Value>) -> Written {
    writeln!(
        out,
        "#[cfg(test)] pub(crate) const PATTERNS: &[(&str, &str)] = &["
    )?;
    for (name, pattern) in patterns {
        writeln!(out, "({name:?}, {pattern}),")?;
    }
    writeln!(out, "];")?;
    Ok(())
}

fn object(value: &Value) -> Result<&Map<String, Value>, String> {
    value
        .as_object()
        .ok_or_else(|| format!("{CONTRACT}: {value} is no object"))
}

fn list(value: &Value) -> Result<&Vec<Value>, String> {
    value
        .as_array()
        .ok_or_else(|| format!("{CONTRACT}: {value} is no list"))
}

fn text(value: &Value) -> Result<&str, String> {
    value
        .as_str()
        .ok_or_else(|| format!("{CONTRACT}: {value} is no text"))
}

/// `BundleMissing` of `BUNDLE_MISSING`.
fn camel(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + &rest.to_lowercase()
        })
        .collect()
}

/// `BUNDLE_BYTES` of `bundleBytes`.
fn screaming(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_uppercase());
    }
    out
}
