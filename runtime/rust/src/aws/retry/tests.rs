use std::collections::BTreeSet;

use super::*;

#[test]
fn pauses_are_anything_up_to_a_bound_that_doubles() {
    for (tries, bound) in [
        (1, 50),
        (2, 100),
        (3, 200),
        (4, 400),
        (5, 800),
        (6, 1000),
        (99, 1000),
    ] {
        let bound = Duration::from_millis(bound);
        let pauses: BTreeSet<_> = (0..100).map(|_| pause_after(tries)).collect();
        assert!(pauses.len() > 1, "they are all alike");
        assert!(pauses.iter().all(|pause| *pause <= bound), "{pauses:?}");
        // Half of them are on each side, so a hundred are never on one.
        let (least, most) = (pauses.first().unwrap(), pauses.last().unwrap());
        assert!(*least < bound / 2 && bound / 2 < *most, "{pauses:?}");
    }
}
