use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::*;
use crate::failure::tests::problems_of;
use crate::source::survey::{Pin, Told};
use crate::source::tests::{BLOB, KEY, PLAINTEXT, bakes, refuses, tells};

const ALIAS: &str = "arn:aws-cn:kms:cn-north-1:123456789012:alias/app";

#[track_caller]
fn bakes_to(config: &Value, wanted: &Value) {
    assert_eq!(bakes(Path::new("/nowhere"), config), *wanted);
}

#[track_caller]
fn is_refused(config: &Value, code: &str, wanted: &[&str]) {
    for written in [Some(config), None] {
        let (found, problems) = refuses(Path::new("/nowhere"), config, written);
        assert_eq!(problems, wanted);
        assert_eq!(found, code);
    }
}

#[test]
fn each_way_of_writing_it_is_an_entry() {
    let entry = json!({"source": "kms", "ciphertext": BLOB, "key": KEY});
    for config in [
        json!([{"name": "A", "kms": BLOB, "keyArn": KEY}]),
        json!([{"name": "A", "kms": BLOB, "keyArn": KEY, "context": {}}]),
        json!([{"name": "A", "kms": format!("kms::{KEY}::{BLOB}")}]),
        json!({"A": {"kms": BLOB, "keyArn": KEY}}),
        json!({"A": format!("kms::{KEY}::{BLOB}")}),
    ] {
        bakes_to(&config, &json!({"A": entry}));
    }
    bakes_to(
        &json!({"A": {"kms": BLOB, "keyArn": ALIAS, "context": {"b": "1", "a": "2"}}}),
        &json!({"A": {"source": "kms", "ciphertext": BLOB, "key": ALIAS, "context": {"b": "1", "a": "2"}}}),
    );
}

#[test]
fn the_fields_stand_in_the_order_of_the_page() {
    let config = json!({"A": {"context": {"b": "1", "a": "2"}, "keyArn": KEY, "kms": BLOB}});
    let text = bakes(Path::new("/nowhere"), &config).to_string();
    assert_eq!(
        text,
        format!(
            r#"{{"A":{{"source":"kms","ciphertext":"{BLOB}","key":"{KEY}","context":{{"b":"1","a":"2"}}}}}}"#
        )
    );
}

#[test]
fn a_ciphertext_and_an_arn_are_taken_out_of_variables() {
    let config = json!({"A": {"kms": BLOB, "keyArn": KEY}});
    let written = json!({"A": {"kms": "${ssm:/ciphertexts/a}", "keyArn": "${ssm:/keys/app}"}});
    let baked = crate::source::tests::bake(Path::new("/nowhere"), &config, Some(&written));
    assert_eq!(baked.unwrap().0.len(), 1);
}

#[test]
fn what_is_no_ciphertext_is_refused_and_never_shown() {
    let of = |kms: &str| json!([{"name": "A", "kms": kms, "keyArn": KEY}]);
    let code = "SECRET_BAKER_UNKNOWN_CIPHERTEXT";
    let at = |what: &str| {
        format!(
            "custom.secretBaker[0].kms: what stands there {what}, and may be a plaintext secret, so it is not shown"
        )
    };
    is_refused(&of(PLAINTEXT), code, &[&at("is no base64")]);
    is_refused(&of("AQICAHhLbXM"), code, &[&at("is no base64")]);
    is_refused(&of(&format!("{BLOB}\n")), code, &[&at("is no base64")]);
    let plain = STANDARD.encode(PLAINTEXT);
    is_refused(
        &of(&plain),
        code,
        &[&at("begins like no ciphertext of KMS")],
    );
    let message = STANDARD.encode([1, 0x80, 3, 78]);
    is_refused(
        &of(&message),
        code,
        &[&at(
            "is a message of the AWS Encryption SDK, which KMS itself does not open",
        )],
    );
    is_refused(
        &of(&format!("kms::{KEY}::{PLAINTEXT}")),
        "SECRET_BAKER_SEVERAL_PROBLEMS",
        &[
            "custom.secretBaker[0].keyArn: the key is named twice, by `keyArn` and by the text",
            &at("is no base64"),
        ],
    );
}

#[test]
fn a_ciphertext_is_as_long_as_kms_takes_it() {
    let blob = |bytes: usize| {
        let mut blob = vec![0; bytes];
        blob[..2].copy_from_slice(&[1, 2]);
        json!({"A": {"kms": STANDARD.encode(blob), "keyArn": KEY}})
    };
    bakes(Path::new("/nowhere"), &blob(6144));
    is_refused(
        &blob(6145),
        "SECRET_BAKER_CONFIG_INVALID",
        &["custom.secretBaker.A.kms: the ciphertext has 6145 bytes, and KMS takes at most 6144"],
    );
}

#[test]
fn a_key_is_named_once() {
    let code = "SECRET_BAKER_CONFIG_INVALID";
    is_refused(
        &json!([{"name": "A", "kms": BLOB}]),
        code,
        &["custom.secretBaker[0]: has no `keyArn`"],
    );
    is_refused(
        &json!([{"name": "A", "kms": BLOB, "keyarn": KEY}]),
        code,
        &["custom.secretBaker[0]: unknown key `keyarn`, did you mean `keyArn`?"],
    );
    is_refused(
        &json!([{"name": "A", "kms": format!("kms::{KEY}::{BLOB}"), "keyArn": KEY}]),
        code,
        &["custom.secretBaker[0].keyArn: the key is named twice, by `keyArn` and by the text"],
    );
    is_refused(
        &json!({"A": format!("kms::{BLOB}")}),
        code,
        &[
            "custom.secretBaker.A: a text that begins with `kms::` goes on with a key's ARN, `::` and a ciphertext in base64, and this one does not",
        ],
    );
}

#[test]
fn a_key_that_is_no_arn_is_shown_where_it_was_written_so() {
    let config = json!([{"name": "A", "kms": BLOB, "keyArn": "alias/app"}]);
    let (code, problems) = refuses(Path::new("/nowhere"), &config, Some(&config));
    assert_eq!(code, "SECRET_BAKER_CONFIG_INVALID");
    assert_eq!(
        problems,
        ["custom.secretBaker[0].keyArn: `alias/app` is no ARN of a key or alias of KMS"]
    );
    let config = json!([{"name": "A", "kms": BLOB, "keyArn": PLAINTEXT}]);
    let written = json!([{"name": "A", "kms": BLOB, "keyArn": "${env:KEY}"}]);
    let (_, problems) = refuses(Path::new("/nowhere"), &config, Some(&written));
    assert_eq!(
        problems,
        [
            "custom.secretBaker[0].keyArn: what `${env:KEY}` gives is not the ARN of a key of KMS, and may be a secret, so it is not shown"
        ]
    );
}

#[test]
fn a_text_alone_has_no_name() {
    let config = json!([format!("kms::{KEY}::{BLOB}")]);
    let failure = crate::source::tests::bake(Path::new("/nowhere"), &config, None).unwrap_err();
    assert_eq!(
        problems_of(&failure.to_string()),
        "custom.secretBaker[0]: has no `name`\n  hint: write `{ name: MY_SECRET, kms: ... }`"
    );
}

#[test]
fn all_mistakes_of_an_entry_are_told_at_once() {
    is_refused(
        &json!([{"kms": PLAINTEXT, "context": "x"}]),
        "SECRET_BAKER_SEVERAL_PROBLEMS",
        &[
            "custom.secretBaker[0]: has no `name`",
            "custom.secretBaker[0]: has no `keyArn`",
            "custom.secretBaker[0].kms: what stands there is no base64, and may be a plaintext secret, so it is not shown",
            "custom.secretBaker[0].context: must be an object of texts, such as `{ service: billing }`",
        ],
    );
}

#[test]
fn the_function_needs_kms_on_the_key() {
    let mut source = Kms::default();
    source.keys.extend(KeyArn::of(KEY));
    let needs = source.permissions();
    assert_eq!(needs.len(), 1);
    assert_eq!(
        (needs[0].who, needs[0].action, needs[0].on.as_str()),
        (Who::Function, "kms:Decrypt", KEY)
    );
}

#[test]
fn its_key_is_told_and_nothing_is_called() {
    let config = json!({"A": format!("kms::{KEY}::{BLOB}")});
    let told = tells(Path::new("/nowhere"), &config);
    assert_eq!((told[0].source, told[0].from.as_str()), ("kms", KEY));
    assert_eq!((&told[0].pin, &told[0].region), (&Pin::Here, &None));
    assert_eq!(told[0].keys, Told::Known(vec![KEY.to_owned()]));
    let meant = told[0].meant.as_ref().unwrap().known().unwrap();
    assert_eq!((&meant.id, meant.key.as_deref()), (&None, Some(KEY)));
}
