"""Faults to order, and the log."""

from __future__ import annotations

import http.client
import json
import socket
import time
import urllib.error
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import pytest

from .conftest import StandIn

GET = "AmazonSSM.GetParameters"


@pytest.fixture(autouse=True)
def _kept(stand_in: StandIn) -> None:
    stand_in.order()
    stand_in.put("/f/a", "value-a")
    stand_in.put("/f/b", "value-b")
    stand_in.order()


def codes(stand_in: StandIn, times: int) -> list[str]:
    answers = [stand_in.call(GET, Names=["/f/a"]) for _ in range(times)]
    return [answer.get("__type", "ok") for answer in answers]


def test_every_and_times(stand_in: StandIn) -> None:
    stand_in.order({"target": GET, "every": 2, "times": 4, "error": "ThrottlingException"})
    assert codes(stand_in, 6) == ["ok", "ThrottlingException", "ok", "ThrottlingException", "ok", "ok"]


def test_a_rule_for_some_parameters(stand_in: StandIn) -> None:
    stand_in.order({"target": "AmazonSSM.*", "names": ["/f/b"], "error": "AccessDeniedException"})
    assert len(stand_in.call(GET, Names=["/f/a"])["Parameters"]) == 1
    denied = stand_in.call(GET, Names=["/f/a", "/f/b"])
    assert denied["__type"] == "AccessDeniedException"
    assert "is not authorized to perform: ssm:GetParameters" in denied["message"]


def test_a_status(stand_in: StandIn) -> None:
    stand_in.order({"error": "InternalServerError", "status": 500})
    assert stand_in.call(GET, Names=["/f/a"])["status"] == 500


def test_a_bucket_answers_its_burst_and_then_throttles(stand_in: StandIn) -> None:
    stand_in.order({"target": GET, "rate": 0.01, "burst": 3})
    assert codes(stand_in, 5) == ["ok", "ok", "ok", "ThrottlingException", "ThrottlingException"]


def test_latency_is_waited_before_the_answer(stand_in: StandIn) -> None:
    stand_in.order({"target": GET, "latency_ms": 120})
    started = time.monotonic()
    stand_in.call(GET, Names=["/f/a"])
    assert time.monotonic() - started >= 0.12


def test_calls_wait_side_by_side(stand_in: StandIn) -> None:
    stand_in.order({"target": GET, "latency_ms": 500})
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: stand_in.call(GET, Names=["/f/a"]), range(20)))
    assert all(len(answer["Parameters"]) == 1 for answer in answers)


@pytest.mark.parametrize("fault", ["drop", "truncate"])
def test_the_connection_is_really_closed(stand_in: StandIn, fault: str) -> None:
    stand_in.order({"target": GET, fault: True})
    with pytest.raises((http.client.HTTPException, urllib.error.URLError, ConnectionError)):
        stand_in.call(GET, Names=["/f/a"])


def test_garbage(stand_in: StandIn) -> None:
    stand_in.order({"target": GET, "garbage": True})
    with pytest.raises(json.JSONDecodeError):
        stand_in.call(GET, Names=["/f/a"])


def test_a_hang_ends_when_the_client_leaves(stand_in: StandIn) -> None:
    stand_in.order({"target": GET, "hang": True})
    host = stand_in.endpoint.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=0.5)
    connection.request("POST", "/", json.dumps({"Names": ["/f/a"]}), {"x-amz-target": GET})
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()
    stand_in.order()
    assert codes(stand_in, 1) == ["ok"]


def test_the_log_tells_who_asked_for_what_and_never_a_value(stand_in: StandIn) -> None:
    stand_in.call(GET, Names=["/f/a", "/f/b"], WithDecryption=True)
    stand_in.call("AmazonSSM.GetParameter", Name="/f/a")
    stand_in.call("AmazonSSM.PutParameter", Name="/f/c", Value="value-c", Type="String")
    calls = stand_in.calls()
    assert [(call["target"], call["withDecryption"], call["names"]) for call in calls] == [
        (GET, True, ["/f/a", "/f/b"]),
        ("AmazonSSM.GetParameter", False, ["/f/a"]),
        ("AmazonSSM.PutParameter", False, ["/f/c"]),
    ]
    assert {(call["region"], call["accessKeyId"]) for call in calls} == {("eu-central-1", "AKIAIOSFODNN7EXAMPLE")}
    assert "value-c" not in json.dumps(calls)


def test_an_emptied_log_stays_empty_of_what_had_come_before(stand_in: StandIn) -> None:
    address = urllib.parse.urlsplit(stand_in.endpoint)
    head = f"POST / HTTP/1.1\r\nhost: a\r\nx-amz-target: {GET}\r\ncontent-length: 2\r\n\r\n"
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=10) as slow:
        slow.sendall(head.encode())
        with ThreadPoolExecutor() as pool:
            emptied = pool.submit(stand_in.order)
            time.sleep(0.5)
            slow.sendall(b"{}")
            emptied.result(timeout=20)
        assert slow.recv(1)
    assert stand_in.calls() == []


def test_the_log_tells_how_long_a_call_took_and_which_error_a_rule_gave(stand_in: StandIn) -> None:
    stand_in.order({"target": GET, "times": 1, "latency_ms": 50, "error": "ThrottlingException"})
    codes(stand_in, 2)
    throttled, fine = stand_in.calls()
    assert throttled["until"] - throttled["t"] >= 0.05
    assert throttled["error"] == "ThrottlingException"
    assert "error" not in fine
