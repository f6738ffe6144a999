"""A call that several entries of a source share, and what it gave."""

from __future__ import annotations

from ._failure import Failure, crowded_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from ._deadline import Wish
    from ._flights import Flights

    T = TypeVar("T")


def shared(flights: Flights, name: str, make: Callable[[], T], wish: Wish) -> T:
    """Return what `make` returns for a name: for all who wish it meanwhile, and for those who do so afterwards.

    Raises Failure: what `make` raises, for all who have waited, and UNREACHABLE where the time of this caller is over.
    """

    def outcome_of() -> T | Failure:
        try:
            return make()
        except Failure as failure:
            return failure

    outcome = flights.taken(name, outcome_of, wish, fresh=wish.fresh)
    if outcome is None:
        raise crowded_out()
    if isinstance(outcome, Failure):
        raise outcome
    return outcome
