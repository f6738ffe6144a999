"""Start and end."""

from __future__ import annotations

import ssl
import urllib.request

import pytest

from .conftest import StandIn, start, stop


def test_it_ends_when_its_standard_input_closes() -> None:
    stand_in = start()
    assert stand_in.process.stdin is not None
    stand_in.process.stdin.close()
    assert stand_in.process.wait(timeout=20) == 0
    assert stand_in.process.stdout is not None
    stand_in.process.stdout.close()


def test_it_ends_on_sigterm_even_with_a_call_that_hangs() -> None:
    stand_in = start()
    stand_in.order({"hang": True})
    with pytest.raises(TimeoutError):
        urllib.request.urlopen(stand_in.endpoint, timeout=0.3)
    stop(stand_in)
    assert stand_in.process.returncode == 0


def test_tls_is_trusted_with_its_own_authority_only() -> None:
    stand_in: StandIn = start("--tls")
    url = stand_in.ready["tlsEndpoint"] + "/__faults"
    trusting = ssl.create_default_context(cafile=stand_in.ready["ca"])
    with urllib.request.urlopen(url, context=trusting, timeout=10) as answer:
        assert answer.status == 200
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(url, timeout=10)
    stop(stand_in)
