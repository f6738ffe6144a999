use zeroize::ZeroizeOnDrop;

use super::*;
use crate::unprintable::is_printable;

#[test]
fn what_holds_a_plaintext_cannot_be_printed() {
    assert!(!is_printable!(Decrypted));
    assert!(!is_printable!(Answer));
}

#[test]
fn a_refusal_shows_nothing_of_the_answer() {
    let plaintext = "bmV2ZXItdG8tYmUtc2Vlbg==";
    for body in [
        format!(r#"{{"Plaintext":"{plaintext}!"}}"#),
        format!(r#"{{"Plaintext":["{plaintext}"]}}"#),
        format!(r#"{{"plaintext":"{plaintext}"}}"#),
    ] {
        let Err(refusal) = read(body.as_bytes(), None) else {
            panic!("it is taken for an answer: {body}");
        };
        let shown = format!("{refusal:?} {refusal:#?} {}", refusal.problem);
        assert!(!shown.contains("bmV2ZXI"), "{shown}");
    }
}

#[test]
fn a_plaintext_is_zeroed_and_left_nowhere_else() {
    fn is_zeroed(_: &impl ZeroizeOnDrop) {}
    let answer = br#"{"Plaintext":"bmV2ZXItdG8tYmUtc2Vlbg=="}"#;
    let Ok(plaintext) = read(answer, None) else {
        panic!("it is refused")
    };
    is_zeroed(&plaintext);
    assert_eq!(*plaintext, b"never-to-be-seen");
    // It never grew: that would have left a copy behind.
    assert_eq!(plaintext.capacity(), "bmV2ZXItdG8tYmUtc2Vlbg==".len());
}

#[test]
fn the_key_that_answers_is_the_one_that_was_named_unless_that_is_an_alias() {
    let answer = br#"{"Plaintext":"YQ==","KeyId":"arn:aws:kms:eu-central-1:123456789012:key/a"}"#;
    for (named, fits) in [
        ("arn:aws:kms:eu-central-1:123456789012:key/a", true),
        ("arn:aws:kms:eu-central-1:123456789012:key/b", false),
        ("arn:aws:kms:eu-central-1:123456789012:alias/b", true),
    ] {
        let refusal = read(answer, Some(named)).err();
        let code = refusal.map(|refusal| refusal.problem.code);
        assert_eq!(code, (!fits).then_some(Code::WrongContext), "{named}");
    }
}
