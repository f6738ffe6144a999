"""Many secrets at once, unprintable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


class Secrets(Mapping[str, str]):
    """Texts by name, in the order of the bundle. Its repr shows the names; it cannot be pickled by accident."""

    __slots__ = ("_texts",)

    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts

    def __getitem__(self, name: str) -> str:
        return self._texts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __repr__(self) -> str:
        return f"<Secrets {list(self._texts)}>"

    def __reduce__(self) -> str:
        raise TypeError("secrets are not to be pickled: pickle a dict of them if you must")
