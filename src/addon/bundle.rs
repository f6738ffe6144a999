//! The bundle: it stays in Rust, and JavaScript hands it on.

use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use secret_baker_core::bundle;
use secret_baker_core::failure::Caller;

use crate::failure::{Failure, guarded, told};
use crate::session::Session;

/// What goes into the artefacts: the content of `secret-baker-secrets.json`.
#[napi]
pub struct Bundle(pub(crate) bundle::Bundle);

/// What reading a bundle gives.
#[napi(object, object_from_js = false)]
pub struct BundleOutcome {
    /// What was read.
    pub value: Option<Bundle>,
    /// Why it is none.
    pub failure: Option<Failure>,
}

/// What asking for a secret gives.
#[napi(object, object_from_js = false)]
pub struct VariableOutcome {
    /// Its sealed entry as one text, for an environment variable.
    pub value: Option<String>,
    /// Why there is none.
    pub failure: Option<Failure>,
}

#[napi]
impl Session {
    /// A secret of a bundle as an environment variable has it: sealed, with the same bytes as in the file.
    #[napi]
    #[must_use]
    pub fn variable(&self, bundle: &Bundle, name: String) -> VariableOutcome {
        let sealed = guarded(move || bundle.0.variable(&name));
        let (value, failure) = told(sealed, &self.caller());
        VariableOutcome { value, failure }
    }
}

#[napi]
impl Bundle {
    /// Reads one that was written before.
    #[napi]
    #[must_use]
    pub fn read(bytes: &[u8]) -> BundleOutcome {
        let read = bundle::Bundle::read(bytes).map(Self);
        let (value, failure) = told(read.map_err(Into::into), &Caller::default());
        BundleOutcome { value, failure }
    }

    /// The bytes of the file, for whoever has to write it elsewhere.
    #[napi]
    #[must_use]
    pub fn bytes(&self) -> Buffer {
        self.0.bytes().into()
    }
}
