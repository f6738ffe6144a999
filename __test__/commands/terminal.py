"""Run a command in a pseudo-terminal and answer its questions: what Node has no module for.

An order comes as JSON on standard input: `{command, cwd, env, timeout, steps: [{expect, send?, signal?}]}`, in
milliseconds. The outcome goes to standard output: `{code, signal, output, echoes}`.
"""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import sys
import termios
import time
from typing import Any


def main() -> None:
    """Run one order."""
    order: dict[str, Any] = json.load(sys.stdin)
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(order["cwd"])
        os.execvpe(order["command"][0], order["command"], order["env"])
    ends = time.monotonic() + order["timeout"] / 1000
    output = _talk(terminal, child, order["steps"], ends)
    status = _end(child, ends)
    echoes = bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
    code = os.waitstatus_to_exitcode(status)
    outcome = {"code": code if code >= 0 else None, "signal": -code if code < 0 else None}
    json.dump({**outcome, "output": output.decode(errors="replace"), "echoes": echoes}, sys.stdout)


def _talk(terminal: int, child: int, steps: list[dict[str, str]], ends: float) -> bytes:
    output, seen = b"", 0
    left = list(steps)
    while (now := time.monotonic()) < ends:
        readable, _, _ = select.select([terminal], [], [], min(1, ends - now))
        if readable:
            try:
                chunk = os.read(terminal, 65536)
            except OSError:  # Linux says so when nobody holds the other end any more.
                break
            if not chunk:
                break
            output += chunk
        while left and (at := output.find(left[0]["expect"].encode(), seen)) >= 0:
            step = left.pop(0)
            seen = at + len(step["expect"].encode())
            # A prompt is printed before it reads.
            time.sleep(0.1)
            if "signal" in step:
                os.kill(child, signal.Signals[step["signal"]])
            else:
                os.write(terminal, step.get("send", "").encode())
    else:
        os.kill(child, signal.SIGKILL)
    if left:
        waited = left[0]["expect"]
        output += f"\n[never printed: {waited}]".encode()
    return output


def _end(child: int, ends: float) -> int:
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


main()
