use super::*;
use crate::aws::connection::BadSetting;
use crate::config::NotAList;

#[derive(Debug, thiserror::Error)]
#[error("must not be empty")]
struct Empty;

impl Explain for Empty {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }
}

fn empty(place: &str) -> Problem {
    Problem::at(&Place::from(place), Empty)
}

#[test]
fn one_problem_is_one_sentence_and_its_hint() {
    let failure = Failure::from(BadSetting::NoRegion);
    assert_eq!(
        failure.told(&caller::tests::of_the_plugin()),
        "no AWS region is set\n  hint: set provider.region, --region, custom.secretBakerOptions.region or AWS_REGION"
    );
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_REGION_MISSING");
}

#[test]
fn several_problems_are_counted_and_share_a_code_only_if_it_is_the_same() {
    let same = Failure::from(vec![empty("a"), empty("b")]);
    assert_eq!(
        same.to_string(),
        "2 problems:\n  a: must not be empty\n  b: must not be empty"
    );
    assert_eq!(same.code().as_str(), "SECRET_BAKER_CONFIG_INVALID");
    let mixed = Failure::from(vec![empty("a"), Problem::general(BadSetting::NoRegion)]);
    assert_eq!(mixed.code().as_str(), "SECRET_BAKER_SEVERAL_PROBLEMS");
}

#[test]
fn a_shared_hint_is_said_once() {
    let list = |place: &str| Problem::at(&Place::from(place), NotAList { found: "a number" });
    let text = Failure::from(vec![list("a"), list("b")]).to_string();
    assert_eq!(text.matches("hint:").count(), 1);
}
