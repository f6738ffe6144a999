//! KMS, for commands: nothing that is deployed calls it from here.

use super::endpoint::KMS;
use super::json_call::Api;

/// How it is spoken to, by `JsonService`.
pub const API: Api = Api {
    service: KMS,
    target: "TrentService",
    version: "1.1",
};
