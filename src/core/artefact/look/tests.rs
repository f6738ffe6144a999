use crate::artefact::fixture::*;

mod finds {
    use super::*;

    #[test]
    fn the_bundle_that_a_tool_put_in_and_touches_nothing() {
        let service = Service::new();
        let bytes = archive(&[CODE[0], (bundle::FILE, BUNDLE)]);
        let path = service.write(".serverless/f.zip", &bytes);
        let before = fs::metadata(&path).unwrap().modified().unwrap();
        let carried = service.put(&[function("f", ".serverless/f.zip")]).unwrap();
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
            let (found, _) = Service::new().put_one(&bytes).unwrap();
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
            let (found, path) = service.put_one(bytes).unwrap();
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
        let failure = service.check(&functions).unwrap_err();
        let text = failure.to_string();
        assert!(
            text.contains("there are more at `image/secret-baker-secrets.json`, `a"),
            "{text}"
        );
        for carried in service.put(&functions).unwrap() {
            assert_eq!((carried.found, carried.changed), (Found::Right, true));
            assert_eq!(carried.strays.len(), 2);
            let right = [CODE[0], (bundle::FILE, ONLY_B)];
            let right = right.map(|(name, bytes)| (name.to_owned(), bytes.to_vec()));
            assert_eq!(unpacked(&carried.path), right);
            assert!(!contains(&fs::read(&carried.path).unwrap(), b"parameter/a"));
        }
        assert_eq!(fs::read(service.dir().join("own.zip")).unwrap(), bytes);
        let again = [only("f", ".serverless/f.zip", &["B"])];
        service.check(&again).unwrap();
        assert!(!service.put(&again).unwrap()[0].changed);
    }

    #[test]
    fn go_whichever_the_source_of_their_entries() {
        let kms = r#"{"source":"kms","ciphertext":"AQICCC==","key":"k"}"#;
        let ssm = std::str::from_utf8(ONLY_B).unwrap();
        let mixed = ssm.replacen('{', &format!(r#"{{"K":{kms},"#), 1);
        let only_kms = format!(r#"{{"K":{kms}}}"#);
        let entries: &[(&str, &[u8])] = &[
            ("a/secret-baker-secrets.json", mixed.as_bytes()),
            CODE[0],
            ("b/secret-baker-secrets.json", only_kms.as_bytes()),
        ];
        let service = Service::new();
        let stored = options().compression_method(CompressionMethod::Stored);
        let path = service.write(".serverless/f.zip", &archive_with(entries, stored));
        let carried = service.put(&[function("f", ".serverless/f.zip")]).unwrap();
        assert_eq!(carried[0].strays.len(), 2, "{:?}", carried[0].strays);
        assert_eq!(unpacked(&path), with_bundle(&CODE[..1]));
        assert!(!contains(&fs::read(&path).unwrap(), b"AQICCC=="));
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
