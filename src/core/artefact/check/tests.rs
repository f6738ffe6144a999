use crate::artefact::fixture::*;

mod the_last_look {
    use std::collections::BTreeMap;

    use super::*;

    fn wrong(functions: &[Function], expected: Expected<'_>, service: &Service) -> Vec<String> {
        let Err(failure) = service.check_for(functions, expected) else {
            return Vec::new();
        };
        assert_eq!(
            failure.code().as_str(),
            "SECRET_BAKER_ARTEFACT_WITHOUT_SECRETS"
        );
        let said = |problem: &crate::failure::Problem| problem.to_string();
        failure.problems.iter().map(said).collect()
    }

    /// Asks with the bundle, and with what a package tells of it.
    fn wrong_both_ways(functions: &[Function], service: &Service) -> [Vec<String>; 2] {
        let whole = read(BUNDLE);
        let digests: BTreeMap<_, _> = functions
            .iter()
            .map(|function| {
                let bundle = whole.narrowed(function.only.as_deref());
                (function.name.clone(), bundle.digest())
            })
            .collect();
        let config = serde_json::json!(["A", {"name": "B", "path": "/b"}]);
        let packaged = Expected::Packaged {
            digests: &digests,
            config: Some(&config),
        };
        [Expected::Bundle(&whole), packaged].map(|expected| wrong(functions, expected, service))
    }

    #[test]
    fn sees_that_every_artefact_has_what_was_baked_for_it() {
        let service = Service::new();
        service.write("whole.zip", &archive(&[(bundle::FILE, BUNDLE)]));
        service.write("b.zip", &archive(&[(bundle::FILE, ONLY_B)]));
        let right = [function("whole", "whole.zip"), only("b", "b.zip", &["B"])];
        assert_eq!(
            wrong_both_ways(&right, &service),
            [vec![], vec![]] as [Vec<String>; 2]
        );
    }

    #[test]
    fn tells_what_is_missing_and_what_is_foreign() {
        let service = Service::new();
        let write =
            |name: &str, text: &[u8]| service.write(name, &archive(&[(bundle::FILE, text)]));
        write("whole.zip", BUNDLE);
        write("b.zip", ONLY_B);
        write("c.zip", br#"{"A":1,"C":1}"#);
        write("text.zip", b"a text");
        service.write("none.zip", &archive(CODE));
        let secret = options().unix_permissions(0o600);
        service.write("mode.zip", &archive_with(&[(bundle::FILE, BUNDLE)], secret));
        let functions = [
            function("b", "b.zip"),
            only("whole", "whole.zip", &["B"]),
            function("c", "c.zip"),
            function("text", "text.zip"),
            function("none", "none.zip"),
            function("mode", "mode.zip"),
        ];
        for said in wrong_both_ways(&functions, &service) {
            let ends = [
                "b.zip does not hold just its secrets: it lacks `A`",
                "whole.zip does not hold just its secrets: it has `A`, which it is not to carry",
                "it lacks `B` and has `C`, which it is not to carry",
                "its `secret-baker-secrets.json` is no bundle",
                "there is no `secret-baker-secrets.json` at its root",
                "is damaged, there twice, or not readable for everybody",
            ];
            assert_eq!(said.len(), ends.len(), "{said:?}");
            for (said, end) in said.iter().zip(ends) {
                assert!(said.ends_with(end), "{said}");
            }
        }
    }

    #[test]
    fn is_at_the_very_bytes_and_not_at_names() {
        let service = Service::new();
        let text = String::from_utf8(BUNDLE.into()).unwrap();
        for other in [
            r#"{"A":1,"B":"plaintext!"}"#.to_owned(),
            text.replace("parameter/a", "parameter/of/another/stage"),
            text.replace("\"version\":1", "\"version\":9"),
            format!("{text} "),
        ] {
            service.write("f.zip", &archive(&[(bundle::FILE, other.as_bytes())]));
            let [baked, packaged] = wrong_both_ways(&[function("f", "f.zip")], &service);
            assert!(baked[0].ends_with(" is not what was baked"), "{baked:?}");
            assert!(
                packaged[0].ends_with("their ciphertexts are not those that were packaged"),
                "{packaged:?}"
            );
        }
    }

    #[test]
    fn of_a_package_compares_bytes_before_it_reads_a_config() {
        let service = Service::new();
        service.write("f.zip", &archive(&[(bundle::FILE, BUNDLE)]));
        let functions = [function("f", "f.zip")];
        let right = BTreeMap::from([("f".to_owned(), bundle::digest(BUNDLE))]);
        let wrong_digest = BTreeMap::from([("f".to_owned(), bundle::digest(b"{}"))]);
        let other_grammar = serde_json::json!([{"kms": 5}, "ssm:/a", {"A": {"of": "tomorrow"}}]);
        for config in [None, Some(&other_grammar)] {
            let packaged = |digests| Expected::Packaged { digests, config };
            assert_eq!(
                wrong(&functions, packaged(&right), &service),
                [] as [String; 0]
            );
            assert_eq!(
                wrong(&functions, packaged(&wrong_digest), &service).len(),
                1
            );
        }
    }

    #[test]
    fn of_a_package_stops_at_a_function_that_it_does_not_know() {
        let service = Service::new();
        service.write("f.zip", &archive(&[(bundle::FILE, BUNDLE)]));
        let (digests, config) = (BTreeMap::new(), serde_json::json!([{"path": "/app/*"}]));
        let packaged = Expected::Packaged {
            digests: &digests,
            config: Some(&config),
        };
        assert_eq!(
            wrong(&[function("f", "f.zip")], packaged, &service).len(),
            1
        );
    }
}
