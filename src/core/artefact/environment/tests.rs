use crate::artefact::fixture::*;
use crate::failure::tests::problems_of;

const SEALED: &str = r#"secret-baker:{"ciphertext":"AQIC"}"#;

fn with(name: &str, environment: &[(&str, Option<&str>)]) -> Function {
    let variable = |(name, value): &(&str, Option<&str>)| Variable {
        name: (*name).to_owned(),
        value: value.map(str::to_owned),
    };
    Function {
        environment: environment.iter().map(variable).collect(),
        artefact: Artefact::Elsewhere,
        ..function(name, "")
    }
}

#[track_caller]
fn told(functions: &[Function]) -> Option<(&'static str, String)> {
    let service = Service::new();
    let put = service.put(functions).err();
    let foreseen = service.foresee(functions).err();
    let text = |failure: &Failure| failure.told(&of_the_plugin());
    assert_eq!(put.as_ref().map(text), foreseen.as_ref().map(text));
    put.map(|failure| (failure.code().as_str(), text(&failure)))
}

#[test]
fn takes_what_lambda_takes() {
    let fits = "x".repeat(4096 - SEALED.len() - "DB".len() - "OTHER".len());
    assert_eq!(
        told(&[with("f", &[("DB", Some(SEALED)), ("OTHER", Some(&fits))])]),
        None
    );
}

#[test]
fn leaves_what_holds_no_secret_to_lambda() {
    let long = "x".repeat(5000);
    assert_eq!(told(&[with("f", &[("OTHER", Some(&long))])]), None);
}

#[test]
fn tells_of_each_function_whose_variables_are_too_long_and_which_are_sealed() {
    let long = format!("secret-baker:{{{}", "x".repeat(4000));
    let other = "y".repeat(50);
    let functions = [
        with(
            "first",
            &[
                ("DB", Some(SEALED)),
                ("LONG", Some(&long)),
                ("OTHER", Some("é")),
            ],
        ),
        with("fine", &[("DB", Some(SEALED))]),
        with(
            "second",
            &[
                ("LONG", Some(&long)),
                ("OTHER", Some(&other)),
                ("STACKS", None),
                ("Z", Some(&other)),
            ],
        ),
        with(
            "third",
            &[
                ("DB", Some(SEALED)),
                ("LONG", Some(&long)),
                ("OTHER", Some(&other)),
            ],
        ),
    ];
    let (code, text) = told(&functions).unwrap();
    assert_eq!(code, "SECRET_BAKER_VARIABLES_TOO_LONG");
    assert_eq!(
        problems_of(&text),
        "2 problems:\n  \
         functions.second: its environment variables have at least 4130 bytes, names and values together, and Lambda takes at most 4096; sealed in them are LONG (4018 bytes)\n  \
         functions.third: its environment variables have 4109 bytes, names and values together, and Lambda takes at most 4096; sealed in them are LONG (4018 bytes), DB (36 bytes)\n    \
         hint: leave the longest out, and let the function read them from the file in its artefact, which has room for all: secret('NAME')"
    );
}

#[test]
fn refuses_a_variable_that_was_resolved_for_another_command() {
    let functions = [with("f", &[("DB", Some("secret-baker:not-resolved-here"))])];
    let (code, text) = told(&functions).unwrap();
    assert_eq!(code, "SECRET_BAKER_CONFIG_INVALID");
    assert!(
        text.starts_with("functions.f: its environment variable `DB` holds no sealed secret"),
        "{text}"
    );
    assert!(text.contains("use one of these"), "{text}");
}
