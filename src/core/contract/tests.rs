use super::*;

fn contract() -> serde_json::Value {
    serde_json::from_str(include_str!("../../../runtime/contract.json")).unwrap()
}

#[test]
fn each_reserved_variable_is_reserved_and_those_that_are_only_named_are_not() {
    for pattern in contract()["variables"]["reserved"].as_array().unwrap() {
        let variable = pattern.as_str().unwrap().replace('*', "X");
        assert!(is_reserved(&variable), "{variable}");
    }
    for pattern in contract()["variables"]["onlyNamed"].as_array().unwrap() {
        let variable = pattern.as_str().unwrap().replace('*', "HTTPS");
        assert!(is_only_named(&variable), "{variable}");
        assert!(!is_reserved(&variable), "{variable}");
    }
    for free in ["PATHS", "DB_PASSWORD", "HOMES", "PROXY", "path"] {
        assert!(!is_reserved(free) && !is_only_named(free), "{free}");
    }
}

#[test]
fn regions_have_their_shape_and_their_partition() {
    for (region, partition) in [
        ("eu-central-1", "aws"),
        ("ap-southeast-2", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
    ] {
        assert!(is_region(region), "{region}");
        assert_eq!(partition_of(region), partition);
        assert!(knows_partition(partition) && is_partition(partition));
    }
    for none in [
        "",
        "eu",
        "eu-central",
        "eu central-1",
        "eu-central-1.evil",
        "EU-CENTRAL-1",
        "a/b",
    ] {
        assert!(!is_region(none), "{none}");
    }
    assert!(!knows_partition("aws-moon") && is_partition("aws-moon"));
    assert!(!is_partition("awsx") && !is_partition("aws_cn"));
}

#[test]
fn a_host_of_aws_is_below_the_names_of_a_partition() {
    for host in [
        "ssm.eu-central-1.amazonaws.com",
        "vpce-1234.ssm.eu-west-1.vpce.amazonaws.com",
        "ssm.cn-north-1.amazonaws.com.cn",
        "ssm.us-east-1.api.aws",
    ] {
        assert!(is_host_of_aws(host), "{host}");
    }
    for host in [
        "localhost",
        "127.0.0.1",
        "localhost.localstack.cloud",
        "amazonaws.com",
        "ssm.notamazonaws.com",
        "amazonaws.com.evil.test",
    ] {
        assert!(!is_host_of_aws(host), "{host}");
    }
}
