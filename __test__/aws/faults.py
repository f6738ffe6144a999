"""Faults to order and a log of all calls, as WSGI middleware in front of moto.

    GET /__faults -> {"rules": [RULE...], "calls": [CALL...]}
    PUT /__faults {"rules": [RULE...], "reset": true}     both optional; reset empties the log

    RULE  which calls   target      "TrentService.Decrypt", "AmazonSSM.*", "S3 GET" ... (absent: all)
                        names       only calls that name one of these parameters
                        every       only each nth of them       times  only the first n of them
          what happens  latency_ms  wait first
                        error       an AWS error code           status (400), message
                        rate        calls a second, with burst: beyond it ThrottlingException
                        drop        close the connection without an answer
                        truncate    close it in the middle of the answer
                        garbage     answer 200 with something that is no JSON
                        hang        never answer
    CALL  {"target", "t", "region", "accessKeyId", "withDecryption", "names"}; never a value
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

LONGEST_HANG_S = 120
_SENT_BY = re.compile(r"Credential=([^/]+)/[^/]+/([^/]+)/")
_BREAKS = ("error", "drop", "truncate", "garbage", "hang")


class Bucket:
    """Tokens that refill with `rate` a second, up to `burst`."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst = rate, burst
        self.tokens, self.at = burst, time.monotonic()

    def take(self) -> bool:
        """Take a token, if there is one."""
        now = time.monotonic()
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Rule:
    """One order, and how often it was met."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.order, self.seen = order, 0
        rate = order.get("rate")
        self.bucket = Bucket(rate, order.get("burst", rate)) if rate else None

    def applies(self, call: dict[str, Any]) -> bool:
        """Count the call, and tell whether this one is to be met."""
        wanted = self.order.get("target", "*")
        target = call["target"]
        fits = target.startswith(wanted[:-1]) if wanted.endswith("*") else target == wanted
        names = self.order.get("names")
        if not fits or (names is not None and not set(names) & set(call["names"])):
            return False
        self.seen += 1
        return self.seen % self.order.get("every", 1) == 0 and self.seen <= self.order.get("times", self.seen)


class Rules:
    """All orders and the log."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.rules: list[Rule] = []
        self.calls: list[dict[str, Any]] = []

    def control(self, method: str, body: bytes) -> bytes:
        """Answer `/__faults`."""
        with self.lock:
            if method != "GET":
                order = json.loads(body or b"{}")
                if order.get("reset"):
                    self.calls = []
                if "rules" in order:
                    self.rules = [Rule(rule) for rule in order["rules"]]
            rules = [{**rule.order, "seen": rule.seen} for rule in self.rules]
            return json.dumps({"rules": rules, "calls": self.calls}).encode()

    def meet(self, call: dict[str, Any]) -> tuple[float, dict[str, Any] | None]:
        """Return the seconds to wait, and the order that answers instead of moto, if any."""
        wait, answer = 0.0, None
        with self.lock:
            self.calls.append(call)
            for rule in self.rules:
                if not rule.applies(call):
                    continue
                wait += rule.order.get("latency_ms", 0) / 1000
                if rule.bucket is not None and not rule.bucket.take():
                    answer = answer or {"error": "ThrottlingException", "message": "Rate exceeded"}
                if any(rule.order.get(way) for way in _BREAKS):
                    answer = answer or rule.order
        return wait, answer


class Faults:
    """The middleware."""

    def __init__(self, app: App) -> None:
        self.app, self.rules = app, Rules()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or let moto answer."""
        if environ["PATH_INFO"] == "/__faults":
            return _answer(start_response, self.rules.control(environ["REQUEST_METHOD"], _body_of(environ)))
        wait, order = self.rules.meet(_call_of(environ))
        if wait:
            time.sleep(wait)
        if order is None:
            return self.app(environ, start_response)
        if order.get("hang"):
            _wait_for_the_client_to_leave(environ["werkzeug.socket"])
        if order.get("hang") or order.get("drop"):
            return _drop(environ)
        if order.get("truncate"):
            start_response("200 OK", [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", "1000")])
            return _half_then_drop(environ)
        if order.get("garbage"):
            return _answer(start_response, b"<html>a captive portal</html>", "text/html")
        return _refuse(environ, start_response, order)


def _body_of(environ: Environ) -> bytes:
    """Read the body, and put it back for moto."""
    import io

    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _call_of(environ: Environ) -> dict[str, Any]:
    """Return the log's entry: who asked for what, and never a value."""
    target = environ.get("HTTP_X_AMZ_TARGET")
    sent_by = _SENT_BY.search(environ.get("HTTP_AUTHORIZATION", ""))
    call: dict[str, Any] = {
        "target": target or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}",
        "t": time.time(),
        "accessKeyId": sent_by[1] if sent_by else None,
        "region": sent_by[2] if sent_by else None,
        "names": [],
    }
    if target is not None and target.startswith("AmazonSSM."):
        body = json.loads(_body_of(environ) or b"{}")
        call["withDecryption"] = bool(body.get("WithDecryption", False))
        asked = [*body.get("Names", []), body.get("Name"), body.get("Path")]
        call["names"] = [name for name in asked if name is not None]
    return call


def _answer(start_response: StartResponse, body: bytes, kind: str = "application/json") -> list[bytes]:
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]


def _refuse(environ: Environ, start_response: StartResponse, order: dict[str, Any]) -> list[bytes]:
    """Answer with an error in the protocol of the call."""
    _body_of(environ)
    code = order["error"]
    message = order.get("message", _denial(environ) if code == "AccessDeniedException" else "")
    if "HTTP_X_AMZ_TARGET" in environ:
        kind, body = "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message})
    else:
        error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        kind = "text/xml"
        body = f"<ErrorResponse>{error}<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
    headers = [
        ("Content-Type", kind),
        ("x-amzn-RequestId", str(uuid.uuid4())),
        ("Content-Length", str(len(body.encode()))),
    ]
    start_response(f"{order.get('status', 400)} Fault", headers)
    return [body.encode()]


def _denial(environ: Environ) -> str:
    """Return the sentence with which IAM refuses."""
    service, _, action = environ.get("HTTP_X_AMZ_TARGET", "AmazonSSM.Call").rpartition(".")
    prefix = "ssm" if service == "AmazonSSM" else "kms"
    who = "arn:aws:sts::123456789012:assumed-role/deploy/session"
    return (
        f"User: {who} is not authorized to perform: {prefix}:{action} "
        f"because no identity-based policy allows the {prefix}:{action} action"
    )


def _drop(environ: Environ) -> list[bytes]:
    """Close the connection. Raising alone would leave it open, and the client waiting."""
    connection: socket.socket = environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError("dropped by a fault rule")


def _half_then_drop(environ: Environ) -> Iterable[bytes]:
    yield b'{"Parameters": [{"Name'
    _drop(environ)


def _wait_for_the_client_to_leave(connection: socket.socket) -> None:
    connection.settimeout(LONGEST_HANG_S)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except OSError:
        return  # waited for long enough, or gone already
