"""No plaintext, data key or credential in anything that may be printed."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import copy
import gc
import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sealed
from child import KEYS, start
from fake_aws import CASES, FakeAws, case, content, error, garbage, reply, truncate

import secret_baker
from secret_baker import SecretBakerError, _connection, _opener, _reply

TWO = "the second of two"
SECRET_KEY = KEYS["AWS_SECRET_ACCESS_KEY"]


def shapes(raw: bytes) -> Iterator[str]:
    """Return how some bytes look when they are printed."""
    yield base64.b64encode(raw).decode()
    yield raw.hex()
    yield repr(raw)[2:-1]
    yield raw.decode(errors="backslashreplace")


def plaintexts_of(answer: object) -> Iterator[bytes]:
    """Return what an answer holds of secrets and data keys, as far as it is well-formed."""
    fields = answer if isinstance(answer, dict) else {}
    if isinstance(fields.get("SecretString"), str):
        yield fields["SecretString"].encode()
    for name in ("Plaintext", "SecretBinary"):
        with contextlib.suppress(TypeError, ValueError):
            yield base64.b64decode(fields.get(name))


FORBIDDEN = {
    shape[:60]
    for vector in CASES
    for rule in vector["calls"]
    for raw in plaintexts_of(rule.get("answer"))
    for shape in shapes(raw)
    if len(shape) > 5
} | {
    *shapes(sealed.VALUE),
    *shapes(sealed.DATA_KEY),
    SECRET_KEY,
    "put together",
    "secret_value",
    "first value",
    "second value",
    "session-token-of-the-test",
}


def assert_clean(text: str) -> None:
    for shape in FORBIDDEN:
        assert shape not in text, f"{shape!r} is shown"


def everything_about(error: BaseException) -> str:
    """Return what any logger might print of an error: the locals of our frames, and all it is chained to."""
    assert error.__cause__ is None
    assert error.__context__ is None
    assert error.__traceback__
    frames = traceback.TracebackException(type(error), error, error.__traceback__.tb_next, capture_locals=True)
    return "".join((*frames.format(), str(error), repr(error), repr(vars(error)), repr(error.args)))


@pytest.fixture(autouse=True)
def noticed(
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    baked: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Log all there is, and look at it at the end."""
    caplog.set_level(logging.DEBUG)
    baked(TWO)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session-token-of-the-test")
    monkeypatch.setattr("secret_baker._retry.sleep", lambda _: None)
    yield
    out, err = capfd.readouterr()
    assert_clean(out + err + caplog.text)


FAILING = [vector for vector in CASES if "fails" in vector["expect"]]


@pytest.mark.parametrize("vector", FAILING, ids=lambda vector: vector["title"])
def test_errors_of_the_vectors(vector: dict[str, Any], kms: FakeAws, baked: Any) -> None:
    baked(content(vector))
    kms.obey(vector)
    with pytest.raises(SecretBakerError) as caught:
        secret_baker.secret(vector["secret"])
    assert_clean(everything_about(caught.value))


def misframed(handler: Any) -> None:
    """Send a plaintext where the length of a chunk should be."""
    answer = b'{"Plaintext":"Zmlyc3QgdmFsdWU="}'
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + answer + b"\r\n")


BAD = [garbage, truncate, misframed, error("StrangeException"), error("InvalidSignatureException")]


@pytest.mark.parametrize("act", BAD)
def test_errors_of_a_bad_answer(act: Any, kms: FakeAws) -> None:
    kms.always = act
    with pytest.raises(SecretBakerError) as caught:
        secret_baker.secret("A")
    assert_clean(everything_about(caught.value))


@pytest.mark.parametrize("name", ["InvalidSignatureException", "SignatureFoo", "AccessDeniedException"])
@pytest.mark.parametrize("before", ["", "x" * 590])
def test_what_kms_says_of_a_wrong_signature_is_not_repeated(name: str, before: str, kms: FakeAws) -> None:
    said = f"{before}The Canonical String should have been 'x-amz-security-token:session-token-of-the-test'"
    kms.always = error(name, message=said)
    with pytest.raises(SecretBakerError) as caught:
        secret_baker.secret("A")
    assert_clean(everything_about(caught.value))


@pytest.mark.parametrize("call", [secret_baker.secrets, secret_baker.load_env])
def test_one_that_fails_beside_one_that_opens(call: Any, baked: Any) -> None:
    bundle = json.loads(content(case(TWO))) | {"C": json.loads(content(case("bytes that are no UTF-8, as text")))["A"]}
    baked(json.dumps(bundle).encode())
    with pytest.raises(SecretBakerError) as caught:
        call()
    assert caught.value.code == "SECRET_BAKER_NOT_TEXT"
    assert_clean(everything_about(caught.value))


@pytest.mark.parametrize("name", ["secret_async", "secrets_async"])
def test_errors_of_the_twins(name: str, baked: Any) -> None:
    bundle = json.loads(content(case(TWO))) | {"C": json.loads(content(case("bytes that are no UTF-8, as text")))["A"]}
    baked(json.dumps(bundle).encode())
    arguments = ("C",) if name == "secret_async" else ()
    with pytest.raises(SecretBakerError) as caught:
        asyncio.run(getattr(secret_baker, name)(*arguments))
    assert_clean(everything_about(caught.value))


@pytest.mark.parametrize("name", ["secret_async", "secret_bytes_async"])
def test_a_twin_that_is_awaited_leaves_nothing_in_a_future(name: str, kms: FakeAws) -> None:
    kms.latency = 0.1
    shown: list[str] = []

    async def user() -> int:
        return len(await getattr(secret_baker, name)("A"))

    async def main() -> None:
        task = asyncio.create_task(user())
        await asyncio.sleep(0)
        inner = task._fut_waiter  # type: ignore[attr-defined] # the repr of a task shows it
        inner.add_done_callback(lambda future: shown.append(repr(future)))
        assert await task == len("first value")

    asyncio.run(main())
    assert len(shown) == 1
    assert_clean(shown[0])


def test_asyncio_in_debug_mode_logs_no_plaintext(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        asyncio.get_running_loop().slow_callback_duration = 0  # each step is a slow one, and is logged
        await secret_baker.secret_async("A")
        await secret_baker.secret_bytes_async("A")
        await asyncio.gather(secret_baker.secrets_async(), secret_baker.load_env_async(only=[]))

    asyncio.run(main(), debug=True)
    assert caplog.text.count("Executing") > 10


def test_a_task_that_failed_and_nobody_asked(baked: Any, caplog: pytest.LogCaptureFixture) -> None:
    baked("bytes that are no UTF-8, as text")

    async def main() -> None:
        failed = asyncio.create_task(secret_baker.secret_async("A"))
        await asyncio.wait([failed])
        assert_clean(repr(failed))

    asyncio.run(main())
    gc.collect()
    assert "never retrieved" in caplog.text
    assert "SECRET_BAKER_NOT_TEXT" in caplog.text


def test_a_task_shows_its_result_so_readme_recommends_the_mapping() -> None:
    async def main() -> None:
        single = asyncio.ensure_future(secret_baker.secret_async("A"))
        mapping = asyncio.gather(secret_baker.secrets_async(only=["A"]))
        await asyncio.gather(single, mapping)
        assert "first value" in repr(single), "which README tells under Limits"
        assert_clean(repr(mapping))

    asyncio.run(main())


def test_an_uncaught_error(kms: FakeAws, baked: Callable[..., Path]) -> None:
    path = baked("bytes that are no UTF-8, as text")
    code = "import secret_baker\ntry:\n  1/0\nexcept ZeroDivisionError:\n  secret_baker.secret('A')"
    with start(code, SECRET_BAKER_FILE=str(path), AWS_ENDPOINT_URL_KMS=kms.url, **KEYS) as child:
        out, err = child.communicate(timeout=10)
    assert "SECRET_BAKER_NOT_TEXT" in err
    assert "UnicodeDecodeError" not in err
    assert_clean(out + err)


def test_the_mapping_shows_names_only() -> None:
    found = secret_baker.secrets()
    assert repr(found) == str(found) == f"{found}" == "<Secrets ['A', 'B']>"
    for view in (found.keys(), found.values(), found.items()):
        assert_clean(repr(view))
    assert found["A"] == "first value"
    assert not hasattr(found, "__dict__")
    with pytest.raises(KeyError) as caught:
        found["C"]
    assert_clean(str(caught.value))


@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy])
def test_the_mapping_is_not_pickled_by_accident(act: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match="not to be pickled"):
        act(secret_baker.secrets())


def test_our_objects_show_nothing(baked: Any) -> None:
    secret_baker.secrets()
    baked("advanced tier, suite 0378, frame=4096, 12 bytes")
    secret_baker.secret("A")
    ours = [thing for thing in gc.get_objects() if str(type(thing).__module__).startswith("secret_baker")]
    assert {_opener._State, _connection.Connection} <= {type(thing) for thing in ours}
    for thing in ours:
        assert_clean(f"{thing!r} {thing}")


def answer_of_both(handler: Any) -> None:
    """Answer as either service does."""
    answer = {**sealed.holds(sealed.VALUE.decode()), **sealed.opens(sealed.DATA_KEY)}
    if "credstash" in str(handler.asked):
        answer |= sealed.opens(sealed.DATA_KEY * 2)
    reply(handler, 200, json.dumps(answer).encode())


def test_objects_of_each_source_show_nothing(baked: Any, kms: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {
        "KMSFILE": sealed.kmsfile(),
        "SOPS": sealed.sops(),
        "CREDSTASH": sealed.credstash(context={"of": "credstash"}),
        "SECRET": sealed.secrets_manager(),
    }
    baked(sealed.bundle(**entries))
    monkeypatch.setenv("DB", f"secret-baker:{json.dumps(sealed.sops())}")
    kms.always = answer_of_both
    found = secret_baker.secrets()
    assert list(found.values()) == [sealed.VALUE.decode()] * len(entries)
    assert secret_baker.secret_from_env("DB") == sealed.VALUE.decode()
    ours = [thing for thing in gc.get_objects() if str(type(thing).__module__).startswith("secret_baker")]
    assert {"Flights", "Value", "_State"} <= {type(thing).__name__ for thing in ours}
    for thing in ours:
        assert_clean(f"{thing!r} {thing}")


@pytest.mark.parametrize(
    "entry",
    [
        sealed.kmsfile(arn=sealed.KEY_ARN + "ff"),
        sealed.sops(tag=sealed.base64(bytes(16))),
        sealed.credstash(hmac="00" * 32, context={"of": "credstash"}),
        sealed.secrets_manager(versionId="another"),
        sealed.secrets_manager(field="none"),
    ],
    ids=lambda entry: entry["source"],
)
def test_errors_of_each_source(entry: Any, baked: Any, kms: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    baked(sealed.bundle(A=entry))
    monkeypatch.setenv("DB", f"secret-baker:{json.dumps(entry)}")
    kms.always = answer_of_both
    for name, call in (("A", secret_baker.secret), ("DB", secret_baker.secret_from_env)):
        with pytest.raises(SecretBakerError) as caught:
            call(name)
        assert_clean(everything_about(caught.value))


def test_an_answer_shows_its_status() -> None:
    assert repr(_reply.Answer(200, {}, b"first value")) == "<Answer 200>"


def test_an_error_survives_pickling(kms: FakeAws) -> None:
    kms.always = error("DisabledException")
    with pytest.raises(SecretBakerError) as caught:
        secret_baker.secret("A")
    copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert str(copied) == str(caught.value)
    assert (copied.code, copied.secret) == ("SECRET_BAKER_KEY_UNUSABLE", "A")
