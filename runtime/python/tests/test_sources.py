"""A source is added by a file of its own and its lines in the registry: `docs/architecture.md` tells the steps."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from child import KEYS, run
from fake_aws import FakeAws, error
from test_imports import PACKAGE, circle, imports

TOY = {"source": "toy", "label": "a toy", "ciphertext": "AQIDBA=="}
OPEN = """
import secret_baker
try:
    print(secret_baker.secret("TOY"))
except secret_baker.SecretBakerError as error:
    print(error)
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy the package and add the sources that stand beside this file; return the folder that it lies in."""
    package = shutil.copytree(PACKAGE, tmp_path / "copy" / "secret_baker", ignore=shutil.ignore_patterns("__pycache__"))
    registry = package / "_sources.py"
    arms, last, rest = registry.read_text().partition("    else:\n")
    for name in ("toy", "shared"):
        shutil.copy(Path(__file__).with_name(f"_source_{name}.py"), package)
        arms += f'    elif source == "{name}":\n        from ._source_{name} import parse\n'
    registry.write_text(arms + last + rest)
    return package.parent


def rule(label: str, **answer: Any) -> dict[str, Any]:
    request = {"CiphertextBlob": TOY["ciphertext"], "EncryptionContext": {"TOY": label}}
    call = {"service": "kms", "target": "TrentService.Decrypt", "region": "eu-central-1"}
    return {**call, "request": request, **answer}


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (TOY, "a secret toy"),
        (
            {**TOY, "label": "another\n"},
            (
                "SECRET_BAKER_WRONG_CONTEXT: secret `TOY`: its ciphertext does not fit its encryption context or its "
                r"key: InvalidCiphertextException (toy `another\n`, region eu-central-1); package and deploy again: it "
                r'opens under the encryption context {"TOY": "another\n"} only, by the key that it was encrypted with'
            ),
        ),
        (
            {**TOY, "colour": "red"},
            (
                "SECRET_BAKER_BUNDLE_INVALID: secret `TOY`: the bundle is invalid: its entry has a field that is not "
                "known; package and deploy the service again, and edit nothing in the file"
            ),
        ),
        (
            {**TOY, "source": "toys"},
            (
                "SECRET_BAKER_UNKNOWN_SOURCE: secret `TOY`: its source is not known to this version: `toys`; update "
                "the package secret-baker"
            ),
        ),
    ],
)
def test_a_source_that_is_added(entry: dict[str, str], told: str, copy: Path, kms: FakeAws, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.json"
    bundle.write_text(json.dumps({"TOY": entry}))
    rules = [rule("a toy", answer={"Plaintext": "YSBzZWNyZXQgdG95"})]
    kms.obey({"calls": rules, "otherwise": "InvalidCiphertextException"})
    env = {"PYTHONPATH": str(copy), "SECRET_BAKER_FILE": str(bundle), "AWS_ENDPOINT_URL_KMS": kms.url, **KEYS}
    assert run(OPEN, **env).splitlines()[0] == told


SHARED = """
import secret_baker
from secret_baker import _contract
_contract.SERVICES["secretsmanager"] = "Secrets Manager", "secretsmanager", "AWS_ENDPOINT_URL_KMS"
try:
    print(dict(secret_baker.secrets()))
    print(secret_baker.secret("C", fresh=True))
    secret_baker.configure(file=None)
    print(secret_baker.secret("C"))
except secret_baker.SecretBakerError as error:
    print(error)
"""


def test_entries_of_a_source_share_a_call(copy: Path, kms: FakeAws, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.json"
    entries = {name: {"source": "shared", "secret": "one", "field": name.lower()} for name in ("A", "B", "C")}
    bundle.write_text(json.dumps(entries))
    call = {"service": "secretsmanager", "target": "secretsmanager.GetSecretValue", "region": "eu-central-1"}
    answer = {"SecretString": json.dumps({"a": "1", "b": "2", "c": "3"})}
    kms.obey({"calls": [{**call, "request": {"SecretId": "one"}, "answer": answer}], "otherwise": "x"})
    env = {"PYTHONPATH": str(copy), "SECRET_BAKER_FILE": str(bundle), "AWS_ENDPOINT_URL_KMS": kms.url, **KEYS}
    assert run(SHARED, **env) == "{'A': '1', 'B': '2', 'C': '3'}\n3\n3\n"
    assert len(kms.calls) == 2, "one before all was forgotten, one after it"
    kms.always = error("AccessDeniedException")
    assert run(SHARED, **env).count("Secrets Manager denies secretsmanager:GetSecretValue") == 3


def test_sources_that_are_added_close_no_circle(copy: Path) -> None:
    found = imports(copy / "secret_baker")
    assert {"secret_baker._source_toy", "secret_baker._source_shared"} <= found["secret_baker._sources"]
    assert circle(found) == []
