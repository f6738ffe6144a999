"""KMS: the header of a real blob, and moto made as strict as AWS."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.kms.exceptions import InvalidCiphertextException, NotFoundException
from moto.kms.models import KmsBackend
from moto.kms.responses import KmsResponse

# What AWS writes before the material's id; moto's own blob has no header at all.
_MAGIC = b"\x01\x02\x02\x00\x78"
_HEADER = len(_MAGIC) + 32
_KEY_ID = 36

_encrypt = KmsBackend.encrypt
_decrypt = KmsBackend.decrypt
_create_key = KmsBackend.create_key
_any_id_to_key_id = KmsBackend.any_id_to_key_id
_generate_default_keys = KmsBackend._generate_default_keys


class KmsError(JsonRESTError):
    """An error that moto does not know."""

    code = 400


class DryRunError(KmsError):
    """What says that a call would succeed."""

    code = 412

    def __init__(self) -> None:
        super().__init__("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")


def install() -> None:
    """Replace moto's functions."""
    for owner, name, function in (
        (KmsBackend, "encrypt", _encrypt_with_header),
        (KmsBackend, "decrypt", _decrypt_strictly),
        (KmsBackend, "create_key", _create_usable_key),
        (KmsBackend, "any_id_to_key_id", _known_id_to_key_id),
        (KmsBackend, "_generate_default_keys", _generate_key_of_aws),
        (KmsResponse, "encrypt", _with_algorithm(KmsResponse.encrypt)),
        (KmsResponse, "decrypt", _with_algorithm(KmsResponse.decrypt)),
    ):
        setattr(owner, name, function)


def key_of(blob: bytes) -> str | None:
    """Return the id of the key that a blob was encrypted under, which only KMS itself can tell."""
    key_id = blob[_HEADER:][:_KEY_ID].decode("ascii", "replace")
    return key_id if blob.startswith(_MAGIC) and len(key_id) == _KEY_ID else None


def refuse_unusable(kms: Any, key_id: str) -> None:
    """Raise for a key that is disabled or waits for its deletion; moto would use it."""
    key = kms.keys.get(key_id)
    if key is not None and key.key_state == "PendingDeletion":
        raise KmsError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    if key is not None and not key.enabled:
        raise KmsError("DisabledException", f"{key.arn} is disabled.")


def _known_id_to_key_id(self: Any, key_id: str) -> str:
    alias = self.get_alias_name(key_id)
    if alias.startswith("alias/") and self.get_key_id_from_alias(alias) is None:
        raise NotFoundException(f"Alias {key_id} is not found.")
    return _any_id_to_key_id(self, key_id)


def _encrypt_with_header(
    self: Any, key_id: str, plaintext: bytes, encryption_context: dict[str, str]
) -> tuple[bytes, str]:
    """Encrypt; bytes 5 to 37 are the same for all blobs of one key, as those of AWS are."""
    key_id = self.any_id_to_key_id(key_id)
    refuse_unusable(self, key_id)
    blob, arn = _encrypt(self, key_id, plaintext, encryption_context)
    return _MAGIC + hashlib.sha256(key_id.encode()).digest() + blob, arn


def _decrypt_strictly(
    self: Any, ciphertext_blob: bytes, encryption_context: dict[str, str], key_id: str | None = None
) -> Any:
    inner = ciphertext_blob[_HEADER:]
    used = inner[:_KEY_ID].decode("ascii", "replace")
    if not ciphertext_blob.startswith(_MAGIC) or used not in self.keys:
        raise InvalidCiphertextException
    if key_id and self.any_id_to_key_id(key_id) != used:
        message = "The key ID in the request does not identify a CMK that can perform this operation."
        raise KmsError("IncorrectKeyException", message)
    refuse_unusable(self, used)
    return _decrypt(self, inner, encryption_context)


def _create_usable_key(self: Any, policy: Any, key_usage: str | None, *args: Any, **kwargs: Any) -> Any:
    return _create_key(self, policy, key_usage or "ENCRYPT_DECRYPT", *args, **kwargs)


def _generate_key_of_aws(self: Any, alias_name: str) -> str | None:
    """Make the key behind an alias of AWS' own; moto would have it be the customer's."""
    key_id: str | None = _generate_default_keys(self, alias_name)
    if key_id is not None:
        self.keys[key_id].key_manager = "AWS"
    return key_id


def _with_algorithm(method: Callable[[Any], str]) -> Callable[[Any], str]:
    def answer(self: Any) -> str:
        if self._get_param("DryRun"):
            method(self)  # which refuses what would be refused
            raise DryRunError
        return json.dumps({**json.loads(method(self)), "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"})

    return answer
