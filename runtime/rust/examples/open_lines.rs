//! Opens one secret a line, for those who compare the openers of all languages.
//!
//! In: `{"id":1,"file":"<bundle>","secret":"A","environment":{}}` for one of a bundle, `{"id":1,"variable":"...",
//! "environment":{}}` for what stands in a variable. Out, in the same order: `{"id":1,"text":"..."}`,
//! `{"id":1,"bytes":"<base64>"}` for what is no text, or `{"id":1,"code":"SECRET_BAKER_...","pages":["..."]}`.
//! Credentials and the endpoint are those of the process, region and function those of the line.

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::io::{self, BufRead as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secret_baker::{Error, Secrets};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    for line in io::stdin().lock().lines() {
        let asked: Value = serde_json::from_str(&line?)?;
        let id = asked["id"].clone();
        let answer = match tokio::spawn(async move { answer(&asked).await }).await {
            Ok(answer) => answer,
            // Not swallowed: whoever compares is to see it.
            Err(error) => json!({"code": "PANIC", "message": error.to_string()}),
        };
        let mut out = io::stdout().lock();
        writeln!(out, "{}", with_id(answer, id))?;
        out.flush()?;
    }
    Ok(())
}

async fn answer(asked: &Value) -> Value {
    match opened(asked).await {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => json!({ "text": text }),
            Err(error) => json!({"bytes": STANDARD.encode(error.as_bytes())}),
        },
        Err(error) => {
            let told = error.to_string();
            let pages: Vec<_> = told.split("\n  more: ").skip(1).collect();
            json!({"code": error.code().as_str(), "pages": pages})
        }
    }
}

async fn opened(asked: &Value) -> Result<Vec<u8>, Error> {
    let text = |name: &str| asked[name].as_str().unwrap_or_default();
    let builder = Secrets::builder().environment(environment(asked));
    let bytes = match asked["file"].as_str() {
        Some(file) => {
            let secrets = builder.file(file).open()?;
            secrets.secret_bytes(text("secret")).await?
        }
        None => builder.sealed_variables().secret_bytes("DB").await?,
    };
    Ok(bytes.expose().to_vec())
}

/// The process's own, but for what the line tells: setting variables of a process is unsafe.
fn environment(asked: &Value) -> impl Fn(&str) -> Option<OsString> + Send + Sync + 'static {
    let told = asked["environment"].as_object().into_iter().flatten();
    let told = told.map(|(name, value)| (name.as_str(), value));
    let own: HashMap<String, OsString> = told
        .chain(asked.get("variable").map(|value| ("DB", value)))
        .filter_map(|(name, value)| Some((name.to_owned(), value.as_str()?.into())))
        .collect();
    move |name| own.get(name).cloned().or_else(|| env::var_os(name))
}

fn with_id(mut answer: Value, id: Value) -> Value {
    answer["id"] = id;
    answer
}
