//! Parameter Store among the services of AWS: its addresses and its client.

use std::sync::Arc;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use futures_util::FutureExt as _;

use crate::aws::Aws;
use crate::aws::calls::{Calls, Wanted};
use crate::aws::endpoint::PARAMETER_STORE;
use crate::failure::{Failure, innermost};

/// Parameter Store in one region.
pub struct Store {
    /// Its calls, for their pace.
    pub calls: Arc<Calls>,
    /// Makes them.
    pub client: Client,
}

impl Store {
    /// Makes no call.
    ///
    /// # Errors
    /// There is no way to AWS, or no address that can be used with these settings.
    pub async fn of(aws: &Aws, region: &str) -> Result<Self, Failure> {
        let calls = aws.calls(PARAMETER_STORE, region, address).await?;
        let client = Client::new(calls.config());
        Ok(Self { calls, client })
    }
}

/// Where Parameter Store is in a region, as the AWS SDK finds it.
fn address(wanted: Wanted<'_>) -> Result<String, String> {
    let params = Params::builder()
        .region(wanted.region)
        .set_endpoint(wanted.endpoint.map(str::to_owned))
        .use_fips(wanted.variants.fips)
        .use_dual_stack(wanted.variants.dual_stack);
    let params = params.build().map_err(|error| innermost(&error))?;
    let resolver = DefaultResolver::new();
    // The rules are in the SDK itself: nothing is waited for.
    let found = resolver.resolve_endpoint(&params).now_or_never();
    let found = found.ok_or("the AWS SDK has found none")?;
    Ok(found.map_err(|error| error.to_string())?.url().to_owned())
}

#[cfg(test)]
mod tests;
