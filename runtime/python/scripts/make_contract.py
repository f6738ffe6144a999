"""Writes `_contract.py` and `_wording.py`: what the package needs at run time of `runtime/contract.json`.

    .venv/bin/python runtime/python/scripts/make_contract.py

Lambda's artefact holds the package and not the contract, and a module is quicker to import than JSON is to parse. What
only a failure needs is a module of its own.
"""

from __future__ import annotations

import json
from pathlib import Path
from pprint import pformat
from typing import Any

HERE = Path(__file__).parent
CONTRACT = HERE.parents[1] / "contract.json"
PACKAGE = HERE.parent / "src/secret_baker"
MODULE = PACKAGE / "_contract.py"
WORDING = PACKAGE / "_wording.py"
HEAD = '''"""{what}, made by `scripts/make_contract.py`: do not edit it."""

# ruff: noqa: Q000
# fmt: off
from __future__ import annotations
'''
# Those that Python has no use for are left out: a name that is missing here fails in mypy, not in a function.
LIMITS = """
budgetMs attemptMs connectMs attempts atOncePerProcess firstPauseMs longestPauseMs idleMs signatureMs clockMs
credentialsEarlyMs credentialsWithoutEndMs bundleBytes jsonDepth arnBytes ciphertextBytes blobBytes dataKeys fileKeys
ivBytes replyBytes headBytes namesShown pagesShown shownChars
"""


def module() -> str:
    """Return the text of `_contract.py`."""
    return _text("What all openers have in common", _constants(_contract()))


def wording() -> str:
    """Return the text of `_wording.py`."""
    contract = _contract()
    services = {name: one["codes"] for name, one in contract["services"].items() if "codes" in one}
    constants: list[tuple[str, object]] = [
        ("PAGE", contract["page"]),
        ("SENTENCES", _sentences(contract["codes"])),
        ("HINTS", _hints(contract["codes"])),
        ("SENTENCES_OF", {name: _sentences(codes) for name, codes in services.items()}),
        ("HINTS_OF", {name: _hints(codes) for name, codes in services.items()}),
    ]
    return _text("What openers say of failures, and of a service's", constants)


def _sentences(codes: dict[str, Any]) -> dict[str, str]:
    return {code: one["sentence"] for code, one in codes.items() if "sentence" in one}


def _hints(codes: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return the hints of each code by their kind; the one of no kind is that of an empty text."""
    hints = {
        code: {**({"": one["hint"]} if "hint" in one else {}), **one.get("hints", {})} for code, one in codes.items()
    }
    return {code: kinds for code, kinds in hints.items() if kinds}


def _contract() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CONTRACT.read_text(encoding="utf-8"))
    return found


def _text(what: str, constants: list[tuple[str, object]]) -> str:
    lines = [f"{name} = {pformat(value, width=110, sort_dicts=False)}" for name, value in constants]
    return "\n".join([HEAD.format(what=what), *lines, ""])


def _constants(contract: dict[str, Any]) -> list[tuple[str, object]]:
    return [
        ("FILE", contract["file"]),
        *[_limit(name, contract["limits"][name]["value"]) for name in LIMITS.split()],
        ("PATTERNS", contract["patterns"]),
        ("CIPHERTEXTS", {bytes.fromhex(one["bytes"]): one["kind"] for one in contract["ciphertexts"]}),
        ("SUITES", {bytes.fromhex(one["id"]): _suite(one) for one in contract["suites"]}),
        ("PARTITIONS", {name: (one["suffix"], one["dualStack"]) for name, one in contract["partitions"].items()}),
        ("BOTH_STACKS", _both_stacks(contract["services"])),
        ("REGIONS", contract["regions"]),
        ("SERVICES", {name: (one["name"], one["host"], one["endpoint"]) for name, one in contract["services"].items()}),
        ("CREDENTIALS_HOSTS", tuple(contract["plainHttp"]["credentials"])),
        ("SEALED", contract["variables"]["sealed"]),
        ("RESERVED", tuple(contract["variables"]["reserved"])),
        ("ONLY_NAMED", tuple(contract["variables"]["onlyNamed"])),
        ("ERRORS", {name: _error(one) for name, one in contract["errors"].items()}),
    ]


def _limit(name: str, value: int) -> tuple[str, object]:
    """Return a limit as Python writes it: its times are seconds."""
    words = "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in name)
    return (words[: -len("_MS")] + "_S", value / 1000) if words.endswith("_MS") else (words, value)


def _suite(one: dict[str, Any]) -> tuple[int, str, bool]:
    """Return a suite's message version, the hash of its key derivation, and whether it signs."""
    return one["version"], one["kdf"].removeprefix("HKDF-").lower(), one["signature"] is not None


def _both_stacks(services: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the beginnings of hosts that serve both stacks by their plain suffix, and the partitions where they do."""
    hosts = [host for one in services.values() for host in one.get("bothStacks", {}).items()]
    return {host: tuple(partitions) for host, partitions in hosts}


def _error(one: dict[str, Any]) -> tuple[str, str, bool]:
    return one["code"], one.get("hint", ""), one.get("retry", False)


if __name__ == "__main__":
    MODULE.write_text(module(), encoding="utf-8")
    WORDING.write_text(wording(), encoding="utf-8")
