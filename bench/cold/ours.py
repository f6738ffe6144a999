"""Opens secrets with secret-baker."""

import os

import loopback  # noqa: F401
from secret_baker import secrets

names = os.environ["NAMES"].split(",")


def handler(_event: object, _context: object) -> list[str]:
    """Open all that NAMES names."""
    opened = secrets(only=names)
    return [opened[name] for name in names]
