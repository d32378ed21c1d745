"""What the window says by itself at the start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.job import Job
from desktop_app.store.caches import MediaFile
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.toast import Toast
from tests.data import make
from tests.window_world import WindowWorld

HOUR, DAY = 3600.0, 24 * 3600.0
EXPIRING = "个素材将在 24 小时内过期"
Start = Callable[[], MainWindow]


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[WindowWorld]:
    made = WindowWorld(tmp_path / "profile")
    yield made
    made.close()


@pytest.fixture
def start(world: WindowWorld) -> Iterator[Start]:
    """Open the window anew, as a start of the app does."""
    opened: list[MainWindow] = []

    def open_window() -> MainWindow:
        window = MainWindow(world.context)
        window.show()
        opened.append(window)
        world.settle()
        return window

    yield open_window
    for window in opened:
        window.leave()


def upload(world: WindowWorld, name: str, colour: int, *, permanent: bool = False) -> MediaFile:
    file = world.profile.media.add_bytes(make.picture("PNG", (60, 40), (colour, 90, 60)), name, "image", Job())
    world.profile.media.upload(world.service.id, file.sha256, "image", Job(), permanent=permanent)
    return file


def toasts(window: MainWindow) -> list[Toast]:
    return [each for each in window.findChildren(Toast) if EXPIRING in each.words.text() and not each.isHidden()]


def leave(world: WindowWorld, window: MainWindow) -> None:
    window.leave()
    world.settle()


def test_what_expires_within_a_day_is_said_at_the_start(world: WindowWorld, start: Start):
    """Only what can be renewed: not what is permanent, nor what lost its file; 全部续期 does it."""
    renewed = [upload(world, "春山.png", 1), upload(world, "新罐.png", 2)]
    upload(world, "旧罐.png", 3, permanent=True)
    upload(world, "丢了.png", 4).path.unlink()
    world.clock.advance(2 * DAY + 2 * HOUR)
    fresh = upload(world, "新茶.png", 5)
    (said,) = toasts(start())
    assert said.words.text() == f"2 {EXPIRING}"
    assert said.button.text() == "全部续期"
    uploads = world.sandbox.service.media.items
    before = set(uploads)
    QTest.mouseClick(said.button, Qt.MouseButton.LeftButton)
    world.settle()
    assert len(set(uploads) - before) == 2
    left = {
        item.sha256: (item.expires_at or 0) - world.clock()
        for item in world.profile.library.items(world.service.id)
        if not item.permanent
    }
    assert all(left[file.sha256] == pytest.approx(3 * DAY, abs=60) for file in (*renewed, fresh))
    assert toasts(start()) == []


def test_nothing_is_said_while_nothing_expires(world: WindowWorld, start: Start):
    """More than a day is left, or it is over already: then 素材库 tells."""
    upload(world, "春山.png", 1)
    world.clock.advance(2 * DAY - HOUR)
    window = start()
    assert toasts(window) == []
    leave(world, window)
    world.clock.advance(DAY + 2 * HOUR)
    assert toasts(start()) == []


def test_it_is_said_once_for_each_account(world: WindowWorld, start: Start):
    """Going to another account and back says it no second time; the other one has nothing to say."""
    upload(world, "春山.png", 1)
    world.clock.advance(2 * DAY + 2 * HOUR)
    window = start()
    (said,) = toasts(window)
    said.gone.emit()
    for account in (world.subscription, world.service):
        window.use_account(account.id)
        world.until(lambda account=account: window.account is not None and window.account.id == account.id)
        world.settle()
        assert toasts(window) == []
