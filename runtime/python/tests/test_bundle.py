"""Where the bundle is looked for, and what is said about it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_kms import FakeKms, case, content

import secret_baker
from secret_baker import SecretBakerError, secret
from secret_baker._bundle import places
from secret_baker._contract import FILE as FILE_NAME

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


@pytest.mark.parametrize("place", ["LAMBDA_TASK_ROOT", "handler", "script", "cwd"])
def test_each_place_is_read(place: str, kms: FakeKms, tmp_path: Path) -> None:
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
    assert str(failure("a")) == f"SECRET_BAKER_NOT_IN_BUNDLE: secret `a`: it is not in the bundle; {hint}"


def test_an_invalid_entry_fails_alone(baked: Callable[..., Path]) -> None:
    bundle = json.loads(content(case(ONE))) | {"B": {"ciphertext": "x"}, "C": {"source": "vault"}}
    baked(json.dumps(bundle).encode())
    assert secret("A") == "first value"
    assert failure("B").code == "SECRET_BAKER_BUNDLE_INVALID"
    assert failure("C").code == "SECRET_BAKER_UNKNOWN_SOURCE"
    assert "its source is not known to this version: `vault`; update the package" in str(failure("C"))


def test_a_name_that_would_break_the_line_is_escaped(baked: Callable[..., Path]) -> None:
    baked(json.dumps({}).encode())
    message = str(failure("a\nb\ud800\x1b[31m"))
    assert message.isprintable()
    message.encode()


def test_sentences_name_what_is_known(baked: Callable[..., Path]) -> None:
    baked("a permission that is missing")
    arn = "arn:aws:ssm:eu-central-1:123456789012:parameter/a/denied"
    assert str(failure()) == (
        "SECRET_BAKER_ACCESS_DENIED: secret `A`: KMS denies kms:Decrypt: AccessDeniedException "
        f"(parameter {arn}, region eu-central-1); allow kms:Decrypt to the function's role on the parameter's customer "
        "managed key, in the role's policy and in the key's, for the encryption context "
        f'{{"PARAMETER_ARN": "{arn}"}}; a key that AWS manages, such as alias/aws/ssm, serves no function'
    )


def test_a_denial_in_the_words_of_kms_names_the_key(kms: FakeKms, baked: Callable[..., Path]) -> None:
    from fake_kms import error

    baked(ONE)
    key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab"
    said = (
        f"User: arn:aws:sts::123456789012:assumed-role/r/f is not authorized to perform: kms:Decrypt on resource: {key}"
    )
    kms.always = error("AccessDeniedException", message=said + " because no\nidentity-based policy allows it")
    message = str(failure())
    assert said + r" because no\nidentity-based policy allows it" in message
    assert f"region eu-central-1, key {key})" in message
    assert "\n" not in message
