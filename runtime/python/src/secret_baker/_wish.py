"""What the caller of an opening asks for."""

from __future__ import annotations

from ._deadline import Deadline


class Wish(Deadline):
    """How long an opening may take, and whether it is to be made anew (`fresh`) where its outcome is kept."""

    __slots__ = ("fresh",)

    def __init__(self, seconds: float, since: float, *, fresh: bool) -> None:
        super().__init__(seconds, since)
        self.fresh = fresh
