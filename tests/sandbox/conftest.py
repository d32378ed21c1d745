"""A sandbox whose time stands still, and a plain caller of its 服务号."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop_app.sandbox.server import Sandbox
from tests.sandbox.caller import Caller, FakeTime


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def sandbox(fake_time: FakeTime) -> Iterator[Sandbox]:
    """A sandbox on an injected clock, with the same ids at every run."""
    with Sandbox(clock=fake_time, seed=1) as running:
        yield running


@pytest.fixture
def wx(sandbox: Sandbox) -> Iterator[Caller]:
    """A caller of the 服务号."""
    caller = Caller(sandbox)
    yield caller
    caller.close()
