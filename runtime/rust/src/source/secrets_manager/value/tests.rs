use zeroize::ZeroizeOnDrop;

use super::*;
use crate::unprintable::is_printable;

const PLAINTEXT: &str = "never-to-be-seen";

fn read(answer: &str) -> Result<Value, Refusal> {
    Value::read(answer.as_bytes(), "the arn", "the version")
}

#[test]
fn what_holds_a_plaintext_cannot_be_printed() {
    assert!(!is_printable!(Value));
    assert!(!is_printable!(Answer));
    assert!(!is_printable!(Scalar));
}

#[test]
fn a_value_is_zeroed_and_never_grew() {
    fn is_zeroed(_: &impl ZeroizeOnDrop) {}
    for answer in [
        r#"{"ARN":"the arn","VersionId":"the version","SecretString":"never-to-be-seen"}"#,
        r#"{"ARN":"the arn","VersionId":"the version","SecretBinary":"bmV2ZXItdG8tYmUtc2Vlbg=="}"#,
    ] {
        let Ok(value) = read(answer) else {
            panic!("it is refused: {answer}");
        };
        let (length, capacity) = match &value {
            Value::Text(text) => {
                is_zeroed(text);
                (text.len(), text.capacity())
            }
            Value::Binary(bytes) => {
                is_zeroed(bytes);
                (24, bytes.capacity())
            }
        };
        assert_eq!(capacity, length);
        let bytes = value.bytes();
        is_zeroed(&bytes);
        assert_eq!(*bytes, PLAINTEXT.as_bytes());
    }
}

#[test]
fn a_refusal_shows_nothing_of_the_answer() {
    for answer in [
        r#"{"ARN":"another","VersionId":"the version","SecretString":"never-to-be-seen"}"#,
        r#"{"ARN":"the arn","VersionId":"never-to-be-seen"}"#,
        r#"{"ARN":"the arn","VersionId":"the version","SecretBinary":"never-to-be-seen"}"#,
        r#"{"ARN":"the arn","VersionId":"the version","SecretString":["never-to-be-seen"]}"#,
    ] {
        let Err(refusal) = read(answer) else {
            panic!("it is taken for an answer: {answer}");
        };
        let shown = format!("{refusal:?} {refusal:#?} {}", refusal.problem);
        assert!(!shown.contains("never"), "{shown}");
    }
    let value = Value::Text(Zeroizing::new(r#"{"a":["never-to-be-seen"]}"#.into()));
    let problem = value.field("a").unwrap_err();
    assert_eq!(problem.code, Code::NoSuchField);
    assert!(!format!("{problem:?} {problem}").contains("never"));
}
