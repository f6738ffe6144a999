"""Many secrets at once, unprintable."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, KeysView
    from typing import Any, TypeVar

    D = TypeVar("D")


class Secrets:
    """Texts by name, in the order of the bundle: read as a dict is. Its repr shows the names.

    It is no `collections.abc.Mapping`, as that is what error reporters walk through and send away, and it keeps the
    texts behind a function, which those pass over that look into an object. It is not pickled or copied by accident.
    """

    __slots__ = ("_names", "_text_of")
    __hash__ = None  # type: ignore[assignment] # as a dict

    def __init__(self, texts: dict[str, str]) -> None:
        self._names = dict.fromkeys(texts)
        self._text_of: Callable[[str], str] = texts.__getitem__

    def __getitem__(self, name: str) -> str:
        if name not in self._names:
            raise KeyError(name)
        return self._text_of(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Secrets):
            return dict(self.items()) == dict(other.items())
        return dict(self.items()) == other if isinstance(other, dict) else NotImplemented

    def get(self, name: str, default: D = None) -> str | D:  # type: ignore[assignment] # as a dict's
        """Return a text, or the default if there is none of that name."""
        return self._text_of(name) if name in self._names else default

    def keys(self) -> KeysView[str]:
        """Return the names."""
        return self._names.keys()

    def values(self) -> Collection[str]:
        """Return the texts, to be walked through."""
        return _View(self._names, self._text_of)

    def items(self) -> Collection[tuple[str, str]]:
        """Return the pairs of name and text, to be walked through."""
        text_of = self._text_of
        return _View(self._names, lambda name: (name, text_of(name)))

    def __repr__(self) -> str:
        return f"<Secrets {list(self._names)}>"

    __sentry_repr__ = __repr__

    def _repr_pretty_(self, printer: Any, _: bool) -> None:  # noqa: FBT001 - IPython's
        printer.text(repr(self))

    def __reduce__(self) -> str:
        raise TypeError("secrets are not to be pickled: pickle a dict of them if you must")


class _View:
    """What `values` and `items` return: no `Set` and no `Sequence`, whose elements would be shown."""

    __slots__ = ("_names", "_one")

    def __init__(self, names: dict[str, None], one: Callable[[str], Any]) -> None:
        self._names = names
        self._one = one

    def __iter__(self) -> Iterator[Any]:
        return map(self._one, self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, value: object) -> bool:
        return any(value == one for one in self)

    def __repr__(self) -> str:
        return f"<of Secrets {list(self._names)}>"

    __sentry_repr__ = __repr__

    __reduce__ = Secrets.__reduce__
