"""The proxy on the way to KMS."""

from __future__ import annotations

import base64
import select
import socket
import socketserver
import threading
import urllib.request
from collections.abc import Iterator

import pytest
from fake_aws import FakeAws
from secure_kms import KMS_HOST, SecureKms

import secret_baker
from secret_baker import SecretBakerError, secret
from secret_baker._proxy import proxy_of
from secret_baker._url import Url

BUSY = b"HTTP/1.1 503 Service Unavailable\r\n\r\n"


class Proxy:
    """Leads every request to the fake KMS, whatever its host, and notes the heads. `instead` is answered first."""

    def __init__(self, kms: FakeAws) -> None:
        self.heads: list[list[str]] = []
        self.instead: list[bytes] = []
        owner = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                head = b""
                while (line := self.rfile.readline()) not in {b"\r\n", b""}:  # none: it was closed
                    head += line
                owner.heads.append(head.decode().splitlines())
                if owner.instead:
                    self.wfile.write(owner.instead.pop(0))
                    return
                with socket.create_connection(kms.server.server_address[:2]) as far:
                    if head.startswith(b"CONNECT"):
                        self.wfile.write(b"HTTP/1.1 200 Connection established\r\nproxy-agent: test\r\n\r\n")
                    else:
                        far.sendall(head + b"\r\n" + self.rfile.peek())
                        self.rfile.read(len(self.rfile.peek()))
                    join(self.connection, far)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.authority = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Close the port."""
        self.server.shutdown()
        self.server.server_close()


def join(near: socket.socket, far: socket.socket) -> None:
    """Pass on what comes from either side, until one of them ends."""
    while True:
        for sock in select.select([near, far], [], [])[0]:
            try:
                received = sock.recv(65_536)
            except OSError:
                return
            if not received:
                return
            (far if sock is near else near).sendall(received)


@pytest.fixture
def proxy(secure: SecureKms) -> Iterator[Proxy]:
    """Put a proxy before a KMS that has the certificate of the real one."""
    secure.trusted_by_system(secure.amazon)
    secure.serve(secure.amazon, KMS_HOST)
    secure.monkeypatch.delenv("AWS_ENDPOINT_URL_KMS")
    found = Proxy(secure.kms)
    secure.monkeypatch.setenv("HTTPS_PROXY", f"http://{found.authority}")
    yield found
    found.stop()


def failure() -> SecretBakerError:
    with pytest.raises(SecretBakerError) as caught:
        secret("A")
    return caught.value


def test_https_goes_through_a_tunnel_that_is_kept(proxy: Proxy) -> None:
    assert secret("A") == "first value"
    assert secret("A", fresh=True) == "first value"
    assert proxy.heads == [[f"CONNECT {KMS_HOST}:443 HTTP/1.1", f"Host: {KMS_HOST}:443"]]


def test_the_certificate_is_checked_through_the_tunnel(secure: SecureKms, proxy: Proxy) -> None:
    secure.trusted_by_system(secure.other)
    assert "AWS_CA_BUNDLE" in str(failure())
    assert proxy.heads
    assert secure.kms.calls == []


def test_a_password_goes_to_the_proxy_alone(secure: SecureKms, proxy: Proxy) -> None:
    secure.monkeypatch.setenv("HTTPS_PROXY", f"http://me:pass%40word@{proxy.authority}/")
    assert secret("A") == "first value"
    assert f"Proxy-Authorization: Basic {base64.b64encode(b'me:pass@word').decode()}" in proxy.heads[0]
    assert "proxy-authorization" not in {name.lower() for name in secure.kms.calls[0]["headers"]}


@pytest.mark.parametrize("head", [b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", b"SSH-2.0-OpenSSH\r\n\r\n"])
def test_a_proxy_that_refuses_is_asked_once(head: bytes, secure: SecureKms, proxy: Proxy) -> None:
    secure.monkeypatch.setenv("HTTPS_PROXY", f"http://me:password@{proxy.authority}")
    proxy.instead = [head]
    caught = failure()
    said = "HTTP 407" if b"407" in head else "its answer is no HTTP"
    assert caught.code == "SECRET_BAKER_UNREACHABLE"
    assert f"no connection to {KMS_HOST} through the proxy {proxy.authority} ({said})" in str(caught)
    assert "; check the proxy that HTTPS_PROXY names, or name the host of KMS in NO_PROXY" in str(caught)
    assert "password" not in str(caught)
    assert len(proxy.heads) == 1


@pytest.mark.parametrize("head", [BUSY, b""])
def test_a_proxy_that_is_busy_is_asked_again(head: bytes, proxy: Proxy) -> None:
    proxy.instead = [head]
    assert secret("A") == "first value"
    assert len(proxy.heads) == 2


def test_a_proxy_that_is_away(proxy: Proxy) -> None:
    proxy.stop()
    assert f"through the proxy {proxy.authority} (Connection refused), after 5 attempts" in str(failure())


@pytest.mark.parametrize("text", ["https://user:password@127.0.0.1", "socks5://localhost", "http://a b", "http://"])
def test_a_proxy_that_is_no_url(text: str, secure: SecureKms, proxy: Proxy) -> None:
    secure.monkeypatch.setenv("HTTPS_PROXY", text)
    caught = failure()
    assert caught.code == "SECRET_BAKER_UNREACHABLE"
    assert "HTTPS_PROXY is not an http URL" in str(caught)
    assert "check the proxy that HTTPS_PROXY names" in str(caught)
    assert "password" not in str(caught)
    assert caught.__context__ is None
    assert proxy.heads == []


def test_plain_http_goes_through_its_own_proxy_only(secure: SecureKms, proxy: Proxy) -> None:
    plain = FakeAws()
    try:
        secure.monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", plain.url)
        assert secret("A") == "first value"
        assert proxy.heads == []
        secret_baker._http.forget()
        other = Proxy(plain)
        secure.monkeypatch.setenv("HTTP_PROXY", f"me:word@{other.authority}")
        assert secret("A", fresh=True) == "first value"
        other.stop()
    finally:
        plain.stop()
    assert other.heads[0][0] == f"POST {plain.url}/ HTTP/1.1"
    assert "Proxy-Authorization: Basic bWU6d29yZA==" in other.heads[0]


ENVIRONMENTS: list[dict[str, str]] = [
    {},
    {"HTTPS_PROXY": "http://a:1"},
    {"https_proxy": "http://a:1", "HTTPS_PROXY": "http://b:1"},
    {"https_proxy": "", "HTTPS_PROXY": "http://b:1"},
    {"HTTP_PROXY": "http://a:1"},
    {"HTTP_PROXY": "http://a:1", "REQUEST_METHOD": "GET"},
    {"http_proxy": "http://a:1", "REQUEST_METHOD": "GET"},
    {"ALL_PROXY": "http://a:1"},
]
EXCEPTED = [
    "",
    "*",
    "localhost",
    "amazonaws.com",
    ".amazonaws.com",
    "*.amazonaws.com",
    "zonaws.com",
    "a, KMS.eu-central-1.amazonaws.com ,b",
    "kms.eu-central-1.amazonaws.com:8443",
    "kms.eu-central-1.amazonaws.com:443",
    "*,a",
    ",",
]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize(
    "url", ["https://kms.eu-central-1.amazonaws.com:8443", "https://localhost", "http://localhost"]
)
def test_finds_what_urllib_finds(environment: dict[str, str], url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    scheme, _, authority = url.partition("://")
    for name in ("NO_PROXY", "no_proxy"):
        for excepted in EXCEPTED:
            monkeypatch.setenv(name, excepted)
            theirs = urllib.request.getproxies_environment().get(scheme)
            if urllib.request.proxy_bypass_environment(authority):
                theirs = None
            ours = proxy_of(Url(url))
            assert (excepted, ours and f"http://{ours.url.authority}") == (excepted, theirs)
