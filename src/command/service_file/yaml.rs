//! The text of a config.

use std::path::Path;

use secret_baker_core::config::Text;
use secret_baker_core::failure::Failure;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::source::input_file::{self, Unread};
use serde_json::Value;
use serde_saphyr::Error;

use super::refusal::NoService;

/// More than anybody writes.
const LARGEST: usize = 1024 * 1024;

/// The text of a file, which a relative path names from `start`.
///
/// # Errors
/// There is none, or it is none in UTF-8.
pub fn read(start: &Path, named: &str) -> Result<String, Failure> {
    let bytes = match input_file::read(start, &Text::public(named), LARGEST) {
        Err(Unread::Missing { file }) => return Err(NoService::NoFile { file }.into()),
        read => read?,
    };
    let text = String::from_utf8(bytes).map_err(|_| unreadable(named, None, "it is not UTF-8"))?;
    Ok(text)
}

/// What it says. Nothing at all is `Null`.
///
/// # Errors
/// It is no YAML, or more than one document of it.
pub fn parse(text: &str, named: &str) -> Result<Value, NoService> {
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    let mut options = serde_saphyr::Options::default();
    options.with_snippet = false;
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let line = error.location().map(|location| location.line());
        let line = line.and_then(|line| usize::try_from(line).ok());
        unreadable(
            named,
            line.filter(|line| *line > 0),
            &why(&error, text, line),
        )
    })
}

/// In words of our own: the parser's may repeat what stands there, and it need not be a config.
fn why(error: &Error, text: &str, line: Option<usize>) -> String {
    let said = match error {
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            return format!("the key `{}` stands twice in one map", Shown::of(key));
        }
        Error::DuplicateMappingKey { .. } => "a key stands twice in one map",
        Error::MultipleDocuments { .. } => "a second document begins, and a config is one",
        Error::UnknownAnchor { .. } => "there is no anchor of the alias's name above it",
        Error::Eof { .. } => "it ends before something that was begun",
        Error::MergeValueNotMapOrSeqOfMaps { .. } => "what `<<` merges is no map",
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::Budget { .. } => "it is nested too deeply, or its aliases stand for too much",
        _ if is_indented_by_tab(text, line) => {
            "a tab indents the line, and YAML takes spaces alone"
        }
        _ if text.contains("${") => {
            "it is no YAML that can be read; within [ ] and { } a text with `${` stands in quotes"
        }
        _ => "it is no YAML that can be read",
    };
    said.to_owned()
}

fn is_indented_by_tab(text: &str, line: Option<usize>) -> bool {
    let line = line.and_then(|line| text.lines().nth(line.checked_sub(1)?));
    line.is_some_and(|line| {
        let indent = line.len() - line.trim_start().len();
        line[..indent].contains('\t')
    })
}

fn unreadable(named: &str, line: Option<usize>, said: &str) -> NoService {
    let at = line.map_or_else(String::new, |line| format!(":{line}"));
    NoService::Unreadable {
        said: format!("{named}{at}: {said}").into(),
    }
}
