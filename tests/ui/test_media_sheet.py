"""The sheet of one item of 素材库."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.article.contents import new_article
from desktop_app.ui.media_choices import choices
from desktop_app.ui.media_sheet import MediaSheet
from tests.media_world import MediaWorld


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[MediaWorld]:
    made = MediaWorld(tmp_path)
    yield made
    made.window.close()
    made.close()


@pytest.fixture
def mixed(world: MediaWorld) -> MediaWorld:
    world.fill()
    return world


def test_the_sheet_of_an_item(mixed: MediaWorld):
    """Enter and a double click open it; what is done in it shows in it."""
    mixed.click_card("春山.png")
    mixed.key(Qt.Key.Key_Return)
    sheet = mixed.window.sheet()
    assert isinstance(sheet, MediaSheet)
    said = mixed.sheet_texts()
    assert "剩 2 天 23 小时" in said
    assert mixed.item("春山.png").media_id in said
    assert "0 次，最多 10 次" in said
    mixed.click("media.sheet.permanent")
    assert "永久" in mixed.sheet_texts()
    assert not mixed.find("media.sheet.permanent").isEnabled()
    sheet.reject()
    mixed.settle()
    QTest.mouseDClick(mixed.page.grid.viewport(), Qt.MouseButton.LeftButton, pos=mixed.card("茶园.mp4").center())
    mixed.settle()
    opened = mixed.window.sheet()
    assert isinstance(opened, MediaSheet)
    assert opened.item.name == "茶园.mp4"


def test_the_sheet_leads_to_where_it_is_used(mixed: MediaWorld):
    """A link to the article; the sheet closes."""
    item = mixed.item("春山.png")
    article = {**new_article(), "title": "清明前", "html": f'<p><img data-sha256="{item.sha256}"></p>'}
    draft = mixed.profile.articles.save(mixed.service.id, {"articles": [article], "draft_id": None})
    opened: list[int] = []
    mixed.page.open_draft.connect(opened.append)
    mixed.page.orders.open_item(item)
    mixed.settle()
    mixed.click(f"media.sheet.use.article.{draft.id}")
    assert opened == [draft.id]
    assert mixed.window.sheet() is None


def test_deleting_from_the_sheet(mixed: MediaWorld):
    """The sheet gives way to the question."""
    mixed.page.orders.open_item(mixed.item("春山.png"))
    mixed.settle()
    mixed.click("media.sheet.delete")
    assert "删除「春山.png」？" in mixed.sheet_texts()
    mixed.click("dialog.1")
    assert "春山.png" not in mixed.names()


def test_reasons_for_what_cannot_be_fetched(mixed: MediaWorld):
    """A temporary one whose original is gone: no renewing, no sending; too many or mixed ones neither."""
    item = mixed.item("春山.png")
    assert item.path is not None
    item.path.unlink()
    mixed.later(0)
    reasons = {choice.key: choice.reason for choice in choices([mixed.item("春山.png")])}
    assert reasons["renew"] == "原文件不在这台电脑上，不能重新上传"
    assert reasons["message"] == "原文件不在这台电脑上，也不能从微信取回"
    assert reasons["copy"] == reasons["delete"] == ""
    two_videos = [mixed.item("茶园.mp4")] * 2
    assert {choice.key: choice.reason for choice in choices(two_videos)}["message"] == "一条消息只能放 1 个视频"
