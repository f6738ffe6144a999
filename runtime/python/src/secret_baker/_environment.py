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
    wanted = [name for name in wanted if override or prefix + name not in os.environ]
    opened = _opener.texts(wanted)
    if isinstance(opened, list):
        return [], opened
    problems = [problem for name, text in opened.items() if (problem := _misfit(name, prefix + name, text))]
    if problems:
        return [], problems
    for name, text in opened.items():
        os.environ[prefix + name] = text
    return [prefix + name for name in opened], []


def _misfit(name: str, variable: str, text: str) -> Problem | None:
    """Tell why the operating system would not take it; its own errors hold the value."""
    if not variable or "=" in variable or not _fits(variable):
        message = f"secret {quoted(name)}: an environment variable cannot be called {quoted(variable)}; rename it"
        return Problem("SECRET_BAKER_BUNDLE_INVALID", name, message)
    if not _fits(text):
        message = f"secret {quoted(name)}: an environment variable cannot hold its value; read it with `secret_bytes`"
        return Problem("SECRET_BAKER_NOT_TEXT", name, message)
    return None


def _fits(text: str) -> bool:
    if "\0" in text:
        return False
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return False
    return True
