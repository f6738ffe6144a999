"""A failure on its way up, before it is known which secret it belongs to."""

from __future__ import annotations

from . import _contract


class Failure(Exception):  # noqa: N818 - the public error is SecretBakerError; this one never leaves the package
    """What failed, and what to do about it: a sentence and a hint of the contract.

    `code` comes without its prefix, `what` tells this case, `kind` which of the code's hints is right, `parts` what
    stands in it. `key` is the ARN of a KMS key where one is known. `again` tells that another attempt may succeed.
    """

    def __init__(
        self, code: str, what: str = "", kind: str = "", *, key: str = "", again: bool = False, **parts: str
    ) -> None:
        super().__init__(code, what)
        self.code = f"SECRET_BAKER_{code}"
        self.sentence = _contract.SENTENCES[code]
        self.what = what
        self.kind = kind
        self.hint = _contract.HINTS[code][kind].format(**parts)
        self.key = key
        self.again = again

    def told(self, where: str = "") -> str:
        """Return it as one sentence, with the place that it happened at."""
        return f"{self.sentence}{': ' if self.what else ''}{self.what}{where}; {self.hint}"


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
