"""Secrets as environment variables, for code that reads nothing else."""

from __future__ import annotations

import os

from . import _opener
from ._failure import quoted
from .exceptions import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def load(only: Iterable[str] | None, prefix: str, *, override: bool) -> tuple[list[str], list[Problem]]:
    """Set the variables that are not set, or all with `override`; return their names, or the problems and set none."""
    wanted = _opener.names(only)
    if isinstance(wanted, Problem):
        return [], [wanted]
    problems = [_no_name(name, prefix + name) for name in wanted if not _names(prefix + name)]
    wanted = [name for name in wanted if _names(prefix + name) and (override or prefix + name not in os.environ)]
    opened = _opener.texts(wanted)
    if isinstance(opened, list):
        return [], problems + opened
    problems += [_no_value(name) for name, text in opened.items() if not _fits(text)]
    if problems:
        return [], problems
    for name, text in opened.items():
        os.environ[prefix + name] = text
    return [prefix + name for name in opened], []


def _no_name(name: str, variable: str) -> Problem:
    what = f"{quoted(variable)} cannot be the name of an environment variable"
    hint = "choose another `prefix`, or leave it out by `only` and read it with `secret`"
    return Problem("SECRET_BAKER_NOT_A_VARIABLE", name, f"secret {quoted(name)}: {what}; {hint}")


def _no_value(name: str) -> Problem:
    what = "its value cannot be that of an environment variable"
    hint = "leave it out by `only` and read it with `secret`"
    return Problem("SECRET_BAKER_NOT_A_VARIABLE", name, f"secret {quoted(name)}: {what}; {hint}")


def _names(variable: str) -> bool:
    return variable != "" and "=" not in variable and _fits(variable)


def _fits(text: str) -> bool:
    """Tell whether the operating system takes it; its own errors hold the value."""
    if "\0" in text:
        return False
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return False
    return True
