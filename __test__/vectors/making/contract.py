"""The contract of all openers, whose limits and errors the vectors are about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parents[3] / "runtime/contract.json"
_CONTRACT: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))

ERRORS: dict[str, dict[str, Any]] = _CONTRACT["errors"]


def limit(name: str) -> int:
    """Return a limit, in bytes or as a number."""
    value: int = _CONTRACT["limits"][name]["value"]
    return value
