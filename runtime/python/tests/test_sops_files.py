"""Each value of each file that SOPS itself has written opens to what went in."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import sealed
from fake_aws import ROOT, FakeAws, reply

import secret_baker

# `files.json`: what is encrypted in each file, and what the program that wrote it decrypts.
FILES: list[dict[str, Any]] = [
    file
    for path in (ROOT / "__test__/vectors/sops").glob("files.json")
    for file in json.loads(path.read_text(encoding="utf-8"))
    if "leaves" in file
]


def entry(leaf: dict[str, Any], keys: list[dict[str, Any]]) -> sealed.Fields:
    """Return what is baked of a value."""
    fields = {name: leaf[name] for name in ("value", "iv", "tag", "aad", "type")}
    renamed = [{"ciphertext" if name == "enc" else name: value for name, value in key.items()} for key in keys]
    return {"source": "sops", **fields, "keys": renamed}


def test_there_are_files() -> None:
    """Of none, pytest would make tests that are skipped."""
    assert len(FILES) > 15


@pytest.mark.parametrize("file", FILES, ids=lambda file: file["file"])
def test_all_values_of_a_file(file: dict[str, Any], kms: FakeAws, baked: Any) -> None:
    leaves = {f"{number} {leaf['field']}": leaf for number, leaf in enumerate(file["leaves"])}
    baked(sealed.bundle(**{name: entry(leaf, file["keys"]) for name, leaf in leaves.items()}))
    first = {"Plaintext": file["dataKey"], "KeyId": file["keys"][0]["arn"]}
    kms.always = lambda handler: reply(handler, 200, json.dumps(first).encode())
    for name, leaf in leaves.items():
        wanted = leaf["text"].encode() if "text" in leaf else base64.b64decode(leaf["bytes"])
        assert secret_baker.secret_bytes(name) == wanted
    assert len(kms.calls) == 1
    asked = kms.calls[0]["body"]
    assert asked["CiphertextBlob"] == file["keys"][0]["enc"]
    assert asked["EncryptionContext"] == file["keys"][0].get("context", {})
