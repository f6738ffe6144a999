"""What the tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_aws import FakeAws, case, content
from secure_kms import SecureKms

from secret_baker import _aws, _credentials, _http, _opener, _tls
from secret_baker._settings import Settings, settings

AMBIENT = ("AWS_", "SECRET_BAKER_", "LAMBDA_", "_HANDLER")


@pytest.fixture
def kms() -> Iterator[FakeAws]:
    fake = FakeAws()
    yield fake
    fake.stop()


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Give each test a process that has opened nothing, in an empty folder, and no AWS or proxy in its environment."""
    import os

    for name in list(os.environ):
        if name.startswith(AMBIENT) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    vars(settings).update(vars(Settings()))
    _opener.forget()
    _credentials._kept.__init__()
    _aws._clock.late = 0.0
    yield
    _http.forget()


@pytest.fixture
def baked(kms: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Return a function that writes a bundle, by the title of a case or as it is, and points everything at it."""

    def bake(bundle: str | bytes) -> Path:
        path = tmp_path / "secret-baker-secrets.json"
        if isinstance(bundle, bytes):
            path.write_bytes(bundle)
        else:
            path.write_bytes(content(case(bundle)))
            kms.obey(case(bundle))
        monkeypatch.setenv("SECRET_BAKER_FILE", str(path))
        for service in ("KMS", "SECRETS_MANAGER"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", kms.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "session")
        _opener.forget()
        return path

    return bake


@pytest.fixture
def secure(kms: FakeAws, baked: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SecureKms:
    baked("standard tier")
    monkeypatch.setattr(_tls, "_contexts", _tls._Contexts())
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", kms.url.replace("http://127.0.0.1", "https://localhost"))
    monkeypatch.setattr("secret_baker._retry.sleep", lambda _: None)
    return SecureKms(kms, tmp_path, monkeypatch)
