"""What the openers have in common comes out of one file."""

from __future__ import annotations

import runpy

import pytest
from fake_aws import ROOT
from problems import PAGE

from secret_baker import Problem, SecretBakerError, _contract, _wording, configure
from secret_baker._settings import Settings, settings

MADE = runpy.run_path(str(ROOT / "runtime/python/scripts/make_contract.py"))


@pytest.mark.parametrize(("path", "made"), [("MODULE", "module"), ("WORDING", "wording")])
def test_the_modules_are_what_the_contract_gives(path: str, made: str) -> None:
    assert MADE[path].read_text(encoding="utf-8") == MADE[made](), "run scripts/make_contract.py"


def test_each_code_of_an_error_of_kms_has_a_sentence_and_its_hint() -> None:
    assert {code for code, _, _ in _contract.ERRORS.values()} <= _wording.SENTENCES.keys()
    for code, hint, _ in _contract.ERRORS.values():
        assert _wording.HINTS[code][hint]


def test_limits_are_the_defaults() -> None:
    configure(timeout=1, attempt_timeout=1, connect_timeout=1, attempts=1, allow_insecure_endpoint=True, file="/x")
    configure(
        timeout=None, attempt_timeout=None, connect_timeout=None, attempts=None, allow_insecure_endpoint=None, file=None
    )
    assert vars(settings) == vars(Settings())
    assert (settings.timeout, settings.attempt_timeout, settings.connect_timeout, settings.attempts) == (10, 3, 1, 5)


def test_the_page_of_a_code_is_named_once_and_of_many_codes_the_whole_page() -> None:
    def lines(*codes: str) -> list[str]:
        problems = [Problem(f"SECRET_BAKER_{code}", None, "it failed") for code in codes]
        told = str(SecretBakerError(problems[0].code, None, problems)).splitlines()
        return [line for line in told if line.startswith("  more: ")]

    assert lines(*["TAMPERED"] * 4) == [f"  more: {PAGE}#secret_baker_tampered"]
    assert lines("THROTTLED", "ACCESS_DENIED", "CREDENTIALS", "TAMPERED") == [f"  more: {PAGE}"]
