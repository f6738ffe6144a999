//! What the program that uses the core calls things.

use napi_derive::napi;
use secret_baker_core::failure;

/// The caller's words in messages; each is a part of a sentence.
#[napi(object, object_to_js = false)]
pub struct Caller {
    /// What users type before a command of ours, such as `serverless secret-baker`.
    pub program: String,
    /// Where the secrets stand in the config: the root of their places.
    pub secrets: String,
    /// Where the functions stand: the root of their places.
    pub functions: String,
    /// The key of a function's own list of secrets.
    pub secrets_of_function: String,
    /// What is to be written for a list of secrets.
    pub list_of_secrets: String,
    /// What turns the bake off; empty where nothing does.
    pub turn_off: String,
    /// Who fetches the ciphertexts.
    pub baker: String,
    /// What to do about a text that somebody else resolves, long after the bake.
    pub write_it_out: String,
    /// All that sets the region.
    pub region: String,
    /// What may have given a region that is none, the environment and the profile left out.
    pub region_given: String,
    /// What sets the endpoint of every service but STS, beside the variables and keys that all SDKs have; empty where nothing does.
    pub endpoint: String,
    /// What sets a file of values for runs on this machine; empty where nothing does.
    pub local_values: String,
    /// What allows plain HTTP to another machine, as an imperative.
    pub allow_insecure_endpoint: String,
    /// All that names extra certificates.
    pub certificates: String,
    /// Where a launcher comes from.
    pub launcher: String,
    /// How each function gets an artefact of its own; begins with `: ` or is empty.
    pub own_artefact: String,
    /// How each image gets a build context of its own; begins with `: ` or is empty.
    pub own_context: String,
    /// What to do about an artefact that lies elsewhere.
    pub remote_artefact: String,
    /// What to do about an artefact that does not exist.
    pub no_artefact: String,
    /// How an artefact gets its secrets anew.
    pub package_again: String,
    /// Why two runs cannot package at once; begins with `: ` or is empty.
    pub package_alone: String,
}

impl From<Caller> for failure::Caller {
    fn from(words: Caller) -> Self {
        Self {
            program: words.program,
            secrets: words.secrets,
            functions: words.functions,
            secrets_of_function: words.secrets_of_function,
            list_of_secrets: words.list_of_secrets,
            turn_off: words.turn_off,
            baker: words.baker,
            write_it_out: words.write_it_out,
            region: words.region,
            region_given: words.region_given,
            endpoint: words.endpoint,
            local_values: words.local_values,
            allow_insecure_endpoint: words.allow_insecure_endpoint,
            certificates: words.certificates,
            launcher: words.launcher,
            own_artefact: words.own_artefact,
            own_context: words.own_context,
            remote_artefact: words.remote_artefact,
            no_artefact: words.no_artefact,
            package_again: words.package_again,
            package_alone: words.package_alone,
        }
    }
}
