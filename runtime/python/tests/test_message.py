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
from fake_aws import FakeAws, error, reply
from problems import problem_of

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
def opened(kms: FakeAws, baked: Callable[[bytes], Path]) -> Callable[..., bytes]:
    """Return a function that opens a message under the data key that KMS gives."""

    def open_message(raw: bytes, data_key: bytes = EVEN, key_id: object = KEY_ARN.decode()) -> bytes:
        body = json.dumps({"Plaintext": base64.b64encode(data_key).decode(), "KeyId": key_id}).encode()
        kms.always = lambda handler: reply(handler, 200, body)
        baked(json.dumps({"A": {"ciphertext": base64.b64encode(raw).decode(), "arn": ARN}}).encode())
        return secret_bytes("A")

    return open_message


def refused(opened: Callable[..., bytes], *arguments: object) -> SecretBakerError:
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
    change: dict[str, Any], why: str, kms: FakeAws, opened: Callable[..., bytes]
) -> None:
    writer = Writer()
    vars(writer).update(change)
    caught = refused(opened, writer.message(writer.final()))
    assert caught.code == "SECRET_BAKER_TAMPERED"
    assert why in str(caught)
    assert kms.calls == []


def data_key(key: bytes = KEY_ARN, blob: bytes = b"blob", provider: bytes = b"aws-kms") -> bytes:
    return field(provider) + field(key) + field(blob)


BAD_DATA_KEYS = {
    "none": u16(0),
    "four": u16(4) + data_key() * 4,
    "sixty thousand": u16(60_000) + data_key() * 1000,
    "a provider that is not UTF-8": u16(2) + data_key() + data_key(provider=b"\xff"),
    "a key that is not UTF-8": u16(1) + data_key(b"\xff"),
    "a key of another provider that is not UTF-8": u16(2) + data_key() + data_key(b"\xff", provider=b"raw"),
    "no ARN": u16(1) + data_key(b"key"),
    "the ARN of a parameter": u16(1) + data_key(ARN.encode()),
    "an ARN with a space": u16(1) + data_key(KEY_ARN + b" "),
    "an ARN with a line end": u16(1) + data_key(KEY_ARN + b"\n"),
    "an ARN that is not ASCII": u16(1) + data_key("arn:aws:kms:eu-central-1:123456789012:key/ä".encode()),
    "an ARN without a region": u16(1) + data_key(b"arn:aws:kms::123456789012:key/1"),
    "an ARN of 2049 bytes": u16(1) + data_key(KEY_ARN + b"1" * (2049 - len(KEY_ARN))),
    "an empty blob": u16(1) + data_key(blob=b""),
    "a blob that is too long": u16(1) + data_key(blob=b"x" * 6145),
}


@pytest.mark.parametrize("data_keys", BAD_DATA_KEYS.values(), ids=BAD_DATA_KEYS.keys())
def test_data_keys_that_cannot_be_are_not_asked_about(
    data_keys: bytes, kms: FakeAws, opened: Callable[..., bytes]
) -> None:
    writer = Writer()
    writer.data_keys = data_keys
    raw = writer.message(writer.final())[:65_536]
    caught = refused(opened, raw)
    assert caught.code == "SECRET_BAKER_TAMPERED"
    assert problem_of(caught).isprintable()
    assert kms.calls == []


@pytest.mark.parametrize(
    "data_keys",
    [
        u16(3) + data_key(b"", b"", b"raw") * 2 + data_key(),
        u16(1) + data_key(b"arn:aws:kms:eu-central-1:123456789012:alias/a/b"),
        u16(1) + data_key(blob=b"x" * 6144),
        u16(1) + data_key(KEY_ARN + b"1" * (2048 - len(KEY_ARN))),
    ],
)
def test_other_data_keys_open(data_keys: bytes, kms: FakeAws, opened: Callable[..., bytes]) -> None:
    writer = Writer()
    writer.data_keys = data_keys
    known = next((word for word in [KEY_ARN + b"1" * (2048 - len(KEY_ARN))] if word in data_keys), KEY_ARN)
    assert opened(writer.message(writer.final()), EVEN, known.decode()) == b"value"
    assert len(kms.calls) == 1


def test_a_message_without_a_data_key_of_kms(kms: FakeAws, opened: Callable[..., bytes]) -> None:
    writer = Writer()
    writer.data_keys = u16(1) + data_key(provider=b"raw")
    assert refused(opened, writer.message(writer.final())).code == "SECRET_BAKER_UNKNOWN_CIPHERTEXT"
    writer.frame_length = 0
    assert refused(opened, writer.message(writer.final())).code == "SECRET_BAKER_TAMPERED", "the rest goes first"
    assert kms.calls == []


@pytest.mark.parametrize("answered", ["arn:aws:kms:eu-central-1:123456789012:key/2", "", None, 5])
def test_another_key_than_the_one_that_is_named(answered: object, kms: FakeAws, opened: Callable[..., bytes]) -> None:
    writer = Writer()
    caught = refused(opened, writer.message(writer.final()), EVEN, answered)
    assert caught.code == "SECRET_BAKER_WRONG_CONTEXT"
    assert "KMS has opened it by another key (parameter " in str(caught)
    assert f"key {KEY_ARN.decode()})" in str(caught)
    assert len(kms.calls) == 1
    writer.data_keys = u16(1) + data_key(b"arn:aws:kms:eu-central-1:123456789012:alias/a")
    assert opened(writer.message(writer.final()), EVEN, answered) == b"value", "an alias names no key"


@pytest.mark.parametrize(
    ("names", "asked"),
    [
        (["AccessDeniedException", "NotFoundException", "InvalidCiphertextException"], 3),
        (["KMSInvalidStateException", "ValidationException"], 2),
        (["ExpiredTokenException"], 1),
        (["ValidationException"], 1),
    ],
)
def test_which_refusals_go_on_to_the_next_data_key(
    names: list[str], asked: int, kms: FakeAws, baked: Callable[[bytes], Path]
) -> None:
    writer = Writer()
    writer.data_keys = u16(3) + data_key() * 3
    raw = base64.b64encode(writer.message(writer.final())).decode()
    baked(json.dumps({"A": {"ciphertext": raw, "arn": ARN}}).encode())
    kms.script = [error(name) for name in names]
    with pytest.raises(SecretBakerError) as caught:
        secret_bytes("A")
    assert names[0 if len(names) == 3 else -1] in str(caught.value)
    assert f"key {KEY_ARN.decode()})" in str(caught.value)
    assert len(kms.calls) == asked


def test_the_second_data_key_opens_when_kms_refuses_the_first(kms: FakeAws, opened: Callable[..., bytes]) -> None:
    writer = Writer()
    writer.data_keys = u16(2) + data_key() * 2
    kms.script = [error("DisabledException")]
    assert opened(writer.message(writer.final())) == b"value"
    assert len(kms.calls) == 2


BODIES: dict[str, Callable[[Writer], bytes]] = {
    "a frame that is missing": lambda w: w.message(w.frame(b"x" * 64), w.final(b"y", 3)),
    "a frame that is too long": lambda w: w.message(w.final(b"x" * 65)),
    "no last frame": lambda w: w.message(w.frame(b"x" * 64)),
    "a byte after the end": lambda w: w.message(w.final()) + b"\0",
    "cut off": lambda w: w.message(w.final())[:-1],
}


@pytest.mark.parametrize("written", BODIES.values(), ids=BODIES.keys())
def test_a_body_that_is_wrong_is_not_asked_about(
    written: Callable[[Writer], bytes], kms: FakeAws, opened: Callable[..., bytes]
) -> None:
    assert refused(opened, written(Writer())).code == "SECRET_BAKER_TAMPERED"
    assert kms.calls == []


@pytest.mark.parametrize("suite", ["0014", "0046", "0078", "0114", "0146", "0214", "0346", "0000", "0478"])
def test_suites_that_parameter_store_never_writes(suite: str, kms: FakeAws, opened: Callable[..., bytes]) -> None:
    writer = Writer()
    raw = writer.message(writer.final())
    caught = refused(opened, raw[:2] + bytes.fromhex(suite) + raw[4:])
    assert caught.code == "SECRET_BAKER_UNKNOWN_CIPHERTEXT"
    assert f"its Encryption SDK message is of suite {suite}" in str(caught)
    assert kms.calls == []


POINTS = {
    "none": None,
    "not base64": "A" * 67,
    "uncompressed": base64.b64encode(b"\4" + bytes(96)).decode(),
    "a point of P-256": base64.b64encode(b"\2" + bytes(32)).decode(),
    "beside the curve": base64.b64encode(b"\2" + (1).to_bytes(48, "big")).decode(),
}


@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS.keys())
def test_a_public_key_that_is_none_is_not_asked_about(
    point: str | None, kms: FakeAws, opened: Callable[..., bytes]
) -> None:
    writer = Writer(0x0378)
    pairs = [*CONTEXT, *([(b"aws-crypto-public-key", point.encode())] if point else [])]
    writer.aad = u16(len(pairs)) + b"".join(field(key) + field(value) for key, value in pairs)
    caught = refused(opened, writer.message(writer.final(), field(b"\x30\x06\x02\x01\x01\x02\x01\x01")))
    assert caught.code == "SECRET_BAKER_TAMPERED"
    assert "its public key" in str(caught)
    assert kms.calls == []


def test_a_public_key_without_a_signature(kms: FakeAws, opened: Callable[..., bytes]) -> None:
    writer = Writer()
    pairs = [*CONTEXT, (b"aws-crypto-public-key", b"")]
    writer.aad = u16(len(pairs)) + b"".join(field(key) + field(value) for key, value in pairs)
    assert "its public key and its suite contradict" in str(refused(opened, writer.message(writer.final())))
    assert kms.calls == []


def test_a_context_of_two_bytes_that_holds_none(kms: FakeAws, opened: Callable[..., bytes]) -> None:
    writer = Writer()
    writer.aad = u16(0)
    assert refused(opened, writer.message(writer.final())).code == "SECRET_BAKER_TAMPERED"
    writer.aad = b""
    assert refused(opened, writer.message(writer.final())).code == "SECRET_BAKER_WRONG_CONTEXT"
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
