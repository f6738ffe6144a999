"""moto with all that replaces or precedes it."""

from __future__ import annotations

import importlib
import logging
from typing import Any

from moto.moto_server import werkzeug_app

from . import key_management, parameter_store
from .deployed_code import DeployedCode
from .enforcement import Enforcement
from .fast_path import FastPath
from .faults import Faults

# Parts that most tests never need and that take a second to import: they wait for the first call of their service.
_LATER = {
    "cloudformation": ("cloudformation", "functions"),
    "awslambda": ("functions", "deployed_code"),
    "iam": ("policies",),
    "secretsmanager": ("secrets_manager",),
}


def application() -> Faults:
    """Return the WSGI application; moto's functions are replaced from now on."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    for part in (parameter_store, key_management):
        part.install()
    return Faults(Enforcement(DeployedCode(FastPath(werkzeug_app.DomainDispatcherApplication(_service)))))


def _service(name: str) -> Any:
    """Make moto's application for one service; moto asks for each once, under a lock."""
    for part in _LATER.get(name, ()):
        importlib.import_module(f".{part}", __package__).install()
    return werkzeug_app.create_backend_app(name)
