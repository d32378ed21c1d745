"""The grid of 素材库: what moves on in one card costs that card, in a library of any size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.media_world import MediaWorld


class Painted(QObject):
    """What of a widget is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.region = QRegion()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region += event.region()
        return False


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[MediaWorld]:
    made = MediaWorld(tmp_path)
    yield made
    made.window.close()
    made.close()


def test_one_card_that_moves_on_is_painted_alone(world: MediaWorld) -> None:
    """Thousands that are renewed move on a hundred times a second: the others are neither laid out nor painted."""
    for n in range(8):
        world.upload(f"{n}.png", n)
    world.open()
    grid, key = world.page.grid, world.item("3.png").key
    card = grid.visualRect(world.page.model.index(world.page.model.row_of(key)))
    painted = Painted()
    grid.viewport().installEventFilter(painted)
    world.page.model.set_busy(key, 0.5)
    world.until(lambda: not painted.region.isEmpty())
    QApplication.processEvents()
    assert card.contains(painted.region.boundingRect())
