"""What `configure` sets."""

from __future__ import annotations

from . import _contract


class Settings:
    """Where the bundle lies if not in the usual places, how long to wait in seconds, and what is allowed."""

    def __init__(self) -> None:
        self.file: str | None = None
        self.timeout = _contract.BUDGET_S
        self.attempt_timeout = _contract.ATTEMPT_S
        self.connect_timeout = _contract.CONNECT_S
        self.attempts = _contract.ATTEMPTS
        self.allow_insecure_endpoint: bool | None = None  # what the environment says


settings = Settings()
