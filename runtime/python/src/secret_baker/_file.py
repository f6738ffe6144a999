"""Files that somebody else has named: none that never ends, none that is too long."""

from __future__ import annotations

import os
import stat


def content(path: str, longest: int) -> bytes:
    """Return what a regular file holds, and one byte too many if it is too long. Raises OSError, ValueError."""
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - pathlib is slow to import
        raise IsADirectoryError(0, "it is not a file")  # nor a pipe, which nobody may ever write to
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read(longest + 1)
