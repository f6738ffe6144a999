//! What configs bake to, of sources for which nothing is called: a call would fail here.

use std::path::Path;

use serde_json::{Value, json};

use super::survey::{Survey, Wish};
use super::together::{seal, survey, take};
use super::{Deployment, Sealed, Source, all};
use crate::aws::{Aws, Connection};
use crate::config::place::Place;
use crate::failure::Failure;
use crate::failure::caller::tests::of_the_plugin;

/// A key of KMS.
pub const KEY: &str =
    "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
/// What begins like a blob of it.
pub const BLOB: &str = "AQICAHhLbXM=";
/// What may never be shown.
pub const PLAINTEXT: &str = "hunter2 is my password";

/// All secrets of a config whose files lie in `folder`, and what the user is told beside.
pub fn bake(
    folder: &Path,
    config: &Value,
    written: Option<&Value>,
) -> Result<(Vec<Sealed>, Vec<String>), Failure> {
    let (sources, places) = taken(folder, config, written)?;
    let aws = nowhere();
    futures_util::FutureExt::now_or_never(seal(&sources, &places, &aws, &|_, _| ()))
        .expect("nothing is waited for")
}

type Taken = (Vec<Box<dyn Source>>, Vec<Place>);

fn taken(folder: &Path, config: &Value, written: Option<&Value>) -> Result<Taken, Failure> {
    let deployment = Deployment {
        folder: folder.to_owned(),
        label: None,
    };
    let mut sources = all(&deployment);
    let root = Place::from("custom.secretBaker");
    let places = take(&mut sources, config, written, &root)?;
    Ok((sources, places))
}

fn nowhere() -> Aws {
    Aws::new(Connection {
        region: Some("no region".into()),
        ..Connection::default()
    })
}

/// What is told of each secret of a config whose files lie in `folder`.
#[track_caller]
pub fn tells(folder: &Path, config: &Value) -> Vec<Survey> {
    let (sources, _) = taken(folder, config, Some(config)).unwrap();
    let aws = nowhere();
    futures_util::FutureExt::now_or_never(survey(&sources, &aws, Wish::default(), &|_, _| ()))
        .expect("nothing is waited for")
        .unwrap()
}

/// What a config whose files lie in `folder` bakes to, by name.
#[track_caller]
pub fn bakes(folder: &Path, config: &Value) -> Value {
    let (sealed, _) = bake(folder, config, Some(config)).unwrap();
    let entry = |sealed: Sealed| (sealed.name.value().to_owned(), Value::Object(sealed.entry));
    sealed.into_iter().map(entry).collect()
}

/// The code of a config's failure, and each problem of it. None shows a plaintext.
#[track_caller]
pub fn refuses(
    folder: &Path,
    config: &Value,
    written: Option<&Value>,
) -> (&'static str, Vec<String>) {
    let failure = bake(folder, config, written).unwrap_err();
    let told = failure.told(&of_the_plugin());
    assert!(!told.contains("hunter2"), "{told}");
    let problems = failure.problems.iter().map(ToString::to_string);
    (failure.code().as_str(), problems.collect())
}

#[test]
fn sources_for_which_nothing_is_called_need_no_region_and_no_credentials() {
    let config = json!({"A": format!("kms::{KEY}::{BLOB}")});
    let entry = json!({"source": "kms", "ciphertext": BLOB, "key": KEY});
    assert_eq!(bakes(Path::new("/nowhere"), &config), json!({"A": entry}));
}

#[test]
fn a_text_of_no_scheme_is_a_path_of_parameter_store_still() {
    let (code, problems) = refuses(Path::new("/nowhere"), &json!({"A": "/app/db"}), None);
    assert_eq!(code, "SECRET_BAKER_CONFIG_INVALID");
    assert_eq!(
        problems,
        ["a text of 9 characters is no AWS region: one reads like `eu-central-1`"]
    );
}
