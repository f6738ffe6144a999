"""Credentials, looked up at the time of each call: Lambda and others rotate them."""

from __future__ import annotations

import os
import threading
import time

from ._failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._deadline import Deadline

_ECS_HOST = "169.254.170.2"
_PLAIN_HOSTS = {"localhost", "::1", _ECS_HOST, "169.254.170.23", "fd00:ec2::23"}
_EARLY_S = 60.0  # credentials that expire within the next minute are not used any more
_IN_LAMBDA = "Lambda sets those of the function's role: check what removes AWS_ACCESS_KEY_ID"


class Credentials:
    """What signs a call. Its repr shows nothing of it. `expires` is given by the container, and by nobody else."""

    __slots__ = ("access_key", "expires", "secret_key", "token")

    def __init__(self, access_key: str, secret_key: str, token: str = "", expires: float | None = None) -> None:
        self.expires = expires
        self.access_key, self.secret_key, self.token = access_key.strip(), secret_key.strip(), token.strip()
        if not (self.access_key and self.secret_key):
            raise Failure("CREDENTIALS", "the credentials have an empty part", "set both keys")
        if not all(part.isascii() and part.isprintable() for part in (self.access_key, self.secret_key, self.token)):
            raise Failure("CREDENTIALS", "the credentials hold characters that none have", "copy them again")

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
    access_key, secret_key = os.environ.get("AWS_ACCESS_KEY_ID", ""), os.environ.get("AWS_SECRET_ACCESS_KEY", "")
    if access_key and secret_key:
        return Credentials(access_key, secret_key, os.environ.get("AWS_SESSION_TOKEN", ""))
    if access_key or secret_key:
        there, missing = ("ID", "SECRET") if access_key else ("SECRET", "ID")
        names = {"ID": "AWS_ACCESS_KEY_ID", "SECRET": "AWS_SECRET_ACCESS_KEY"}
        raise Failure("CREDENTIALS", f"{names[there]} is set, {names[missing]} is not", "set both or none")
    url = _container_url()
    if url:
        with _kept.lock:
            kept = _kept.of_container
            if kept is None or time.time() > (kept.expires or 0) - _EARLY_S:
                kept = _kept.of_container = _fetched(url, deadline)
            return kept
    if os.environ.get("AWS_LAMBDA_RUNTIME_API"):
        raise Failure("CREDENTIALS", "there are no credentials in the environment", _IN_LAMBDA)
    return _of_botocore()


def forget(refused: Credentials) -> bool:
    """Drop credentials that KMS has refused. Return whether they were the container's, which may have others."""
    if _kept.of_container is refused:  # and not yet replaced by another thread
        _kept.of_container = None
    return refused.expires is not None


def _container_url() -> str:
    relative = os.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "")
    if relative:
        return f"http://{_ECS_HOST}{relative}"
    return os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", "")


def _fetched(text: str, deadline: Deadline) -> Credentials:
    from ._http import Lost, Request, Url, exchange
    from ._retry import retried

    try:
        url = Url(text)
    except ValueError:
        url = None
    if url is None or not (url.tls or _is_near(url.host)):
        what = "the URL of the container's credentials is neither https nor of this machine"
        raise Failure("CREDENTIALS", what, "correct AWS_CONTAINER_CREDENTIALS_FULL_URI")
    headers = {"accept": "application/json"}
    token = _authorization_token()
    if token:
        headers["authorization"] = token

    def attempt() -> Credentials:
        try:
            answer = exchange(Request("GET", url, headers), deadline)
        except Lost as lost:
            if lost.stale:
                raise
            what = f"the container's credentials could not be fetched: {lost.why}"
            raise Failure("CREDENTIALS", what, "check AWS_CONTAINER_CREDENTIALS_FULL_URI", again=True) from None
        found = _parsed(answer.body) if answer.status == 200 else None
        if found is None:
            what = f"the container's credentials provider answered HTTP {answer.status} without credentials"
            hint = "check the role, and AWS_CONTAINER_AUTHORIZATION_TOKEN"
            raise Failure("CREDENTIALS", what, hint, again=answer.status >= 500 or answer.status in {200, 429})
        return found

    return retried(attempt, deadline)


def _is_near(host: str) -> bool:
    """Tell whether a token may go to a host unencrypted."""
    octets = host.split(".")
    return host in _PLAIN_HOSTS or (octets[0] == "127" and all(octet.isdigit() for octet in octets))


def _authorization_token() -> str:
    path = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "")
    token = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
    try:
        if path:
            with open(path, encoding="ascii") as file:  # noqa: PTH123 - pathlib is slow to import
                token = file.read()
        token = token.rstrip("\r\n")
        readable = token.isascii() and token.isprintable()
    except (OSError, ValueError):
        readable = False
    if not readable:
        what = "the container's authorization token cannot be read"
        raise Failure("CREDENTIALS", what, "check AWS_CONTAINER_AUTHORIZATION_TOKEN and its _FILE")
    return token


def _parsed(body: bytes) -> Credentials | None:
    import json
    from datetime import datetime

    try:
        found = json.loads(body)
        expiration = found.get("Expiration")
        expires = (
            datetime.fromisoformat(expiration.replace("Z", "+00:00")).timestamp() if expiration else time.time() + 300
        )
        return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found.get("Token") or "", expires)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _of_botocore() -> Credentials:
    """Use what is installed; Lambda never comes here."""
    with _kept.lock:
        try:
            if _kept.of_sdk is None:
                import botocore.session

                _kept.of_sdk = botocore.session.Session().get_credentials()
            frozen = getattr(_kept.of_sdk, "get_frozen_credentials", lambda: None)()
        except ImportError:
            what = "there are no credentials in the environment, and botocore is not installed to look elsewhere"
            hint = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or `pip install boto3` for profiles and SSO"
            raise Failure("CREDENTIALS", what, hint) from None
        except Exception as error:  # noqa: BLE001 - whatever a provider of botocore's chain runs into
            what = f"botocore failed to find credentials ({type(error).__name__})"
            raise Failure("CREDENTIALS", what, "`aws sts get-caller-identity` says more") from None
    if frozen is None:
        what = "there are no credentials in the environment, and botocore has found none elsewhere"
        raise Failure("CREDENTIALS", what, "set AWS_PROFILE, or log in with `aws sso login`")
    return Credentials(frozen.access_key, frozen.secret_key, frozen.token or "")


_kept = _Kept()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_kept.renew)
