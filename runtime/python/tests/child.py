"""Runs Python in a process of its own, with nothing of ours or of AWS in its environment but what is given."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import secret_baker

KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}
SOURCES = str(Path(secret_baker.__file__).parents[1])


def start(code: str, **env: str) -> subprocess.Popen[str]:
    """Start it, with pipes."""
    whole = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": SOURCES, **env}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code],
        env=whole,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
    )


def run(code: str, **env: str) -> str:
    """Return its output. It must end well and write nothing to its standard error."""
    with start(code, **env) as child:
        out, err = child.communicate(timeout=30)
    assert (err, child.returncode) == ("", 0)
    return out
