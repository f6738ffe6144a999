"""Opens the secrets that Secret Baker has baked into a Lambda artefact.

    from secret_baker import secret

    password = secret("DB_PASSWORD")

Importing this package imports next to nothing; all else comes with the first secret that is opened.
"""

from __future__ import annotations

from time import monotonic

from .exceptions import Problem, SecretBakerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from os import PathLike
    from types import EllipsisType
    from typing import TypeVar

    from ._mapping import Secrets

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
    "secret_bytes_from_env",
    "secret_bytes_from_env_async",
    "secret_from_env",
    "secret_from_env_async",
    "secrets",
    "secrets_async",
]
__version__ = "3.1.0"


def secret(name: str, *, fresh: bool = False) -> str:
    """Return a secret as text. The first call asks AWS, later ones do not; `fresh` asks again.

    Raises SecretBakerError, which never holds a plaintext. Thread-safe.
    """
    return _secret(name, monotonic(), fresh=fresh)


def secret_bytes(name: str, *, fresh: bool = False) -> bytes:
    """Return a secret as bytes, which need not be UTF-8. Otherwise as `secret`."""
    return _secret_bytes(name, monotonic(), fresh=fresh)


def secret_from_env(name: str, *, fresh: bool = False) -> str:
    """Return, as text, the secret that is sealed in an environment variable: by the plugin, or a ciphertext of KMS.

    The first call asks AWS, later ones of the same value do not; `fresh` asks again. Sets no variable. Otherwise as
    `secret`.
    """
    return _secret_from_env(name, monotonic(), fresh=fresh)


def secret_bytes_from_env(name: str, *, fresh: bool = False) -> bytes:
    """Return it as bytes, which need not be UTF-8. Otherwise as `secret_from_env`."""
    return _secret_bytes_from_env(name, monotonic(), fresh=fresh)


def secrets(*, only: Iterable[str] | None = None) -> Secrets:
    """Return all secrets of the bundle, or those of these names, opened side by side.

    It is read as a dict is, and its repr shows names only. Raises one SecretBakerError with all problems.
    """
    return _secrets(only, monotonic())


def load_env(*, only: Iterable[str] | None = None, prefix: str = "", override: bool = False) -> list[str]:
    """Set an environment variable `prefix` + name for each secret, or for those of these names.

    Returns the variables it has set: all, or none if one of the secrets does not open. A variable that is already set
    stays as it is, and its secret closed, unless `override`. What belongs to the runtime, a loader or AWS is refused;
    the variables of proxies are set only if `only` names them. Raises one SecretBakerError with all problems.
    Child processes inherit the environment.
    """
    return _load_env(only, prefix, monotonic(), override=override)


async def secret_async(name: str, *, fresh: bool = False) -> str:
    """`secret`, in a thread: the event loop goes on."""
    since = monotonic()  # the wait for a thread counts
    return await _in_thread(lambda: _secret(name, since, fresh=fresh))


async def secret_bytes_async(name: str, *, fresh: bool = False) -> bytes:
    """`secret_bytes`, in a thread: the event loop goes on."""
    since = monotonic()
    return await _in_thread(lambda: _secret_bytes(name, since, fresh=fresh))


async def secret_from_env_async(name: str, *, fresh: bool = False) -> str:
    """`secret_from_env`, in a thread: the event loop goes on."""
    since = monotonic()
    return await _in_thread(lambda: _secret_from_env(name, since, fresh=fresh))


async def secret_bytes_from_env_async(name: str, *, fresh: bool = False) -> bytes:
    """`secret_bytes_from_env`, in a thread: the event loop goes on."""
    since = monotonic()
    return await _in_thread(lambda: _secret_bytes_from_env(name, since, fresh=fresh))


async def secrets_async(*, only: Iterable[str] | None = None) -> Secrets:
    """`secrets`, in a thread: the event loop goes on."""
    since = monotonic()
    return await _in_thread(lambda: _secrets(only, since))


async def load_env_async(*, only: Iterable[str] | None = None, prefix: str = "", override: bool = False) -> list[str]:
    """`load_env`, in a thread: the event loop goes on."""
    since = monotonic()
    return await _in_thread(lambda: _load_env(only, prefix, since, override=override))


def configure(  # noqa: PLR0913 - settings, each of its own
    *,
    file: str | PathLike[str] | EllipsisType | None = ...,
    timeout: float | EllipsisType | None = ...,
    attempt_timeout: float | EllipsisType | None = ...,
    connect_timeout: float | EllipsisType | None = ...,
    attempts: int | EllipsisType | None = ...,
    allow_insecure_endpoint: bool | EllipsisType | None = ...,
) -> None:
    """Change how secrets are opened from now on; what is not given stays as it is, and None puts the default back.

    `file` is the path of the bundle, before SECRET_BAKER_FILE; giving it forgets what was opened. Times are in seconds:
    `timeout` for a whole call (10), `attempt_timeout` for one request (3), `connect_timeout` for its connection (1).
    `attempts` is how often KMS is asked at most (5). `allow_insecure_endpoint` takes plain HTTP to other hosts than
    this one, which shows the secrets on the wire. Raises TypeError, ValueError for what cannot be, and changes nothing.
    """
    from . import _configure

    given = {
        "file": file,
        "timeout": timeout,
        "attempt_timeout": attempt_timeout,
        "connect_timeout": connect_timeout,
        "attempts": attempts,
        "allow_insecure_endpoint": allow_insecure_endpoint,
    }
    _configure.change({name: value for name, value in given.items() if value is not ...})
    if file is not ...:
        from . import _opener

        _opener.forget()


def _secret(name: str, since: float, *, fresh: bool) -> str:
    from . import _opener

    return _unless_problem(_opener.text(name, since, fresh=fresh))


def _secret_bytes(name: str, since: float, *, fresh: bool) -> bytes:
    from . import _opener

    return _unless_problem(_opener.raw(name, since, fresh=fresh))


def _secret_from_env(name: str, since: float, *, fresh: bool) -> str:
    from . import _opener

    return _unless_problem(_opener.text_of_variable(name, since, fresh=fresh))


def _secret_bytes_from_env(name: str, since: float, *, fresh: bool) -> bytes:
    from . import _opener

    return _unless_problem(_opener.raw_of_variable(name, since, fresh=fresh))


def _secrets(only: Iterable[str] | None, since: float) -> Secrets:
    from . import _opener
    from ._mapping import Secrets

    wanted = _opener.names(only)
    opened = [wanted] if isinstance(wanted, Problem) else _opener.texts(wanted, since)
    if isinstance(opened, list):
        raise _error(opened)
    return Secrets(opened)


def _load_env(only: Iterable[str] | None, prefix: str, since: float, *, override: bool) -> list[str]:
    from . import _environment

    variables, problems = _environment.load(only, prefix, since, override=override)
    if problems:
        raise _error(problems)
    return variables


async def _in_thread(call: Callable[[], T]) -> T:
    import asyncio

    found: list[T] = []
    # A future shows its result in its repr, and so does a task that waits for it: theirs is None.
    await asyncio.to_thread(lambda: found.append(call()))
    return found.pop()


def _unless_problem(opened: T | Problem) -> T:
    if isinstance(opened, Problem):
        raise _error([opened])
    return opened


def _error(problems: list[Problem]) -> SecretBakerError:
    return SecretBakerError(problems[0].code, problems[0].secret, problems)
