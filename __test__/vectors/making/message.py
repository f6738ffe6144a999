"""Puts together a message of the Encryption SDK in which any part may be another, authentic all the same."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from making.table import KEY, b64, blob

DATA_KEY = bytes(range(32))
EDK = blob("data key")
KMS = b"aws-kms"
PUBLIC_KEY = b"aws-crypto-public-key"
# It signs nothing but the vectors.
SIGNER = ec.derive_private_key(int.from_bytes(hashlib.sha384(b"the vectors' own").digest(), "big") >> 1, ec.SECP384R1())
POINT = SIGNER.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
WHOLE_POINT = SIGNER.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

Pairs = list[tuple[bytes, bytes]]


def u16(number: int) -> bytes:
    """Return two bytes."""
    return number.to_bytes(2, "big")


def u32(number: int) -> bytes:
    """Return four bytes."""
    return number.to_bytes(4, "big")


def field(raw: bytes) -> bytes:
    """Return bytes after their length."""
    return u16(len(raw)) + raw


def written(pairs: Pairs) -> bytes:
    """Write an encryption context."""
    return u16(len(pairs)) + b"".join(field(key) + field(value) for key, value in pairs) if pairs else b""


def der(first: int, second: int) -> bytes:
    """Write a signature as it has to be."""
    return encode_dss_signature(first, second)


@dataclasses.dataclass(frozen=True)
class Frame:
    """One frame; `length` is what a final frame says of itself, by default the truth."""

    number: int
    plaintext: bytes
    final: bool = False
    length: int | None = None


@dataclasses.dataclass(frozen=True)
class Message:
    """What there is to say about a message; by default a right one."""

    arn: str
    plaintext: bytes
    suite: int = 0x0178
    point: bytes | None = POINT
    """What the public key's pair holds, in base64 unless it is text already."""
    point_text: str | None = None
    more: Pairs = dataclasses.field(default_factory=list)
    aad: bytes | None = None
    data_key: bytes = DATA_KEY
    data_keys: tuple[tuple[bytes, bytes, bytes], ...] = ((KMS, KEY.encode(), EDK),)
    commitment: bytes | None = None
    content_type: int = 2
    reserved: bytes = bytes(4)
    iv_length: int = 12
    frame_length: int = 4096
    frames: tuple[Frame, ...] | None = None
    single_length: int | None = None
    sign: Callable[[int, int], bytes] = der
    version: int | None = None

    @property
    def is_second(self) -> bool:
        """Whether it is of version 2."""
        return (self.version or (2 if self.suite in (0x0478, 0x0578) else 1)) == 2

    @property
    def signs(self) -> bool:
        """Whether the suite has a footer."""
        return self.suite in (0x0378, 0x0578)

    @property
    def pairs(self) -> Pairs:
        """The encryption context, in the order in which it is written."""
        pairs = [(b"PARAMETER_ARN", self.arn.encode()), *self.more]
        text = self.point_text if self.point_text is not None or self.point is None else b64(self.point)
        if self.signs and text is not None:
            pairs.append((PUBLIC_KEY, text.encode()))
        return sorted(pairs)

    @property
    def context(self) -> dict[str, str]:
        """The same, as KMS is told."""
        return {key.decode(): value.decode() for key, value in self.pairs}

    def write(self) -> bytes:
        """Put all together."""
        message_id = self._message_id()
        header = self._header(message_id)
        gcm = AESGCM(self._derived(message_id, self._digest(), self._info(message_id)))
        iv = bytes(12)
        authenticated = header + (b"" if self.is_second else iv) + gcm.encrypt(iv, b"", header)
        whole = authenticated + self._body(gcm, message_id)
        if not self.signs:
            return whole
        signature = SIGNER.sign(whole, ec.ECDSA(hashes.SHA384(), deterministic_signing=True))
        return whole + field(self.sign(*decode_dss_signature(signature)))

    def _message_id(self) -> bytes:
        said = dataclasses.replace(self, sign=der)
        return hashlib.sha256(repr(dataclasses.astuple(said)[:-2]).encode()).digest()[: 32 if self.is_second else 16]

    def _header(self, message_id: bytes) -> bytes:
        aad = written(self.pairs) if self.aad is None else self.aad
        keys = b"".join(field(part) for key in self.data_keys for part in key)
        start = (b"\x02" if self.is_second else b"\x01\x80") + u16(self.suite) + message_id
        start += field(aad) + u16(len(self.data_keys)) + keys + bytes([self.content_type])
        if not self.is_second:
            return start + self.reserved + bytes([self.iv_length]) + u32(self.frame_length)
        committed = self.commitment or self._derived(message_id, hashes.SHA512(), b"COMMITKEY")
        return start + u32(self.frame_length) + committed

    def _digest(self) -> hashes.HashAlgorithm:
        if self.is_second:
            return hashes.SHA512()
        return hashes.SHA384() if self.suite == 0x0378 else hashes.SHA256()

    def _info(self, message_id: bytes) -> bytes:
        return u16(self.suite) + (b"DERIVEKEY" if self.is_second else message_id)

    def _derived(self, message_id: bytes, digest: hashes.HashAlgorithm, info: bytes) -> bytes:
        return HKDF(digest, 32, message_id if self.is_second else None, info).derive(self.data_key)

    def _body(self, gcm: AESGCM, message_id: bytes) -> bytes:
        if self.frame_length == 0 or self.content_type == 1:
            return self._single(gcm, message_id)
        frames = self.frames or (Frame(1, self.plaintext, final=True),)
        return b"".join(self._frame(gcm, message_id, frame) for frame in frames)

    def _single(self, gcm: AESGCM, message_id: bytes) -> bytes:
        iv, length = bytes(11) + b"\x01", len(self.plaintext)
        aad = message_id + b"AWSKMSEncryptionClient Single Block" + u32(1) + length.to_bytes(8, "big")
        said = length if self.single_length is None else self.single_length
        return iv + said.to_bytes(8, "big") + gcm.encrypt(iv, self.plaintext, aad)

    def _frame(self, gcm: AESGCM, message_id: bytes, frame: Frame) -> bytes:
        iv, length = bytes(8) + u32(frame.number), len(frame.plaintext)
        kind = b"Final Frame" if frame.final else b"Frame"
        aad = message_id + b"AWSKMSEncryptionClient " + kind + u32(frame.number) + length.to_bytes(8, "big")
        sealed = gcm.encrypt(iv, frame.plaintext, aad)
        if not frame.final:
            return u32(frame.number) + iv + sealed
        said = length if frame.length is None else frame.length
        return u32(0xFFFFFFFF) + u32(frame.number) + iv + u32(said) + sealed
