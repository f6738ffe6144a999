use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, iter};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::*;
use crate::failure::tests::problems_of;
use crate::source::Deployment;

/// A file of `local/tests/files`: written by sops 3.11, `ssh-keygen` and age.
pub(super) fn files(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("local/tests/files")
        .join(name)
}

/// A machine of its own: a home that is the service's folder, too, and an environment.
pub(super) struct Machine {
    home: tempfile::TempDir,
    variables: BTreeMap<String, String>,
}

impl Machine {
    pub(super) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut machine = Self {
            home,
            variables: BTreeMap::new(),
        };
        let path = machine.home.path().to_str().unwrap().to_owned();
        machine.set("HOME", &path);
        machine
    }

    pub(super) fn in_git(ignored: &str) -> Self {
        let machine = Self::new();
        let mut git = Command::new("git");
        git.args(["init", "--quiet"])
            .current_dir(machine.home.path());
        assert!(git.status().unwrap().success());
        fs::write(machine.path(".gitignore"), ignored).unwrap();
        machine
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.into(), value.into());
    }

    /// Copies one of the files.
    pub(super) fn put(&self, path: &str, name: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(files(name), path).unwrap();
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.home.path().join(path)
    }

    pub(super) fn variables(&self) -> impl Fn(&str) -> Option<OsString> + Send + Sync + use<> {
        let variables = self.variables.clone();
        move |name| variables.get(name).map(Into::into)
    }
}

/// A machine whose service has this plain file, which git ignores.
fn plain(text: &str) -> Machine {
    let machine = Machine::in_git("*.env\n");
    fs::write(machine.path("my.env"), text).unwrap();
    machine
}

fn opened(
    machine: &Machine,
    config: &Value,
    file: &str,
    region: Option<&str>,
) -> Result<Local, Failure> {
    let deployment = Deployment {
        folder: machine.path(""),
        label: None,
    };
    let config = Config {
        config,
        written: None,
        root: &"custom.secretBaker".into(),
        deployment: &deployment,
    };
    let variables = machine.variables();
    let values = Values {
        file,
        region,
        variables: &variables,
    };
    open(config, values)
}

fn names(local: &Local) -> Vec<(&str, &str)> {
    local
        .sealed
        .iter()
        .map(|sealed| (sealed.name.value(), sealed.from.as_str()))
        .collect()
}

#[track_caller]
fn refused(machine: &Machine, config: &Value, file: &str) -> String {
    let failure = opened(machine, config, file, None).err().unwrap();
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_LOCAL_VALUES");
    problems_of(&failure.to_string()).to_owned()
}

#[tokio::test]
async fn the_names_of_the_config_are_taken_in_its_order() {
    let machine = plain("B=2\nUNUSED=3\n/app/a=1\n");
    let config = json!(["/app/a", { "name": "B", "path": "/elsewhere" }]);
    let local = opened(&machine, &config, "my.env", Some("eu-west-1")).unwrap();
    assert_eq!(names(&local), [("/app/a", "my.env"), ("B", "my.env")]);
    assert_eq!(local.region, "eu-west-1");
    let arn = local.sealed[1].entry["arn"].as_str().unwrap();
    assert_eq!(arn, "arn:aws:ssm:eu-west-1:000000000000:parameter/local/B");
}

#[tokio::test]
async fn a_region_that_is_none_is_passed_over() {
    let machine = plain("A=1");
    for region in [None, Some(""), Some("${env:REGION}")] {
        let local = opened(&machine, &json!(["A"]), "my.env", region).unwrap();
        assert_eq!(local.region, "us-east-1");
    }
}

#[tokio::test]
async fn all_names_without_a_value_are_told_at_once() {
    let machine = plain("DB_PASWORD=hunter2\nB=2\n");
    let config = json!({ "DB_PASSWORD": "/p", "B": "/b", "OTHER_THING": "/o" });
    assert_eq!(
        refused(&machine, &config, "my.env"),
        "2 problems:\n  \
         custom.secretBaker.DB_PASSWORD: `my.env` has no local value for `DB_PASSWORD`, did you mean `DB_PASWORD`?\n  \
         custom.secretBaker.OTHER_THING: `my.env` has no local value for `OTHER_THING`\n    \
         hint: add it to my.env; a SOPS file is opened by `sops edit`"
    );
}

#[tokio::test]
async fn a_mistake_in_the_config_is_told_as_a_bake_tells_it() {
    let failure = opened(&plain(""), &json!([5]), "my.env", None)
        .err()
        .unwrap();
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_CONFIG_INVALID");
    let failure = opened(&plain("A=1"), &json!(["A", "A"]), "my.env", None)
        .err()
        .unwrap();
    assert!(
        failure
            .to_string()
            .contains("the name `A` is already used by"),
        "{failure}"
    );
}

#[tokio::test]
async fn where_only_aws_knows_the_names_all_of_the_file_count() {
    let machine = plain("Z=1\nA=2\nB=3\n");
    let local = opened(&machine, &json!(["B", "/app/*"]), "my.env", None).unwrap();
    let named: Vec<_> = names(&local).into_iter().map(|(name, _)| name).collect();
    assert_eq!(named, ["B", "Z", "A"]);
}

#[tokio::test]
async fn what_stands_in_plain_text_in_a_sops_file_is_refused() {
    let machine = Machine::new();
    machine.put("x25519.yaml", "x25519.yaml");
    machine.put(".config/sops/age/keys.txt", "keys.txt");
    let config = json!(["db.password", "region_unencrypted"]);
    assert_eq!(
        refused(&machine, &config, "x25519.yaml"),
        "custom.secretBaker[1]: `x25519.yaml` has `region_unencrypted` in plain text, which is no secret\n  \
         hint: let SOPS encrypt it as well: see `unencrypted_suffix` and its kin in x25519.yaml and in `.sops.yaml`"
    );
}

#[tokio::test]
async fn values_that_are_too_long_are_told_at_once_with_their_places() {
    let long: String = iter::repeat_n('x', 4097).collect();
    let machine = plain(&format!("A={long}\nB=2\nC={long}\n"));
    let text = refused(&machine, &json!(["A", "B", "C"]), "my.env");
    assert!(
        text.starts_with(
            "2 problems:\n  custom.secretBaker[0]: the local value of `A` has 4097 bytes"
        ),
        "{text}"
    );
    assert!(!text.contains("xxx"), "{text}");
}

#[tokio::test]
async fn no_plaintext_is_in_the_entries_and_each_opens_at_its_own_kms() {
    let machine = plain("A=hunter2\n");
    let local = opened(&machine, &json!(["A"]), "my.env", None).unwrap();
    let entry = Value::Object(local.sealed[0].entry.clone()).to_string();
    assert!(!entry.contains("hunter2") && !entry.contains(&STANDARD.encode("hunter2")));
    assert!(local.kms.endpoint().starts_with("http://127.0.0.1:"));
}
