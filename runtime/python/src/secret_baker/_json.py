"""JSON as RFC 8259 has it, within the contract's bounds: for the bundle and for what comes off the network."""

from __future__ import annotations

import json
import re

from . import _contract

_MARK = b"\xef\xbb\xbf"
_INFINITE = float("inf")  # `math` is slow to import


def parsed(raw: bytes) -> object:
    """Return what UTF-8 JSON holds, all of its numbers as floats. Raises ValueError, which may hold a plaintext."""
    text = raw.removeprefix(_MARK).decode()  # the codec `utf-8-sig` would have to be imported
    if _depth(text) > _contract.JSON_DEPTH:
        raise ValueError("lists and objects that are nested too deep")
    try:
        found = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refused,
            parse_float=_number,
            parse_int=_number,  # an integer would be bounded by Python's limit of digits, and not by a double's range
        )
    except RecursionError:  # of a caller that is itself near its limit
        found = _refused("it is nested too deep here")
    if "\\u" in text:
        json.dumps(found, ensure_ascii=False).encode()  # UnicodeEncodeError, a ValueError, for a lone surrogate
    return found


def parsed_object(raw: bytes) -> dict[str, object] | None:
    """Return the object that UTF-8 JSON holds, or None for anything else. Raises nothing."""
    try:
        found = parsed(raw)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _depth(text: str) -> int:
    """Return how many lists and objects lie within each other."""
    if text.count("[") + text.count("{") <= _contract.JSON_DEPTH:
        return 0
    depth = deepest = 0
    for found in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text, re.DOTALL):
        first = found[0][0]
        depth += (first in "[{") - (first in "]}")
        deepest = max(deepest, depth)
    return deepest


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _number(text: str) -> float:
    number = float(text)
    return number if -_INFINITE < number < _INFINITE else _refused("a number out of range")


def _refused(what: str) -> float:
    raise ValueError(what)
