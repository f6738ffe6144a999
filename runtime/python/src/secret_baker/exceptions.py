"""What callers may catch."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Problem:
    """Why one secret could not be opened. Holds neither plaintext nor keys nor credentials.

    `code` is one of the stable SECRET_BAKER_* codes, `message` a sentence, `secret` the name of the secret or of the
    environment variable that it is sealed in, or None where the whole file is meant.
    """

    __slots__ = ("code", "message", "secret")

    def __init__(self, code: str, secret: str | None, message: str) -> None:
        self.code = code
        self.secret = secret
        self.message = message

    def __reduce__(self) -> tuple[type[Problem], tuple[str, str | None, str]]:
        return type(self), (self.code, self.secret, self.message)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r}, {self.secret!r}, {self.message!r})"


class SecretBakerError(Exception):
    """One or more secrets could not be opened.

    `code` and `secret` are those of the first problem; `problems` holds them all, in the order of the bundle.
    """

    def __init__(self, code: str, secret: str | None, problems: Iterable[Problem]) -> None:
        self.code = code
        self.secret = secret
        self.problems = tuple(problems)
        super().__init__(code, secret, self.problems)

    def __str__(self) -> str:
        from ._pages import pages

        lines = [f"{problem.code}: {problem.message}" for problem in self.problems]
        text = lines[0] if len(lines) == 1 else "\n- ".join([f"{len(lines)} secrets could not be opened", *lines])
        return "\n".join([text, *pages(problem.code for problem in self.problems)])
