"""A handler that needs a secret."""

from typing import Any

from secrets_of_bundle import secret


def hello(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Show that the secret opens, and no more of it than three letters."""
    password = secret("DB_PASSWORD")
    return {"statusCode": 200, "body": f"the password begins with {password[:3]}"}
