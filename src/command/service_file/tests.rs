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

#[track_caller]
fn refused(text: &str) -> String {
    let opened = opened(&[("secret-baker.yml", text)], &Given::default());
    opened.err().unwrap_or_default()
}

#[test]
fn it_is_found_above_and_read_whole() {
    let text = "secrets: [A]\noptions: { default: [] }\nfunctions: { f: { secrets: [A], env: true }, g: }\n";
    let service = opened(&[("secret-baker.yml", text)], &Given::default()).expect("a service");
    assert_eq!(service.config, serde_json::json!(["A"]));
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
        "secret-baker.yml:2: option: there is no `option` here, did you mean `options`?",
        "secret-baker.yml:3: functions.f.secrets: must be",
        "secret-baker.yml:1: secrets[0]",
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
    for (text, told) in [
        ("secrets: [\n", "it is no YAML that can be read"),
        (
            "secrets: [/a/${stage}]\n",
            "a text with `${` stands in quotes",
        ),
        (
            "secrets: []\nsecrets: []\n",
            ":2: the key `secrets` stands twice",
        ),
        ("secrets:\n\t- /a\n", ":2: a tab indents the line"),
        (
            "secrets: []\n---\nsecrets: []\n",
            ":3: a second document begins",
        ),
        ("secrets: [*none]\n", ":1: there is no anchor"),
    ] {
        let said = refused(text);
        assert!(said.contains(told), "{text}: {said}");
    }
    assert!(refused("[a]").contains("a map with `secrets`"));
    let told = opened(&[], &Given::default()).err().unwrap_or_default();
    assert!(told.contains("there is no secret-baker.yml in"), "{told}");
}

#[test]
fn whatever_has_the_name_is_meant_and_none_above_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let below = folder.path().join("below");
    fs::create_dir(&below).expect("a folder");
    fs::write(folder.path().join(FILES[0]), "secrets: [/above]\n").expect("a file");
    let told = || {
        let failure = open(&below, &Given::default()).err();
        failure.map_or_else(String::new, |failure| failure.told(&caller()))
    };
    assert_eq!(told(), "");
    fs::create_dir(below.join(FILES[0])).expect("a folder");
    assert!(told().starts_with("`secret-baker.yml` is a folder, and no file"));
    fs::remove_dir(below.join(FILES[0])).expect("no folder");
    for name in FILES {
        fs::write(below.join(name), "secrets: [/a]\n").expect("a file");
    }
    assert!(
        told().contains("only one of them can be meant"),
        "{}",
        told()
    );
    let file = Some(FILES[1].into());
    let given = Given {
        file,
        ..Given::default()
    };
    assert!(open(&below, &given).is_ok());
}

#[test]
fn what_narrows_names_secrets_that_there_are_and_what_chooses_too() {
    let text = "secrets: { AB: /a }\noptions: { default: [AC], env: { f: [AD=X, '*'] } }\nfunctions:\n  f: { secrets: [NOPE] }\n  g: { env: [AB=Y, ALSO] }\n";
    let told = refused(text);
    for said in [
        ":2: options.default[0]: there is no secret `AC`, did you mean `AB`?",
        ":2: options.env.f[0]: there is no secret `AD`, did you mean `AB`?",
        ":4: functions.f.secrets[0]: there is no secret `NOPE`",
        ":5: functions.g.env[1]: there is no secret `ALSO`",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    for unknown in ["['/app/*']", "[{ sops: a.yaml }]", "{ APP: '/app/*' }"] {
        let text = format!("secrets: {unknown}\nfunctions: {{ f: {{ secrets: [NOPE] }} }}\n");
        assert!(
            opened(&[(FILES[0], &text)], &Given::default()).is_ok(),
            "{unknown}"
        );
    }
}

#[test]
fn a_function_has_the_variables_that_the_settings_say_unless_it_says_so_itself() {
    let of = |env: &str| {
        let text = format!(
            "secrets: [A, B]\noptions: {{ env: {env} }}\nfunctions: {{ f: , g: {{ env: [B] }}, h: {{ env: false }} }}\n"
        );
        let service = opened(&[(FILES[0], &text)], &Given::default()).expect("a service");
        let all = service.functions.into_iter();
        all.map(|function| function.env.map(|env| env.names))
            .collect::<Vec<_>>()
    };
    let names = |name: &str| Some(Some(vec![name.to_owned()]));
    assert_eq!(of("true"), [Some(None), names("B"), None]);
    assert_eq!(of("{ f: [A], h: true }"), [names("A"), names("B"), None]);
    assert_eq!(of("false"), [None, names("B"), None]);
}

#[test]
fn each_setting_is_what_it_should_be_or_a_mistake() {
    let told = refused(
        "secrets: []\noptions: { enabled: 7, check: x, iam: 1, allowInsecureEndpoint: [], env: 3 }\nfunctions: { f: { architecture: z80 } }\n",
    );
    for key in ["enabled", "check", "iam", "allowInsecureEndpoint"] {
        assert!(
            told.contains(&format!("options.{key}: must be true or false")),
            "{key}: {told}"
        );
    }
    assert!(
        told.contains("options.env: must be true, false, or a list"),
        "{told}"
    );
    assert!(
        told.contains("functions.f.architecture: must be x86_64 or arm64"),
        "{told}"
    );
}

#[test]
fn a_list_of_the_frameworks_functions_that_nobody_can_read_is_never_all() {
    let with = |functions: &str| {
        let text = format!("custom: {{ secretBaker: [/a] }}\nfunctions:{functions}\n");
        opened(&[("serverless.yml", &text)], &Given::default())
    };
    let listed = with("\n  - f: { secretBaker: [] }\n  - g: {}\n").expect("a service");
    assert_eq!(listed.functions[0].only, Some(Vec::new()));
    assert_eq!(listed.functions.len(), 2);
    for variable in [
        " ${file(f.yml)}",
        " { f: '${file(f.yml)}' }",
        " ['${file(f.yml)}']",
    ] {
        let told = with(variable).err().unwrap_or_default();
        assert!(
            told.contains("only the framework itself resolves"),
            "{variable}: {told}"
        );
    }
    let told = with(" { f: { secretBakr: [] } }").err().unwrap_or_default();
    assert!(
        told.contains(
            "functions.f.secretBakr: there is no `secretBakr` here, did you mean `secretBaker`?"
        ),
        "{told}"
    );
}
