"""moto with all that replaces or precedes it."""

from __future__ import annotations

import logging

from moto.moto_server import werkzeug_app
from moto.moto_server.werkzeug_app import MotoRequestHandler

from . import cloudformation, functions, key_management, parameter_store
from .fast_path import FastPath
from .faults import Faults


class Handler(MotoRequestHandler):
    """Quiet, with keep-alive, and without the delay that Nagle's algorithm adds to small answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, *_: object, **__: object) -> None:
        """Log nothing: the call log of `/__faults` is the log."""


def application() -> Faults:
    """Return the WSGI application; moto's functions are replaced from now on."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    for part in (parameter_store, key_management, functions, cloudformation):
        part.install()
    return Faults(FastPath(werkzeug_app.DomainDispatcherApplication(werkzeug_app.create_backend_app)))
