"""Opens the secrets that Secret Baker has baked into a Lambda artefact.

    from secret_baker import secret

    password = secret("DB_PASSWORD")

Importing this package imports next to nothing; all else comes with the first secret that is opened.
"""

from __future__ import annotations

from .exceptions import Problem, SecretBakerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from os import PathLike
    from typing import TypeVar

    T = TypeVar("T")

__all__ = [
    "Problem",
    "SecretBakerError",
    "configure",
    "load_env",
    "load_env_async",
    "secret",
    "secret_async",
    "secret_bytes",
    "secret_bytes_async",
    "secrets",
    "secrets_async",
]
__version__ = "1.0.0"


def secret(name: str, *, fresh: bool = False) -> str:
    """Return a secret as text. The first call asks KMS, later ones do not; `fresh` asks again.

    Raises SecretBakerError, which never holds a plaintext. Thread-safe.
    """
    from . import _opener

    opened = _opener.text(name, fresh=fresh)
    if isinstance(opened, Problem):
        raise _error([opened])
    return opened


def secret_bytes(name: str, *, fresh: bool = False) -> bytes:
    """Return a secret as bytes, which need not be UTF-8. Otherwise as `secret`."""
    from . import _opener

    opened = _opener.raw(name, fresh=fresh)
    if isinstance(opened, Problem):
        raise _error([opened])
    return opened


def secrets(*, only: Iterable[str] | None = None) -> Mapping[str, str]:
    """Return all secrets of the bundle, or those of these names, opened side by side.

    Its repr shows names only. Raises one SecretBakerError with all problems.
    """
    from . import _opener
    from ._mapping import Secrets

    wanted = _opener.names(only)
    opened = [wanted] if isinstance(wanted, Problem) else _opener.texts(wanted)
    if isinstance(opened, list):
        raise _error(opened)

    return Secrets(opened)


def load_env(*, only: Iterable[str] | None = None, prefix: str = "", override: bool = False) -> list[str]:
    """Set an environment variable `prefix` + name for each secret, or for those of these names.

    Returns the variables it has set: all, or none if one of the secrets does not open. A variable that is already set
    stays as it is, and its secret closed, unless `override`. Raises one SecretBakerError with all problems.
    Child processes inherit the environment.
    """
    from . import _environment

    variables, problems = _environment.load(only, prefix, override=override)
    if problems:
        raise _error(problems)
    return variables


async def secret_async(name: str, *, fresh: bool = False) -> str:
    """`secret`, in a thread: the event loop goes on."""
    return await _in_thread(lambda: secret(name, fresh=fresh))


async def secret_bytes_async(name: str, *, fresh: bool = False) -> bytes:
    """`secret_bytes`, in a thread: the event loop goes on."""
    return await _in_thread(lambda: secret_bytes(name, fresh=fresh))


async def secrets_async(*, only: Iterable[str] | None = None) -> Mapping[str, str]:
    """`secrets`, in a thread: the event loop goes on."""
    return await _in_thread(lambda: secrets(only=only))


async def load_env_async(*, only: Iterable[str] | None = None, prefix: str = "", override: bool = False) -> list[str]:
    """`load_env`, in a thread: the event loop goes on."""
    return await _in_thread(lambda: load_env(only=only, prefix=prefix, override=override))


def configure(
    *,
    file: str | PathLike[str] | None = None,
    timeout: float | None = None,
    attempt_timeout: float | None = None,
    connect_timeout: float | None = None,
    attempts: int | None = None,
) -> None:
    """Change how secrets are opened from now on; what is not given stays as it is.

    `file` is the path of the bundle, before SECRET_BAKER_FILE; giving it forgets what was opened. Times are in seconds:
    `timeout` for a whole call (10), `attempt_timeout` for one request (3), `connect_timeout` for its connection (1).
    `attempts` is how often KMS is asked at most (5). Raises ValueError for what is not above zero.
    """
    numbers = {
        "timeout": timeout,
        "attempt_timeout": attempt_timeout,
        "connect_timeout": connect_timeout,
        "attempts": attempts,
    }
    given = {name: value for name, value in numbers.items() if value is not None}
    for name, value in given.items():
        if not value > 0:
            raise ValueError(f"`{name}` must be above zero")
    from os import fspath

    from ._settings import settings

    for name, value in given.items():
        setattr(settings, name, value)
    if file is not None:
        from . import _opener

        settings.file = fspath(file)
        _opener.forget()


async def _in_thread(call: Callable[[], T]) -> T:
    import asyncio

    found: list[T] = []
    # A future shows its result in its repr, and so does a task that waits for it: theirs is None.
    await asyncio.to_thread(lambda: found.append(call()))
    return found.pop()


def _error(problems: list[Problem]) -> SecretBakerError:
    return SecretBakerError(problems[0].code, problems[0].secret, problems)
