"""Points in time as others write them, in seconds since the epoch."""

from __future__ import annotations

import re
from datetime import datetime, timezone

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_DATE = _DAY + r"[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?([Zz]|([+-])([0-9]{2}):([0-9]{2}))"


def of_http(text: str) -> float | None:
    """Return the time of a `Date` header, as HTTP has it."""
    found = re.fullmatch(
        r"[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) (20[0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT", text
    )
    if not found or found[2] not in _MONTHS:
        return None
    day, year, hour, minute, second = (int(found[group]) for group in (1, 3, 4, 5, 6))
    month = _MONTHS.index(found[2]) + 1
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc).timestamp()
    except ValueError:
        return None


def of_rfc3339(text: object) -> float | None:
    """Return the time that RFC 3339 writes, whatever the length of its fraction, or None."""
    found = re.fullmatch(_DATE, text) if isinstance(text, str) else None
    if not found:
        return None
    year, month, day, hour, minute, second = (int(found[group]) for group in range(1, 7))
    try:
        at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=timezone.utc)
    except ValueError:
        return None
    offset = int(found[9] or 0) * 3600 + int(found[10] or 0) * 60
    return at.timestamp() - (offset if found[8] != "-" else -offset)
