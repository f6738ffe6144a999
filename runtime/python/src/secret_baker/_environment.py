"""Secrets as environment variables, for code that reads nothing else."""

from __future__ import annotations

import os

from . import _contract, _opener
from ._failure import Failure, quoted
from .exceptions import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def load(only: Iterable[str] | None, prefix: str, since: float, *, override: bool) -> tuple[list[str], list[Problem]]:
    """Set the variables that are not set, or all with `override`; return their names, or the problems and set none."""
    if not isinstance(prefix, str):
        raise TypeError(f"`prefix` is a string, not {type(prefix).__name__}")
    wanted = _opener.names(only)
    if isinstance(wanted, Problem):
        return [], [wanted]
    refused = ((name, _refused(prefix + name, is_named=only is not None)) for name in wanted)
    problems = [_problem(name, failure) for name, failure in refused if failure]
    if problems:  # KMS is not asked in vain
        return [], problems
    opened = _opener.texts([name for name in wanted if override or prefix + name not in os.environ], since)
    if isinstance(opened, list):
        return [], opened
    unfit = Failure("NOT_A_VARIABLE", "its value is none of a variable's")
    problems = [_problem(name, unfit) for name, text in opened.items() if not _fits(text)]
    if problems:
        return [], problems
    for name, text in opened.items():
        os.environ[prefix + name] = text
    return [prefix + name for name in opened], []


def _refused(variable: str, *, is_named: bool) -> Failure | None:
    """Return why a variable cannot be set, whatever its value."""
    if not variable or "=" in variable or not _fits(variable):
        return Failure("NOT_A_VARIABLE", f"{quoted(variable)} is not the name of a variable")
    if _is_one_of(_contract.RESERVED, variable):
        return Failure("NOT_A_VARIABLE", f"{quoted(variable)} is reserved", "reserved")
    if not is_named and _is_one_of(_contract.ONLY_NAMED, variable):
        return Failure("NOT_A_VARIABLE", f"{quoted(variable)} was not named in `only`", "onlyNamed")
    return None


def _is_one_of(patterns: tuple[str, ...], variable: str) -> bool:
    """Tell whether a variable is one of these, in which `*` stands for any beginning or end."""
    for pattern in patterns:
        beginning, star, end = pattern.partition("*")
        if variable == pattern or (star and variable.startswith(beginning) and variable.endswith(end)):
            return True
    return False


def _problem(name: str, failure: Failure) -> Problem:
    return Problem(failure.code, name, f"secret {quoted(name)}: {failure.told()}")


def _fits(text: str) -> bool:
    """Tell whether the operating system takes it; its own errors hold the value."""
    if "\0" in text:
        return False
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return False
    return True
