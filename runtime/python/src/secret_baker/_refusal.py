"""What an answer of another status than 200 means."""

from __future__ import annotations

import re

from . import _contract
from ._failure import Failure, shown
from ._json import parsed_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._reply import Answer
    from ._sigv4 import Credentials


def refusal_of(answer: Answer, service: str, credentials: Credentials) -> Failure:
    """Return the failure that a service has answered with."""
    name, message = _error(answer, credentials)
    if not name and answer.status != 429:
        what = f"what has answered HTTP {answer.status} is not {_contract.SERVICES[service][0]}"
        return Failure("UNREACHABLE", what, "answer", again=True)
    other = "THROTTLED" if answer.status == 429 else "SERVICE_ERROR"
    code, kind, retry = _contract.ERRORS.get(name, (other, "", False))
    what = name or "HTTP 429"
    if message and code != "CREDENTIALS":  # what is said of a wrong signature may quote the session token
        what += f" ({message})"
    again = retry or code == "THROTTLED" or answer.status >= 500
    return Failure(code, what, kind, key=_key_in(message), again=again)


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
