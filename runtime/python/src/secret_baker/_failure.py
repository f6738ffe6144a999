"""Failures on their way up, before it is known which secret they belong to, and the sentence that is made of one."""

from __future__ import annotations

from . import _contract


class Description:
    """What sentences say of an entry.

    `place` tells where its secret is kept, such as `parameter ARN, region R`: printable whatever the entry holds, and
    empty before an entry is known. `context` is the encryption context that it opens under. `action` is the permission
    of its one kind of call: the name of a service in the contract, a colon, the operation.
    """

    __slots__ = ("action", "context", "place")

    def __init__(self, place: str = "", context: dict[str, str] | None = None, action: str = "kms:Decrypt") -> None:
        self.place = place
        self.context = context or {}
        self.action = action


class Failure(Exception):  # noqa: N818 - the public error is SecretBakerError; this one never leaves the package
    """What failed, and what to do about it: a sentence and a hint of the contract.

    `code` comes without its prefix, `what` tells this case, `kind` which of the code's hints is right, `parts` what
    stands in it besides what the entry says. `key` is the ARN of a KMS key, `context` the encryption context that it
    was asked with, where they are known. `again` tells that another attempt may succeed.
    """

    def __init__(
        self, code: str, what: str = "", kind: str = "", *, key: str = "", again: bool = False, **parts: str
    ) -> None:
        super().__init__(code, what)
        self.code = f"SECRET_BAKER_{code}"
        self.what = what
        self.kind = kind
        self.key = key
        self.again = again
        self.context: dict[str, str] | None = None
        self.parts = parts

    def told(self, entry: Description | None = None) -> str:
        """Return it as one sentence, of an entry and its place where they are known."""
        from ._wording import HINTS, HINTS_OF, SENTENCES, SENTENCES_OF

        entry = entry or Description()
        code = self.args[0]
        service = entry.action.partition(":")[0]
        parts = _parts(entry, service, entry.context if self.context is None else self.context) | self.parts
        sentence = (SENTENCES_OF.get(service, {}).get(code) or SENTENCES[code]).format(**parts)
        own = HINTS_OF.get(service, {}).get(code, {})
        hint = (own.get(self.kind) or HINTS[code][self.kind]).format(**parts)
        is_known = not self.key or shown(self.key) in entry.place
        key = "" if is_known else f", key {shown(self.key)}"
        where = f" ({entry.place}{key})" if entry.place else ""
        return f"{sentence}{': ' if self.what else ''}{self.what}{where}; {hint}"


class Lost(Exception):  # noqa: N818 - a step of a retry, not an error of its own
    """No whole answer has come: `why`, and which of the contract's hints for UNREACHABLE is right.

    `variable` is the one that names the proxy, if one was used. `stale` tells that a kept connection had died before
    anything was answered on it, `hopeless` that another attempt would end the same way.
    """

    def __init__(
        self, why: str, kind: str = "", *, variable: str = "", stale: bool = False, hopeless: bool = False
    ) -> None:
        super().__init__(why)
        self.why = why
        self.kind = kind
        self.variable = variable
        self.stale = stale
        self.hopeless = hopeless


def crowded_out() -> Failure:
    """Return that the time of a caller was over before its turn came."""
    return Failure("UNREACHABLE", "timed out while others were opened", "waiting")


def quoted(text: str) -> str:
    """Return a foreign text between quotation marks, for a sentence."""
    return f"`{shown(text)}`"


def shown(text: str) -> str:
    """Return a foreign text for a sentence: on one line, printable whatever it holds, and no longer than allowed."""
    first = text[: _contract.SHOWN_CHARS]
    if not first.isprintable():
        first = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in first)
    cut = len(first) > _contract.SHOWN_CHARS or len(text) > _contract.SHOWN_CHARS
    return f"{first[: _contract.SHOWN_CHARS]}…" if cut else first


def _parts(entry: Description, service: str, context: dict[str, str]) -> dict[str, str]:
    """Return what stands in the contract's sentences and hints for an entry."""
    import json

    name, host, endpoint = _contract.SERVICES[service]
    return {
        "service": name,
        "action": entry.action,
        "host": host,
        "endpoint": endpoint,
        "context": shown(json.dumps(context)),
    }
