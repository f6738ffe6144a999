"""Messages whose tags fit and which are wrong nevertheless: what only a holder of the data key could write."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fake_kms import FakeKms, reply

from secret_baker import SecretBakerError, secret_bytes

ARN = "arn:aws:ssm:eu-central-1:123456789012:parameter/m"
KEY_ARN = b"arn:aws:kms:eu-central-1:123456789012:key/1"
CONTEXT = [(b"PARAMETER_ARN", ARN.encode())]
EVEN = bytes(range(32))
FRAME = b"AWSKMSEncryptionClient Frame"
FINAL = b"AWSKMSEncryptionClient Final Frame"
SINGLE = b"AWSKMSEncryptionClient Single Block"


def u16(number: int) -> bytes:
    return number.to_bytes(2, "big")


def u32(number: int) -> bytes:
    return number.to_bytes(4, "big")


def field(raw: bytes) -> bytes:
    return u16(len(raw)) + raw


class Writer:
    """Writes a message of suite 0178 or 0478, in which any part may be replaced."""

    def __init__(self, suite: int = 0x0178, data_key: bytes = EVEN) -> None:
        self.suite, self.data_key = suite, data_key
        self.version = 2 if suite == 0x0478 else 1
        self.id = bytes(range(32 if self.version == 2 else 16))
        self.aad = u16(len(CONTEXT)) + b"".join(field(key) + field(value) for key, value in CONTEXT)
        self.data_keys = u16(1) + field(b"aws-kms") + field(KEY_ARN) + field(b"blob")
        self.content, self.reserved, self.iv_length, self.frame_length = 2, bytes(4), 12, 64
        self.commitment = self._derived(hashes.SHA512(), b"COMMITKEY", 32)

    def key(self) -> bytes:
        if self.version == 2:
            return self._derived(hashes.SHA512(), u16(self.suite) + b"DERIVEKEY", 32)
        return self._derived(hashes.SHA256(), u16(self.suite) + self.id, 32, bytes(32))

    def _derived(self, digest: hashes.HashAlgorithm, info: bytes, length: int, salt: bytes | None = None) -> bytes:
        return HKDF(digest, length, salt or self.id, info).derive(self.data_key)

    def header(self) -> bytes:
        first = b"\x02" if self.version == 2 else b"\x01\x80"
        middle = field(self.aad) + self.data_keys + bytes([self.content])
        if self.version == 1:
            middle += self.reserved + bytes([self.iv_length])
        last = self.commitment if self.version == 2 else b""
        return first + u16(self.suite) + self.id + middle + u32(self.frame_length) + last

    def part(self, before: bytes, label: bytes, number: int, plaintext: bytes, *, last: bool = True) -> bytes:
        """Return a frame or the single block."""
        iv = number.to_bytes(12, "big")
        length = len(plaintext).to_bytes(8, "big")
        sealed = AESGCM(self.key()).encrypt(iv, plaintext, self.id + label + u32(number) + length)
        told = (length if label == SINGLE else length[4:]) if last else b""
        return before + iv + told + sealed

    def message(self, *parts: bytes) -> bytes:
        header = self.header()
        iv = bytes(12)
        tag = AESGCM(self.key()).encrypt(iv, b"", header)
        return header + (iv if self.version == 1 else b"") + tag + b"".join(parts)

    def final(self, plaintext: bytes = b"value", number: int = 1) -> bytes:
        return self.part(b"\xff\xff\xff\xff" + u32(number), FINAL, number, plaintext)

    def frame(self, plaintext: bytes, number: int = 1) -> bytes:
        return self.part(u32(number), FRAME, number, plaintext, last=False)


@pytest.fixture
def opened(kms: FakeKms, baked: Callable[[bytes], Path]) -> Callable[..., bytes]:
    """Return a function that opens a message under the data key that KMS gives."""

    def open_message(raw: bytes, data_key: bytes = EVEN) -> bytes:
        body = json.dumps({"Plaintext": base64.b64encode(data_key).decode(), "KeyId": KEY_ARN.decode()}).encode()
        kms.always = lambda handler: reply(handler, 200, body)
        baked(json.dumps({"A": {"ciphertext": base64.b64encode(raw).decode(), "arn": ARN}}).encode())
        return secret_bytes("A")

    return open_message


def refused(opened: Callable[..., bytes], *arguments: bytes) -> SecretBakerError:
    with pytest.raises(SecretBakerError) as caught:
        opened(*arguments)
    return caught.value


@pytest.mark.parametrize("suite", [0x0178, 0x0478])
def test_what_the_writer_writes_opens(suite: int, opened: Callable[..., bytes]) -> None:
    writer = Writer(suite)
    assert opened(writer.message(writer.final())) == b"value"
    assert opened(writer.message(writer.frame(b"x" * 64), writer.final(b"y", 2))) == b"x" * 64 + b"y"
    assert opened(writer.message(writer.final(b""))) == b""
    assert opened(writer.message(writer.final(b"z" * 64))) == b"z" * 64


def test_a_single_block(opened: Callable[..., bytes]) -> None:
    writer = Writer()
    writer.content, writer.frame_length = 1, 0
    assert opened(writer.message(writer.part(b"", SINGLE, 1, b"block"))) == b"block"


CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "reserved bytes that are used": ({"reserved": b"\0\0\0\1"}, "its header is malformed"),
    "an IV of another length": ({"iv_length": 13}, "its header is malformed"),
    "a body of an unknown kind": ({"content": 3}, "its kind of body does not exist"),
    "frames without a length": ({"frame_length": 0}, "its kind of body does not exist"),
    "a single block with a frame length": ({"content": 1}, "its kind of body does not exist"),
    "a pair twice": ({"aad": u16(2) + (field(b"PARAMETER_ARN") + field(ARN.encode())) * 2}, "context is malformed"),
    "a context with bytes after it": (
        {"aad": u16(1) + field(b"PARAMETER_ARN") + field(ARN.encode()) + b"\0"},
        "context is malformed",
    ),
    "a context that is too short": ({"aad": u16(3) + field(b"PARAMETER_ARN") + field(ARN.encode())}, "ends too early"),
    "a context that is not UTF-8": ({"aad": u16(1) + field(b"\xff") + field(b"")}, "is not UTF-8"),
}


@pytest.mark.parametrize(("change", "why"), CHANGES.values(), ids=CHANGES.keys())
def test_a_header_that_is_wrong_is_not_asked_about(
    change: dict[str, Any], why: str, kms: FakeKms, opened: Callable[..., bytes]
) -> None:
    writer = Writer()
    vars(writer).update(change)
    caught = refused(opened, writer.message(writer.final()))
    assert caught.code == "SECRET_BAKER_TAMPERED"
    assert why in str(caught)
    assert kms.calls == []


def test_another_commitment(opened: Callable[..., bytes]) -> None:
    writer = Writer(0x0478)
    writer.commitment = bytes(32)
    assert "its commitment to the data key" in str(refused(opened, writer.message(writer.final())))


@pytest.mark.parametrize(("suite", "length"), [(0x0178, 16), (0x0178, 31), (0x0178, 33), (0x0478, 24)])
def test_a_data_key_of_another_length(suite: int, length: int, opened: Callable[..., bytes]) -> None:
    data_key = bytes(length)
    writer = Writer(suite, data_key)
    assert "its data key has not the length" in str(refused(opened, writer.message(writer.final()), data_key))


def test_a_last_frame_that_is_too_long(opened: Callable[..., bytes]) -> None:
    writer = Writer()
    assert "its last frame is too long" in str(refused(opened, writer.message(writer.final(b"x" * 65))))


@pytest.mark.parametrize(
    "parts",
    [
        lambda w: [w.frame(b"x" * 64, 1), w.final(b"y", 1)],
        lambda w: [w.frame(b"x" * 64, 2), w.final(b"y", 2)],
        lambda w: [w.final(b"y", 2)],
        lambda w: [w.frame(b"x" * 64, 1), w.frame(b"x" * 64, 1), w.final(b"y", 3)],
    ],
)
def test_frames_out_of_order(parts: Callable[[Writer], list[bytes]], opened: Callable[..., bytes]) -> None:
    writer = Writer()
    assert "its frames are not in order" in str(refused(opened, writer.message(*parts(writer))))


@pytest.mark.parametrize(
    "parts",
    [lambda _: [], lambda w: [w.frame(b"x" * 64)], lambda w: [w.final()[:-17]], lambda w: [w.frame(b"x" * 64)[:30]]],
)
def test_a_body_that_ends_too_early(parts: Callable[[Writer], list[bytes]], opened: Callable[..., bytes]) -> None:
    writer = Writer()
    assert "it ends too early" in str(refused(opened, writer.message(*parts(writer))))


def test_a_frame_does_not_pass_for_another_kind(opened: Callable[..., bytes]) -> None:
    writer = Writer()
    as_final = writer.part(b"\xff\xff\xff\xff" + u32(1), FRAME, 1, b"value")
    assert "a tag of its body does not fit" in str(refused(opened, writer.message(as_final)))


def test_a_single_block_that_promises_too_much(opened: Callable[..., bytes]) -> None:
    writer = Writer()
    writer.content, writer.frame_length = 1, 0
    body = bytes(12) + (2**63).to_bytes(8, "big") + bytes(40)
    assert "it ends too early" in str(refused(opened, writer.message(body)))


def test_each_cut_of_a_message_fails(opened: Callable[..., bytes]) -> None:
    writer = Writer()
    raw = writer.message(writer.final())
    for length in range(2, len(raw)):
        assert refused(opened, raw[:length]).code == "SECRET_BAKER_TAMPERED", length
