//! Whom TLS trusts.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use crate::bounded;
use crate::contract::limit;

/// Of UTF-8 and UTF-16. The certificate behind one would be passed over without a word.
const BYTE_ORDER_MARKS: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];

/// Mozilla's roots, which are compiled in and need no parsing (reading those of the system takes longer than the
/// whole of a call), and the certificates of a PEM file.
///
/// # Errors
/// A sentence if the file cannot be read, or has no certificate.
pub(super) fn configuration(extra: Option<&Path>) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(file) = extra {
        let unusable = |what: &str| format!("AWS_CA_BUNDLE `{}` {what}", file.display());
        let pem = bounded::read(file, limit::BUNDLE_BYTES)
            .map_err(|error| unusable(&format!("cannot be read: {error}")))?;
        let is_marked = BYTE_ORDER_MARKS.iter().any(|mark| pem.starts_with(mark));
        let certificates = CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok);
        let (added, _) = roots.add_parsable_certificates(certificates);
        if added == 0 || is_marked {
            return Err(unusable("has no certificate in PEM form that can be used"));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let configuration = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has a cipher suite of both versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(configuration))
}
