"""What the opener asks of an entry, whatever its source. For types only: nobody imports it to run it."""

from __future__ import annotations

from typing import Protocol

from ._deadline import Wish
from ._failure import Description


class Entry(Protocol):
    """An entry of the bundle, checked by its source as far as that can be done without a call."""

    def describe(self) -> Description:
        """Return what sentences say of it."""

    def open(self, wish: Wish, /) -> bytes:
        """Return its plaintext. Raises Failure, which holds none of it."""
