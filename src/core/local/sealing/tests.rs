use std::collections::BTreeSet;

use super::*;
use crate::source::ciphertext::Ciphertext;

fn sealed(name: &str, plaintext: &[u8]) -> Result<Map<String, Value>, NotSealed> {
    let key = ProcessKey::new().unwrap();
    entry(&key, "eu-central-1", (name, &name.into()), plaintext)
}

#[test]
fn an_entry_is_one_of_parameter_store() {
    let key = ProcessKey::new().unwrap();
    let entry = entry(&key, "cn-north-1", ("DB", &"DB".into()), b"secret").unwrap();
    let keys: Vec<_> = entry.keys().collect();
    assert_eq!(keys, ["ciphertext", "arn", "version"]);
    let arn = "arn:aws-cn:ssm:cn-north-1:000000000000:parameter/local/DB";
    assert_eq!(entry["arn"], arn);
    assert_eq!(entry["version"], 1);
    let ciphertext = entry["ciphertext"].as_str().unwrap();
    assert_eq!(Ciphertext::of(ciphertext), Some(Ciphertext::Kms));
    let context = Context::from([("PARAMETER_ARN".into(), arn.into())]);
    let blob = STANDARD.decode(ciphertext).unwrap();
    assert_eq!(**key.open(&context, &blob).unwrap(), *b"secret");
}

#[test]
fn each_name_has_an_arn_of_its_own_that_openers_take() {
    let long = "x".repeat(5000);
    let names = [
        "a b",
        "a_b",
        "a/b",
        "/a/b",
        "a:b",
        "ä",
        "",
        ".",
        &long,
        &long[1..],
    ];
    let arns: BTreeSet<_> = names
        .iter()
        .map(|name| {
            sealed(name, b"").unwrap()["arn"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(arns.len(), names.len());
    for arn in arns {
        let path = arn.strip_prefix("arn:aws:ssm:eu-central-1:000000000000:parameter/");
        let fits = |c: char| c.is_ascii_alphanumeric() || "_./-".contains(c);
        assert!(
            path.unwrap().chars().all(fits) && arn.len() <= 2048,
            "{arn}"
        );
    }
}

#[test]
fn a_value_that_kms_would_not_give_is_refused() {
    sealed("DB", &[b'x'; LONGEST]).unwrap();
    let why = sealed("DB", &[b'x'; LONGEST + 1]).unwrap_err();
    assert_eq!(why.code().as_str(), "SECRET_BAKER_LOCAL_VALUES");
    assert_eq!(
        why.to_string(),
        "the local value of `DB` has 4097 bytes, and KMS gives at most 4096"
    );
}
