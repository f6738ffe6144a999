use super::*;
use crate::error::Code;

#[test]
fn what_cannot_be_read_is_said_with_the_reason_and_what_to_do() {
    for (kind, why, hint) in [
        (ErrorKind::PermissionDenied, "permission denied", "0644"),
        (ErrorKind::IsADirectory, "is a directory", "0644"),
        (ErrorKind::Other, "cannot be read", "0644"),
        (
            ErrorKind::FileTooLarge,
            "16777216 bytes",
            "deploy the service again",
        ),
    ] {
        let error = unreadable("/var/task/bundle.json".into(), &kind.into());
        assert_eq!(error.code(), Code::BundleInvalid);
        let sentence = error.to_string();
        for part in ["`/var/task/bundle.json`", why, hint] {
            assert!(sentence.contains(part), "`{part}` is not in: {sentence}");
        }
    }
}
