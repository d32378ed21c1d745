"""CheckLoop: only what was found about the newest content is told, and whoever asked is answered once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from desktop_app.ui.check_loop import CheckLoop
from desktop_app.workers.tasks import THREADS
from tests.window_world import WindowWorld


class Desk(WindowWorld):
    """A loop over a text, which a test changes as it likes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.text: str | None = ""
        self.owner = QObject()
        self.loop = CheckLoop(self.tasks, self.profile.composing, self.question, self.owner)
        self.found: list[str] = []
        self.answers = 0
        self.loop.found.connect(lambda kind, checks: self.found.append(checks[0].key))
        self.loop.answered.connect(self.count)

    def question(self) -> tuple[object, str, dict[str, str | None]] | None:
        return None if self.text is None else (self.service, "text", {"text": self.text})

    def count(self) -> None:
        self.answers += 1

    def hold(self) -> threading.Event:
        """No check begins before the event is set."""
        over = threading.Event()
        for _ in range(THREADS["work"]):
            self.tasks.start("work", lambda job: over.wait())
        return over


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


def test_only_the_newest_content_counts(desk: Desk) -> None:
    """It changed while its check waited: nobody hears of the older one."""
    over = desk.hold()
    desk.loop.run()
    desk.text = "春茶上新"
    desk.loop.content_changed()
    assert not desk.loop.up_to_date
    over.set()
    desk.settle()
    assert desk.found == ["text.ok"]
    assert desk.loop.up_to_date


def test_who_asks_is_answered_once(desk: Desk) -> None:
    """By the findings about the newest content, and not again by the next check."""
    over = desk.hold()
    desk.loop.ask()
    desk.text = "春茶上新"
    desk.loop.content_changed()
    over.set()
    desk.settle()
    desk.loop.run()
    desk.settle()
    assert (desk.found, desk.answers) == (["text.ok", "text.ok"], 1)


def test_nothing_is_checked_before_there_is_something(desk: Desk) -> None:
    """The drafts are still read; who asked meanwhile is answered by the first check afterwards."""
    desk.text = None
    desk.loop.ask()
    desk.settle()
    assert (desk.found, desk.answers) == ([], 0)
    desk.text = ""
    desk.loop.run()
    desk.settle()
    assert (desk.found, desk.answers) == (["text.empty"], 1)


def test_soon_is_soon_and_once(desk: Desk) -> None:
    """However often something changes, the checks keep up with a single one."""
    for _ in range(5):
        desk.loop.soon()
    desk.until(lambda: desk.found)
    desk.settle()
    assert desk.found == ["text.empty"]
