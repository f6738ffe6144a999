use zeroize::ZeroizeOnDrop;

use super::*;
use crate::unprintable::is_printable;

fn of(bytes: &[u8]) -> Result<DataKey<32>, Problem> {
    data_key(Ok(Zeroizing::new(bytes.to_vec())))
}

#[test]
fn a_data_key_has_the_length_of_its_cipher() {
    assert!(of(&[7; 32]).is_ok_and(|key| *key == [7; 32]));
    for length in [0, 16, 31, 33, 64] {
        let problem = of(&vec![7; length]).err().unwrap();
        assert_eq!(problem.code, Code::Tampered);
        assert_eq!(problem.reason, "its data key has not 32 bytes");
    }
}

#[test]
fn it_is_zeroed_where_it_was_decoded_and_cannot_be_printed() {
    fn is_zeroed(_: &impl ZeroizeOnDrop) {}
    let bytes = Zeroizing::new(vec![7; 32]);
    let place = bytes.as_ptr();
    let key: DataKey<32> = data_key(Ok(bytes)).ok().unwrap();
    is_zeroed(&key.0);
    assert_eq!(key.as_ptr(), place);
    assert!(!is_printable!(DataKey<32>));
}
