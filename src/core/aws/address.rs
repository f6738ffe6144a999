//! Where a service is in a region: by the contract's table of partitions, and where AWS has named hosts by no
//! rule, as its SDKs have them.

use super::endpoint::{DYNAMODB, IAM, PARAMETER_STORE, SECRETS_MANAGER, Service, Variants};
use crate::contract::{self, Partition};

/// What an address depends on.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Whose it is.
    pub service: Service,
    /// Such as `eu-central-1`.
    pub region: &'a str,
    /// One that is set.
    pub endpoint: Option<&'a str>,
    /// FIPS and dual-stack.
    pub variants: Variants,
}

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
    if service == IAM {
        return Ok(format!(
            "https://{}",
            host_of_iam(region, partition, variants)
        ));
    }
    let government = name == "aws-us-gov";
    let is_fips_anyway =
        [DYNAMODB, PARAMETER_STORE].contains(&service) && government && !variants.dual_stack;
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

/// The region for which calls are signed: that of the whole partition where a service has one place there.
#[must_use]
pub fn signing_region(service: Service, region: &str) -> &str {
    if service != IAM {
        return region;
    }
    match contract::partition_of(region) {
        "aws" => "us-east-1",
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-eusc" => "eusc-de-east-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        "aws-iso-e" => "eu-isoe-west-1",
        "aws-iso-f" => "us-isof-south-1",
        _ => region,
    }
}

/// IAM's host names its partition, where that has no single region.
fn host_of_iam(region: &str, partition: Partition, variants: Variants) -> String {
    let Variants { fips, dual_stack } = variants;
    let end = if dual_stack {
        partition.dual_stack
    } else {
        partition.suffix
    };
    match contract::partition_of(region) {
        "aws" => {
            let host = if fips { "iam-fips" } else { "iam" };
            let global = if dual_stack { ".global" } else { "" };
            format!("{host}{global}.{end}")
        }
        "aws-us-gov" => format!("iam.us-gov.{end}"),
        "aws-cn" if dual_stack => format!("iam.global.{end}"),
        _ => format!("iam.{}.{end}", signing_region(IAM, region)),
    }
}

#[cfg(test)]
mod tests;
