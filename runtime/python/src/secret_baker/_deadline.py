"""How long a call may still take."""

from __future__ import annotations

from time import monotonic


class Deadline:
    """A point on the monotonic clock. It may be put off: a process that was frozen has not used its time."""

    __slots__ = ("at",)

    def __init__(self, seconds: float) -> None:
        self.at = monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left; negative when it is over."""
        return self.at - monotonic()

    def within(self, seconds: float) -> Deadline:
        """Return the earlier one of this and of so many seconds from now."""
        return Deadline(min(seconds, self.left()))
