"""Opens the secrets that its arguments name with secret-baker."""

import sys

from secret_baker import secrets

names = sys.argv[1:]
opened = secrets(only=names)
for name in names:
    print(opened[name])
