use secret_baker_core::config::Text;
use secret_baker_core::config::place::Place;

use super::*;

fn survey(name: &str, keys: &[&str]) -> Survey {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    let name = Text::public(name);
    Survey {
        region: Some("eu-west-1".into()),
        ..Survey::here(
            (0, &Place::from("secrets")),
            "path",
            (&name, &"/a".into()),
            Ok(keys),
        )
    }
}

fn unknown<T>(action: &'static str) -> Told<T> {
    let said = "no".into();
    Told::Unknown(Unknown { action, said })
}

fn nothing() -> Found {
    Found::All(AllFacts::default())
}

fn function(key: &str, only: Option<&[&str]>) -> Function {
    let only = only.map(|only| only.iter().map(|name| (*name).to_owned()).collect());
    Function {
        key: key.into(),
        only,
        ..Function::default()
    }
}

#[test]
fn a_function_without_a_list_carries_all_and_one_with_an_empty_list_none() {
    let functions = [
        function("all", None),
        function("some", Some(&["A"])),
        function("other", Some(&["B"])),
        function("none", Some(&[])),
    ];
    assert_eq!(carriers(&survey("A", &[]), &functions), ["all", "some"]);
}

#[test]
fn those_that_are_named_are_kept_in_the_order_of_the_config() {
    let all = || vec![survey("A", &[]), survey("B", &[]), survey("C", &[])];
    let names = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let kept = named(all(), &names).unwrap();
        let kept = kept.iter().map(|survey| survey.name.value().to_owned());
        kept.collect::<Vec<_>>()
    };
    assert_eq!(names(&[]), ["A", "B", "C"]);
    assert_eq!(names(&["C", "A"]), ["A", "C"]);
}

#[test]
fn a_name_that_is_none_is_told_with_the_one_that_was_meant() {
    let all = vec![survey("DB_PASSWORD", &[])];
    let why = named(all, &["DB_PASWORD".into()]).unwrap_err();
    let NoList::NoSuchSecret { name, meant } = why else {
        panic!("{why:?}")
    };
    assert_eq!(name.as_str(), "DB_PASWORD");
    assert_eq!(meant.unwrap().as_str(), "DB_PASSWORD");
    let why = named(Vec::new(), &["a\nb".into()]).unwrap_err();
    let NoList::NoSuchSecret { name, meant } = why else {
        panic!("{why:?}")
    };
    assert_eq!((name.as_str(), meant), ("a\\nb", None));
}

#[test]
fn an_alias_by_which_a_key_is_named_takes_no_call() {
    assert_eq!(alias_in("alias/app"), Some("alias/app"));
    let arn = "arn:aws:kms:eu-west-1:123456789012:alias/app";
    assert_eq!(alias_in(arn), Some("alias/app"));
    let key = "arn:aws:kms:eu-west-1:123456789012:key/1234";
    assert_eq!(alias_in(key), None);
    assert_eq!(alias_in("1234"), None);
}

#[test]
fn the_keys_of_all_that_is_told_are_asked_for_each_once() {
    let version = |key: &str| Version {
        key: Some(key.into()),
        ..Version::default()
    };
    let survey = Survey {
        latest: Told::Known(version("new")),
        history: Told::Known(vec![version("new"), version("old"), version("first")]),
        ..survey("A", &["old"])
    };
    let keys: Vec<_> = keys_of(&survey).into_iter().collect();
    assert_eq!(keys, ["first", "new", "old"]);
}

#[test]
fn an_action_that_gave_no_answer_is_told_once_with_all_secrets_that_it_concerns() {
    let denied = |name: &str| Survey {
        keys: unknown("ssm:DescribeParameters"),
        tier: unknown("ssm:DescribeParameters"),
        ..survey(name, &[])
    };
    let other = Survey {
        meant: Ok(unknown("ssm:GetParameter")),
        ..survey("C", &[])
    };
    let all = unanswered(&[denied("A"), denied("B"), other], &nothing());
    let told: Vec<_> = all
        .iter()
        .map(|of| {
            let secrets = of.secrets.iter().map(Shown::as_str);
            (of.action, secrets.collect::<Vec<_>>().join(" "))
        })
        .collect();
    assert_eq!(
        told,
        [
            ("ssm:DescribeParameters", "A B".to_owned()),
            ("ssm:GetParameter", "C".to_owned())
        ]
    );
}

#[test]
fn without_a_way_to_kms_keys_are_told_without_their_aliases() {
    let none = Found::None(Unknown {
        action: "kms:ListAliases",
        said: "no credentials".into(),
    });
    let all = [survey("A", &["1234"]), survey("B", &["alias/app"])];
    let told = unanswered(&all, &none);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].secrets, ["A".into()]);
}

#[test]
fn what_counts_is_what_a_bake_takes_or_else_the_newest() {
    let version = |id: &str| {
        Told::Known(Version {
            id: Some(id.into()),
            ..Version::default()
        })
    };
    let of = |meant| Survey {
        meant: Ok(meant),
        latest: version("9"),
        ..survey("A", &[])
    };
    assert_eq!(counting(&of(version("4"))), &version("4"));
    assert_eq!(counting(&of(unknown("ssm:GetParameter"))), &version("9"));
}
