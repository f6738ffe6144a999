"""The asynchronous twins."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fake_aws import FakeAws, error

import secret_baker
from secret_baker import (
    SecretBakerError,
    load_env_async,
    secret,
    secret_async,
    secret_bytes_async,
    secrets_async,
)

TWO = "the second of two"


def test_each_does_what_its_twin_does(
    kms: FakeAws, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    baked(TWO)
    monkeypatch.setenv("A", "")

    async def main() -> None:
        assert await secret_async("A") == "first value"
        assert await secret_async("A", fresh=True) == "first value"
        assert await secret_bytes_async("A") == b"first value"
        assert await secrets_async() == {"A": "first value", "B": "second value"}
        assert await secrets_async(only=["B"]) == {"B": "second value"}
        assert await load_env_async(only=["A"], override=True) == ["A"]
        assert os.environ["A"] == "first value"

    asyncio.run(main())
    assert len(kms.calls) == 3


def test_the_loop_goes_on(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(TWO)
    kms.latency = 0.3

    async def main() -> int:
        opening = asyncio.ensure_future(secrets_async())
        turns = 0
        while not opening.done():
            await asyncio.sleep(0.01)
            turns += 1
        assert (await opening)["A"] == "first value"
        return turns

    assert asyncio.run(main()) > 10


def test_a_hundred_tasks_are_one_call(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(TWO)
    kms.latency = 0.1

    async def main() -> list[str]:
        return await asyncio.gather(*(secret_async("A") for _ in range(100)))

    assert asyncio.run(main()) == ["first value"] * 100
    assert len(kms.calls) == 1


def test_it_raises_the_same_error(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(TWO)
    kms.always = error("AccessDeniedException")

    async def main() -> None:
        with pytest.raises(SecretBakerError) as caught:
            await secret_async("A")
        assert caught.value.code == "SECRET_BAKER_ACCESS_DENIED"
        assert caught.value.__context__ is None

    asyncio.run(main())


def test_the_wait_for_a_thread_counts(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(TWO)
    secret_baker.configure(timeout=0.3)

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        busy = asyncio.create_task(asyncio.to_thread(time.sleep, 0.6))
        await asyncio.sleep(0.05)
        with pytest.raises(SecretBakerError, match="SECRET_BAKER_UNREACHABLE"):
            await secret_async("A")
        await busy

    asyncio.run(main())
    assert kms.calls == []


def test_a_cancelled_task_leaves_the_secret_to_the_others(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(TWO)
    kms.latency = 0.2

    async def main() -> str:
        first = asyncio.ensure_future(secret_async("A"))
        await asyncio.sleep(0.05)
        second = asyncio.ensure_future(secret_async("A"))
        first.cancel()
        return await second

    started = time.monotonic()
    assert asyncio.run(main()) == "first value"
    assert time.monotonic() - started < 1
    assert secret("A") == "first value"
    assert len(kms.calls) == 1
