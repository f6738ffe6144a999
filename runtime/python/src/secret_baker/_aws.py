"""One signed call of a service of AWS, however many attempts it takes."""

from __future__ import annotations

import json
import os
import threading
from time import monotonic, time

from . import _contract, _credentials
from ._endpoint import endpoint
from ._failure import crowded_out
from ._http import Request, exchange
from ._json import parsed_object
from ._retry import retried
from ._sigv4 import signed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from ._arn import Region
    from ._deadline import Deadline
    from ._failure import Failure
    from ._reply import Answer

    T = TypeVar("T")

NO_OBJECT: dict[str, object] = {}
_OF_CREDENTIALS = "SECRET_BAKER_CREDENTIALS"
_OF_CLOCK = {"signature", "clock"}


class _Clock:
    """How many seconds this machine's clock is late, as far as a refusal has told."""

    def __init__(self) -> None:
        self.late = 0.0


class _Places:
    """Those for calls that are under way at once in this process."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Leave behind those that threads hold which a forked child does not have."""
        self.free = threading.Semaphore(_contract.AT_ONCE_PER_PROCESS)


class Call:
    """What is asked of a service, one of the contract's: the operation that `target` names, in a region."""

    __slots__ = ("body", "region", "service", "target")

    def __init__(self, service: str, target: str, region: Region, body: dict[str, object]) -> None:
        self.service = service
        self.target = target
        self.region = region
        self.body = body


def answered(call: Call, accepted: Callable[[dict[str, object]], T], deadline: Deadline) -> T:
    """Return what is made of the object that a service has answered with; of NO_OBJECT, which is empty, of no object.

    `accepted` makes it, and raises Failure for an answer that lacks what is needed: `again` for one more attempt.
    Raises Failure: those of `accepted`, and ACCESS_DENIED, CREDENTIALS, THROTTLED, UNREACHABLE, SERVICE_ERROR, or as
    the contract has it for the name of an error.
    """
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": call.target,
        "user-agent": "secret-baker-python/3.1.0",
    }
    url = endpoint(call.service, call.region)
    attempts = _Attempts(call, Request("POST", url, headers, json.dumps(call.body).encode()), deadline)

    def attempt() -> T:
        answer = parsed_object(attempts.next().body)
        return accepted(NO_OBJECT if answer is None else answer)

    free = _places.free
    if not deadline.wait(lambda seconds: free.acquire(timeout=seconds)):
        raise crowded_out()
    try:
        return retried(attempt, deadline)
    finally:
        free.release()


class _Attempts:
    """The attempts at a call, and what has been mended between them: each once."""

    __slots__ = ("call", "deadline", "mended", "request")

    def __init__(self, call: Call, request: Request, deadline: Deadline) -> None:
        self.call, self.request, self.deadline = call, request, deadline
        self.mended: set[str] = set()

    def next(self) -> Answer:
        """Return an answer of status 200. Raises Failure, Lost."""
        while True:
            # Signed at each attempt: credentials rotate, and a signature of before a freeze is too old after it.
            credentials = _credentials.current(self.deadline)
            started, by_clock, late = monotonic(), time(), _clock.late
            request = signed(self.request, self.call.region.name, self.call.service, credentials, late)
            answer = exchange(request, self.deadline)
            if answer.status == 200:
                return answer
            from ._refusal import refusal_of

            refusal = refusal_of(answer, self.call.service, credentials)
            if refusal.code != _OF_CREDENTIALS:
                raise refusal
            was_frozen = monotonic() - started > _contract.SIGNATURE_S
            cure = "freeze" if was_frozen else _set_clock(refusal, answer, by_clock, late)
            if not cure and _credentials.forget(credentials):
                cure = "credentials"
            if not cure or cure in self.mended or self.deadline.left() <= 0:
                raise refusal
            self.mended.add(cure)


def _set_clock(refusal: Failure, answer: Answer, by_clock: float, used: float) -> str:
    """Correct what is taken for the time, if that is what a refusal is about. Return what was mended.

    `used` is how late the clock was taken for when the call was signed.
    """
    from ._dates import of_http

    date = of_http(answer.headers.get("date", ""))
    if refusal.kind not in _OF_CLOCK or date is None:
        return ""
    late = date - by_clock
    is_wrong = abs(late) > _contract.CLOCK_S
    if is_wrong:
        refusal.what += f", and the clock of this machine is {abs(late):.0f} s {'late' if late > 0 else 'early'}"
        refusal.kind = "clock"
    _clock.late = late if is_wrong else 0.0  # it may have been set right in between
    return "clock" if abs(_clock.late - used) > _contract.CLOCK_S else ""


_clock = _Clock()
_places = _Places()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_places.renew)
