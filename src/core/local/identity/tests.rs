use std::collections::BTreeMap;

use super::*;
use crate::local::tests::{Machine, files};

fn found(machine: &Machine) -> (usize, Vec<String>) {
    let found = Identities::of(&machine.variables());
    let passed = found.passed.iter().map(ToString::to_string);
    (found.all.len(), passed.collect())
}

#[test]
fn a_machine_without_any_has_none_and_misses_nothing() {
    assert_eq!(found(&Machine::new()), (0, vec![]));
}

#[test]
fn identities_are_found_where_sops_looks_for_them() {
    let keys = files("keys.txt");
    let text = std::fs::read_to_string(&keys).unwrap();
    let key = text.lines().find(|line| line.starts_with("AGE-")).unwrap();
    let mut several = Machine::new();
    several.set("SOPS_AGE_KEY", &format!("{key} {key}\n# a comment\n{key}"));
    assert_eq!(found(&several), (3, vec![]));
    let mut file = Machine::new();
    file.set("SOPS_AGE_KEY_FILE", keys.to_str().unwrap());
    assert_eq!(found(&file), (1, vec![]));
    let mut ssh = Machine::new();
    ssh.set(
        "SOPS_AGE_SSH_PRIVATE_KEY_FILE",
        files("id_rsa").to_str().unwrap(),
    );
    assert_eq!(found(&ssh), (1, vec![]));
    let config = Machine::new();
    config.put(".config/sops/age/keys.txt", "keys.txt");
    config.put(".ssh/id_ed25519", "id_ed25519");
    config.put(".ssh/id_rsa", "id_rsa");
    assert_eq!(found(&config), (3, vec![]));
    let mut xdg = Machine::new();
    xdg.put("elsewhere/sops/age/keys.txt", "keys.txt");
    xdg.set("XDG_CONFIG_HOME", xdg.path("elsewhere").to_str().unwrap());
    assert_eq!(found(&xdg), (1, vec![]));
}

#[test]
fn what_cannot_be_used_is_passed_over_with_a_word() {
    let mut machine = Machine::new();
    machine.set("SOPS_AGE_KEY", "AGE-SECRET-KEY-1HUNTER2");
    machine.set("SOPS_AGE_KEY_FILE", "/nowhere/keys.txt");
    machine.put(".ssh/id_ed25519", "id_passphrase");
    machine.put(".ssh/id_rsa", "x25519.yaml");
    let (all, passed) = found(&machine);
    assert_eq!(all, 0);
    let home = machine.path("");
    let home = home.display();
    assert_eq!(
        passed,
        [
            format!("{home}.ssh/id_ed25519 is protected by a passphrase, which is not asked for"),
            format!("{home}.ssh/id_rsa is no private SSH key"),
            "SOPS_AGE_KEY has on line 1 what is no AGE-SECRET-KEY-1...: plugins and other kinds of keys are not used here".into(),
            "SOPS_AGE_KEY_FILE cannot be read: No such file or directory (os error 2)".into(),
        ]
    );
}

#[test]
fn a_command_is_run_without_a_shell_and_told_the_recipient() {
    let mut machine = Machine::new();
    let script = r#"sh -c 'test "$SOPS_AGE_RECIPIENT" = age1me && cat "$0"'"#;
    let keys = files("keys.txt");
    machine.set("SOPS_AGE_KEY_CMD", &format!("{script} {}", keys.display()));
    let variables = machine.variables();
    let found = Identities::of_commands(&variables, &["age1me"]);
    assert_eq!((found.all.len(), found.passed), (1, vec![]));
    let found = Identities::of_commands(&variables, &["age1other"]);
    assert!(found.all.is_empty());
    let why = found.passed[0].as_str();
    assert!(
        why.starts_with("SOPS_AGE_KEY_CMD gives none: it ended with exit status"),
        "{why}"
    );
}

#[test]
fn a_command_that_is_none_is_told() {
    let said = |command: &str| {
        let mut machine = Machine::new();
        machine.set("SOPS_AGE_SSH_PRIVATE_KEY_CMD", command);
        let found = Identities::of_commands(&machine.variables(), &["age1me"]);
        found.passed[0].to_string()
    };
    assert_eq!(
        said("'open quote"),
        "SOPS_AGE_SSH_PRIVATE_KEY_CMD is no command"
    );
    let begins = "SOPS_AGE_SSH_PRIVATE_KEY_CMD gives none: it cannot be run: ";
    assert!(said("no-such-program-here").starts_with(begins));
    assert_eq!(
        said("echo hunter2"),
        "SOPS_AGE_SSH_PRIVATE_KEY_CMD is no private SSH key"
    );
}

#[test]
fn without_a_home_there_is_no_file_of_keys() {
    let nothing: BTreeMap<String, String> = BTreeMap::new();
    assert_eq!(keys_file(&|name| nothing.get(name).map(Into::into)), None);
}
