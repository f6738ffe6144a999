"""How many calls of AWS are under way at once in this process."""

from __future__ import annotations

import os
import threading

from . import _contract
from ._failure import crowded_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from ._deadline import Deadline

    T = TypeVar("T")


class _Gate:
    __slots__ = ("places",)

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Leave behind the places that threads hold which a forked child does not have."""
        self.places = threading.Semaphore(_contract.AT_ONCE_PER_PROCESS)


def passed(call: Callable[[], T], deadline: Deadline) -> T:
    """Return what a call returns, which is made as soon as there is a place for it. Raises Failure: UNREACHABLE."""
    places = _gate.places
    if not deadline.wait(lambda seconds: places.acquire(timeout=seconds)):
        raise crowded_out()
    try:
        return call()
    finally:
        places.release()


_gate = _Gate()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_gate.renew)
