//! The places where secrets are kept, one room each, and the joint that they all have.

pub mod blob;
pub mod ciphertext;
pub mod context;
pub mod input_file;
mod joint;
pub mod key_arn;
pub mod sops;
pub mod ssm;
pub mod together;

pub use self::joint::{
    Answer, Batch, BoxFuture, Deployment, Permission, Progress, Sealed, Source, Who,
};

/// All that there are. A new one is a `mod` above and a line here.
#[must_use]
pub fn all(_deployment: &Deployment) -> Vec<Box<dyn Source>> {
    vec![
        // What a whole source has failed of is told in this order.
        Box::new(ssm::Ssm::default()),
    ]
}
