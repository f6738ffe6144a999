//! The places where secrets are kept, one room each, and the joint that they all have.

pub mod arn;
pub mod blob;
pub mod ciphertext;
pub mod context;
pub mod credstash;
#[cfg(test)]
mod fake_service;
pub mod hexadecimal;
pub mod input_file;
mod joint;
pub mod key_arn;
mod kms;
mod kms_file;
pub mod locked;
pub mod permission;
pub mod refusal;
pub mod secrets_manager;
mod shell_word;
pub mod sops;
pub mod ssm;
pub mod store;
pub mod survey;
pub mod together;

pub use self::joint::{
    Answer, Batch, BoxFuture, Deployment, Examined, Fit, Progress, Sealed, Source,
};

/// All that there are. A new one is a `mod` above and a line here.
#[must_use]
pub fn all(deployment: &Deployment) -> Vec<Box<dyn Source>> {
    vec![
        // What a whole source has failed of is told in this order.
        Box::new(ssm::Ssm::default()),
        Box::new(kms::Kms::default()),
        Box::new(kms_file::KmsFile::new(deployment)),
        Box::new(sops::Sops::new(deployment)),
        Box::new(credstash::Credstash::of_environment()),
        Box::new(secrets_manager::SecretsManager::new(
            deployment.label.clone(),
        )),
    ]
}

#[cfg(test)]
mod tests;
