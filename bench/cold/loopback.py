"""Resolves names of AWS to loopback, where the benchmark's server is."""

from __future__ import annotations

import socket

resolve = socket.getaddrinfo


def getaddrinfo(  # noqa: PLR0913, PLR0917 - as the one whose place it takes
    host: str | bytes, port: int, family: int = 0, kind: int = 0, proto: int = 0, flags: int = 0
) -> list[tuple[object, ...]]:
    """Look up as before what is not of AWS."""
    name = host.decode() if isinstance(host, bytes) else host
    return resolve("127.0.0.1" if name.endswith(".amazonaws.com") else host, port, family, kind, proto, flags)


socket.getaddrinfo = getaddrinfo  # type: ignore[assignment]
