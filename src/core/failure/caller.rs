//! What the program that uses the core calls things, so that messages name what its own user can change.

/// The caller's words in messages; each is a part of a sentence. By default what is true of every program.
#[derive(Debug, Clone, PartialEq, Eq)]
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

impl Default for Caller {
    fn default() -> Self {
        Self {
            program: "secret-baker".into(),
            secrets: "the config".into(),
            functions: "functions".into(),
            secrets_of_function: "secrets".into(),
            list_of_secrets: "[MY_SECRET]".into(),
            turn_off: String::new(),
            baker: "Secret Baker".into(),
            write_it_out: "write it out".into(),
            region: "AWS_REGION or `region` of the profile".into(),
            region_given: "the region that was given".into(),
            endpoint: String::new(),
            local_values: String::new(),
            allow_insecure_endpoint: "allow an insecure endpoint".into(),
            certificates: "AWS_CA_BUNDLE".into(),
            launcher: "there are launchers for x86_64 and arm64".into(),
            own_artefact: String::new(),
            own_context: String::new(),
            remote_artefact: "name a local file: fetch it before".into(),
            no_artefact: "build it first".into(),
            package_again: "bake into it again, without a tool that changes it after it".into(),
            package_alone: String::new(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
