use super::*;

#[test]
fn a_signature_is_two_positive_integers_in_their_shortest_form() {
    let long = [
        &[0x30, 0x81, 0x86, 2, 0x81, 0x80][..],
        &[1; 128],
        &[2, 1, 1],
    ]
    .concat();
    for right in [
        &[0x30, 6, 2, 1, 1, 2, 1, 1][..],
        &[0x30, 7, 2, 2, 0, 0x80, 2, 1, 1],
        &long,
    ] {
        assert!(is_der(right), "{right:?}");
    }
    for wrong in [
        &[][..],
        &[0x30],
        &[0x30, 0],
        &[0x31, 6, 2, 1, 1, 2, 1, 1],
        &[0x30, 6, 2, 1, 0, 2, 1, 1],
        &[0x30, 6, 2, 1, 1, 2, 1, 0x80],
        &[0x30, 7, 2, 2, 0, 1, 2, 1, 1],
        &[0x30, 5, 2, 0, 2, 1, 1],
        &[0x30, 6, 2, 1, 1, 2, 1, 1, 0],
        &[0x30, 7, 2, 1, 1, 2, 1, 1, 0],
        &[0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1],
        &[0x30, 7, 2, 1, 1, 2, 1, 1],
        &[0x30, 0x81, 6, 2, 1, 1, 2, 1, 1],
        &[0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0],
        &[0x30, 6, 4, 1, 1, 2, 1, 1],
    ] {
        assert!(!is_der(wrong), "{wrong:?}");
    }
}

#[test]
fn a_key_is_a_compressed_point_on_the_curve() {
    let generator = "AqqHyiK+iwU3jrHHHvMgrXRuHTtii6ebmFn3QeCCVCo4VQLyXb9VKWw6VF44cnYKtw==";
    let mut point = STANDARD.decode(generator).unwrap();
    // The generator's coordinate, and either half.
    point[0] = 3;
    assert!(key(&STANDARD.encode(&point)).is_some());
    for wrong in [
        [&[4][..], &point[1..]].concat(),
        [&[0][..], &point[1..]].concat(),
        point[..48].to_vec(),
        [&point[..], &[0]].concat(),
        [&[2][..], &[0xff; 48]].concat(),
        vec![],
    ] {
        assert!(key(&STANDARD.encode(&wrong)).is_none(), "{wrong:?}");
    }
    assert!(key(&STANDARD.encode(&point).replace('=', "")).is_none());
    assert!(key(&format!("{}\n", STANDARD.encode(&point))).is_none());
}
