"""The parts of a URL."""

from __future__ import annotations

import pytest

from secret_baker._url import Url


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("http://localhost", (False, "localhost", 80, "/", "localhost")),
        ("https://localhost/", (True, "localhost", 443, "/", "localhost")),
        ("HTTP://localhost:4566", (False, "localhost", 4566, "/", "localhost:4566")),
        ("http://[::1]:4566/a/b?c=d", (False, "::1", 4566, "/a/b?c=d", "[::1]:4566")),
        ("http://[fd00:ec2::23]/v1", (False, "fd00:ec2::23", 80, "/v1", "[fd00:ec2::23]")),
    ],
)
def test_parts(text: str, parts: tuple[bool, str, int, str, str]) -> None:
    url = Url(text)
    assert (url.tls, url.host, url.port, url.path, url.authority) == parts


@pytest.mark.parametrize(
    "text",
    ["", "localhost", "//localhost", "ftp://localhost", "http://", "http://user:password@localhost", "http://a:b"],
)
def test_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Url(text)
