//! What came of a request.

use zeroize::Zeroizing;

/// A whole answer. Its body may hold a plaintext.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The header `x-amzn-errortype`.
    pub(crate) error: Option<String>,
    /// The header `date`.
    pub(crate) date: Option<String>,
    pub(crate) body: Zeroizing<Vec<u8>>,
}
