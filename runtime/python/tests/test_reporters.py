"""Error reporters walk through what stands in the frames of a traceback, and send it away."""

from __future__ import annotations

import copy
import json
import pickle
import pprint
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import pytest
from fake_aws import FakeAws, error

import secret_baker
from secret_baker import Problem, SecretBakerError
from secret_baker._mapping import Secrets

TEXTS = {"A": "first plaintext", "B": "second plaintext"}
SHAPES: dict[str, Callable[[Secrets], object]] = {
    "all": lambda found: found,
    "values": lambda found: found.values(),
    "items": lambda found: found.items(),
    "keys": lambda found: found.keys(),
    "within a list": lambda found: [found, {"found": found}],
    "being walked through": lambda found: iter(found.items()),
}
shape = pytest.mark.parametrize("shaped", SHAPES.values(), ids=SHAPES.keys())


@pytest.fixture
def found() -> Secrets:
    return Secrets(TEXTS)


@shape
def test_sentry_sends_names_only(shaped: Callable[[Secrets], object], found: Secrets) -> None:
    sentry_sdk = pytest.importorskip("sentry_sdk", reason="not installed: see __test__/aws/requirements.txt")
    sent: list[Any] = []
    sentry_sdk.init(
        dsn="http://key@127.0.0.1:9/1",
        default_integrations=False,
        max_request_body_size="always",
        before_send=lambda event, _: sent.append(json.dumps(event, default=repr)),
    )
    local = shaped(found)
    sentry_sdk.set_context("secrets", {"found": local})
    try:
        len(5)  # type: ignore[arg-type] # it fails in a frame that holds them
    except TypeError as raised:
        sentry_sdk.capture_exception(raised)
    (event,) = sent
    assert "TypeError" in event
    assert '"local"' in event, "it sends the variables of a frame"
    assert not [text for text in TEXTS.values() if text in event]


@shape
def test_it_is_nothing_that_reporters_look_into(shaped: Callable[[Secrets], object], found: Secrets) -> None:
    local = shaped(found)
    if isinstance(local, list) or not isinstance(local, Iterable):
        return
    assert not isinstance(local, Mapping)
    assert not hasattr(local, "__dict__")
    if isinstance(local, (AbstractSet, Sequence)):
        assert list(local) == ["A", "B"], "names"


@shape
@pytest.mark.parametrize("printed", [repr, str, pprint.pformat, lambda local: json.dumps(local, default=repr)])
def test_it_is_printed_by_its_names(
    printed: Callable[[object], str], shaped: Callable[[Secrets], object], found: Secrets
) -> None:
    assert "plaintext" not in printed(shaped(found))


@pytest.mark.parametrize("slot", ["_names", "_text_of"])
def test_its_slots_show_none(slot: str, found: Secrets) -> None:
    assert "plaintext" not in repr(getattr(found, slot))


def test_ipython_shows_names_only(found: Secrets) -> None:
    class Printer:
        said = ""

        def text(self, said: str) -> None:
            self.said += said

    printer = Printer()
    found._repr_pretty_(printer, False)  # noqa: FBT003 - as IPython does
    assert printer.said == "<Secrets ['A', 'B']>"


@pytest.mark.parametrize("act", [json.dumps, pickle.dumps, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("shaped", [SHAPES["all"], SHAPES["values"], SHAPES["items"]])
def test_it_is_neither_copied_nor_serialised_by_accident(
    act: Callable[[object], object], shaped: Callable[[Secrets], object], found: Secrets
) -> None:
    with pytest.raises(TypeError) as caught:
        act(shaped(found))
    assert "plaintext" not in str(caught.value)


def test_it_is_read_as_a_dict_is(found: Secrets) -> None:
    assert [dict(found), {**found}, dict(found.items())] == [TEXTS] * 3
    assert found == TEXTS
    assert not TEXTS != found  # noqa: SIM202, SIM300 - a dict asks it from its side
    assert found == Secrets(TEXTS)
    assert found != {}
    assert found != 5
    assert list(found) == list(found.keys()) == ["A", "B"]
    assert list(found.values()) == list(TEXTS.values())
    assert len(found) == len(found.values()) == len(found.items()) == 2
    assert "A" in found
    assert "C" not in found
    assert "first plaintext" in found.values()
    assert ("A", "first plaintext") in found.items()
    assert (found.get("A"), found.get("C"), found.get("C", 5)) == ("first plaintext", None, 5)
    with pytest.raises(KeyError, match="C"):
        found["C"]
    with pytest.raises(TypeError, match="unhashable"):
        hash(found)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_survives_each_way_of_copying(protocol: int, kms: FakeAws, baked: Any) -> None:
    baked("the second of two")
    kms.always = error("DisabledException")
    with pytest.raises(SecretBakerError) as caught:
        secret_baker.secrets()
    for copied in (
        pickle.loads(pickle.dumps(caught.value, protocol)),  # noqa: S301 - our own
        copy.copy(caught.value),
        copy.deepcopy(caught.value),
    ):
        assert str(copied) == str(caught.value)
        assert (copied.code, copied.secret) == ("SECRET_BAKER_KEY_UNUSABLE", "A")
        assert [problem.secret for problem in copied.problems] == ["A", "B"]
        assert all(isinstance(problem, Problem) for problem in copied.problems)
