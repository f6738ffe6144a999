use std::fs;
use std::path::Path;

use serde_json::json;

use super::*;
use crate::source::survey::Told;
use crate::source::tests::{BLOB, KEY, PLAINTEXT, bake, bakes, refuses, tells};

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("db.enc"), [0, 1, 2]).unwrap();
    fs::write(folder.path().join("empty"), "").unwrap();
    fs::write(folder.path().join("full"), vec![7; 65_536]).unwrap();
    fs::write(folder.path().join("long"), vec![7; 65_537]).unwrap();
    folder
}

fn of(file: &str) -> String {
    format!("kmsfile::{KEY}::{BLOB}::{file}")
}

#[test]
fn each_way_of_writing_it_is_an_entry() {
    let entry = json!({"source": "kmsfile", "key": BLOB, "contents": "AAEC", "arn": KEY});
    for config in [
        json!({"A": of("db.enc")}),
        json!({"A": {"kmsfile": of("db.enc")}}),
        json!([{"name": "A", "kmsfile": of("./db.enc")}]),
    ] {
        let baked = bakes(folder().path(), &config);
        assert_eq!(baked, json!({"A": entry}));
        let text = baked["A"].to_string();
        assert!(text.starts_with(r#"{"source":"kmsfile","key":"#), "{text}");
    }
    bakes(folder().path(), &json!({"A": of("full")}));
}

#[test]
fn a_file_that_cannot_be_read_is_told_at_its_entry() {
    let config = json!({"A": of("none"), "B": of("."), "C": of("empty"), "D": of("long")});
    let (code, problems) = refuses(folder().path(), &config, Some(&config));
    assert_eq!(code, "SECRET_BAKER_SEVERAL_PROBLEMS");
    assert_eq!(
        problems,
        [
            "custom.secretBaker.A: there is no file `none` in the service's folder",
            "custom.secretBaker.B: `.` is a folder, and no file",
            "custom.secretBaker.C: `empty` is empty",
            "custom.secretBaker.D: `long` has more than 65536 bytes",
        ]
    );
}

#[test]
fn any_other_text_is_refused_and_not_shown() {
    for text in [
        PLAINTEXT.to_owned(),
        format!("kmsfile::{PLAINTEXT}"),
        format!("kmsfile::{KEY}::{BLOB}"),
        format!("kmsfile::{KEY}::{BLOB}:: "),
        format!("kmsfile::{KEY}::AYAD::{PLAINTEXT}"),
        format!("kmsfile::alias/app::{BLOB}::{PLAINTEXT}"),
    ] {
        let config = json!([{"name": "A", "kmsfile": text}]);
        let (code, problems) = refuses(Path::new("/nowhere"), &config, Some(&config));
        assert_eq!(code, "SECRET_BAKER_CONFIG_INVALID");
        assert_eq!(
            problems,
            [
                "custom.secretBaker[0].kmsfile: is no text `kmsfile::<key ARN>::<data key in base64>::<file>`, and may be a secret, so it is not shown"
            ]
        );
    }
}

#[test]
fn a_text_alone_has_no_name() {
    let (_, problems) = refuses(folder().path(), &json!([of("db.enc")]), None);
    assert_eq!(problems, ["custom.secretBaker[0]: has no `name`"]);
}

#[test]
fn a_notice_tells_the_command_that_seals_it_anew() {
    let config = json!({"A": of("db.enc")});
    let (_, notices) = bake(folder().path(), &config, Some(&config)).unwrap();
    assert_eq!(notices.len(), 1);
    assert!(
        notices[0].starts_with("secret `A`: nothing proves that `db.enc` is what was encrypted once; seal it anew by `openssl enc"),
        "{notices:?}"
    );
}

/// The command as it stands in the notice, with an `aws` that knows the data key and keeps what it is given.
#[cfg(unix)]
#[test]
fn that_command_stores_the_plaintext_and_prints_nothing() {
    let folder = folder();
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let sealed = "printf 'the secret' | openssl enc -aes-256-ctr -K 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f -iv 00000000000000000000000000000001 -out \"it's.enc\"";
    let run = |command: &str| {
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", command]).env("PATH", path);
        shell.current_dir(folder.path()).output().unwrap()
    };
    assert!(run(sealed).status.success(), "openssl is installed");
    let data_key: Vec<u8> = (0..32).collect();
    let aws = format!(
        "#!/bin/sh\ncase \"$1 $2\" in\n'kms decrypt') echo {} ;;\n'ssm put-parameter') echo \"$@\" > asked; cat > stored ;;\nesac\n",
        STANDARD.encode(data_key)
    );
    fs::write(bin.join("aws"), aws).unwrap();
    assert!(run("chmod +x bin/aws").status.success());
    let config = json!({"A": of("it's.enc")});
    let (_, notices) = bake(folder.path(), &config, Some(&config)).unwrap();
    let said = run(notices[0].split('`').nth(5).unwrap());
    assert!(said.status.success(), "{said:?}");
    assert_eq!(said.stdout, b"", "nothing is printed");
    assert_eq!(
        fs::read_to_string(folder.path().join("stored")).unwrap(),
        "the secret"
    );
    let asked = fs::read_to_string(folder.path().join("asked")).unwrap();
    assert_eq!(
        asked,
        format!(
            "ssm put-parameter --region eu-central-1 --name /path/to/parameter --type SecureString --key-id {KEY} --tier Intelligent-Tiering --value file:///dev/stdin\n"
        )
    );
}

#[test]
fn its_key_is_told_or_why_its_file_gives_nothing() {
    let config = json!({"A": of("db.enc"), "B": of("none")});
    let told = tells(folder().path(), &config);
    assert_eq!(
        (told[0].source, told[0].from.as_str()),
        ("kmsfile", "db.enc")
    );
    assert_eq!(told[0].keys, Told::Known(vec![KEY.to_owned()]));
    assert_eq!(
        told[1].meant.as_ref().unwrap_err().to_string(),
        "custom.secretBaker.B: there is no file `none` in the service's folder"
    );
}
