use crate::artefact::fixture::*;
use crate::failure::tests::problems_of;

mod foresees {
    use super::*;

    #[test]
    fn names_that_there_are_not_before_any_zip_is_there() {
        let service = Service::new();
        let functions = [
            only("f", "not/there/yet.zip", &["A", "b"]),
            function("g", "s3://bucket/g.zip"),
        ];
        let failure = service.foresee(&functions).unwrap_err();
        assert_eq!(
            problems_of(&failure.to_string()),
            "functions.f.secretBaker[1]: there is no secret `b` in custom.secretBaker, did you mean `B`?"
        );
        service.foresee(&[only("f", "yet.zip", &["B"])]).unwrap();
    }

    #[test]
    fn variables_that_cannot_be_without_their_launcher() {
        let service = Service::new();
        let nowhere = service.dir().join("nowhere.gz");
        let wants = |words: &[&str]| [env(function("f", "f.zip"), Some(words), &nowhere)];
        let failure = service.foresee(&wants(&["A=AWS_REGION"])).unwrap_err();
        assert_eq!(failure.code().as_str(), "SECRET_BAKER_CONFIG_INVALID");
        service.foresee(&wants(&["A=MINE"])).unwrap();
    }

    #[test]
    fn build_contexts_that_hold_too_much_and_writes_nothing() {
        let service = Service::new();
        let image = |name: &str, context: &str, names: &[&str]| Function {
            artefact: Artefact::Context(context.into()),
            ..only(name, "", names)
        };
        let failure = service
            .foresee(&[image("a", "x", &["A"]), image("b", "x/y", &["B"])])
            .unwrap_err();
        assert_eq!(failure.code().as_str(), "SECRET_BAKER_ARTEFACT_SHARED");
        service
            .foresee(&[image("a", "x", &["A"]), image("b", "y", &["B"])])
            .unwrap();
        assert_eq!(service.names("."), [".serverless"]);
        assert!(service.names(".serverless").is_empty());
    }
}
