"""素材库: everything that was uploaded is found again, renewed, used, dragged out and deleted with the truth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from desktop_app.services.library import NearLimit
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.library_intake import save_to_library
from desktop_app.ui.media_card import card_rect, tick_rect
from desktop_app.ui.media_words import limit_text, size_facts
from tests.data import make
from tests.media_world import MediaWorld

HOUR, DAY = 3600.0, 24 * 3600.0


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


# --- the list -------------------------------------------------------------------------------------------


def test_cards_say_what_they_are(mixed: MediaWorld):
    """Name, kind, length, size and how long it lives, as one sentence for a screen reader."""
    assert mixed.names() == ["春山.png", "茶园.mp4", "邀请.amr", "旧罐.png"]
    assert mixed.spoken("春山.png").startswith("春山.png，图片，")
    assert mixed.spoken("春山.png").endswith("，剩 2 天 23 小时")
    assert mixed.spoken("旧罐.png").endswith("，永久")
    assert "，视频，0:02，" in mixed.spoken("茶园.mp4")
    assert size_facts(mixed.item("春山.png")).startswith("120×80 · ")
    mixed.later(2 * DAY + 20 * HOUR)
    assert mixed.spoken("春山.png").endswith("，剩 3 小时")
    mixed.later(4 * HOUR)
    assert mixed.spoken("春山.png").endswith("，已过期")


def test_tabs_count_and_filter(mixed: MediaWorld):
    """Each tab with its number; the choice stays when the list is read again."""
    assert mixed.find("media.tab.all").text() == "全部 4"
    assert mixed.find("media.tab.image").text() == "图片 2"
    mixed.click("media.tab.voice")
    assert mixed.names() == ["邀请.amr"]
    mixed.click("media.tab.image")
    assert mixed.names() == ["春山.png", "旧罐.png"]


def test_search_by_name_and_media_id(mixed: MediaWorld):
    """Nothing found is said with the words; 清除筛选 brings everything back."""
    mixed.search("山")
    assert mixed.names() == ["春山.png"]
    media_id = mixed.item("春山.png").media_id
    mixed.search(media_id[:12])
    assert "春山.png" in mixed.names()
    mixed.search("没有这个")
    assert mixed.names() == []
    mixed.click("media.clear_filter")
    assert len(mixed.names()) == 4
    mixed.page.search()
    assert QApplication.focusWidget() is mixed.page.field
    mixed.search("山")
    QTest.keyClick(mixed.page.field, Qt.Key.Key_Escape)
    mixed.until(lambda: len(mixed.names()) == 4)
    assert QApplication.focusWidget() is mixed.page.grid


@pytest.mark.parametrize(
    ("order", "first"), [("name", "旧罐.png"), ("size", "茶园.mp4"), ("expires", "邀请.amr"), ("added", "春山.png")]
)
def test_orders(mixed: MediaWorld, order: str, first: str):
    """By name, size, what expires first, the newest."""
    menu = mixed.find("media.order").findChild(QMenu)
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.objectName() == f"media.order.{order}").trigger()
    mixed.settle()
    assert mixed.names()[0] == first


def test_what_expires_within_a_day(mixed: MediaWorld):
    """The amber filter comes with the first such item, and 全部续期 makes all of them good for three days."""
    assert not mixed.page.filters._expiring.isVisible()
    mixed.later(2 * DAY + HOUR)
    mixed.upload("新茶.png", 3)
    mixed.later(0)
    assert mixed.find("media.expiring").text() == "24 小时内过期 3"
    mixed.click("media.expiring")
    assert set(mixed.names()) == {"春山.png", "茶园.mp4", "邀请.amr"}
    mixed.click("media.renew_all")
    assert mixed.window.toasts[-1] == "3 个素材又能用 3 天"
    assert mixed.names() == []
    said = [label.text() for label in mixed.page.shelf.findChildren(QLabel) if label.isVisible()]
    assert "没有快过期的素材" in said
    mixed.click("media.clear_filter")
    assert mixed.spoken("春山.png").endswith("，剩 3 天")


def test_an_empty_library_invites(world: MediaWorld):
    """No cards, but a button for files."""
    world.open()
    assert world.find("media.first").isVisible()
    assert not world.page.grid.isVisible()
    assert QApplication.focusWidget() is world.find("media.first")


def test_another_account_has_its_own(mixed: MediaWorld):
    """Nothing of the first one's is shown or chosen, and it is all there when one comes back."""
    mixed.click_card("春山.png")
    mixed.page.set_account(mixed.subscription)
    mixed.settle()
    assert mixed.names() == []
    assert mixed.chosen() == []
    assert not mixed.page.bar.isVisible()
    mixed.page.set_account(mixed.service)
    mixed.settle()
    assert len(mixed.names()) == 4


def test_the_grid_fills_the_page(mixed: MediaWorld):
    """Six cards of 180 side by side at 1280, four at 960; always up to the page's right margin."""
    for n in range(5):
        mixed.upload(f"{n}.png", 100 + n)
    mixed.later(0)
    grid = mixed.page.grid
    for size, columns in (((1281, 800), 6), ((961, 640), 4)):  # the plain window has a line more than the real one
        mixed.window.resize(*size)
        mixed.settle()
        assert grid.columns() == columns
        rects = [card_rect(grid.visualRect(mixed.page.model.index(row))) for row in range(columns + 1)]
        assert {rect.top() for rect in rects[:columns]} == {rects[0].top()}
        assert rects[columns].left() == rects[0].left()
        right = grid.viewport().mapTo(mixed.page, rects[columns - 1].toRect().topRight()).x()
        assert mixed.page.width() - 24 - columns <= right <= mixed.page.width() - 24
        assert rects[0].width() >= 180
        assert rects[0].height() == 182


# --- what is chosen -------------------------------------------------------------------------------------


def test_choosing_by_mouse(mixed: MediaWorld):
    """A click, Ctrl, Shift, and the tick that keeps the others; the bar counts."""
    mixed.click_card("春山.png")
    assert mixed.chosen() == ["春山.png"]
    mixed.click_card("旧罐.png", Qt.KeyboardModifier.ControlModifier)
    assert mixed.chosen() == ["春山.png", "旧罐.png"]
    mixed.click_card("旧罐.png")
    mixed.click_card("茶园.mp4", Qt.KeyboardModifier.ShiftModifier)
    assert mixed.chosen() == ["茶园.mp4", "邀请.amr", "旧罐.png"]
    index = mixed.page.model.index(mixed.page.model.row_of(mixed.item("春山.png").key))
    tick = tick_rect(card_rect(mixed.page.grid.visualRect(index))).center().toPoint()
    QTest.mouseClick(mixed.page.grid.viewport(), Qt.MouseButton.LeftButton, pos=tick)
    mixed.settle()
    assert len(mixed.chosen()) == 4
    assert mixed.find("media.bar.count").text() == "已选 4 项"
    mixed.click("media.bar.clear")
    assert mixed.chosen() == []
    assert not mixed.page.bar.isVisible()


def test_choosing_by_keys(mixed: MediaWorld):
    """Arrows move, Space chooses and lets go, Ctrl A takes all but the cell for files, Esc nothing."""
    mixed.key(Qt.Key.Key_Space)
    assert mixed.chosen() == ["春山.png"]
    mixed.key(Qt.Key.Key_Right)
    assert mixed.chosen() == ["茶园.mp4"]
    mixed.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    mixed.key(Qt.Key.Key_Space)
    assert mixed.chosen() == ["茶园.mp4", "邀请.amr"]
    mixed.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(mixed.chosen()) == 4
    mixed.key(Qt.Key.Key_Escape)
    assert mixed.chosen() == []


def test_what_is_chosen_stays_chosen(mixed: MediaWorld):
    """Also when the list was read again and something came before it."""
    mixed.click_card("茶园.mp4")
    mixed.upload("新茶.png", 3)
    mixed.later(0)
    assert mixed.names()[0] == "新茶.png"
    assert mixed.chosen() == ["茶园.mp4"]
    assert mixed.page.grid.current_item() == mixed.item("茶园.mp4")


def test_the_bar_says_why_not(mixed: MediaWorld):
    """What cannot be done with the chosen items is disabled; its tooltip says why, or what short words mean."""

    def reason(key: str) -> str:
        button = mixed.find(f"media.bar.{key}")
        assert button.isEnabled() == (key not in ("article", "message") or not button.toolTip())
        return button.toolTip()

    mixed.click_card("春山.png")
    assert [reason(key) for key in ("article", "message", "renew")] == ["", "", "重新上传，从现在起再存 3 天"]
    mixed.click_card("茶园.mp4", Qt.KeyboardModifier.ControlModifier)
    assert reason("article") == "图文正文里只能插入图片"
    assert reason("message") == "一条消息只能用一种素材"
    mixed.click_card("旧罐.png")
    for key, why in (("renew", "永久素材不会过期"), ("permanent", "已经是永久素材")):
        button = mixed.find(f"media.bar.{key}")
        assert not button.isEnabled()
        assert button.toolTip() == button.accessibleDescription() == why
    mixed.click_card("春山.png", Qt.KeyboardModifier.ControlModifier)
    assert mixed.find("media.bar.renew").isEnabled()
    assert mixed.find("media.bar.renew").toolTip() == "对其中 1 项"


def test_the_context_menu_offers_the_same(mixed: MediaWorld):
    """A right click chooses the card first; the cell for files has no menu."""
    viewport = mixed.page.grid.viewport()

    def right_click(at: QPoint) -> None:
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(viewport, QContextMenuEvent(reason, at, viewport.mapToGlobal(at)))

    right_click(mixed.page.grid.visualRect(mixed.page.model.index(0)).center())
    assert not mixed.window.findChildren(QMenu, "media.menu")
    right_click(mixed.card("旧罐.png").center())
    assert mixed.chosen() == ["旧罐.png"]
    menu = next(each for each in mixed.window.findChildren(QMenu, "media.menu") if each.isVisible())
    offered = {action.objectName(): action for action in menu.actions()}
    assert not offered["media.menu.permanent"].isEnabled()
    assert offered["media.menu.permanent"].toolTip() == "已经是永久素材"
    offered["media.menu.copy"].trigger()
    menu.close()
    mixed.settle()
    assert QGuiApplication.clipboard().text() == mixed.item("旧罐.png").media_id


# --- uploads --------------------------------------------------------------------------------------------


def test_files_come_by_dialog_paste_and_the_first_cell(mixed: MediaWorld, monkeypatch: pytest.MonkeyPatch):
    """All of them end in one signal; a web page's address is refused with a sentence."""
    wanted: list[Payload] = []
    mixed.page.upload_wanted.connect(wanted.append)
    choose = "desktop_app.ui.media_page.QFileDialog.getOpenFileNames"
    monkeypatch.setattr(choose, lambda *_: (["/a/1.png", "/a/2.mp4"], ""))
    mixed.click("media.upload")
    cell = mixed.page.grid.visualRect(mixed.page.model.index(0)).center()
    QTest.mouseClick(mixed.page.grid.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    mixed.key(Qt.Key.Key_Left)
    mixed.key(Qt.Key.Key_Return)
    assert [payload.files for payload in wanted] == [("/a/1.png", "/a/2.mp4")] * 3
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/a/3.png")])
    assert mixed.page.take_mime(mime)
    assert wanted[-1].files == ("/a/3.png",)
    mime.setUrls([QUrl("https://example.com/page.html")])
    mixed.page.take_mime(mime)
    assert len(wanted) == 4
    assert "网页链接" in mixed.window.toasts[-1]
    assert not mixed.page.take_mime(QMimeData())


def test_what_was_uploaded_appears(mixed: MediaWorld):
    """As soon as the transfer has ended, whatever page began it."""
    path = mixed.folder / "新茶.png"
    path.write_bytes(make.picture("PNG", (90, 60)))
    save_to_library(mixed.context, mixed.service.id, Payload((str(path),)), mixed.page)
    mixed.until(lambda: "新茶.png" in mixed.names())
    assert mixed.spoken("新茶.png").endswith("，永久")


# --- WeChat's own library -------------------------------------------------------------------------------


def test_a_page_that_was_hidden_shows_its_newest_first(world: MediaWorld):
    """A library that grew behind another page is at its beginning when it is opened, not at its first upload."""
    world.upload("第一个.png", 0)
    world.open()
    world.window.hide()
    for colour in range(1, 31):
        world.upload(f"后来的 {colour}.png", colour)
    world.page.reload()
    world.settle()
    world.window.show()
    world.settle()
    assert world.page.grid.verticalScrollBar().maximum() > 0
    assert world.page.grid.verticalScrollBar().value() == 0


def test_what_was_uploaded_on_the_website_appears(world: MediaWorld):
    """The first visit reads it by itself; F5 reads it again, and the time of that is shown."""
    world.on_the_website("a.jpg")
    world.open()
    assert world.names() == ["a.jpg"]
    assert "和微信对过账" in world.page.sync.label.text()
    world.on_the_website("b.jpg")
    world.page.focus_first()
    world.settle()
    assert world.names() == ["a.jpg"]
    world.page.refresh()
    assert world.page.sync.label.text() == "正在和微信的素材库对账"
    world.settle()
    assert set(world.names()) == {"a.jpg", "b.jpg"}


def test_without_wechat_the_list_stays(mixed: MediaWorld):
    """A sync that fails takes nothing away; it is said where its time stands, and loudly if it was asked for."""
    mixed.sandbox.fault("materialcount:errcode=48001*1")
    mixed.page.refresh()
    mixed.settle()
    assert len(mixed.names()) == 4
    assert mixed.page.sync.label.text().startswith("没能和微信对账：")
    assert len(mixed.window.toasts) == 1
    assert mixed.find("media.refresh").isEnabled()
    mixed.page.came_back()
    mixed.settle()
    assert mixed.page.sync.label.text().endswith("和微信对过账")


def test_thumbnails_are_read_for_what_can_be_seen(world: MediaWorld):
    """Of 60 pictures at WeChat only those in sight are fetched; those further down when one comes there."""
    for n in range(60):
        world.on_the_website(f"{n}.jpg")

    def fetched() -> int:
        return sum(request["path"].endswith("get_material") for request in world.sandbox.requests())

    world.open()
    world.until(lambda: fetched() >= 23)
    world.settle()
    seen = fetched()
    assert seen <= 36
    bar = world.page.grid.verticalScrollBar()
    bar.setValue(bar.maximum())
    world.until(lambda: fetched() > seen)
    world.settle()
    assert fetched() < 60


def test_limits_that_are_near_are_shown(world: MediaWorld):
    """In an amber line, with the numbers; gone when they are not near any more."""
    for n in range(900):
        world.sandbox.service.media.put("voice", str(n), make.amr())
    world.open()
    assert world.page.limits.words.text() == "语音素材 900 / 1,000，快满了"
    assert world.find("media.limits").isVisible()


@pytest.mark.parametrize(
    ("near", "text"),
    [
        (NearLimit("images", 98_300, 100_000), "图片素材 98,300 / 100,000，快满了"),
        (NearLimit("videos", 1000, 1000), "视频素材 1,000 / 1,000，满了，删掉一些才能再放"),
        (NearLimit("add_material", 1000, 1000), "今天的永久素材上传 1,000 / 1,000，用完了，明天 0 点恢复"),
    ],
)
def test_words_for_limits(near: NearLimit, text: str):
    """Caps and daily counts, near and reached."""
    assert limit_text(near) == text
