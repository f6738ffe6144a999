"""kms:Decrypt, and what its answers mean."""

from __future__ import annotations

import json
import re
from time import monotonic, time

from . import _contract, _credentials
from ._base64 import decoded, encoded
from ._endpoint import endpoint
from ._failure import Failure, shown
from ._http import Request, exchange
from ._json import parsed_object
from ._retry import retried
from ._sigv4 import signed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._bundle import Arn
    from ._credentials import Credentials
    from ._deadline import Deadline
    from ._reply import Answer

_HEADERS = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "TrentService.Decrypt",
    "user-agent": "secret-baker-python/1.1.0",
}
_OF_CREDENTIALS = "SECRET_BAKER_CREDENTIALS"
_OF_CLOCK = {"signature", "clock"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class _Clock:
    """How many seconds this machine's clock is late, as far as a refusal has told."""

    def __init__(self) -> None:
        self.late = 0.0


class _Call:
    """One call of KMS, however many attempts it takes, and what has been mended in it: each once."""

    __slots__ = ("arn", "context", "deadline", "key_arn", "mended", "request")

    def __init__(self, arn: Arn, ciphertext: bytes, context: dict[str, str], key_arn: str, deadline: Deadline) -> None:
        body = json.dumps({"CiphertextBlob": encoded(ciphertext), "EncryptionContext": context}).encode()
        self.request = Request("POST", endpoint(arn), _HEADERS, body)
        self.arn, self.context, self.key_arn, self.deadline = arn, context, key_arn, deadline
        self.mended: set[str] = set()

    def attempt(self) -> bytes:
        """Return the plaintext. Raises Failure, Lost."""
        while True:
            # Signed at each attempt: credentials rotate, and a signature of before a freeze is too old after it.
            credentials = _credentials.current(self.deadline)
            started, by_clock, late = monotonic(), time(), _clock.late
            answer = exchange(signed(self.request, self.arn.region, "kms", credentials, late), self.deadline)
            if answer.status == 200:
                return self._opened(answer)
            refusal = _refusal(answer, self.context, credentials)
            if refusal.code != _OF_CREDENTIALS:
                raise refusal
            was_frozen = monotonic() - started > _contract.SIGNATURE_S
            cure = "freeze" if was_frozen else _set_clock(refusal, answer, by_clock, late)
            if not cure and _credentials.forget(credentials):
                cure = "credentials"
            if not cure or cure in self.mended or self.deadline.left() <= 0:
                raise refusal
            self.mended.add(cure)

    def _opened(self, answer: Answer) -> bytes:
        found = parsed_object(answer.body) or {}
        plaintext = decoded(found.get("Plaintext"))
        if plaintext is None:
            raise Failure("UNREACHABLE", "what has answered HTTP 200 gave no plaintext", "answer", again=True)
        if self.key_arn and found.get("KeyId") != self.key_arn:
            raise Failure("WRONG_CONTEXT", "KMS has opened it by another key", context=told(self.context))
        return plaintext


def decrypt(arn: Arn, ciphertext: bytes, context: dict[str, str], deadline: Deadline, key_arn: str = "") -> bytes:
    """Return the plaintext, opened by the key of that ARN if it is not that of an alias.

    The region asked is that of the parameter. Raises Failure: WRONG_CONTEXT, ACCESS_DENIED, KEY_UNUSABLE, CREDENTIALS,
    THROTTLED, UNREACHABLE, SERVICE_ERROR.
    """
    known = key_arn if key_arn.rpartition(":")[2].startswith("key/") else ""
    return retried(_Call(arn, ciphertext, context, known, deadline).attempt, deadline)


def told(context: dict[str, str]) -> str:
    """Return an encryption context for a sentence."""
    return shown(json.dumps(context))


def _refusal(answer: Answer, context: dict[str, str], credentials: Credentials) -> Failure:
    name, message = _error(answer, credentials)
    if not name and answer.status != 429:
        what = f"what has answered HTTP {answer.status} is not KMS"
        return Failure("UNREACHABLE", what, "answer", again=True)
    other = "THROTTLED" if answer.status == 429 else "SERVICE_ERROR"
    code, kind, retry = _contract.ERRORS.get(name, (other, "", False))
    what = name or "HTTP 429"
    if message and code != "CREDENTIALS":  # what is said of a wrong signature may quote the session token
        what += f" ({message})"
    again = retry or code == "THROTTLED" or answer.status >= 500
    return Failure(code, what, kind, key=_key_in(message), again=again, context=told(context))


def _error(answer: Answer, credentials: Credentials) -> tuple[str, str]:
    """Return the error's bare name and its message; empty where the answer has none, or one that quotes credentials."""
    found = parsed_object(answer.body) or {}
    kind = found.get("__type")
    text = kind if isinstance(kind, str) else answer.headers.get("x-amzn-errortype", "")
    name = text.rpartition("#")[2].partition(":")[0]
    message = found.get("message") or found.get("Message")
    if not isinstance(message, str) or credentials.are_in(message):
        message = ""
    return (name if re.fullmatch(_contract.PATTERNS["errorName"], name) else ""), shown(message)


def _key_in(message: str) -> str:
    """Return the ARN of a key that a message names."""
    for word in message.replace("'", " ").replace('"', " ").split():
        if word.startswith("arn:") and ":kms:" in word:
            return word.rstrip(".,;:()")
    return ""


def _set_clock(refusal: Failure, answer: Answer, by_clock: float, used: float) -> str:
    """Correct what is taken for the time, if that is what a refusal is about. Return what was mended.

    `used` is how late the clock was taken for when the call was signed.
    """
    date = _date(answer.headers.get("date", ""))
    if refusal.kind not in _OF_CLOCK or date is None:
        return ""
    late = date - by_clock
    is_wrong = abs(late) > _contract.CLOCK_S
    if is_wrong:
        refusal.what += f", and the clock of this machine is {abs(late):.0f} s {'late' if late > 0 else 'early'}"
        refusal.hint = _contract.HINTS["CREDENTIALS"]["clock"]
    _clock.late = late if is_wrong else 0.0  # it may have been set right in between
    return "clock" if abs(_clock.late - used) > _contract.CLOCK_S else ""


def _date(text: str) -> float | None:
    """Return the time of a `Date` header, as HTTP has it."""
    found = re.fullmatch(
        r"[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) (20[0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT", text
    )
    if not found or found[2] not in _MONTHS:
        return None
    from datetime import datetime, timezone

    day, year, hour, minute, second = (int(found[group]) for group in (1, 3, 4, 5, 6))
    month = _MONTHS.index(found[2]) + 1
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc).timestamp()
    except ValueError:
        return None


_clock = _Clock()
