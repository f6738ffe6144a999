"""Connections: kept open as those of AWS are, and cut as ordered; and what a rule says and refuses."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from typing import Any

import pytest

from .conftest import StandIn, start, stop

GET = "AmazonSSM.GetParameters"
SCOPE = "AKIAIOSFODNN7EXAMPLE/20260101/eu-central-1/ssm/aws4_request"
HEADERS = {
    "x-amz-target": GET,
    "authorization": f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host, Signature=0",
}
BODY = json.dumps({"Names": ["/k/a"]})


@pytest.fixture(autouse=True)
def _kept(stand_in: StandIn) -> None:
    stand_in.order()
    stand_in.put("/k/a", "value-a")
    stand_in.order()


def connect(stand_in: StandIn) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(stand_in.endpoint.removeprefix("http://"), timeout=10)


def ask(connection: http.client.HTTPConnection, body: Any = BODY, **more: Any) -> dict[str, Any]:
    connection.request("POST", "/", body, HEADERS, **more)
    answer: dict[str, Any] = json.load(connection.getresponse())
    return answer


def socket_of(connection: http.client.HTTPConnection) -> socket.socket:
    # `sock` is documented nowhere, but it is the only way to see that a connection was kept.
    found: socket.socket = connection.sock
    return found


def test_one_connection_serves_many_calls(stand_in: StandIn) -> None:
    connection = connect(stand_in)
    ask(connection)
    first = socket_of(connection)
    for _ in range(5):
        assert len(ask(connection)["Parameters"]) == 1
    assert socket_of(connection) is first
    connection.close()


def test_a_refusal_and_a_chunked_body_keep_the_connection(stand_in: StandIn) -> None:
    stand_in.order({"target": GET, "times": 1, "error": "ThrottlingException"})
    connection = connect(stand_in)
    assert ask(connection) == {"__type": "ThrottlingException", "message": "Rate exceeded"}
    first = socket_of(connection)
    assert len(ask(connection, iter([BODY.encode()]), encode_chunked=True)["Parameters"]) == 1
    assert len(ask(connection)["Parameters"]) == 1
    assert socket_of(connection) is first
    connection.close()


def test_truncate_sends_half_of_the_real_answer(stand_in: StandIn) -> None:
    stand_in.order({"target": GET, "truncate": True})
    connection = connect(stand_in)
    connection.request("POST", "/", BODY, HEADERS)
    with pytest.raises(http.client.IncompleteRead) as caught:
        connection.getresponse().read()
    assert caught.value.partial.startswith(b'{"Parameters": [{"Name": "/k/a"')
    assert caught.value.expected is not None
    assert abs(len(caught.value.partial) - caught.value.expected) <= 1
    connection.close()


@pytest.mark.parametrize("spelling", ["/k/a", "/k/a:1", "arn:aws:ssm:eu-central-1:123456789012:parameter/k/a"])
def test_a_rule_for_a_parameter_knows_all_its_spellings(stand_in: StandIn, spelling: str) -> None:
    stand_in.order({"names": ["/k/a"], "error": "AccessDeniedException"})
    denied = stand_in.call(GET, Names=["/k/other", spelling])
    assert denied["message"] == (
        "User: arn:aws:sts::123456789012:assumed-role/deploy/session is not authorized to perform: ssm:GetParameters "
        "on resource: arn:aws:ssm:eu-central-1:123456789012:parameter/k/a "
        "because no identity-based policy allows the ssm:GetParameters action"
    )


def test_kms_denies_in_its_own_words(stand_in: StandIn) -> None:
    stand_in.order({"target": "TrentService.Decrypt", "error": "AccessDeniedException"})
    denied = stand_in.call("TrentService.Decrypt", CiphertextBlob="eA==")
    assert denied["message"].startswith("The ciphertext refers to a customer master key that does not exist")


def test_a_mistyped_rule_is_refused_and_changes_nothing(stand_in: StandIn) -> None:
    stand_in.order({"target": GET, "error": "ThrottlingException"})
    connection = connect(stand_in)
    connection.request("PUT", "/__faults", json.dumps({"rules": [{"latency": 30}]}))
    answer = connection.getresponse()
    assert answer.status == 400
    assert "a fault rule has no key latency" in json.load(answer)["message"]
    assert ask(connection)["__type"] == "ThrottlingException"
    connection.close()


def test_a_get_shows_no_tier_and_a_description_does(stand_in: StandIn) -> None:
    assert "Tier" not in stand_in.call(GET, Names=["/k/a"])["Parameters"][0]
    assert "Tier" not in stand_in.call("AmazonSSM.GetParametersByPath", Path="/k")["Parameters"][0]
    assert {row["Tier"] for row in stand_in.call("AmazonSSM.DescribeParameters")["Parameters"]} >= {"Standard"}


def test_a_secret_of_secrets_manager_is_never_shown_undecrypted(stand_in: StandIn) -> None:
    for operation, asked in (("GetParameter", {"Name"}), ("GetParameters", {"Names"})):
        name: Any = "/aws/reference/secretsmanager/s"
        body = dict.fromkeys(asked, name if operation == "GetParameter" else [name])
        assert stand_in.call(f"AmazonSSM.{operation}", **body)["__type"] == "ValidationException"


def test_hang_and_drop_over_tls() -> None:
    stand_in = start("--tls")
    host = stand_in.ready["tlsEndpoint"].removeprefix("https://")
    trusting = ssl.create_default_context(cafile=stand_in.ready["ca"])
    for fault, expected in (("hang", TimeoutError), ("drop", http.client.RemoteDisconnected)):
        stand_in.order({fault: True})
        connection = http.client.HTTPSConnection(host, timeout=1, context=trusting)
        connection.request("POST", "/", BODY, HEADERS)
        with pytest.raises((expected, ssl.SSLEOFError)):
            connection.getresponse()
        connection.close()
    stop(stand_in)
