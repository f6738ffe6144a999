"""`load_env`."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_aws import ROOT, FakeAws, case, content, reply

from secret_baker import SecretBakerError, load_env

TWO = "the second of two"


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def test_sets_all(baked: Callable[..., Path]) -> None:
    baked(TWO)
    assert load_env() == ["A", "B"]
    assert (os.environ["A"], os.environ["B"]) == ("first value", "second value")


def test_sets_those_asked_for_under_a_prefix(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(TWO)
    assert load_env(only=["B"], prefix="APP_") == ["APP_B"]
    assert os.environ["APP_B"] == "second value"
    assert not {"A", "B", "APP_A"} & os.environ.keys()
    assert len(kms.calls) == 1


def test_what_is_set_stays_and_is_not_opened(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(TWO)
    os.environ["A"] = ""
    assert load_env() == ["B"]
    assert os.environ["A"] == ""
    assert len(kms.calls) == 1


def test_override_replaces(baked: Callable[..., Path]) -> None:
    baked(TWO)
    os.environ["A"] = "mine"
    assert load_env(override=True) == ["A", "B"]
    assert os.environ["A"] == "first value"


def test_sets_none_if_one_fails(baked: Callable[..., Path]) -> None:
    bundle = json.loads(content(case(TWO))) | {"C": None}
    baked(json.dumps(bundle).encode())
    with pytest.raises(SecretBakerError) as caught:
        load_env()
    assert caught.value.code == "SECRET_BAKER_BUNDLE_INVALID"
    assert not {"A", "B"} & os.environ.keys()


def test_names_what_is_missing(baked: Callable[..., Path]) -> None:
    baked(TWO)
    with pytest.raises(SecretBakerError, match="SECRET_BAKER_NOT_IN_BUNDLE"):
        load_env(only=["C"])


@pytest.mark.parametrize("value", [b"a\0b", b"\0"])
def test_refuses_a_value_with_a_nul(value: bytes, kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(TWO)
    kms.always = lambda h: reply(h, 200, json.dumps({"Plaintext": base64.b64encode(value).decode()}).encode())
    with pytest.raises(SecretBakerError) as caught:
        load_env(only=["A"])
    assert caught.value.code == "SECRET_BAKER_NOT_A_VARIABLE"
    assert "secret `A`: it cannot be an environment variable: its value is none of a variable's; read it with" in str(
        caught.value
    )
    assert caught.value.__context__ is None
    assert "A" not in os.environ


CONTRACT = json.loads((ROOT / "runtime/contract.json").read_text(encoding="utf-8"))["variables"]


def named_after(pattern: str) -> str:
    return pattern.replace("*", "ANY")


@pytest.mark.parametrize("pattern", CONTRACT["reserved"])
@pytest.mark.parametrize("override", [False, True])
def test_refuses_what_belongs_to_the_runtime(
    pattern: str, *, override: bool, kms: FakeAws, baked: Callable[..., Path]
) -> None:
    entry = json.loads(content(case(TWO)))["A"]
    name = named_after(pattern)
    before = os.environ.get(name)
    baked(json.dumps({"GOOD": entry, name: entry}).encode())
    for only in (None, [name, "GOOD"]):
        with pytest.raises(SecretBakerError) as caught:
            load_env(only=only, override=override)
        assert [(p.secret, p.code) for p in caught.value.problems] == [(name, "SECRET_BAKER_NOT_A_VARIABLE")]
        assert f"`{name}` is reserved; that variable belongs to the runtime, a loader or AWS" in str(caught.value)
    assert os.environ.get(name) == before
    assert "GOOD" not in os.environ
    assert kms.calls == []


def test_a_prefix_may_lead_into_what_is_reserved(baked: Callable[..., Path]) -> None:
    entry = json.loads(content(case(TWO)))["A"]
    baked(json.dumps({"OPTIONS": entry, "PATH": entry}).encode())
    with pytest.raises(SecretBakerError) as caught:
        load_env(prefix="NODE_")
    assert [problem.secret for problem in caught.value.problems] == ["OPTIONS", "PATH"]
    assert load_env(prefix="MY_") == ["MY_OPTIONS", "MY_PATH"]


@pytest.mark.parametrize("name", ["PATHS", "XPATH", "path", "SAWS_A", "HOMER", "MY_HOME", "env", "PROXY"])
def test_takes_what_only_resembles_it(name: str, baked: Callable[..., Path]) -> None:
    baked(json.dumps({name: json.loads(content(case(TWO)))["A"]}).encode())
    assert load_env() == [name]


@pytest.mark.parametrize("pattern", CONTRACT["onlyNamed"])
def test_sets_a_proxy_only_where_it_is_named(pattern: str, baked: Callable[..., Path]) -> None:
    entry = json.loads(content(case(TWO)))["A"]
    name = named_after(pattern)
    baked(json.dumps({"GOOD": entry, name: entry}).encode())
    with pytest.raises(SecretBakerError) as caught:
        load_env()
    assert [(p.secret, p.code) for p in caught.value.problems] == [(name, "SECRET_BAKER_NOT_A_VARIABLE")]
    assert "it is set only where it is chosen by its name" in str(caught.value)
    assert not {"GOOD", name} & os.environ.keys()
    assert load_env(only=[name]) == [name]
    assert os.environ[name] == "first value"


@pytest.mark.parametrize("bad", [{"prefix": None}, {"prefix": b"A"}, {"only": "A"}, {"only": 5}, {"only": [5]}])
def test_a_wrong_argument_is_told_in_words(bad: dict[str, Any], baked: Callable[..., Path]) -> None:
    baked(TWO)
    with pytest.raises(TypeError, match=r"string|several names"):
        load_env(**bad)


@pytest.mark.parametrize("name", ["", "A=B", "A\0B"])
def test_refuses_a_name_that_no_variable_has(name: str, baked: Callable[..., Path]) -> None:
    entry = json.loads(content(case(TWO)))["A"]
    baked(json.dumps({"GOOD": entry, name: entry}).encode())
    with pytest.raises(SecretBakerError) as caught:
        load_env()
    assert [(problem.secret, problem.code) for problem in caught.value.problems] == [
        (name, "SECRET_BAKER_NOT_A_VARIABLE")
    ]
    assert "` is not the name of a variable; read it with the package instead" in str(caught.value)
    assert "GOOD" not in os.environ
    assert load_env(only=["GOOD"]) == ["GOOD"]


def test_a_prefix_gives_a_name_to_what_has_none(baked: Callable[..., Path]) -> None:
    baked(json.dumps({"": json.loads(content(case(TWO)))["A"]}).encode())
    assert load_env(prefix="APP") == ["APP"]


def test_a_prefix_may_spoil_all_names(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(TWO)
    with pytest.raises(SecretBakerError) as caught:
        load_env(prefix="A=")
    assert [problem.secret for problem in caught.value.problems] == ["A", "B"]
    assert kms.calls == []


def test_a_value_the_locale_cannot_encode_is_refused_without_showing_it(
    baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(text: str) -> bytes:
        return text.encode("ascii")

    baked("UTF-8 of two, three and four bytes")
    monkeypatch.setattr(os, "fsencode", cannot)
    with pytest.raises(SecretBakerError) as caught:
        load_env()
    assert caught.value.code == "SECRET_BAKER_NOT_A_VARIABLE"
    assert caught.value.__context__ is None
