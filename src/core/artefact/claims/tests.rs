use crate::artefact::fixture::*;
use crate::failure::tests::problems_of;

mod elsewhere {
    use super::*;

    #[test]
    fn an_artefact_whose_function_carries_nothing_is_left_alone() {
        let service = Service::new();
        let nothing = only("a", "s3://bucket/a.zip", &[]);
        assert_eq!(service.put(std::slice::from_ref(&nothing)).unwrap(), []);
        service.check(&[nothing]).unwrap();
        for function in [
            function("a", "s3://bucket/a.zip"),
            only("a", "s3://bucket/a.zip", &["A"]),
        ] {
            let failure = service.put(&[function]).unwrap_err();
            assert_eq!(failure.code().as_str(), "SECRET_BAKER_ARTEFACT_REMOTE");
            assert!(
                failure.told(&of_the_plugin()).contains("`secretBaker: []`"),
                "{failure}"
            );
        }
    }

    #[test]
    fn is_told_without_the_signature_of_its_address() {
        let service = Service::new();
        let presigned = "https://u:PASSWORD@host/a.zip?X-Amz-Signature=PASSWORD";
        let text = service
            .put(&[function("a", presigned)])
            .unwrap_err()
            .to_string();
        assert!(
            text.contains("its artefact https://host/a.zip lies elsewhere"),
            "{text}"
        );
        assert!(!text.contains("PASSWORD"), "{text}");
    }

    #[test]
    fn a_name_that_came_out_of_a_variable_is_told_as_it_was_written() {
        let service = Service::new();
        service.write("f.zip", &archive(CODE));
        let asks = Function {
            written: Some(vec!["A".into(), "${ssm:/x}".into()]),
            ..only("f", "f.zip", &["A", "hunter2"])
        };
        let text = service.put(&[asks]).unwrap_err().to_string();
        assert_eq!(
            problems_of(&text),
            "functions.f.secretBaker[1]: there is no secret `${ssm:/x}` in custom.secretBaker"
        );
        let forges = only("f", "f.zip", &["x\n  hint: run this"]);
        let text = service.put(&[forges]).unwrap_err().to_string();
        assert_eq!(problems_of(&text).lines().count(), 1, "{text}");
    }

    #[test]
    fn artefacts_that_are_elsewhere_or_nowhere_all_at_once() {
        let service = Service::new();
        let failure = service
            .put(&[
                function("a", "s3://bucket/a.zip"),
                function("b", "HTTPS://host/b.zip"),
            ])
            .unwrap_err();
        assert_eq!(failure.code().as_str(), "SECRET_BAKER_ARTEFACT_REMOTE");
        assert_eq!(failure.problems.len(), 2);
        let text = failure.to_string();
        assert!(
            text.contains("functions.a: its artefact s3://bucket/a.zip lies elsewhere"),
            "{text}"
        );
        let failure = service.put(&[function("c", "dist/c.zip")]).unwrap_err();
        assert_eq!(failure.code().as_str(), "SECRET_BAKER_ARTEFACT_MISSING");
    }
}

mod build_contexts {
    use super::*;

    fn image(name: &str, context: &str, only: Option<&[&str]>) -> Function {
        Function {
            artefact: Artefact::Context(context.into()),
            only: only.map(|names| names.iter().map(ToString::to_string).collect()),
            ..function(name, "")
        }
    }

    fn told(functions: &[Function]) -> Option<String> {
        let failure = Service::new().put(functions).err()?;
        assert_eq!(failure.code().as_str(), "SECRET_BAKER_ARTEFACT_SHARED");
        Some(failure.to_string())
    }

    #[test]
    fn are_shared_by_images_with_the_same_secrets_only() {
        assert_eq!(
            told(&[image("a", "x", None), image("b", "./x", Some(&["B", "A"]))]),
            None
        );
        let text = told(&[image("a", "x", None), image("b", "./x", Some(&["B"]))]).unwrap();
        assert!(
            text.contains("functions.b.secretBaker: its build context"),
            "{text}"
        );
        assert!(
            text.contains("x is that of function `a` too, which carries other secrets\n  hint: give each function an image with a build context of its own"),
            "{text}"
        );
        assert!(!text.contains("individually"), "{text}");
    }

    #[test]
    fn do_not_hold_one_with_secrets_that_they_are_not_to_carry() {
        let narrow = Some(&["B"][..]);
        for right in [
            [image("a", ".", None), image("b", "x", narrow)],
            [image("a", "..", None), image("b", "x", narrow)],
            [image("a", "x", narrow), image("b", "y", Some(&["A"]))],
            [image("a", "x", narrow), image("b", "xy", None)],
            [image("a", "x", narrow), image("b", "x/y", Some(&[]))],
            [image("a", ".", narrow), image("b", "x", narrow)],
        ] {
            assert_eq!(told(&right), None, "{right:?}");
        }
        for (wrong, inner) in [
            (
                [image("b", "x/y", None), image("a", "x", narrow)],
                "that of function `b`",
            ),
            (
                [image("a", ".", narrow), image("b", "x", None)],
                "that of function `b`",
            ),
            (
                [image("a", "..", narrow), image("b", "../y", narrow)],
                "the service's own folder",
            ),
            (
                [image("a", "/", Some(&[])), image("b", "/y", Some(&[]))],
                "the service's own folder",
            ),
        ] {
            let text = told(&wrong).unwrap();
            assert!(
                text.starts_with("functions.a: its build context "),
                "{text}"
            );
            let says = format!(" holds {inner}, where secrets lie that it is not to carry");
            assert!(text.contains(&says), "{text}");
            assert!(text.contains("a build context of its own"), "{text}");
        }
    }

    #[test]
    fn asks_for_names_that_there_are() {
        let service = Service::new();
        let elsewhere = Function {
            artefact: Artefact::Elsewhere,
            ..only("image", "", &["A", "b", "WHAT_IS_THIS"])
        };
        let failure = service.put(&[elsewhere]).unwrap_err();
        assert_eq!(
            problems_of(&failure.to_string()),
            "2 problems:\n  functions.image.secretBaker[1]: there is no secret `b` in custom.secretBaker, did you mean `B`?\n  functions.image.secretBaker[2]: there is no secret `WHAT_IS_THIS` in custom.secretBaker"
        );
    }
}
