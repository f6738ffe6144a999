use std::fs;

use super::*;
use crate::source::sops::leaf::Kind;

const KEY: &str = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd";

fn enc(kind: &str) -> String {
    format!("ENC[AES256_GCM,data:c2VhbGVk,iv:aXY=,tag:MDEyMzQ1Njc4OWFiY2RlZg==,type:{kind}]")
}

/// What a file of that name and text reads as.
fn read(name: &str, text: impl AsRef<[u8]>) -> Result<SopsFile, BadFile> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    SopsFile::read(folder.path(), &Text::public(name))
}

fn said(read: Result<SopsFile, BadFile>) -> (&'static str, String) {
    let bad = read.unwrap_err();
    (bad.code().as_str(), bad.to_string())
}

fn kms() -> String {
    format!(
        "sops:\n  kms:\n    - arn: {KEY}\n      enc: AQICAHhLbXM=\n      aws_profile: \"\"\n  age: null\n  mac: {}\n  version: 3.13.0\n",
        enc("str")
    )
}

#[test]
fn a_yaml_file_is_its_leaves_and_its_keys() {
    let text = format!(
        "#ENC[AES256_GCM,data:Yw==,type:comment]\ndb:\n  password: {}\n  hosts:\n    - {}\n    - plain\n  port: 5432\nnone: null\nempty: \"\"\n{}",
        enc("str"),
        enc("int"),
        kms()
    );
    let file = read("a.yaml", text).unwrap();
    let leaves: Vec<_> = file
        .leaves
        .iter()
        .map(|leaf| (leaf.path.as_str(), leaf.aad.as_str()))
        .collect();
    assert_eq!(
        leaves,
        [
            ("db.password", "db:password:"),
            ("db.hosts.0", "db:hosts:"),
            ("db.hosts.1", "db:hosts:"),
            ("db.port", "db:port:"),
            ("none", "none:"),
            ("empty", "empty:")
        ]
    );
    let leaf::Value::Encrypted(first) = &file.leaves[1].value else {
        panic!("{:?}", file.leaves)
    };
    assert_eq!(
        (first.value.as_str(), first.iv.as_str(), first.kind),
        ("c2VhbGVk", "aXY=", Kind::Int)
    );
    let others: Vec<_> = file.leaves[2..]
        .iter()
        .map(|leaf| leaf.value.clone())
        .collect();
    assert_eq!(
        others,
        [
            leaf::Value::Plain,
            leaf::Value::Plain,
            leaf::Value::Empty,
            leaf::Value::Empty
        ]
    );
    assert_eq!(file.metadata.kms.len(), 1);
    assert_eq!(file.metadata.kms[0].arn, KEY);
    assert!(!file.metadata.needs_several());
}

#[test]
fn a_file_without_metadata_is_none_of_sops_and_nothing_of_it_is_told() {
    for (name, text) in [
        ("a.yaml", "password: hunter2\n"),
        ("a.json", "{\"password\":\"hunter2\"}"),
        ("a.env", "PASSWORD=hunter2\n"),
        ("a.bin", "{\"data\":\"hunter2\"}"),
    ] {
        let (code, text) = said(read(name, text));
        assert_eq!(code, "SECRET_BAKER_FILE_INVALID");
        assert_eq!(
            text,
            format!(
                "`{name}` is no file of SOPS: it has no `sops` in it that tells by which keys it is encrypted"
            )
        );
    }
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    for (name, text) in [
        ("a.yaml", kms()),
        ("a.json", "{\"sops\":{}}".into()),
        ("a.env", "sops_mac=m\n".into()),
    ] {
        assert!(read(name, format!("\u{feff}{text}")).is_ok(), "{name}");
    }
}

#[test]
fn what_is_no_file_of_sops_is_told_without_a_word_of_it() {
    let code = "SECRET_BAKER_FILE_INVALID";
    for (name, text, wanted) in [
        ("a.yaml", b"".as_slice(), "`a.yaml` is empty"),
        ("a.json", b"\xef\xbb\xbf \n", "`a.json` is empty"),
        ("a.env", b"P=\xff", "`a.env` is no text in UTF-8"),
        (
            "a.pem",
            b"-----BEGIN hunter2",
            "`a.pem` is not written as its format wants it, in line 1",
        ),
        (
            "a.ini",
            b"[sops]",
            "`a.ini` is an INI file, which is not read",
        ),
        (
            "a.yaml",
            b"p: hunter2\np: hunter2\n",
            "`a.yaml` has the same key twice in one map, in line 2",
        ),
        (
            "a.yaml",
            b"a: 1\n---\na: 1\n",
            "`a.yaml` has several documents, in line 3",
        ),
        (
            "a.yaml",
            b"a: 1\nsops: hunter2\n",
            "`a.yaml` is no file of SOPS: it has no `sops` in it that tells by which keys it is encrypted",
        ),
        (
            "a.yaml",
            b"a: 1\nsops: {kms: hunter2}\n",
            "`a.yaml` has metadata that SOPS has not written so: `kms`",
        ),
        (
            "a.env",
            b"hunter2",
            "`a.env` is not written as its format wants it, in line 1",
        ),
        (
            "a.env",
            b"sops_kms__list_x=hunter2",
            "`a.env` has metadata that SOPS has not written so, in line 1",
        ),
    ] {
        assert_eq!(said(read(name, text)), (code, wanted.to_owned()));
    }
}

#[test]
fn no_longer_file_is_read() {
    let mut text = kms();
    text.push('#');
    text.push_str(&"x".repeat(LONGEST - text.len()));
    assert!(read("a.yaml", &text).is_ok());
    text.push('x');
    assert_eq!(
        said(read("a.yaml", &text)),
        (
            "SECRET_BAKER_FILE_INVALID",
            "`a.yaml` has more than 10485760 bytes".to_owned()
        )
    );
}

#[test]
fn a_hint_names_the_file_as_a_shell_reads_it() {
    for (name, text, hint) in [
        (
            "a.yaml",
            "a: 1\n",
            "it may hold plaintexts: sops encrypt --in-place a.yaml",
        ),
        (
            "a b.yaml",
            "a: [\n",
            "a merge of two versions may have damaged it; SOPS should refuse it too: sops filestatus 'a b.yaml'",
        ),
    ] {
        let bad = read(name, text).unwrap_err();
        assert_eq!(bad.hint(&Caller::default()).unwrap(), hint);
    }
}
