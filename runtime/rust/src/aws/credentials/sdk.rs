//! The default chain of the AWS SDK: profiles, SSO, web identities, EC2.

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;

use crate::aws::refusal::Refusal;
use crate::contract::Code;
use crate::error::Problem;

/// # Errors
/// `Credentials` if no place of the chain has any.
pub(super) async fn fetch(region: &str) -> Result<Credentials, Refusal> {
    let client = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let loader = aws_config::defaults(BehaviorVersion::latest()).http_client(client);
    // The user's own region stays in force; that of the parameter is better than none.
    let config = loader.load().await;
    let config = if config.region().is_some() {
        config
    } else {
        config
            .into_builder()
            .region(Region::new(region.to_owned()))
            .build()
    };
    let provider = config
        .credentials_provider()
        .ok_or_else(|| refused("there is no provider"))?;
    provider
        .provide_credentials()
        .await
        .map_err(|error| refused(&error.to_string()))
}

fn refused(reason: &str) -> Refusal {
    Refusal::of(Problem::hinted(
        Code::Credentials,
        format!(
            "neither the environment nor any place where AWS's tools look (profiles, SSO, EC2) has some: {reason}"
        ),
        format!(
            "{}, or AWS_PROFILE, or log in with `aws sso login`",
            Code::Credentials.hint()
        ),
    ))
}
