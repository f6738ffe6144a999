"""A name's way to its plaintext: opened once, whoever asks at once, and remembered."""

from __future__ import annotations

import os
import threading

from . import _bundle, _contract, _flights, _sources
from ._deadline import Deadline
from ._failure import Failure, quoted
from ._places import places
from ._settings import settings
from .exceptions import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ._entry import Entry


class _State:
    """What this process has read and opened."""

    __slots__ = ("bundle", "calls", "flights")

    def __init__(self) -> None:
        self.bundle: dict[str, object] | None = None
        self.flights = _flights.Flights()
        self.calls = threading.Semaphore(_contract.AT_ONCE_PER_PROCESS)

    def renew(self) -> None:
        """Leave behind what threads hold that a forked child does not have."""
        self.calls = threading.Semaphore(_contract.AT_ONCE_PER_PROCESS)


def raw(name: str, since: float, *, fresh: bool) -> bytes | Problem:
    """Return a plaintext, or why there is none. Its time is counted `since` then."""
    if not isinstance(name, str):
        raise TypeError(f"the name of a secret is a string, not {type(name).__name__}")
    return _opened(name, Deadline(settings.timeout, since), fresh=fresh)


def text(name: str, since: float, *, fresh: bool) -> str | Problem:
    """Return a plaintext as text, or why there is none."""
    return _decoded(name, raw(name, since, fresh=fresh))


def names(only: Iterable[str] | None) -> list[str] | Problem:
    """Return the names asked for, each once, or all of the bundle; or why there is no bundle."""
    chosen = None if only is None else _chosen(only)
    try:
        bundle = _read()
    except Failure as failure:
        return _problem(None, failure)
    return list(bundle) if chosen is None else chosen


def texts(wanted: list[str], since: float) -> dict[str, str] | list[Problem]:
    """Return all these plaintexts, opened side by side, or all reasons why one of them is missing."""
    outcomes = {name: _decoded(name, outcome) for name, outcome in _side_by_side(wanted, since).items()}
    problems = [outcome for outcome in outcomes.values() if isinstance(outcome, Problem)]
    return problems or {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, str)}


def forget() -> None:
    """Drop all that was read and opened; openings under way do not come back into the cache."""
    _state.bundle = None  # first, so that what begins in between is of the next one
    _flights.forget()


def _chosen(only: Iterable[str]) -> list[str]:
    if isinstance(only, str) or not hasattr(only, "__iter__"):
        raise TypeError(f"`only` is several names, such as a list of them, not {type(only).__name__}")
    chosen = list(only)
    for name in chosen:
        if not isinstance(name, str):
            raise TypeError(f"the names in `only` are strings, not {type(name).__name__}")
    return list(dict.fromkeys(chosen))


def _side_by_side(wanted: list[str], since: float) -> dict[str, bytes | Problem]:
    deadline = Deadline(settings.timeout, since)
    outcomes: dict[str, bytes | Problem] = {}
    left = wanted[::-1]

    def work() -> None:
        while left:
            try:
                name = left.pop()
            except IndexError:  # another thread took it
                break
            outcomes[name] = _opened(name, deadline, fresh=False)

    threads = _started(work, sum(name not in _state.flights for name in wanted))
    try:
        work()
        for thread in threads:
            deadline.wait(lambda seconds, thread=thread: not (thread.join(seconds) or thread.is_alive()))  # type: ignore[misc]
    finally:
        left.clear()  # an interrupt ends it all, and not only this thread's part
    return {name: outcomes[name] if name in outcomes else _too_late(name) for name in wanted}


def _decoded(name: str, outcome: bytes | Problem) -> str | Problem:
    if isinstance(outcome, Problem):
        return outcome
    try:
        return outcome.decode()
    except UnicodeDecodeError:  # which holds the plaintext: it ends here
        failure = Failure("NOT_TEXT")
    return _problem(name, failure)


def _opened(name: str, deadline: Deadline, *, fresh: bool) -> bytes | Problem:
    outcome = _state.flights.taken(name, lambda: _made(name, deadline), deadline, fresh=fresh)
    return _too_late(name) if outcome is None else outcome


def _made(name: str, deadline: Deadline) -> bytes | Problem:
    entry = None
    try:
        entry = _sources.parsed(_bundle.fields_of(_read(), name))
        return _plaintext(entry, deadline)
    except Failure as failure:
        return _problem(name, failure, entry)
    except Exception as error:  # noqa: BLE001 - no error but our own leaves, and this one may hold a plaintext
        unexpected = Failure("UNREACHABLE" if entry else "BUNDLE_INVALID", f"stopped by {type(error).__name__}")
        return _problem(name, unexpected, entry)


def _plaintext(entry: Entry, deadline: Deadline) -> bytes:
    calls = _state.calls
    if not deadline.wait(lambda seconds: calls.acquire(timeout=seconds)):
        raise Failure("UNREACHABLE", "timed out while others were opened", "waiting")
    try:
        return entry.open(deadline)
    finally:
        calls.release()


def _read() -> dict[str, object]:
    bundle = _state.bundle
    if bundle is None:  # two threads may read it at once, which does no harm
        bundle = _state.bundle = _bundle.read(places(settings.file))
    return bundle


def _too_late(name: str) -> Problem:
    return _problem(name, Failure("UNREACHABLE", "timed out while others were opened", "waiting"))


def _problem(name: str | None, failure: Failure, entry: Entry | None = None) -> Problem:
    subject = "" if name is None else f"secret {quoted(name)}: "
    return Problem(failure.code, name, f"{subject}{failure.told(entry.describe() if entry else None)}")


def _started(work: Callable[[], None], count: int) -> list[threading.Thread]:
    """Return threads beside this one: none for a single secret, and fewer where no more can be started."""
    threads: list[threading.Thread] = []
    for _ in range(min(_contract.AT_ONCE_PER_PROCESS, count) - 1):
        thread = threading.Thread(target=work, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            break
        threads.append(thread)
    return threads


_state = _State()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_state.renew)
