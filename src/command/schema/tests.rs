use super::*;

#[test]
fn each_source_has_its_entries_by_its_own_key() {
    let schema = schema(Config::SecretBaker);
    let items = &schema["definitions"]["secrets"]["anyOf"][1]["items"]["anyOf"];
    let required: Vec<_> = items
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|item| item["required"][0].as_str())
        .collect();
    let sources = source::all(&Deployment::default());
    let keys: Vec<_> = sources.iter().map(|source| source.keys().own).collect();
    assert_eq!(required, keys);
}

#[test]
fn a_source_describes_its_own_key_first() {
    for source in source::all(&Deployment::default()) {
        let keys = source.keys();
        assert_eq!(keys.fields.first().map(|field| field.key), Some(keys.own));
    }
}

#[test]
fn each_setting_has_a_form() {
    let schema = schema(Config::Serverless);
    let settings = &schema["definitions"]["options"]["anyOf"][0]["properties"];
    for setting in SETTINGS {
        assert!(settings[setting.key].is_object(), "{}", setting.key);
    }
}
