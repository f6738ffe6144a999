use super::account::Account;
use super::outage::{Broken, Outage};
use super::*;
use crate::failure::Explain as _;
use crate::failure::caller::tests::of_the_plugin;
use crate::failure::tests::problems_of;

const OTHER: Service = endpoint::SECRETS_MANAGER;

fn connection() -> Connection {
    Connection {
        endpoints: [("ssm".to_owned(), "http://127.0.0.1:9".to_owned())].into(),
        ..crate::aws::connection::tests::connection()
    }
}

#[tokio::test]
async fn all_calls_to_a_service_in_a_region_share_their_pace_and_no_other_does() {
    let aws = Aws::new(connection());
    let calls = |service, region| aws.calls(service, region);
    let one = calls(OTHER, "eu-central-1").await.unwrap();
    let same = calls(OTHER, "eu-central-1").await.unwrap();
    let away = calls(OTHER, "us-east-1").await.unwrap();
    let other = calls(endpoint::PARAMETER_STORE, "eu-central-1")
        .await
        .unwrap();
    assert!(Arc::ptr_eq(&one, &same));
    assert!(!Arc::ptr_eq(&one, &away) && !Arc::ptr_eq(&one, &other));
    let endpoint = |calls: &Calls| calls.config().endpoint_url().map(str::to_owned);
    let set = Some("http://127.0.0.1:9".to_owned());
    assert_eq!((endpoint(&one), endpoint(&other)), (None, set));
    assert_eq!(away.config().region().unwrap().as_ref(), "us-east-1");
}

#[tokio::test]
async fn a_way_that_cannot_be_opened_is_told_to_each_who_asks() {
    let aws = Aws::new(Connection {
        region: None,
        ..connection()
    });
    let first = aws.region().await.unwrap_err();
    let second = aws.calls(OTHER, "eu-central-1").await.err();
    assert_eq!(first.code().as_str(), "SECRET_BAKER_REGION_MISSING");
    assert_eq!(second, Some(first));
    assert_eq!(aws.account().await, None);
}

#[tokio::test]
async fn an_address_that_there_cannot_be_is_a_mistake_of_the_settings() {
    let mut link = connection().open().await.unwrap();
    link.variants.fips = true;
    let aws = Aws::over(link, Limits::default());
    let calls = aws.calls(endpoint::PARAMETER_STORE, "eu-central-1");
    let failure = calls.await.err().unwrap();
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_CONFIG_INVALID");
    assert_eq!(
        problems_of(&failure.to_string()),
        "the endpoint of Parameter Store, http://127.0.0.1:9, cannot be used: FIPS is asked for, and nobody knows it of this endpoint\n  hint: unset the endpoint, or AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT"
    );
}

#[tokio::test]
async fn an_outage_names_the_service_that_was_called_and_its_place() {
    let aws = Aws::new(connection());
    let calls = aws.calls(OTHER, "us-east-1").await.unwrap();
    let said = || "why".to_owned();
    let throttled = calls.unavailable(Outage::Throttled { said: said() }).await;
    assert_eq!(
        throttled.to_string(),
        "Secrets Manager in region us-east-1 went on throttling for 60 seconds: why"
    );
    assert_eq!(
        throttled.hint(&of_the_plugin()).unwrap(),
        "try again when less else is calling Secrets Manager"
    );
    let why = Broken::Answer;
    let broken = calls.unavailable(Outage::Broken { why, said: said() });
    let broken = broken.await;
    assert_eq!(
        broken.to_string(),
        "no answer from Secrets Manager at https://secretsmanager.us-east-1.amazonaws.com: why"
    );
    assert!(
        broken
            .hint(&of_the_plugin())
            .unwrap()
            .starts_with("something other than Secrets Manager answers there")
    );
    assert_eq!(
        broken.account,
        Account {
            region: "us-east-1".into(),
            id: None
        }
    );
}
