//! A call of a service that no source calls yet.

use serde::Deserialize;
use serde_json::json;

use super::call::Operation;
use super::*;
use crate::contract::Service;
use crate::support::opening::Environment as Variables;
use crate::support::{Fake, Fault};

static SECRETS_MANAGER: Service = Service {
    id: "secretsmanager",
    name: "Secrets Manager",
    host: "secretsmanager",
    endpoint: "AWS_ENDPOINT_URL_SECRETS_MANAGER",
};

const GET_SECRET_VALUE: Operation = Operation {
    service: &SECRETS_MANAGER,
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
        let answer = answer.map_err(|_| Refusal::stranger(&SECRETS_MANAGER));
        answer.map(|answer| answer.secret_string)
    };
    let outcome = aws.call(&call, read, &mut None).await;
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
    let answered = "Secrets Manager answers an error: Secrets Manager answered ResourceNotFoundException; \
                    look it up in the API reference of secretsmanager:GetSecretValue";
    assert!(said.starts_with(answered), "{said}");
    fake.faults([Fault::Error(400, "AccessDeniedException", "")]);
    let said = value(&aws, "db").await.unwrap_err().to_string();
    let denied = "Secrets Manager denies secretsmanager:GetSecretValue: ";
    assert!(said.starts_with(denied), "{said}");
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
