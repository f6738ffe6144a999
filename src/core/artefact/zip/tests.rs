use crate::artefact::fixture::*;

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
        let directory = directory_of(&whole);
        let mut record = whole.clone();
        record[directory + 28] = 0xff;
        let mut offset = whole.clone();
        offset[directory + 42..directory + 46].copy_from_slice(&0x7fff_ffff_u32.to_le_bytes());
        let mut lost = archive_with(CODE, options().large_file(true));
        let at = directory_of(&lost) + 42;
        lost[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
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
            lost,
        ];
        for bytes in &damaged {
            is_damaged(bytes);
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
        let failure = service.put_one(bytes).unwrap_err();
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
                if let Err(failure) = service.put_one(&bytes) {
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
                let _ = service.put_one(&bytes);
            }
        }
    }
}
