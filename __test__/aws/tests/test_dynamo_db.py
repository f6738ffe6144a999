"""DynamoDB as credstash uses it, and the data keys of KMS behind it."""

from __future__ import annotations

import base64
import json
import uuid
from typing import Any

import pytest

from .conftest import StandIn

DYNAMO_DB = "DynamoDB_20120810"
QUERY = f"{DYNAMO_DB}.Query"


def query(table: str, name: str) -> dict[str, Any]:
    """Return what asks for the latest version of a credential."""
    return {
        "TableName": table,
        "KeyConditionExpression": "#n = :n",
        "ExpressionAttributeNames": {"#n": "name"},
        "ExpressionAttributeValues": {":n": {"S": name}},
        "ScanIndexForward": False,
        "Limit": 1,
        "ConsistentRead": True,
    }


@pytest.fixture
def table(stand_in: StandIn) -> str:
    """Return a table that has two versions of `db.password`."""
    stand_in.order()
    name = f"credentials-{uuid.uuid4()}"
    keys = {"name": "HASH", "version": "RANGE"}
    stand_in.call(
        f"{DYNAMO_DB}.CreateTable",
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    for version in (1, 2):
        item = {
            "name": {"S": "db.password"},
            "version": {"S": f"{version:019}"},
            "contents": {"S": f"contents-{version}"},
            "hmac": {"B": base64.b64encode(b"abcd").decode()},
        }
        stand_in.call(f"{DYNAMO_DB}.PutItem", TableName=name, Item=item)
    stand_in.order()
    return name


def test_the_latest_version_is_the_first(stand_in: StandIn, table: str) -> None:
    (item,) = stand_in.call(QUERY, **query(table, "db.password"))["Items"]
    assert item["version"] == {"S": "0000000000000000002"}
    assert base64.b64decode(item["hmac"]["B"]) == b"abcd"


def test_a_name_that_is_not_there_has_no_items(stand_in: StandIn, table: str) -> None:
    assert stand_in.call(QUERY, **query(table, "absent"))["Items"] == []


def test_a_pinned_version(stand_in: StandIn, table: str) -> None:
    key = {"name": {"S": "db.password"}, "version": {"S": "0000000000000000001"}}
    item = stand_in.call(f"{DYNAMO_DB}.GetItem", TableName=table, Key=key, ConsistentRead=True)["Item"]
    assert item["contents"] == {"S": "contents-1"}
    absent = key | {"version": {"S": "0000000000000000003"}}
    assert "Item" not in stand_in.call(f"{DYNAMO_DB}.GetItem", TableName=table, Key=absent)


def test_a_table_that_is_not_there(stand_in: StandIn) -> None:
    absent = stand_in.call(QUERY, **query("absent", "a"))
    expected = (400, "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "Requested resource not found")
    assert (absent["status"], absent["__type"], absent["message"]) == expected


def test_an_action_is_denied_for_one_credential(stand_in: StandIn, table: str) -> None:
    stand_in.order({"target": QUERY, "names": ["db.password"], "error": "AccessDeniedException"})
    denied = stand_in.call(QUERY, **query(table, "db.password"))
    assert denied["__type"] == "com.amazon.coral.service#AccessDeniedException"
    resource = f"arn:aws:dynamodb:eu-central-1:123456789012:table/{table} "
    assert f"is not authorized to perform: dynamodb:Query on resource: {resource}" in denied["message"]
    assert stand_in.call(QUERY, **query(table, "absent"))["Items"] == []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("ThrottlingException", "com.amazon.coral.service#ThrottlingException"),
        (
            "ProvisionedThroughputExceededException",
            "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
        ),
        ("ExpiredTokenException", "com.amazon.coral.service#ExpiredTokenException"),
    ],
)
def test_a_fault_of_the_service(stand_in: StandIn, table: str, error: str, told: str) -> None:
    stand_in.order({"target": f"{DYNAMO_DB}.*", "times": 1, "error": error})
    refused = stand_in.call(QUERY, **query(table, "db.password"))
    assert (refused["status"], refused["__type"]) == (400, told)
    assert len(stand_in.call(QUERY, **query(table, "db.password"))["Items"]) == 1


def test_the_log_tells_table_and_name_and_never_a_value(stand_in: StandIn, table: str) -> None:
    item = {"name": {"S": "db.user"}, "version": {"S": "1"}, "contents": {"S": "hidden"}}
    stand_in.call(f"{DYNAMO_DB}.PutItem", TableName=table, Item=item)
    stand_in.call(QUERY, **query(table, "db.password"))
    calls = stand_in.calls()
    assert [(call["service"], call["action"], call["table"], call["names"]) for call in calls] == [
        ("dynamodb", "PutItem", table, ["db.user"]),
        ("dynamodb", "Query", table, ["db.password"]),
    ]
    assert "hidden" not in json.dumps(calls)


@pytest.mark.parametrize("size", [32, 64])
def test_a_data_key_of_kms_opens_under_its_context_only(stand_in: StandIn, size: int) -> None:
    key = stand_in.call("TrentService.CreateKey")["KeyMetadata"]
    alias = f"alias/{uuid.uuid4()}"
    stand_in.call("TrentService.CreateAlias", AliasName=alias, TargetKeyId=key["KeyId"])
    context = {"environment": "prod"}
    made = stand_in.call("TrentService.GenerateDataKey", KeyId=alias, NumberOfBytes=size, EncryptionContext=context)
    assert len(base64.b64decode(made["Plaintext"])) == size
    asked = {"CiphertextBlob": made["CiphertextBlob"], "EncryptionContext": context}
    opened = stand_in.call("TrentService.Decrypt", **asked)
    assert (opened["Plaintext"], opened["KeyId"]) == (made["Plaintext"], key["Arn"])
    refused = stand_in.call("TrentService.Decrypt", **asked | {"EncryptionContext": {}})
    assert refused["__type"] == "InvalidCiphertextException"
