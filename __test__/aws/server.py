"""The HTTP side: connections that stay open as those of AWS do, and that can be cut to order."""

from __future__ import annotations

import http
import io
import socket
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler

from .arrivals import State, arrivals

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]
Headers = list[tuple[str, str]]

_WITHOUT_BODY = (http.HTTPStatus.NO_CONTENT, http.HTTPStatus.NOT_MODIFIED)


@dataclass(frozen=True)
class Answer:
    """A whole answer: `status` is such as "200 OK"."""

    status: str
    headers: Headers
    body: bytes


class Cut(Exception):  # noqa: N818  (an order, not a mistake)
    """Close the connection, with nothing said or after half of an answer."""

    def __init__(self, answer: Answer | None = None) -> None:
        super().__init__("a connection was cut to order")
        self.answer = answer


def answer_of(app: App, environ: Environ) -> Answer:
    """Call a WSGI application, and collect its answer."""
    started: list[tuple[str, Headers]] = []
    parts = app(environ, lambda status, headers, _error=None: started.append((status, headers)))
    try:
        body = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    status, headers = started[-1]
    return Answer(status, headers, body)


class Handler(MotoRequestHandler):
    """One connection, for as many requests as the client likes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # it would hold small answers back for 40 ms

    def setup(self) -> None:
        """Have the connection known before anything is read."""
        super().setup()
        arrivals.mark(self.connection, State.WAITING)

    def finish(self) -> None:
        """Have it forgotten."""
        arrivals.forget(self.connection)
        super().finish()

    def handle_one_request(self) -> None:
        """Wait for a request, and say that one is there."""
        if self.rfile.peek(1):
            arrivals.mark(self.connection, State.READING)
        try:
            super().handle_one_request()
        finally:
            arrivals.mark(self.connection, State.WAITING)

    def run_wsgi(self) -> None:
        """Answer one request. Werkzeug's own method closes every connection, which no AWS service does."""
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        environ = self.make_environ()
        _read_body(environ)
        try:
            answer = answer_of(self.server.app, environ)
        except Cut as cut:
            if cut.answer is not None:
                self._send(cut.answer, cut.answer.body[: len(cut.answer.body) // 2])
            self._cut()
            return
        except Exception:  # noqa: BLE001  (whatever moto raises must not leave the client without an answer)
            traceback.print_exc()
            answer = Answer("500 Internal Server Error", [], b"the stand-in failed: its standard error says why")
        self._send(answer, answer.body)

    def _send(self, answer: Answer, body: bytes) -> None:
        """Send the headers of an answer, with this much of its body."""
        code, _, reason = answer.status.partition(" ")
        self.send_response(int(code), reason)
        names = set()
        for name, value in answer.headers:
            self.send_header(name, value)
            names.add(name.lower())
        silent = self.command == "HEAD" or int(code) in _WITHOUT_BODY
        if not silent and "content-length" not in names:
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if not silent:
            self.wfile.write(body)

    def _cut(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the client was quicker

    def log_request(self, *_: object, **__: object) -> None:
        """Log nothing: the call log of `/__faults` is the log."""


def _read_body(environ: Environ) -> None:
    """Take the whole body off the connection, so that what follows on it is the next request."""
    stream = environ["wsgi.input"]
    chunked = environ.get("wsgi.input_terminated", False)
    body = stream.read() if chunked else stream.read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
