"""The fake KMS behind TLS, and who vouches for it."""

from __future__ import annotations

import datetime
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fake_aws import FakeAws

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

    def __init__(self, kms: FakeAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
        real = socket.getaddrinfo

        def look_up(host: str, port: int, *rest: int) -> list[Any]:
            assert (host, port) == (KMS_HOST, 443)
            return real("127.0.0.1", self.kms.server.server_port, *rest)

        self.monkeypatch.setattr("socket.getaddrinfo", look_up)
