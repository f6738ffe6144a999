"""The code of deployed functions behind URLs, as S3 has it: whole, or in the ranges that are asked for.

GET /__code/ACCOUNT/REGION/NAME  the function's zip; with `Range: bytes=FIRST-LAST`, `FIRST-` or `-LENGTH` a part of it
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote

from moto.awslambda.models import LambdaFunction, lambda_backends

from .server import App, Environ, StartResponse

PREFIX = "/__code/"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_get_code = LambdaFunction.get_code


def install() -> None:
    """Replace moto's function."""
    setattr(LambdaFunction, "get_code", _code)  # noqa: B010  (mypy forbids assigning to a method)


def _code(self: Any) -> dict[str, Any]:
    """Tell a URL of this stand-in in place of one of S3."""
    answer: dict[str, Any] = _get_code(self)
    code = answer.setdefault("Code", {})
    if "ImageUri" not in code:
        place = "/".join(quote(part) for part in (self.account_id, self.region, self.function_name))
        signature = "X-Amz-Expires=600&X-Amz-Signature=00"
        code["Location"] = f"{os.environ['STAND_IN_ENDPOINT']}{PREFIX}{place}?{signature}"
        code["RepositoryType"] = "S3"
    if "SourceKMSKeyArn" in self.code:
        code["SourceKMSKeyArn"] = self.code["SourceKMSKeyArn"]
    return answer


class DeployedCode:
    """The middleware."""

    def __init__(self, app: App) -> None:
        self.app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or let moto answer."""
        path: str = environ["PATH_INFO"]
        if not path.startswith(PREFIX):
            return self.app(environ, start_response)
        account, region, name = (unquote(part) for part in path.removeprefix(PREFIX).split("/"))
        whole: bytes = lambda_backends[account][region].get_function(name).code_bytes
        headers = [("Content-Type", "application/zip"), ("Accept-Ranges", "bytes")]
        if "HTTP_RANGE" not in environ:
            start_response("200 OK", headers)
            return [whole]
        first, end = _part(environ["HTTP_RANGE"], len(whole))
        if first >= end:
            start_response("416 Range Not Satisfiable", headers)
            return [b""]
        start_response("206 Partial Content", [*headers, ("Content-Range", f"bytes {first}-{end - 1}/{len(whole)}")])
        return [whole[first:end]]


def _part(asked: str, size: int) -> tuple[int, int]:
    """Return where the part begins and where it ends; of what is no range, nothing."""
    found = _RANGE.fullmatch(asked)
    if found is None or found[1] == found[2] == "":
        return 0, 0
    if found[1] == "":
        return max(0, size - int(found[2])), size
    return int(found[1]), min(size, int(found[2] or size - 1) + 1)
