use super::*;
use crate::unprintable::is_printable;

/// Not a constant: it must be nowhere else in memory.
fn bytes() -> Zeroizing<Vec<u8>> {
    Zeroizing::new((b'a'..=b'z').cycle().take(4096).collect())
}

#[cfg(target_os = "linux")]
#[test]
fn the_last_clone_leaves_nothing_in_memory() {
    use std::os::unix::fs::FileExt as _;

    let mut binary = bytes();
    binary[0] = 0xff;
    let memory = std::fs::File::open("/proc/self/mem").unwrap();
    for bytes in [bytes(), binary] {
        let address = bytes.as_ptr().addr();
        // From the middle, since an allocator writes at the beginning of what it gets back, and without asking
        // it for memory, which might be this. A page that was given back cannot be read, and has nothing.
        let there = || {
            let mut there = [0; 26];
            let _ = memory.read_exact_at(&mut there, address as u64 + 26 * 80);
            there
        };
        let plaintext = Plaintext::new(bytes);
        let clone = plaintext.clone().bytes();
        assert_eq!(clone.expose().as_ptr().addr(), address, "it was copied");
        drop(plaintext);
        assert_eq!(there(), *b"abcdefghijklmnopqrstuvwxyz");
        drop(clone);
        assert_ne!(there(), *b"abcdefghijklmnopqrstuvwxyz");
    }
}

#[test]
fn nothing_prints_it() {
    assert!(!is_printable!(Plaintext));
    let bytes = Plaintext::new(bytes()).bytes();
    let text = Plaintext::new(Zeroizing::new(b"never".to_vec())).text();
    assert_eq!(
        format!("{bytes:?} {bytes:#?} {text:?}"),
        "[secret] [secret] Some([secret])"
    );
}
