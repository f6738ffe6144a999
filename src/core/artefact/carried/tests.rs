use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;

use tempfile::TempDir;
use zip::write::SimpleFileOptions;

use super::*;
use crate::failure::{Code, Explain as _};

const BUNDLE: &[u8] = br#"{"A":{"source":"kms"}}"#;

fn zipped(folder: &TempDir, files: &[(&str, &[u8])]) -> PathBuf {
    let path = folder.path().join("app.zip");
    let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    path
}

#[test]
fn the_bundle_of_a_zip_and_of_a_folder_is_read() {
    let folder = TempDir::new().unwrap();
    let zip = zipped(&folder, &[("app.js", b"1"), (bundle::FILE, BUNDLE)]);
    assert_eq!(bundle_of(&zip).unwrap().unwrap().bytes(), BUNDLE);
    assert_eq!(bundle_of(folder.path()).unwrap(), None);
    fs::write(folder.path().join(bundle::FILE), BUNDLE).unwrap();
    assert_eq!(bundle_of(folder.path()).unwrap().unwrap().bytes(), BUNDLE);
}

#[test]
fn an_artefact_without_a_bundle_at_its_root_has_none() {
    let folder = TempDir::new().unwrap();
    let zip = zipped(&folder, &[("sub/secret-baker-secrets.json", BUNDLE)]);
    assert_eq!(bundle_of(&zip).unwrap(), None);
}

#[test]
fn what_is_no_bundle_is_told_and_so_is_no_artefact() {
    let folder = TempDir::new().unwrap();
    let zip = zipped(&folder, &[(bundle::FILE, b"[1]")]);
    let error = bundle_of(&zip).unwrap_err();
    assert_eq!(error.code(), Code::ArtefactDamaged);
    assert!(error.to_string().ends_with("is no bundle"), "{error}");
    let error = bundle_of(&folder.path().join("none.zip")).unwrap_err();
    assert_eq!(error.code(), Code::ArtefactMissing);
    fs::write(&zip, "no zip").unwrap();
    assert_eq!(bundle_of(&zip).unwrap_err().code(), Code::ArtefactDamaged);
}
