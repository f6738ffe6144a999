use zeroize::ZeroizeOnDrop;

use super::*;

#[test]
fn its_keys_are_zeroed() {
    fn is_zeroed<T: ZeroizeOnDrop>() {}
    is_zeroed::<Aes256Gcm>();
}
