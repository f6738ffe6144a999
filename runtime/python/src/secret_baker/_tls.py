"""TLS with little to load: of the system's roots, Amazon's own first."""

from __future__ import annotations

import binascii
import os
import ssl
import threading

from ._failure import Lost, quoted
from ._file import content

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable


_LONGEST_FILE = 16_777_216
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class _Contexts:
    """Made once a process, as loading roots is slow."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.amazon: ssl.SSLContext | None = None
        self.amazon_suffices = True
        self.whole: dict[str, ssl.SSLContext] = {}

    def renew(self) -> None:
        """Leave behind a lock that another thread held when the process forked."""
        self.lock = threading.Lock()


def wrapped(connect: Callable[[], socket.socket], host: str) -> ssl.SSLSocket:
    """Return a connection whose certificate is the host's. Raises Lost, OSError; SSLCertVerificationError is one."""
    extra = os.environ.get("AWS_CA_BUNDLE", "")
    if not extra and host.endswith((".amazonaws.com", ".amazonaws.com.cn")) and _contexts.amazon_suffices:
        try:
            return _handshake(connect, amazon_context(), host)
        except ssl.SSLCertVerificationError:
            _contexts.amazon_suffices = False
    return _handshake(connect, whole_context(extra), host)


def amazon_context() -> ssl.SSLContext:
    """Return a context that trusts those of the system's roots that bear the name of Amazon or of Starfield.

    Parsing some 140 roots takes 30 ms, picking out these takes one. It trusts nothing that the system does not.
    """
    with _contexts.lock:
        if _contexts.amazon is None:
            context = _new_context()
            roots = _amazon_roots(ssl.get_default_verify_paths().cafile)
            if roots:
                context.load_verify_locations(cadata=roots)
            else:
                context.load_default_certs()
            _contexts.amazon = context
        return _contexts.amazon


def whole_context(extra: str) -> ssl.SSLContext:
    """Return a context that trusts all of the system's roots, and those in the PEM file `extra` if there is one.

    Raises Lost for a file that is none, which no further attempt mends.
    """
    with _contexts.lock:
        context = _contexts.whole.get(extra)
        if context is None:
            context = _new_context()
            context.load_default_certs()
            if extra:
                _trust(context, extra)
            _contexts.whole[extra] = context
        return context


def _new_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks the certificate and the host's name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _trust(context: ssl.SSLContext, path: str) -> None:
    why = "holds no certificate in PEM form that can be used"
    try:
        if not content(path, _LONGEST_FILE).startswith(_MARKS):  # one would hide the first certificate from OpenSSL
            context.load_verify_locations(path)
            return
    except (ssl.SSLError, ValueError):
        pass
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    raise Lost(f"AWS_CA_BUNDLE names {quoted(path)}, which {why}", "caBundle", hopeless=True)


def _handshake(connect: Callable[[], socket.socket], context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
    sock = connect()
    try:
        return context.wrap_socket(sock, server_hostname=host)
    except BaseException:
        sock.close()
        raise


def _amazon_roots(path: str | None) -> bytes:
    """Return the DER of these roots, one after the other; nothing if there is no such file or none in it."""
    if not path:
        return b""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
            blocks = file.read().split(b"-----BEGIN CERTIFICATE-----")[1:]
        roots = [binascii.a2b_base64(block.partition(b"-----END")[0]) for block in blocks]
    except (OSError, ValueError):
        return b""
    return b"".join(root for root in roots if b"Amazon" in root or b"Starfield" in root)


_contexts = _Contexts()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_contexts.renew)
