"""JSON as RFC 8259 has it, and no further."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from problems import problem_of

from secret_baker import SecretBakerError, secret
from secret_baker._json import parsed, parsed_object

GOOD = [
    b"{}",
    b"\xef\xbb\xbf {} \r\n\t",
    b'{"a": [1, -0.5e-10, 1e308, true, null]}',
    b'{"a": 1e-400}',
    b'{"__proto__": {"__proto__": 1}}',
    '{"ä€🔑": "\\ud83d\\udd11", "b": "\\\\ud800"}'.encode(),
    b'{"a": ' + b"[" * 99 + b"]" * 99 + b"}",
    b'{"a": "' + b"[{" * 500 + b'\\""}',
    b'{"a": ' + b"[[],[]," * 60 + b"1" + b"]" * 60 + b"}",
    b'{"a": ' + b"1" * 308 + b"}",
]
BAD = {
    "nothing": b"",
    "a list that does not end": b'{"a": [}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "a number out of range": b'{"a": 1e400}',
    "a number of 310 digits": b'{"a": ' + b"1" * 310 + b"}",
    "a number of 5000 digits": b'{"a": ' + b"1" * 5000 + b"}",
    "a number with zeros before it": b'{"a": 01}',
    "a number with a plus": b'{"a": +1}',
    "digits of another script": '{"a": \u0661}'.encode(),
    "a comment": b'{"a": 1} // b',
    "a comma at the end": b'{"a": 1,}',
    "simple quotes": b"{'a': 1}",
    "a control character": b'{"a": "\n"}',
    "other white space": "{\u00a0}".encode(),
    "a name twice": b'{"a": 1, "a": 1}',
    "a name twice, once escaped": b'{"a": 1, "\\u0061": 1}',
    "a name twice, far within": b'{"a": [{"b": {"c": 1, "c": 2}}]}',
    "a lone surrogate": b'{"a": "\\ud800"}',
    "a lone low surrogate": b'{"a": ["\\udc00"]}',
    "surrogates in the wrong order": b'{"a": "\\udc00\\ud800"}',
    "a lone surrogate in a name": b'{"\\ud800": 1}',
    "a surrogate in UTF-8": b'{"a": "\xed\xa0\x80"}',
    "two byte order marks": b"\xef\xbb\xbf\xef\xbb\xbf{}",
    "UTF-16": "{}".encode("utf-16"),
    "Latin-1": b'{"a": "\xe4"}',
    "a hundred and one within each other": b'{"a": ' + b"[" * 100 + b"]" * 100 + b"}",
    "objects within each other": b'{"a":' * 101 + b"1" + b"}" * 101,
    "very deep": b'{"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "very deep, never closed": b"[" * 200_000,
}


@pytest.mark.parametrize("raw", GOOD)
def test_takes(raw: bytes) -> None:
    assert isinstance(parsed_object(raw), dict)


@pytest.mark.parametrize("raw", BAD.values(), ids=BAD.keys())
def test_refuses(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever: none is shown
        parsed(raw)
    assert parsed_object(raw) is None


@pytest.mark.parametrize("raw", BAD.values(), ids=BAD.keys())
def test_such_a_bundle_is_invalid(raw: bytes, baked: Callable[[bytes], object]) -> None:
    baked(raw)
    with pytest.raises(SecretBakerError) as caught:
        secret("a")
    assert caught.value.code == "SECRET_BAKER_BUNDLE_INVALID"
    assert problem_of(caught.value).isprintable()


def outcome(call: Callable[[], str]) -> set[str]:
    try:
        call()
    except SecretBakerError as caught:
        return {caught.code}
    except RecursionError:  # there was not even room to begin
        pass
    return set()


def test_a_caller_near_its_limit_gets_an_error_of_ours(baked: Callable[[str], object]) -> None:
    baked("the second of two")

    def deep(left: int) -> str:
        return deep(left - 1) if left else secret("A")

    codes = set()
    frame, depth = sys._getframe(), 0
    while frame := frame.f_back:  # type: ignore[assignment]
        depth += 1
    for left in range(20, 60):
        codes |= outcome(lambda left=left: deep(sys.getrecursionlimit() - depth - left))  # type: ignore[misc]
    assert codes
    assert codes <= {"SECRET_BAKER_BUNDLE_INVALID", "SECRET_BAKER_UNREACHABLE"}
