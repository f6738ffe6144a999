"""A name's way to its plaintext: opened once, whoever asks at once, and remembered."""

from __future__ import annotations

import threading

from . import _bundle, _contract, _flights, _sources
from ._deadline import Wish
from ._failure import Failure, crowded_out, quoted
from ._places import places
from ._settings import settings
from .exceptions import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ._entry import Entry

_SECRET, _VARIABLE = "secret", "environment variable"


class _Reason:
    """Why there is no plaintext: a code and a sentence, which do not say who asked."""

    __slots__ = ("code", "sentence")

    def __init__(self, failure: Failure, entry: Entry | None = None) -> None:
        self.code = failure.code
        self.sentence = failure.told(entry.describe() if entry else None)


class _State:
    """What this process has read and opened: secrets by their name, variables by their value."""

    __slots__ = ("bundle", "flights", "variables")

    def __init__(self) -> None:
        self.bundle: dict[str, object] | None = None
        self.flights = _flights.Flights(_Reason)
        self.variables = _flights.Flights(_Reason)


def raw(name: str, since: float, *, fresh: bool) -> bytes | Problem:
    """Return the plaintext of a secret, or why there is none. Its time is counted `since` then."""
    _check(name, "a secret")
    return _told(_SECRET, name, _opened(name, Wish(settings.timeout, since, fresh=fresh)))


def text(name: str, since: float, *, fresh: bool) -> str | Problem:
    """Return a plaintext as text, or why there is none."""
    return _decoded(_SECRET, name, raw(name, since, fresh=fresh))


def raw_of_variable(name: str, since: float, *, fresh: bool) -> bytes | Problem:
    """Return the plaintext of what is sealed in an environment variable, or why there is none."""
    from . import _variable

    _check(name, "an environment variable")
    wish = Wish(settings.timeout, since, fresh=fresh)
    try:
        value = _variable.value_of(name)
    except Failure as failure:
        return _told(_VARIABLE, name, _Reason(failure))
    outcome = _state.variables.taken(
        value, lambda: _made(lambda: _variable.parsed(value), "VARIABLE_INVALID", wish), wish, fresh=fresh
    )
    return _told(_VARIABLE, name, outcome)


def text_of_variable(name: str, since: float, *, fresh: bool) -> str | Problem:
    """Return the same as text, or why there is none."""
    return _decoded(_VARIABLE, name, raw_of_variable(name, since, fresh=fresh))


def names(only: Iterable[str] | None) -> list[str] | Problem:
    """Return the names asked for, each once, or all of the bundle; or why there is no bundle."""
    chosen = None if only is None else _chosen(only)
    try:
        bundle = _read()
    except Failure as failure:
        return Problem(failure.code, None, failure.told())
    return list(bundle) if chosen is None else chosen


def texts(wanted: list[str], since: float) -> dict[str, str] | list[Problem]:
    """Return all these plaintexts, opened side by side, or all reasons why one of them is missing."""
    outcomes = {name: _decoded(_SECRET, name, outcome) for name, outcome in _side_by_side(wanted, since).items()}
    problems = [outcome for outcome in outcomes.values() if isinstance(outcome, Problem)]
    return problems or {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, str)}


def forget() -> None:
    """Drop all that was read and opened; openings under way do not come back into the cache."""
    _state.bundle = None  # first, so that what begins in between is of the next one
    _flights.forget()


def _check(name: object, what: str) -> None:
    if not isinstance(name, str):
        raise TypeError(f"the name of {what} is a string, not {type(name).__name__}")


def _chosen(only: Iterable[str]) -> list[str]:
    if isinstance(only, str) or not hasattr(only, "__iter__"):
        raise TypeError(f"`only` is several names, such as a list of them, not {type(only).__name__}")
    chosen = list(only)
    for name in chosen:
        if not isinstance(name, str):
            raise TypeError(f"the names in `only` are strings, not {type(name).__name__}")
    return list(dict.fromkeys(chosen))


def _side_by_side(wanted: list[str], since: float) -> dict[str, bytes | Problem]:
    wish = Wish(settings.timeout, since, fresh=False)
    outcomes: dict[str, bytes | _Reason | None] = {}
    left = wanted[::-1]

    def work() -> None:
        while left:
            try:
                name = left.pop()
            except IndexError:  # another thread took it
                break
            outcomes[name] = _opened(name, wish)

    threads = _started(work, sum(name not in _state.flights for name in wanted))
    try:
        work()
        for thread in threads:
            wish.wait(lambda seconds, thread=thread: not (thread.join(seconds) or thread.is_alive()))  # type: ignore[misc]
    finally:
        left.clear()  # an interrupt ends it all, and not only this thread's part
    return {name: _told(_SECRET, name, outcomes.get(name)) for name in wanted}


def _decoded(kind: str, name: str, outcome: bytes | Problem) -> str | Problem:
    if isinstance(outcome, Problem):
        return outcome
    try:
        return outcome.decode()
    except UnicodeDecodeError:  # which holds the plaintext: it ends here
        failure = Failure("NOT_TEXT")
    return _problem(kind, name, _Reason(failure))


def _opened(name: str, wish: Wish) -> bytes | _Reason | None:
    def parsed() -> Entry:
        return _sources.parsed(_bundle.fields_of(_read(), name))

    return _state.flights.taken(name, lambda: _made(parsed, "BUNDLE_INVALID", wish), wish, fresh=wish.fresh)


def _made(parsed: Callable[[], Entry], invalid: str, wish: Wish) -> bytes | _Reason:
    """Return what an entry opens to, or why it does not; `invalid` is the code of one that cannot be parsed."""
    entry = None
    try:
        entry = parsed()
        return entry.open(wish)
    except Failure as failure:
        return _Reason(failure, entry)
    except Exception as error:  # noqa: BLE001 - no error but our own leaves, and this one may hold a plaintext
        return _Reason(Failure("UNREACHABLE" if entry else invalid, f"stopped by {type(error).__name__}"), entry)


def _read() -> dict[str, object]:
    bundle = _state.bundle
    if bundle is None:  # two threads may read it at once, which does no harm
        bundle = _state.bundle = _bundle.read(places(settings.file))
    return bundle


def _told(kind: str, name: str, outcome: bytes | _Reason | None) -> bytes | Problem:
    """Return a plaintext, or the problem of who asked for it; None tells that the time was over."""
    if isinstance(outcome, bytes):
        return outcome
    return _problem(kind, name, outcome or _Reason(crowded_out()))


def _problem(kind: str, name: str, reason: _Reason) -> Problem:
    return Problem(reason.code, name, f"{kind} {quoted(name)}: {reason.sentence}")


def _started(work: Callable[[], None], count: int) -> list[threading.Thread]:
    """Return threads beside this one: none for a single secret, and fewer where no more can be started."""
    threads: list[threading.Thread] = []
    for _ in range(min(_contract.AT_ONCE_PER_PROCESS, count) - 1):
        thread = threading.Thread(target=work, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            break
        threads.append(thread)
    return threads


_state = _State()
