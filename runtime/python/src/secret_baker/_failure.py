"""A failure on its way up, before it is known which secret it belongs to."""

from __future__ import annotations


class Failure(Exception):  # noqa: N818 - the public error is SecretBakerError; this one never leaves the package
    """What failed, and what to do about it.

    `code` comes without its prefix, `what` is half a sentence, `hint` names the likely cause and the next step,
    `key` is the ARN of a KMS key where one is known. `again` tells that another attempt may succeed.
    """

    def __init__(self, code: str, what: str, hint: str, *, key: str = "", again: bool = False) -> None:
        super().__init__(code, what)
        self.code = f"SECRET_BAKER_{code}"
        self.what = what
        self.hint = hint
        self.key = key
        self.again = again


def quoted(name: str) -> str:
    """Return a name for a sentence: on one line, and printable whatever it holds."""
    return f"`{name}`" if name.isprintable() else ascii(name)


def one_line(text: str) -> str:
    """Return a foreign text for a sentence: on one line, at most 500 characters of it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:500]).split())
