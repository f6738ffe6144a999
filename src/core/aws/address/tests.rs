use super::*;
use crate::aws::endpoint::{Service, Variants};

fn of(
    service: Service,
    region: &str,
    variants: Variants,
    endpoint: Option<&str>,
) -> Result<String, String> {
    address(Wanted {
        service,
        region,
        endpoint,
        variants,
    })
}

/// As the rules of `aws-sdk-dynamodb` 1.136, `aws-sdk-secretsmanager` 1.125 and `aws-sdk-ssm` 1.133 have them: variants, then host.
const HOSTS: &str = "
    -         dynamodb.eu-central-1.amazonaws.com
    fips      dynamodb-fips.us-east-1.amazonaws.com
    dual      dynamodb.us-east-1.api.aws
    fips,dual dynamodb-fips.us-east-1.api.aws
    fips      dynamodb.us-gov-west-1.amazonaws.com
    fips,dual dynamodb-fips.us-gov-east-1.api.aws
    dual      dynamodb.cn-north-1.api.amazonwebservices.com.cn
    fips      dynamodb-fips.us-iso-east-1.c2s.ic.gov
    -         dynamodb.eusc-de-east-1.amazonaws.eu
    -         secretsmanager.eu-central-1.amazonaws.com
    fips      secretsmanager-fips.us-east-1.amazonaws.com
    dual      secretsmanager.us-east-1.amazonaws.com
    fips,dual secretsmanager-fips.us-east-1.amazonaws.com
    fips      secretsmanager-fips.us-gov-west-1.amazonaws.com
    dual      secretsmanager.cn-north-1.amazonaws.com.cn
    -         secretsmanager.us-isob-east-1.sc2s.sgov.gov
    -         ssm.eu-central-1.amazonaws.com
    -         ssm.cn-north-1.amazonaws.com.cn
    -         ssm.eusc-de-east-1.amazonaws.eu
    -         ssm.us-iso-east-1.c2s.ic.gov
    -         ssm.us-isob-east-1.sc2s.sgov.gov
    -         ssm.us-gov-west-1.amazonaws.com
    fips      ssm-fips.us-east-1.amazonaws.com
    dual      ssm.us-east-1.api.aws
    fips,dual ssm-fips.us-east-1.api.aws
    fips      ssm.us-gov-west-1.amazonaws.com
    dual      ssm.us-gov-west-1.api.aws
    fips,dual ssm-fips.us-gov-east-1.api.aws
    fips      ssm-fips.cn-north-1.amazonaws.com.cn
    dual      ssm.cn-north-1.api.amazonwebservices.com.cn
    fips,dual ssm-fips.cn-north-1.api.amazonwebservices.com.cn
    fips      ssm-fips.us-iso-east-1.c2s.ic.gov
    fips      ssm-fips.us-isob-east-1.sc2s.sgov.gov
";

#[test]
fn each_partition_and_variant_has_its_address() {
    for line in HOSTS.trim().lines() {
        let (variants, host) = line.trim().split_once(' ').unwrap();
        let host = host.trim();
        let services = [DYNAMODB, SECRETS_MANAGER, PARAMETER_STORE];
        let mut services = services.into_iter();
        let service = services.find(|one| host.starts_with(one.host)).unwrap();
        let region = host.split('.').nth(1).unwrap();
        let variants = Variants {
            fips: variants.contains("fips"),
            dual_stack: variants.contains("dual"),
        };
        assert_eq!(
            of(service, region, variants, None),
            Ok(format!("https://{host}"))
        );
    }
}

#[test]
fn an_endpoint_that_is_set_excludes_the_variants() {
    let of = |fips, dual_stack| {
        let variants = Variants { fips, dual_stack };
        of(DYNAMODB, "us-east-1", variants, Some("https://host"))
    };
    assert_eq!(of(false, false), Ok("https://host".into()));
    assert!(of(true, false).unwrap_err().contains("FIPS"));
    assert!(of(false, true).unwrap_err().contains("dual-stack"));
}

/// As botocore 1.43 has them: variants, the region that is called, the one that is signed for, host.
const HOSTS_OF_IAM: &str = "
    -         eu-central-1    us-east-1       iam.amazonaws.com
    fips      eu-central-1    us-east-1       iam-fips.amazonaws.com
    dual      us-west-2       us-east-1       iam.global.api.aws
    -         cn-northwest-1  cn-north-1      iam.cn-north-1.amazonaws.com.cn
    -         us-gov-east-1   us-gov-west-1   iam.us-gov.amazonaws.com
    fips      us-gov-east-1   us-gov-west-1   iam.us-gov.amazonaws.com
    -         us-iso-west-1   us-iso-east-1   iam.us-iso-east-1.c2s.ic.gov
    -         us-isob-west-1  us-isob-east-1  iam.us-isob-east-1.sc2s.sgov.gov
    -         eu-isoe-west-1  eu-isoe-west-1  iam.eu-isoe-west-1.cloud.adc-e.uk
    -         us-isof-east-1  us-isof-south-1 iam.us-isof-south-1.csp.hci.ic.gov
    -         eusc-de-east-1  eusc-de-east-1  iam.eusc-de-east-1.amazonaws.eu
";

#[test]
fn iam_has_one_place_a_partition() {
    for line in HOSTS_OF_IAM.trim().lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        let [variants, region, signed, host] = words[..] else {
            panic!("{line}")
        };
        let variants = Variants {
            fips: variants == "fips",
            dual_stack: variants == "dual",
        };
        assert_eq!(
            of(IAM, region, variants, None),
            Ok(format!("https://{host}"))
        );
        assert_eq!(signing_region(IAM, region), signed);
    }
    assert_eq!(signing_region(DYNAMODB, "eu-central-1"), "eu-central-1");
}
