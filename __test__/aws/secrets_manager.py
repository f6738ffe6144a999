"""Secrets Manager: labels and deleted versions as AWS has them, and its own spelling of errors."""

from __future__ import annotations

import json
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.kms.models import kms_backends
from moto.secretsmanager.exceptions import (
    InvalidParameterException,
    InvalidRequestException,
    SecretsManagerClientError,
)
from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend

from .key_management import refuse_unusable

MOST_LABELS = 20

_get_value = SecretsManagerBackend.get_secret_value
_move_label = SecretsManagerBackend.update_secret_version_stage
_to_dict = FakeSecret.to_dict
_init_error = SecretsManagerClientError.__init__


def install() -> None:
    """Replace moto's functions."""
    for owner, name, function in (
        (FakeSecret, "reset_default_version", _make_current),
        (FakeSecret, "to_dict", _describe),
        (SecretsManagerBackend, "get_secret_value", _get_secret_value),
        (SecretsManagerBackend, "update_secret_version_stage", _update_secret_version_stage),
        (SecretsManagerBackend, "list_secret_version_ids", _list_secret_version_ids),
        (SecretsManagerClientError, "__init__", _init_as_aws),
    ):
        setattr(owner, name, function)


def _init_as_aws(self: Any, error_type: str, message: str, *args: Any, **kwargs: Any) -> None:
    """Be of status 400, where moto has 404, and spell `Message` in capitals as this service does."""
    _init_error(self, error_type, message, *args, **kwargs)
    self.code = 400
    self.description = json.dumps({"__type": error_type, "Message": message})


def _list_secret_version_ids(self: Any, secret_id: str) -> str:
    """Tell when each version was made, and its key; moto says of all that they were made just now."""
    secret = self.secrets[secret_id]
    is_aws_own = secret.kms_key_id in (None, SecretsManagerBackend.DEFAULT_KMS_KEY_ALIAS)
    versions = [
        {
            "VersionId": version_id,
            "VersionStages": version["version_stages"],
            "CreatedDate": version["createdate"],
            "KmsKeyIds": ["DefaultEncryptionKey" if is_aws_own else secret.kms_key_id],
        }
        for version_id, version in secret.versions.items()
    ]
    return json.dumps({"ARN": secret.arn, "Name": secret.name, "Versions": versions})


def _make_current(self: Any, secret_version: dict[str, Any], version_id: str) -> None:
    """Make a version the current one. moto takes labels of one's own off the one that was.

    Versions without any label are gone at once: AWS deletes them some day, and tells nobody when.
    """
    before = self.default_version_id
    for version in self.versions.values():
        version["version_stages"] = [stage for stage in version["version_stages"] if stage != "AWSPREVIOUS"]
    if before in self.versions:
        labels = [stage for stage in self.versions[before]["version_stages"] if stage != "AWSCURRENT"]
        self.versions[before]["version_stages"] = [*labels, "AWSPREVIOUS"]
    self.versions[version_id] = secret_version
    self.default_version_id = version_id
    self.versions = {name: version for name, version in self.versions.items() if version["version_stages"]}


def _describe(self: Any) -> dict[str, Any]:
    """Describe without what AWS leaves out: fields that are not set, and versions without a label."""
    told = {name: value for name, value in _to_dict(self).items() if value is not None}
    for field in ("VersionIdsToStages", "SecretVersionsToStages"):
        if field in told:
            told[field] = {name: stages for name, stages in told[field].items() if stages}
    return told


def _refuse_deleted(secret: Any) -> None:
    if secret is not None and secret.is_deleted():
        message = "You can't perform this operation on the secret because it was marked for deletion."
        raise InvalidRequestException(message)


def _get_secret_value(self: Any, secret_id: str, version_id: str, version_stage: str) -> dict[str, Any]:
    """Get, if the secret's key can be used."""
    secret = self.secrets.get(secret_id)
    _refuse_deleted(secret)
    value: dict[str, Any] = _get_value(self, secret_id, version_id, version_stage)
    key = getattr(secret, "kms_key_id", None)
    if key is not None:
        kms = kms_backends[self.account_id][self.region_name]
        try:
            refuse_unusable(kms, kms.any_id_to_key_id(key))
        except JsonRESTError as error:
            message = "Secrets Manager can't decrypt the protected secret text using the provided KMS key."
            raise SecretsManagerClientError("DecryptionFailure", message) from error
    return value


def _update_secret_version_stage(
    self: Any, secret_id: str, version_stage: str, remove_from_version_id: str, move_to_version_id: str
) -> tuple[str, str]:
    """Move a label. moto would hang one on two versions, and more on one than it may have."""
    secret = self.secrets.get(secret_id)
    _refuse_deleted(secret)
    versions = {} if secret is None else secret.versions
    holder = next((name for name, version in versions.items() if version_stage in version["version_stages"]), None)
    if holder is not None and holder == move_to_version_id:
        return secret.arn, secret.name
    if holder not in (None, remove_from_version_id) and move_to_version_id:
        message = (
            f"The parameter RemoveFromVersionId can't be empty. Staging label {version_stage} is currently attached to "
            f"version {holder}, so you must explicitly reference that version in RemoveFromVersionId."
        )
        raise InvalidParameterException(message)
    target = versions.get(move_to_version_id)
    if target is not None and len(target["version_stages"]) >= MOST_LABELS:
        message = f"You can't have more than {MOST_LABELS} staging labels on a version."
        raise SecretsManagerClientError("LimitExceededException", message)
    moved: tuple[str, str] = _move_label(self, secret_id, version_stage, remove_from_version_id, move_to_version_id)
    if version_stage == "AWSCURRENT" and move_to_version_id:
        secret.set_default_version_id(move_to_version_id)
    return moved
