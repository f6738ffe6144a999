"""Plaintexts that are made once: whoever asks first makes one, all others wait for it, nobody makes it again."""

from __future__ import annotations

import os
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from ._deadline import Deadline

    E = TypeVar("E")


class _Flight:
    """One that is under way. `outcome` stays None if its thread was interrupted."""

    __slots__ = ("landed", "outcome")

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.outcome: Any = None


class Flights:
    """Plaintexts by name, for the life of a process. Thread-safe; a forked child waits for no thread of its parent.

    A source may have one of its own, where several entries share a call.
    """

    __slots__ = ("_landed", "_under_way", "lock")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._landed: dict[str, bytes] = {}
        self._under_way: dict[str, _Flight] = {}
        _all.append(self)

    def __contains__(self, name: str) -> bool:
        return name in self._landed

    def taken(self, name: str, make: Callable[[], bytes | E], deadline: Deadline, *, fresh: bool) -> bytes | E | None:
        """Return what `make` has returned for a name: bytes, which are kept, or why there are none, which is not.

        `fresh` makes it again, or waits for one that is under way. None tells that the time was over before that was.
        """
        while True:
            with self.lock:
                if not fresh and name in self._landed:
                    return self._landed[name]
                flight = self._under_way.get(name)
                leads = flight is None
                if flight is None:
                    flight = self._under_way[name] = _Flight()
            if leads:
                return self._led(name, flight, make)
            if not deadline.wait(flight.landed.wait):
                return None
            if flight.outcome is not None:
                outcome: bytes | E = flight.outcome
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

    def _led(self, name: str, flight: _Flight, make: Callable[[], bytes | E]) -> bytes | E:
        try:
            outcome = flight.outcome = make()
        finally:
            with self.lock:
                if self._under_way.get(name) is flight:
                    del self._under_way[name]
                    if isinstance(flight.outcome, bytes):
                        self._landed[name] = flight.outcome
            flight.landed.set()
        return outcome


def forget() -> None:
    """Drop all plaintexts of the process."""
    for flights in _all:
        flights.forget()


def _renew() -> None:
    for flights in _all:
        flights.renew()


_all: list[Flights] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
