"""Opens a secret with the package secret-baker."""

from __future__ import annotations

from secret_baker import secret


def hello(_event: object, _context: object) -> dict[str, object]:
    """Tell how the password begins."""
    password = secret("DB_PASSWORD")
    return {"statusCode": 200, "body": f"the password begins with {password[:3]}"}
