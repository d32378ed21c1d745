"""Fixtures of the outbox tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.sandbox.server import Sandbox
from tests.outbox_world import Clock, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty outbox in front of a fresh sandbox, all on one clock."""
    clock = Clock()
    with Sandbox(clock=clock.steady, seed=1) as sandbox:
        world = World(tmp_path, sandbox, clock)
        yield world
        world.close()
