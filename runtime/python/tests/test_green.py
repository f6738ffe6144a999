"""TLS under gevent, eventlet and PySocks, which put classes of their own in the place of the standard library's."""

from __future__ import annotations

import importlib.util
import os
import socket
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from child import KEYS, SOURCES, run
from fake_aws import FakeAws
from secure_kms import SecureKms

TWICE = """
import secret_baker
print(secret_baker.secret("A"), secret_baker.secret("A", fresh=True), *secret_baker.secrets().values())
"""
PATCHED = {
    "gevent": "from gevent import monkey; monkey.patch_all()",
    "gevent without threads": "from gevent import monkey; monkey.patch_all(thread=False)",
    "eventlet": "import eventlet; eventlet.monkey_patch()",
}


def found(module: str) -> str:
    """Return the folder that a module lies in, or skip the test."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        pytest.skip(f"{module} is not installed: see __test__/aws/requirements.txt")
    return str(Path(spec.origin).parents[1 if spec.submodule_search_locations else 0])


def child(module: str, code: str, secure: SecureKms, tmp_path: Path, **env: str) -> str:
    path = os.pathsep.join([SOURCES, found(module)])
    (tmp_path / "ca.pem").write_bytes(secure.other.pem)
    secure.serve(secure.other, "localhost")
    env = {
        "AWS_CA_BUNDLE": str(tmp_path / "ca.pem"),
        "AWS_ENDPOINT_URL_KMS": os.environ["AWS_ENDPOINT_URL_KMS"],
        "SECRET_BAKER_FILE": os.environ["SECRET_BAKER_FILE"],
        "PYTHONWARNINGS": "ignore",
        **KEYS,
        **env,
    }
    return run(code, **env, PYTHONPATH=path)


@pytest.mark.parametrize("how", PATCHED)
def test_a_kept_connection_over_tls(how: str, secure: SecureKms, tmp_path: Path) -> None:
    module = how.partition(" ")[0]
    assert child(module, PATCHED[how] + TWICE, secure, tmp_path) == "first value first value first value\n"
    assert secure.handshakes == 1, "it is kept"


@pytest.mark.parametrize("how", PATCHED)
def test_what_goes_wrong_is_our_error(how: str, secure: SecureKms, kms: FakeAws, tmp_path: Path) -> None:
    code = f"""{PATCHED[how]}
import secret_baker
for endpoint in ("{kms.url.replace("http", "https")}", "https://nowhere.invalid", "https://127.0.0.1:1"):
    secret_baker._endpoint.os.environ["AWS_ENDPOINT_URL_KMS"] = endpoint
    try:
        secret_baker.secret("A")
    except secret_baker.SecretBakerError as error:
        print(error.code)
"""
    code = code.replace("import secret_baker\n", "import secret_baker, secret_baker._endpoint\n", 1)
    module = how.partition(" ")[0]
    assert child(module, code, secure, tmp_path, AWS_CA_BUNDLE="") == "SECRET_BAKER_UNREACHABLE\n" * 3


class Socks(socketserver.StreamRequestHandler):
    """Just enough of SOCKS 5: no login, one connection to an IPv4 address."""

    targets: list[tuple[str, int]]

    def handle(self) -> None:
        from test_proxy import join

        self.rfile.read(self.rfile.read(2)[1])
        self.wfile.write(b"\5\0")
        raw = self.rfile.read(10)
        target = socket.inet_ntoa(raw[4:8]), int.from_bytes(raw[8:], "big")
        self.targets.append(target)
        with socket.create_connection(target) as far:
            self.wfile.write(b"\5\0\0\1" + bytes(6))
            join(self.connection, far)


@pytest.fixture
def socks() -> Iterator[socketserver.ThreadingTCPServer]:
    class Handler(Socks):
        targets: list[tuple[str, int]] = []  # noqa: RUF012 - of this test alone

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_pysocks_leads_through_its_proxy(
    socks: socketserver.ThreadingTCPServer, secure: SecureKms, tmp_path: Path
) -> None:
    patch = f"""
import socket, socks
socks.set_default_proxy(socks.SOCKS5, "127.0.0.1", {socks.server_address[1]})
socket.socket = socks.socksocket
real = socket.getaddrinfo
socket.getaddrinfo = lambda *asked: [found for found in real(*asked) if found[0] == socket.AF_INET]
"""
    assert child("socks", patch + TWICE, secure, tmp_path) == "first value first value first value\n"
    assert socks.RequestHandlerClass.targets == [("127.0.0.1", secure.kms.server.server_port)]  # type: ignore[attr-defined]
    assert secure.handshakes == 1
