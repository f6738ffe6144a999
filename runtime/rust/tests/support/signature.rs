//! Signature Version 4, computed from what arrived and from nothing else.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::http::Request;

/// Who signed, for which service in which region.
pub struct Signed {
    pub access_key: String,
    pub region: String,
    pub service: String,
    pub is_valid: bool,
}

/// Reads and checks the `Authorization` header.
pub fn check(request: &Request) -> Option<Signed> {
    let fields = request
        .header("authorization")
        .strip_prefix("AWS4-HMAC-SHA256 ")?;
    let field = |name: &str| {
        fields
            .split(", ")
            .find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
    };
    let (credential, names, signature) = (
        field("Credential")?,
        field("SignedHeaders")?,
        field("Signature")?,
    );
    let (access_key, scope) = credential.split_once('/')?;
    let mut parts = scope.split('/');
    let (day, region, service) = (parts.next()?, parts.next()?, parts.next()?);

    let all_signed = ["host", "x-amz-date", "x-amz-target"]
        .iter()
        .all(|name| names.split(';').any(|signed| signed == *name));
    let line = |name| [name, ":", request.header(name), "\n"].concat();
    let headers: String = names.split(';').map(line).collect();
    let payload = hex(&Sha256::digest(&request.body));
    let canonical = format!(
        "{}\n{}\n\n{headers}\n{names}\n{payload}",
        request.method, request.path
    );
    let date = request.header("x-amz-date");
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{date}\n{scope}\n{}",
        hex(&Sha256::digest(canonical))
    );
    let secret = format!("AWS4{access_key}+signs");
    let key = [day, region, service, "aws4_request"]
        .iter()
        .fold(secret.into_bytes(), |key, part| hmac(&key, part));
    let is_valid = all_signed && hex(&hmac(&key, &to_sign)) == signature;
    Some(Signed {
        access_key: access_key.into(),
        region: region.into(),
        service: service.into(),
        is_valid,
    })
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap();
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
