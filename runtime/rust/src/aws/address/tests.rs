use super::*;
use crate::aws::call::Operation;
use crate::contract::service;

const DECRYPT: Operation = Operation {
    service: &service::KMS,
    target: "TrentService.Decrypt",
};

fn call<'a>(partition: &'a str, region: &'a str) -> Call<'a> {
    Call {
        operation: DECRYPT,
        partition,
        region,
        body: "{}".into(),
    }
}

fn of_kms(
    partition: &str,
    region: &str,
    variables: &'static [(&str, &str)],
) -> Result<String, Problem> {
    let environment = Environment::new(move |asked| {
        let mut all = variables.iter();
        all.find_map(|(name, value)| (*name == asked).then(|| value.into()))
    });
    let endpoint = of(
        &call(partition, region),
        &Configured::default(),
        &environment,
    );
    let endpoint = endpoint.map_err(|problem| DECRYPT.fill(problem))?;
    let scheme = if endpoint.secure { "https" } else { "http" };
    Ok(format!("{scheme}://{}", endpoint.authority))
}

#[test]
fn kms_has_its_own_host_in_each_partition() {
    let (fips, dual) = (
        &[("AWS_USE_FIPS_ENDPOINT", "TRUE")],
        &[
            ("AWS_USE_DUALSTACK_ENDPOINT", "true"),
            ("AWS_USE_FIPS_ENDPOINT", "False"),
        ],
    );
    for (partition, region, suffix, dual_suffix) in [
        ("aws", "eu-central-1", "amazonaws.com", "api.aws"),
        (
            "aws-cn",
            "cn-north-1",
            "amazonaws.com.cn",
            "api.amazonwebservices.com.cn",
        ),
        ("aws-us-gov", "us-gov-west-1", "amazonaws.com", "api.aws"),
        (
            "aws-eusc",
            "eusc-de-east-1",
            "amazonaws.eu",
            "api.amazonwebservices.eu",
        ),
        ("aws-iso", "us-iso-east-1", "c2s.ic.gov", "api.aws.ic.gov"),
        (
            "aws-iso-b",
            "us-isob-east-1",
            "sc2s.sgov.gov",
            "api.aws.scloud",
        ),
        (
            "aws-iso-e",
            "eu-isoe-west-1",
            "cloud.adc-e.uk",
            "api.cloud-aws.adc-e.uk",
        ),
        (
            "aws-iso-f",
            "us-isof-south-1",
            "csp.hci.ic.gov",
            "api.aws.hci.ic.gov",
        ),
    ] {
        let of = |variables| of_kms(partition, region, variables).unwrap();
        assert_eq!(of(&[]), format!("https://kms.{region}.{suffix}"));
        assert_eq!(of(fips), format!("https://kms-fips.{region}.{suffix}"));
        assert_eq!(of(dual), format!("https://kms.{region}.{dual_suffix}"));
    }
}

/// Partition, variables, and what is said.
type Case = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

#[test]
fn what_is_set_and_cannot_be_used_is_refused_with_its_own_hint() {
    let cases: [Case; 9] = [
        (
            "aws-new",
            &[],
            &["partition aws-new is not known", "AWS_ENDPOINT_URL_KMS"],
        ),
        (
            "aws",
            &[("AWS_USE_FIPS_ENDPOINT", "yes")],
            &["AWS_USE_FIPS_ENDPOINT is neither"],
        ),
        (
            "aws",
            &[("AWS_USE_DUALSTACK_ENDPOINT", "1")],
            &["AWS_USE_DUALSTACK_ENDPOINT is neither"],
        ),
        (
            "aws",
            &[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", " true")],
            &["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is neither"],
        ),
        (
            "aws",
            &[
                ("AWS_USE_FIPS_ENDPOINT", "true"),
                ("AWS_ENDPOINT_URL", "https://kms"),
            ],
            &["unset AWS_ENDPOINT_URL so that the FIPS endpoint"],
        ),
        (
            "aws",
            &[("AWS_ENDPOINT_URL_KMS", "http://kms.internal:8080")],
            &["plain HTTP to kms.internal:8080", "loopback only"],
        ),
        (
            "aws",
            &[("AWS_ENDPOINT_URL", "kms")],
            &["set AWS_ENDPOINT_URL to a URL such as"],
        ),
        (
            "aws",
            &[("AWS_ENDPOINT_URL", "https://\u{fffd}")],
            &["set AWS_ENDPOINT_URL to a URL such as"],
        ),
        (
            "aws",
            &[("AWS_ENDPOINT_URL", "https://user:never@kms")],
            &["without user"],
        ),
    ];
    for (partition, variables, parts) in cases {
        let problem = of_kms(partition, "eu-central-1", variables).unwrap_err();
        assert_eq!(problem.code, Code::Unreachable);
        let said = problem.to_string();
        assert!(parts.iter().all(|part| said.contains(part)), "{said}");
        assert!(!said.contains("never"), "{said}");
    }
}

#[test]
fn endpoints_of_the_environment_can_be_ignored() {
    let variables = &[
        ("AWS_ENDPOINT_URL_KMS", "https://kms"),
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True"),
    ];
    assert_eq!(
        of_kms("aws", "eu-central-1", variables).unwrap(),
        "https://kms.eu-central-1.amazonaws.com"
    );
}

#[test]
fn plain_http_goes_where_it_is_allowed() {
    let variables = &[
        ("AWS_ENDPOINT_URL_KMS", "http://kms:8080"),
        ("SECRET_BAKER_ALLOW_INSECURE_ENDPOINT", "true"),
    ];
    assert_eq!(
        of_kms("aws", "eu-central-1", variables).unwrap(),
        "http://kms:8080"
    );
}

#[test]
fn each_endpoint_of_the_table_is_taken_or_refused() {
    let table = std::fs::read("../../__test__/vectors/endpoints.json").unwrap();
    let table: serde_json::Value = serde_json::from_slice(&table).unwrap();
    let cases = table["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let url = case["url"].as_str().unwrap();
        let outcome = |allowed| match of_user(url, false, allowed) {
            Ok(_) => "taken",
            Err((_, hint::UNREACHABLE_ENDPOINT)) => "endpoint",
            Err((_, hint::UNREACHABLE_INSECURE)) => "insecure",
            Err((reason, _)) => panic!("{url}: {reason}"),
        };
        let expected = case["expect"]["hint"].as_str().unwrap_or("taken");
        assert_eq!(outcome(false), expected, "{url}");
        let is_refused = expected == "endpoint";
        let allowed = if is_refused { expected } else { "taken" };
        assert_eq!(outcome(true), allowed, "{url}");
    }
}

#[test]
fn only_true_allows_plain_http_and_the_program_goes_first() {
    for (said, programmed, is_taken) in [
        ("true", None, true),
        ("TRUE", None, true),
        ("1", None, false),
        ("yes", None, false),
        (" true", None, false),
        ("", None, false),
        ("true", Some(false), false),
        ("", Some(true), true),
    ] {
        let environment = Environment::new(move |asked| match asked {
            ALLOW_INSECURE => Some(said.into()),
            "AWS_ENDPOINT_URL" => Some("http://kms".into()),
            _ => None,
        });
        let configured = Configured {
            allow_insecure: programmed,
            ..Configured::default()
        };
        let found = of(&call("aws", "eu-central-1"), &configured, &environment);
        assert_eq!(found.is_ok(), is_taken, "{said} {programmed:?}");
    }
}

#[test]
fn another_service_has_its_own_host_and_variable() {
    let call = Call {
        operation: Operation {
            service: &service::SECRETSMANAGER,
            target: "secretsmanager.GetSecretValue",
        },
        ..call("aws", "eu-central-1")
    };
    let configured = Configured::default();
    for (set, url, host) in [
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "https://sm", "sm"),
        ("AWS_ENDPOINT_URL", "https://all", "all"),
        (
            "AWS_ENDPOINT_URL_KMS",
            "https://kms",
            "secretsmanager.eu-central-1.amazonaws.com",
        ),
        (
            "AWS_USE_FIPS_ENDPOINT",
            "true",
            "secretsmanager-fips.eu-central-1.amazonaws.com",
        ),
    ] {
        let environment = Environment::new(move |asked| (asked == set).then(|| url.into()));
        let endpoint = of(&call, &configured, &environment).unwrap();
        assert_eq!(endpoint.authority, host);
    }
    let environment = Environment::new(|_| None);
    let call = Call {
        partition: "aws-new",
        ..call
    };
    let problem = of(&call, &configured, &environment).unwrap_err();
    let said = call.operation.fill(problem).to_string();
    let hint = "set AWS_ENDPOINT_URL_SECRETS_MANAGER to the URL of Secrets Manager there";
    assert!(said.contains(hint), "{said}");
}

/// As the rules of the AWS SDKs have it.
#[test]
fn secrets_manager_serves_both_stacks_by_its_plain_name_in_some_partitions() {
    let operation = Operation {
        service: &service::SECRETSMANAGER,
        target: "secretsmanager.GetSecretValue",
    };
    for (partition, region, dual_stack, with_fips) in [
        ("aws", "eu-central-1", "amazonaws.com", "amazonaws.com"),
        (
            "aws-us-gov",
            "us-gov-west-1",
            "amazonaws.com",
            "amazonaws.com",
        ),
        (
            "aws-cn",
            "cn-north-1",
            "amazonaws.com.cn",
            "api.amazonwebservices.com.cn",
        ),
        (
            "aws-iso",
            "us-iso-east-1",
            "api.aws.ic.gov",
            "api.aws.ic.gov",
        ),
    ] {
        let call = Call {
            operation,
            ..call(partition, region)
        };
        for (fips, host) in [
            ("false", format!("secretsmanager.{region}.{dual_stack}")),
            ("true", format!("secretsmanager-fips.{region}.{with_fips}")),
        ] {
            let environment = Environment::new(move |asked| match asked {
                "AWS_USE_DUALSTACK_ENDPOINT" => Some("true".into()),
                "AWS_USE_FIPS_ENDPOINT" => Some(fips.into()),
                _ => None,
            });
            let endpoint = of(&call, &Configured::default(), &environment).unwrap();
            assert_eq!(endpoint.authority, host);
        }
    }
}

#[test]
fn what_the_program_says_is_said_of_all_services() {
    let configured = Configured {
        url: Some("https://all".into()),
        ..Configured::default()
    };
    let environment = Environment::new(|asked| {
        asked
            .starts_with("AWS_ENDPOINT_URL")
            .then(|| "https://no".into())
    });
    for service in [&service::KMS, &service::SECRETSMANAGER] {
        let operation = Operation {
            service,
            target: "a.B",
        };
        let call = Call {
            operation,
            ..call("aws", "eu-central-1")
        };
        let endpoint = of(&call, &configured, &environment).unwrap();
        assert_eq!(endpoint.authority, "all");
    }
}
