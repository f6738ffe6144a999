//! Over the real HTTP client and a socket: what is signed and sent, and what becomes of each answer.

use std::sync::Mutex;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::aws::Connection;
use crate::aws::endpoint::DYNAMODB;
use crate::aws::outage::{Broken, Outage, Refusal};
use crate::aws::pace::Limits;
use crate::aws::trouble::Refused;

const API: Api = Api {
    service: DYNAMODB,
    target: "DynamoDB_20120810",
    version: "1.0",
};

/// Answers one connection after the other with the next of `answers`, and with the last one for ever.
async fn server(answers: Vec<String>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = requests.clone();
    tokio::spawn(async move {
        let mut next = 0;
        while let Ok((mut stream, _)) = listener.accept().await {
            let request = request(&mut stream).await;
            seen.lock().unwrap().push(request);
            let answer = &answers[next.min(answers.len() - 1)];
            next += 1;
            // Who was told enough may hang up before the end.
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address, requests)
}

async fn request(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    loop {
        let whole = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = whole.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.parse().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                return whole;
            }
        }
        if stream.read_buf(&mut text).await.unwrap() == 0 {
            return String::from_utf8_lossy(&text).into_owned();
        }
    }
}

fn answer(status: u16, more: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\n{more}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn call(answers: Vec<String>) -> (Result<Value, Trouble>, Vec<String>) {
    Box::pin(called(answers)).await
}

async fn called(answers: Vec<String>) -> (Result<Value, Trouble>, Vec<String>) {
    let (address, requests) = server(answers).await;
    let connection = Connection {
        endpoints: [("dynamodb".to_owned(), address)].into(),
        ..crate::aws::connection::tests::connection()
    };
    let aws = Aws::over(
        Box::pin(connection.open()).await.unwrap(),
        Limits::default(),
    );
    let service = JsonService::of(&aws, API, "eu-west-1").await.unwrap();
    let outcome = service.call("GetItem", &json!({ "TableName": "t" })).await;
    let requests = requests.lock().unwrap().clone();
    (outcome, requests)
}

#[tokio::test]
async fn a_call_is_signed_for_its_service_and_region() {
    let (outcome, requests) = call(vec![answer(200, "", r#"{"Item":{}}"#)]).await;
    assert_eq!(outcome, Ok(json!({ "Item": {} })));
    let [request] = &requests[..] else {
        panic!("{requests:?}")
    };
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    assert!(head.starts_with("post / http/1.1\r\n"), "{head}");
    for wanted in [
        "content-type: application/x-amz-json-1.0\r\n",
        "x-amz-target: dynamodb_20120810.getitem\r\n",
        "/eu-west-1/dynamodb/aws4_request, signedheaders=",
        "authorization: aws4-hmac-sha256 credential=akiaiosfodnn7example/",
        "x-amz-target;",
    ] {
        let also_last =
            head.contains(wanted.trim_end()) || head.contains(&wanted.replace(';', ","));
        assert!(also_last, "{wanted} in {head}");
    }
    assert_eq!(body, r#"{"TableName":"t"}"#);
}

#[tokio::test]
async fn an_error_has_its_name_in_the_body_or_else_in_the_header() {
    let refused = |code: &str, said: &str| {
        Err(Trouble::Refused(Refused {
            code: code.into(),
            said: said.into(),
        }))
    };
    let denied = r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"no"}"#;
    let absent = r#"{"message":"none"}"#;
    let header = "x-amzn-ErrorType: ResourceNotFoundException:http://internal/\r\n";
    for (answer, wanted) in [
        (
            answer(400, "", denied),
            refused("AccessDeniedException", "no"),
        ),
        (
            answer(400, header, absent),
            refused("ResourceNotFoundException", "none"),
        ),
        (
            answer(400, header, denied),
            refused("AccessDeniedException", "no"),
        ),
    ] {
        assert_eq!(call(vec![answer]).await.0, wanted);
    }
}

#[tokio::test]
async fn what_may_pass_is_asked_again() {
    let throttled = |name: &str| {
        answer(
            400,
            "",
            &format!(r#"{{"__type":"{name}","message":"slow"}}"#),
        )
    };
    let answers = vec![
        throttled("ThrottlingException"),
        throttled("x#ProvisionedThroughputExceededException"),
        answer(500, "", r#"{"__type":"InternalServerError"}"#),
        answer(200, "", "<html>"),
        answer(200, "", r#"{"a":1,"a":2}"#),
        answer(200, "", r#"{"Item":1}"#),
    ];
    let (outcome, requests) = call(answers).await;
    assert_eq!((outcome, requests.len()), (Ok(json!({ "Item": 1 })), 6));
}

#[tokio::test]
async fn what_is_no_answer_of_aws_is_told_as_such() {
    let long = answer(
        200,
        "",
        &format!(r#"{{"a":"{}"}}"#, "x".repeat(contract::REPLY_BYTES)),
    );
    let odd = [answer(200, "", "[]"), answer(404, "", "not found"), long];
    let outcomes = futures_util::future::join_all(odd.map(|odd| call(vec![odd])));
    for (outcome, requests) in outcomes.await {
        let Err(Trouble::Outage(Outage::Broken { why, .. })) = &outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!((*why, requests.len()), (Broken::Answer, 5));
    }
}

#[tokio::test]
async fn credentials_that_are_refused_end_it_at_once_and_nothing_of_them_is_said() {
    let said =
        r#"{"__type":"InvalidSignatureException","message":"Signature expired: SESSION-TOKEN"}"#;
    let (outcome, requests) = call(vec![answer(400, "", said)]).await;
    let wanted = Outage::Credentials {
        code: "InvalidSignatureException".into(),
        refusal: Refusal::Clock,
    };
    assert_eq!((outcome, requests.len()), (Err(Trouble::Outage(wanted)), 1));
}
