"""Policies that bind an access key, as WSGI middleware in front of moto, and a log of what was asked of them.

PUT /__policies {ACCESS KEY ID: [POLICY...]}  replaces all, and empties the log; keys that are not named may do anything
GET /__policies -> [{"accessKeyId", "action", "resource", "context", "allowed"}...]
"""

from __future__ import annotations

import importlib
import json
import threading
from collections.abc import Iterable
from typing import Any

from .calls import body_of, call_of, scope_of
from .refusal import refusal
from .server import Answer, App, Environ, StartResponse


class Enforcement:
    """The middleware."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._lock = threading.Lock()
        self._policies: dict[str, list[Any]] = {}
        self._log: list[dict[str, Any]] = []

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Let moto answer what is allowed."""
        if environ["PATH_INFO"] == "/__policies":
            return _send(self._control(environ), start_response)
        access_key_id, region, service = scope_of(environ)
        policies = self._policies.get(access_key_id or "")
        # Who somebody is, anybody may ask.
        if policies is None or service == "sts":
            return self.app(environ, start_response)
        # Only now: most tests bind nobody, and these take a second to import.
        needs, engine = (importlib.import_module(f".{part}", __package__) for part in ("needs", "policies"))
        told = []
        for need in needs.needs_of(environ, region or ""):
            outcome = engine.decide(policies, need.action, need.resource, need.context)
            allowed = outcome.decision is engine.Decision.ALLOWED
            told.append({"accessKeyId": access_key_id, "allowed": allowed} | vars(need))
        with self._lock:
            self._log.extend(told)
        if all(need["allowed"] for need in told):
            return self.app(environ, start_response)
        order = {"error": "AccessDeniedException"}
        return _send(refusal(environ, order, call_of(environ)["names"]), start_response)

    def _control(self, environ: Environ) -> Answer:
        with self._lock:
            if environ["REQUEST_METHOD"] != "GET":
                self._policies, self._log = json.loads(body_of(environ)), []
            return Answer("200 OK", [("Content-Type", "application/json")], json.dumps(self._log).encode())


def _send(answer: Answer, start_response: StartResponse) -> list[bytes]:
    start_response(answer.status, answer.headers)
    return [answer.body]
