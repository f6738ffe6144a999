use crate::artefact::fixture::*;

mod the_launcher {
    use super::*;

    #[test]
    fn goes_beside_the_bundle_and_may_be_executed() {
        let service = Service::new();
        service.write(".serverless/f.zip", &archive(CODE));
        let launcher = launcher(&service);
        let functions = [env(function("f", ".serverless/f.zip"), None, &launcher)];
        let carried = service.put(&functions).unwrap();
        let mut archive = ZipArchive::new(File::open(&carried[0].path).unwrap()).unwrap();
        let mut program = archive.by_name("secret-baker-launcher").unwrap();
        assert_eq!(program.unix_mode(), Some(0o100_755));
        let mut read = Vec::new();
        program.read_to_end(&mut read).unwrap();
        assert_eq!(read, PROGRAM);
        drop(program);
        assert_eq!(unpacked(&carried[0].path).len(), CODE.len() + 2);
        let again = service.put(&functions).unwrap();
        assert_eq!((again[0].found, again[0].changed), (Found::Right, false));
        service.check(&functions).unwrap();
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
        let failure = service.check(&functions).unwrap_err();
        assert_eq!(
            failure.code().as_str(),
            "SECRET_BAKER_ARTEFACT_WITHOUT_SECRETS"
        );
        assert!(failure.to_string().contains("does not hold the launcher"));
        let carried = service.put(&functions).unwrap();
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
        let failure = service.check(&functions).unwrap_err();
        assert!(
            failure.to_string().contains("does not hold the launcher"),
            "{failure}"
        );
        let carried = service.put(&functions).unwrap();
        assert!(carried[0].changed);
        service.check(&functions).unwrap();
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
            .put(&[of("a", "f.zip", &one), of("b", "f.zip", &other)])
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
            service.put(&right).unwrap();
        }
    }

    #[test]
    fn that_is_not_there_or_is_something_else_is_told() {
        let service = Service::new();
        service.write("f.zip", &archive(CODE));
        service.write("broken", b"no gzip, and long enough to be one");
        for path in ["nowhere", "broken"] {
            let functions = [env(function("f", "f.zip"), None, &service.dir().join(path))];
            let failure = service.put(&functions).unwrap_err();
            assert_eq!(failure.code().as_str(), "SECRET_BAKER_NO_LAUNCHER");
            assert!(
                failure
                    .told(&of_the_plugin())
                    .contains("npm run build:launcher")
            );
        }
    }
}
