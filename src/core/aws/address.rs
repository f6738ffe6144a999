//! Where a service is in a region that has no SDK here: by the contract's table of partitions, and where AWS has named hosts by no
//! rule, as its SDKs have them.

use super::calls::Wanted;
use super::endpoint::{DYNAMODB, SECRETS_MANAGER};
use crate::contract;

/// The address of a service.
///
/// # Errors
/// An endpoint that is set excludes the variants of AWS' own.
pub fn address(wanted: Wanted<'_>) -> Result<String, String> {
    let Wanted {
        service,
        region,
        endpoint,
        variants,
    } = wanted;
    if let Some(endpoint) = endpoint {
        return match (variants.fips, variants.dual_stack) {
            (true, _) => Err("FIPS is asked for, and nobody knows it of this endpoint".into()),
            (_, true) => {
                Err("dual-stack is asked for, and nobody knows it of this endpoint".into())
            }
            _ => Ok(endpoint.into()),
        };
    }
    let name = contract::partition_of(region);
    let partition = contract::partition(name).ok_or("nobody knows the region's partition")?;
    let government = name == "aws-us-gov";
    let is_fips_anyway = service == DYNAMODB && government && !variants.dual_stack;
    let fips = if variants.fips && !is_fips_anyway {
        "-fips"
    } else {
        ""
    };
    let is_dual_anyway =
        service == SECRETS_MANAGER && ["aws", "aws-cn", "aws-us-gov"].contains(&name);
    let suffix = if variants.dual_stack && !is_dual_anyway {
        partition.dual_stack
    } else {
        partition.suffix
    };
    Ok(format!("https://{}{fips}.{region}.{suffix}", service.host))
}

#[cfg(test)]
mod tests;
