//! The algorithm suites of the message format.

/// What a suite's number stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Suite {
    pub(super) id: u16,
    /// Of the message format.
    pub(super) version: u8,
    /// In bytes, of the data key and of the AES key.
    pub(super) key: usize,
    pub(super) derivation: Derivation,
    pub(super) signature: Option<Curve>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Derivation {
    None,
    Sha256,
    Sha384,
    /// HKDF-SHA512, of a key and of a commitment to it.
    Committing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
}

const fn suite(
    id: u16,
    version: u8,
    key: usize,
    derivation: Derivation,
    signature: Option<Curve>,
) -> Suite {
    Suite {
        id,
        version,
        key,
        derivation,
        signature,
    }
}

const SUITES: [Suite; 11] = [
    suite(0x0578, 2, 32, Derivation::Committing, Some(Curve::P384)),
    suite(0x0478, 2, 32, Derivation::Committing, None),
    suite(0x0378, 1, 32, Derivation::Sha384, Some(Curve::P384)),
    suite(0x0346, 1, 24, Derivation::Sha384, Some(Curve::P384)),
    suite(0x0214, 1, 16, Derivation::Sha256, Some(Curve::P256)),
    suite(0x0178, 1, 32, Derivation::Sha256, None),
    suite(0x0146, 1, 24, Derivation::Sha256, None),
    suite(0x0114, 1, 16, Derivation::Sha256, None),
    suite(0x0078, 1, 32, Derivation::None, None),
    suite(0x0046, 1, 24, Derivation::None, None),
    suite(0x0014, 1, 16, Derivation::None, None),
];

impl Suite {
    /// The suite of that number, if messages of that version have it.
    pub(super) fn of(version: u8, id: u16) -> Option<&'static Self> {
        SUITES
            .iter()
            .find(|suite| suite.id == id && suite.version == version)
    }
}
