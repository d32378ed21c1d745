"""The audience page: one choice, its number of people, what it costs, and lists of any size."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton, QWidget

from desktop_app.services.audience import Choice
from desktop_app.ui.audience_page import AudiencePage
from desktop_app.ui.audience_picker import TAG_ROLE
from desktop_app.ui.audience_summary import batch_sizes
from desktop_app.ui.openid_list import OpenidDelegate, column_letter
from tests.ui.stray_windows import StrayWindows
from tests.window_world import PlainWindow, WindowWorld


def openids(count: int) -> list[str]:
    return [f"o{i:027d}" for i in range(count)]


def drop(target: QWidget, mime: QMimeData) -> None:
    """Files or text are dragged over a widget and let go there."""
    left, none, copy = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    at = QPoint(10, 10)
    QApplication.sendEvent(target, QDragEnterEvent(at, copy, mime, left, none))
    QApplication.sendEvent(target, QDragMoveEvent(at, copy, mime, left, none))
    QApplication.sendEvent(target, QDropEvent(QPointF(at), copy, mime, left, none, QEvent.Type.Drop))


class Desk:
    """The audience page of the 服务号."""

    def __init__(self, world: WindowWorld) -> None:
        self.world = world
        self.page = AudiencePage(world.context)
        self.window = PlainWindow(self.page)
        self.window.show()
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)
        self.page.set_account(world.service)
        world.settle()

    def paste(self, text: str) -> None:
        mime = QMimeData()
        mime.setText(text)
        self.page.take_mime(mime)
        self.world.settle()

    def button(self, name: str) -> QPushButton:
        found = self.window.findChild(QPushButton, name)
        assert found is not None, name
        return found

    def text(self, name: str) -> str:
        found = self.window.findChild(QLabel, name)
        assert found is not None, name
        return found.text()

    @property
    def number(self) -> str:
        return self.page.summary.number.text()


@pytest.fixture
def world(tmp_path: Path, qapp: QApplication) -> Iterator[WindowWorld]:
    made = WindowWorld(tmp_path / "profile")
    yield made
    made.close()


@pytest.fixture
def desk(world: WindowWorld) -> Iterator[Desk]:
    made = Desk(world)
    yield made
    made.window.close()
    made.window.deleteLater()


def test_nothing_is_chosen_at_first(desk: Desk) -> None:
    """Nobody is the default: the person says who gets it, and Ctrl Enter before that explains itself."""
    assert desk.page.choice() is None
    assert desk.number == "—"
    assert not desk.button("audience.next").isEnabled()
    desk.page.go_next()
    assert desk.window.toasts == ["先选发给谁"]


def test_everyone(desk: Desk) -> None:
    """All followers with WeChat's number, one of the four of this month, and that it shows on the account's page."""
    QTest.mouseClick(desk.page.cards["all"], Qt.MouseButton.LeftButton)
    assert desk.page.choice() == Choice("all", name="全部粉丝", people=48216)
    assert desk.number == "48,216"
    assert desk.page.summary._quota._sentence.text() == "发送后本月还剩 3 次"
    assert "公众号主页" in desk.page._everyone.text()
    asked: list[int] = []
    desk.page.next_wanted.connect(lambda: asked.append(1))
    QTest.mouseClick(desk.button("audience.next"), Qt.MouseButton.LeftButton)
    assert asked == [1]


def test_a_chosen_file_is_read_and_its_folder_remembered(
    desk: Desk, world: WindowWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """选择文件 reads the list; the next dialog, here or for pictures, opens in the same folder."""
    names = tmp_path / "名单" / "试饮.txt"
    names.parent.mkdir()
    names.write_text("\n".join(world.openids(3)), encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(names), ""))
    QTest.mouseClick(desk.page.cards["openids"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(desk.button("audience.choose_file"), Qt.MouseButton.LeftButton)
    world.settle()
    assert desk.number == "3"
    assert world.settings.current.last_folder == str(names.parent)


def test_one_tag_by_mouse_and_keys(desk: Desk) -> None:
    """A click chooses one tag, arrows and Space another; there is never more than one."""
    QTest.mouseClick(desk.page.cards["tag"], Qt.MouseButton.LeftButton)
    view = desk.page.tags.view
    QTest.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(view.model().index(2, 0)).center()
    )
    first = desk.page.choice()
    assert first is not None
    assert first.type == "tag"
    assert first.people is not None
    assert desk.number == f"{first.people:,}"
    assert desk.page.summary._quota._sentence.text() == "不占「全部粉丝」的次数"
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Space)
    second = desk.page.choice()
    assert second is not None
    assert second.tag_id != first.tag_id


def test_tags_sorted_searched_and_without_empty_ones(desk: Desk) -> None:
    """The largest first; empty ones hidden until wanted; a search that finds nothing says so."""
    desk.page.cards["tag"].click()
    model = desk.page.tags.model
    people = [model.index(row).data(TAG_ROLE).people for row in range(model.rowCount())]
    assert people == sorted(people, reverse=True)
    assert 0 not in people
    shown = model.rowCount()
    QTest.mouseClick(desk.button("audience.show_empty"), Qt.MouseButton.LeftButton)
    assert model.rowCount() > shown
    desk.page.search()
    assert QApplication.focusWidget() is desk.page.tags.search
    desk.page.tags.search.setText("龙井礼盒")
    assert desk.text("audience.tags_message") == "没有找到「龙井礼盒」"
    desk.page.tags.search.setText("春茶")
    assert model.rowCount() >= 1


def test_refresh_asks_again(desk: Desk) -> None:
    """刷新 and F5 ask WeChat now, although the counts are still fresh."""
    desk.world.sandbox.forget_requests()
    desk.page.set_account(desk.world.service)
    desk.world.settle()
    assert desk.world.sandbox.requests() == []
    QTest.mouseClick(desk.button("audience.refresh"), Qt.MouseButton.LeftButton)
    desk.world.settle()
    assert any("tags/get" in request["path"] for request in desk.world.sandbox.requests())


def test_without_counts_the_number_is_unknown(world: WindowWorld) -> None:
    """When WeChat cannot be asked, everyone can still be chosen; the page does not invent a number."""
    world.sandbox.fault("*:errcode=45009")
    desk = Desk(world)
    desk.page.cards["all"].click()
    assert desk.number == "人数未知"
    choice = desk.page.choice()
    assert choice is not None
    assert choice.people is None
    assert desk.button("audience.next").isEnabled()
    assert desk.text("audience.tags_message") != ""
    desk.window.close()


def test_a_list_from_a_spreadsheet(desk: Desk, tmp_path: Path) -> None:
    """The column is found and can be changed; duplicates and wrong forms are counted and not sent to."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表1"
    sheet.append(["门店", "openid"])
    ids = openids(20)
    for openid in [*ids, ids[0], "oLj3w5Rt"]:
        sheet.append(["湖滨店", openid])
    path = tmp_path / "试饮名单.xlsx"
    book.save(path)
    desk.page.take_files([str(path)])
    desk.world.settle()
    choice = desk.page.choice()
    assert choice is not None
    assert (choice.type, choice.people, choice.name) == ("openids", 20, "试饮名单")
    assert choice.openids == tuple(ids)
    assert desk.page.list._where.text() == "「表1」B 列 · 22 行"
    assert [desk.page.list.filter.segment(key).text() for key in ("all", "valid", "duplicate", "invalid")] == [
        "全部 22",
        "有效 20",
        "重复 1",
        "格式不对 1",
    ]
    desk.page.list.filter.set_current("invalid")
    assert desk.page.list.model.rowCount() == 1
    desk.page.list.column_wanted.emit(0)
    desk.world.settle()
    assert desk.number == "0"
    assert not desk.button("audience.next").isEnabled()
    desk.page.list.column_wanted.emit(1)
    desk.world.settle()
    assert desk.number == "20"


def test_a_list_is_dropped_on_the_page(desk: Desk, tmp_path: Path) -> None:
    """A text file dropped on the field becomes the list."""
    path = tmp_path / "名单.txt"
    path.write_text("\n".join(openids(5)), encoding="utf-16")
    desk.page.cards["openids"].click()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    drop(desk.page.list.drop, mime)
    desk.world.settle()
    assert desk.number == "5"


def test_ctrl_v_on_the_page(desk: Desk) -> None:
    """Pasting chooses 指定名单 by itself."""
    QGuiApplication.clipboard().setText("，".join(openids(3)))
    desk.page.cards["all"].setFocus()
    QTest.keyClick(desk.page.cards["all"], Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    desk.world.settle()
    assert desk.page.cards["openids"].isChecked()
    assert desk.number == "3"


def test_one_person_is_for_a_preview(desk: Desk) -> None:
    """A list of one cannot be sent to; the way out is one button away."""
    desk.paste(openids(1)[0])
    assert not desk.button("audience.next").isEnabled()
    assert desk.text("audience.problem") == "只有 1 个人时用预览"
    wanted: list[int] = []
    desk.page.preview_wanted.connect(lambda: wanted.append(1))
    QTest.mouseClick(desk.button("audience.preview"), Qt.MouseButton.LeftButton)
    assert wanted == [1]


def test_rows_can_be_removed(desk: Desk) -> None:
    """The cross of a row and Del take it out; a duplicate of it becomes valid; the last one empties the list."""
    first, second = openids(2)
    desk.paste(f"{first}\n{first}\n{second}\n")
    assert desk.number == "2"
    view = desk.page.list.view
    rect = view.visualRect(view.model().index(0, 0))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=OpenidDelegate.cross(rect).center())
    desk.world.settle()
    assert desk.page.list.model.rowCount() == 2
    assert desk.number == "2"
    for _ in range(2):
        view.setCurrentIndex(view.model().index(0, 0))
        QTest.keyClick(view, Qt.Key.Key_Delete)
        desk.world.settle()
    assert desk.page.choice() is None


def test_only_the_valid_ones_are_kept(desk: Desk) -> None:
    """只留有效的 throws the rest away."""
    ids = openids(4)
    desk.paste("\n".join([*ids, ids[0], "nonsense"]))
    QTest.mouseClick(desk.button("audience.only_valid"), Qt.MouseButton.LeftButton)
    desk.world.settle()
    assert desk.page.list.model.rowCount() == 4


def test_a_file_that_cannot_be_read_says_why(desk: Desk, tmp_path: Path) -> None:
    """The reason stands on the page; the earlier list is gone, nothing is sent to by accident."""
    desk.paste("\n".join(openids(4)))
    broken = tmp_path / "名单.xlsx"
    broken.write_bytes(b"PK\x03\x04 broken")
    desk.page.take_files([str(broken)])
    desk.world.settle()
    assert desk.text("audience.list_message") != ""
    assert desk.page.choice() is None
    desk.page.take_files([str(tmp_path / "cup.jpg")])
    assert "CSV" in desk.text("audience.list_message")


def test_long_lists_do_not_stall_the_window(desk: Desk, long_run: bool) -> None:
    """Reading is a task; showing, filtering and painting a long list takes the window's thread a moment only."""
    count = 1_000_000 if long_run else 20_000
    text = "\n".join(openids(count))
    mime = QMimeData()
    mime.setText(text)
    desk.page.take_mime(mime)
    worst = 0.0
    while desk.page.choice() is None:
        started = time.thread_time()
        QApplication.processEvents()
        worst = max(worst, time.thread_time() - started)
        time.sleep(0.001)
    started = time.thread_time()
    desk.page.list.filter.set_current("valid")
    desk.window.grab()
    taken = time.thread_time() - started
    print(f"{count} rows: longest stall {worst * 1000:.0f} ms, filter and paint {taken * 1000:.0f} ms")
    assert desk.number == f"{count:,}"
    assert worst < 0.5
    assert taken < 1.5


def test_a_subscription_account_cannot_use_lists(desk: Desk) -> None:
    """指定名单 stays visible with its reason; a list dropped all the same is refused in words."""
    desk.page.set_account(desk.world.subscription)
    desk.world.settle()
    card = desk.page.cards["openids"]
    assert card.isVisible()
    assert not card.isEnabled()
    assert "订阅号不能按名单群发" in card.accessibleName()
    desk.paste("\n".join(openids(3)))
    assert desk.page.choice() is None
    assert desk.window.toasts == ["订阅号不能按名单群发，微信只允许服务号这样发"]
    desk.page.cards["tag"].click()
    desk.page.tags.choose(desk.page.tags.model.index(0).data(TAG_ROLE).id)
    assert desk.page.summary._quota._sentence.text() == "发送后今天还剩 0 次"


def test_another_account_forgets_the_choice(desk: Desk) -> None:
    """A choice belongs to its account; coming back to the same one keeps it."""
    desk.page.cards["all"].click()
    desk.page.set_account(desk.world.service)
    desk.world.settle()
    assert desk.page.choice() is not None
    desk.page.set_account(desk.world.subscription)
    desk.world.settle()
    assert desk.page.choice() is None


def test_recent_audiences_come_back(desk: Desk) -> None:
    """最近用过 offers tags with today's count and lists as they were."""
    audiences, service = desk.world.profile.audiences, desk.world.service
    tags = desk.page._tags
    assert tags is not None
    tag = max(tags.tags, key=lambda each: each.people)
    audiences.remember(service.id, Choice("openids", name="试饮名单", openids=tuple(openids(7)), people=7))
    desk.world.clock.wall += 1
    audiences.remember(service.id, Choice("tag", tag_id=tag.id, name=tag.name, people=1))
    desk.page.focus_first()
    desk.world.settle()
    QTest.mouseClick(desk.button("audience.recent.0"), Qt.MouseButton.LeftButton)
    assert desk.number == f"{tag.people:,}"
    QTest.mouseClick(desk.button("audience.recent.1"), Qt.MouseButton.LeftButton)
    desk.world.settle()
    choice = desk.page.choice()
    assert choice is not None
    assert (choice.name, choice.people) == ("试饮名单", 7)


@pytest.mark.parametrize(
    ("people", "sizes"),
    [(2, [2]), (10_000, [10_000]), (10_001, [5001, 5000]), (20_001, [6667, 6667, 6667]), (30_000, [10_000] * 3)],
)
def test_batches_are_even(people: int, sizes: list[int]) -> None:
    """No batch of one, none over 10,000."""
    assert batch_sizes(people) == sizes


def test_columns_are_named_like_in_a_spreadsheet() -> None:
    """A to Z, then AA."""
    assert [column_letter(n) for n in (0, 1, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "B",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


@pytest.mark.parametrize("size", [(1280, 800), (960, 640)])
def test_fits(desk: Desk, size: tuple[int, int]) -> None:
    """With a list open the page takes no more than the window, down to 960×640, and nothing is a window itself."""
    with StrayWindows() as stray:
        desk.window.resize(*size)
        desk.paste("\n".join([*openids(300), "nonsense"]))
    assert (desk.window.width(), desk.window.height()) == size
    next_button = desk.button("audience.next")
    corner = next_button.mapTo(desk.window, QPoint(next_button.width(), 0))
    assert corner.x() <= size[0]
    assert stray.seen == []
