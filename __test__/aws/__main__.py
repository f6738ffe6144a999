"""Start the stand-in: `python -m aws [--port N] [--tls]`, on loopback only.

Prints one line of JSON when it is ready, `{"endpoint", "pid"}` and with --tls `{"tlsEndpoint", "ca"}`.
Ends on SIGTERM, on SIGINT, and when its standard input closes, so that it never outlives its test.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from werkzeug.serving import BaseWSGIServer, make_server

HOST = "127.0.0.1"


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="aws", description="A stand-in for AWS on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--tls", action="store_true", help="serve https too, under an authority of its own")
    arguments = parser.parse_args()
    # Only now: `--help` and a mistake in the arguments need no moto.
    from .application import application
    from .server import Handler

    app = application()
    plain = make_server(HOST, arguments.port, app, threaded=True, request_handler=Handler)
    endpoint = f"http://{HOST}:{plain.server_port}"
    os.environ["STAND_IN_ENDPOINT"], os.environ["MOTO_PORT"] = endpoint, str(plain.server_port)
    ready: dict[str, Any] = {"endpoint": endpoint, "pid": os.getpid()}
    servers = [plain]
    with tempfile.TemporaryDirectory(prefix="stand-in-") as folder:
        tempfile.tempdir = folder  # unpacked functions and what moto writes: all gone at the end
        if arguments.tls:
            from . import certificates

            authority, certificate, key = certificates.make(Path(folder))
            files = (str(certificate), str(key))
            servers.append(make_server(HOST, 0, app, threaded=True, request_handler=Handler, ssl_context=files))
            ready |= {"tlsEndpoint": f"https://{HOST}:{servers[1].server_port}", "ca": str(authority)}
        serve(servers, ready)


def serve(servers: list[BaseWSGIServer], ready: dict[str, Any]) -> None:
    """Serve in threads, say so, and return when told to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    threading.Thread(target=stop_with_stdin, args=(stop,), daemon=True).start()
    print(json.dumps(ready), flush=True)
    stop.wait()
    # A thread that still waits in a `hang` must not keep the process.
    sys.stdout.flush()
    for server in servers:
        server.socket.close()


def stop_with_stdin(stop: threading.Event) -> None:
    """Stop when whoever started us has gone."""
    sys.stdin.read()
    stop.set()


if __name__ == "__main__":
    main()
