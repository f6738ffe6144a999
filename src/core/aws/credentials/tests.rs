use crate::failure::Explain as _;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_credential_types::provider::future;

use super::*;

#[derive(Debug, Clone, Copy)]
enum Does {
    Hangs,
    Breaks,
    Refuses,
}

#[derive(Debug)]
struct Provider(Does, std::sync::Arc<AtomicUsize>);

impl ProvideCredentials for Provider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        self.1.fetch_add(1, Relaxed);
        match self.0 {
            Does::Hangs => future::ProvideCredentials::new(std::future::pending()),
            Does::Breaks => future::ProvideCredentials::ready(Err(
                CredentialsError::provider_error("connection reset"),
            )),
            Does::Refuses => future::ProvideCredentials::ready(Err(
                CredentialsError::provider_error("AccessDenied"),
            )),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_silent_ends_and_one_that_breaks_is_asked_again() {
    for (does, attempts, said) in [
        (Does::Hangs, 1, "was silent for 30 seconds"),
        (Does::Breaks, 3, "connection reset"),
        (Does::Refuses, 1, "AccessDenied"),
    ] {
        let count = std::sync::Arc::new(AtomicUsize::new(0));
        let provider = SharedCredentialsProvider::new(Provider(does, count.clone()));
        let cause = no_credentials(&provide(&provider).await.unwrap_err());
        assert_eq!(cause.code().as_str(), "SECRET_BAKER_CREDENTIALS");
        assert!(cause.to_string().contains(said), "{cause}");
        assert_eq!(count.load(Relaxed), attempts, "{does:?}");
    }
}

#[test]
fn a_line_end_in_a_key_is_told_by_its_part_and_never_shown() {
    let keys = |id: &str, key: &str, token: Option<&str>| {
        Credentials::new(id, key, token.map(str::to_owned), None, "test")
    };
    check_keys(&keys("AKIA", "a/b+c=", Some("t"))).unwrap();
    for (keys, part) in [
        (keys("AKIA\n", "hunter2", None), "the access key's id"),
        (keys("AKIA", "hunter2\r", None), "the secret access key"),
        (keys("AKIA", "", None), "the secret access key"),
        (keys("AKIA", "k", Some("hunter2 ")), "the session token"),
    ] {
        let cause = check_keys(&keys).unwrap_err();
        assert_eq!(cause.code().as_str(), "SECRET_BAKER_CREDENTIALS");
        assert!(
            cause.to_string().contains(part) && !cause.to_string().contains("hunter2"),
            "{cause}"
        );
    }
}
