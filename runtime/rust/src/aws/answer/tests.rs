use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::*;
use crate::contract::service;
use crate::unprintable::is_printable;

fn reply(status: u16, body: &str) -> Reply {
    Reply {
        status,
        error: None,
        date: None,
        body: Zeroizing::new(body.into()),
    }
}

#[test]
fn what_holds_a_plaintext_is_zeroed_and_cannot_be_printed() {
    fn is_zeroed(_: &impl ZeroizeOnDrop) {}
    is_zeroed(&reply(200, "{}").body);
    assert!(!is_printable!(Reply));
}

#[test]
fn a_refusal_shows_nothing_of_the_answer() {
    let plaintext = "bmV2ZXItdG8tYmUtc2Vlbg==";
    let credentials = Credentials::new("AKID", "AKID+signs", None, None, "test");
    for (status, body) in [
        (200, format!(r#"{{"Plaintext":"{plaintext}""#)),
        (200, format!(r#"{{"Plaintext":"{plaintext}"}}{plaintext}"#)),
        (400, format!(r#"{{"Plaintext":"{plaintext}"}}"#)),
        (500, format!(r#"{{"__type":"{plaintext}"}}"#)),
        (500, plaintext.to_owned()),
    ] {
        let read = |_: &[u8]| Ok(());
        let outcome = super::read(&reply(status, &body), &service::KMS, &credentials, read);
        let Err(refusal) = outcome else {
            panic!("it is taken for an answer: {body}");
        };
        let shown = format!("{refusal:?} {refusal:#?} {}", refusal.problem);
        assert!(!shown.contains("bmV2ZXI"), "{shown}");
    }
}
