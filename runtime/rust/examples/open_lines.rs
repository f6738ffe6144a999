//! Opens one secret a line, for those who compare the openers of all languages.
//!
//! In: `{"id":1,"file":"<bundle>","secret":"A"}`. Out, in the same order: `{"id":1,"text":"..."}`,
//! `{"id":1,"bytes":"<base64>"}` for what is no text, or `{"id":1,"code":"SECRET_BAKER_..."}`. Credentials and
//! `AWS_ENDPOINT_URL_KMS` are those of the environment.

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
    let file = asked["file"].as_str().unwrap_or_default();
    let secret = asked["secret"].as_str().unwrap_or_default();
    match opened(file, secret).await {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => json!({ "text": text }),
            Err(error) => json!({"bytes": STANDARD.encode(error.as_bytes())}),
        },
        Err(error) => json!({"code": error.code().as_str()}),
    }
}

async fn opened(file: &str, secret: &str) -> Result<Vec<u8>, Error> {
    let secrets = Secrets::builder().file(file).open()?;
    Ok(secrets.secret_bytes(secret).await?.expose().to_vec())
}

fn with_id(mut answer: Value, id: Value) -> Value {
    answer["id"] = id;
    answer
}
