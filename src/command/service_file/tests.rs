use std::fs;

use super::*;

fn opened(files: &[(&str, &str)], given: &Given) -> Result<Service, String> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    let below = folder.path().join("below");
    fs::create_dir(&below).expect("a folder");
    open(&below, given).map_err(|failure| failure.told(&caller()))
}

fn refused(text: &str) -> String {
    let opened = opened(&[("secret-baker.yml", text)], &Given::default());
    opened.err().unwrap_or_default()
}

#[test]
fn it_is_found_above_and_read_whole() {
    let text = "secrets: [/a/b]\noptions: { default: [] }\nfunctions: { f: { secrets: [A], env: true }, g: }\n";
    let service = opened(&[("secret-baker.yml", text)], &Given::default()).expect("a service");
    assert_eq!(service.config, serde_json::json!(["/a/b"]));
    let only = |index: usize| service.functions[index].only.clone();
    assert_eq!(only(0), Some(vec!["A".to_owned()]));
    assert_eq!(only(1), Some(Vec::new()), "what all have that say nothing");
    let env = service.functions[0].env.as_ref().expect("variables");
    assert_eq!(
        (env.names.as_ref(), env.place.to_string().as_str()),
        (None, "functions.f.env")
    );
}

#[test]
fn all_mistakes_are_told_at_once_those_of_the_secrets_too() {
    let told =
        refused("secrets: [{ name: A, pth: /a }]\noption: {}\nfunctions: { f: { secrets: A } }\n");
    for place in [
        "there is no `option` here, did you mean `options`?",
        "functions.f.secrets: must be",
        "secrets[0]",
    ] {
        assert!(told.contains(place), "{place}: {told}");
    }
}

#[test]
fn the_stage_stands_where_its_variable_is_and_no_other_variable_does() {
    let text = "secrets: { A: '/x/${stage}/a' }\n";
    let stage = |stage: &str| Given {
        stage: Some(stage.into()),
        ..Given::default()
    };
    let service = opened(&[("secret-baker.yml", text)], &stage("prod")).expect("a service");
    assert_eq!(service.config, serde_json::json!({"A": "/x/prod/a"}));
    assert!(refused(text).contains("no stage is given"));
    let told = opened(&[("secret-baker.yml", text)], &stage("a/b")).err();
    assert!(told.is_some_and(|told| told.contains("the stage has other characters")));
    let told = refused("secrets: { A: '${env:X}' }\n");
    assert!(
        told.contains("`${env:X}` is no variable of this file"),
        "{told}"
    );
}

#[test]
fn the_frameworks_config_is_read_as_far_as_it_needs_no_framework() {
    let plain = "custom: { secretBaker: [/a] }\nprovider: { region: eu-west-1 }\nfunctions: { f: { secretBaker: [] } }\n";
    let service = opened(&[("serverless.yml", plain)], &Given::default()).expect("a service");
    assert_eq!(service.connection.region.as_deref(), Some("eu-west-1"));
    assert_eq!(service.functions[0].only, Some(Vec::new()));
    let variable = "custom: { secretBaker: ['/a/${sls:stage}'] }\n";
    for (name, text) in [
        ("serverless.yml", variable),
        ("serverless.ts", "export default {}"),
    ] {
        let told = opened(&[(name, text)], &Given::default())
            .err()
            .unwrap_or_default();
        assert!(
            told.contains("only the framework itself resolves"),
            "{told}"
        );
        assert!(told.contains("`serverless secret-baker`"), "{told}");
    }
    let told = opened(
        &[("serverless.yml", "custom: { secretBakr: [/a] }\n")],
        &Given::default(),
    );
    let told = told.err().unwrap_or_default();
    assert!(told.contains("did you mean `secretBaker`?"), "{told}");
}

#[test]
fn what_is_no_yaml_or_nowhere_is_told() {
    assert!(refused("secrets: [\n").contains("is no YAML that can be read"));
    assert!(refused("[a]").contains("a map with `secrets`"));
    let told = opened(&[], &Given::default()).err().unwrap_or_default();
    assert!(told.contains("there is no secret-baker.yml in"), "{told}");
}
