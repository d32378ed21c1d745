"""图文草稿: what was written stays findable, comes back out of the trash, and has its earlier versions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.article.contents import new_article
from desktop_app.ui.drafts_page import DraftsPage
from desktop_app.ui.versions_dialog import VersionsDialog
from tests.window_world import PlainWindow, WindowWorld


class DraftsWorld(WindowWorld):
    """The page with three drafts, the newest first: c, b, a."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "profile")
        self.ids: dict[str, int] = {}
        for title in "abc":
            self.clock.advance(60)
            self.ids[title] = self.write(title)
        self.page = DraftsPage(self.context)
        self.window = PlainWindow(self.page)
        self.window.show()
        self.page.set_account(self.service)
        self.settle()

    def write(self, title: str, draft_id: int | None = None, html: str = "<p>text</p>") -> int:
        """Save a message of one article."""
        article = {**new_article(), "title": title, "html": html}
        content: dict[str, Any] = {"articles": [article], "draft_id": draft_id}
        return self.profile.articles.save(self.service.id, content).id

    def titles(self) -> list[str]:
        """What the list shows."""
        return [draft.title for draft in self.page.model.drafts()]

    def click(self, name: str) -> None:
        """Click on a widget."""
        found = [each for each in self.window.findChildren(QWidget, name) if each.isVisible()]
        assert len(found) == 1, name
        QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)
        self.settle()


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[DraftsWorld]:
    made = DraftsWorld(tmp_path)
    yield made
    made.window.close()
    made.close()


def search(world: DraftsWorld, text: str) -> None:
    """Type into the search field and wait for the answer."""
    assert isinstance(world.page.field, QLineEdit)
    world.page.field.setText(text)
    QTest.qWait(250)
    world.settle()


def test_the_latest_comes_first(world: DraftsWorld) -> None:
    """With its facts for a screen reader."""
    assert world.titles() == ["c", "b", "a"]
    spoken = world.page.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("c，1 篇 · ")


def test_search_looks_into_the_texts(world: DraftsWorld) -> None:
    """Title or body; nothing found is said with the words that were searched."""
    world.write("a", world.ids["a"], "<p>明前<b>龙井</b></p>")
    search(world, "龙井")
    assert world.titles() == ["a"]
    search(world, "没有这个")
    assert world.titles() == []
    assert "没有找到「没有这个」" in world.page._empty._title.text()
    search(world, "")
    assert len(world.titles()) == 3


def test_enter_and_double_click_open(world: DraftsWorld) -> None:
    """The page says which one."""
    opened: list[int] = []
    world.page.open_wanted.connect(opened.append)
    world.page.list.setCurrentIndex(world.page.model.index(1))
    QTest.keyClick(world.page.list, Qt.Key.Key_Return)
    world.click("drafts.open")
    assert opened == [world.ids["b"]] * 2


def test_trash_and_back(world: DraftsWorld) -> None:
    """Del moves it to the trash, which says how long it stays; 恢复 brings it back."""
    gone: list[int] = []
    world.page.changed_draft.connect(gone.append)
    world.page.list.setCurrentIndex(world.page.model.index(0))
    QTest.keyClick(world.page.list, Qt.Key.Key_Delete)
    world.settle()
    assert world.titles() == ["b", "a"]
    assert gone == [world.ids["c"]]
    world.click("drafts.place.trash")
    assert world.titles() == ["c"]
    assert "30 天后彻底删除" in world.page.model.facts(world.page.model.drafts()[0])
    world.click("drafts.restore")
    assert world.titles() == []
    world.click("drafts.place.kept")
    assert world.titles() == ["c", "b", "a"]


def test_a_copy_stands_on_its_own(world: DraftsWorld) -> None:
    """Changing the copy leaves the first one alone."""
    world.page.duplicate(0)
    world.settle()
    assert world.titles().count("c") == 2


def test_an_earlier_version_is_restored(world: DraftsWorld) -> None:
    """The list of versions, the newest first; what was there before becomes a version too."""
    world.clock.advance(400)
    world.write("c2", world.ids["c"])
    changed: list[int] = []
    world.page.changed_draft.connect(changed.append)
    world.page.refresh()
    world.settle()
    world.page.open_versions(0)
    world.settle()
    dialog = world.window.sheet()
    assert isinstance(dialog, VersionsDialog)
    assert dialog._list.count() == 1
    world.click("drafts.restore_version")
    assert world.titles() == ["c", "b", "a"]
    assert changed == [world.ids["c"]]
    assert len(world.profile.articles.drafts.versions(world.ids["c"])) == 2


def test_another_account_has_drafts_of_its_own(world: DraftsWorld) -> None:
    """Nothing of the first one is shown, and the empty page leads to a new message."""
    world.page.set_account(world.subscription)
    world.settle()
    assert world.titles() == []
    wanted: list[bool] = []
    world.page.new_wanted.connect(lambda: wanted.append(True))
    world.click("drafts.first")
    assert wanted
