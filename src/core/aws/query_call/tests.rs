use aws_smithy_types::body::SdkBody;

use super::*;

fn answer(status: u16, body: &str) -> HttpResponse {
    HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body))
}

#[test]
fn an_answer_is_read_whatever_its_namespace() {
    let xml = r#"<R xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><List><member><A>1 &lt; 2</A></member><member/></List><E></E></R>"#;
    let read = read(&answer(200, xml)).unwrap();
    let texts: Vec<_> = read.members("List").map(|of| of.text_of("A")).collect();
    assert_eq!(texts, [Some("1 < 2"), None]);
    assert_eq!(read.text_of("E"), Some(""));
    assert_eq!(read.members("None").count(), 0);
}

#[test]
fn an_error_has_its_code_and_its_words() {
    let xml = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
    let error = read(&answer(403, xml)).unwrap_err();
    let err = error.as_operation_error().unwrap();
    assert_eq!(
        (err.code(), err.message()),
        (Some("AccessDenied"), Some("no"))
    );
}

#[test]
fn what_is_no_answer_is_refused() {
    let deep = "<a>".repeat(40) + &"</a>".repeat(40);
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\">]><a>&b;</a>";
    for body in ["", "<html><body>", "<a><b></a></b>", "{}", &deep, bomb] {
        let read = read(&answer(200, body));
        let error = read.unwrap_err();
        assert!(error.is_response_error(), "{body}: {error:?}");
    }
}
