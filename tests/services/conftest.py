"""Fixtures of the outbox tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.sandbox.server import Sandbox
from desktop_app.services.articles import Articles
from desktop_app.services.fetch import Fetch
from desktop_app.services.media_desk import MediaDesk
from desktop_app.services.pictures import ArticlePictures
from desktop_app.store.articles import ArticleDrafts, ForeignPictures, MadeDrafts
from desktop_app.store.caches import MediaCache
from tests.outbox_world import Clock, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty outbox in front of a fresh sandbox, all on one clock."""
    clock = Clock()
    with Sandbox(clock=clock.steady, seed=1) as sandbox:
        world = World(tmp_path, sandbox, clock)
        yield world
        world.close()


@pytest.fixture
def media(world: World, tmp_path: Path) -> MediaCache:
    """An empty media folder."""
    folder = tmp_path / "media"
    folder.mkdir()
    return MediaCache(world.db, folder)


@pytest.fixture
def desk(world: World, media: MediaCache) -> MediaDesk:
    """The media desk of that world; the web is this machine."""
    return MediaDesk(world.accounts, media, Fetch({"127.0.0.1"}), now=world.clock)


@pytest.fixture
def articles(world: World, media: MediaCache) -> Articles:
    """The article desk of that world; the web is this machine."""
    fetch = Fetch({"127.0.0.1"})
    pictures = ArticlePictures(world.accounts, media, ForeignPictures(world.db), fetch, now=world.clock)
    return Articles(world.accounts, ArticleDrafts(world.db), MadeDrafts(world.db), pictures, now=world.clock)
