"""Lambda without Docker: an invoked function's zip really runs, in a Node process."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from moto.awslambda.models import LambdaFunction

RUNNER = Path(__file__).with_name("run-function.mjs")


def install() -> None:
    """Replace moto's function."""
    setattr(LambdaFunction, "_invoke_lambda", _invoke)  # noqa: B010  (mypy forbids assigning to a method)


def _invoke(self: Any, event: Any = None) -> tuple[str, bool, str]:
    """Return the payload, whether it is an error, and what was logged."""
    folder = _unzipped(self)
    read, write = os.pipe()
    environment = _environment(self, folder)
    process = subprocess.Popen(
        [*_wrapper(environment, folder), "node", str(RUNNER), str(write)],
        cwd=folder,
        env=environment,
        pass_fds=[write],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    os.close(write)
    with os.fdopen(read) as answers:
        try:
            output, _ = process.communicate(json.dumps(event), timeout=float(self.timeout or 3) + 3)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            return json.dumps({"errorMessage": f"Task timed out after {self.timeout}.00 seconds"}), True, output
        answer = answers.read()
    self.logs_backend.ensure_log_group(self.logs_group_name)
    self.save_logs(output)
    if not answer:
        lost = {"errorType": "Runtime.ExitError", "errorMessage": f"exit {process.returncode}"}
        return json.dumps({**lost, "trace": output.splitlines()[-5:]}), True, output
    result = json.loads(answer)
    failed = "error" in result
    return json.dumps(result["error"] if failed else result["value"]), failed, output


def _unzipped(function: Any) -> str:
    """Return the folder of the function's code, unpacked once a version."""
    code: tuple[str, str] | None = getattr(function, "_unzipped", None)
    if code is None or code[0] != function.code_sha_256:
        folder = tempfile.mkdtemp(prefix="function-")
        with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as archive:
            archive.extractall(folder)
            for member in archive.infolist():
                mode = member.external_attr >> 16 & 0o777
                if mode and not member.is_dir():
                    Path(folder, member.filename).chmod(mode)
        code = function._unzipped = (function.code_sha_256, folder)
    return code[1]


def _wrapper(environment: dict[str, str], folder: str) -> list[str]:
    """Return what starts the runtime in its place, as AWS_LAMBDA_EXEC_WRAPPER tells Lambda."""
    for name in ("AWS_LAMBDA_EXEC_WRAPPER", "SECRET_BAKER_NEXT_WRAPPER"):
        if name in environment:
            # The code lies in another folder here.
            environment[name] = environment[name].replace("/var/task", folder, 1)
    wrapper = environment.get("AWS_LAMBDA_EXEC_WRAPPER")
    return [wrapper] if wrapper else []


def _environment(function: Any, folder: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "_HANDLER": function.handler,
        "LAMBDA_TASK_ROOT": folder,
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_ENDPOINT_URL": os.environ["STAND_IN_ENDPOINT"],
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        **{name: str(value) for name, value in function.environment_vars.items()},
    }
