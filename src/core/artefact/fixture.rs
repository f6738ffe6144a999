//! A service's folder for tests, and archives. These are written and read by another library here: what is tested must not test itself.

pub use std::fs::{self, File};
pub use std::io::{Cursor, Read, Write};
pub use std::path::{Path, PathBuf};

pub use ::zip::write::SimpleFileOptions;
pub use ::zip::{CompressionMethod, ZipArchive, ZipWriter};
use tempfile::TempDir;

pub use super::{
    Artefact, Carried, Destination, Env, Expected, Found, Function, Variable, check, foresee, put,
};
pub use crate::bundle::{self, Bundle};
pub use crate::failure::Failure;
pub(crate) use crate::failure::caller::tests::of_the_plugin;

pub const BUNDLE: &[u8] = br#"{"A":{"ciphertext":"AQICAA==","arn":"arn:aws:ssm:r:1:parameter/a","version":1},"B":{"ciphertext":"AQICBB==","arn":"arn:aws:ssm:r:1:parameter/b","version":2}}"#;
pub const ONLY_B: &[u8] =
    br#"{"B":{"ciphertext":"AQICBB==","arn":"arn:aws:ssm:r:1:parameter/b","version":2}}"#;

/// A service's folder with the caller's own in it.
pub struct Service(TempDir);

impl Service {
    pub fn new() -> Self {
        let service = Self(tempfile::tempdir().unwrap());
        fs::create_dir(service.folder()).unwrap();
        service
    }

    pub fn dir(&self) -> &Path {
        self.0.path()
    }

    pub fn folder(&self) -> PathBuf {
        self.dir().join(".serverless")
    }

    pub fn write(&self, path: &str, bytes: &[u8]) -> PathBuf {
        let path = self.dir().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub fn put(&self, functions: &[Function]) -> Result<Vec<Carried>, Failure> {
        self.put_of(functions, BUNDLE)
    }

    /// With the secrets of another bundle.
    pub fn put_of(&self, functions: &[Function], bundle: &[u8]) -> Result<Vec<Carried>, Failure> {
        let (bundle, caller) = (read(bundle), of_the_plugin());
        let own = self.folder();
        put(
            functions,
            &bundle,
            self.dir(),
            Destination::Own(&own),
            &caller,
        )
    }

    pub fn foresee(&self, functions: &[Function]) -> Result<(), Failure> {
        foresee(functions, &read(BUNDLE), self.dir(), &of_the_plugin())
    }

    /// The last look, with the bundle that was baked.
    pub fn check(&self, functions: &[Function]) -> Result<(), Failure> {
        self.check_for(functions, Expected::Bundle(&read(BUNDLE)))
    }

    pub fn check_for(&self, functions: &[Function], expected: Expected<'_>) -> Result<(), Failure> {
        check(functions, expected, self.dir(), &of_the_plugin())
    }

    /// Carries one zip of the caller's own folder.
    pub fn put_one(&self, bytes: &[u8]) -> Result<(Found, PathBuf), Failure> {
        self.write(".serverless/f.zip", bytes);
        let carried = self.put(&[function("f", ".serverless/f.zip")])?;
        Ok((carried[0].found, carried[0].path.clone()))
    }

    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.dir().join(folder)).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

pub fn function(name: &str, zip: &str) -> Function {
    Function {
        name: name.into(),
        place: None,
        artefact: Artefact::Zip(zip.into()),
        only: None,
        written: None,
        env: None,
        environment: Vec::new(),
    }
}

pub fn only(name: &str, zip: &str, names: &[&str]) -> Function {
    Function {
        only: Some(names.iter().map(ToString::to_string).collect()),
        ..function(name, zip)
    }
}

pub fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .unix_permissions(0o644)
}

/// An archive of these entries.
pub fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    archive_with(entries, options())
}

pub fn archive_with(entries: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Every entry by another library, its checksum verified.
pub fn unpacked(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(File::open(path).unwrap()).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

pub fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

pub fn with_bundle(entries: &[(&str, &[u8])]) -> Vec<(String, Vec<u8>)> {
    let others = entries
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()));
    others
        .chain([(bundle::FILE.to_owned(), BUNDLE.to_vec())])
        .collect()
}

pub const CODE: &[(&str, &[u8])] = &[
    ("handler.js", b"exports.hello = () => {};"),
    ("data/\u{e4}.json", b"{}"),
    ("empty", b""),
];

impl Service {
    /// Carries one zip of a service that goes on living beside it.
    pub fn new_and(bytes: &[u8]) -> (Found, Kept) {
        let service = Self::new();
        let (found, path) = service.put_one(bytes).unwrap();
        (found, Kept(path, service))
    }
}

/// A path, and what keeps it.
pub struct Kept(
    PathBuf,
    #[expect(dead_code, reason = "its folder goes with it")] Service,
);

impl Kept {
    pub fn path(&self) -> &Path {
        &self.0
    }
}

pub fn read(bundle: &[u8]) -> Bundle {
    Bundle::read(bundle).unwrap()
}

pub const PROGRAM: &[u8] = b"\x7fELF program program program program";

/// Writes a launcher as the package has it.
pub fn launcher(service: &Service) -> PathBuf {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(PROGRAM).unwrap();
    service.write("launcher.gz", &encoder.finish().unwrap())
}

pub fn env(function: Function, names: Option<&[&str]>, launcher: &Path) -> Function {
    let names = names.map(|names| names.iter().map(ToString::to_string).collect());
    let env = Env {
        names,
        written: None,
        place: "custom.secretBakerOptions.env".into(),
        launcher: launcher.to_owned(),
    };
    Function {
        env: Some(env),
        ..function
    }
}
