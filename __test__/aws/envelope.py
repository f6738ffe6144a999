"""AWS Encryption SDK messages under a key of moto: the values of advanced-tier parameters."""

from __future__ import annotations

import os
from typing import Any

import aws_encryption_sdk as sdk
import botocore.client
import botocore.session

from .key_management import refuse_unusable


class Envelope:
    """The Encryption SDK, with a KMS client that calls moto's backend directly."""

    def __init__(self, kms: Any) -> None:
        self.kms = kms
        self.session = botocore.session.Session()
        self.session.set_config_variable("region", kms.region_name)
        policy = sdk.CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT
        self.sdk = sdk.EncryptionSDKClient(commitment_policy=policy)

    def seal(self, key_id: str, value: bytes, context: dict[str, str]) -> bytes:
        """Encrypt under one key."""
        key_id = self.kms.any_id_to_key_id(key_id)
        refuse_unusable(self.kms, key_id)
        provider = self._provider(sdk.StrictAwsKmsMasterKeyProvider, key_ids=[self.kms.keys[key_id].arn])
        message: bytes = self.sdk.encrypt(source=value, encryption_context=context, key_provider=provider)[0]
        return message

    def open(self, message: bytes) -> bytes:
        """Decrypt with whichever key the message names."""
        plaintext: bytes = self.sdk.decrypt(
            source=message, key_provider=self._provider(sdk.DiscoveryAwsKmsMasterKeyProvider)
        )[0]
        return plaintext

    def _provider(self, base: type, **kwargs: Any) -> Any:
        client = _client_of(self.kms)
        return type("Local", (base,), {"_client": lambda _, __: client})(botocore_session=self.session, **kwargs)


def _client_of(kms: Any) -> Any:
    class Client(botocore.client.BaseClient):  # the SDK insists on the type
        def __init__(self) -> None:
            """Have no connection to set up."""

        def generate_data_key(self, **request: Any) -> dict[str, Any]:
            plaintext = os.urandom(request["NumberOfBytes"])
            blob, key_id = kms.encrypt(request["KeyId"], plaintext, request["EncryptionContext"])
            return {"CiphertextBlob": blob, "KeyId": key_id, "Plaintext": plaintext}

        def decrypt(self, **request: Any) -> dict[str, Any]:
            plaintext, key_id = kms.decrypt(request["CiphertextBlob"], request["EncryptionContext"])
            return {"Plaintext": plaintext, "KeyId": key_id}

    return Client()
