"""Measures what a cold start pays for a first secret. Not a test: run it on a quiet machine.

    .venv/bin/python runtime/python/tests/cold_start.py [rounds]

Each figure is a process of its own, over one that imports what Lambda's own bootstrap imports anyway.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

from fake_aws import FakeAws, case, content  # noqa: E402 - from the folders above

LAMBDA = "import json, logging, os, re, sys, time, traceback\n"
OURS = "from secret_baker import secret; secret('A')\n"
BOTO3 = """
import base64, boto3
entry = json.load(open(os.environ["SECRET_BAKER_FILE"]))["A"]
boto3.client("kms", region_name="eu-central-1").decrypt(
    CiphertextBlob=base64.b64decode(entry["ciphertext"]), EncryptionContext={"PARAMETER_ARN": entry["arn"]})
"""
PROGRAMS = {
    "Lambda's own imports": LAMBDA,
    "import secret_baker": LAMBDA + "import secret_baker",
    "secret()": LAMBDA + OURS,
    "secret(), and the TLS context of AWS": LAMBDA + OURS + "from secret_baker import _tls; _tls.amazon_context()",
    "boto3, decrypt": LAMBDA + BOTO3,
    "boto3, decrypt, and a TLS context": LAMBDA + BOTO3 + "import ssl; ssl.create_default_context()",
}


def main() -> None:
    """Print the quickest and the middle one of some rounds, less those of the first program."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    kms = FakeAws()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bundle.json")
        path.write_bytes(content(case("standard tier")))
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(HERE.parent / "src"),
            "SECRET_BAKER_FILE": str(path),
            "AWS_ENDPOINT_URL_KMS": kms.url,
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "b",
        }
        taken: dict[str, list[float]] = {title: [] for title in PROGRAMS}
        for _ in range(rounds):
            for title, code in PROGRAMS.items():
                started = time.perf_counter()
                subprocess.run([sys.executable, "-c", code], env=env, check=True)
                taken[title].append((time.perf_counter() - started) * 1000)
    first = next(iter(taken.values()))
    base = min(first), statistics.median(first)
    report = {
        title: {"min ms": round(min(times) - base[0], 1), "median ms": round(statistics.median(times) - base[1], 1)}
        for title, times in taken.items()
    }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


main()
