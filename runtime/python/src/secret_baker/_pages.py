"""Where the page of all codes says more of one."""

from __future__ import annotations

from ._contract import PAGES_SHOWN
from ._wording import PAGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def pages(codes: Iterable[str]) -> list[str]:
    """Return the lines that end a message: one for each code, or one for the whole page where there are many."""
    distinct = list(dict.fromkeys(codes))
    anchors = [""] if len(distinct) > PAGES_SHOWN else [f"#{code.lower()}" for code in distinct]
    return [f"  more: {PAGE}{anchor}" for anchor in anchors]
