//! A call of another service than KMS.

use serde::Deserialize;
use serde_json::json;

use super::call::Operation;
use super::*;
use crate::contract::service;
use crate::support::opening::Environment as Variables;
use crate::support::{Fake, Fault};

const GET_SECRET_VALUE: Operation = Operation {
    service: &service::SECRETSMANAGER,
    target: "secretsmanager.GetSecretValue",
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    secret_string: String,
}

fn service() -> Fake {
    let rule = json!({
        "service": "secretsmanager",
        "target": "secretsmanager.GetSecretValue",
        "region": "eu-west-1",
        "request": {"SecretId": "db"},
        "answer": {"SecretString": "the value"},
    });
    Fake::answering(&[rule], "ResourceNotFoundException")
}

fn client(fake: &Fake) -> Aws {
    let variables = Variables::with_credentials();
    variables.set("AWS_ENDPOINT_URL_SECRETS_MANAGER", fake.url());
    // Nothing answers there: it is another service's.
    variables.set("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:1");
    let environment = Environment::new(variables.reader());
    Aws::new(environment, Configured::default(), Patience::default())
}

async fn value(aws: &Aws, id: &str) -> Result<String, Problem> {
    let call = Call {
        operation: GET_SECRET_VALUE,
        partition: "aws",
        region: "eu-west-1",
        body: json!({ "SecretId": id }).to_string().into(),
    };
    let read = |json: &[u8]| {
        let answer: Result<Answer, _> = serde_json::from_slice(json);
        let answer = answer.map_err(|_| Refusal::stranger(&service::SECRETSMANAGER));
        answer.map(|answer| answer.secret_string)
    };
    let outcome = aws.call(&call, read, &Last::default()).await;
    outcome.map_err(|problem| call.operation.fill(problem))
}

#[tokio::test]
async fn a_call_is_signed_for_its_service_in_its_region() {
    let fake = service();
    let outcome = value(&client(&fake), "db").await;
    assert_eq!(outcome.as_deref(), Ok("the value"));
    let calls = fake.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].service, "secretsmanager");
    assert_eq!(calls[0].region, "eu-west-1");
    assert_eq!(calls[0].target, "secretsmanager.GetSecretValue");
}

#[tokio::test]
async fn what_it_refuses_is_told_in_its_own_words() {
    let fake = service();
    let aws = client(&fake);
    let said = value(&aws, "other").await.unwrap_err().to_string();
    let gone = "Secrets Manager does not have it any more: Secrets Manager answered ResourceNotFoundException; \
                package and deploy again";
    assert!(said.starts_with(gone), "{said}");
    fake.faults([
        Fault::Error(400, "AccessDeniedException", ""),
        Fault::Error(400, "OtherException", ""),
        Fault::Error(400, "DecryptionFailure", ""),
        Fault::Error(400, "ExpiredTokenException", ""),
    ]);
    for (begin, end) in [
        (
            "Secrets Manager denies secretsmanager:GetSecretValue: ",
            "; allow secretsmanager:GetSecretValue to the function's role on the secret",
        ),
        (
            "Secrets Manager answers an error: ",
            "; look it up in the API reference of secretsmanager:GetSecretValue",
        ),
        (
            "Secrets Manager cannot use its KMS key: ",
            "; enable the secret's key",
        ),
        // A hint that tells more than that of the code stays.
        (
            "there are no credentials that Secrets Manager accepts: ",
            "; they have expired: renew them",
        ),
    ] {
        let said = value(&aws, "db").await.unwrap_err().to_string();
        assert!(said.starts_with(begin) && said.contains(end), "{said}");
    }
}

/// What is said of KMS is said of no other service, and the other way.
#[test]
fn a_code_has_the_words_of_the_service_that_was_called() {
    let said = |service, code| {
        let operation = Operation {
            service,
            target: "a.B",
        };
        let problem = operation.fill(Problem::new(code, ""));
        problem.to_string()
    };
    let (kms, other) = (&service::KMS, &service::SECRETSMANAGER);
    for code in [Code::AccessDenied, Code::KeyUnusable, Code::WrongContext] {
        assert_ne!(said(kms, code), said(other, code), "{code}");
        assert!(!said(other, code).contains('{'), "{}", said(other, code));
        let hint = code.hint().rsplit('}').next().unwrap();
        assert!(said(kms, code).contains(hint), "{}", said(kms, code));
    }
    assert_eq!(said(kms, Code::Tampered), said(other, Code::Tampered));
}

#[tokio::test]
async fn an_answer_that_lacks_what_the_caller_needs_is_none_and_the_call_made_again() {
    let fake = service();
    fake.faults([Fault::Raw(200, "{}"), Fault::Raw(200, "<html>")]);
    let aws = client(&fake);
    assert_eq!(value(&aws, "db").await.as_deref(), Ok("the value"));
    assert_eq!(fake.calls().len(), 3);
    fake.always(Fault::Raw(200, "{}"));
    let said = value(&aws, "db").await.unwrap_err().to_string();
    let stranger = "Secrets Manager cannot be reached: what answered is not Secrets Manager, in 5 attempts; \
                    something other than Secrets Manager answers there";
    assert!(said.starts_with(stranger), "{said}");
}
