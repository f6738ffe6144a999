//! Archives are written and read by another library here: what is tested must not test itself.

use crate::failure::caller::tests::of_the_plugin;
use std::fs::File;
use std::io::{Cursor, Read as _, Write as _};

use ::zip::write::SimpleFileOptions;
use ::zip::{CompressionMethod, ZipArchive, ZipWriter};
use tempfile::TempDir;

use super::*;

const BUNDLE: &[u8] = br#"{"A":{"ciphertext":"AQICAA==","arn":"arn:aws:ssm:r:1:parameter/a","version":1},"B":{"ciphertext":"AQICBB==","arn":"arn:aws:ssm:r:1:parameter/b","version":2}}"#;
const ONLY_B: &[u8] =
    br#"{"B":{"ciphertext":"AQICBB==","arn":"arn:aws:ssm:r:1:parameter/b","version":2}}"#;

/// A service's folder with the framework's in it.
struct Service(TempDir);

impl Service {
    fn new() -> Self {
        let service = Self(tempfile::tempdir().unwrap());
        fs::create_dir(service.folder()).unwrap();
        service
    }

    fn dir(&self) -> &Path {
        self.0.path()
    }

    fn folder(&self) -> PathBuf {
        self.dir().join(".serverless")
    }

    fn write(&self, path: &str, bytes: &[u8]) -> PathBuf {
        let path = self.dir().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn carry(&self, functions: &[Function]) -> Result<Vec<Carried>, Failure> {
        carry(functions, BUNDLE, self.dir(), &self.folder())
    }

    /// Carries one zip of the framework's folder.
    fn carry_one(&self, bytes: &[u8]) -> Result<(Found, PathBuf), Failure> {
        self.write(".serverless/f.zip", bytes);
        let carried = self.carry(&[function("f", ".serverless/f.zip")])?;
        Ok((carried[0].found, carried[0].path.clone()))
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.dir().join(folder)).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn function(name: &str, zip: &str) -> Function {
    Function {
        name: name.into(),
        artefact: Artefact::Zip(zip.into()),
        only: None,
        written: None,
        env: None,
    }
}

fn only(name: &str, zip: &str, names: &[&str]) -> Function {
    Function {
        only: Some(names.iter().map(ToString::to_string).collect()),
        ..function(name, zip)
    }
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .unix_permissions(0o644)
}

/// An archive of these entries.
fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    archive_with(entries, options())
}

fn archive_with(entries: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Every entry by another library, its checksum verified.
fn unpacked(path: &Path) -> Vec<(String, Vec<u8>)> {
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

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

fn with_bundle(entries: &[(&str, &[u8])]) -> Vec<(String, Vec<u8>)> {
    let others = entries
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()));
    others
        .chain([(bundle::FILE.to_owned(), BUNDLE.to_vec())])
        .collect()
}

const CODE: &[(&str, &[u8])] = &[
    ("handler.js", b"exports.hello = () => {};"),
    ("data/\u{e4}.json", b"{}"),
    ("empty", b""),
];

mod finds {
    use super::*;

    #[test]
    fn the_bundle_that_a_tool_put_in_and_touches_nothing() {
        let service = Service::new();
        let bytes = archive(&[CODE[0], (bundle::FILE, BUNDLE)]);
        let path = service.write(".serverless/f.zip", &bytes);
        let before = fs::metadata(&path).unwrap().modified().unwrap();
        let carried = service
            .carry(&[function("f", ".serverless/f.zip")])
            .unwrap();
        assert_eq!((carried[0].found, &carried[0].path), (Found::Right, &path));
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }

    #[test]
    fn the_bundle_stored_in_64_bits_and_behind_a_data_descriptor() {
        let stored = options().compression_method(CompressionMethod::Stored);
        let large = archive_with(&[(bundle::FILE, BUNDLE)], stored.large_file(true));
        let mut writer = ZipWriter::new_stream(Vec::new());
        writer.start_file(bundle::FILE, options()).unwrap();
        writer.write_all(BUNDLE).unwrap();
        let streamed = writer.finish().unwrap().into_inner();
        for bytes in [large, streamed] {
            let (found, _) = Service::new().carry_one(&bytes).unwrap();
            assert_eq!(found, Found::Right);
        }
    }

    #[test]
    fn everything_else_of_that_name_wrong() {
        let secret_mode = options().unix_permissions(0o600);
        let mut link = ZipWriter::new(Cursor::new(Vec::new()));
        link.add_symlink(bundle::FILE, "elsewhere", options())
            .unwrap();
        let mut folder = ZipWriter::new(Cursor::new(Vec::new()));
        folder.add_directory(bundle::FILE, options()).unwrap();
        let inside = format!("{}/more", bundle::FILE);
        let longer = [BUNDLE, b" "].concat();
        let mut damaged = archive(&[(bundle::FILE, BUNDLE)]);
        damaged[60] ^= 1;
        let wrong = [
            archive(&[(bundle::FILE, b"{}")]),
            archive(&[(bundle::FILE, &longer)]),
            archive(&[(bundle::FILE, ONLY_B)]),
            archive(&[("./secret-baker-secrets.json", BUNDLE)]),
            archive(&[("/secret-baker-secrets.json", BUNDLE)]),
            archive(&[(".\\secret-baker-secrets.json", BUNDLE)]),
            archive(&[
                (bundle::FILE, BUNDLE),
                ("./secret-baker-secrets.json", b"{}"),
            ]),
            archive(&[(&inside, b"x")]),
            archive_with(&[(bundle::FILE, BUNDLE)], secret_mode),
            link.finish().unwrap().into_inner(),
            folder.finish().unwrap().into_inner(),
            damaged,
        ];
        for (index, bytes) in wrong.iter().enumerate() {
            let service = Service::new();
            let (found, path) = service.carry_one(bytes).unwrap();
            assert_eq!(found, Found::Other, "number {index}");
            assert_eq!(unpacked(&path), with_bundle(&[]), "number {index}");
        }
    }

    #[test]
    fn names_that_only_look_alike_are_left_alone() {
        let alike: &[(&str, &[u8])] = &[
            ("dir/secret-baker-secrets.json", b"1"),
            ("secret-baker-secrets.json.bak", b"2"),
            ("SECRET-BAKER-SECRETS.JSON", b"3"),
        ];
        let (found, path) = Service::new_and(&archive(alike));
        assert_eq!(found, Found::Missing);
        assert_eq!(unpacked(path.path()), with_bundle(alike));
    }
}

mod puts_in {
    use super::*;

    #[test]
    fn the_bundle_and_changes_no_other_byte() {
        let bytes = archive(CODE);
        let service = Service::new();
        let (found, path) = service.carry_one(&bytes).unwrap();
        assert_eq!(found, Found::Missing);
        assert_eq!(unpacked(&path), with_bundle(CODE));
        let after = fs::read(&path).unwrap();
        let directory = bytes.windows(4).position(|four| four == b"PK\x01\x02");
        let entries = directory.unwrap();
        assert_eq!(after[..entries], bytes[..entries]);
    }

    #[test]
    fn a_plain_file_of_mode_0644_and_of_the_first_day() {
        let service = Service::new();
        let (_, path) = service.carry_one(&archive(CODE)).unwrap();
        let mut archive = ZipArchive::new(File::open(&path).unwrap()).unwrap();
        let entry = archive.by_name(bundle::FILE).unwrap();
        assert_eq!(entry.unix_mode(), Some(0o100_644));
        assert_eq!(entry.compression(), CompressionMethod::Stored);
        let date = entry.last_modified().unwrap();
        assert_eq!((date.year(), date.month(), date.day()), (1980, 1, 1));
    }

    #[test]
    fn the_same_for_the_same_input() {
        let results = [(); 2].map(|()| {
            let (_, path) = Service::new_and(&archive(CODE));
            fs::read(path.path()).unwrap()
        });
        assert_eq!(results[0], results[1]);
    }

    #[test]
    fn nothing_a_second_time() {
        let service = Service::new();
        let (_, path) = service.carry_one(&archive(CODE)).unwrap();
        let once = fs::read(&path).unwrap();
        let (found, _) = service.carry_one(&once).unwrap();
        assert_eq!(found, Found::Right);
    }

    #[test]
    fn into_an_empty_archive_one_with_a_comment_and_one_behind_a_program() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.set_comment("PK\x05\x06 is no end").unwrap();
        writer.start_file("handler.js", options()).unwrap();
        writer.write_all(CODE[0].1).unwrap();
        let commented = writer.finish().unwrap().into_inner();
        let behind = [b"#!/bin/sh\nexec java -jar $0\n", &archive(CODE)[..]].concat();
        for (bytes, entries) in [
            (archive(&[]), &CODE[..0]),
            (commented, &CODE[..1]),
            (behind.clone(), CODE),
        ] {
            let (found, path) = Service::new_and(&bytes);
            assert_eq!(found, Found::Missing);
            assert_eq!(unpacked(path.path()), with_bundle(entries));
        }
        let (_, path) = Service::new_and(&behind);
        assert!(fs::read(path.path()).unwrap().starts_with(b"#!/bin/sh\n"));
    }

    #[test]
    fn into_an_archive_of_64_bits() {
        let large = archive_with(CODE, options().large_file(true));
        let (_, path) = Service::new_and(&large);
        assert_eq!(unpacked(path.path()), with_bundle(CODE));
    }

    #[test]
    fn into_archives_around_the_number_that_needs_64_bits() {
        for count in [60_000, 65_533, 65_534, 65_535, 70_000] {
            let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
            for number in 0..count {
                let stored = options().compression_method(CompressionMethod::Stored);
                writer.start_file(format!("{number}"), stored).unwrap();
            }
            let bytes = writer.finish().unwrap().into_inner();
            let (found, path) = Service::new_and(&bytes);
            assert_eq!(found, Found::Missing);
            let mut archive = ZipArchive::new(File::open(path.path()).unwrap()).unwrap();
            assert_eq!(archive.len(), count + 1);
            let mut read = Vec::new();
            let mut entry = archive.by_name(bundle::FILE).unwrap();
            entry.read_to_end(&mut read).unwrap();
            assert_eq!(read, BUNDLE, "{count} entries");
        }
    }

    #[test]
    fn in_place_of_others_and_leaves_no_byte_of_them() {
        let entries: &[(&str, &[u8])] = &[
            ("./secret-baker-secrets.json", b"OF ANOTHER STAGE"),
            CODE[0],
            (bundle::FILE, b"OF ANOTHER STAGE TOO"),
            CODE[1],
        ];
        let stored = options().compression_method(CompressionMethod::Stored);
        let streamed = {
            let mut writer = ZipWriter::new_stream(Vec::new());
            for (name, bytes) in entries {
                writer.start_file(*name, stored).unwrap();
                writer.write_all(bytes).unwrap();
            }
            writer.finish().unwrap().into_inner()
        };
        let program = b"#!/bin/sh\n";
        let plain = archive_with(entries, stored);
        let large = archive_with(entries, stored.large_file(true));
        let behind = [program, &plain[..]].concat();
        for bytes in [plain, large, behind, streamed] {
            let (found, path) = Service::new_and(&bytes);
            assert_eq!(found, Found::Other);
            assert_eq!(unpacked(path.path()), with_bundle(&CODE[..2]));
            assert!(!contains(&fs::read(path.path()).unwrap(), b"OF ANOTHER"));
        }
    }
}

mod refuses {
    use super::*;

    #[test]
    fn what_is_no_whole_archive_and_leaves_it_as_it_was() {
        let whole = archive(CODE);
        let end = whole.len() - 22;
        let mut far = whole.clone();
        far[end + 16..end + 20].copy_from_slice(&0xffff_0000_u32.to_le_bytes());
        let mut fewer = whole.clone();
        fewer[end + 8..end + 12].copy_from_slice(&[2, 0, 2, 0]);
        let mut parts = whole.clone();
        parts[end + 4] = 1;
        let directory = whole
            .windows(4)
            .position(|four| four == b"PK\x01\x02")
            .unwrap();
        let mut record = whole.clone();
        record[directory + 28] = 0xff;
        let mut offset = whole.clone();
        offset[directory + 42..directory + 46].copy_from_slice(&0x7fff_ffff_u32.to_le_bytes());
        let mut lost = archive_with(CODE, options().large_file(true));
        lost[directory + 42..directory + 46].copy_from_slice(&u32::MAX.to_le_bytes());
        let damaged = [
            vec![],
            b"not a zip".to_vec(),
            vec![0; 100_000],
            whole[..whole.len() - 1].to_vec(),
            whole[..whole.len() / 2].to_vec(),
            whole[10..].to_vec(),
            [&whole[..], b"x"].concat(),
            far,
            fewer,
            parts,
            record,
            offset,
        ];
        for (index, bytes) in damaged.iter().enumerate() {
            let service = Service::new();
            let failure = service.carry_one(bytes).unwrap_err();
            assert_eq!(
                failure.code().as_str(),
                "SECRET_BAKER_ARTEFACT_DAMAGED",
                "number {index}"
            );
            assert_eq!(service.names(".serverless"), ["f.zip"]);
            assert_eq!(&fs::read(service.folder().join("f.zip")).unwrap(), bytes);
        }
    }

    /// Where the central directory begins.
    fn directory_of(bytes: &[u8]) -> usize {
        bytes
            .windows(4)
            .position(|four| four == b"PK\x01\x02")
            .unwrap()
    }

    #[track_caller]
    fn is_damaged(bytes: &[u8]) {
        let service = Service::new();
        let failure = service.carry_one(bytes).unwrap_err();
        assert_eq!(
            failure.code().as_str(),
            "SECRET_BAKER_ARTEFACT_DAMAGED",
            "{failure}"
        );
        assert_eq!(service.names(".serverless"), ["f.zip"]);
        assert_eq!(fs::read(service.folder().join("f.zip")).unwrap(), bytes);
    }

    #[test]
    fn two_records_of_one_entry_and_entries_that_overlap() {
        let stored = options().compression_method(CompressionMethod::Stored);
        let entries: [(&str, &[u8]); 3] = [
            ("a", b"12345678"),
            (bundle::FILE, b"{}"),
            ("b", b"12345678"),
        ];
        let whole = archive_with(&entries, stored);
        let first = directory_of(&whole);
        let second = first + 46 + 1;
        let third = second + 46 + bundle::FILE.len();
        let offset = |at: usize| whole[at + 42..at + 46].to_vec();
        for (record, to) in [
            (third, offset(first)),
            (second, offset(first)),
            (third, offset(second)),
        ] {
            let mut twice = whole.clone();
            twice[record + 42..record + 46].copy_from_slice(&to);
            is_damaged(&twice);
        }
        // Longer than there is room for.
        for record in [first, second, third] {
            let mut long = whole.clone();
            long[record + 20..record + 24].copy_from_slice(&60_u32.to_le_bytes());
            is_damaged(&long);
        }
    }

    #[test]
    fn to_cut_out_what_is_not_where_the_directory_says() {
        let stored = options().compression_method(CompressionMethod::Stored);
        let entries: [(&str, &[u8]); 3] = [
            ("a", &[b'1'; 300]),
            (bundle::FILE, b"{}"),
            ("b", b"12345678"),
        ];
        let whole = archive_with(&entries, stored);
        let first = directory_of(&whole);
        let second = first + 46 + 1;
        let third = second + 46 + bundle::FILE.len();
        let place = |at: usize| u32::from_le_bytes(whole[at + 42..at + 46].try_into().unwrap());
        // Its own record, or that of the next one, names bytes where no local header is.
        for (record, to) in [(second, place(second) - 20), (third, place(third) - 1)] {
            let mut moved = whole.clone();
            moved[record + 42..record + 46].copy_from_slice(&to.to_le_bytes());
            is_damaged(&moved);
        }
        // The local header of the bundle, or of what follows it, tells another name, method or checksum.
        for record in [second, third] {
            let local = usize::try_from(place(record)).unwrap();
            for at in [8, 14, 30] {
                let mut other = whole.clone();
                other[local + at] ^= 0x40;
                is_damaged(&other);
            }
        }
    }

    #[test]
    fn numbers_near_the_end_of_64_bits() {
        let whole = archive_with(
            &[CODE[0], (bundle::FILE, b"{}")],
            options().large_file(true),
        );
        let end = whole.len() - 22;
        let first = directory_of(&whole);
        let name = CODE[0].0.len();
        for number in [
            u64::MAX,
            u64::MAX - 1,
            u64::MAX - 100,
            1 << 63,
            (1 << 63) - 1,
        ] {
            // Compressed length, length and offset of the first record, all of 64 bits.
            for field in 0..3 {
                let mut bytes = whole[..first + 46 + name].to_vec();
                let mut record = bytes.split_off(first);
                record[20..28].fill(0xff);
                record[42..46].fill(0xff);
                let mut numbers = [0_u64, 0, 0];
                numbers[field] = number;
                let mut extra = vec![1, 0, 24, 0];
                extra.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
                record[30..32].copy_from_slice(&28_u16.to_le_bytes());
                let old_extra = usize::from(u16::from_le_bytes(
                    whole[first + 30..first + 32].try_into().unwrap(),
                ));
                let rest = &whole[first + 46 + name + old_extra..end];
                let length = u32::try_from(record.len() + extra.len() + rest.len()).unwrap();
                let mut tail = whole[end..].to_vec();
                tail[12..16].copy_from_slice(&length.to_le_bytes());
                let bytes = [bytes, record, extra, rest.to_vec(), tail].concat();
                let service = Service::new();
                // The length of what it unpacks to is not ours to judge; all else is damage, and nothing overflows.
                if let Err(failure) = service.carry_one(&bytes) {
                    assert_eq!(
                        failure.code().as_str(),
                        "SECRET_BAKER_ARTEFACT_DAMAGED",
                        "{failure}"
                    );
                } else {
                    assert_eq!(field, 0, "{number}");
                }
            }
        }
    }

    #[test]
    fn never_panics_whatever_byte_is_damaged() {
        let whole = archive_with(
            &[CODE[0], (bundle::FILE, b"{}")],
            options().large_file(true),
        );
        let service = Service::new();
        for at in 0..whole.len() {
            for bit in [0, 7] {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                // Damage in the code is not ours to see; a panic would be.
                let _ = service.carry_one(&bytes);
            }
        }
    }

    #[test]
    fn artefacts_that_are_elsewhere_or_nowhere_all_at_once() {
        let service = Service::new();
        let failure = service
            .carry(&[
                function("a", "s3://bucket/a.zip"),
                function("b", "HTTPS://host/b.zip"),
            ])
            .unwrap_err();
        assert_eq!(failure.code().as_str(), "SECRET_BAKER_ARTEFACT_REMOTE");
        assert_eq!(failure.problems.len(), 2);
        let text = failure.to_string();
        assert!(
            text.contains("functions.a: its artefact s3://bucket/a.zip lies elsewhere"),
            "{text}"
        );
        let failure = service.carry(&[function("c", "dist/c.zip")]).unwrap_err();
        assert_eq!(failure.code().as_str(), "SECRET_BAKER_ARTEFACT_MISSING");
    }
}

mod elsewhere {
    use super::*;

    #[test]
    fn an_artefact_whose_function_carries_nothing_is_left_alone() {
        let service = Service::new();
        let nothing = only("a", "s3://bucket/a.zip", &[]);
        assert_eq!(service.carry(std::slice::from_ref(&nothing)).unwrap(), []);
        check(&[nothing], Expected::Bundle(BUNDLE), service.dir()).unwrap();
        for function in [
            function("a", "s3://bucket/a.zip"),
            only("a", "s3://bucket/a.zip", &["A"]),
        ] {
            let failure = service.carry(&[function]).unwrap_err();
            assert_eq!(failure.code().as_str(), "SECRET_BAKER_ARTEFACT_REMOTE");
            assert!(
                failure.told(&of_the_plugin()).contains("`secretBaker: []`"),
                "{failure}"
            );
        }
    }

    #[test]
    fn is_told_without_the_signature_of_its_address() {
        let service = Service::new();
        let presigned = "https://u:PASSWORD@host/a.zip?X-Amz-Signature=PASSWORD";
        let text = service
            .carry(&[function("a", presigned)])
            .unwrap_err()
            .to_string();
        assert!(
            text.contains("its artefact https://host/a.zip lies elsewhere"),
            "{text}"
        );
        assert!(!text.contains("PASSWORD"), "{text}");
    }

    #[test]
    fn a_name_that_came_out_of_a_variable_is_told_as_it_was_written() {
        let service = Service::new();
        service.write("f.zip", &archive(CODE));
        let asks = Function {
            written: Some(vec!["A".into(), "${ssm:/x}".into()]),
            ..only("f", "f.zip", &["A", "hunter2"])
        };
        let text = service.carry(&[asks]).unwrap_err().to_string();
        assert_eq!(
            text,
            "functions.f.secretBaker[1]: there is no secret `${ssm:/x}` in custom.secretBaker"
        );
        let forges = only("f", "f.zip", &["x\n  hint: run this"]);
        let text = service.carry(&[forges]).unwrap_err().to_string();
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}

mod the_users_artefact {
    use super::*;

    #[test]
    fn is_copied_and_left_as_it_was() {
        let service = Service::new();
        let bytes = archive(CODE);
        let own = service.write("dist/app.zip", &bytes);
        let carried = service
            .carry(&[
                function("a", "dist/app.zip"),
                function("b", "./dist/../dist/app.zip"),
            ])
            .unwrap();
        assert_eq!(carried.len(), 1);
        assert_eq!(carried[0].functions, ["a", "b"]);
        assert_eq!(carried[0].path, service.folder().join("app.zip"));
        assert_eq!(unpacked(&carried[0].path), with_bundle(CODE));
        assert_eq!(fs::read(own).unwrap(), bytes);
        assert_eq!(service.names(".serverless"), ["app.zip"]);
    }

    #[cfg(unix)]
    #[test]
    fn may_be_read_only_or_a_link() {
        use std::os::unix::fs::PermissionsExt as _;
        let service = Service::new();
        let own = service.write("store/1234.zip", &archive(CODE));
        fs::set_permissions(&own, fs::Permissions::from_mode(0o444)).unwrap();
        let link = service.dir().join("app.zip");
        std::os::unix::fs::symlink(&own, &link).unwrap();
        let inside = service.folder().join("inside.zip");
        std::os::unix::fs::symlink(&own, &inside).unwrap();
        let functions = [
            function("a", "app.zip"),
            function("b", ".serverless/inside.zip"),
        ];
        let carried = service.carry(&functions).unwrap();
        assert_eq!(carried[0].path, service.folder().join("app.zip"));
        for each in &carried {
            assert_eq!(unpacked(&each.path), with_bundle(CODE));
            let found = fs::symlink_metadata(&each.path).unwrap();
            assert!(found.is_file());
            assert_eq!(found.permissions().mode() & 0o777, 0o644);
        }
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(own).unwrap(), archive(CODE));
    }

    #[test]
    fn of_the_same_name_as_another_gets_one_of_its_own() {
        let service = Service::new();
        service.write(".serverless/app.zip", &archive(CODE));
        service.write("a/app.zip", &archive(&CODE[..1]));
        service.write("b/app.zip", &archive(&CODE[1..]));
        let carried = service
            .carry(&[
                function("x", "a/app.zip"),
                function("y", "b/app.zip"),
                function("z", ".serverless/app.zip"),
            ])
            .unwrap();
        let names: Vec<_> = carried
            .iter()
            .map(|each| each.path.file_name().unwrap().to_str().unwrap())
            .collect();
        assert_eq!(names, ["x-app.zip", "y-app.zip", "app.zip"]);
        assert_eq!(unpacked(&carried[1].path), with_bundle(&CODE[1..]));
    }

    #[test]
    fn is_not_copied_where_it_is_right() {
        let service = Service::new();
        let own = service.write("dist/app.zip", &archive(&[(bundle::FILE, BUNDLE)]));
        let carried = service.carry(&[function("a", "dist/app.zip")]).unwrap();
        assert_eq!(carried[0].path, own);
        assert!(service.names(".serverless").is_empty());
    }
}

mod each_function {
    use super::*;

    #[test]
    fn carries_its_own_secrets_and_no_byte_of_others() {
        let service = Service::new();
        let stored = options().compression_method(CompressionMethod::Stored);
        let bytes = archive_with(&[CODE[0], (bundle::FILE, BUNDLE)], stored);
        service.write(".serverless/a.zip", &bytes);
        service.write(".serverless/b.zip", &bytes);
        let functions = [
            function("a", ".serverless/a.zip"),
            only("b", ".serverless/b.zip", &["B"]),
        ];
        let carried = service.carry(&functions).unwrap();
        assert_eq!(
            (carried[0].found, carried[1].found),
            (Found::Right, Found::Other)
        );
        let of_b = fs::read(&carried[1].path).unwrap();
        assert_eq!(unpacked(&carried[1].path)[1].1, ONLY_B);
        assert!(!contains(&of_b, b"parameter/a") && !contains(&of_b, b"AQICAA=="));
    }

    #[test]
    fn may_share_an_artefact_with_those_that_carry_the_same() {
        let service = Service::new();
        service.write(".serverless/s.zip", &archive(CODE));
        let zip = ".serverless/s.zip";
        let same = [
            only("a", zip, &["B", "A"]),
            function("b", zip),
            only("c", zip, &["A", "B"]),
        ];
        assert_eq!(service.carry(&same).unwrap()[0].functions, ["a", "b", "c"]);
        let differ = [
            function("a", zip),
            only("b", zip, &["B"]),
            only("c", zip, &[]),
        ];
        let failure = service.carry(&differ).unwrap_err();
        assert_eq!(failure.code().as_str(), "SECRET_BAKER_ARTEFACT_SHARED");
        let text = failure.told(&of_the_plugin());
        assert!(
            text.contains("functions.b.secretBaker: its artefact"),
            "{text}"
        );
        assert!(
            text.contains("functions.c.secretBaker: its artefact"),
            "{text}"
        );
        assert!(text.contains("individually"), "{text}");
    }

    #[test]
    fn asks_for_names_that_there_are() {
        let service = Service::new();
        let elsewhere = Function {
            artefact: Artefact::Elsewhere,
            ..only("image", "", &["A", "b", "WHAT_IS_THIS"])
        };
        let failure = service.carry(&[elsewhere]).unwrap_err();
        assert_eq!(
            failure.to_string(),
            "2 problems:\n  functions.image.secretBaker[1]: there is no secret `b` in custom.secretBaker, did you mean `B`?\n  functions.image.secretBaker[2]: there is no secret `WHAT_IS_THIS` in custom.secretBaker"
        );
    }

    #[test]
    fn of_an_image_gets_its_part_for_the_build_context() {
        let service = Service::new();
        let image = Function {
            artefact: Artefact::Context("image".into()),
            ..only("image", "", &["B"])
        };
        let carried = service.carry(&[image]).unwrap();
        assert_eq!(carried[0].path, service.dir().join("image"));
        assert_eq!(carried[0].bundle, ONLY_B);
    }
}

mod build_contexts {
    use super::*;

    fn image(name: &str, context: &str, only: Option<&[&str]>) -> Function {
        Function {
            artefact: Artefact::Context(context.into()),
            only: only.map(|names| names.iter().map(ToString::to_string).collect()),
            ..function(name, "")
        }
    }

    fn told(functions: &[Function]) -> Option<String> {
        let failure = Service::new().carry(functions).err()?;
        assert_eq!(failure.code().as_str(), "SECRET_BAKER_ARTEFACT_SHARED");
        Some(failure.to_string())
    }

    #[test]
    fn are_shared_by_images_with_the_same_secrets_only() {
        assert_eq!(
            told(&[image("a", "x", None), image("b", "./x", Some(&["B", "A"]))]),
            None
        );
        let text = told(&[image("a", "x", None), image("b", "./x", Some(&["B"]))]).unwrap();
        assert!(
            text.contains("functions.b.secretBaker: its build context"),
            "{text}"
        );
        assert!(
            text.contains("x is that of function `a` too, which carries other secrets\n  hint: give each function an image with a build context of its own"),
            "{text}"
        );
        assert!(!text.contains("individually"), "{text}");
    }

    #[test]
    fn do_not_hold_one_with_secrets_that_they_are_not_to_carry() {
        let narrow = Some(&["B"][..]);
        for right in [
            [image("a", ".", None), image("b", "x", narrow)],
            [image("a", "..", None), image("b", "x", narrow)],
            [image("a", "x", narrow), image("b", "y", Some(&["A"]))],
            [image("a", "x", narrow), image("b", "xy", None)],
            [image("a", "x", narrow), image("b", "x/y", Some(&[]))],
            [image("a", ".", narrow), image("b", "x", narrow)],
        ] {
            assert_eq!(told(&right), None, "{right:?}");
        }
        for (wrong, inner) in [
            (
                [image("b", "x/y", None), image("a", "x", narrow)],
                "that of function `b`",
            ),
            (
                [image("a", ".", narrow), image("b", "x", None)],
                "that of function `b`",
            ),
            (
                [image("a", "..", narrow), image("b", "../y", narrow)],
                "the service's own folder",
            ),
            (
                [image("a", "/", Some(&[])), image("b", "/y", Some(&[]))],
                "the service's own folder",
            ),
        ] {
            let text = told(&wrong).unwrap();
            assert!(
                text.starts_with("functions.a: its build context "),
                "{text}"
            );
            let says = format!(" holds {inner}, where secrets lie that it is not to carry");
            assert!(text.contains(&says), "{text}");
            assert!(text.contains("a build context of its own"), "{text}");
        }
    }
}

mod bundles_below_the_root {
    use super::*;

    #[test]
    fn are_taken_out_to_the_last_byte_whoever_made_the_zip() {
        let entries: &[(&str, &[u8])] = &[
            ("image/secret-baker-secrets.json", BUNDLE),
            CODE[0],
            ("a\\b\\secret-baker-secrets.json", BUNDLE),
            (bundle::FILE, ONLY_B),
        ];
        let stored = options().compression_method(CompressionMethod::Stored);
        let service = Service::new();
        let bytes = archive_with(entries, stored);
        service.write("own.zip", &bytes);
        service.write(".serverless/f.zip", &bytes);
        let functions = [
            only("own", "own.zip", &["B"]),
            only("f", ".serverless/f.zip", &["B"]),
        ];
        let failure = check(&functions, Expected::Bundle(BUNDLE), service.dir()).unwrap_err();
        let text = failure.to_string();
        assert!(
            text.contains("there are more at `image/secret-baker-secrets.json`, `a"),
            "{text}"
        );
        for carried in service.carry(&functions).unwrap() {
            assert_eq!((carried.found, carried.changed), (Found::Right, true));
            assert_eq!(carried.strays.len(), 2);
            let right = [CODE[0], (bundle::FILE, ONLY_B)];
            let right = right.map(|(name, bytes)| (name.to_owned(), bytes.to_vec()));
            assert_eq!(unpacked(&carried.path), right);
            assert!(!contains(&fs::read(&carried.path).unwrap(), b"parameter/a"));
        }
        assert_eq!(fs::read(service.dir().join("own.zip")).unwrap(), bytes);
        let again = [only("f", ".serverless/f.zip", &["B"])];
        check(&again, Expected::Bundle(BUNDLE), service.dir()).unwrap();
        assert!(!service.carry(&again).unwrap()[0].changed);
    }

    #[test]
    fn that_are_none_of_ours_stay() {
        let others: &[(&str, &[u8])] = &[
            ("a/secret-baker-secrets.json", b"{}"),
            ("b/secret-baker-secrets.json", br#"{"A":{"arn":"x"}}"#),
            ("c/secret-baker-secrets.json", b"[]"),
            ("d/secret-baker-secrets.json.bak", BUNDLE),
            ("e/not-secret-baker-secrets.json", BUNDLE),
        ];
        let (_, path) = Service::new_and(&archive(others));
        assert_eq!(unpacked(path.path()), with_bundle(others));
    }
}

mod the_launcher {
    use super::*;

    const PROGRAM: &[u8] = b"\x7fELF program program program program";

    /// Writes a launcher as the package has it.
    fn launcher(service: &Service) -> PathBuf {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(PROGRAM).unwrap();
        service.write("launcher.gz", &encoder.finish().unwrap())
    }

    fn env(function: Function, names: Option<&[&str]>, launcher: &Path) -> Function {
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

    #[test]
    fn goes_beside_the_bundle_and_may_be_executed() {
        let service = Service::new();
        service.write(".serverless/f.zip", &archive(CODE));
        let launcher = launcher(&service);
        let functions = [env(function("f", ".serverless/f.zip"), None, &launcher)];
        let carried = service.carry(&functions).unwrap();
        let mut archive = ZipArchive::new(File::open(&carried[0].path).unwrap()).unwrap();
        let mut program = archive.by_name("secret-baker-launcher").unwrap();
        assert_eq!(program.unix_mode(), Some(0o100_755));
        let mut read = Vec::new();
        program.read_to_end(&mut read).unwrap();
        assert_eq!(read, PROGRAM);
        drop(program);
        assert_eq!(unpacked(&carried[0].path).len(), CODE.len() + 2);
        let again = service.carry(&functions).unwrap();
        assert_eq!((again[0].found, again[0].changed), (Found::Right, false));
        check(&functions, Expected::Bundle(BUNDLE), service.dir()).unwrap();
    }

    #[test]
    fn replaces_another_and_leaves_a_right_bundle() {
        let service = Service::new();
        let stale = archive(&[
            ("secret-baker-launcher", b"another"),
            (bundle::FILE, BUNDLE),
        ]);
        service.write("own.zip", &stale);
        let launcher = launcher(&service);
        let functions = [env(function("f", "own.zip"), None, &launcher)];
        let failure = check(&functions, Expected::Bundle(BUNDLE), service.dir()).unwrap_err();
        assert_eq!(
            failure.code().as_str(),
            "SECRET_BAKER_ARTEFACT_WITHOUT_SECRETS"
        );
        assert!(failure.to_string().contains("does not hold the launcher"));
        let carried = service.carry(&functions).unwrap();
        assert_eq!((carried[0].found, carried[0].changed), (Found::Right, true));
        assert_eq!(carried[0].path, service.folder().join("own.zip"));
        let entries = unpacked(&carried[0].path);
        assert_eq!(entries[0], (bundle::FILE.to_owned(), BUNDLE.to_vec()));
        assert_eq!(
            entries[1],
            ("secret-baker-launcher".to_owned(), PROGRAM.to_vec())
        );
    }

    #[test]
    fn is_known_by_its_digest_and_not_by_its_checksum() {
        let service = Service::new();
        let launcher = launcher(&service);
        // Another program of the same length and CRC-32: four bytes are chosen for it.
        let mut forged = PROGRAM.to_vec();
        forged[5..12].copy_from_slice(b"EVIL!!!");
        let crc = |bytes: &[u8]| {
            let mut crc = flate2::Crc::new();
            crc.update(bytes);
            crc.sum()
        };
        let at = forged.len() - 4;
        forged[at..].fill(0);
        // CRC-32 is linear: the bits of the last four bytes are found one by one.
        let base = crc(&forged);
        let mut columns: Vec<(u32, u32)> = (0..32)
            .map(|bit| {
                let mut one = forged.clone();
                one[at + bit / 8] ^= 1 << (bit % 8);
                (crc(&one) ^ base, 1 << bit)
            })
            .collect();
        let (mut wanted, mut patch) = (crc(PROGRAM) ^ base, 0);
        for bit in (0..32).rev() {
            let Some(index) = columns.iter().position(|(value, _)| value >> bit & 1 == 1) else {
                continue;
            };
            let (value, bits) = columns.swap_remove(index);
            for column in &mut columns {
                if column.0 >> bit & 1 == 1 {
                    *column = (column.0 ^ value, column.1 ^ bits);
                }
            }
            if wanted >> bit & 1 == 1 {
                (wanted, patch) = (wanted ^ value, patch ^ bits);
            }
        }
        forged[at..].copy_from_slice(&patch.to_le_bytes());
        assert_eq!((crc(&forged), forged.len()), (crc(PROGRAM), PROGRAM.len()));
        let program = options().unix_permissions(0o755);
        let entries: [(&str, &[u8]); 2] =
            [("secret-baker-launcher", &forged), (bundle::FILE, BUNDLE)];
        service.write(".serverless/f.zip", &archive_with(&entries, program));
        let functions = [env(function("f", ".serverless/f.zip"), None, &launcher)];
        let failure = check(&functions, Expected::Bundle(BUNDLE), service.dir()).unwrap_err();
        assert!(
            failure.to_string().contains("does not hold the launcher"),
            "{failure}"
        );
        let carried = service.carry(&functions).unwrap();
        assert!(carried[0].changed);
        check(&functions, Expected::Bundle(BUNDLE), service.dir()).unwrap();
    }

    #[test]
    fn makes_a_proxys_variable_only_where_it_is_named() {
        let service = Service::new();
        service.write("f.zip", &archive(CODE));
        let launcher = launcher(&service);
        let bundle = br#"{"HTTPS_PROXY":{},"FINE":{}}"#;
        let told = |words: Option<&[&str]>| {
            let functions = [env(function("f", "f.zip"), words, &launcher)];
            let carried = carry(&functions, bundle, service.dir(), &service.folder());
            carried.err().map(|failure| failure.to_string())
        };
        for all in [None, Some(&["*"][..])] {
            let text = told(all).unwrap();
            assert!(text.contains("the secret `HTTPS_PROXY` becomes the environment variable `HTTPS_PROXY` only where it is named"), "{text}");
            assert!(text.contains("`env: ['*', 'HTTPS_PROXY']`"), "{text}");
        }
        assert_eq!(told(Some(&["*", "HTTPS_PROXY"])), None);
        assert_eq!(told(Some(&["FINE=http_proxy"])), None);
    }

    #[test]
    fn tells_a_word_that_came_out_of_a_variable_as_it_was_written() {
        let service = Service::new();
        let mut function = env(
            function("f", "f.zip"),
            Some(&["hunter2"]),
            &launcher(&service),
        );
        if let Some(env) = &mut function.env {
            env.written = Some(vec!["${ssm:/x}".into()]);
        }
        service.write("f.zip", &archive(CODE));
        let text = service.carry(&[function]).unwrap_err().to_string();
        assert_eq!(
            text,
            "custom.secretBakerOptions.env: function `f` carries no secret `${ssm:/x}`"
        );
    }

    #[test]
    fn of_one_processor_only_fits_into_a_zip() {
        let service = Service::new();
        service.write("f.zip", &archive(CODE));
        service.write("g.zip", &archive(CODE));
        let one = launcher(&service);
        let other = service.write("other.gz", &fs::read(&one).unwrap());
        let of = |name: &str, zip: &str, launcher| env(function(name, zip), None, launcher);
        let failure = service
            .carry(&[of("a", "f.zip", &one), of("b", "f.zip", &other)])
            .unwrap_err();
        let text = failure.told(&of_the_plugin());
        assert_eq!(failure.code().as_str(), "SECRET_BAKER_ARTEFACT_SHARED");
        assert!(text.starts_with("functions.b: its artefact "), "{text}");
        assert!(
            text.contains(
                "is that of function `a` too, which needs the launcher for another processor"
            ),
            "{text}"
        );
        assert!(text.contains("individually"), "{text}");
        for right in [
            [of("a", "f.zip", &one), of("b", "g.zip", &other)],
            [of("a", "f.zip", &one), function("b", "f.zip")],
        ] {
            service.carry(&right).unwrap();
        }
    }

    #[test]
    fn that_is_not_there_or_is_something_else_is_told() {
        let service = Service::new();
        service.write("f.zip", &archive(CODE));
        service.write("broken", b"no gzip, and long enough to be one");
        for path in ["nowhere", "broken"] {
            let functions = [env(function("f", "f.zip"), None, &service.dir().join(path))];
            let failure = service.carry(&functions).unwrap_err();
            assert_eq!(failure.code().as_str(), "SECRET_BAKER_NO_LAUNCHER");
            assert!(
                failure
                    .told(&of_the_plugin())
                    .contains("npm run build:launcher")
            );
        }
    }

    #[test]
    fn makes_no_variable_that_cannot_or_must_not_be() {
        let service = Service::new();
        let launcher = launcher(&service);
        let text = |function: Function, names: Option<&[&str]>| {
            service
                .carry(&[env(function, names, &launcher)])
                .unwrap_err()
                .to_string()
        };
        let elsewhere = Function {
            artefact: Artefact::Elsewhere,
            ..function("f", "")
        };
        let narrow = Function {
            only: Some(vec!["B".into()]),
            ..elsewhere.clone()
        };
        assert_eq!(
            text(narrow, Some(&["A", "B"])),
            "custom.secretBakerOptions.env: function `f` carries no secret `A`"
        );
        assert!(
            text(elsewhere, Some(&["AA"])).contains("carries no secret `AA`, did you mean `A`?")
        );
        let bundle =
            br#"{"PATH":{},"LD_PRELOAD":{},"A B":{},"A=B":{},"/a/b":{},"1":{},"FINE":{},"PATHS":{}}"#;
        let all = [
            env(function("f", "f.zip"), None, &launcher),
            env(function("g", "f.zip"), None, &launcher),
        ];
        let failure = carry(&all, bundle, service.dir(), &service.folder()).unwrap_err();
        let text = failure.to_string();
        assert_eq!(failure.problems.len(), 6, "{text}");
        for wrong in [
            "the secret `LD_PRELOAD` cannot be the environment variable `LD_PRELOAD`: that one belongs to the runtime or to AWS",
            "the secret `A B` cannot be an environment variable: its name has a comma or white space",
            "the secret `A=B` cannot be the environment variable `A=B`: a variable's name has only letters, digits and `_`",
            "the secret `/a/b` cannot be the environment variable `/a/b`",
            "the secret `1` cannot be the environment variable `1`",
        ] {
            assert!(text.contains(wrong), "{text}");
        }
        assert!(text.contains("`env: ['*', 'NAME=VARIABLE']`"), "{text}");
    }

    #[test]
    fn makes_variables_of_other_names_as_it_reads_them_itself() {
        let service = Service::new();
        service.write("f.zip", &archive(CODE));
        let launcher = launcher(&service);
        let bundle = br#"{"/a/b":{},"PATH":{},"A=B":{},"FINE":{}}"#;
        let told = |words: &[&str]| {
            let functions = [env(function("f", "f.zip"), Some(words), &launcher)];
            let carried = carry(&functions, bundle, service.dir(), &service.folder());
            carried.err().map(|failure| failure.to_string())
        };
        for right in [
            &["*", "/a/b=A_B", "PATH=_path2", "A=B=C"][..],
            &["/a/b=B", "FINE", "FINE", "FINE=AGAIN"],
            &["FINE"],
        ] {
            assert_eq!(told(right), None, "{right:?}");
        }
        for (wrong, says) in [
            (&["/a/b"][..], "environment variable `/a/b`"),
            (&["FINE=1"], "environment variable `1`"),
            (&["FINE="], "environment variable ``"),
            (&["FINE=AWS_REGION"], "belongs to the runtime"),
            (&["FIN=X"], "carries no secret `FIN`, did you mean `FINE`?"),
            (
                &["FINE", "PATH=FINE"],
                "the secrets `FINE` and `PATH` would both be the environment variable `FINE`",
            ),
            (&["*", "/a/b=X", "A=B=Y"], "environment variable `PATH`"),
        ] {
            let text = told(wrong).unwrap();
            assert!(text.contains(says), "{wrong:?}: {text}");
        }
    }
}

mod the_last_look {
    use std::collections::BTreeMap;

    use super::*;

    fn wrong(functions: &[Function], expected: Expected<'_>, service: &Service) -> Vec<String> {
        let Err(failure) = check(functions, expected, service.dir()) else {
            return Vec::new();
        };
        assert_eq!(
            failure.code().as_str(),
            "SECRET_BAKER_ARTEFACT_WITHOUT_SECRETS"
        );
        let said = |problem: &crate::failure::Problem| problem.to_string();
        failure.problems.iter().map(said).collect()
    }

    /// Asks with the bundle, and with what a package tells of it.
    fn wrong_both_ways(functions: &[Function], service: &Service) -> [Vec<String>; 2] {
        let names = bundle::Names::read(BUNDLE).unwrap();
        let digests: BTreeMap<_, _> = functions
            .iter()
            .map(|function| {
                let bundle = names.narrowed(function.only.as_deref()).unwrap();
                (function.name.clone(), bundle::digest(&bundle))
            })
            .collect();
        let config = serde_json::json!(["A", {"name": "B", "path": "/b"}]);
        let packaged = Expected::Packaged {
            digests: &digests,
            config: Some(&config),
        };
        [Expected::Bundle(BUNDLE), packaged].map(|expected| wrong(functions, expected, service))
    }

    #[test]
    fn sees_that_every_artefact_has_what_was_baked_for_it() {
        let service = Service::new();
        service.write("whole.zip", &archive(&[(bundle::FILE, BUNDLE)]));
        service.write("b.zip", &archive(&[(bundle::FILE, ONLY_B)]));
        let right = [function("whole", "whole.zip"), only("b", "b.zip", &["B"])];
        assert_eq!(
            wrong_both_ways(&right, &service),
            [vec![], vec![]] as [Vec<String>; 2]
        );
    }

    #[test]
    fn tells_what_is_missing_and_what_is_foreign() {
        let service = Service::new();
        let write =
            |name: &str, text: &[u8]| service.write(name, &archive(&[(bundle::FILE, text)]));
        write("whole.zip", BUNDLE);
        write("b.zip", ONLY_B);
        write("c.zip", br#"{"A":1,"C":1}"#);
        write("text.zip", b"a text");
        service.write("none.zip", &archive(CODE));
        let secret = options().unix_permissions(0o600);
        service.write("mode.zip", &archive_with(&[(bundle::FILE, BUNDLE)], secret));
        let functions = [
            function("b", "b.zip"),
            only("whole", "whole.zip", &["B"]),
            function("c", "c.zip"),
            function("text", "text.zip"),
            function("none", "none.zip"),
            function("mode", "mode.zip"),
        ];
        for said in wrong_both_ways(&functions, &service) {
            let ends = [
                "b.zip does not hold just its secrets: it lacks `A`",
                "whole.zip does not hold just its secrets: it has `A`, which it is not to carry",
                "it lacks `B` and has `C`, which it is not to carry",
                "its `secret-baker-secrets.json` is no bundle",
                "there is no `secret-baker-secrets.json` at its root",
                "is damaged, there twice, or not readable for everybody",
            ];
            assert_eq!(said.len(), ends.len(), "{said:?}");
            for (said, end) in said.iter().zip(ends) {
                assert!(said.ends_with(end), "{said}");
            }
        }
    }

    #[test]
    fn is_at_the_very_bytes_and_not_at_names() {
        let service = Service::new();
        let text = String::from_utf8(BUNDLE.into()).unwrap();
        for other in [
            r#"{"A":1,"B":"plaintext!"}"#.to_owned(),
            text.replace("parameter/a", "parameter/of/another/stage"),
            text.replace("\"version\":1", "\"version\":9"),
            format!("{text} "),
        ] {
            service.write("f.zip", &archive(&[(bundle::FILE, other.as_bytes())]));
            let [baked, packaged] = wrong_both_ways(&[function("f", "f.zip")], &service);
            assert!(baked[0].ends_with(" is not what was baked"), "{baked:?}");
            assert!(
                packaged[0].ends_with("their ciphertexts are not those that were packaged"),
                "{packaged:?}"
            );
        }
    }

    #[test]
    fn of_a_package_compares_bytes_before_it_reads_a_config() {
        let service = Service::new();
        service.write("f.zip", &archive(&[(bundle::FILE, BUNDLE)]));
        let functions = [function("f", "f.zip")];
        let right = BTreeMap::from([("f".to_owned(), bundle::digest(BUNDLE))]);
        let wrong_digest = BTreeMap::from([("f".to_owned(), bundle::digest(b"{}"))]);
        let other_grammar = serde_json::json!([{"kms": 5}, "ssm:/a", {"A": {"of": "tomorrow"}}]);
        for config in [None, Some(&other_grammar)] {
            let packaged = |digests| Expected::Packaged { digests, config };
            assert_eq!(
                wrong(&functions, packaged(&right), &service),
                [] as [String; 0]
            );
            assert_eq!(
                wrong(&functions, packaged(&wrong_digest), &service).len(),
                1
            );
        }
    }

    #[test]
    fn of_a_package_stops_at_a_function_that_it_does_not_know() {
        let service = Service::new();
        service.write("f.zip", &archive(&[(bundle::FILE, BUNDLE)]));
        let (digests, config) = (BTreeMap::new(), serde_json::json!([{"path": "/app/*"}]));
        let packaged = Expected::Packaged {
            digests: &digests,
            config: Some(&config),
        };
        assert_eq!(
            wrong(&[function("f", "f.zip")], packaged, &service).len(),
            1
        );
    }
}

impl Service {
    /// Carries one zip of a service that goes on living beside it.
    fn new_and(bytes: &[u8]) -> (Found, Kept) {
        let service = Self::new();
        let (found, path) = service.carry_one(bytes).unwrap();
        (found, Kept(path, service))
    }
}

/// A path, and what keeps it.
struct Kept(
    PathBuf,
    #[expect(dead_code, reason = "its folder goes with it")] Service,
);

impl Kept {
    fn path(&self) -> &Path {
        &self.0
    }
}
