use super::*;
use crate::rights::Refused;

fn call(resource: &str) -> Call {
    Call {
        action: "kms:Decrypt",
        resource: Ok(resource.into()),
        context: serde_json::Map::new(),
        via: None,
        dry_run: None,
    }
}

#[test]
fn any_one_key_that_opens_is_enough_and_what_nobody_knows_is_never_a_refusal() {
    let need = [call("one"), call("two")];
    let no = || Right::No(Refused::Permission("no".into()));
    let unknown = || Right::Unknown("iam:SimulatePrincipalPolicy", "denied".into());
    assert_eq!(of_right("role", &need, &[no(), Right::Yes]), None);
    let level = |rights: &[Right]| of_right("role", &need, rights).unwrap().level;
    assert_eq!(level(&[no(), no()]), Level::Problem);
    assert_eq!(level(&[unknown(), no()]), Level::Unchecked);
    assert_eq!(level(&[no(), unknown()]), Level::Unchecked);
}

#[test]
fn the_gravest_finding_tells_the_level() {
    assert!(Level::Fine < Level::Warning);
    assert!(Level::Warning < Level::Unchecked);
    assert!(Level::Unchecked < Level::Problem);
}
