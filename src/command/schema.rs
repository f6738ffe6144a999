//! The JSON schema of the config, made from the core's own grammar: editors complete and check by it. Draft 7, which all editors know.

use secret_baker_core::config::entry::{Field, FieldForm, Keys};
use secret_baker_core::source::{self, Deployment};
use serde_json::{Map, Value, json};

use crate::options::{Form, SETTINGS};

/// Whose config.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Config {
    /// `secret-baker.yml`.
    SecretBaker,
    /// What the plugin adds to `serverless.yml`.
    Serverless,
}

/// The schema of a config.
#[must_use]
pub fn schema(config: Config) -> Value {
    let secrets = reference("secrets");
    let functions = |properties: Value, others: bool| {
        let function = json!({"type": ["object", "null"], "properties": properties, "additionalProperties": others});
        json!({"type": "object", "additionalProperties": function})
    };
    let only = json!({"description": "The only secrets that it carries; [] is for none, and without the key it is all", "$ref": "#/definitions/names"});
    let properties = match config {
        Config::SecretBaker => json!({
            "secrets": {"description": "What is baked", "$ref": "#/definitions/secrets"},
            "options": {"description": "Settings", "$ref": "#/definitions/options"},
            "functions": functions(json!({
                "secrets": only,
                "artefact": {"type": "string", "description": "The folder or zip that it is deployed from"},
                "env": {"description": "Secrets that become its environment variables", "$ref": "#/definitions/env"},
                "architecture": {"enum": ["x86_64", "arm64"], "description": "Its processor"},
                "name": {"type": "string", "description": "Its name at Lambda"},
                "role": {"type": "string", "description": "The ARN of its role"},
            }), false),
        }),
        Config::Serverless => json!({
            "custom": {"type": "object", "properties": {"secretBaker": secrets, "secretBakerOptions": reference("options")}},
            "functions": functions(json!({"secretBaker": only}), true),
        }),
    };
    let (file, others) = match config {
        Config::SecretBaker => ("secret-baker.yml", false),
        Config::Serverless => ("serverless.yml, as far as it is Secret Baker's", true),
    };
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": file,
        "type": "object",
        "properties": properties,
        "additionalProperties": others,
        "definitions": definitions(),
    })
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/definitions/{name}")})
}

fn definitions() -> Value {
    let sources = source::all(&Deployment::default());
    let keys: Vec<Keys> = sources.iter().map(|source| source.keys()).collect();
    let schemes: Vec<&str> = keys.iter().filter_map(|keys| keys.scheme).collect();
    let text = json!({
        "type": "string",
        "minLength": 1,
        "description": format!("A parameter's path, which is also its name; or a text that begins with {}", schemes.join(", ")),
    });
    let items = std::iter::once(text.clone()).chain(keys.iter().map(|keys| object(keys, false)));
    let pairs = std::iter::once(text).chain(keys.iter().map(|keys| object(keys, true)));
    json!({
        "secrets": {
            "anyOf": [
                {"type": "null"},
                {"type": "array", "items": {"anyOf": items.collect::<Vec<_>>()}},
                {"type": "object", "additionalProperties": {"anyOf": pairs.collect::<Vec<_>>()}},
                {"$ref": "#/definitions/variable"},
            ]
        },
        "names": {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"$ref": "#/definitions/variable"}]},
        "env": {
            "anyOf": [
                {"type": "boolean"},
                {"type": "array", "items": {"type": "string"}, "description": "NAME, NAME=VARIABLE, and * for all others"},
                {"$ref": "#/definitions/variable"},
            ]
        },
        "options": {"anyOf": [{"type": "object", "properties": settings(), "additionalProperties": false}, {"$ref": "#/definitions/variable"}]},
        "variable": {"type": "string", "pattern": "\\$\\{"},
    })
}

/// An entry of one source; in a map its name is the key.
fn object(keys: &Keys, in_map: bool) -> Value {
    let mut properties = Map::new();
    let mut required = vec![keys.own];
    if !in_map {
        let name = json!({"type": "string", "minLength": 1, "description": "What code asks for"});
        properties.insert("name".into(), name);
        if keys.named {
            required.push("name");
        }
    }
    for field in keys.fields {
        properties.insert(field.key.into(), of_field(field));
    }
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn of_field(field: &Field) -> Value {
    let about = field.about;
    match field.form {
        FieldForm::Text => json!({"type": "string", "minLength": 1, "description": about}),
        FieldForm::Version => json!({"type": ["string", "integer"], "description": about}),
        FieldForm::Label => json!({"type": ["string", "boolean"], "description": about}),
        FieldForm::Context => json!({
            "type": ["object", "string"],
            "additionalProperties": {"type": "string"},
            "description": about,
        }),
    }
}

fn settings() -> Map<String, Value> {
    let setting = |form: Form| match form {
        Form::Flag => {
            json!({"anyOf": [{"type": "boolean"}, {"enum": ["true", "false"]}, reference("variable")]})
        }
        Form::Text => json!({"type": ["string", "null"]}),
        Form::File => json!({"anyOf": [{"type": "string"}, {"type": "null"}, {"const": false}]}),
        Form::Names => reference("names"),
        Form::Env => json!({
            "anyOf": [
                reference("env"),
                {"type": "object", "additionalProperties": reference("env"), "description": "By the function's name"},
            ]
        }),
    };
    let all = SETTINGS.iter().map(|each| {
        let mut schema = setting(each.form);
        schema["description"] = each.about.into();
        (each.key.to_owned(), schema)
    });
    all.collect()
}

#[cfg(test)]
mod tests;
