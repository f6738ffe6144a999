//! Config -> references, or every mistake as a sentence.

use serde_json::{Value, json};

use super::*;
use crate::failure::caller::tests::of_the_plugin;
use crate::failure::tests::problems_of;
use crate::source::ssm::tests::read;

#[track_caller]
fn names_and_paths(config: &Value) -> Vec<(String, String)> {
    read(config, Some(config))
        .unwrap()
        .into_iter()
        .map(|reference| match reference.want {
            Want::One { name, parameter } => {
                (name.value().to_owned(), parameter.asked().to_owned())
            }
            Want::Below(prefix) => ("*".into(), prefix.path().to_owned()),
        })
        .collect()
}

#[track_caller]
fn reads(config: &Value, wanted: &[(&str, &str)]) {
    let found = names_and_paths(config);
    let found: Vec<_> = found
        .iter()
        .map(|(n, p)| (n.as_str(), p.as_str()))
        .collect();
    assert_eq!(found, wanted);
}

#[track_caller]
fn refuses(config: &Value, wanted: &[&str]) {
    let failure = read(config, Some(config)).unwrap_err();
    let found: Vec<_> = failure.problems.iter().map(ToString::to_string).collect();
    assert_eq!(found, wanted);
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_CONFIG_INVALID");
}

#[test]
fn a_list_of_names() {
    reads(&json!(["B", "A"]), &[("B", "B"), ("A", "A")]);
    reads(&json!(["/app/key:2"]), &[("/app/key:2", "/app/key:2")]);
}

#[test]
fn a_map_keeps_its_order() {
    reads(
        &json!({"Z": "/z", "A": "/a:live"}),
        &[("Z", "/z"), ("A", "/a:live")],
    );
}

#[test]
fn a_mixed_list() {
    let config = json!(["A", {"name": "B", "path": "/b"}, {"path": "/c/*"}, "/d/*"]);
    reads(
        &config,
        &[("A", "A"), ("B", "/b"), ("*", "/c"), ("*", "/d")],
    );
}

#[test]
fn arns() {
    let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/a:3";
    reads(&json!({ "A": arn }), &[("A", arn)]);
}

#[test]
fn what_the_old_plugin_takes_for_empty_is_empty() {
    for config in [
        json!([]),
        json!({}),
        json!(null),
        json!(false),
        json!(0),
        json!(""),
    ] {
        reads(&config, &[]);
    }
}

#[test]
fn names_that_objects_of_javascript_have_already_are_ordinary() {
    let config = r#"{"__proto__": "/a", "constructor": "/b", "toString": "/c"}"#;
    let config: Value = serde_json::from_str(config).unwrap();
    reads(
        &config,
        &[
            ("__proto__", "/a"),
            ("constructor", "/b"),
            ("toString", "/c"),
        ],
    );
}

#[test]
fn neither_a_list_nor_a_map() {
    refuses(
        &json!("A"),
        &["custom.secretBaker: must be a list or a map of secrets, not a string"],
    );
    refuses(
        &json!(7),
        &["custom.secretBaker: must be a list or a map of secrets, not a number"],
    );
    refuses(
        &json!(true),
        &["custom.secretBaker: must be a list or a map of secrets, not a boolean"],
    );
}

#[test]
fn every_mistake_is_found_at_once() {
    refuses(
        &json!([
            5,
            null,
            ["A"],
            {"name": "A"},
            {"name": 3, "path": false},
            {"name": "B", "pth": "/b"},
            {"name": "C", "path": "/c", "version": 2},
            {"name": "", "path": " "},
            "",
            "E",
            {"name": "E", "path": "/e"},
            {"name": "F", "path": "f/g"},
            {"path": "/x"},
            {"name": "G", "path": "/g/*"},
            "/aws/reference/secretsmanager/s",
        ]),
        &[
            "custom.secretBaker[0]: must be a parameter's name or an object with `name` and `path`, not a number",
            "custom.secretBaker[1]: must be a parameter's name or an object with `name` and `path`, not null",
            "custom.secretBaker[2]: must be a parameter's name or an object with `name` and `path`, not a list",
            "custom.secretBaker[3]: has no `path`",
            "custom.secretBaker[4].name: must be a string, not a number",
            "custom.secretBaker[4].path: must be a string, not a boolean",
            "custom.secretBaker[5]: unknown key `pth`, did you mean `path`?",
            "custom.secretBaker[6]: unknown key `version`",
            "custom.secretBaker[7].name: must not be empty",
            "custom.secretBaker[7].path: must not be empty",
            "custom.secretBaker[8]: must not be empty",
            "custom.secretBaker[11].path: Parameter Store has no parameter named `f/g`: a name with levels begins with `/`",
            "custom.secretBaker[12]: has no `name`",
            "custom.secretBaker[13].name: `/g/*` stands for many secrets, which are named by the rest of their paths",
            "custom.secretBaker[14]: `/aws/reference/secretsmanager/s` is a secret of Secrets Manager: Parameter Store shows it only decrypted, so there is no ciphertext to bake",
            "custom.secretBaker[10]: the name `E` is already used by custom.secretBaker[9]",
        ],
    );
}

#[test]
fn mistakes_in_a_map() {
    refuses(
        &json!({"A": 1, "": "/b", "odd name": null, "P": "/p/*", "Q": "/q r"}),
        &[
            "custom.secretBaker.A: must be a string, not a number",
            "custom.secretBaker[\"\"]: must not be empty",
            "custom.secretBaker[\"odd name\"]: must be a string, not null",
            "custom.secretBaker.P: `/p/*` stands for many secrets, which are named by the rest of their paths",
            "custom.secretBaker.Q: Parameter Store has no parameter of the name that is set there, a text of 4 characters that begins with `/`: a name is made of letters, digits and `_.-/`, and ' ' is none of them",
        ],
    );
}

#[track_caller]
fn refuses_written(config: &Value, written: Option<&Value>, wanted: &[(&str, &str)]) {
    let failure = read(config, written).unwrap_err();
    let found: Vec<_> = failure
        .problems
        .iter()
        .map(|problem| {
            (
                problem.to_string(),
                problem.why.hint(&of_the_plugin()).unwrap_or_default(),
            )
        })
        .collect();
    let found: Vec<_> = found
        .iter()
        .map(|(said, hint)| (said.as_str(), hint.as_str()))
        .collect();
    assert_eq!(found, wanted);
    assert!(!failure.to_string().contains("hunter2"), "{failure}");
}

mod text_out_of_variables {
    use super::*;

    const PATH_ITSELF: &str = "write the path itself; if the variable holds the secret, store that as a SecureString parameter and write the parameter's path";

    #[test]
    fn of_a_store_of_secrets_is_refused_and_its_path_told() {
        let config = json!({"A": "hunter2", "B": "/hunter2", "C": "hunter2", "D": "arn:hunter2"});
        let written = json!({"A": "${ssm:/shop/db/password}", "B": "${vault:kv/db}", "C": "${env:X, ssm(us-east-1):/c}", "D": "${aws:secretsmanager:d}"});
        let tail = "; the plugin fetches its ciphertext, and nobody decrypts it on the way";
        let any = "write the path itself, such as `/path/to/parameter`; the plugin fetches its ciphertext from Parameter Store, and nobody decrypts it on the way";
        refuses_written(
            &config,
            Some(&written),
            &[
                (
                    "custom.secretBaker.A: `${ssm:/shop/db/password}` gives the secret itself, and what belongs here is its path",
                    &format!("write the path itself: `/shop/db/password`{tail}"),
                ),
                (
                    "custom.secretBaker.B: `${vault:kv/db}` gives the secret itself, and what belongs here is its path",
                    any,
                ),
                (
                    "custom.secretBaker.C: `${env:X, ssm(us-east-1):/c}` gives the secret itself, and what belongs here is its path",
                    &format!(
                        "write the path itself: `arn:aws:ssm:us-east-1:ACCOUNT:parameter/c`{tail}"
                    ),
                ),
                (
                    "custom.secretBaker.D: `${aws:secretsmanager:d}` gives the secret itself, and what belongs here is its path",
                    any,
                ),
            ],
        );
    }

    #[test]
    fn in_lists_and_out_of_one_variable_for_all_is_refused_too() {
        let config =
            json!(["hunter2", {"name": "hunter2", "path": "hunter2"}, {"name": "N", "path": "/p"}]);
        let written = json!(["${ssm:/a}", {"name": "${ssm:/n}", "path": "${env:P}"}, {"name": "N", "path": "/p"}]);
        refuses_written(
            &config,
            Some(&written),
            &[
                (
                    "custom.secretBaker[0]: `${ssm:/a}` gives the secret itself, and what belongs here is its path",
                    "write the path itself: `/a`; the plugin fetches its ciphertext, and nobody decrypts it on the way",
                ),
                (
                    "custom.secretBaker[1].name: `${ssm:/n}` gives a secret, and a name stands readable in every artefact",
                    "write the name itself",
                ),
                (
                    "custom.secretBaker[1].path: what `${env:P}` gives is no path: what comes whole out of a variable must begin with `/` or `arn:`, and may else be a secret, so it is not shown",
                    PATH_ITSELF,
                ),
            ],
        );
        let failure = read(
            &json!({"hunter2": "hunter2 "}),
            Some(&json!("${param:all}")),
        )
        .unwrap_err();
        assert!(!failure.to_string().contains("hunter2"), "{failure}");
        assert!(
            failure
                .to_string()
                .starts_with("custom.secretBaker[key 1]: what `${param:all}` gives is no path"),
            "{failure}"
        );
    }

    #[test]
    fn of_other_variables_is_taken_if_it_is_a_path_and_else_not_shown() {
        for written in [
            "${env:X}",
            "${file(./.env.json):X}",
            "${param:x}",
            "${opt:x}",
            "${cf:a.b}",
            "${env:X}${env:Y}",
        ] {
            let written = json!({ "A": written });
            let taken = read(&json!({"A": "/a/b"}), Some(&written)).unwrap();
            assert_eq!(taken[0].asked().shown.as_str(), "/a/b");
            let failure = read(&json!({"A": "hunter2"}), Some(&written)).unwrap_err();
            assert!(
                !format!("{failure} {failure:?}").contains("hunter2"),
                "{failure}"
            );
            let odd = read(&json!({"A": "/hunter2+/=="}), Some(&written)).unwrap_err();
            assert!(!format!("{odd} {odd:?}").contains("hunter2"), "{odd}");
            assert!(odd.to_string().contains("of the name that `${"), "{odd}");
        }
        let slash = json!({"A": "/${env:X}"});
        let taken = read(&json!({"A": "/hunter2"}), Some(&slash)).unwrap();
        assert_eq!(
            taken[0].asked(),
            Asked {
                shown: "/${env:X}".into(),
                name: None
            }
        );
        let literal = json!({"A": "${self:custom.name}"});
        read(&json!({"A": "plain_name"}), Some(&literal)).unwrap();
    }

    #[test]
    fn in_part_goes_on_working_and_what_a_store_gave_is_shown_as_written() {
        let written = json!({"A": "/${sls:stage}/${env:X}/db", "B": "/${ssm:/prefix}/db:2"});
        let read = read(
            &json!({"A": "/dev/x/db", "B": "/hunter2/db:2"}),
            Some(&written),
        )
        .unwrap();
        let asked: Vec<_> = read.iter().map(Reference::asked).collect();
        assert_eq!(
            asked[0],
            Asked {
                shown: "/dev/x/db".into(),
                name: Some("/dev/x/db".into())
            }
        );
        assert_eq!(
            asked[1],
            Asked {
                shown: "/${ssm:/prefix}/db:2".into(),
                name: None
            }
        );
        assert!(!format!("{read:?}").contains("hunter2"), "{read:?}");
        let Want::One { parameter, .. } = &read[1].want else {
            panic!()
        };
        assert_eq!(parameter.asked(), "/hunter2/db:2");
    }

    #[test]
    fn of_a_config_that_is_a_program_is_taken_where_it_begins_like_a_path_or_is_an_items_name() {
        let config = json!({"A": "/a", "B": "arn:aws:ssm:eu-west-1:123456789012:parameter/b"});
        assert_eq!(read(&config, None).unwrap().len(), 2);
        assert_eq!(read(&json!(["DB_PASSWORD", "/a"]), None).unwrap().len(), 2);
        let prefix = read(&json!(["/app/*"]), None).unwrap();
        assert_eq!(prefix[0].asked().shown.as_str(), "/app/*");
        for config in [
            json!({"A": "hunter2"}),
            json!([{"name": "A", "path": "hunter2"}]),
            json!(["hunter2!"]),
            json!(["1hunter2"]),
        ] {
            let failure = read(&config, None).unwrap_err();
            let text = failure.to_string();
            assert!(text.contains("the path, a text of "), "{text}");
            assert!(
                text.contains("write the parameter's whole path or its ARN"),
                "{text}"
            );
            assert!(!format!("{failure:?}").contains("hunter2"), "{failure:?}");
        }
        // What was written does not fit to what it became: nobody can tell either.
        let other = json!(["${ssm:/x}"]);
        let failure = read(&json!({"A": "hunter2"}), Some(&other)).unwrap_err();
        assert!(!failure.to_string().contains("hunter2"), "{failure}");
    }

    #[test]
    fn that_can_be_no_name_is_never_shown_whole() {
        for text in [
            "hunter2 hunter2",
            "hunter2\nhunter2",
            &"hunter2".repeat(150),
            "hunter2$",
        ] {
            let config = json!([{"name": "A", "path": text}]);
            let failure = read(&config, Some(&config)).unwrap_err();
            assert!(!failure.to_string().contains("hunter2"), "{failure}");
            assert!(
                failure
                    .to_string()
                    .contains("characters that begins with `hu"),
                "{failure}"
            );
        }
    }
}

mod common_mistakes {
    use super::*;

    #[track_caller]
    fn told(config: &Value, said: &str, hint: &str) {
        refuses_written(config, Some(config), &[(said, hint)]);
    }

    #[test]
    fn a_map_within_a_list() {
        told(
            &json!([{"DB": "/db"}]),
            "custom.secretBaker[0]: has neither `name` nor `path`, but the key `DB`",
            "leave out the dash, so that all of it is a map, or write `- { name: DB, path: /db }`",
        );
    }

    #[test]
    fn a_scheme_before_a_path() {
        for path in ["ssm:/a/b", "ssm:///a/b", "SSM:/a/b"] {
            told(
                &json!({ "A": path }),
                "custom.secretBaker.A: a path of Parameter Store has no `ssm:` before it",
                "write `/a/b`",
            );
        }
    }

    #[test]
    fn what_cloud_formation_would_resolve() {
        let hint = "write it out, or use the framework's own variables, such as `${aws:region}` and `${aws:accountId}`";
        for (function, value) in [
            ("Fn::Sub", json!({"Fn::Sub": "/${Stage}/db"})),
            ("Ref", json!({"Ref": "Parameter"})),
            ("Fn::Join", json!({"Fn::Join": ["", ["/a", "/b"]]})),
        ] {
            let says = format!("`{function}` is resolved by CloudFormation, long after the bake");
            told(
                &json!({ "A": value }),
                &format!("custom.secretBaker.A: {says}"),
                hint,
            );
            told(
                &json!([value]),
                &format!("custom.secretBaker[0]: {says}"),
                hint,
            );
            let path = json!([{"name": "A", "path": value}]);
            told(&path, &format!("custom.secretBaker[0].path: {says}"), hint);
        }
        told(
            &json!({"Fn::Split": [",", "/a,/b"]}),
            "custom.secretBaker: `Fn::Split` is resolved by CloudFormation, long after the bake",
            hint,
        );
        let named = read(&json!({"Ref": "/a"}), None).unwrap();
        assert_eq!(named.len(), 1, "a secret may be named so");
        told(
            &json!({"A": "/${AWS::Region}/db"}),
            "custom.secretBaker.A: `${AWS::Region}` is resolved by CloudFormation, if by anybody, long after the bake",
            hint,
        );
    }

    #[test]
    fn a_text_whose_origin_nobody_found() {
        refuses_written(
            &json!(["hunter2"]),
            Some(&json!(["${expression:*}"])),
            &[(
                "custom.secretBaker[0]: the path, a text of 7 characters, begins neither with `/` nor with `arn:` and does not stand in the config just so: it may be a secret that was resolved already, so it is not shown",
                "write the parameter's whole path or its ARN, or a name without `/` in the config itself",
            )],
        );
    }

    #[test]
    fn a_switch_in_place_of_secrets() {
        told(
            &json!(true),
            "custom.secretBaker: must be a list or a map of secrets, not a boolean",
            "write `secretBaker: [MY_SECRET]`, or a map `MY_SECRET: /path/to/parameter`; what turns the bake off is `secretBakerOptions: { enabled: false }`",
        );
    }

    #[test]
    fn a_region_that_is_none_in_an_arn() {
        told(
            &json!({"A": "arn:aws:ssm:eu-west:123456789012:parameter/a"}),
            "custom.secretBaker.A: Parameter Store has no parameter named `arn:aws:ssm:eu-west:123456789012:parameter/a`: what stands in its ARN in the place of the region is none, such as `eu-central-1`",
            "",
        );
    }

    #[test]
    fn a_name_forges_no_line() {
        let failure = read(&json!([{"name": "A\n  hint: run this", "path": 5}]), None).unwrap_err();
        let text = failure.to_string();
        assert_eq!(problems_of(&text).lines().count(), 1, "{text}");
        let twice = json!([{"name": "A\nB", "path": "/a"}, {"name": "A\nB", "path": "/b"}]);
        let failure = read(&twice, Some(&twice)).unwrap_err();
        assert!(
            failure
                .to_string()
                .contains("the name `A\\nB` is already used"),
            "{failure}"
        );
    }
}
