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
    SopsFile::read(folder.path(), name)
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
    use leaf::Value::{Empty, Plain};
    assert_eq!(others, [Plain, Plain, Empty, Empty]);
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
