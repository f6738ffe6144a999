//! Local values: secrets of a file in place of those of AWS, for handlers that run on this machine.
//!
//! They are sealed under a key that this process alone has, as ordinary entries, and a KMS on loopback opens them: what reads a bundle
//! in Lambda reads this one. A plaintext goes into no message, and into a file only as SOPS encrypts it.

mod chosen;
mod data_key;
pub mod dotenv;
mod file;
pub mod identity;
mod ignored;
pub mod kms;
pub mod plain;
mod process_key;
mod program;
mod request;
mod sealing;
pub mod store;
mod wanted;

use self::chosen::Chosen;
use self::kms::Kms;
use self::process_key::ProcessKey;
pub use self::request::{Config, Values};
use crate::contract;
use crate::failure::shown::Shown;
use crate::failure::{Code, Explain, Failure, Problem};
use crate::source::Sealed;

/// For handlers that are told none.
const REGION: &str = "us-east-1";

/// Sealed local values, and what opens them.
pub struct Local {
    /// In the config's order, then in the file's.
    pub sealed: Vec<Sealed>,
    /// Opens them while it lives.
    pub kms: Kms,
    /// The region in which they seem to be.
    pub region: String,
}

/// No server on loopback.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("nothing can be opened on this machine: {reason}")]
pub struct NoServer {
    /// In the system's words.
    pub reason: Shown,
}

impl Explain for NoServer {
    fn code(&self) -> Code {
        Code::LocalValues
    }
}

/// Takes the values of all names from the file, seals them and starts the KMS that opens them. Calls nothing of AWS. Blocks; call it
/// within a runtime of tokio.
///
/// # Errors
/// Every mistake of the config; the file; every name without a value.
pub fn open(config: Config<'_>, values: Values<'_>) -> Result<Local, Failure> {
    let region = values.region.filter(|region| contract::is_region(region));
    let region = region.unwrap_or(REGION);
    let chosen = chosen::choose(config, values)?;
    let no_server = |error: std::io::Error| NoServer {
        reason: error.to_string().into(),
    };
    let key = ProcessKey::new().map_err(|error| no_server(error.into()))?;
    let sealed = seal_all(chosen, &key, region)?;
    let kms = Kms::start(key, region).map_err(no_server)?;
    Ok(Local {
        sealed,
        kms,
        region: region.to_owned(),
    })
}

fn seal_all(chosen: Vec<Chosen>, key: &ProcessKey, region: &str) -> Result<Vec<Sealed>, Failure> {
    let (mut sealed, mut problems) = (Vec::new(), Vec::new());
    for Chosen {
        name,
        place,
        value,
        from,
    } in chosen
    {
        let named = (name.value(), name.shown());
        match sealing::entry(key, region, named, &value) {
            Ok(entry) => sealed.push(Sealed {
                name,
                from,
                version: None,
                entry,
            }),
            Err(why) => problems.push(place.map_or_else(
                || Problem::general(why.clone()),
                |place| Problem::at(&place, why.clone()),
            )),
        }
    }
    if problems.is_empty() {
        Ok(sealed)
    } else {
        Err(problems.into())
    }
}

#[cfg(test)]
mod tests;
