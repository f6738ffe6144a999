use super::*;
use crate::aws::Connection;
use crate::failure::tests::problems_of;
use crate::local::file::read;
use crate::local::tests::Machine;
use crate::source::sops::store::Change;

const NATIVE: (&str, &str) = (".config/sops/age/keys.txt", "keys.txt");
const ED25519: (&str, &str) = (".ssh/id_ed25519", "id_ed25519");
const RSA: (&str, &str) = (".ssh/id_rsa", "id_rsa");

fn machine(identity: (&str, &str), file: &str) -> Machine {
    let machine = Machine::new();
    machine.put(identity.0, identity.1);
    machine.put(file, file);
    machine
}

/// No AWS is asked: this connection has no credentials.
async fn put(machine: &Machine, file: &str, field: &str, value: &str) -> Result<Written, Failure> {
    let aws = Aws::new(Connection::default());
    let (folder, file) = (machine.path(""), Text::public(file));
    let at = (folder.as_path(), &file);
    set(
        &aws,
        &machine.variables(),
        at,
        Some(field),
        value.as_bytes(),
    )
    .await
}

#[tokio::test]
async fn a_value_is_set_by_each_kind_of_identity() {
    for (identity, file, field) in [
        (NATIVE, "x25519.yaml", "db.password"),
        (NATIVE, "mac-only-encrypted.yaml", "list.1"),
        (ED25519, "mac-only-encrypted.yaml", "DB_PASSWORD"),
        (ED25519, "ssh-ed25519.json", "db.new"),
        (RSA, "ssh-rsa.env", "PEM"),
        (RSA, "ssh-rsa.env", "NEW"),
    ] {
        let machine = machine(identity, file);
        let written = put(&machine, file, field, "päss\nword").await.unwrap();
        std::fs::write(machine.path(file), written.bytes).unwrap();
        let opened = read(&machine.path(""), file, &machine.variables()).unwrap();
        let found = opened.values.iter().find(|(name, _)| name == field);
        assert_eq!(
            **found.unwrap().1,
            *"päss\nword".as_bytes(),
            "{file} {field}"
        );
    }
}

#[tokio::test]
async fn a_dotenv_file_may_have_an_ending_of_its_own() {
    let machine = Machine::new();
    machine.put(".ssh/id_rsa", "id_rsa");
    machine.put(".env.local", "ssh-rsa.env");
    let written = put(&machine, ".env.local", "API_TOKEN", "new").await;
    assert_eq!(written.unwrap().changed, Change::Value);
}

#[tokio::test]
async fn nobody_sets_a_value_without_an_identity() {
    let failure = put(
        &machine(ED25519, "x25519.yaml"),
        "x25519.yaml",
        "db.password",
        "x",
    )
    .await;
    let failure = failure.unwrap_err();
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_NO_IDENTITY");
    let failure = failure.to_string();
    let told = problems_of(&failure);
    assert!(
        told.starts_with("no age identity of this machine opens `x25519.yaml`"),
        "{told}"
    );
}

#[test]
fn it_is_told_which_local_files_are_of_sops() {
    let machine = machine(NATIVE, "x25519.yaml");
    std::fs::write(machine.path("plain.yaml"), "a: b\n").unwrap();
    let is = |file: &str| is_of_sops(&machine.path(""), &Text::public(file));
    assert!(is("x25519.yaml").unwrap());
    assert!(!is("plain.yaml").unwrap());
    assert!(is("keys.txt").is_err());
}
