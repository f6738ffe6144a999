"""A source is added by a file of its own and its lines in the registry: `docs/architecture.md` tells the steps."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from child import KEYS, run
from fake_aws import FakeAws
from test_imports import PACKAGE, circle, imports

TOY = {"source": "toy", "label": "a toy", "ciphertext": "AQIDBA=="}
ARM = """    elif source == "toy":
        from ._source_toy import parse
"""
OPEN = """
import secret_baker
try:
    print(secret_baker.secret("TOY"))
except secret_baker.SecretBakerError as error:
    print(error)
"""


@pytest.fixture
def toys(tmp_path: Path) -> Path:
    """Copy the package, add the source; return the folder that it lies in."""
    package = shutil.copytree(PACKAGE, tmp_path / "copy" / "secret_baker", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(Path(__file__).with_name("_source_toy.py"), package)
    registry = package / "_sources.py"
    arms, last, rest = registry.read_text().partition("    else:\n")
    registry.write_text(arms + ARM + last + rest)
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
                "SECRET_BAKER_WRONG_CONTEXT: secret `TOY`: its ciphertext does not fit its parameter or its key: "
                r"InvalidCiphertextException (toy `another\n`, region eu-central-1); package and deploy again: it "
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
def test_a_source_that_is_added(entry: dict[str, str], told: str, toys: Path, kms: FakeAws, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.json"
    bundle.write_text(json.dumps({"TOY": entry}))
    rules = [rule("a toy", answer={"Plaintext": "YSBzZWNyZXQgdG95"})]
    kms.obey({"calls": rules, "otherwise": "InvalidCiphertextException"})
    env = {"PYTHONPATH": str(toys), "SECRET_BAKER_FILE": str(bundle), "AWS_ENDPOINT_URL_KMS": kms.url, **KEYS}
    assert run(OPEN, **env) == f"{told}\n"


def test_a_source_that_is_added_closes_no_circle(toys: Path) -> None:
    found = imports(toys / "secret_baker")
    assert "secret_baker._source_toy" in found["secret_baker._sources"]
    assert circle(found) == []
