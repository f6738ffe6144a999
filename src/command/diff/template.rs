//! What the framework has written beside the zips: the secrets that are sealed into environment variables of a template's functions.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use secret_baker_core::contract::SEALED_VARIABLE;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Code, Explain};
use serde_json::Value;

use super::carried::Looked;

/// `CloudFormation` takes no longer ones than a megabyte.
const LONGEST: u64 = 8 * 1024 * 1024;

/// Why a template cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template {path} cannot be read: {said}")]
struct Unreadable {
    path: Shown,
    said: Shown,
}

impl Explain for Unreadable {
    fn code(&self) -> Code {
        Code::File
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some("build it again; nothing was changed".into())
    }
}

/// Whether a file of the framework is one: that of the stack, or of a nested one.
pub(super) fn is_one(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("cloudformation-template-") && name.ends_with(".json")
}

/// The variables in these templates.
pub(super) fn variables(templates: &[PathBuf]) -> Looked {
    let mut looked = Looked::default();
    for path in templates {
        match read(path) {
            Ok(template) => add(&mut looked, path, &template),
            Err(said) => looked.unread(Unreadable {
                path: Shown::path(path),
                said: said.into(),
            }),
        }
    }
    looked
}

fn read(path: &Path) -> Result<Value, String> {
    let said = |error: std::io::Error| match error.kind() {
        ErrorKind::PermissionDenied => "permission is denied".to_owned(),
        _ => error.to_string(),
    };
    let found = std::fs::metadata(path).map_err(said)?;
    // A pipe might never end.
    if !found.is_file() || found.len() > LONGEST {
        return Err("it is no file of JSON, or too long".to_owned());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(said)?;
    file.take(LONGEST).read_to_end(&mut bytes).map_err(said)?;
    // The parser's words name a line and a column, and never the text.
    serde_json::from_slice(&bytes).map_err(|error| error.to_string())
}

fn add(looked: &mut Looked, path: &Path, template: &Value) {
    let resources = template.get("Resources").and_then(Value::as_object);
    for (id, resource) in resources.into_iter().flatten() {
        if resource.get("Type").and_then(Value::as_str) != Some("AWS::Lambda::Function") {
            continue;
        }
        let place = Shown::of(&format!("{}: {id}", path.display()));
        let variables = resource.pointer("/Properties/Environment/Variables");
        let variables = variables.and_then(Value::as_object);
        for (name, value) in variables.into_iter().flatten() {
            let value = value.as_str().unwrap_or_default();
            if let Some(sealed) = value.strip_prefix(SEALED_VARIABLE) {
                looked.variable(&place, name.clone(), sealed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::super::carried::Carried;
    use super::*;

    fn looked(text: &str) -> Looked {
        let folder = TempDir::new().unwrap();
        let path = folder
            .path()
            .join("cloudformation-template-update-stack.json");
        fs::write(&path, text).unwrap();
        variables(&[path])
    }

    #[test]
    fn sealed_variables_of_functions_are_found_and_no_others() {
        let environment = r#"{"Variables":{"PLAIN":"x","DB":"secret-baker:{}","REF":{"Ref":"A"},"BAD":"secret-baker:x"}}"#;
        let found = looked(&format!(
            r#"{{"Resources":{{"A":{{"Type":"AWS::Lambda::Function","Properties":{{"Environment":{environment}}}}},"B":{{"Type":"Other","Properties":{{"Environment":{environment}}}}}}}}}"#
        ));
        let names: Vec<_> = found
            .carried
            .iter()
            .map(|one| match one {
                Carried::Variable { variable, .. } => variable.as_str(),
                Carried::Bundle { .. } => "",
            })
            .collect();
        assert_eq!(names, ["DB"]);
        let why = found.not_compared[0].why.as_str();
        assert_eq!(why, "its environment variable `BAD` holds no sealed secret");
    }

    #[test]
    fn a_template_that_is_none_is_told_and_odd_ones_have_no_variables() {
        assert_eq!(looked("{").unread.len(), 1);
        for odd in [
            "[]",
            "{}",
            r#"{"Resources":[]}"#,
            r#"{"Resources":{"A":1}}"#,
        ] {
            assert!(looked(odd).is_empty(), "{odd}");
        }
    }

    #[test]
    fn a_template_is_known_by_its_name() {
        assert!(is_one(Path::new(
            "x/cloudformation-template-update-stack.json"
        )));
        assert!(is_one(Path::new(
            "cloudformation-template-ApiNestedStack.json"
        )));
        assert!(!is_one(Path::new("serverless-state.json")));
        assert!(!is_one(Path::new(
            "cloudformation-template-update-stack.zip"
        )));
    }
}
