//! One secret, opened by the caller's own right to decrypt it: for debugging.

use std::path::Path;

use secret_baker::SecretBytes;
use secret_baker_core::artefact::bundle_of;
use secret_baker_core::aws::Aws;
use secret_baker_core::bundle::{self, Bundle};
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Code, Explain, did_you_mean};
use secret_baker_core::preview;
use secret_baker_core::source::Progress;
use serde_json::{Map, Value};

use crate::opener::{Opening, Refused, not_opened};
use crate::service::Service;

/// A secret that was opened.
pub struct Opened {
    /// Its version, in its source's own way of counting, where it has any.
    pub version: Option<String>,
    /// Where it is kept, or the bundle that has it.
    pub from: Shown,
    /// The lock that has it, and a sentence with the version that is locked. `None`: it was asked for.
    pub locked: Option<(String, String)>,
    /// Its plaintext.
    pub value: SecretBytes,
}

/// No secret of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no secret `{name}` in {place}{}", did_you_mean(meant.as_ref().map(Shown::as_str)))]
pub struct NoSecret {
    name: Shown,
    place: Shown,
    meant: Option<Shown>,
    code: Code,
}

impl NoSecret {
    fn of(name: &str, place: Shown, bundle: Option<&Bundle>, code: Code) -> Self {
        let meant = bundle.and_then(|bundle| bundle.nearest(name));
        Self {
            name: Shown::of(name),
            place,
            meant: meant.map(Shown::from),
            code,
        }
    }
}

impl Explain for NoSecret {
    fn code(&self) -> Code {
        self.code
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        None
    }
}

/// Opens one secret as a bake would take it now, from the lock where that has it.
///
/// # Errors
/// The config has it not, it cannot be baked, or it does not open.
pub async fn now(
    service: &Service,
    name: &str,
    frozen: bool,
    progress: Progress<'_>,
) -> Result<Opened, Refused> {
    let aws = Aws::new(service.connection.clone());
    let lock = service.lock_for_bake(frozen);
    let (request, caller) = (service.locked_request(&lock), &service.caller);
    let only = [name.to_owned()];
    let baked = preview(request, caller, &aws, Some(&only), progress).await?;
    let Some(sealed) = baked.sealed.iter().find(|one| one.name.value() == name) else {
        return Err(not_in_config(service, &baked.bundle, name).into());
    };
    let opening = Opening::over(&aws).await?;
    let value = opened(&opening, &baked.bundle, name, bundle::FILE).await?;
    let locked = baked.relocked.as_ref().and_then(|relocked| {
        let told = relocked.held_of(|one| one == name)?;
        Some((relocked.name.to_string(), told))
    });
    Ok(Opened {
        version: sealed.version.clone(),
        from: sealed.from.clone(),
        locked,
        value,
    })
}

/// Of the names that the config has, and of those that an entry without a name has brought.
pub(crate) fn not_in_config(service: &Service, baked: &Bundle, name: &str) -> NoSecret {
    let (known, _) = secret_baker_core::config::names(&service.config);
    let all = known.into_iter().chain(baked.names());
    let empty = all.map(|known| (known.to_owned(), Map::new()));
    let all = Bundle::of(empty).ok();
    let place = Shown::of(&service.caller.secrets);
    NoSecret::of(name, place, all.as_ref(), Code::ConfigInvalid)
}

/// Opens one of the secrets that an artefact carries.
///
/// # Errors
/// The artefact cannot be read, has it not, or it does not open.
pub async fn carried(service: &Service, name: &str, artefact: &Path) -> Result<Opened, Refused> {
    let bundle = bundle_of(artefact)?;
    let from = Shown::path(artefact);
    let missing = |bundle| NoSecret::of(name, from.clone(), bundle, Code::ArtefactWithoutSecrets);
    let bundle = bundle.ok_or_else(|| missing(None))?;
    if !bundle.contains(name) {
        return Err(missing(Some(&bundle)).into());
    }
    let aws = Aws::new(service.connection.clone());
    let opening = Opening::over(&aws).await?;
    let file = artefact.join(bundle::FILE);
    let value = opened(&opening, &bundle, name, &file.to_string_lossy()).await?;
    Ok(Opened {
        version: bundle.entry(name).and_then(version_in),
        from,
        locked: None,
        value,
    })
}

/// The version that an entry of a bundle names.
#[must_use]
pub fn version_in(entry: &Map<String, Value>) -> Option<String> {
    ["version", "versionId"]
        .iter()
        .find_map(|key| match entry.get(*key)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
}

async fn opened(
    opening: &Opening,
    bundle: &Bundle,
    name: &str,
    file: &str,
) -> Result<SecretBytes, Refused> {
    let secrets = opening.secrets(bundle, file)?;
    secrets.secret_bytes(name).await.map_err(not_opened)
}

/// Bytes that are no text, as a text.
#[must_use]
pub fn base64(value: &SecretBytes) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(value.expose())
}
