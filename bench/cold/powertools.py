"""Gets the secrets that its arguments name with Powertools."""

import sys

from aws_lambda_powertools.utilities.parameters import get_parameters_by_name

names = sys.argv[1:]
opened = get_parameters_by_name({f"/cold/{name}": {} for name in names}, decrypt=True)
for name in names:
    print(opened[f"/cold/{name}"])
