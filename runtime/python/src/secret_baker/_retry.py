"""Attempts, pauses between them, and what a freeze does to both."""

from __future__ import annotations

import os
from time import monotonic, sleep

from . import _contract
from ._failure import Failure, Lost
from ._settings import settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from ._deadline import Deadline

    T = TypeVar("T")


def retried(attempt: Callable[[], T], deadline: Deadline) -> T:
    """Return what an attempt returns, which is to sign anew each time.

    Raises Failure: the one that is final, or the last one of those that were worth another attempt.
    """
    failed = 0
    was_frozen = False
    while True:
        started = monotonic()
        try:
            return attempt()
        except Lost as lost:
            if lost.stale and deadline.left() > 0:
                continue  # at most once for each connection that was kept
            failure = Failure("UNREACHABLE", lost.why, lost.kind, again=not lost.hopeless, variable=lost.variable)
        except Failure as error:
            failure = error
        took = monotonic() - started
        if took > _longest_attempt() and not was_frozen:
            # No attempt takes that long, so the process did not run: the signature may be too old, the connection dead.
            was_frozen = True  # once, as a slow DNS looks the same
            deadline.put_off(started, 0)
            continue
        failed += 1
        pause = _random() * min(_contract.LONGEST_PAUSE_S, _contract.FIRST_PAUSE_S * 2.0 ** min(failed - 1, 10))
        if not failure.again or failed >= settings.attempts or deadline.left() <= pause:
            break
        asleep = monotonic()
        sleep(pause)
        deadline.put_off(asleep, pause)
    if failed > 1:
        failure.what += f", after {failed} attempts"
    failure.again = False
    raise failure


def _longest_attempt() -> float:
    return settings.connect_timeout + settings.attempt_timeout + 1


def _random() -> float:
    """Return 0 to 1. The module `random` takes longer to import than a pause lasts."""
    return int.from_bytes(os.urandom(2), "big") / 65_535
