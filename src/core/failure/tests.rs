use super::*;
use crate::aws::connection::BadSetting;
use crate::config::NotAList;
use crate::contract::PAGE;

#[derive(Debug, thiserror::Error)]
#[error("must not be empty")]
struct Empty;

impl Explain for Empty {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }
}

/// What a failure tells without its end, which names the pages.
#[track_caller]
pub(crate) fn problems_of(told: &str) -> &str {
    let (problems, pages) = told.split_once("\n  more: ").expect(told);
    assert!(pages.starts_with(PAGE), "{told}");
    problems
}

fn empty(place: &str) -> Problem {
    Problem::at(&Place::from(place), Empty)
}

#[test]
fn one_problem_is_one_sentence_and_its_hint() {
    let failure = Failure::from(BadSetting::NoRegion);
    assert_eq!(
        failure.told(&caller::tests::of_the_plugin()),
        format!(
            "no AWS region is set\n  hint: set provider.region, --region, custom.secretBakerOptions.region or AWS_REGION\n  \
             more: {PAGE}#secret_baker_region_missing"
        )
    );
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_REGION_MISSING");
}

#[test]
fn several_problems_are_counted_and_share_a_code_only_if_it_is_the_same() {
    let same = Failure::from(vec![empty("a"), empty("b")]);
    assert_eq!(
        problems_of(&same.to_string()),
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

#[derive(Debug, thiserror::Error)]
#[error("one of many")]
struct Of(Code);

impl Explain for Of {
    fn code(&self) -> Code {
        self.0
    }
}

fn pages_of(codes: &[Code]) -> Vec<String> {
    let problems = codes.iter().map(|code| Problem::general(Of(*code)));
    let told = Failure::from(problems.collect::<Vec<_>>()).to_string();
    let lines = told.lines();
    let pages = lines.skip_while(|line| !line.starts_with("  more: "));
    pages.map(str::to_owned).collect()
}

#[test]
fn the_page_of_each_code_is_named_once_after_all_problems() {
    assert_eq!(
        pages_of(&[
            Code::Throttled,
            Code::AccessDenied,
            Code::Throttled,
            Code::Timeout
        ]),
        ["throttled", "access_denied", "timeout"]
            .map(|code| format!("  more: {PAGE}#secret_baker_{code}"))
    );
}

#[test]
fn of_many_codes_the_whole_page_is_named() {
    assert_eq!(
        pages_of(&[
            Code::Throttled,
            Code::AccessDenied,
            Code::Credentials,
            Code::Timeout
        ]),
        [format!("  more: {PAGE}")]
    );
}
