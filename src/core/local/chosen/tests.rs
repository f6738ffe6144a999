use super::*;
use crate::local::tests::Machine;
use crate::local::wanted::OwnFile;

/// An entry that names a SOPS file of its own.
fn own(name: Option<&str>, file: &str, field: Option<&str>) -> Wanted {
    Wanted {
        place: "custom.secretBaker[0]".into(),
        name: name.map(Text::public),
        own: Some(OwnFile {
            file: Text::public(file),
            field: field.map(Text::public),
        }),
    }
}

/// A machine with an identity, a plain file with this in it, and some files of SOPS.
fn machine(plain: &str) -> Machine {
    let machine = Machine::in_git("*.env\n");
    machine.put(".config/sops/age/keys.txt", "keys.txt");
    for file in ["x25519.yaml", "ssh-ed25519.json", "whole.bin"] {
        machine.put(file, file);
    }
    std::fs::write(machine.path("my.env"), plain).unwrap();
    machine
}

fn chosen(machine: &Machine, wanted: Vec<Wanted>) -> Result<Vec<[String; 3]>, Failure> {
    let variables = machine.variables();
    let values = Values {
        file: "my.env",
        region: None,
        variables: &variables,
    };
    let chosen = of(wanted, &machine.path(""), values)?;
    let shown = |one: &Chosen| {
        let value = String::from_utf8(one.value.to_vec()).unwrap();
        [one.name.value().to_owned(), value, one.from.to_string()]
    };
    Ok(chosen.iter().map(shown).collect())
}

#[test]
fn an_entry_whose_own_file_has_an_age_recipient_needs_no_local_value() {
    let wanted = vec![
        own(Some("DB"), "x25519.yaml", Some("db.password")),
        own(Some("BLOB"), "whole.bin", None),
    ];
    assert_eq!(
        chosen(&machine(""), wanted).unwrap(),
        [
            ["DB", "hunter2", "x25519.yaml"],
            ["BLOB", "\0\x01binary", "whole.bin"],
        ]
    );
}

#[test]
fn a_value_of_the_local_file_goes_before_it_and_then_it_is_not_even_opened() {
    let wanted = vec![own(Some("DB"), "ssh-ed25519.json", Some("db.password"))];
    // Nobody here could open it.
    assert_eq!(
        chosen(&machine("DB=1"), wanted).unwrap(),
        [["DB", "1", "my.env"]]
    );
}

#[test]
fn a_whole_file_brings_all_that_is_encrypted_in_it_and_nothing_else_of_the_local_file() {
    let values = chosen(
        &machine("db.port=1\nOTHER=2"),
        vec![own(None, "x25519.yaml", None)],
    );
    let values = values.unwrap();
    assert_eq!(values.len(), 8);
    assert_eq!(values[0], ["DB_PASSWORD", "päss", "x25519.yaml"]);
    assert_eq!(values[2], ["db.port", "1", "my.env"]);
}

#[test]
fn without_an_age_recipient_the_local_file_must_have_it() {
    let machine = machine("OTHER=2");
    let path = machine.path("x25519.yaml");
    let text = std::fs::read_to_string(&path)
        .unwrap()
        .replace("    age:", "    kms:");
    std::fs::write(path, text).unwrap();
    let failure = chosen(
        &machine,
        vec![own(Some("DB"), "x25519.yaml", Some("db.password"))],
    );
    let text = failure.unwrap_err().to_string();
    assert!(
        text.starts_with("custom.secretBaker[0]: `my.env` has no local value for `DB`"),
        "{text}"
    );
    let values = chosen(&machine, vec![own(None, "x25519.yaml", None)]).unwrap();
    assert_eq!(values, [["OTHER", "2", "my.env"]]);
}

#[test]
fn a_field_that_its_file_does_not_have_is_told_with_the_nearest() {
    let wanted = vec![own(Some("DB"), "x25519.yaml", Some("db.pasword"))];
    let text = chosen(&machine(""), wanted).unwrap_err().to_string();
    assert!(
        text.starts_with("custom.secretBaker[0]: `x25519.yaml` has no local value for `db.pasword`, did you mean `db.password`?"),
        "{text}"
    );
}

#[test]
fn what_is_wrong_with_several_own_files_is_told_at_once() {
    let wanted = vec![
        own(Some("A"), "ssh-ed25519.json", Some("x")),
        own(Some("B"), "none.yaml", Some("x")),
    ];
    let failure = chosen(&machine(""), wanted).unwrap_err();
    let codes: Vec<_> = failure
        .problems
        .iter()
        .map(|problem| problem.why.code().as_str())
        .collect();
    assert_eq!(codes, ["SECRET_BAKER_FILE", "SECRET_BAKER_NO_IDENTITY"]);
}
