"""How long a call may still take, and waits that end with it."""

from __future__ import annotations

import threading
from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

_SLICE_S = 0.5  # of a wait: what takes much longer was not waited but frozen
_SLACK_S = 1.0


class Deadline:
    """A point on the monotonic clock. It may be put off: a process that was frozen has not used its time."""

    __slots__ = ("at", "thawed")

    def __init__(self, seconds: float, since: float | None = None) -> None:
        self.at = (monotonic() if since is None else since) + seconds
        self.thawed = 0.0

    def left(self) -> float:
        """Return the seconds that are left; negative when it is over."""
        return self.at - monotonic()

    def within(self, seconds: float) -> Deadline:
        """Return the earlier one of this and of so many seconds from now."""
        return Deadline(min(seconds, self.left()))

    def put_off(self, started: float, planned: float) -> None:
        """Add what has been taken over the plan since then, if it is too much for a process that runs.

        Several threads see one freeze: it is added once.
        """
        now = monotonic()
        if now - started > planned + _SLACK_S and started >= self.thawed:
            self.thawed = now
            self.at += now - started - planned

    def wait(self, ready: Callable[[float], bool]) -> bool:
        """Call a function that waits for at most so many seconds until it returns True. Return whether it has."""
        while (left := self.left()) > 0:
            planned, started = min(left, _SLICE_S), monotonic()
            if ready(planned):
                return True
            self.put_off(started, planned)
        return False


class Wish(Deadline):
    """A caller's: it tells besides whether what is kept is to be made anew (`fresh`)."""

    __slots__ = ("fresh",)

    def __init__(self, seconds: float, since: float, *, fresh: bool) -> None:
        super().__init__(seconds, since)
        self.fresh = fresh


def in_time(call: Callable[[], T], deadline: Deadline) -> T:
    """Return what a call returns that cannot be interrupted. Raises what it raises; TimeoutError if it goes on."""
    returned: list[T] = []
    raised: list[Exception] = []
    done = threading.Event()

    def work() -> None:
        try:
            returned.append(call())
        except Exception as error:  # noqa: BLE001 - it is raised in the thread that asked
            raised.append(error)
        done.set()

    try:
        threading.Thread(target=work, daemon=True).start()
    except RuntimeError:  # no more can be started
        work()
    if not deadline.wait(done.wait):
        raise TimeoutError("timed out")
    if raised:
        raise raised[0]
    return returned[0]
