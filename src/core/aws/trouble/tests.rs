use super::*;
use crate::aws::account::Account;
use crate::aws::endpoint::PARAMETER_STORE;
use crate::aws::outage::Unavailable;
use crate::failure::Explain as _;
use crate::failure::caller::tests::of_the_plugin;

fn told(trouble: Trouble) -> Unavailable {
    let Trouble::Outage(outage) = trouble else {
        panic!("{trouble:?} ends nothing")
    };
    Unavailable {
        service: PARAMETER_STORE,
        account: Account::default(),
        endpoint: "https://e".into(),
        seconds: 60,
        outage,
        proxy: None,
    }
}

#[track_caller]
fn answered(code: &str, status: u16, wanted: &Trouble, verdict: Verdict) {
    let trouble = Trouble::answered(Some(code), Some("why"), status);
    assert_eq!((&trouble, trouble.verdict()), (wanted, verdict));
}

#[test]
fn each_error_keeps_its_meaning() {
    let said = || "why".to_owned();
    let refused = |code: &str| {
        Trouble::Refused(Refused {
            code: code.to_owned(),
            said: said(),
        })
    };
    answered(
        "AccessDeniedException",
        400,
        &refused("AccessDeniedException"),
        Verdict::Final,
    );
    answered(
        "ThrottlingException",
        400,
        &Trouble::Outage(Outage::Throttled { said: said() }),
        Verdict::Throttled,
    );
    for (code, refusal) in [
        ("ExpiredTokenException", Refusal::Expired),
        ("InvalidClientTokenId", Refusal::Unknown),
        ("SignatureDoesNotMatch", Refusal::Signature),
        ("RequestExpired", Refusal::Clock),
    ] {
        let code = code.to_owned();
        let refused = Outage::Credentials {
            code: code.clone(),
            refusal,
        };
        answered(&code, 400, &Trouble::Outage(refused), Verdict::Final);
    }
    let broken = Trouble::Outage(Outage::Broken {
        why: Broken::Service,
        said: "HTTP 500 InternalServerError: why".into(),
    });
    answered(
        "InternalServerError",
        500,
        &broken,
        Verdict::Broken { attempts: 5 },
    );
    answered(
        "ValidationException",
        400,
        &refused("ValidationException"),
        Verdict::Final,
    );
}

#[test]
fn an_untrusted_certificate_is_not_tried_again() {
    let trouble = Trouble::Outage(unanswered("invalid peer certificate: UnknownIssuer".into()));
    assert_eq!(trouble.verdict(), Verdict::Final);
    let cause = told(trouble);
    assert_eq!(
        cause.to_string(),
        "the certificate of https://e is not trusted: invalid peer certificate: UnknownIssuer"
    );
}

#[test]
fn a_wrong_clock_is_told_and_nothing_of_what_was_signed() {
    for said in [
        "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z SESSION-TOKEN",
        "Signature not yet current: SESSION-TOKEN",
    ] {
        let trouble = Trouble::answered(Some("InvalidSignatureException"), Some(said), 400);
        let cause = told(trouble);
        let text = format!("{cause} {}", cause.hint(&of_the_plugin()).unwrap());
        assert!(text.contains("set the clock of this machine"), "{text}");
        assert!(!text.contains("SESSION-TOKEN"), "{text}");
    }
}

#[test]
fn each_kind_of_outage_has_its_own_hint() {
    let hint = |said: &str| {
        let trouble = Trouble::Outage(unanswered(said.into()));
        let cause = told(trouble);
        assert_eq!(cause.code().as_str(), "SECRET_BAKER_UNREACHABLE");
        cause.hint(&of_the_plugin()).unwrap()
    };
    let mut hints: Vec<_> = [
        "failed to lookup address information: Name or service not known",
        "Connection refused (os error 111)",
        "connection reset by peer",
        "invalid peer certificate: UnknownIssuer",
    ]
    .into_iter()
    .map(hint)
    .collect();
    hints.dedup();
    assert_eq!(hints.len(), 4);
    assert!(hints[0].contains("check the region"), "{hints:?}");
    assert!(hints[3].contains("AWS_CA_BUNDLE"), "{hints:?}");
}
