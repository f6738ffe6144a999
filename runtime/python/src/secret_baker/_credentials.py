"""Credentials, looked up at the time of each call: Lambda and others rotate them."""

from __future__ import annotations

import os
import threading
import time

from . import _contract
from ._failure import Failure
from ._sigv4 import PARTS, Credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._deadline import Deadline

_ECS_HOST = "169.254.170.2"
_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_IN_LAMBDA = "the environment has none, and Lambda sets those of the function's role"


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
    from ._container import fetched

    lock = _locked(deadline)
    try:
        kept = _kept.of_container
        if kept is None or time.time() > (kept.expires or 0) - _contract.CREDENTIALS_EARLY_S:
            kept = _kept.of_container = fetched(url, deadline)
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
    return Credentials(*frozen, None, tuple(f"{part} that botocore has found" for part in PARTS))


def _frozen() -> tuple[str, str, str] | None:
    if _kept.of_sdk is None:
        import botocore.session

        _kept.of_sdk = botocore.session.Session().get_credentials()
    frozen = getattr(_kept.of_sdk, "get_frozen_credentials", lambda: None)()
    return (frozen.access_key, frozen.secret_key, frozen.token or "") if frozen else None


_kept = _Kept()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_kept.renew)
