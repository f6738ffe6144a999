"""Where the bundle is looked for, and what is said about it."""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
import zipapp
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_aws import FakeAws, case, content, error
from problems import problem_of

import secret_baker
from secret_baker import SecretBakerError, secret
from secret_baker._contract import FILE as FILE_NAME
from secret_baker._places import places

ONE = "standard tier"


def failure(name: str = "A") -> SecretBakerError:
    with pytest.raises(SecretBakerError) as caught:
        secret(name)
    return caught.value


def put(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_bytes(content(case(ONE)))
    return str(folder / FILE_NAME)


@pytest.mark.parametrize(
    ("handler", "folder"),
    [
        ("app.handler", ""),
        ("src/api/app.handler", "src/api"),
        ("src.api.app.handler", "src/api"),
        ("src/api/app.Class.method", "src/api/app"),
        ("handler", ""),
        ("", ""),
    ],
)
def test_order(handler: str, folder: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    root, work = tmp_path / "task", tmp_path / "work"
    work.mkdir()
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(root))
    monkeypatch.setenv("_HANDLER", handler)
    monkeypatch.chdir(work)
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(tmp_path / "script" / "main.py"))
    folders = dict.fromkeys([root, root / folder, tmp_path / "script", work])
    assert places(None) == [str(one / FILE_NAME) for one in folders]


def test_a_file_that_is_named_is_the_only_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    put(tmp_path)
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    monkeypatch.setenv("SECRET_BAKER_FILE", str(tmp_path / "elsewhere.json"))
    caught = failure()
    assert caught.code == "SECRET_BAKER_BUNDLE_MISSING"
    assert f"`{tmp_path / 'elsewhere.json'}`" in str(caught)
    assert FILE_NAME not in str(caught)


def test_an_empty_variable_names_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_BAKER_FILE", "")
    assert str(tmp_path / FILE_NAME) in places(None)


def test_configure_is_before_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_BAKER_FILE", "/one")
    secret_baker.configure(file="/two")
    assert "`/two`" in str(failure())


def test_all_places_are_named_when_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path / "task"))
    monkeypatch.setenv("_HANDLER", "src/app.handler")
    caught = failure()
    assert caught.code == "SECRET_BAKER_BUNDLE_MISSING"
    for place in places(None):
        assert f"`{place}`" in str(caught)
    assert len(places(None)) >= 3


def test_a_zipapp_is_looked_for_beside_its_archive(kms: FakeAws, tmp_path: Path) -> None:
    for folder in ("app", "dist", "work"):
        (tmp_path / folder).mkdir()
    (tmp_path / "app" / "__main__.py").write_text("import secret_baker; print(secret_baker.secret('A'))")
    zipapp.create_archive(tmp_path / "app", tmp_path / "dist" / "app.pyz")
    put(tmp_path / "dist")
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(secret_baker.__file__).parents[1]),
        "AWS_ENDPOINT_URL": kms.url,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
    }
    for program in (str(tmp_path / "dist" / "app.pyz"), "../dist/app.pyz"):
        done = subprocess.run(
            [sys.executable, program], env=env, cwd=tmp_path / "work", capture_output=True, text=True, check=False
        )
        assert (done.stdout, done.stderr) == ("first value\n", "")


def test_a_frozen_program_is_looked_for_beside_it_and_where_it_is_unpacked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "program"))
    assert str(tmp_path / "bin" / FILE_NAME) not in places(None), "the folder of an interpreter is nobody's"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "unpacked"), raising=False)
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(tmp_path / "unpacked" / "main.py"))
    assert places(None) == [str(folder / FILE_NAME) for folder in (tmp_path / "unpacked", tmp_path / "bin", tmp_path)]


@pytest.mark.parametrize("place", ["LAMBDA_TASK_ROOT", "handler", "script", "cwd"])
def test_each_place_is_read(place: str, kms: FakeAws, tmp_path: Path) -> None:
    """In a process of its own, as a function would be."""
    folders = {"LAMBDA_TASK_ROOT": "task", "handler": "task/src", "script": "script", "cwd": "work"}
    for folder in folders.values():
        (tmp_path / folder).mkdir(exist_ok=True)
    put(tmp_path / folders[place])
    script = tmp_path / "script" / "main.py"
    script.write_text("import secret_baker; print(secret_baker.secret('A'))")
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(secret_baker.__file__).parents[1]),
        "LAMBDA_TASK_ROOT": str(tmp_path / "task"),
        "_HANDLER": "src/app.handler",
        "AWS_ENDPOINT_URL": kms.url,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
    }
    done = subprocess.run(
        [sys.executable, str(script)], env=env, cwd=tmp_path / "work", capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("first value\n", "")


@pytest.mark.skipif(os.name != "posix", reason="it cannot be removed there")
def test_a_working_directory_that_is_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert failure().code == "SECRET_BAKER_BUNDLE_MISSING"
    monkeypatch.chdir(tmp_path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_cannot_be_read(baked: Callable[..., Path]) -> None:
    baked(ONE).chmod(stat.S_IWUSR)
    assert "0644" in str(failure())


def test_a_folder_in_its_place(baked: Callable[..., Path]) -> None:
    path = baked(ONE)
    path.unlink()
    path.mkdir()
    caught = failure()
    assert caught.code == "SECRET_BAKER_BUNDLE_INVALID"
    assert "cannot be read" in str(caught)


def test_deep_nesting_is_refused(baked: Callable[..., Path]) -> None:
    baked(b'{"A":' + b"[" * 200_000 + b"]" * 200_000 + b"}")
    assert failure().code == "SECRET_BAKER_BUNDLE_INVALID"


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        ([], "the bundle is empty: add the secret to custom.secretBaker and deploy"),
        (["B", "A\n"], "add it to custom.secretBaker and deploy; the bundle holds `B`, `A\\n`"),
        (
            [f"N{number}" for number in range(12)],
            (
                "add it to custom.secretBaker and deploy; "
                "the bundle holds `N0`, `N1`, `N2`, `N3`, `N4`, `N5`, `N6`, `N7`, `N8`, `N9` and 2 more"
            ),
        ),
    ],
)
def test_the_names_that_there_are_stand_beside_one_that_is_not(
    names: list[str], hint: str, baked: Callable[..., Path]
) -> None:
    baked(json.dumps({name: {} for name in names}).encode())
    assert problem_of(failure("a")) == f"SECRET_BAKER_NOT_IN_BUNDLE: secret `a`: it is not in the bundle; {hint}"


ENTRY = json.loads(content(case(ONE)))["A"]
BAD_ARNS = [
    "arn:aws:ssm:eu-central-1:123456789012:parameter/",
    "arn:aws:ssm:eu-central-1:123456789012:parameter",
    "arn:aws:ssm:eu-central-1:123456789012:parameter/a b",
    "arn:aws:ssm:eu-central-1:123456789012:parameter/a:1",
    "arn:aws:ssm:eu-central-1:123456789012:parameter/ä",
    "arn:aws:ssm:eu-central-1:123456789012:parameter/a\n",
    "arn:aws:ssm:eu-central-1:12345678901:parameter/a",
    "arn:aws:ssm:eu-central-1:١٢٣٤٥٦٧٨٩٠١٢:parameter/a",
    "arn:aws:ssm:eu-central:123456789012:parameter/a",
    "arn:aws:ssm:evil.example/eu-central-1:123456789012:parameter/a",
    "arn:aws:ssm:EU-CENTRAL-1:123456789012:parameter/a",
    "arn:aws:ssm::123456789012:parameter/a",
    "arn:azure:ssm:eu-central-1:123456789012:parameter/a",
    "arn:aws:kms:eu-central-1:123456789012:parameter/a",
    "ARN:aws:ssm:eu-central-1:123456789012:parameter/a",
    "arn:aws:ssm:eu-central-1:123456789012:parameter/" + "a" * 2001,
    "",
    5,
    None,
]
BAD_CIPHERTEXTS = {
    "not base64": "AQI*",
    "no padding": "AQICAA",
    "white space": "AQIC\n",
    "bits that are not zero": "AQJ=",
    "another alphabet": "AQIC-_==",
    "a blob that is too long": base64.b64encode(b"\1\2" + bytes(6143)).decode(),
    "a message that is too long": base64.b64encode(b"\1\x80" + bytes(65_535)).decode(),
    "anything that is too long": base64.b64encode(bytes(65_537)).decode(),
    "empty": "",
    "a list": ["AQIC"],
}


@pytest.mark.parametrize("arn", BAD_ARNS)
def test_an_arn_that_is_none_is_refused(arn: object, kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(json.dumps({"A": {**ENTRY, "arn": arn}}).encode())
    caught = failure()
    assert caught.code == "SECRET_BAKER_BUNDLE_INVALID"
    assert "`arn`" in str(caught)
    assert problem_of(caught).isprintable()
    assert kms.calls == []


@pytest.mark.parametrize("ciphertext", BAD_CIPHERTEXTS.values(), ids=BAD_CIPHERTEXTS.keys())
def test_a_ciphertext_that_is_none_is_refused(ciphertext: object, kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(json.dumps({"A": {**ENTRY, "ciphertext": ciphertext}}).encode())
    caught = failure()
    assert caught.code == "SECRET_BAKER_BUNDLE_INVALID"
    assert "`ciphertext`" in str(caught)
    assert kms.calls == []


@pytest.mark.parametrize("raw", [b"\0", b"hello", b"\2\3" + bytes(100), bytes(65_536)])
def test_a_ciphertext_of_no_known_kind(raw: bytes, kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(json.dumps({"A": {**ENTRY, "ciphertext": base64.b64encode(raw).decode()}}).encode())
    assert failure().code == "SECRET_BAKER_UNKNOWN_CIPHERTEXT"
    assert kms.calls == []


@pytest.mark.parametrize("source", [None, "", 5, {}, "age", "a\nSECRET_BAKER_OK: forged\u2028", "x" * 5000])
def test_a_source_is_refused_whatever_its_type(source: object, baked: Callable[..., Path]) -> None:
    baked(json.dumps({"A": {"source": source, "arn": 5}}).encode())
    caught = failure()
    assert caught.code == "SECRET_BAKER_UNKNOWN_SOURCE"
    assert problem_of(caught).isprintable()
    assert len(problem_of(caught)) < 800


@pytest.mark.parametrize("size", [16_777_216, 16_777_217])
def test_a_bundle_has_at_most_sixteen_mebibytes(size: int, baked: Callable[..., Path]) -> None:
    raw = content(case(ONE))
    baked(raw + b" " * (size - len(raw)))
    if size == 16_777_216:
        assert secret("A") == "first value"
    else:
        assert "has more than 16777216 bytes" in str(failure())
        assert failure().code == "SECRET_BAKER_BUNDLE_INVALID"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders there")
def test_a_pipe_in_its_place_does_not_hang(baked: Callable[..., Path]) -> None:
    path = baked(ONE)
    path.unlink()
    os.mkfifo(path)
    caught = failure()
    assert caught.code == "SECRET_BAKER_BUNDLE_INVALID"
    assert "; check the file's mode, which is to be 0644, and that it is a file" in str(caught)


def test_a_path_that_is_none_is_our_error() -> None:
    secret_baker.configure(file="a\0b")
    assert failure().code == "SECRET_BAKER_BUNDLE_INVALID"
    secret_baker.configure(file="a\udcff\n")
    assert r"looked for `a\udcff\n`" in str(failure())


@pytest.mark.parametrize("place", ["the file", "a name", "the asked name", "the key", "a message of KMS"])
def test_no_file_and_no_answer_writes_into_the_log(place: str, kms: FakeAws, baked: Callable[..., Path]) -> None:
    evil = "x\r\nSECRET_BAKER_OK: forged\x1b[2K\u2028\u2029\x85\u202e" + "y" * 2000
    entries = {"A": ENTRY}
    asked = "A"
    if place == "the file":
        secret_baker.configure(file=evil[:100])
    elif place == "a name":
        entries = {evil: ENTRY}
    elif place == "the asked name":
        asked = evil + "\ud800"
    elif place == "the key":
        message = base64.b64decode(
            json.loads(content(case("advanced tier, suite 0478, frame=4096, 12 bytes")))["A"]["ciphertext"]
        )
        entries["A"] = {**ENTRY, "ciphertext": base64.b64encode(message.replace(b":key/", b"\n:key")).decode()}
    else:
        kms.always = error("AccessDeniedException", message=evil + " arn:aws:kms:\u2028x")
    if place != "the file":
        baked(json.dumps(entries).encode())
    said = problem_of(failure(asked))
    said.encode()
    assert said.isprintable()
    assert "y" * 700 not in said


def test_an_invalid_entry_fails_alone(baked: Callable[..., Path]) -> None:
    bundle = json.loads(content(case(ONE))) | {"B": {"ciphertext": "x"}, "C": {"source": "vault"}}
    baked(json.dumps(bundle).encode())
    assert secret("A") == "first value"
    assert failure("B").code == "SECRET_BAKER_BUNDLE_INVALID"
    assert failure("C").code == "SECRET_BAKER_UNKNOWN_SOURCE"
    assert "its source is not known to this version: `vault`; update the package" in str(failure("C"))


def test_a_name_that_would_break_the_line_is_escaped(baked: Callable[..., Path]) -> None:
    baked(json.dumps({}).encode())
    message = problem_of(failure("a\nb\ud800\x1b[31m"))
    assert message.isprintable()
    message.encode()


def test_sentences_name_what_is_known(baked: Callable[..., Path]) -> None:
    baked("a permission that is missing")
    arn = "arn:aws:ssm:eu-central-1:123456789012:parameter/a/denied"
    assert problem_of(failure()) == (
        "SECRET_BAKER_ACCESS_DENIED: secret `A`: KMS denies kms:Decrypt: AccessDeniedException "
        f"(parameter {arn}, region eu-central-1); allow kms:Decrypt to the function's role on the customer "
        "managed key that encrypted it, in the role's policy and in the key's, for the encryption context "
        f'{{"PARAMETER_ARN": "{arn}"}}; a key that AWS manages, such as alias/aws/ssm, serves no function'
    )


def test_a_denial_of_a_message_names_the_whole_context(kms: FakeAws, baked: Callable[..., Path]) -> None:
    vector = case("advanced tier, suite 0378, frame=0, 10 bytes")
    baked(content(vector))
    kms.always = error("AccessDeniedException")
    assert "aws-crypto-public-key" in str(failure(vector["secret"]))


def test_a_denial_in_the_words_of_kms_names_the_key(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(ONE)
    key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab"
    said = (
        f"User: arn:aws:sts::123456789012:assumed-role/r/f is not authorized to perform: kms:Decrypt on resource: {key}"
    )
    kms.always = error("AccessDeniedException", message=said + " because no\nidentity-based policy allows it")
    message = problem_of(failure())
    assert said + r" because no\nidentity-based policy allows it" in message
    assert f"region eu-central-1, key {key})" in message
    assert "\n" not in message
