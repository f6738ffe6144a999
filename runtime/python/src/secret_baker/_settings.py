"""What `configure` sets."""

from __future__ import annotations


class Settings:
    """Where the bundle lies if not in the usual places, and how long to wait, in seconds."""

    def __init__(self) -> None:
        self.file: str | None = None
        self.timeout = 10.0
        self.attempt_timeout = 3.0
        self.connect_timeout = 1.0
        self.attempts = 5


settings = Settings()
