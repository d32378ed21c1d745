"""Clients against the recording server, with time that does not pass by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from desktop_app.wechat import WeChatClient
from desktop_app.wechat.transport import Seams
from tests.wechat.wire import APP_ID, SECRET, Wire

MakeClient = Callable[..., WeChatClient]


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A recording server that answers well unless told otherwise."""
    with Wire() as running:
        yield running


@pytest.fixture
def pauses() -> list[float]:
    """What the clients of this test would have slept between tries."""
    return []


@pytest.fixture
def make_client(pauses: list[float]) -> Iterator[MakeClient]:
    """``make_client(address, **options)``: a client that never really sleeps, and has patience."""
    with ExitStack() as stack:

        def make(address: str, **options: Any) -> WeChatClient:
            options.setdefault("timeouts", (10.0, 10.0))
            options.setdefault("_seams", Seams(sleep=pauses.append))
            return stack.enter_context(WeChatClient(APP_ID, SECRET, base_url=address, **options))

        yield make


@pytest.fixture
def client(wire: Wire, make_client: MakeClient) -> WeChatClient:
    """A client of the recording server."""
    return make_client(wire.address)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A file of 600,000 bytes, more than two blocks; the client does not look inside."""
    path = tmp_path / "图片.jpg"
    path.write_bytes(bytes(range(256)) * 2343 + b"tail" * 48)
    return path
