//! Where the bundle is looked for.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use secret_baker::{Builder, Code, Error, Secrets};
use support::left_out;
use support::opening::{Environment, says};

const FILE: &str = "secret-baker-secrets.json";

fn builder(environment: &Environment) -> Builder {
    Secrets::builder().environment(environment.reader())
}

/// A root with a bundle of one name in each of these folders.
fn root(folders: &[&str]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for folder in folders {
        fs::create_dir_all(root.path().join(folder)).unwrap();
        fs::write(
            root.path().join(folder).join(FILE),
            format!(r#"{{"of {folder}": {{}}}}"#),
        )
        .unwrap();
    }
    root
}

fn name_in(environment: &Environment) -> String {
    builder(environment)
        .open()
        .unwrap()
        .names()
        .next()
        .unwrap()
        .to_owned()
}

#[test]
fn the_named_file_is_the_only_place() {
    let root = root(&["", "other"]);
    let environment = Environment::default();
    environment.set("LAMBDA_TASK_ROOT", root.path());
    environment.set("SECRET_BAKER_FILE", root.path().join("other").join(FILE));
    assert_eq!(name_in(&environment), "of other");
    environment.set("SECRET_BAKER_FILE", root.path().join("absent"));
    let error = builder(&environment).open().unwrap_err();
    assert!(
        matches!(&error, Error::BundleMissing { looked_at } if *looked_at == [root.path().join("absent")])
    );
}

#[test]
fn the_root_comes_before_the_handlers_folder() {
    let both = root(&["", "src/app"]);
    let environment = Environment::default();
    environment.set("LAMBDA_TASK_ROOT", both.path());
    environment.set("_HANDLER", "src/app/main.handler");
    assert_eq!(name_in(&environment), "of ");
    fs::remove_file(both.path().join(FILE)).unwrap();
    assert_eq!(name_in(&environment), "of src/app");
}

#[test]
fn a_handler_above_the_root_is_not_followed() {
    let root = root(&["outside"]);
    let environment = Environment::default();
    environment.set("LAMBDA_TASK_ROOT", root.path().join("root"));
    for handler in [
        "../outside/main.handler".to_owned(),
        format!("{}/outside/main.handler", root.path().display()),
    ] {
        environment.set("_HANDLER", handler);
        assert_eq!(
            builder(&environment).open().unwrap_err().code(),
            Code::BundleMissing
        );
    }
}

#[test]
fn all_places_are_told_in_their_order() {
    let root = tempfile::tempdir().unwrap();
    let environment = Environment::default();
    environment.set("LAMBDA_TASK_ROOT", root.path());
    environment.set("_HANDLER", "src/main.handler");
    let error = builder(&environment).open().unwrap_err();
    let program = std::env::current_exe().unwrap();
    let places = [
        root.path(),
        &root.path().join("src"),
        program.parent().unwrap(),
        Path::new(env!("CARGO_MANIFEST_DIR")),
    ];
    let Error::BundleMissing { looked_at } = &error else {
        panic!("{error}")
    };
    assert_eq!(*looked_at, places.map(|place| place.join(FILE)));
    says(
        &error,
        &[
            "SECRET_BAKER_BUNDLE_MISSING",
            &looked_at[0].display().to_string(),
            &looked_at[3].display().to_string(),
        ],
    );
}

#[test]
fn what_is_there_and_cannot_be_read_is_not_missing() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join(FILE);
    let environment = Environment::default();
    environment.set("LAMBDA_TASK_ROOT", root.path());
    let invalid = |parts: &[&str]| {
        let error = builder(&environment).open().unwrap_err();
        assert_eq!(error.code().as_str(), "SECRET_BAKER_BUNDLE_INVALID");
        says(&error, &[&[file.to_str().unwrap()], parts].concat());
    };
    fs::create_dir(&file).unwrap();
    invalid(&["is a directory", "that it is a file"]);
    fs::remove_dir(&file).unwrap();
    std::os::unix::fs::symlink(&file, &file).unwrap();
    invalid(&["cannot be read", "symbolic links"]);
    fs::remove_file(&file).unwrap();
    // Whoever opens it waits for a writer, for ever.
    assert!(
        Command::new("mkfifo")
            .arg(&file)
            .status()
            .unwrap()
            .success()
    );
    invalid(&["it is not a file"]);
    fs::remove_file(&file).unwrap();
    File::create(&file)
        .unwrap()
        .set_len(16 * 1024 * 1024 + 1)
        .unwrap();
    invalid(&["has more than 16777216 bytes"]);
    fs::write(&file, "{}").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o200)).unwrap();
    if fs::read(&file).is_ok() {
        left_out("a bundle of mode 0200, since this user may read any");
        return;
    }
    invalid(&["Permission denied", "0644"]);
}

#[test]
fn a_variable_that_is_not_utf_8_is_not_taken_for_one_that_is_unset() {
    let root = root(&[""]);
    let environment = Environment::default();
    environment.set("LAMBDA_TASK_ROOT", root.path());
    environment.set("SECRET_BAKER_FILE", OsString::from_vec(b"/\xff".to_vec()));
    let error = builder(&environment).open().unwrap_err();
    assert_eq!(error.code(), Code::BundleMissing);
}
