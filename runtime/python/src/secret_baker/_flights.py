"""What is made once: whoever asks first makes it, all others wait for it, nobody makes it again."""

from __future__ import annotations

import os
import threading

from ._failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from ._deadline import Deadline

    T = TypeVar("T")


class _Flight:
    """One that is under way. `outcome` stays None if its thread was interrupted or had no time left for it."""

    __slots__ = ("landed", "outcome")

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.outcome: Any = None


class Flights:
    """What was made, by name, for the life of a process. Thread-safe; a forked child waits for no thread of its parent.

    A source may have one of its own, where several entries share a call. What is of the type `failed` is not kept.
    """

    __slots__ = ("_failed", "_landed", "_under_way", "lock")

    def __init__(self, failed: type = Failure) -> None:
        self.lock = threading.Lock()
        self._failed = failed
        self._landed: dict[str, Any] = {}
        self._under_way: dict[str, _Flight] = {}
        _all.append(self)

    def __contains__(self, name: str) -> bool:
        return name in self._landed

    def taken(self, name: str, make: Callable[[], T], deadline: Deadline, *, fresh: bool) -> T | None:
        """Return what `make` has returned for a name; it is kept, unless it tells why there is nothing.

        `fresh` makes it again, or waits for one that is under way. None tells that the time was over before that was.
        """
        while True:
            with self.lock:
                if not fresh and name in self._landed:
                    kept: T = self._landed[name]
                    return kept
                flight = self._under_way.get(name)
                leads = flight is None
                if flight is None:
                    flight = self._under_way[name] = _Flight()
            if leads:
                return self._led(name, flight, make, deadline)
            if not deadline.wait(flight.landed.wait):
                return None
            if flight.outcome is not None:
                outcome: T = flight.outcome
                return outcome

    def forget(self) -> None:
        """Drop all that is kept; what is under way is not kept either."""
        with self.lock:
            self._landed = {}
            self._under_way = {}

    def renew(self) -> None:
        """Leave behind what belongs to threads that a forked child does not have."""
        self.lock = threading.Lock()
        self._under_way = {}

    def _led(self, name: str, flight: _Flight, make: Callable[[], T], deadline: Deadline) -> T:
        try:
            outcome = make()
            has_failed = isinstance(outcome, self._failed)
            if not has_failed or deadline.left() > 0:  # else those who have more time than this caller had try again
                flight.outcome = outcome
        finally:
            with self.lock:
                if self._under_way.get(name) is flight:
                    del self._under_way[name]
                    if flight.outcome is not None and not has_failed:
                        self._landed[name] = outcome
            flight.landed.set()
        return outcome


def forget() -> None:
    """Drop all that was made in the process."""
    for flights in _all:
        flights.forget()


def _renew() -> None:
    for flights in _all:
        flights.renew()


_all: list[Flights] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
