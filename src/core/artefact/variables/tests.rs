use crate::artefact::fixture::*;
use crate::failure::tests::problems_of;

mod the_launcher {
    use super::*;

    #[test]
    fn makes_a_proxys_variable_only_where_it_is_named() {
        let service = Service::new();
        service.write("f.zip", &archive(CODE));
        let launcher = launcher(&service);
        let bundle = br#"{"HTTPS_PROXY":{},"FINE":{}}"#;
        let told = |words: Option<&[&str]>| {
            let functions = [env(function("f", "f.zip"), words, &launcher)];
            let carried = service.put_of(&functions, bundle);
            carried.err().map(|failure| failure.to_string())
        };
        for all in [None, Some(&["*"][..])] {
            let text = told(all).unwrap();
            assert!(text.contains("the secret `HTTPS_PROXY` becomes the environment variable `HTTPS_PROXY` only where it is named"), "{text}");
            assert!(text.contains("`env: ['*', 'HTTPS_PROXY']`"), "{text}");
        }
        assert_eq!(told(Some(&["*", "HTTPS_PROXY"])), None);
        assert_eq!(told(Some(&["FINE=http_proxy"])), None);
    }

    #[test]
    fn tells_a_word_that_came_out_of_a_variable_as_it_was_written() {
        let service = Service::new();
        let mut function = env(
            function("f", "f.zip"),
            Some(&["hunter2"]),
            &launcher(&service),
        );
        if let Some(env) = &mut function.env {
            env.written = Some(vec!["${ssm:/x}".into()]);
        }
        service.write("f.zip", &archive(CODE));
        let text = service.put(&[function]).unwrap_err().to_string();
        assert_eq!(
            problems_of(&text),
            "custom.secretBakerOptions.env: function `f` carries no secret `${ssm:/x}`"
        );
    }

    #[test]
    fn makes_no_variable_that_cannot_or_must_not_be() {
        let service = Service::new();
        let launcher = launcher(&service);
        let text = |function: Function, names: Option<&[&str]>| {
            service
                .put(&[env(function, names, &launcher)])
                .unwrap_err()
                .to_string()
        };
        let elsewhere = Function {
            artefact: Artefact::Elsewhere,
            ..function("f", "")
        };
        let narrow = Function {
            only: Some(vec!["B".into()]),
            ..elsewhere.clone()
        };
        assert_eq!(
            problems_of(&text(narrow, Some(&["A", "B"]))),
            "custom.secretBakerOptions.env: function `f` carries no secret `A`"
        );
        assert!(
            text(elsewhere, Some(&["AA"])).contains("carries no secret `AA`, did you mean `A`?")
        );
        let bundle =
            br#"{"PATH":{},"LD_PRELOAD":{},"A B":{},"A=B":{},"/a/b":{},"1":{},"FINE":{},"PATHS":{}}"#;
        let all = [
            env(function("f", "f.zip"), None, &launcher),
            env(function("g", "f.zip"), None, &launcher),
        ];
        let failure = service.put_of(&all, bundle).unwrap_err();
        let text = failure.to_string();
        assert_eq!(failure.problems.len(), 6, "{text}");
        for wrong in [
            "the secret `LD_PRELOAD` cannot be the environment variable `LD_PRELOAD`: that one belongs to the runtime or to AWS",
            "the secret `A B` cannot be an environment variable: its name has a comma or white space",
            "the secret `A=B` cannot be the environment variable `A=B`: a variable's name has only letters, digits and `_`",
            "the secret `/a/b` cannot be the environment variable `/a/b`",
            "the secret `1` cannot be the environment variable `1`",
        ] {
            assert!(text.contains(wrong), "{text}");
        }
        assert!(text.contains("`env: ['*', 'NAME=VARIABLE']`"), "{text}");
    }

    #[test]
    fn makes_variables_of_other_names_as_it_reads_them_itself() {
        let service = Service::new();
        service.write("f.zip", &archive(CODE));
        let launcher = launcher(&service);
        let bundle = br#"{"/a/b":{},"PATH":{},"A=B":{},"FINE":{}}"#;
        let told = |words: &[&str]| {
            let functions = [env(function("f", "f.zip"), Some(words), &launcher)];
            let carried = service.put_of(&functions, bundle);
            carried.err().map(|failure| failure.to_string())
        };
        for right in [
            &["*", "/a/b=A_B", "PATH=_path2", "A=B=C"][..],
            &["/a/b=B", "FINE", "FINE", "FINE=AGAIN"],
            &["FINE"],
        ] {
            assert_eq!(told(right), None, "{right:?}");
        }
        for (wrong, says) in [
            (&["/a/b"][..], "environment variable `/a/b`"),
            (&["FINE=1"], "environment variable `1`"),
            (&["FINE="], "environment variable ``"),
            (&["FINE=AWS_REGION"], "belongs to the runtime"),
            (&["FIN=X"], "carries no secret `FIN`, did you mean `FINE`?"),
            (
                &["FINE", "PATH=FINE"],
                "the secrets `FINE` and `PATH` would both be the environment variable `FINE`",
            ),
            (&["*", "/a/b=X", "A=B=Y"], "environment variable `PATH`"),
        ] {
            let text = told(wrong).unwrap();
            assert!(text.contains(says), "{wrong:?}: {text}");
        }
    }
}
