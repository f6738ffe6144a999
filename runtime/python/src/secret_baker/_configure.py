"""Checks what `configure` is given, and sets it."""

from __future__ import annotations

from ._settings import Settings, settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 86_400  # a day; the operating system takes no times without an end


def change(given: dict[str, object]) -> None:
    """Change what is given; None puts the default back. Raises TypeError, ValueError."""
    default = vars(Settings())
    checked = {name: default[name] if value is None else _CHECKS[name](name, value) for name, value in given.items()}
    vars(settings).update(checked)


def _path(name: str, value: object) -> str:
    from os import PathLike, fsdecode

    if not isinstance(value, (str, PathLike)):
        raise TypeError(f"`{name}` is a path, not {type(value).__name__}")
    path = fsdecode(value)
    if not path:
        raise ValueError(f"`{name}` is empty: None puts the default back")
    return path


def _seconds(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"`{name}` is a number, not {type(value).__name__}")
    if not 0 < value <= _LONGEST:
        raise ValueError(f"`{name}` must be above zero, and at most {_LONGEST}")
    return value


def _count(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"`{name}` is a whole number, not {type(value).__name__}")
    return int(_seconds(name, value))


def _choice(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"`{name}` is True or False, not {type(value).__name__}")
    return value


_CHECKS: dict[str, Callable[[str, object], object]] = {
    "file": _path,
    "timeout": _seconds,
    "attempt_timeout": _seconds,
    "connect_timeout": _seconds,
    "attempts": _count,
    "allow_insecure_endpoint": _choice,
}
