"""ARNs and regions."""

from __future__ import annotations

import re

from . import _contract


class Region:
    """A region by its name, and the partition that it belongs to."""

    __slots__ = ("name", "partition")

    def __init__(self, name: str, partition: str) -> None:
        self.name = name
        self.partition = partition


class Arn:
    """An ARN and its region. `of` is its service, `pattern` what the contract calls the rest.

    Raises ValueError for any other text.
    """

    __slots__ = ("region", "text")

    def __init__(self, text: str, of: str, pattern: str) -> None:
        parts = text.split(":", 5)
        if (
            len(text) > _contract.ARN_BYTES
            or len(parts) != 6
            or (parts[0], parts[2]) != ("arn", of)
            or not (parts[1] in _contract.PARTITIONS or _fits("partition", parts[1]))
            or not _fits("region", parts[3])
            or not _fits("account", parts[4])
            or not _fits(pattern, parts[5])
        ):
            raise ValueError(text)
        self.text = text
        self.region = Region(parts[3], parts[1])


def region_named(name: str) -> Region:
    """Return the region of a name, in the partition that such names belong to. Raises ValueError for any other text."""
    if not _fits("region", name):
        raise ValueError(name)
    return Region(name, next(partition for start, partition in _contract.REGIONS.items() if re.match(start, name)))


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(_contract.PATTERNS[pattern], text) is not None
