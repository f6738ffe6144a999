//! The file's text: a line for each secret, by name, so that a diff shows the secrets that have changed and two branches which add some seldom
//! meet in one line.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::refusal::Why;
use crate::aws::strict_json;
use crate::contract;
use crate::failure::shown::Shown;

/// The one format that there is.
const VERSION: u64 = 1;

/// A secret of a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The digest of what the config says of it: another one, and it has changed there.
    pub config: String,
    /// The version that is locked, in its source's own way of counting.
    pub version: Option<String>,
    /// What stands in the bundle. Where it comes out of a file it may be anything.
    pub entry: Map<String, Value>,
}

/// A lock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// The region of whatever names none itself.
    pub region: Option<String>,
    /// The account of whatever names none itself, where that is known.
    pub account: Option<String>,
    /// Whether it was made of an emulator of AWS.
    pub is_emulator: bool,
    /// The secrets by name.
    pub lines: BTreeMap<String, Line>,
}

impl Lock {
    /// Reads one, strictly: nobody knows who has edited it.
    ///
    /// # Errors
    /// It is none.
    pub fn read(bytes: &[u8], file: &str) -> Result<Self, Why> {
        if let Some(line) = conflict(bytes) {
            let file = file.to_owned();
            return Err(Why::Conflicts { file, line });
        }
        let damaged = |said: String| Why::Damaged {
            file: file.to_owned(),
            said: said.into(),
        };
        if bytes.trim_ascii().is_empty() {
            return Err(damaged("it is empty".into()));
        }
        if [&b"\xef\xbb\xbf"[..], b"\xff\xfe", b"\xfe\xff"]
            .iter()
            .any(|mark| bytes.starts_with(mark))
        {
            return Err(damaged("a byte order mark begins it".into()));
        }
        // The parser's words name a line and a column, and never the text.
        let whole = strict_json::parse(bytes).map_err(|error| damaged(error.to_string()))?;
        match whole.get("version").and_then(Value::as_u64) {
            Some(VERSION) => of_json(whole).map_err(damaged),
            Some(version) if version > VERSION => Err(Why::Newer {
                file: file.to_owned(),
                version,
            }),
            _ => Err(damaged(format!("its `version` is not {VERSION}"))),
        }
    }

    /// The file's bytes, the same lock always giving the same.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = vec![format!("\"version\": {VERSION}")];
        let texts = [("region", &self.region), ("account", &self.account)];
        let texts = texts
            .into_iter()
            .filter_map(|(key, text)| Some(format!("\"{key}\": {}", json!(text.as_ref()?))));
        head.extend(texts);
        head.extend(self.is_emulator.then(|| "\"emulator\": true".to_owned()));
        let lines = self.lines.iter().map(|(name, line)| {
            let Line {
                config,
                version,
                entry,
            } = line;
            let line = json!({"config": config, "version": version, "entry": entry});
            format!("    {}: {line}", json!(name))
        });
        let lines: Vec<_> = lines.collect();
        let lines = if lines.is_empty() {
            "{}".to_owned()
        } else {
            format!("{{\n{}\n  }}", lines.join(",\n"))
        };
        head.push(format!("\"secrets\": {lines}"));
        format!("{{\n  {}\n}}\n", head.join(",\n  ")).into_bytes()
    }
}

/// The first line of a conflict that git has left, counted from 1.
fn conflict(bytes: &[u8]) -> Option<usize> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let is_mark = |line: &[u8]| {
        [b"<<<<<<< ", b"||||||| ", b">>>>>>> "]
            .iter()
            .any(|mark| line.starts_with(*mark))
            || line.trim_ascii_end() == b"======="
    };
    lines.position(is_mark).map(|at| at + 1)
}

fn of_json(whole: Value) -> Result<Lock, String> {
    let Value::Object(mut whole) = whole else {
        return Err("it is no object".into());
    };
    let mut lock = Lock {
        region: text(&mut whole, "region", contract::is_region)?,
        account: text(&mut whole, "account", contract::is_account)?,
        is_emulator: match whole.remove("emulator") {
            None => false,
            Some(Value::Bool(is_one)) => is_one,
            Some(_) => return Err("its `emulator` is neither true nor false".into()),
        },
        lines: BTreeMap::new(),
    };
    let Some(Value::Object(secrets)) = whole.remove("secrets") else {
        return Err("it has no object `secrets`".into());
    };
    whole.remove("version");
    if let Some(key) = whole.keys().next() {
        return Err(format!("nobody knows its key `{}`", Shown::of(key)));
    }
    for (name, line) in secrets {
        let line = line_of(line).map_err(|said| format!("`{}` {said}", Shown::of(&name)))?;
        if name.trim().is_empty() {
            return Err("a secret's name is blank".into());
        }
        lock.lines.insert(name, line);
    }
    Ok(lock)
}

/// A text that may be absent.
fn text(
    map: &mut Map<String, Value>,
    key: &str,
    fits: fn(&str) -> bool,
) -> Result<Option<String>, String> {
    match map.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if fits(&text) => Ok(Some(text)),
        Some(_) => Err(format!("its `{key}` is not what belongs there")),
    }
}

fn line_of(line: Value) -> Result<Line, &'static str> {
    let Value::Object(mut line) = line else {
        return Err("is no object");
    };
    let (config, version, entry) = (
        line.remove("config"),
        line.remove("version"),
        line.remove("entry"),
    );
    if !line.is_empty() {
        return Err("has other keys than `config`, `version` and `entry`");
    }
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_digest = |text: &String| text.len() == 64 && text.bytes().all(is_digit);
    match (config, version, entry) {
        (Some(Value::String(config)), Some(version), Some(Value::Object(entry)))
            if is_digest(&config) && (version.is_null() || version.is_string()) =>
        {
            let version = version.as_str().map(str::to_owned);
            Ok(Line {
                config,
                version,
                entry,
            })
        }
        _ => Err("has not a digest `config`, a text `version` and an object `entry`"),
    }
}

#[cfg(test)]
mod tests;
