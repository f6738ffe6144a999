//! A plaintext of a file: in memory only, never shown, wiped when it goes.

use zeroize::Zeroizing;

/// The plaintext itself. No `Debug` on purpose.
pub type Plaintext = Zeroizing<Vec<u8>>;

/// What a file gives, in its order: a name, which is the path joined by `.`, and its plaintext.
pub type Values = Vec<(String, Plaintext)>;
