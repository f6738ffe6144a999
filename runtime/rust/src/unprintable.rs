//! Which types have a `Debug`, for the tests of those that must have none.

/// Whether a type has `Debug`: its own constant comes before that of the trait.
macro_rules! is_printable {
    ($type:ty) => {{
        #[allow(dead_code, reason = "of the two constants one is used")]
        trait Otherwise {
            const PRINTABLE: bool = false;
        }
        impl<T> Otherwise for T {}
        struct Of<T>(std::marker::PhantomData<T>);
        #[allow(dead_code, reason = "of the two constants one is used")]
        impl<T: std::fmt::Debug> Of<T> {
            const PRINTABLE: bool = true;
        }
        Of::<$type>::PRINTABLE
    }};
}
pub(crate) use is_printable;

#[test]
fn a_type_that_has_debug_is_told() {
    struct None;
    assert!(is_printable!(Vec<u8>));
    assert!(!is_printable!(None));
}
