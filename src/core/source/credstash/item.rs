//! An item of the table: what credstash writes, strictly, since the openers take nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::ask::Ask;
use crate::contract::CIPHERTEXT_BYTES;
use crate::source::blob;

/// The digests of its HMAC, and how long each is in hexadecimal. `SHA` is SHA-1.
const DIGESTS: [(&str, usize); 7] = [
    ("SHA256", 64),
    ("SHA384", 96),
    ("SHA512", 128),
    ("SHA224", 56),
    ("SHA1", 40),
    ("SHA", 40),
    ("MD5", 32),
];

/// What is baked of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The data key as KMS has encrypted it, in base64.
    pub key: String,
    /// The ciphertext in base64.
    pub contents: String,
    /// Of the ciphertext, in lowercase hexadecimal.
    pub hmac: String,
    /// That of the HMAC.
    pub digest: String,
    /// As it stands in the table.
    pub version: String,
}

impl Item {
    /// Reads what was returned for `ask`.
    ///
    /// # Errors
    /// Why no opener would take it, in words that quote nothing but a digest's name.
    pub fn read(item: &Value, ask: Ask<'_>) -> Result<Self, String> {
        let version = text(item, "version")?;
        if text(item, "name")? != ask.credential || ask.version.is_some_and(|of| of != version) {
            return Err("it is that of another credential or version".into());
        }
        let key = text(item, "key")?;
        blob::check(&key).map_err(|why| format!("its `key` {why}"))?;
        let contents = text(item, "contents")?;
        check_contents(&contents)?;
        let digest = match item.get("digest") {
            Some(_) => text(item, "digest")?,
            None => "SHA256".to_owned(),
        };
        let mut digests = DIGESTS.into_iter();
        let (_, length) = digests
            .find(|(known, _)| *known == digest)
            .ok_or_else(|| format!("its `digest` is `{digest}`, which credstash does not have"))?;
        Ok(Self {
            key,
            contents,
            hmac: hmac(item, length)?,
            digest,
            version,
        })
    }
}

fn text(item: &Value, attribute: &str) -> Result<String, String> {
    let value = item.get(attribute).and_then(|value| value.get("S"));
    let text = value
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| format!("it has no text `{attribute}`"))?;
    Ok(text.to_owned())
}

fn check_contents(text: &str) -> Result<(), String> {
    let bytes = STANDARD.decode(text);
    let bytes = bytes.map_err(|_| "its `contents` is no base64")?;
    if bytes.len() > CIPHERTEXT_BYTES {
        return Err(format!(
            "its `contents` has more than {CIPHERTEXT_BYTES} bytes"
        ));
    }
    Ok(())
}

/// Versions of credstash have written the text of the HMAC as a text and as bytes.
fn hmac(item: &Value, length: usize) -> Result<String, String> {
    let bytes = item.pointer("/hmac/B").and_then(Value::as_str);
    let hmac = match bytes.and_then(|bytes| STANDARD.decode(bytes).ok()) {
        Some(bytes) => String::from_utf8(bytes).unwrap_or_default(),
        None => text(item, "hmac")?,
    };
    let is_hex = hmac.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hmac.len() != length || !is_hex {
        return Err(format!("its `hmac` is not {length} hexadecimal digits"));
    }
    Ok(hmac.to_ascii_lowercase())
}
