use secret_baker_core::config::Text;
use secret_baker_core::config::place::Place;

use super::*;

fn version(id: &str) -> Version {
    Version {
        id: Some(id.to_owned()),
        ..Version::default()
    }
}

fn of(name: &str, pin: Pin, meant: &str, latest: Told<Version>) -> Survey {
    Survey {
        index: 0,
        place: Place::from("secrets"),
        name: Text::public(name),
        source: "path",
        from: name.into(),
        region: None,
        arn: None,
        pin,
        meant: Ok(Told::Known(version(meant))),
        latest,
        oldest: Told::Unasked,
        history: Told::Unasked,
        keys: Told::Unasked,
        tier: Told::Unasked,
    }
}

fn lock(versions: &[(&str, &str)]) -> Vec<Held> {
    let held = versions.iter().map(|(name, version)| Held {
        index: 0,
        name: (*name).to_owned(),
        version: Some((*version).to_owned()),
    });
    held.collect()
}

/// Name, held version and latest version of each that is behind.
fn behind(held: Option<&[Held]>, surveys: &[Survey]) -> Vec<(String, Option<String>, String)> {
    let outdated = compared(held, surveys).unwrap();
    let told = outdated.behind.into_iter().map(|one| {
        (
            one.name.to_string(),
            one.held,
            one.latest.and_then(|latest| latest.id).unwrap_or_default(),
        )
    });
    told.collect()
}

fn told(name: &str, held: Option<&str>, latest: &str) -> (String, Option<String>, String) {
    (name.to_owned(), held.map(str::to_owned), latest.to_owned())
}

#[test]
fn a_lock_is_behind_where_there_is_a_newer_version_and_where_it_has_none() {
    let latest = || Told::Known(version("4"));
    let surveys = [
        of("A", Pin::Floating, "4", latest()),
        of("B", Pin::Floating, "4", latest()),
        of("C", Pin::Floating, "4", latest()),
    ];
    assert_eq!(
        behind(Some(&lock(&[("A", "3"), ("B", "4")])), &surveys),
        [told("A", Some("3"), "4"), told("C", None, "4")]
    );
}

#[test]
fn without_a_lock_only_a_pin_is_behind() {
    let latest = || Told::Known(version("4"));
    let surveys = [
        of("A", Pin::Floating, "4", latest()),
        of("B", Pin::Version("2".into()), "2", latest()),
        of("C", Pin::Label("live".into()), "3", latest()),
        of("D", Pin::Here, "1", Told::Unasked),
    ];
    assert_eq!(behind(None, &surveys), [told("B", Some("2"), "4")]);
}

#[test]
fn a_lock_is_behind_a_label_that_was_moved() {
    let survey = of(
        "A",
        Pin::Label("live".into()),
        "3",
        Told::Known(version("9")),
    );
    let behind = behind(Some(&lock(&[("A", "2")])), &[survey]);
    assert_eq!(behind, [told("A", Some("2"), "3")]);
}

#[test]
fn what_could_not_be_asked_is_told() {
    let unknown = Unknown {
        action: "ssm:DescribeParameters",
        said: "denied".into(),
    };
    let pin = Pin::Version("2".into());
    let surveys = [of("A", pin, "2", Told::Unknown(unknown.clone()))];
    let outdated = compared(None, &surveys).unwrap();
    assert_eq!(outdated.unknown, [("A".into(), unknown)]);
    assert!(outdated.behind.is_empty());
}

#[test]
fn what_a_prefix_gives_no_longer_is_behind_unless_nobody_could_tell_what_it_gives() {
    let latest = Told::Known(version("1"));
    let held = lock(&[("A", "1"), ("B", "7")]);
    let a = of("A", Pin::Floating, "1", latest);
    assert_eq!(
        behind(Some(&held), std::slice::from_ref(&a)),
        [told("B", Some("7"), "")]
    );
    let unknown = Unknown {
        action: "ssm:GetParametersByPath",
        said: "denied".into(),
    };
    let denied = Survey {
        meant: Ok(Told::Unknown(unknown)),
        ..of("/p/*", Pin::Floating, "1", Told::Unasked)
    };
    assert_eq!(behind(Some(&held), &[a, denied]), []);
}

#[test]
fn what_is_locked_and_could_not_be_baked_anew_is_behind_and_told_and_all_else_is_a_failure() {
    let problem = Problem::at(&Place::from("secrets"), secret_baker_core::Cancelled);
    let survey = || Survey {
        meant: Err(problem.clone()),
        ..of("A", Pin::Floating, "1", Told::Unasked)
    };
    let outdated = compared(Some(&lock(&[("A", "1")])), &[survey()]).unwrap();
    assert_eq!(outdated.problems, std::slice::from_ref(&problem));
    assert_eq!(outdated.behind[0].latest, None);
    let failure = compared(Some(&[]), &[survey()]).unwrap_err();
    assert_eq!(failure.problems, [problem]);
}
