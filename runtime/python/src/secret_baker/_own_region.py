"""The region that this process runs in."""

from __future__ import annotations

import os


def own_region() -> str:
    """Return its name, as Lambda and AWS's own tools are told it, unchecked; an empty text where they are not."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
