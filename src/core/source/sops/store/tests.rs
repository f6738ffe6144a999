use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use zeroize::Zeroizing;

use super::super::data_key::DataKeyOpener;
use super::*;
use crate::failure::Caller;
use crate::failure::tests::problems_of;
use crate::source::BoxFuture;
use crate::source::fake_service::{FakeService, aws, refuses};

/// Files that two programs of others have written, with the data key of each.
fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../__test__/vectors/sops")
}

fn told_of(file: &str) -> Json {
    let all = fs::read(vectors().join("files.json")).unwrap();
    let all: Vec<Json> = serde_json::from_slice(&all).unwrap();
    all.into_iter().find(|told| told["file"] == file).unwrap()
}

/// Whoever knows the data key.
struct Known(DataKey);

impl DataKeyOpener for Known {
    fn open<'a>(
        &'a self,
        _: &'a Shown,
        _: &'a Metadata,
    ) -> BoxFuture<'a, Result<DataKey, Failure>> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }
}

fn key_of(file: &str) -> DataKey {
    let told = told_of(file);
    let key = STANDARD.decode(told["dataKey"].as_str().unwrap()).unwrap();
    Zeroizing::new(key.try_into().unwrap())
}

/// A file in a folder of its own, and its data key.
struct Place {
    folder: tempfile::TempDir,
    name: String,
    key: DataKey,
}

impl Place {
    fn of(file: &str) -> Self {
        let text = fs::read(vectors().join(file)).unwrap();
        Self::with(file, &text, key_of(file))
    }

    fn with(name: &str, text: &[u8], key: DataKey) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), text).unwrap();
        let name = name.to_owned();
        Self { folder, name, key }
    }

    fn text(&self) -> String {
        fs::read_to_string(self.folder.path().join(&self.name)).unwrap()
    }

    async fn set(&self, field: Option<&str>, value: &[u8]) -> Result<Written, Failure> {
        let file = Text::public(&self.name);
        let at = At {
            folder: self.folder.path(),
            file: &file,
            format: Format::of(&self.name),
        };
        set_by(&Known(self.key.clone()), at, field, value).await
    }

    /// The file after its change.
    async fn changed(&self, field: Option<&str>, value: &[u8]) -> (String, Change) {
        let written = self.set(field, value).await;
        let written = written.unwrap_or_else(|failure| {
            panic!("{} {field:?}: {failure}", self.name);
        });
        (String::from_utf8(written.bytes).unwrap(), written.changed)
    }

    async fn refusal(&self, field: Option<&str>, value: &[u8]) -> (String, &'static str) {
        let failure = self.set(field, value).await.unwrap_err();
        (
            problems_of(&failure.to_string()).to_owned(),
            failure.code().as_str(),
        )
    }

    /// What a text of this file holds, once its MAC was found right.
    fn values(&self, text: &str) -> Vec<(String, Vec<u8>)> {
        let file = Shown::of(&self.name);
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let document = Document::of(&file, Format::of(&self.name), text).unwrap();
        let Document {
            leaves, metadata, ..
        } = document;
        let opened = opened::open(&file, &leaves, &metadata, &self.key).unwrap();
        let values = opened.values.into_iter();
        values.map(|(name, value)| (name, value.to_vec())).collect()
    }
}

/// Lines that are not in both: those gone, and those come.
fn lines_changed(before: &str, after: &str) -> (Vec<String>, Vec<String>) {
    let only = |one: &str, other: &str| {
        let of_other: Vec<_> = other.split_inclusive('\n').collect();
        let lines = one.split_inclusive('\n');
        let lines = lines.filter(|line| !of_other.contains(line));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    (only(before, after), only(after, before))
}

const FILES: [&str; 16] = [
    "go-values.yaml",
    "go-values.json",
    "go-values.env",
    "go-context.env",
    "go-values.bin",
    "go-values.txt",
    "go-anchors.yaml",
    "go-suffix.yaml",
    "go-encrypted-suffix.yaml",
    "go-encrypted-regex.yaml",
    "go-mac-only.yaml",
    "go-age-and-kms.yaml",
    "python-values.yaml",
    "python-values.json",
    "python-values.bin",
    "python-values.txt",
];

#[tokio::test]
async fn each_value_of_each_file_is_set_and_nothing_else_changes() {
    for file in FILES {
        let place = Place::of(file);
        let before = place.text();
        let is_binary = Format::of(file) == Format::Binary;
        for leaf in told_of(file)["leaves"].as_array().unwrap() {
            let field = leaf["field"].as_str().unwrap();
            let value = "nëw \"value\"".as_bytes();
            let (after, change) = place.changed((!is_binary).then_some(field), value).await;
            assert_eq!(change, Change::Value);
            let (gone, come) = lines_changed(&before, &after);
            assert_eq!(
                (gone.len(), come.len()),
                (3, 3),
                "{file} {field}\n{come:#?}"
            );
            let mut expected = place.values(&before);
            let found = expected.iter_mut().find(|(name, _)| name == field);
            found.unwrap().1 = value.to_vec();
            assert_eq!(place.values(&after), expected, "{file} {field}");
        }
    }
}

#[tokio::test]
async fn a_value_keeps_its_type_its_quotes_and_its_line_end() {
    let place = Place::of("go-values.yaml");
    for (field, value, kind) in [
        ("db.port", "5433", "int"),
        ("db.enabled", "false", "bool"),
        ("db.ratio", "0.5", "float"),
        ("db.port", "no number", "str"),
        ("db.created", "2027-01-01T00:00:00Z", "str"),
    ] {
        let (text, _) = place.changed(Some(field), value.as_bytes()).await;
        let (_, come) = lines_changed(&place.text(), &text);
        assert!(
            come[0].ends_with(&format!("type:{kind}]\n")),
            "{field}: {}",
            come[0]
        );
    }
    let windows = place.text().replace('\n', "\r\n");
    let place = Place::with(
        "go-values.yaml",
        format!("\u{feff}{windows}").as_bytes(),
        place.key,
    );
    for field in ["db.password", "db.new", "new"] {
        let (text, _) = place.changed(Some(field), b"x").await;
        assert!(text.starts_with('\u{feff}'));
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    }
}

#[tokio::test]
async fn a_value_that_is_there_already_leaves_the_file_as_it_is() {
    for (file, field, value) in [
        (
            "go-values.yaml",
            "db.password",
            "correct horse battery staple",
        ),
        ("go-values.yaml", "db.enabled", "true"),
        ("python-values.json", "db.port", "5432"),
        ("go-values.env", "MULTI", "line one\nline two"),
    ] {
        let place = Place::of(file);
        let written = place.changed(Some(field), value.as_bytes()).await;
        assert_eq!(written, (place.text(), Change::Nothing), "{file} {field}");
    }
}

#[tokio::test]
async fn an_empty_value_gets_its_first_one() {
    for (file, field) in [
        ("go-values.yaml", "db.empty"),
        ("go-values.yaml", "db.nothing"),
        ("go-values.json", "db.empty"),
        ("go-values.json", "db.nothing"),
        ("go-values.env", "EMPTY"),
        ("python-values.yaml", "db.nothing"),
    ] {
        let place = Place::of(file);
        let (text, change) = place.changed(Some(field), b"first").await;
        assert_eq!(change, Change::Value);
        let expected = (field.to_owned(), b"first".to_vec());
        assert!(place.values(&text).contains(&expected), "{file} {field}");
    }
}

#[tokio::test]
async fn a_new_key_stands_at_the_end_of_its_map() {
    for (file, field, before, behind) in [
        ("go-values.yaml", "new", "plain_unencrypted", "sops:"),
        (
            "go-values.yaml",
            "special.new key",
            "    quotes:",
            "empty_map:",
        ),
        (
            "go-values.yaml",
            "users.0.new",
            "      password:",
            "    - name:",
        ),
        (
            "go-values.json",
            "new",
            "\t\"plain_unencrypted\"",
            "\t\"sops\"",
        ),
        ("go-values.json", "db.new", "\t\t\"empty\"", "\t},"),
        ("go-values.env", "NEW", "UMLAUT=", "sops_kms"),
        ("python-values.yaml", "db.true", "        ENC", "users:"),
        (
            "python-values.yaml",
            "special.new",
            "        ENC",
            "empty_map",
        ),
        (
            "python-values.json",
            "users.1.new",
            "            \"password\"",
            "        }",
        ),
        (
            "python-values.json",
            "new",
            "    \"plain_unencrypted\"",
            "    \"sops\"",
        ),
    ] {
        let place = Place::of(file);
        let (text, change) = place.changed(Some(field), b"first").await;
        assert_eq!(change, Change::Added);
        let lines: Vec<_> = text.lines().collect();
        let all = place.text();
        let is_new = |line: &&str| {
            !all.lines()
                .any(|old| old.trim_end_matches(',') == line.trim_end_matches(','))
        };
        let at = lines.iter().position(is_new).unwrap();
        assert!(
            lines[at - 1].starts_with(before),
            "{file} {field}: {}",
            lines[at - 1]
        );
        assert!(
            lines[at + 1].starts_with(behind),
            "{file} {field}: {}",
            lines[at + 1]
        );
        let mut values = place.values(&text);
        let new = values.iter().position(|(name, _)| name == field).unwrap();
        assert_eq!(values.remove(new).1, b"first");
        assert_eq!(values, place.values(&all), "{file} {field}");
    }
}

#[tokio::test]
async fn the_file_says_when_it_was_changed() {
    let place = Place::of("go-values.yaml");
    let began = now();
    let (text, _) = place.changed(Some("db.password"), b"x").await;
    let (_, come) = lines_changed(&place.text(), &text);
    let time = come
        .iter()
        .find_map(|line| line.trim().strip_prefix("lastmodified: "));
    let time = time.unwrap().trim_matches('"');
    assert!(*began <= *time && *time <= *now(), "{time}");
    assert_eq!(time.len(), "2026-11-26T04:21:00Z".len());
}

#[tokio::test]
async fn a_file_that_was_changed_without_sops_is_refused() {
    let place = Place::of("go-values.yaml");
    let text = place
        .text()
        .replace("plain_unencrypted: visible", "plain_unencrypted: other");
    let place = Place::with("go-values.yaml", text.as_bytes(), place.key);
    let (told, code) = place.refusal(Some("db.password"), b"hunter2").await;
    assert_eq!(
        told,
        "`go-values.yaml` was changed without SOPS: its MAC does not fit its values\n  hint: see who changed it; after a merge of two versions that are both right, `sops edit --ignore-mac` writes it anew"
    );
    assert_eq!(code, "SECRET_BAKER_FILE_INVALID");
    let other = Place {
        key: Zeroizing::new([1; 32]),
        ..Place::of("go-values.yaml")
    };
    let (told, _) = other.refusal(Some("db.password"), b"hunter2").await;
    assert!(told.contains("`db.password` does not open"), "{told}");
    let text = fs::read(vectors().join("ours-ivs.yaml")).unwrap();
    let without = Place::with("ours-ivs.yaml", &text, key_of("ours-ivs.yaml"));
    let (told, _) = without.refusal(Some("iv12"), b"hunter2").await;
    assert!(told.contains("its MAC does not fit"), "{told}");
}

#[tokio::test]
async fn what_cannot_be_set_is_refused_in_words() {
    let long = vec![b'x'; CIPHERTEXT_BYTES + 1];
    for (file, field, value, expected) in [
        (
            "go-values.yaml",
            None,
            &b"x"[..],
            "`go-values.yaml` has fields, and none is named",
        ),
        (
            "go-values.yaml",
            Some("db"),
            b"x",
            "field `db` of `go-values.yaml` is a map or a list, which has `db.password`, `db.user`",
        ),
        (
            "go-values.yaml",
            Some("nodb.x"),
            b"x",
            "`go-values.yaml` has no map `nodb`, into which `nodb.x` could be put",
        ),
        (
            "go-values.yaml",
            Some("tokens.7"),
            b"x",
            "`go-values.yaml` has no map `tokens`",
        ),
        (
            "go-values.yaml",
            Some("sops"),
            b"x",
            "`sops` can be no key of `go-values.yaml`",
        ),
        (
            "go-values.yaml",
            Some(""),
            b"x",
            "`` can be no key of `go-values.yaml`",
        ),
        (
            "go-values.yaml",
            Some("plain_unencrypted"),
            b"x",
            "field `plain_unencrypted` of `go-values.yaml` is one that SOPS leaves in plaintext",
        ),
        (
            "go-values.yaml",
            Some("db.x_unencrypted"),
            b"x",
            "field `db.x_unencrypted` of `go-values.yaml` is one that SOPS leaves in plaintext",
        ),
        (
            "go-values.yaml",
            Some("db.user"),
            b"",
            "an empty value is not encrypted by SOPS, and `db.user` of `go-values.yaml` would be no secret",
        ),
        (
            "go-values.yaml",
            Some("db.user"),
            b"\xff",
            "the value for `db.user` of `go-values.yaml` is no text in UTF-8",
        ),
        (
            "go-values.yaml",
            Some("db.user"),
            &long,
            "the value for `db.user` of `go-values.yaml` has 65537 bytes",
        ),
        (
            "go-values.env",
            Some("sops_mac"),
            b"x",
            "`sops_mac` can be no key of `go-values.env`",
        ),
        (
            "go-values.env",
            Some("A=B"),
            b"x",
            "`A=B` can be no key of `go-values.env`",
        ),
        (
            "go-values.bin",
            Some("data"),
            b"x",
            "`go-values.bin` is binary by its name",
        ),
        (
            "go-same-path.yaml",
            Some("a.b"),
            b"x",
            "`go-same-path.yaml` has two places called `a.b`",
        ),
    ] {
        let (told, _) = Place::of(file).refusal(field, value).await;
        assert!(told.starts_with(expected), "{told}");
        assert!(told.contains("\n  hint: "), "{told}");
    }
}

#[tokio::test]
async fn files_of_others_are_refused_in_words_that_name_sops_itself() {
    let key = || Zeroizing::new([0; 32]);
    let read = |file: &str| fs::read(vectors().join(file)).unwrap();
    let shamir = Place::with("shamir.yaml", &read("go-shamir.yaml"), key());
    assert_eq!(
        shamir.refusal(Some("db.password"), b"x").await.0,
        "`shamir.yaml` is opened by several keys at once only (`shamir_threshold`, `key_groups`), and a value is set here by one\n  \
         hint: SOPS itself can, with the value in JSON on its standard input: sops set --value-stdin shamir.yaml '[\"db\"][\"password\"]'"
    );
    let documents = Place::with("two.yaml", &read("go-documents.yaml"), key());
    let (told, _) = documents.refusal(Some("a"), b"x").await;
    assert!(
        told.starts_with("`two.yaml` has several documents"),
        "{told}"
    );
    let ini = Place::with("values.ini", &read("go-values.ini"), key());
    let (told, _) = ini.refusal(Some("a"), b"x").await;
    assert!(told.starts_with("`values.ini` is an INI file"), "{told}");
    let text = "a: &one\n    b: \"\"\nc: *one\nsops:\n    lastmodified: x\n    mac: y\n";
    let alias = Place::with("alias.yaml", text.as_bytes(), key());
    let (told, _) = alias.refusal(Some("a.b"), b"x").await;
    assert!(
        told.starts_with("`alias.yaml` has a YAML alias among its values"),
        "{told}"
    );
    let plain = Place::with("plain.yaml", b"a: hunter2\n", key());
    let (told, _) = plain.refusal(Some("a"), b"x").await;
    assert!(
        told.starts_with("`plain.yaml` is no file of SOPS") && !told.contains("hunter2"),
        "{told}"
    );
}

#[tokio::test]
async fn pgp_alone_opens_nothing_here() {
    let text = "a: \"\"\nsops:\n    pgp: [{fp: x, enc: y}]\n    lastmodified: x\n    mac: y\n";
    let place = Place::with("pgp.yaml", text.as_bytes(), Zeroizing::new([0; 32]));
    let aws = aws(&Arc::new(FakeService::new(|_, _| refuses("X", "x"))));
    let file = Text::public("pgp.yaml");
    let failure = set(&aws, place.folder.path(), &file, Some("a"), b"x").await;
    assert_eq!(
        problems_of(&failure.unwrap_err().to_string()),
        "`pgp.yaml` has no key by which a value is set here, KMS or age, but pgp alone\n  \
         hint: SOPS itself can, by `sops set` or `sops edit`; or add a key of KMS or an age recipient to its rule in .sops.yaml, then: sops updatekeys pgp.yaml"
    );
}

#[tokio::test]
async fn any_key_of_kms_opens_a_file_that_of_the_own_region_first() {
    let place = Place::of("go-values.yaml");
    let plaintext = STANDARD.encode(*place.key);
    let denied = ":us-east-1:";
    let service = Arc::new(FakeService::new(move |_, body| {
        if body["KeyId"].as_str().unwrap().contains(denied) {
            return (200, json!({ "Plaintext": plaintext }));
        }
        refuses("AccessDeniedException", "no")
    }));
    let file = Text::public("go-values.yaml");
    let folder = place.folder.path();
    let written = set(&aws(&service), folder, &file, Some("db.user"), b"new").await;
    assert_eq!(written.unwrap().changed, Change::Value);
    assert_eq!(
        service.called(),
        ["eu-central-1 Decrypt", "us-east-1 Decrypt"]
    );
    for body in service.bodies("Decrypt") {
        assert_eq!(
            body["EncryptionContext"],
            json!({ "app": "shop", "stage": "prod" })
        );
    }
}

#[tokio::test]
async fn each_key_that_does_not_open_a_file_is_told() {
    let place = Place::of("go-values.yaml");
    let service = Arc::new(FakeService::new(|_, body| {
        if body["KeyId"].as_str().unwrap().contains(":us-east-1:") {
            return (200, json!({ "Plaintext": "c2hvcnQ=" }));
        }
        refuses("AccessDeniedException", "no")
    }));
    let file = Text::public("go-values.yaml");
    let folder = place.folder.path();
    let failure = set(&aws(&service), folder, &file, Some("db.user"), b"hunter2").await;
    let told = failure.unwrap_err().told(&Caller::default());
    for part in [
        "KMS does not open `go-values.yaml` by `arn:aws:kms:eu-central-1:123456789012:key/25cb1ccd-4ba7-42de-9a0e-edec934a829d`: AccessDeniedException: no",
        "allow `kms:Decrypt` on this key to whoever sets values",
        "what KMS opens of `go-values.yaml` by `arn:aws:kms:us-east-1:123456789012:key/b2b47070-b653-4419-95dd-e6e63440d614` is no data key of SOPS",
    ] {
        assert!(told.contains(part), "{told}");
    }
    assert!(!told.contains("hunter2"));
}

/// A text in which `<db:password:>` stands for a value at that place, `MAC` for the MAC and `TIME` for its time, as a file.
fn written(name: &str, text: &str) -> Place {
    let key: DataKey = Zeroizing::new([7; 32]);
    let time = "2026-11-26T04:21:00Z";
    let mut parts = text.split('<');
    let mut sealed_text = parts.next().unwrap().to_owned();
    for part in parts {
        let (aad, rest) = part.split_once('>').unwrap();
        sealed_text += &sealed::seal(b"old", super::super::leaf::Kind::Str, aad, &key).unwrap();
        sealed_text += rest;
    }
    let file = Shown::of(name);
    let text = sealed_text.replace("TIME", time);
    let document = Document::of(&file, Format::of(name), &text).unwrap();
    let mut mac = Mac::new(&document.metadata);
    opened::without_mac(&file, &document.leaves, &mut mac, &key).unwrap();
    let mac = mac.sealed(time, &key).unwrap();
    Place::with(name, text.replace("MAC", &mac).as_bytes(), key)
}

/// The text with `NEW` for each ciphertext that was not in it before, and `TIME` and `MAC` for those of the metadata.
async fn shape(place: &Place, field: &str) -> String {
    let (after, _) = place.changed(Some(field), b"new").await;
    let before = place.text();
    let mut shape = after.clone();
    let (_, metadata) = opened::leaves(Format::of(&place.name), &after).unwrap();
    let metadata = metadata.unwrap();
    for (key, name) in [(MAC, "MAC"), (LAST_MODIFIED, "TIME")] {
        shape = shape.replace(metadata[key].as_str().unwrap(), name);
    }
    for start in after.match_indices("ENC[").map(|(at, _)| at) {
        let end = start + after[start..].find(']').unwrap() + 1;
        let is_old = before.contains(&after[start..end]);
        shape = shape.replace(&after[start..end], if is_old { "OLD" } else { "NEW" });
    }
    shape
}

#[tokio::test]
async fn whatever_way_a_file_is_written_in_stays() {
    let end = "sops:\n  lastmodified: TIME # when\n  mac: 'MAC'";
    for (text, field, expected) in [
        // Behind a value stands a comment, and the map is the last.
        (
            "a:\n  b: <a:b:> # why\n  # and so on\n",
            "a.c",
            "a:\n  b: OLD # why\n  c: NEW\n  # and so on\n",
        ),
        // Single quotes, and a block of lines.
        (
            "a: '<a:>'\nb: |-\n  <b:>\n",
            "a",
            "a: 'NEW'\nb: |-\n  OLD\n",
        ),
        (
            "a: '<a:>'\nb: |-\n  <b:>\n",
            "b",
            "a: 'OLD'\nb: |-\n  NEW\n",
        ),
        (
            "m:\n  b: |-\n    <m:b:>\nn: ''\n",
            "m.c",
            "m:\n  b: |-\n    OLD\n  c: NEW\nn: ''\n",
        ),
        // Brackets within YAML.
        (
            "a: { b: \"<a:b:>\", c: [\"<a:c:>\"] }\n",
            "a.d",
            "a: { b: \"OLD\", c: [\"OLD\"], \"d\": \"NEW\" }\n",
        ),
        (
            "a: { b: \"<a:b:>\", c: [\"<a:c:>\"] }\n",
            "a.c.0",
            "a: { b: \"OLD\", c: [\"NEW\"] }\n",
        ),
        ("a: { b: null }\n", "a.b", "a: { b: \"NEW\" }\n"),
        // Items of lists share what they are bound to.
        (
            "a:\n- x: <a:x:>\n- x: <a:x:>\n",
            "a.1.x",
            "a:\n- x: OLD\n- x: NEW\n",
        ),
        (
            "a:\n- x: <a:x:>\nb: ''\n",
            "a.0.z",
            "a:\n- x: OLD\n  z: NEW\nb: ''\n",
        ),
        ("\"k: e y\": <k: e y:>\n", "k: e y", "\"k: e y\": NEW\n"),
    ] {
        let place = written("file.yaml", &format!("{text}{end}"));
        assert_eq!(
            shape(&place, field).await,
            format!("{expected}{end}"),
            "{field} of {text}"
        );
    }
    let first = written("file.yaml", &format!("{end}\na: <a:>"));
    assert_eq!(shape(&first, "b").await, format!("b: NEW\n{end}\na: OLD"));
    let last = written("file.yaml", &format!("{end}\na:\n  b: <a:b:>"));
    assert_eq!(
        shape(&last, "a.c").await,
        format!("{end}\na:\n  b: OLD\n  c: NEW")
    );
}

#[tokio::test]
async fn whatever_way_json_is_written_in_stays() {
    let sops = "\"sops\":{\"lastmodified\":\"TIME\",\"mac\":\"MAC\"}";
    for (text, field, expected) in [
        ("\"a\":\"<a:>\",", "b", "\"a\":\"OLD\",\"b\":\"NEW\","),
        (
            "\"a\":{\"b\":[[\"<a:b:>\"],{}]},",
            "a.c",
            "\"a\":{\"b\":[[\"OLD\"],{}],\"c\":\"NEW\"},",
        ),
        (
            "\"a\": \"<a:>\",\n  ",
            "b",
            "\"a\": \"OLD\",\n  \"b\":\"NEW\",\n  ",
        ),
    ] {
        let place = written("file.json", &format!("{{{text}{sops}}}"));
        assert_eq!(
            shape(&place, field).await,
            format!("{{{expected}{sops}}}"),
            "{field} of {text}"
        );
    }
}

#[tokio::test]
async fn a_place_that_cannot_be_changed_alone_is_refused() {
    let end = "sops:\n  lastmodified: TIME\n  mac: MAC\n";
    let nothing = written("file.yaml", &format!("a:\n  b:\n{end}"));
    let (told, _) = nothing.refusal(Some("a.b"), b"hunter2").await;
    assert_eq!(
        told,
        "`file.yaml` is written in a way in which `a.b` cannot be set without changing more of it\n  \
         hint: SOPS itself can, with the value in JSON on its standard input: sops set --value-stdin file.yaml '[\"a\"][\"b\"]'"
    );
}

#[test]
fn an_edit_beyond_the_text_is_none() {
    let edit = |bytes: Range<usize>| super::super::edit::Edit {
        bytes,
        text: "x".into(),
    };
    assert_eq!(edit(1..2).of("abc").unwrap(), "axc");
    assert_eq!(edit(1..9).of("abc"), None);
}
