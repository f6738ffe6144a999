"""Whom we trust."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from secure_kms import KMS_HOST, SecureKms

import secret_baker
from secret_baker import SecretBakerError, _tls, secret


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
    assert "; the server's certificate is signed by nobody who is trusted: where a proxy" in str(caught)
    assert "AWS_CA_BUNDLE" in str(caught)
    assert secure.handshakes == 1
    assert secure.kms.calls == []


def test_a_certificate_of_another_host_is_refused(secure: SecureKms) -> None:
    secure.trusted_by_system(secure.other)
    secure.serve(secure.other, "elsewhere")
    assert "localhost" in str(failure())
    assert secure.kms.calls == []


FILES: dict[str, tuple[Callable[[SecureKms, Path], object], str]] = {
    "missing": (lambda _, path: path, "which cannot be read: No such file or directory"),
    "a folder": (lambda _, path: path.mkdir(), "which cannot be read: it is not a file"),
    "a pipe": (lambda _, path: os.mkfifo(path), "which cannot be read: it is not a file"),
    "empty": (lambda _, path: path.write_bytes(b""), "which holds no certificate in PEM form"),
    "text": (lambda _, path: path.write_bytes(b"hello"), "which holds no certificate in PEM form"),
    "DER": (
        lambda kms, path: path.write_bytes(kms.other.certificate.public_bytes(serialization.Encoding.DER)),
        "which holds no certificate in PEM form",
    ),
    "a byte order mark": (
        lambda kms, path: path.write_bytes(b"\xef\xbb\xbf" + kms.other.pem * 2),
        "which holds no certificate in PEM form",
    ),
    "UTF-16": (
        lambda kms, path: path.write_bytes(kms.other.pem.decode().encode("utf-16")),
        "which holds no certificate in PEM form",
    ),
    "cut off": (lambda kms, path: path.write_bytes(kms.other.pem[:200]), "which holds no certificate in PEM form"),
}


@pytest.mark.parametrize(("put", "why"), FILES.values(), ids=FILES.keys())
def test_a_bundle_of_authorities_that_is_none_is_told_at_once(
    put: Callable[[SecureKms, Path], object], why: str, secure: SecureKms, tmp_path: Path
) -> None:
    path = tmp_path / "ca\n.pem"
    put(secure, path)
    secure.monkeypatch.setenv("AWS_CA_BUNDLE", str(path))
    secure.serve(secure.other, "localhost")
    caught = failure()
    assert caught.code == "SECRET_BAKER_UNREACHABLE"
    assert f"AWS_CA_BUNDLE names `{tmp_path}/ca\\n.pem`, {why}" in str(caught)
    assert "; set AWS_CA_BUNDLE to a PEM file with certificates that can be read, or unset it" in str(caught)
    assert "attempts" not in str(caught)
    assert secure.handshakes == 0


@pytest.mark.usefixtures("secure")
def test_what_is_not_behind_tls_is_told_apart() -> None:
    caught = failure()
    assert caught.code == "SECRET_BAKER_UNREACHABLE"
    assert "; something other than KMS answers there: check the endpoint" in str(caught)


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
