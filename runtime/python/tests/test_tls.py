"""Whom we trust."""

from __future__ import annotations

import datetime
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fake_kms import FakeKms

import secret_baker
from secret_baker import SecretBakerError, _tls, secret

ONE = "standard tier"
KMS_HOST = "kms.eu-central-1.amazonaws.com"
PEM = serialization.Encoding.PEM


class Authority:
    """A root that issues certificates."""

    def __init__(self, name: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self._signed(
            self.name, self.key.public_key(), x509.BasicConstraints(ca=True, path_length=None)
        )
        self.pem = self.certificate.public_bytes(PEM)

    def issue(self, folder: Path, host: str) -> ssl.SSLContext:
        """Return the context of a server of this name."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        certificate = self._signed(name, key.public_key(), x509.SubjectAlternativeName([x509.DNSName(host)]))
        path = folder / f"{host}.pem"
        plain = serialization.NoEncryption()
        path.write_bytes(
            certificate.public_bytes(PEM) + key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _signed(self, name: x509.Name, key: Any, extension: x509.ExtensionType) -> x509.Certificate:
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = x509.CertificateBuilder(
            self.name, name, key, x509.random_serial_number(), now - datetime.timedelta(1), now + datetime.timedelta(1)
        )
        return builder.add_extension(extension, critical=True).sign(self.key, hashes.SHA256())


class SecureKms:
    """The fake KMS behind TLS."""

    def __init__(self, kms: FakeKms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kms, self.folder, self.monkeypatch = kms, tmp_path, monkeypatch
        self.amazon, self.other = Authority("Amazon Root CA 9"), Authority("Other Root")
        self.handshakes = 0

    def serve(self, authority: Authority, host: str) -> None:
        plain = self.kms.server.get_request
        context = authority.issue(self.folder, host)

        def get_request() -> tuple[socket.socket, Any]:
            self.handshakes += 1
            sock, address = plain()
            return context.wrap_socket(sock, server_side=True), address

        self.kms.server.get_request = get_request  # type: ignore[method-assign]

    def trusted_by_system(self, *authorities: Authority) -> None:
        path = self.folder / "system.pem"
        path.write_bytes(b"".join(b"# a comment\n" + authority.pem for authority in authorities))
        self.monkeypatch.setenv("SSL_CERT_FILE", str(path))
        self.monkeypatch.setenv("SSL_CERT_DIR", str(self.folder))

    def is_aws(self) -> None:
        """Let the real name of KMS lead to the fake one."""
        self.monkeypatch.delenv("AWS_ENDPOINT_URL_KMS")
        real = socket.create_connection

        def connect(address: tuple[str, int], timeout: float) -> socket.socket:
            assert address == (KMS_HOST, 443)
            return real(("127.0.0.1", self.kms.server.server_port), timeout)

        self.monkeypatch.setattr("socket.create_connection", connect)


@pytest.fixture
def secure(kms: FakeKms, baked: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SecureKms:
    baked(ONE)
    monkeypatch.setattr(_tls, "_contexts", _tls._Contexts())
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", kms.url.replace("http://127.0.0.1", "https://localhost"))
    monkeypatch.setattr("secret_baker._retry.sleep", lambda _: None)
    return SecureKms(kms, tmp_path, monkeypatch)


def failure() -> SecretBakerError:
    with pytest.raises(SecretBakerError) as caught:
        secret("A")
    return caught.value


def test_a_bundle_of_authorities_adds_trust(secure: SecureKms, tmp_path: Path) -> None:
    secure.serve(secure.other, "localhost")
    (tmp_path / "ca.pem").write_bytes(secure.other.pem)
    secure.monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    assert secret("A") == "first value"
    assert secret("A", fresh=True) == "first value"
    assert secure.handshakes == 1, "it is kept"


def test_a_certificate_that_nobody_vouches_for_is_refused_at_once(secure: SecureKms) -> None:
    secure.serve(secure.other, "localhost")
    caught = failure()
    assert caught.code == "SECRET_BAKER_UNREACHABLE"
    assert "AWS_CA_BUNDLE" in str(caught)
    assert secure.handshakes == 1
    assert secure.kms.calls == []


def test_a_certificate_of_another_host_is_refused(secure: SecureKms) -> None:
    secure.trusted_by_system(secure.other)
    secure.serve(secure.other, "elsewhere")
    assert "localhost" in str(failure())
    assert secure.kms.calls == []


def test_a_bundle_of_authorities_that_is_missing(secure: SecureKms) -> None:
    secure.monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere.pem")
    secure.serve(secure.other, "localhost")
    assert failure().code == "SECRET_BAKER_UNREACHABLE"


def test_aws_needs_no_more_than_the_roots_of_amazon(secure: SecureKms) -> None:
    secure.trusted_by_system(secure.other, secure.amazon)
    secure.serve(secure.amazon, KMS_HOST)
    secure.is_aws()
    assert secret("A") == "first value"
    assert _tls._contexts.whole == {}
    assert len(_tls.amazon_context().get_ca_certs()) == 1


def test_aws_behind_another_root_of_the_system_is_reached_too(secure: SecureKms) -> None:
    secure.trusted_by_system(secure.other, secure.amazon)
    secure.serve(secure.other, KMS_HOST)
    secure.is_aws()
    assert secret("A") == "first value"
    assert secure.handshakes == 2
    secret_baker._http.forget()
    assert secret("A", fresh=True) == "first value"
    assert secure.handshakes == 3, "the roots of Amazon are not tried again"


@pytest.mark.parametrize("trusted", ["none of Amazon", "none"])
def test_a_root_that_the_system_lacks_is_not_trusted_for_its_name(trusted: str, secure: SecureKms) -> None:
    secure.trusted_by_system(*([secure.other] if trusted == "none of Amazon" else []))
    secure.serve(secure.amazon, KMS_HOST)
    secure.is_aws()
    assert failure().code == "SECRET_BAKER_UNREACHABLE"
    assert secure.kms.calls == []


@pytest.mark.parametrize("content", [b"", b"-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n", None])
def test_a_file_of_roots_that_cannot_be_read_falls_back(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "roots.pem"
    if content is not None:
        path.write_bytes(content)
    assert _tls._amazon_roots(str(path)) == b""
    assert _tls._amazon_roots(None) == b""
