"""Secrets Manager: versions, labels, refusals, faults, and what the log tells."""

from __future__ import annotations

import base64
import json
import uuid
from typing import Any

import pytest

from .conftest import StandIn

GET = "secretsmanager.GetSecretValue"
DESCRIBE = "secretsmanager.DescribeSecret"
MOVE = "secretsmanager.UpdateSecretVersionStage"


@pytest.fixture
def secret(stand_in: StandIn) -> dict[str, Any]:
    """Return a new secret: `ARN`, `Name` and the `VersionId` of its value `first`."""
    stand_in.order()
    return stand_in.call("secretsmanager.CreateSecret", Name=f"app/{uuid.uuid4()}", SecretString="first")


def put(stand_in: StandIn, secret: dict[str, Any], value: str) -> str:
    version = stand_in.call("secretsmanager.PutSecretValue", SecretId=secret["ARN"], SecretString=value)
    return str(version["VersionId"])


def labels(stand_in: StandIn, secret: dict[str, Any]) -> dict[str, list[str]]:
    stages: dict[str, list[str]] = stand_in.call(DESCRIBE, SecretId=secret["ARN"])["VersionIdsToStages"]
    return stages


def test_a_pinned_version_outlives_one_rotation(stand_in: StandIn, secret: dict[str, Any]) -> None:
    second = put(stand_in, secret, "second")
    assert labels(stand_in, secret) == {secret["VersionId"]: ["AWSPREVIOUS"], second: ["AWSCURRENT"]}
    old = stand_in.call(GET, SecretId=secret["ARN"], VersionId=secret["VersionId"])
    assert (old["ARN"], old["VersionId"], old["SecretString"]) == (secret["ARN"], secret["VersionId"], "first")
    assert stand_in.call(GET, SecretId=secret["Name"])["SecretString"] == "second"


def test_a_version_without_a_label_is_gone_after_two(stand_in: StandIn, secret: dict[str, Any]) -> None:
    put(stand_in, secret, "second")
    put(stand_in, secret, "third")
    gone = stand_in.call(GET, SecretId=secret["ARN"], VersionId=secret["VersionId"])
    assert (gone["status"], gone["__type"]) == (400, "ResourceNotFoundException")
    assert secret["VersionId"] in gone["Message"]


def test_a_label_of_ones_own_keeps_a_version(stand_in: StandIn, secret: dict[str, Any]) -> None:
    stand_in.call(MOVE, SecretId=secret["ARN"], VersionStage="mine", MoveToVersionId=secret["VersionId"])
    for value in ("second", "third", "fourth"):
        put(stand_in, secret, value)
    assert labels(stand_in, secret)[secret["VersionId"]] == ["mine"]
    assert stand_in.call(GET, SecretId=secret["ARN"], VersionStage="mine")["SecretString"] == "first"


def test_a_label_moves_only_from_where_it_is(stand_in: StandIn, secret: dict[str, Any]) -> None:
    second = put(stand_in, secret, "second")
    of_first = {"SecretId": secret["ARN"], "VersionStage": "mine", "MoveToVersionId": secret["VersionId"]}
    stand_in.call(MOVE, **of_first)
    assert "status" not in stand_in.call(MOVE, **of_first)
    refused = stand_in.call(MOVE, **of_first | {"MoveToVersionId": second})
    assert (refused["status"], refused["__type"]) == (400, "InvalidParameterException")
    moved = stand_in.call(MOVE, **of_first | {"MoveToVersionId": second, "RemoveFromVersionId": secret["VersionId"]})
    assert "status" not in moved
    assert labels(stand_in, secret) == {secret["VersionId"]: ["AWSPREVIOUS"], second: ["AWSCURRENT", "mine"]}


def test_a_version_has_twenty_labels_at_most(stand_in: StandIn, secret: dict[str, Any]) -> None:
    def hang(label: str) -> dict[str, Any]:
        return stand_in.call(MOVE, SecretId=secret["ARN"], VersionStage=label, MoveToVersionId=secret["VersionId"])

    assert all("status" not in hang(f"label-{number}") for number in range(19))
    assert hang("one-more")["__type"] == "LimitExceededException"


def test_a_secret_that_is_marked_deleted_is_described_and_not_read(stand_in: StandIn, secret: dict[str, Any]) -> None:
    stand_in.call("secretsmanager.DeleteSecret", SecretId=secret["ARN"])
    refused = stand_in.call(GET, SecretId=secret["ARN"], VersionId=secret["VersionId"])
    assert (refused["status"], refused["__type"]) == (400, "InvalidRequestException")
    assert stand_in.call(DESCRIBE, SecretId=secret["ARN"])["DeletedDate"] > 0


def test_a_description_shows_no_value_and_no_field_that_is_not_set(stand_in: StandIn, secret: dict[str, Any]) -> None:
    described = stand_in.call(DESCRIBE, SecretId=secret["ARN"])
    assert "first" not in json.dumps(described)
    assert None not in described.values()


def test_a_secret_of_bytes(stand_in: StandIn) -> None:
    raw = base64.b64encode(b"\xff\x00").decode()
    made = stand_in.call("secretsmanager.CreateSecret", Name=f"app/{uuid.uuid4()}", SecretBinary=raw)
    answer = stand_in.call(GET, SecretId=made["ARN"], VersionId=made["VersionId"])
    assert answer["SecretBinary"] == raw
    assert "SecretString" not in answer


def test_a_key_that_is_disabled_opens_nothing(stand_in: StandIn) -> None:
    key = stand_in.call("TrentService.CreateKey")["KeyMetadata"]["KeyId"]
    made = stand_in.call("secretsmanager.CreateSecret", Name=f"app/{uuid.uuid4()}", SecretString="v", KmsKeyId=key)
    asked = {"SecretId": made["ARN"], "VersionId": made["VersionId"]}
    assert stand_in.call(GET, **asked)["SecretString"] == "v"
    stand_in.call("TrentService.ScheduleKeyDeletion", KeyId=key)
    assert stand_in.call(GET, **asked)["__type"] == "DecryptionFailure"
    assert stand_in.call(DESCRIBE, SecretId=made["ARN"])["KmsKeyId"] == key


@pytest.mark.parametrize("action", ["DescribeSecret", "GetSecretValue"])
def test_what_is_not_there(stand_in: StandIn, action: str) -> None:
    absent = stand_in.call(f"secretsmanager.{action}", SecretId="app/absent")
    assert (absent["status"], absent["__type"]) == (400, "ResourceNotFoundException")
    assert absent["Message"] == "Secrets Manager can't find the specified secret."


def test_an_action_is_denied_for_one_secret(stand_in: StandIn, secret: dict[str, Any]) -> None:
    stand_in.order({"target": GET, "names": [secret["Name"]], "error": "AccessDeniedException"})
    denied = stand_in.call(GET, SecretId=secret["ARN"], VersionId=secret["VersionId"])
    assert denied["__type"] == "AccessDeniedException"
    expected = f"is not authorized to perform: secretsmanager:GetSecretValue on resource: {secret['ARN']} "
    assert expected in denied["Message"]
    assert "status" not in stand_in.call(DESCRIBE, SecretId=secret["Name"])


@pytest.mark.parametrize("error", ["ThrottlingException", "ExpiredTokenException", "InternalServiceError"])
def test_a_fault_of_the_service(stand_in: StandIn, secret: dict[str, Any], error: str) -> None:
    stand_in.order({"target": "secretsmanager.*", "times": 1, "error": error})
    refused = stand_in.call(GET, SecretId=secret["ARN"])
    assert (refused["status"], refused["__type"]) == (400, error)
    assert stand_in.call(GET, SecretId=secret["ARN"])["SecretString"] == "first"


def test_the_log_tells_the_version_and_never_a_value(stand_in: StandIn, secret: dict[str, Any]) -> None:
    put(stand_in, secret, "hidden")
    stand_in.call(GET, SecretId=secret["ARN"], VersionId=secret["VersionId"])
    told = [(call["service"], call["action"], call["names"], call["versionId"]) for call in stand_in.calls()]
    assert told[-2:] == [
        ("secretsmanager", "PutSecretValue", [secret["ARN"]], None),
        ("secretsmanager", "GetSecretValue", [secret["ARN"]], secret["VersionId"]),
    ]
    assert "hidden" not in json.dumps(stand_in.calls())
