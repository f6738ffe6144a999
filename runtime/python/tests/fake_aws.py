"""AWS on loopback, made of rules as `__test__/vectors/README.md` tells them; it can be told to fail."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
BUNDLES = ROOT / "__test__/vectors/bundles"


def cases(path: Path) -> list[dict[str, Any]]:
    """Return the cases of a file, each with all the rules that hold for it, its own first."""
    table = json.loads(path.read_text(encoding="utf-8"))
    return [
        {
            **case,
            "calls": [*case.get("calls", []), *table["calls"]],
            "otherwise": table["otherwise"],
            "environment": case.get("environment", {"AWS_REGION": "eu-central-1"}),
        }
        for case in table["cases"]
    ]


CASES: list[dict[str, Any]] = [case for path in sorted(BUNDLES.glob("*.json")) for case in cases(path)]
VARIABLES: list[dict[str, Any]] = [case for path in BUNDLES.parent.glob("variables.json") for case in cases(path)]


def case(title: str) -> dict[str, Any]:
    """Return the case of this title."""
    return next(c for c in CASES if c["title"] == title)


def content(vector: dict[str, Any]) -> bytes:
    """Return the bundle of a case."""
    return base64.b64decode(vector["fileBase64"]) if "fileBase64" in vector else vector["file"].encode()


class FakeAws:
    """Answers by a case's rules. `script` holds what to do with the next requests instead: functions of the handler."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.connections = 0
        self.script: list[Callable[[Any], None]] = []
        self.latency = 0.0
        self.obey(case("standard tier"))
        self.always: Callable[[Any], None] | None = None
        self.sockets: list[socket.socket] = []
        self.busy = self.busiest = 0
        self.lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            fake = owner
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body are written apart, which would cost 40 ms

            def setup(self) -> None:
                super().setup()
                owner.connections += 1
                owner.sockets.append(self.connection)

            def do_POST(self) -> None:
                owner.answer(self)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def obey(self, vector: dict[str, Any]) -> None:
        """Answer by the rules of a case from now on."""
        self.rules: list[dict[str, Any]] = vector["calls"]
        self.otherwise: str = vector["otherwise"]

    def answer(self, handler: Any) -> None:
        """Answer by the script while it lasts, then by the rules."""
        raw = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        handler.asked = json.loads(raw) if raw else {}
        with self.lock:
            self.calls.append(
                {"headers": dict(handler.headers), "body": handler.asked, "path": handler.path, "raw": raw}
            )
            act = self.script.pop(0) if self.script else self.always
            self.busy += 1
            self.busiest = max(self.busiest, self.busy)
        try:
            time.sleep(self.latency)
            if act:
                act(handler)
            else:
                by_rules(handler)
        finally:
            with self.lock:
                self.busy -= 1

    def hang_up(self) -> None:
        """Close all connections, as a server does after a while."""
        for sock in self.sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self.sockets.clear()

    def stop(self) -> None:
        """Close the port and all connections."""
        self.server.shutdown()
        self.server.server_close()
        self.hang_up()


def reply(handler: Any, status: int, body: bytes, **headers: str) -> None:
    """Send an answer."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def by_rules(handler: Any) -> None:
    """Answer as the first rule says that is for this call."""
    region, service = handler.headers["authorization"].split("Credential=")[1].split("/")[2:4]
    asked = {
        "service": service,
        "target": handler.headers["x-amz-target"],
        "region": region,
        "request": handler.asked,
    }
    found = (rule for rule in handler.fake.rules if asked.items() <= rule.items())
    rule = next(found, {"error": handler.fake.otherwise})
    if "error" in rule:
        reply(handler, 400, json.dumps({"__type": rule["error"]}).encode())
    else:
        reply(handler, 200, json.dumps(rule["answer"]).encode(), content_type="application/x-amz-json-1.1")


def error(name: str, status: int = 400, message: str | None = None) -> Callable[[Any], None]:
    """Answer an error of a service."""
    body = {"__type": name} | ({"message": message} if message else {})
    return lambda handler: reply(handler, status, json.dumps(body).encode())


def drop(handler: Any) -> None:
    """Reset the connection without an answer."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    handler.close_connection = True
    handler.connection.close()


def truncate(handler: Any) -> None:
    """Promise more than is sent."""
    handler.wfile.write(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"Plaintext":"c2Vj')
    handler.close_connection = True


def garbage(handler: Any) -> None:
    """Answer 200 with something that is no JSON, though it holds a plaintext."""
    reply(handler, 200, b'{"Plaintext":"Zmlyc3QgdmFsdWU=", first value')


def hang(handler: Any) -> None:
    """Never answer, or not while anybody waits."""
    time.sleep(30)
    handler.close_connection = True
