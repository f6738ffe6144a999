use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::failure::shown::Shown;
use crate::source::survey::{Pin, Told};
use crate::source::tests::{BLOB, KEY, PLAINTEXT, bake, bakes, refuses, tells};

const OTHER: &str = "arn:aws:kms:us-east-1:210987654321:alias/app";

fn enc(data: &str, kind: &str) -> String {
    format!("ENC[AES256_GCM,data:{data},iv:aXY=,tag:MDEyMzQ1Njc4OWFiY2RlZg==,type:{kind}]")
}

fn entry(data: &str, aad: &str, kind: &str, keys: &Value) -> Value {
    json!({"source": "sops", "value": data, "iv": "aXY=", "tag": "MDEyMzQ1Njc4OWFiY2RlZg==", "aad": aad, "type": kind, "keys": keys})
}

fn one_key() -> Value {
    json!([{"arn": KEY, "ciphertext": BLOB}])
}

/// A folder with files: a whole one of each format, and what tests want beside.
fn folder(others: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let (a, b) = (enc("YQ==", "str"), enc("Yg==", "int"));
    write(
        "a.yaml",
        &format!(
            "db:\n  password: {a}\n  ports: [{b:?}, 5432]\n  host_unencrypted: localhost\nnone: \"\"\nleak: {PLAINTEXT}\nsops:\n  kms:\n  - {{arn: '{KEY}', enc: {BLOB}}}\n"
        ),
    );
    let sops = json!({"kms": [{"arn": KEY, "enc": BLOB, "context": {"b": "1", "a": "2"}}, {"arn": OTHER, "enc": BLOB, "context": {}}]});
    write(
        "a.json",
        &json!({"db": {"password": a}, "list": [a, b], "sops": sops}).to_string(),
    );
    write(
        "a.env",
        &format!(
            "PASSWORD={a}\nsops_kms__list_0__map_arn={KEY}\nsops_kms__list_0__map_enc={BLOB}\n"
        ),
    );
    write(
        "a.pem",
        &json!({"data": enc("YQ==", "bytes"), "sops": sops}).to_string(),
    );
    for (name, text) in others {
        write(name, text);
    }
    folder
}

/// A YAML file with one value under these metadata.
fn with(sops: &Value) -> String {
    json!({"a": enc("YQ==", "str"), "sops": sops}).to_string()
}

#[track_caller]
fn is_refused(folder: &Path, config: &Value, code: &str, wanted: &[&str]) {
    let (found, problems) = refuses(folder, config, Some(config));
    assert_eq!(problems, wanted);
    assert_eq!(found, code);
}

#[test]
fn a_value_of_each_format_is_an_entry() {
    let folder = folder(&[]);
    let both = json!([{"arn": KEY, "ciphertext": BLOB, "context": {"b": "1", "a": "2"}}, {"arn": OTHER, "ciphertext": BLOB}]);
    let baked = bakes(
        folder.path(),
        &json!([
            {"name": "A", "sops": "a.yaml", "field": "db.password"},
            {"name": "B", "sops": "a.yaml", "field": "db.ports.0"},
            {"name": "C", "sops": "./a.json", "field": "list.1"},
            {"name": "D", "sops": "a.env", "field": "PASSWORD"},
            {"name": "E", "sops": "a.pem"},
        ]),
    );
    let wanted = json!({
        "A": entry("YQ==", "db:password:", "str", &one_key()),
        "B": entry("Yg==", "db:ports:", "int", &one_key()),
        "C": entry("Yg==", "list:", "int", &both),
        "D": entry("YQ==", "PASSWORD:", "str", &one_key()),
        "E": entry("YQ==", "data:", "bytes", &both),
    });
    assert_eq!(
        baked.to_string(),
        wanted.to_string(),
        "the order of fields too"
    );
    assert_eq!(
        bakes(
            folder.path(),
            &json!({"A": {"sops": "a.yaml", "field": "db.password"}, "E": {"sops": "a.pem"}})
        ),
        json!({"A": wanted["A"], "E": wanted["E"]})
    );
}

#[test]
fn a_file_alone_is_all_its_encrypted_values_by_their_paths() {
    let config = json!([{"sops": "a.yaml"}, {"sops": "a.env"}]);
    let folder = folder(&[]);
    let (sealed, notices) = bake(folder.path(), &config, Some(&config)).unwrap();
    let names: Vec<_> = sealed
        .iter()
        .map(|one| (one.name.value(), one.from.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("db.password", "a.yaml: db.password"),
            ("db.ports.0", "a.yaml: db.ports.0"),
            ("PASSWORD", "a.env: PASSWORD")
        ]
    );
    assert_eq!(
        notices,
        [
            "`a.yaml` holds in plaintext, against its own rules: `db.ports.1`, `leak`; that is not baked, and whoever reads the repository reads it",
            "`a.yaml` holds nothing at: `none`; SOPS does not encrypt that, so it is not baked",
        ]
    );
}

#[test]
fn names_that_meet_are_told() {
    let config =
        json!([{"name": "PASSWORD", "sops": "a.yaml", "field": "db.password"}, {"sops": "a.env"}]);
    is_refused(
        folder(&[]).path(),
        &config,
        "SECRET_BAKER_CONFIG_INVALID",
        &["custom.secretBaker[1]: the name `PASSWORD` is already used by custom.secretBaker[0]"],
    );
}

#[test]
fn what_an_entry_lacks_is_told_before_its_file_is_read() {
    let code = "SECRET_BAKER_CONFIG_INVALID";
    let nowhere = Path::new("/nowhere");
    is_refused(
        nowhere,
        &json!([
            {"sops": "a.yaml", "field": "b"},
            {"name": "A", "sops": "a.yaml"},
            {"name": "B", "sops": "a.pem", "field": "b"},
            {"sops": "a.pem"},
            {"name": "C", "sops": "a.yaml", "feild": "b"},
            {"name": "D", "sops": 5, "field": []},
        ]),
        code,
        &[
            "custom.secretBaker[0]: has no `name`",
            "custom.secretBaker[1]: has no `field`",
            "custom.secretBaker[2].field: `a.pem` is binary by its name, which makes it one secret: it has no fields",
            "custom.secretBaker[3]: `a.pem` is binary by its name, which makes it one secret, and has no `name` here",
            "custom.secretBaker[4]: unknown key `feild`, did you mean `field`?",
            "custom.secretBaker[5].sops: must be a string, not a number",
            "custom.secretBaker[5].field: must be a string, not a list",
        ],
    );
}

#[test]
fn what_a_variable_gives_is_taken_if_it_looks_like_a_file_or_field() {
    let folder = folder(&[]);
    let config = json!([{"name": "A", "sops": "a.yaml", "field": "db.password"}]);
    let written = json!([{"name": "A", "sops": "${opt:stage}.yaml", "field": "db.${param:field}"}]);
    assert_eq!(
        bake(folder.path(), &config, Some(&written))
            .unwrap()
            .0
            .len(),
        1
    );
    let config = json!([{"name": "A", "sops": PLAINTEXT, "field": PLAINTEXT}]);
    let written = json!([{"name": "A", "sops": "${env:FILE}", "field": "${ssm:/a}"}]);
    let (_, problems) = refuses(folder.path(), &config, Some(&written));
    assert_eq!(
        problems,
        [
            "custom.secretBaker[0].sops: what `${env:FILE}` gives is not the path of a file of SOPS, and may be a secret, so it is not shown",
            "custom.secretBaker[0].field: `${ssm:/a}` gives a secret, and a field of a file of SOPS belongs here",
        ]
    );
}

#[test]
fn what_a_variable_gives_may_be_a_password_though_it_looks_like_a_file_or_field() {
    let folder = folder(&[]);
    let config = json!([
        {"name": "A", "sops": "a.yaml", "field": "hunter2"},
        {"name": "B", "sops": "Pass.w0rd.yaml", "field": "b"},
    ]);
    let written = json!([
        {"name": "A", "sops": "a.yaml", "field": "${env:FIELD}"},
        {"name": "B", "sops": "${env:FILE}", "field": "b"},
    ]);
    let (_, problems) = refuses(folder.path(), &config, Some(&written));
    assert_eq!(
        problems,
        [
            "custom.secretBaker[0].field: `a.yaml` has no field `${env:FIELD}`",
            "custom.secretBaker[1].sops: there is no file `${env:FILE}` in the service's folder",
        ]
    );
}

#[test]
fn a_rule_is_read_once_for_all_plaintexts_of_a_file() {
    use std::fmt::Write as _;
    let mut text = format!("a: {}\n", enc("YQ==", "str"));
    for n in 0..50_000 {
        writeln!(text, "k{n}: 1").unwrap();
    }
    let regex = "(a{1,99}){1,9}|".repeat(9);
    write!(
        text,
        "sops:\n  kms: [{{arn: '{KEY}', enc: {BLOB}}}]\n  encrypted_regex: '{regex}z'\n"
    )
    .unwrap();
    let folder = folder(&[("many.yaml", text)]);
    let config = json!([{ "sops": "many.yaml" }]);
    let started = std::time::Instant::now();
    let (sealed, _) = bake(folder.path(), &config, None).unwrap();
    assert_eq!(sealed.len(), 1);
    // Once for each value took minutes.
    assert!(started.elapsed().as_secs() < 60);
}

#[test]
fn a_field_that_is_no_ciphertext_is_told_at_its_place() {
    let folder = folder(&[(
        "b.yaml",
        format!(
            "twice.a: {0}\ntwice:\n  a: {0}\nbroken: ENC[AES256_GCM,data:x]\nsops:\n  kms: [{{arn: '{KEY}', enc: {BLOB}}}]\n",
            enc("YQ==", "str")
        ),
    )]);
    let of = |file: &str, field: &str| json!({"name": format!("{file} {field}"), "sops": file, "field": field});
    let config = json!([
        of("a.yaml", "db.pasword"),
        of("a.yaml", "nowhere.near"),
        of("a.yaml", "db"),
        of("a.yaml", "db.host_unencrypted"),
        of("a.yaml", "leak"),
        of("a.yaml", "none"),
        of("b.yaml", "twice.a"),
        of("b.yaml", "broken"),
        of("a.yaml", "sops.kms"),
    ]);
    is_refused(
        folder.path(),
        &config,
        "SECRET_BAKER_SEVERAL_PROBLEMS",
        &[
            "custom.secretBaker[0].field: `a.yaml` has no field `db.pasword`, did you mean `db.password`?",
            "custom.secretBaker[1].field: `a.yaml` has no field `nowhere.near`",
            "custom.secretBaker[2].field: field `db` of `a.yaml` is a map or a list, which has `db.password`, `db.ports.0`, `db.ports.1`, `db.host_unencrypted`",
            "custom.secretBaker[3].field: field `db.host_unencrypted` of `a.yaml` is not encrypted, so it is not baked",
            "custom.secretBaker[4].field: field `leak` of `a.yaml` is not encrypted, so it is not baked",
            "custom.secretBaker[5].field: field `none` of `a.yaml` is empty, and SOPS does not encrypt what is empty",
            "custom.secretBaker[6].field: `b.yaml` has two values called `twice.a`, one of them by a key with a `.` in it",
            "custom.secretBaker[7].field: field `broken` of `b.yaml` is not written as SOPS writes a ciphertext",
            "custom.secretBaker[8].field: `a.yaml` has no field `sops.kms`",
        ],
    );
}

#[test]
fn plaintext_by_a_rule_and_plaintext_by_mistake_have_their_own_remedies() {
    let folder = folder(&[]);
    for (field, hint) in [
        (
            "db.host_unencrypted",
            "hint: its key is one that SOPS is told to leave in plaintext",
        ),
        (
            "leak",
            "hint: somebody has written it without SOPS: take it out, and write another value by: sops edit a.yaml",
        ),
    ] {
        let config = json!([{"name": "A", "sops": "a.yaml", "field": field}]);
        let failure = bake(folder.path(), &config, Some(&config)).unwrap_err();
        assert!(failure.to_string().contains(hint), "{failure}");
        assert_eq!(failure.code().as_str(), "SECRET_BAKER_NOT_ENCRYPTED");
    }
}

#[test]
fn a_file_that_no_function_opens_is_told_once_at_the_first_that_names_it() {
    let age = json!([{"recipient": "age1", "enc": "x"}]);
    let key = |arn: &str, enc: &str| json!({"kms": [{"arn": KEY, "enc": BLOB}, {"arn": arn, "enc": enc}]});
    let many: Vec<_> = (0..17).map(|_| json!({"arn": KEY, "enc": BLOB})).collect();
    for (sops, why) in [
        (
            json!({"kms": [{"arn": KEY, "enc": BLOB}], "shamir_threshold": 2}),
            "needs keys of several groups at once (`shamir_threshold`, `key_groups`), and a function opens it by one key of KMS",
        ),
        (
            json!({"key_groups": [{}, {}]}),
            "needs keys of several groups at once (`shamir_threshold`, `key_groups`), and a function opens it by one key of KMS",
        ),
        (
            json!({}),
            "has no key of KMS, which is what a function opens it by, but none at all",
        ),
        (
            json!({"age": age}),
            "has no key of KMS, which is what a function opens it by, but age alone",
        ),
        (
            json!({"age": age, "pgp": [{}], "kms": []}),
            "has no key of KMS, which is what a function opens it by, but age, pgp",
        ),
        (
            json!({"kms": many}),
            "has 17 keys of KMS, and whatever opens it takes at most 16",
        ),
        (
            key("alias/app", BLOB),
            "has as `arn` of its key 2 of KMS what is no ARN of a key or alias: `alias/app`",
        ),
        (
            key(KEY, "hunter2"),
            "has as `enc` of its key 2 of KMS what is no base64",
        ),
        (
            key(KEY, "AYAD"),
            "has as `enc` of its key 2 of KMS what is a message of the AWS Encryption SDK, which KMS itself does not open",
        ),
        (
            json!({"kms": {}}),
            "has metadata that SOPS has not written so: `kms`",
        ),
    ] {
        let folder = folder(&[("b.yaml", with(&sops))]);
        let config = json!([
            {"name": "A", "sops": "a.yaml", "field": "db.password"},
            {"name": "B", "sops": "b.yaml", "field": "a"},
            {"name": "C", "sops": "b.yaml", "field": "b"},
            {"sops": "b.yaml"},
        ]);
        let told = format!("custom.secretBaker[1].sops: `b.yaml` {why}");
        is_refused(
            folder.path(),
            &config,
            "SECRET_BAKER_FILE_INVALID",
            &[&told],
        );
    }
    let folder = folder(&[("b.yaml", with(&json!({"kms": many[..16]})))]);
    bakes(folder.path(), &json!([{"sops": "b.yaml"}]));
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_config() {
    let folder = folder(&[
        ("b.yaml", PLAINTEXT.into()),
        ("c.yaml", "password: hunter2\n".into()),
    ]);
    fs::write(folder.path().join("a.ini"), "[sops]").unwrap();
    fs::create_dir(folder.path().join("folder.yaml")).unwrap();
    is_refused(
        folder.path(),
        &json!([
            {"name": "A", "sops": "none.yaml", "field": "a"},
            {"name": "B", "sops": "a.yaml", "field": "b"},
            {"name": "C", "sops": "b.yaml", "field": "c"},
            {"sops": "c.yaml"},
            {"name": "E", "sops": "folder.yaml", "field": "e"},
            {"sops": "a.ini"},
        ]),
        "SECRET_BAKER_SEVERAL_PROBLEMS",
        &[
            "custom.secretBaker[0].sops: there is no file `none.yaml` in the service's folder",
            "custom.secretBaker[1].field: `a.yaml` has no field `b`",
            "custom.secretBaker[2].sops: `b.yaml` holds something other than a map",
            "custom.secretBaker[3].sops: `c.yaml` is no file of SOPS: it has no `sops` in it that tells by which keys it is encrypted",
            "custom.secretBaker[4].sops: `folder.yaml` is a folder, and no file",
            "custom.secretBaker[5].sops: `a.ini` is an INI file, which is not read",
        ],
    );
}

#[test]
fn a_file_without_a_ciphertext_gives_nothing() {
    let sops = json!({"kms": [{"arn": KEY, "enc": BLOB}]});
    let folder = folder(&[
        ("b.yaml", json!({"a": "", "sops": sops}).to_string()),
        (
            "c.yaml",
            json!({"": enc("YQ==", "str"), "b": "ENC[", "sops": sops}).to_string(),
        ),
    ]);
    is_refused(
        folder.path(),
        &json!([{"sops": "b.yaml"}]),
        "SECRET_BAKER_FIELD_NOT_FOUND",
        &["custom.secretBaker[0].sops: `b.yaml` has no encrypted value"],
    );
    is_refused(
        folder.path(),
        &json!([{"sops": "c.yaml"}]),
        "SECRET_BAKER_FILE_INVALID",
        &[
            "custom.secretBaker[0].sops: `c.yaml` has an encrypted value whose key is blank, which is no name",
            "custom.secretBaker[0].sops: field `b` of `c.yaml` is not written as SOPS writes a ciphertext",
        ],
    );
}

#[test]
fn a_role_that_sops_assumes_is_told() {
    let sops = json!({"kms": [{"arn": KEY, "enc": BLOB, "role": "arn:aws:iam::123456789012:role/x", "aws_profile": "p"}]});
    let folder = folder(&[("b.yaml", with(&sops))]);
    let config = json!([{"name": "A", "sops": "b.yaml", "field": "a"}]);
    let (_, notices) = bake(folder.path(), &config, Some(&config)).unwrap();
    assert_eq!(
        notices,
        [format!(
            "`b.yaml` names the role `arn:aws:iam::123456789012:role/x` for `{KEY}`: a function assumes none, so its own role needs kms:Decrypt on that key"
        )]
    );
}

/// Files that other programs have written: what they hold, as those programs see it.
#[test]
fn files_of_other_programs_are_read_as_these_read_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../__test__/vectors/sops");
    let list = fs::read(folder.join("files.json")).unwrap();
    let list: Vec<Value> = serde_json::from_slice(&list).unwrap();
    let mut seen = Vec::new();
    for about in &list {
        let name = about["file"].as_str().unwrap();
        let read = SopsFile::read(&folder, &Text::public(name));
        if name == "go-documents.yaml" {
            let why = read.unwrap_err().to_string();
            assert!(
                why.starts_with("`go-documents.yaml` has several documents"),
                "{why}"
            );
            continue;
        }
        if about.get("refused").is_some() {
            let shown = Shown::of(name);
            let why = match &read {
                Ok(file) => Sealing::of(&shown, file).err().unwrap().to_string(),
                Err(why) => why.to_string(),
            };
            seen.push((name, why));
            continue;
        }
        let file = read.unwrap();
        let keys = file.metadata.kms.iter().map(|key| {
            let mut one = json!({"arn": key.arn, "enc": key.enc});
            if !key.context.is_empty() {
                one["context"] = json!(key.context);
            }
            one
        });
        assert_eq!(keys.collect::<Value>(), about["keys"], "{name}");
        let leaves = file.leaves.iter().filter_map(|leaf| match &leaf.value {
            leaf::Value::Encrypted(encrypted) => Some(
                [
                    &leaf.path,
                    &leaf.aad,
                    &encrypted.value,
                    &encrypted.iv,
                    &encrypted.tag,
                    encrypted.kind.as_str(),
                ]
                .map(str::to_owned),
            ),
            _ => None,
        });
        let wanted = about["leaves"].as_array().unwrap().iter().map(|leaf| {
            ["field", "aad", "value", "iv", "tag", "type"]
                .map(|key| leaf[key].as_str().unwrap().to_owned())
        });
        assert_eq!(
            leaves.collect::<Vec<_>>(),
            wanted.collect::<Vec<_>>(),
            "{name}"
        );
        let plain = file
            .leaves
            .iter()
            .filter(|leaf| matches!(leaf.value, leaf::Value::Plain | leaf::Value::Empty));
        let plain: Vec<_> = plain.map(|leaf| leaf.path.as_str()).collect();
        assert_eq!(json!(plain), about["plaintext"], "{name}");
        assert!(
            file.leaves
                .iter()
                .all(|leaf| leaf.value != leaf::Value::Plain
                    || file.metadata.rule.allows_plaintext()(&leaf.aad)),
            "{name}"
        );
    }
    assert_eq!(
        seen,
        [
            ("go-age.yaml", "`go-age.yaml` has no key of KMS, which is what a function opens it by, but age alone".to_owned()),
            ("go-values.ini", "`go-values.ini` is an INI file, which is not read".to_owned()),
            ("go-shamir.yaml", "`go-shamir.yaml` needs keys of several groups at once (`shamir_threshold`, `key_groups`), and a function opens it by one key of KMS".to_owned()),
        ]
    );
}

#[test]
fn its_keys_are_told_of_each_value_or_why_a_bake_would_not_take_it() {
    let config = json!([
        { "name": "A", "sops": "a.json", "field": "db.password" },
        { "sops": "a.yaml" },
        { "name": "GONE", "sops": "a.yaml", "field": "db.pasword" },
        { "name": "LEAK", "sops": "a.yaml", "field": "leak" },
        { "name": "NOWHERE", "sops": "none.yaml", "field": "a" },
        { "sops": "none.yaml" },
    ]);
    let told = tells(folder(&[]).path(), &config);
    let line = |of: &crate::source::survey::Survey| {
        let meant = of
            .meant
            .as_ref()
            .err()
            .map_or("fine".into(), |why| why.why.code().as_str());
        format!("{} {} {meant}", of.index, of.name.value())
    };
    assert_eq!(
        told.iter().map(line).collect::<Vec<_>>(),
        [
            "0 A fine",
            "1 db.password fine",
            "1 db.ports.0 fine",
            "2 GONE SECRET_BAKER_FIELD_NOT_FOUND",
            "3 LEAK SECRET_BAKER_NOT_ENCRYPTED",
            "4 NOWHERE SECRET_BAKER_FILE",
            "5 none.yaml SECRET_BAKER_FILE",
        ]
    );
    let both = vec![KEY.to_owned(), OTHER.to_owned()];
    assert_eq!(
        (&told[0].pin, &told[0].keys),
        (&Pin::Here, &Told::Known(both))
    );
    assert_eq!(told[0].from.as_str(), "a.json: db.password");
    assert_eq!(told[3].from.as_str(), "a.yaml: db.pasword");
    assert_eq!(told[4].keys, Told::Unasked);
}
