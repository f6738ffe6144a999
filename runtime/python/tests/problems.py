"""What an error tells without its end, which names the page."""

from __future__ import annotations

import json

from fake_aws import ROOT

from secret_baker import SecretBakerError

PAGE: str = json.loads((ROOT / "runtime/contract.json").read_text(encoding="utf-8"))["page"]


def problem_of(error: SecretBakerError) -> str:
    """Return the text of an error that has one problem, and see that it names the page of its code."""
    text, page = str(error), f"\n  more: {PAGE}#{error.code.lower()}"
    assert text.endswith(page)
    return text[: -len(page)]
