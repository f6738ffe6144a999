"""Gets secrets with Powertools."""

import os

import loopback  # noqa: F401
from aws_lambda_powertools.utilities.parameters import get_parameters_by_name

names = os.environ["NAMES"].split(",")


def handler(_event: object, _context: object) -> list[str]:
    """Get all that NAMES names."""
    opened = get_parameters_by_name({f"/cold/{name}": {} for name in names}, decrypt=True)
    return [opened[f"/cold/{name}"] for name in names]
