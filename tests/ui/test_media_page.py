"""素材库: everything that was uploaded is found again, renewed, used, dragged out and deleted with the truth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QRect, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.article.contents import new_article
from desktop_app.job import Job
from desktop_app.services.library import LibraryItem, NearLimit
from desktop_app.store.caches import MediaFile
from desktop_app.ui.closing import Closing
from desktop_app.ui.compose_page import ComposePage
from desktop_app.ui.drop_payload import LIBRARY_MIME, Payload
from desktop_app.ui.library_intake import save_to_library
from desktop_app.ui.media_card import card_rect, tick_rect
from desktop_app.ui.media_choices import choices
from desktop_app.ui.media_drag import drag_mime
from desktop_app.ui.media_page import MediaPage
from desktop_app.ui.media_sheet import MediaSheet
from desktop_app.ui.media_words import badge, limit_text, size_facts
from tests.data import make
from tests.window_world import PlainWindow, WindowWorld

HOUR, DAY = 3600.0, 24 * 3600.0


class MediaWorld(WindowWorld):
    """The page over a library that is filled by real uploads."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "profile")
        self.folder = folder
        self.page = MediaPage(self.context)
        self.window = PlainWindow(self.page)
        self.window.show()

    def open(self) -> None:
        """Show the page, as a click on the rail does."""
        self.page.set_account(self.service)
        self.page.focus_first()
        self.settle()

    def upload(self, name: str, colour: int = 0, *, kind: str = "image", permanent: bool = False) -> MediaFile:
        """Send a file up; each colour is a file of its own."""
        data = {
            "image": lambda: make.picture("PNG", (120, 80), (colour, 90, 60)),
            "voice": lambda: make.amr(2.0 + colour),
            "video": lambda: make.mp4(2.0 + colour),
        }[kind]()
        file = self.profile.media.add_bytes(data, name, kind, Job())
        self.profile.media.upload(self.service.id, file.sha256, kind, Job(), permanent=permanent)
        self.clock.advance(1)
        return file

    def on_the_website(self, name: str) -> str:
        """Somebody uploads a picture on WeChat's website."""
        return str(self.sandbox.service.media.put("image", name, make.picture("JPEG")).media_id)

    def later(self, seconds: float) -> None:
        """Let time pass and the list be read again."""
        self.clock.advance(seconds)
        self.page.reload()
        self.settle()

    # What is on the screen

    def names(self) -> list[str]:
        return [item.name for item in self.page.model.items()]

    def item(self, name: str) -> LibraryItem:
        return next(item for item in self.page.model.items() if item.name == name)

    def card(self, name: str) -> QRect:
        """The card of an item, in coordinates of the grid's viewport."""
        index = self.page.model.index(self.page.model.row_of(self.item(name).key))
        return card_rect(self.page.grid.visualRect(index)).toRect()

    def spoken(self, name: str) -> str:
        index = self.page.model.index(self.page.model.row_of(self.item(name).key))
        return str(index.data(Qt.ItemDataRole.AccessibleTextRole))

    def chosen(self) -> list[str]:
        return [item.name for item in self.page.grid.chosen()]

    def find(self, name: str) -> QWidget:
        found = [each for each in self.window.findChildren(QWidget, name) if each.isVisible()]
        assert len(found) == 1, name
        return found[0]

    def sheet_texts(self) -> str:
        sheet = self.window.sheet()
        assert sheet is not None
        return "\n".join(label.text() for label in sheet.findChildren(QLabel))

    # What a person does

    def click(self, name: str) -> None:
        QTest.mouseClick(self.find(name), Qt.MouseButton.LeftButton)
        self.settle()

    def click_card(self, name: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        at = self.card(name).center()
        QTest.mouseClick(self.page.grid.viewport(), Qt.MouseButton.LeftButton, modifier, at)
        self.settle()

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.page.grid, key, modifier)
        self.settle()

    def search(self, text: str) -> None:
        self.page.field.setText(text)
        self.until(lambda: not self.page._later.isActive())
        self.settle()


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[MediaWorld]:
    made = MediaWorld(tmp_path)
    yield made
    made.window.close()
    made.close()


@pytest.fixture
def mixed(world: MediaWorld) -> MediaWorld:
    """Two pictures (the older one permanent), a voice and a video; the newest first."""
    world.upload("旧罐.png", 1, permanent=True)
    world.upload("邀请.amr", kind="voice")
    world.upload("茶园.mp4", kind="video")
    world.upload("春山.png", 2)
    world.open()
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


# --- what can be done -----------------------------------------------------------------------------------


def test_renewing(mixed: MediaWorld):
    """The local original goes up once more; the card counts three days again."""
    before = mixed.item("春山.png").media_id
    mixed.later(DAY)
    mixed.click_card("春山.png")
    mixed.click("media.bar.renew")
    assert mixed.window.toasts == ["「春山.png」又能用 3 天"]
    assert mixed.spoken("春山.png").endswith("，剩 3 天")
    assert mixed.item("春山.png").media_id != before
    assert mixed.chosen() == ["春山.png"]


def test_an_expired_card_is_uploaded_again_by_its_link(mixed: MediaWorld):
    """重新上传 stands on the card itself; a click beside it only chooses."""
    mixed.later(4 * DAY)
    card = mixed.card("春山.png")
    link = QPoint(card.right() - 24, card.bottom() - 20)
    QTest.mouseClick(mixed.page.grid.viewport(), Qt.MouseButton.LeftButton, pos=link)
    mixed.settle()
    assert mixed.spoken("春山.png").endswith("，剩 3 天")
    assert mixed.chosen() == []


def test_making_permanent(mixed: MediaWorld):
    """It is in WeChat's library then, and the card says 永久. All chosen ones that are not permanent yet."""
    mixed.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    mixed.click("media.bar.permanent")
    assert mixed.window.toasts == ["3 个素材已是永久素材"]
    assert all(mixed.spoken(name).endswith("，永久") for name in mixed.names())
    kept = [each for each in mixed.sandbox.service.media.items.values() if each.permanent]
    assert {item.media_id for item in mixed.page.model.items()} == {each.media_id for each in kept}


def test_what_fails_is_said_and_the_rest_is_done(mixed: MediaWorld):
    """One of three uploads is refused: two are permanent, the third is as it was, and the toast says why."""
    mixed.sandbox.fault("add_material:errcode=45009*1")
    mixed.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    mixed.click("media.bar.permanent")
    (said,) = mixed.window.toasts
    assert said.startswith("2 个素材已是永久素材。1 个没有成功：")
    assert sum(item.permanent for item in mixed.page.model.items()) == 3
    assert not any(mixed.page.model.busy(item.key) is not None for item in mixed.page.model.items())


def stop_after_the_first(world: MediaWorld) -> list[str]:
    """Press 停止 as soon as one of the next batch has ended; what its line said then, and after the click."""
    said: list[str] = []

    def press() -> None:
        words, stop = world.find("media.batch.words"), world.find("media.batch.stop")
        assert isinstance(words, QLabel)
        if stop.isEnabled():
            said.append(words.text())
            QTest.mouseClick(stop, Qt.MouseButton.LeftButton)
            said.append(words.text())

    world.page.orders.actions.began.connect(lambda batch: batch.moved.connect(press))
    return said


@pytest.mark.parametrize(
    ("key", "doing", "result"),
    [("renew", "正在续期", "4 个素材又能用 3 天"), ("permanent", "正在转永久", "4 个素材已是永久素材")],
)
def test_a_batch_can_be_stopped(world: MediaWorld, key: str, doing: str, result: str):
    """What is under way comes to its end and stays done; the others are as they were, and the toast counts both."""
    for n in range(7):
        world.upload(f"{n}.png", n)
    world.open()
    world.later(DAY)
    before = {item.media_id for item in world.page.model.items()}
    said = stop_after_the_first(world)
    world.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    world.click(f"media.bar.{key}")
    assert said == [f"{doing} 1 / 7", "正在停止，等手上的 3 个做完"]
    assert world.window.toasts == [f"{result}。已停止，其余 3 个没有动"]
    assert len({item.media_id for item in world.page.model.items()} & before) == 3
    assert not world.page.progress.isVisible()
    assert not any(world.page.model.busy(item.key) is not None for item in world.page.model.items())


def test_what_fails_before_a_stop_is_said_too(world: MediaWorld):
    """Done, not done and why, not touched."""
    for n in range(6):
        world.upload(f"{n}.png", n)
    world.open()
    world.sandbox.fault("add_material:errcode=45009*1")
    stop_after_the_first(world)
    world.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    world.click("media.bar.permanent")
    (said,) = world.window.toasts
    assert said.startswith("3 个素材已是永久素材。1 个没有成功：")
    assert said.endswith("。已停止，其余 2 个没有动")


def test_deleting_many_can_be_stopped(world: MediaWorld):
    """Those that are gone are gone, the others are still there."""
    for n in range(6):
        world.upload(f"{n}.png", n)
    world.open()
    said = stop_after_the_first(world)
    world.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    world.click("media.bar.delete")
    world.click("dialog.1")
    assert said[0] == "正在删除 1 / 6"
    assert world.window.toasts == ["已删除 4 个素材。已停止，其余 2 个没有动"]
    assert len(world.names()) == 2


def test_the_line_of_a_batch_goes_with_its_account(world: MediaWorld):
    """Another account's page does not show it; a few that begin at once have nothing that could be stopped."""
    for n in range(6):
        world.upload(f"{n}.png", n)
    world.open()
    world.page.orders.renew(world.service.id, world.page.model.items()[:4])
    assert not world.page.progress.isVisible()
    world.settle()
    world.page.orders.renew(world.service.id, world.page.model.items())
    assert world.page.progress.isVisible()
    world.page.set_account(world.subscription)
    assert not world.page.progress.isVisible()
    world.page.set_account(world.service)
    assert world.page.progress.isVisible()
    world.settle()
    assert not world.page.progress.isVisible()
    assert world.window.toasts[-1] == "6 个素材又能用 3 天"


@pytest.mark.parametrize("order", ["renew", "_delete"])
def test_closing_says_what_becomes_of_a_batch(world: MediaWorld, order: str):
    """Whatever its lane: what is done counts, the rest is as it was. Without a batch nothing is asked."""
    for n in range(6):
        world.upload(f"{n}.png", n)
    world.open()
    closing = Closing(world.context, world.page.progress, world.window)
    assert closing.may_close()
    getattr(world.page.orders.actions, order)(world.service.id, world.page.model.items())
    assert not closing.may_close()
    assert "0 / 6。现在退出就停下，做完的算数，其余的没有动。" in world.sheet_texts()
    world.click("dialog.0")
    assert closing.may_close()


def test_nothing_is_ordered_twice(world: MediaWorld):
    """Those that wait in a batch are spoken for: ordering them again sends nothing up twice, and deletes nothing."""
    for n in range(8):
        world.upload(f"{n}.png", n)
    world.open()
    uploads = world.sandbox.service.media.items
    before = set(uploads)
    everything = world.page.model.items()
    world.page.orders.renew(world.service.id, everything)
    for key in ("renew", "permanent", "delete"):
        world.page.orders.do(key, everything)
    world.page.orders.do("copy", everything)
    world.settle()
    assert len(set(uploads) - before) == 8
    assert world.window.sheet() is None
    busy = "这些素材正在处理，等做完再操作"
    assert world.window.toasts == [busy] * 3 + ["已复制 8 个 media_id", "8 个素材又能用 3 天"]
    world.page.orders.do("renew", world.page.model.items())
    world.settle()
    assert len(set(uploads) - before) == 16


def test_what_is_being_renewed_can_be_used(world: MediaWorld):
    """The files are here: a message takes all of them, whatever goes on with some."""
    for n in range(6):
        world.upload(f"{n}.png", n)
    world.open()
    used: list[list[MediaFile]] = []
    world.page.use_in_message.connect(lambda kind, files: used.append(files))
    everything = world.page.model.items()
    world.page.orders.renew(world.service.id, everything)
    world.page.orders.do("message", everything)
    world.settle()
    assert [file.name for file in used[0]] == [item.name for item in everything]


def test_what_a_stop_left_can_be_ordered_again(world: MediaWorld):
    """They are not spoken for any more."""
    for n in range(6):
        world.upload(f"{n}.png", n)
    world.open()
    stop_after_the_first(world)
    for _ in range(2):
        world.page.orders.do("renew", world.page.model.items())
        world.settle()
    said = "4 个素材又能用 3 天。已停止，其余 2 个没有动"
    assert world.window.toasts == [said, said]


def test_what_goes_on_with_a_file_goes_on_for_its_account_alone(world: MediaWorld):
    """Another account has the same file: there it is idle, and can be renewed at the same time."""
    file = world.upload("春山.png")
    world.profile.media.upload(world.subscription.id, file.sha256, "image", Job())
    world.open()
    world.sandbox.fault("media/upload:slow=30s")
    world.page.orders.do("renew", world.page.model.items())
    key = world.item("春山.png").key
    assert world.page.model.busy(key) is not None
    world.page.set_account(world.subscription)
    world.until(world.page.model.items)
    assert world.page.model.busy(key) is None
    world.page.orders.do("renew", world.page.model.items())
    assert world.tasks.running("upload") == 2


def test_a_picture_of_articles_says_what_it_is_and_can_be_kept(mixed: MediaWorld):
    """It has an address alone: no media_id to copy, nothing to renew, and 转永久 makes permanent media of it."""
    path = mixed.paths.data / "正文.png"
    path.write_bytes(make.picture("PNG", (300, 200)))
    media = mixed.profile.media.add_file(path, "picture", Job())
    mixed.profile.articles.pictures.upload(mixed.service.id, media.sha256, Job())
    mixed.later(1)
    assert badge(mixed.item("正文.png"), mixed.clock()).text == "正文图片"
    mixed.click_card("正文.png")
    assert [mixed.find(f"media.bar.{key}").isEnabled() for key in ("renew", "copy", "permanent")] == [
        False,
        False,
        True,
    ]
    assert mixed.find("media.bar.renew").toolTip() == "正文图片不会过期"
    mixed.click("media.bar.permanent")
    assert mixed.item("正文.png").media_id in mixed.sandbox.service.media.items
    assert badge(mixed.item("正文.png"), mixed.clock()).text == "永久"


def test_copying_media_ids(mixed: MediaWorld):
    """One a line, in the order of the cards."""
    mixed.click_card("春山.png")
    mixed.click_card("旧罐.png", Qt.KeyboardModifier.ControlModifier)
    mixed.click("media.bar.copy")
    wanted = [mixed.item(name).media_id for name in ("春山.png", "旧罐.png")]
    assert QGuiApplication.clipboard().text().split("\n") == wanted
    assert mixed.window.toasts == ["已复制 2 个 media_id"]


def test_deleting_a_temporary_one(mixed: MediaWorld):
    """The question says where it is used and that WeChat keeps it until it expires; the safe button has the focus."""
    file = mixed.profile.library.item(mixed.service.id, mixed.item("春山.png").key)
    assert file is not None
    body = f'<p><img data-sha256="{file.sha256}"></p>'
    article = {**new_article(), "title": "清明前的第一杯", "html": body}
    mixed.profile.articles.save(mixed.service.id, {"articles": [article], "draft_id": None})
    mixed.click_card("春山.png")
    mixed.key(Qt.Key.Key_Delete)
    said = mixed.sheet_texts()
    assert "删除「春山.png」？" in said
    assert "用在 1 篇图文草稿里。" in said
    assert "只从这台电脑的列表里拿掉，微信到期自动清除。" in said
    focus = QApplication.focusWidget()
    assert isinstance(focus, QPushButton)
    assert focus.text() == "保留"
    mixed.click("dialog.1")
    assert "春山.png" not in mixed.names()
    assert mixed.window.toasts == ["已删除「春山.png」"]


def test_deleting_a_permanent_one(mixed: MediaWorld):
    """It goes at WeChat too, and the question said so. 保留 changes nothing."""
    media_id = mixed.item("旧罐.png").media_id
    mixed.click_card("旧罐.png")
    mixed.click("media.bar.delete")
    assert "微信素材库里也会删掉，不能恢复。已发出的图文里用到的图片可能打不开。" in mixed.sheet_texts()
    assert "都没有用到" in mixed.sheet_texts()
    mixed.click("dialog.0")
    assert media_id in mixed.sandbox.service.media.items
    mixed.click("media.bar.delete")
    mixed.click("dialog.1")
    assert media_id not in mixed.sandbox.service.media.items
    assert "旧罐.png" not in mixed.names()


def test_what_a_menu_uses_cannot_be_deleted(mixed: MediaWorld):
    """WeChat says no (48005): the item stays and the reason is said."""
    mixed.sandbox.switches.set(menu_material=mixed.item("旧罐.png").media_id)
    mixed.click_card("旧罐.png")
    mixed.click("media.bar.delete")
    mixed.click("dialog.1")
    assert "48005" in mixed.sheet_texts()
    assert "旧罐.png" in mixed.names()


# --- using ----------------------------------------------------------------------------------------------


def test_using_files_that_are_here(mixed: MediaWorld):
    """The page hands over the files with their kind; the window decides where that leads."""
    messages: list[tuple[str, list[MediaFile]]] = []
    articles: list[list[MediaFile]] = []
    mixed.page.use_in_message.connect(lambda kind, files: messages.append((kind, files)))
    mixed.page.use_in_article.connect(articles.append)
    mixed.click_card("茶园.mp4")
    mixed.click("media.bar.message")
    mixed.click_card("春山.png")
    mixed.click_card("旧罐.png", Qt.KeyboardModifier.ControlModifier)
    mixed.click("media.bar.article")
    ((kind, files),) = messages
    assert (kind, [file.name for file in files]) == ("video", ["茶园.mp4"])
    assert [file.name for file in articles[0]] == ["春山.png", "旧罐.png"]
    assert all(file.path.exists() for file in (*files, *articles[0]))


def test_a_message_takes_them_as_they_are(mixed: MediaWorld):
    """What WeChat has does not go up again; what has expired does, by itself."""

    def uploads() -> int:
        calls = [each for each in mixed.sandbox.requests() if each["path"].endswith("media/upload")]
        return sum(each["errcode"] == 0 for each in calls)  # after days the token has to be renewed first

    compose = ComposePage(mixed.context)
    window = PlainWindow(compose)
    window.show()
    compose.set_account(mixed.service)
    mixed.settle()
    mixed.page.use_in_message.connect(compose.use_media)
    before = uploads()
    mixed.click_card("春山.png")
    mixed.click_card("旧罐.png", Qt.KeyboardModifier.ControlModifier)
    mixed.click("media.bar.message")
    assert compose.kind() == "image"
    assert [file["name"] for file in compose.form().content()["files"]] == ["春山.png", "旧罐.png"]
    assert uploads() == before
    mixed.later(4 * DAY)
    mixed.click_card("邀请.amr")
    mixed.click("media.bar.message")
    assert compose.kind() == "voice"
    assert uploads() == before + 1
    window.close()


def test_using_what_is_only_at_wechat(world: MediaWorld):
    """It is fetched first, and lies here then."""
    world.on_the_website("网站上传.jpg")
    world.open()
    assert world.item("网站上传.jpg").path is None
    got: list[MediaFile] = []
    world.page.use_in_message.connect(lambda kind, files: got.extend(files))
    world.click_card("网站上传.jpg")
    world.click("media.bar.message")
    assert [file.name for file in got] == ["网站上传.jpg"]
    assert got[0].path.read_bytes() == make.picture("JPEG")
    assert world.window.toasts == ["正在从微信取回原文件"]
    assert world.item("网站上传.jpg").path is not None


def test_dragging_out(mixed: MediaWorld):
    """Files under the names that people know, whose content is the original's; and the keys."""
    items = [mixed.item("春山.png"), mixed.item("旧罐.png")]
    mime = drag_mime(mixed.service.id, items, mixed.paths.cache)
    payload = Payload.of(mime)
    assert payload.own
    assert [Path(path).name for path in payload.files] == ["春山.png", "旧罐.png"]
    for path, item in zip(payload.files, items, strict=True):
        assert item.path is not None
        assert Path(path).read_bytes() == item.path.read_bytes()
    keys = json.loads(bytes(mime.data(LIBRARY_MIME).data()))
    assert keys == {"account": mixed.service.id, "keys": [item.key for item in items]}
    assert mixed.page.drop_targets(payload) == []


def test_old_drags_leave_no_files_behind(mixed: MediaWorld):
    """Only the last few keep their second names; the originals stay."""
    item = mixed.item("春山.png")
    for _ in range(12):
        drag_mime(mixed.service.id, [item], mixed.paths.cache)
    assert len(list((mixed.paths.cache / "drag").iterdir())) <= 5
    assert item.path is not None
    assert item.path.exists()


def test_what_is_only_at_wechat_cannot_be_dragged(world: MediaWorld):
    """There is no file to drag: the way that fetches it is said."""
    world.on_the_website("网站上传.jpg")
    world.open()
    world.click_card("网站上传.jpg")
    world.page.grid.startDrag(Qt.DropAction.CopyAction)
    assert "会先取回来" in world.window.toasts[-1]


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


# --- one item -------------------------------------------------------------------------------------------


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
