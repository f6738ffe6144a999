"""A stand-in in a process of its own, as every test of the project starts it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

TEST_FOLDER = Path(__file__).parents[2]
# By what the target of a call begins with.
SERVICES = {
    "AmazonSSM": "ssm",
    "TrentService": "kms",
    "secretsmanager": "secretsmanager",
    "DynamoDB_20120810": "dynamodb",
}


class StandIn:
    """What a test says to a stand-in."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.ready: dict[str, Any] = json.loads(process.stdout.readline())
        self.endpoint: str = self.ready["endpoint"]

    def order(self, *rules: dict[str, Any]) -> None:
        """Replace all faults, and empty the log."""
        self._send("/__faults", {}, {"rules": rules, "reset": True}, "PUT")

    def calls(self) -> list[dict[str, Any]]:
        """Return the log."""
        with urllib.request.urlopen(self.endpoint + "/__faults", timeout=10) as answer:
            calls: list[dict[str, Any]] = json.load(answer)["calls"]
        return calls

    def call(self, target: str, **body: Any) -> dict[str, Any]:
        """Call a service; an error of AWS is returned with its status."""
        service = SERVICES[target.partition(".")[0]]
        scope = f"AKIAIOSFODNN7EXAMPLE/20260101/eu-central-1/{service}/aws4_request"
        headers = {
            "x-amz-target": target,
            "content-type": "application/x-amz-json-1.1",
            "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        }
        return self._send("/", headers, body, "POST")

    def put(self, name: str, value: str, **more: Any) -> None:
        """Store a SecureString under a new customer managed key."""
        key = self.call("TrentService.CreateKey")["KeyMetadata"]["KeyId"]
        kept = {"Name": name, "Value": value, "Type": "SecureString", "KeyId": key, "Overwrite": True}
        self.call("AmazonSSM.PutParameter", **kept, **more)

    def _send(self, path: str, headers: dict[str, str], body: object, method: str) -> dict[str, Any]:
        data = json.dumps(body).encode()
        request = urllib.request.Request(self.endpoint + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                result: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            return {"status": error.code, **json.load(error)}
        return result


def start(*arguments: str) -> StandIn:
    command = [sys.executable, "-m", "aws", *arguments]
    process = subprocess.Popen(
        command, cwd=TEST_FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    return StandIn(process)


def stop(stand_in: StandIn) -> None:
    process = stand_in.process
    process.terminate()
    process.wait(timeout=20)
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


@pytest.fixture(scope="session")
def stand_in() -> Iterator[StandIn]:
    started = start()
    yield started
    stop(started)
