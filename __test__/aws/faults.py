"""Faults to order and a log of all calls, as WSGI middleware in front of moto.

GET /__faults -> {"rules": [RULE...], "calls": [CALL...]}
PUT /__faults {"rules": [RULE...], "reset": true}     both optional; reset empties the log,
                                                      of what has come and is not in it yet too

RULE  which calls   target      "TrentService.Decrypt", "AmazonSSM.*", "secretsmanager.*",
                                "DynamoDB_20120810.Query", "GET /bucket*" ... (absent: all)
                    names       only calls that name one of these parameters, secrets or items, in whatever spelling
                    every       only each nth of them       times  only the first n of them
      what happens  latency_ms  wait first; several rules add up
                    error       an AWS error code           status (400), message
                    rate        calls a second, with burst: beyond it ThrottlingException
                    drop        close the connection without an answer
                    truncate    close it in the middle of the real answer
                    garbage     answer 200 with something that is no JSON
                    whole       the real answer without the range that was asked for
                    hang        never answer, for 120 s or until the client leaves
      The first rule that answers wins; a rule with an unknown key is refused.
CALL  {"target", "service", "action", "t", "region", "accessKeyId", "names"}, and `withDecryption` of Parameter Store,
      `table` of DynamoDB, `versionId` of Secrets Manager, `range` of what is fetched in parts; never a value
"""

from __future__ import annotations

import json
import selectors
import socket
import threading
import time
from collections.abc import Iterable
from typing import Any

from .arrivals import State, arrivals
from .calls import Call, bare_name, body_of, call_of
from .refusal import refusal
from .server import Answer, App, Cut, Environ, StartResponse, answer_of

LONGEST_HANG_S = 120
_ANSWERS = ("error", "drop", "truncate", "garbage", "whole", "hang")
_KEYS = {"target", "names", "every", "times", "latency_ms", "status", "message", "rate", "burst", *_ANSWERS}
_THROTTLED = {"error": "ThrottlingException"}


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
    """One order, and how often it was met. Raises ValueError for a key that it does not know."""

    def __init__(self, order: dict[str, Any]) -> None:
        unknown = sorted(order.keys() - _KEYS)
        if unknown:
            raise ValueError(f"a fault rule has no key {', '.join(unknown)}; there are {', '.join(sorted(_KEYS))}")
        self.order, self.seen = order, 0
        rate = order.get("rate")
        self.bucket = Bucket(rate, order.get("burst", rate)) if rate else None

    def applies(self, call: Call) -> bool:
        """Count the call, and tell whether this one is to be met."""
        wanted = self.order.get("target", "*")
        target = call["target"]
        fits = target.startswith(wanted[:-1]) if wanted.endswith("*") else target == wanted
        if not fits or ("names" in self.order and not self.named(call)):
            return False
        self.seen += 1
        return self.seen % self.order.get("every", 1) == 0 and self.seen <= self.order.get("times", self.seen)

    def named(self, call: Call) -> list[str]:
        """Return those names of the call that the rule names; without `names` in the rule, all."""
        wanted = self.order.get("names")
        return [name for name in call["names"] if wanted is None or name in wanted or bare_name(name) in wanted]

    def answers(self) -> dict[str, Any] | None:
        """Return what answers instead of moto, if anything."""
        if self.bucket is not None and not self.bucket.take():
            return _THROTTLED
        return self.order if any(self.order.get(way) for way in _ANSWERS) else None


class Rules:
    """All orders and the log."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.rules: list[Rule] = []
        self.calls: list[Call] = []

    def control(self, method: str, body: bytes) -> bytes:
        """Answer `/__faults`. Raises ValueError for an order that makes no sense."""
        order = json.loads(body or b"{}") if method != "GET" else {}
        if order.get("reset"):
            arrivals.settle()
        rules = [Rule(rule) for rule in order["rules"]] if "rules" in order else None
        with self.lock:
            if order.get("reset"):
                self.calls = []
            if rules is not None:
                self.rules = rules
            state = [{**rule.order, "seen": rule.seen} for rule in self.rules]
            return json.dumps({"rules": state, "calls": self.calls}).encode()

    def meet(self, call: Call) -> tuple[float, dict[str, Any] | None, list[str]]:
        """Log the call; return the seconds to wait, what answers instead of moto, and the names it is about."""
        wait, answer, names = 0.0, None, call["names"]
        with self.lock:
            self.calls.append(call)
            for rule in self.rules:
                if not rule.applies(call):
                    continue
                wait += rule.order.get("latency_ms", 0) / 1000
                instead = rule.answers()
                if answer is None and instead is not None:
                    answer, names = instead, rule.named(call)
                    call["error"] = instead.get("error")
        return wait, answer, names


class Faults:
    """The middleware."""

    def __init__(self, app: App) -> None:
        self.app, self.rules = app, Rules()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or let moto answer."""
        if environ["PATH_INFO"] == "/__faults":
            arrivals.mark(environ["werkzeug.socket"], State.LOGGED)
            return _send(self._control(environ), start_response)
        call = call_of(environ)
        wait, order, names = self.rules.meet(call)
        arrivals.mark(environ["werkzeug.socket"], State.LOGGED)
        try:
            if wait:
                time.sleep(wait)
            if order is None:
                return self.app(environ, start_response)
            return _send(self._fault(environ, order, names), start_response)
        finally:
            call["until"] = time.time()

    def _control(self, environ: Environ) -> Answer:
        kind = [("Content-Type", "application/json")]
        try:
            return Answer("200 OK", kind, self.rules.control(environ["REQUEST_METHOD"], body_of(environ)))
        except ValueError as error:
            return Answer("400 Bad Request", kind, json.dumps({"__type": "BadRule", "message": str(error)}).encode())

    def _fault(self, environ: Environ, order: dict[str, Any], names: list[str]) -> Answer:
        """Return the answer of a rule, or raise Cut."""
        if order.get("hang"):
            _wait_for_the_client_to_leave(environ["werkzeug.socket"])
        if order.get("hang") or order.get("drop"):
            raise Cut
        if order.get("truncate"):
            raise Cut(answer_of(self.app, environ))
        if order.get("whole"):
            environ.pop("HTTP_RANGE", None)
            return answer_of(self.app, environ)
        if order.get("garbage"):
            return Answer("200 OK", [("Content-Type", "text/html")], b"<html>a captive portal</html>")
        return refusal(environ, order, names)


def _send(answer: Answer, start_response: StartResponse) -> list[bytes]:
    start_response(answer.status, answer.headers)
    return [answer.body]


def _wait_for_the_client_to_leave(connection: socket.socket) -> None:
    """Wait until there is something to read: after a whole request, that is the end of the connection."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        selector.select(timeout=LONGEST_HANG_S)
