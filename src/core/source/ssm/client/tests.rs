use super::*;
use crate::aws::endpoint::Variants;

#[test]
fn each_partition_and_variant_has_its_address() {
    let (plain, fips) = (
        Variants::default(),
        Variants {
            fips: true,
            dual_stack: false,
        },
    );
    let dual_stack = Variants {
        fips: false,
        dual_stack: true,
    };
    for (region, variants, wanted) in [
        (
            "eu-central-1",
            plain,
            "https://ssm.eu-central-1.amazonaws.com",
        ),
        (
            "cn-north-1",
            plain,
            "https://ssm.cn-north-1.amazonaws.com.cn",
        ),
        (
            "eusc-de-east-1",
            plain,
            "https://ssm.eusc-de-east-1.amazonaws.eu",
        ),
        (
            "us-iso-east-1",
            plain,
            "https://ssm.us-iso-east-1.c2s.ic.gov",
        ),
        (
            "us-isob-east-1",
            plain,
            "https://ssm.us-isob-east-1.sc2s.sgov.gov",
        ),
        (
            "us-east-1",
            fips,
            "https://ssm-fips.us-east-1.amazonaws.com",
        ),
        ("us-east-1", dual_stack, "https://ssm.us-east-1.api.aws"),
    ] {
        assert_eq!(
            address(Wanted {
                service: PARAMETER_STORE,
                region,
                endpoint: None,
                variants
            }),
            Ok(wanted.to_owned())
        );
    }
    let both = address(Wanted {
        service: PARAMETER_STORE,
        region: "us-east-1",
        endpoint: Some("https://host"),
        variants: fips,
    });
    assert!(both.unwrap_err().contains("FIPS"));
}
