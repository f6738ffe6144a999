//! Certificates that variables name, trusted beside the platform's roots where no framework hands them over.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Code, Explain};

/// Every root of a platform takes a quarter of a megabyte.
const LARGEST: u64 = 8 * 1024 * 1024;
const VARIABLES: [&str; 2] = ["AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];

/// A file of certificates that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot use the certificates that {variable} names, {path}: {said}")]
pub struct BadCertificates {
    variable: &'static str,
    path: Shown,
    said: Shown,
}

impl Explain for BadCertificates {
    fn code(&self) -> Code {
        Code::File
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some(format!("correct {} or unset it", self.variable))
    }
}

/// The PEM texts of all that are named.
///
/// # Errors
/// One cannot be read, or holds none.
pub fn of_environment(
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Vec<String>, BadCertificates> {
    let mut texts = Vec::new();
    for name in VARIABLES {
        let Some(path) = variable(name).filter(|path| !path.is_empty()) else {
            continue;
        };
        let path = Path::new(&path);
        let text = read(path).map_err(|said| BadCertificates {
            variable: name,
            path: Shown::path(path),
            said: said.into(),
        })?;
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    Ok(texts)
}

fn read(path: &Path) -> Result<String, String> {
    let said = |error: std::io::Error| error.to_string();
    if !path.metadata().map_err(said)?.is_file() {
        return Err("it is not a file".into());
    }
    let mut text = String::new();
    let file = File::open(path).map_err(said)?;
    file.take(LARGEST + 1)
        .read_to_string(&mut text)
        .map_err(said)?;
    if text.len() as u64 > LARGEST {
        return Err("it has more than 8 MB".into());
    }
    if !text.contains("-----BEGIN CERTIFICATE-----") {
        return Err("no PEM certificate is in it".into());
    }
    // The certificate behind it would be passed over without a word.
    if text.starts_with('\u{feff}') {
        return Err("a byte order mark begins it".into());
    }
    Ok(text)
}
