"""Reads the bundle, and gives the fields of a secret's entry. Knows no source."""

from __future__ import annotations

from . import _contract
from ._failure import Failure, quoted
from ._file import content
from ._json import parsed


def read(paths: list[str]) -> dict[str, object]:
    """Return the first bundle there is, its entries unchecked.

    Raises Failure: BUNDLE_MISSING, BUNDLE_INVALID.
    """
    for path in paths:
        try:
            raw = content(path, _contract.BUNDLE_BYTES)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError) as error:  # a ValueError is of a path that is none
            why = getattr(error, "strerror", None) or "its path is not one"
            raise Failure("BUNDLE_INVALID", f"{quoted(path)} cannot be read: {why}", "unreadable") from None
        return parse(raw, path)
    raise Failure("BUNDLE_MISSING", f"looked for {', '.join(quoted(path) for path in paths)}")


def parse(raw: bytes, path: str) -> dict[str, object]:
    """Return the object in the text of a bundle. Raises Failure: BUNDLE_INVALID."""
    if len(raw) > _contract.BUNDLE_BYTES:
        raise Failure("BUNDLE_INVALID", f"{quoted(path)} has more than {_contract.BUNDLE_BYTES} bytes")
    try:
        bundle = parsed(raw)
    except ValueError:
        raise Failure("BUNDLE_INVALID", f"{quoted(path)} is not JSON in UTF-8 as a bundle has it") from None
    if not isinstance(bundle, dict):
        raise Failure("BUNDLE_INVALID", f"{quoted(path)} does not hold a JSON object")
    return bundle


def fields_of(bundle: dict[str, object], name: str) -> dict[str, object]:
    """Return the fields of a secret's entry, unchecked. Raises Failure: NOT_IN_BUNDLE, BUNDLE_INVALID."""
    if name not in bundle:
        raise Failure("NOT_IN_BUNDLE", kind="" if bundle else "empty", names=_some(list(bundle)))
    fields = bundle[name]
    if not isinstance(fields, dict):
        raise Failure("BUNDLE_INVALID", "its entry is not a JSON object")
    return fields


def text_of(fields: dict[str, object], name: str) -> str:
    """Return a field that is a text of one character or more. Raises Failure: BUNDLE_INVALID."""
    text = fields.get(name)
    if not isinstance(text, str) or not text:
        raise Failure("BUNDLE_INVALID", f"its entry has no text `{name}`")
    return text


def _some(names: list[str]) -> str:
    """Return the first names, and how many others there are."""
    first = ", ".join(quoted(name) for name in names[: _contract.NAMES_SHOWN])
    others = len(names) - _contract.NAMES_SHOWN
    return f"{first} and {others} more" if others > 0 else first
