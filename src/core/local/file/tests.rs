use super::*;
use crate::failure::tests::problems_of;
use crate::local::tests::{Machine, files};
use crate::source::sops::plaintext::Plaintext;

/// The files are written by sops 3.11, for test keys that lie beside them.
fn values(machine: &Machine, file: &str) -> Result<Vec<(String, String)>, Failure> {
    let opened = read(&machine.path(""), file, &machine.variables())?;
    let text = |(name, value): &(String, Plaintext)| {
        (name.clone(), String::from_utf8(value.to_vec()).unwrap())
    };
    Ok(opened.values.iter().map(text).collect())
}

/// A machine with this identity and these files.
fn machine(identity: (&str, &str), file: &str) -> Machine {
    let machine = Machine::new();
    machine.put(identity.0, identity.1);
    machine.put(file, file);
    machine
}

const NATIVE: (&str, &str) = (".config/sops/age/keys.txt", "keys.txt");
const ED25519: (&str, &str) = (".ssh/id_ed25519", "id_ed25519");
const RSA: (&str, &str) = (".ssh/id_rsa", "id_rsa");

const ALL: [(&str, &str); 8] = [
    ("DB_PASSWORD", "päss"),
    ("db.password", "hunter2"),
    ("db.port", "5432"),
    ("db.tls", "true"),
    ("db.ratio", "1.5"),
    ("list.0", "first"),
    ("list.1", "second"),
    ("empty", ""),
];

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

#[test]
fn files_that_sops_has_written_open_by_each_kind_of_identity() {
    for (identity, file) in [
        (NATIVE, "x25519.yaml"),
        (ED25519, "ssh-ed25519.json"),
        (NATIVE, "mac-only-encrypted.yaml"),
        (ED25519, "mac-only-encrypted.yaml"),
    ] {
        let values = values(&machine(identity, file), file);
        assert_eq!(values.unwrap(), owned(&ALL), "{file}");
    }
    let values = values(&machine(RSA, "ssh-rsa.env"), "ssh-rsa.env");
    let expected = owned(&[("API_TOKEN", "tok en"), ("PEM", "line one\nline two")]);
    assert_eq!(values.unwrap(), expected);
}

#[test]
fn what_sops_was_told_to_leave_is_no_secret() {
    let machine = machine(NATIVE, "x25519.yaml");
    let opened = read(&machine.path(""), "x25519.yaml", &machine.variables()).unwrap();
    assert_eq!(
        opened.plain,
        [
            "region_unencrypted",
            "port_unencrypted",
            "on_unencrypted",
            "half_unencrypted"
        ]
    );
}

#[test]
fn a_file_encrypted_as_a_whole_opens_for_its_own_entry_only() {
    let machine = machine(NATIVE, "whole.bin");
    let failure = values(&machine, "whole.bin").unwrap_err();
    assert_eq!(
        problems_of(&failure.to_string()),
        "`whole.bin` is of no kind that local values are taken from\n  hint: name a YAML, JSON or dotenv file, by .yaml, .yml, .json or .env"
    );
    let opened = read_sops(
        &machine.path(""),
        &Text::public("whole.bin"),
        &machine.variables(),
    );
    let opened = opened.unwrap().unwrap();
    assert_eq!(opened.values[0].0, "data");
    assert_eq!(**opened.values[0].1, *b"\0\x01binary");
}

#[test]
fn a_file_with_an_empty_list_of_recipients_is_not_for_this_machine() {
    let machine = Machine::new();
    let text = "a: b\nsops:\n  kms: [{arn: x, enc: y}]\n  age: []\n  key_groups: []\n";
    std::fs::write(machine.path("kms.yaml"), text).unwrap();
    let file = Text::public("kms.yaml");
    let opened = read_sops(&machine.path(""), &file, &machine.variables());
    assert!(opened.unwrap().is_none());
}

#[test]
fn without_an_identity_the_places_to_put_one_are_told() {
    let machine = Machine::new();
    machine.put("x25519.yaml", "x25519.yaml");
    machine.put(".ssh/id_rsa", "id_passphrase");
    let failure = values(&machine, "x25519.yaml").unwrap_err();
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_NO_IDENTITY");
    let home = machine.path("");
    let home = home.display();
    assert_eq!(
        problems_of(&failure.to_string()),
        format!(
            "`x25519.yaml` is encrypted for age identities, and this machine has none; {home}.ssh/id_rsa is protected by a passphrase, which is not asked for\n  \
             hint: put yours where SOPS looks for it: SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, SOPS_AGE_KEY_CMD or {home}.config/sops/age/keys.txt; an SSH key without a passphrase at ~/.ssh/id_ed25519, ~/.ssh/id_rsa or SOPS_AGE_SSH_PRIVATE_KEY_FILE will do"
        )
    );
}

#[test]
fn with_another_s_identity_it_is_told_for_whom_the_file_is() {
    let failure = values(&machine(ED25519, "x25519.yaml"), "x25519.yaml").unwrap_err();
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_NO_IDENTITY");
    assert_eq!(
        problems_of(&failure.to_string()),
        "no age identity of this machine opens `x25519.yaml`, which is encrypted for age1raltp44lgcvm227n5jcgwlg5zzda0aeql6cqz3red76xhj2mrulsjjr79f\n  \
         hint: let somebody who can open it add your recipient, which `age-keygen -y` or your public SSH key tells: sops rotate --in-place --add-age RECIPIENT x25519.yaml"
    );
}

#[test]
fn a_command_is_asked_where_nothing_else_opens_the_file() {
    let mut machine = machine(ED25519, "x25519.yaml");
    let keys = files("keys.txt");
    machine.set("SOPS_AGE_KEY_CMD", &format!("cat {}", keys.display()));
    assert_eq!(values(&machine, "x25519.yaml").unwrap(), owned(&ALL));
}

/// A file that sops has written, changed.
#[track_caller]
fn changed(file: &str, change: impl FnOnce(&str) -> String) -> (String, String) {
    let machine = machine(NATIVE, file);
    let path = machine.path(file);
    let before = std::fs::read_to_string(&path).unwrap();
    let after = change(&before);
    assert_ne!(before, after);
    std::fs::write(path, after).unwrap();
    let failure = values(&machine, file).unwrap_err();
    let text = failure.to_string();
    let sentence = text.lines().next().unwrap_or_default();
    (failure.code().as_str().to_owned(), sentence.to_owned())
}

/// The line that begins so.
fn line<'a>(text: &'a str, begins: &str) -> &'a str {
    let mut lines = text.lines();
    lines
        .find(|line| line.trim_start().starts_with(begins))
        .unwrap()
}

#[test]
fn a_value_that_was_changed_or_moved_is_refused() {
    let file = "x25519.yaml";
    let mac = (
        "SECRET_BAKER_FILE_INVALID".to_owned(),
        "`x25519.yaml` was changed without SOPS: its MAC does not fit its values".to_owned(),
    );
    let value = |path: &str| {
        let sentence = format!("`x25519.yaml` was changed, or is damaged: `{path}` does not open");
        ("SECRET_BAKER_FILE_INVALID".to_owned(), sentence)
    };
    let without = |begins: &'static str| {
        move |text: &str| text.replace(&format!("{}\n", line(text, begins)), "")
    };
    assert_eq!(changed(file, without("DB_PASSWORD:")), mac);
    assert_eq!(changed(file, without("port_unencrypted:")), mac);
    assert_eq!(changed(file, without("mac:")), mac);
    assert_eq!(
        changed(file, |text| text.replace("eu-central-1", "eu-central-2")),
        mac
    );
    assert_eq!(changed(file, |text| text.replace("8080", "8081")), mac);
    assert_eq!(
        changed(file, |text| text.replace("empty: \"\"", "empty: plain")),
        mac
    );
    assert_eq!(
        changed(file, |text| text
            .replace("lastmodified: \"2026", "lastmodified: \"2025")),
        mac
    );
    // Items of a list share what they are bound to: the MAC alone holds their order.
    let swap = |text: &str| {
        let (first, rest) = text.split_once("    - ENC").unwrap();
        let (one, rest) = rest.split_once("    - ENC").unwrap();
        let (two, rest) = rest.split_once('\n').unwrap();
        format!("{first}    - ENC{two}\n    - ENC{one}{rest}")
    };
    assert_eq!(changed(file, swap), mac);
    assert_eq!(
        changed(file, |text| text.replace("    password:", "    pass:")),
        value("db.pass")
    );
    let wrong = |text: &str| text.replacen("data:", "data:AA", 1);
    assert_eq!(changed(file, wrong), value("DB_PASSWORD"));
    let cut = |text: &str| text.replacen("type:str]", "type:str", 1);
    assert_eq!(changed(file, cut), value("DB_PASSWORD"));
}

#[test]
fn a_mac_of_the_encrypted_values_covers_no_others() {
    let file = "mac-only-encrypted.yaml";
    let machine = machine(NATIVE, file);
    let path = machine.path(file);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("eu-central-1", "eu-central-2")).unwrap();
    assert_eq!(values(&machine, file).unwrap(), owned(&ALL));
    let (_, sentence) = changed(file, |text| {
        text.replace("    mac_only_encrypted: true\n", "")
    });
    assert!(
        sentence.ends_with("its MAC does not fit its values"),
        "{sentence}"
    );
}

#[test]
fn a_damaged_data_key_and_several_keys_at_once_are_refused() {
    let said = |change: fn(&str) -> String| changed("x25519.yaml", change).1;
    assert_eq!(
        said(|text| text.replace("BEGIN AGE", "BEGIN")),
        "`x25519.yaml` has a data key that is no age file, or a damaged one: `sops.age[0].enc`"
    );
    assert_eq!(
        said(|text| text.replace("    version:", "    shamir_threshold: 2\n    version:")),
        "`x25519.yaml` is opened by several keys at once only (`shamir_threshold`, `key_groups`)"
    );
    assert_eq!(
        said(|text| text.replace("    age:", "    pgp:")),
        "`x25519.yaml` has no age recipient, so that nobody opens it without AWS"
    );
    assert_eq!(
        said(|text| text.replace("    age:\n", "    age: 5\n    x:\n")),
        "`x25519.yaml` has metadata that SOPS has not written so: `age`"
    );
}

#[test]
fn a_file_that_is_none_is_told_without_what_is_in_it() {
    let machine = Machine::in_git("*\n");
    let said = |name: &str, text: &[u8]| {
        std::fs::write(machine.path(name), text).unwrap();
        let failure = values(&machine, name).unwrap_err();
        let text = failure.to_string();
        assert!(!text.contains("hunter2"), "{text}");
        let sentence = text.lines().next().unwrap_or_default().to_owned();
        (failure.code().as_str(), sentence)
    };
    let (code, sentence) = said("a.yaml", b"- hunter2");
    assert_eq!(code, "SECRET_BAKER_FILE_INVALID");
    assert!(
        sentence.starts_with("`a.yaml` holds something other than a map"),
        "{sentence}"
    );
    assert!(
        said("b.yaml", b"a: [hunter2")
            .1
            .starts_with("`b.yaml` is not written as its format wants it")
    );
    assert!(
        said("c.json", b"{\"a\": 1, \"a\": \"hunter2\"}")
            .1
            .starts_with("`c.json` has the same key twice")
    );
    assert_eq!(
        said("d.env", b"hunter2").1,
        "`d.env`: line 1 is no `NAME=value`"
    );
    assert_eq!(said("e.env", b"A=\xff").1, "`e.env` is no text in UTF-8");
    assert_eq!(
        said("f.txt", b"A=hunter2").1,
        "`f.txt` is of no kind that local values are taken from"
    );
    assert_eq!(
        said("g.yaml", b"sops: hunter2").1,
        "`g.yaml` has metadata that SOPS has not written so: `sops`"
    );
    let failure = values(&machine, "none.yaml").unwrap_err();
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_FILE");
}

#[test]
fn plain_files_are_taken_where_git_ignores_them() {
    let machine = Machine::in_git("*.env\n/.env.local\n/plain.*\n");
    let write = |name: &str, text: &str| std::fs::write(machine.path(name), text).unwrap();
    write(".env.local", "A='1'\n");
    assert_eq!(
        values(&machine, ".env.local").unwrap(),
        owned(&[("A", "1")])
    );
    write(
        "plain.yaml",
        "A: x\nb: { c: 5432, d: true, e: null, f: [y] }\ng: 1.5\n",
    );
    let expected = [
        ("A", "x"),
        ("b.c", "5432"),
        ("b.d", "true"),
        ("b.f.0", "y"),
        ("g", "1.5"),
    ];
    assert_eq!(values(&machine, "plain.yaml").unwrap(), owned(&expected));
    write("plain.json", r#"{"A": "x"}"#);
    assert_eq!(
        values(&machine, "plain.json").unwrap(),
        owned(&[("A", "x")])
    );
    write("seen.yaml", "A: x\n");
    let failure = values(&machine, "seen.yaml").unwrap_err();
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_LOCAL_VALUES");
    let sentence = "`seen.yaml` has secrets in plain text, and git does not ignore it";
    assert!(failure.to_string().starts_with(sentence), "{failure}");
}
