"""Credentials, looked up at the time of each call: Lambda and others rotate them."""

from __future__ import annotations

import os
import threading
import time

from . import _contract
from ._failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._deadline import Deadline
    from ._url import Url

_ECS_HOST = "169.254.170.2"
_LONGEST_TOKEN = 65_536
_PARTS = ("access key", "secret access key", "session token")
_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_IN_LAMBDA = "the environment has none, and Lambda sets those of the function's role"


class Credentials:
    """What signs a call. Its repr shows nothing of it. `expires` is given by the container, and by nobody else.

    Raises Failure: CREDENTIALS, in which `names` says what of them is malformed.
    """

    __slots__ = ("access_key", "expires", "secret_key", "token")

    def __init__(
        self,
        access_key: str,
        secret_key: str,
        token: str = "",
        expires: float | None = None,
        names: tuple[str, ...] = _PARTS,
    ) -> None:
        self.expires = expires
        self.access_key, self.secret_key, self.token = access_key, secret_key, token
        for name, part, needed in zip(names, (access_key, secret_key, token), (True, True, False)):
            if not all("!" <= c <= "~" for c in part) or (needed and not part):
                raise Failure("CREDENTIALS", f"the {name} holds a character that none has, or is empty", "malformed")

    def are_in(self, text: str) -> bool:
        """Tell whether a text quotes a part of them."""
        return any(part in text for part in (self.access_key, self.secret_key, self.token) if part)

    def __repr__(self) -> str:
        return "<Credentials>"


class _Kept:
    """What a provider gave, until it is about to expire."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.of_container: Credentials | None = None
        self.of_sdk: object = None

    def renew(self) -> None:
        """Leave behind a lock that another thread held when the process forked."""
        self.lock = threading.Lock()


def current(deadline: Deadline) -> Credentials:
    """Return the credentials of now: of the environment, of the container (SnapStart), or else of botocore's chain.

    Raises Failure: CREDENTIALS, UNREACHABLE.
    """
    access_key, secret_key, token = (os.environ.get(name, "") for name in _VARIABLES)
    if access_key and secret_key:
        return Credentials(access_key, secret_key, token, None, tuple(f"variable {name}" for name in _VARIABLES))
    if access_key or secret_key:
        there, missing = _VARIABLES[:2] if access_key else _VARIABLES[1::-1]
        raise Failure("CREDENTIALS", f"{there} is set, {missing} is not", "incomplete")
    url = _container_url()
    if url:
        return _of_container(url, deadline)
    if os.environ.get("AWS_LAMBDA_RUNTIME_API"):
        raise Failure("CREDENTIALS", _IN_LAMBDA)
    return _of_botocore(deadline)


def _of_container(url: str, deadline: Deadline) -> Credentials:
    lock = _locked(deadline)
    try:
        kept = _kept.of_container
        if kept is None or time.time() > (kept.expires or 0) - _contract.CREDENTIALS_EARLY_S:
            kept = _kept.of_container = _fetched(url, deadline)
        return kept
    finally:
        lock.release()


def forget(refused: Credentials) -> bool:
    """Drop credentials that a service has refused. Return whether they were the container's, which may have others."""
    if _kept.of_container is refused:  # and not yet replaced by another thread
        _kept.of_container = None
    return refused.expires is not None


def _container_url() -> str:
    relative = os.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "")
    if relative:
        return f"http://{_ECS_HOST}{relative}"
    return os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", "")


def _locked(deadline: Deadline) -> threading.Lock:
    """Return the lock of those that fetch credentials, held. Raises Failure: CREDENTIALS."""
    lock = _kept.lock
    if not deadline.wait(lambda seconds: lock.acquire(timeout=seconds)):
        raise Failure("CREDENTIALS", "timed out while others fetched them")
    return lock


def _fetched(text: str, deadline: Deadline) -> Credentials:
    from ._connection import Lost
    from ._http import Request, exchange
    from ._retry import retried

    request = Request("GET", _checked(text), {"accept": "application/json"})
    token = _authorization_token()
    if token:
        request.headers["authorization"] = token

    def attempt() -> Credentials:
        try:
            answer = exchange(request, deadline)
        except Lost as lost:
            if lost.stale:
                raise
            what = f"those of the container cannot be fetched: {lost.why}"
            raise Failure("CREDENTIALS", what, "container", again=not lost.hopeless) from None
        found = _parsed(answer.body) if answer.status == 200 else None
        if found is None:
            what = f"what gives those of the container has answered HTTP {answer.status} without any"
            again = answer.status >= 500 or answer.status in {200, 429}
            raise Failure("CREDENTIALS", what, "container", again=again)
        return found

    return retried(attempt, deadline)


def _checked(text: str) -> Url:
    """Return the URL of the container, if a token may go there."""
    from ._url import Url, is_loopback

    try:
        url = Url(text)
    except ValueError:
        url = None
    if url is None or not (url.tls or is_loopback(url.host) or url.host in _contract.CREDENTIALS_HOSTS):
        what = "the URL of the container's is neither https nor of this machine"
        raise Failure("CREDENTIALS", what, "container")
    return url


def _authorization_token() -> str:
    from ._file import content

    path = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "")
    token = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
    try:
        if path:
            token = content(path, _LONGEST_TOKEN).decode("ascii").rstrip("\r\n")
        readable = token.isascii() and token.isprintable() and len(token) <= _LONGEST_TOKEN
    except (OSError, ValueError):
        readable = False
    if not readable:
        what = f"AWS_CONTAINER_AUTHORIZATION_TOKEN{'_FILE' if path else ''} gives no token"
        raise Failure("CREDENTIALS", what, "container")
    return token


def _parsed(body: bytes) -> Credentials | None:
    from ._dates import of_rfc3339
    from ._json import parsed_object

    found = parsed_object(body) or {}
    access_key, secret_key, token = found.get("AccessKeyId"), found.get("SecretAccessKey"), found.get("Token") or ""
    if not (isinstance(access_key, str) and isinstance(secret_key, str) and isinstance(token, str)):
        return None
    if not (access_key and secret_key):
        return None
    expires = of_rfc3339(found.get("Expiration"))
    if expires is None:
        expires = time.time() + _contract.CREDENTIALS_WITHOUT_END_S + _contract.CREDENTIALS_EARLY_S
    return Credentials(access_key, secret_key, token, expires, tuple(f"container's {part}" for part in _PARTS))


def _of_botocore(deadline: Deadline) -> Credentials:
    """Use what is installed; Lambda never comes here."""
    from ._deadline import in_time

    lock = _locked(deadline)
    try:
        frozen = in_time(_frozen, deadline)
    except ImportError:
        what = (
            "the environment has none, and botocore, which looks for profiles and SSO (`pip install boto3`), is absent"
        )
        raise Failure("CREDENTIALS", what) from None
    except Exception as error:  # noqa: BLE001 - whatever a provider of botocore's chain runs into
        what = f"botocore failed to find credentials ({type(error).__name__}), `aws sts get-caller-identity` says more"
        raise Failure("CREDENTIALS", what) from None
    finally:
        lock.release()
    if frozen is None:
        what = "the environment has none, and botocore has found none elsewhere (AWS_PROFILE, `aws sso login`)"
        raise Failure("CREDENTIALS", what)
    return Credentials(*frozen, None, tuple(f"{part} that botocore has found" for part in _PARTS))


def _frozen() -> tuple[str, str, str] | None:
    if _kept.of_sdk is None:
        import botocore.session

        _kept.of_sdk = botocore.session.Session().get_credentials()
    frozen = getattr(_kept.of_sdk, "get_frozen_credentials", lambda: None)()
    return (frozen.access_key, frozen.secret_key, frozen.token or "") if frozen else None


_kept = _Kept()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_kept.renew)
