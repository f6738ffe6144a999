use super::{Parameter, is_bound};
use crate::contract::Code;
use crate::kms::Context;

#[test]
fn a_parameter_has_all_its_parts() {
    for region in [
        "eu-central-1",
        "us-gov-west-1",
        "eusc-de-east-1",
        "us-isob-east-1",
        "ap-southeast-12",
    ] {
        let arn = format!("arn:aws:ssm:{region}:123456789012:parameter/a/b.c_d-E");
        assert_eq!(Parameter::read(&arn).unwrap().region, region);
    }
    for arn in [
        "",
        "arn:aws:ssm:eu-central-1:123456789012:parameter/",
        "arn:aws:ssm:eu-central-1:123456789012:parameter",
        "arn:aws:ssm:eu-central-1:123456789012:parameters/a",
        "arn:aws:ssm:eu-central-1:123456789012:parameter/a b",
        "arn:aws:ssm:eu-central-1:123456789012:parameter/a:3",
        "arn:aws:ssm:eu-central-1:123456789012:parameter/\u{e4}",
        "arn:aws:ssm:eu-central-1:123456789012:parameter/a\n",
        "arn:aws:ssm:eu-central-1:12345678901:parameter/a",
        "arn:aws:ssm:eu-central-1:1234567890123:parameter/a",
        "arn:aws:ssm:eu-central-1:12345678901\u{661}:parameter/a",
        "arn:aws:ssm:eu-central:123456789012:parameter/a",
        "arn:aws:ssm:eu-central-1.evil.invalid:123456789012:parameter/a",
        "arn:aws:ssm:-central-1:123456789012:parameter/a",
        "arn:aws:ssm:eu--1:123456789012:parameter/a",
        "arn:aws:ssm:eu-central-123:123456789012:parameter/a",
        "arn:aws:ssm:a-central-1:123456789012:parameter/a",
        "arn:aws:ssm:us-a-b-c-d-1:123456789012:parameter/a",
        "arn:aws-:ssm:eu-central-1:123456789012:parameter/a",
        "arn:awsx:ssm:eu-central-1:123456789012:parameter/a",
        "arn:AWS:ssm:eu-central-1:123456789012:parameter/a",
        "arn:aws:kms:eu-central-1:123456789012:parameter/a",
        " arn:aws:ssm:eu-central-1:123456789012:parameter/a",
    ] {
        assert_eq!(Parameter::read(arn), None, "{arn}");
    }
}

#[test]
fn an_arn_has_2048_bytes_at_most() {
    let begin = "arn:aws:ssm:eu-central-1:123456789012:parameter/";
    let of = |length: usize| format!("{begin}{}", "a".repeat(length - begin.len()));
    assert!(Parameter::read(&of(2048)).is_some());
    assert!(Parameter::read(&of(2049)).is_none());
}

#[test]
fn a_message_of_another_parameter_is_told_by_what_it_is_bound_to() {
    let of = |pairs: &[(&str, &str)]| -> Context {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    };
    let bound = of(&[("PARAMETER_ARN", "arn:a"), ("aws-crypto-public-key", "k")]);
    assert_eq!(is_bound(&bound, "arn:a"), Ok(()));
    for (context, reason) in [
        (&bound, "it is that of the parameter arn:a"),
        (
            &of(&[("parameter_arn", "arn:b")]),
            "it is not bound to a parameter",
        ),
        (&of(&[]), "it is not bound to a parameter"),
    ] {
        let problem = is_bound(context, "arn:b").unwrap_err();
        assert_eq!(
            (problem.code, problem.reason.as_str()),
            (Code::WrongContext, reason)
        );
    }
}
