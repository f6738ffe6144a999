"""What IAM is asked for each call: action, resource and context, as AWS documents them for the service."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.kms.models import kms_backends
from moto.secretsmanager.models import SecretsManagerBackend, secretsmanager_backends

from .calls import bare_name, body_of
from .key_management import key_of
from .server import Environ

_BY_TARGET = {
    "AmazonSSM": "ssm",
    "TrentService": "kms",
    "secretsmanager": "secretsmanager",
    "DynamoDB_20120810": "dynamodb",
}


@dataclass
class Asked:
    """What IAM is asked for one call: a call may take several."""

    action: str
    resource: str = "*"
    context: dict[str, list[str]] = field(default_factory=dict)


def needs_of(environ: Environ, region: str) -> Iterator[Asked]:
    """Tell what one call needs; one that is not known here needs an action that nobody has."""
    service, _, operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")
    service = _BY_TARGET.get(service, "unknown")
    body = json.loads(body_of(environ) or b"{}") if service != "unknown" else {}
    action = f"{service}:{operation}"
    tell = _TELL.get(service)
    if tell is None:
        yield Asked("unknown:Unknown")
    else:
        yield from tell(action, body, region)


def _of_parameter_store(action: str, body: dict[str, Any], region: str) -> Iterator[Asked]:
    for name in body.get("Names") or [body.get("Name") or body.get("Path") or "*"]:
        arn = f"arn:aws:ssm:{region}:{DEFAULT_ACCOUNT_ID}:parameter/{bare_name(name).lstrip('/')}"
        yield Asked(action, arn)


def _of_kms(action: str, body: dict[str, Any], region: str) -> Iterator[Asked]:
    pairs = body.get("EncryptionContext") or {}
    context = {f"kms:EncryptionContext:{key}": [value] for key, value in pairs.items()}
    if pairs:
        context["kms:EncryptionContextKeys"] = list(pairs)
    blob = base64.b64decode(body.get("CiphertextBlob", ""))
    yield Asked(action, _key_arn(key_of(blob) or body.get("KeyId", ""), region), context)


def _of_dynamo_db(action: str, body: dict[str, Any], region: str) -> Iterator[Asked]:
    values = [body.get("Key", {}).get("name"), body.get("ExpressionAttributeValues", {}).get(":n")]
    leading = [value["S"] for value in values if value]
    table = f"arn:aws:dynamodb:{region}:{DEFAULT_ACCOUNT_ID}:table/{body.get('TableName')}"
    yield Asked(action, table, {"dynamodb:LeadingKeys": leading})


def _of_secrets_manager(action: str, body: dict[str, Any], region: str) -> Iterator[Asked]:
    name = body.get("SecretId", "")
    secret = secretsmanager_backends[DEFAULT_ACCOUNT_ID][region].secrets.get(name)
    arn = name if secret is None else secret.arn
    stage = body.get("VersionStage")
    yield Asked(action, arn, {} if stage is None else {"secretsmanager:VersionStage": [stage]})
    key = getattr(secret, "kms_key_id", None)
    if action == "secretsmanager:GetSecretValue" and key not in (None, SecretsManagerBackend.DEFAULT_KMS_KEY_ALIAS):
        pairs = {"SecretARN": arn, "SecretVersionId": body.get("VersionId", "")}
        context = {f"kms:EncryptionContext:{key}": [value] for key, value in pairs.items()}
        context |= {
            "kms:EncryptionContextKeys": list(pairs),
            "kms:ViaService": [f"secretsmanager.{region}.amazonaws.com"],
        }
        yield Asked("kms:Decrypt", _key_arn(key, region), context)


_TELL = {
    "ssm": _of_parameter_store,
    "kms": _of_kms,
    "dynamodb": _of_dynamo_db,
    "secretsmanager": _of_secrets_manager,
}


def _key_arn(name: str, region: str) -> str:
    """Return the ARN of a key by id, ARN or alias; what names none stays as it is."""
    kms = kms_backends[DEFAULT_ACCOUNT_ID][region]
    key_id = kms.any_id_to_key_id(name) if name else name
    key = kms.keys.get(key_id)
    return name or "*" if key is None else str(key.arn)
