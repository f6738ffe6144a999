use crate::artefact::fixture::*;

mod puts_in {
    use super::*;

    #[test]
    fn the_bundle_and_changes_no_other_byte() {
        let bytes = archive(CODE);
        let service = Service::new();
        let (found, path) = service.put_one(&bytes).unwrap();
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
        let (_, path) = service.put_one(&archive(CODE)).unwrap();
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
        let (_, path) = service.put_one(&archive(CODE)).unwrap();
        let once = fs::read(&path).unwrap();
        let (found, _) = service.put_one(&once).unwrap();
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

mod the_users_artefact {
    use super::*;

    #[test]
    fn is_copied_and_left_as_it_was() {
        let service = Service::new();
        let bytes = archive(CODE);
        let own = service.write("dist/app.zip", &bytes);
        let carried = service
            .put(&[
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
        let carried = service.put(&functions).unwrap();
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
            .put(&[
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
        let carried = service.put(&[function("a", "dist/app.zip")]).unwrap();
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
        let carried = service.put(&functions).unwrap();
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
        assert_eq!(service.put(&same).unwrap()[0].functions, ["a", "b", "c"]);
        let differ = [
            function("a", zip),
            only("b", zip, &["B"]),
            only("c", zip, &[]),
        ];
        let failure = service.put(&differ).unwrap_err();
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
    fn of_an_image_gets_its_part_for_the_build_context() {
        let service = Service::new();
        let image = Function {
            artefact: Artefact::Context("image".into()),
            ..only("image", "", &["B"])
        };
        let carried = service.put(&[image]).unwrap();
        assert_eq!(carried[0].path, service.dir().join("image"));
        assert_eq!(carried[0].bundle.bytes(), ONLY_B);
    }
}
