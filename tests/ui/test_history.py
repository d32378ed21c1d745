"""群发记录 with the real ledger, the real worker and the real sandbox."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton, QWidget

from desktop_app.store.outbox import NewBatch, NewSend, State
from desktop_app.ui import theme
from desktop_app.ui.history_drawer import HistoryDrawer
from desktop_app.ui.history_model import PAGE, Column
from desktop_app.ui.history_page import HistoryPage
from desktop_app.ui.history_table import first_picture
from desktop_app.wechat import Audience
from tests.ui.send_states import DAY, HOUR, make_all, media_send
from tests.window_world import PlainWindow, WindowWorld

Key = Qt.Key


@pytest.fixture
def world(tmp_path: Path) -> Iterator[WindowWorld]:
    """An empty profile in front of a fresh sandbox."""
    world = WindowWorld(tmp_path / "profile")
    yield world
    world.close()


class Shown:
    """The page in a window, with short ways to look at it."""

    def __init__(self, world: WindowWorld, size: tuple[int, int] = (1280, 800)) -> None:
        self.world = world
        self.page = HistoryPage(world.context)
        self.window = PlainWindow(self.page, size)
        self.page.set_account(world.service)
        self.window.show()
        world.settle()

    @property
    def drawer(self) -> HistoryDrawer:
        return self.page.drawer

    def titles(self) -> list[str]:
        """The titles in the table."""
        return [row.title for row in self.page.model.rows()]

    def open(self, send_id: int) -> None:
        """Open the drawer of a send."""
        self.page.show_send(send_id)
        self.world.settle()
        assert self.drawer.row is not None
        assert self.drawer.row.id == send_id

    def texts(self) -> str:
        """All that the drawer says."""
        parts = [label.text() for label in self.drawer.findChildren(QWidget) if hasattr(label, "text")]
        rows = [row.accessibleName() for row in self.drawer._timeline.findChildren(QWidget)]
        return "\n".join([*map(str, parts), *rows])

    def advice_buttons(self) -> list[str]:
        """The names of the buttons in the box."""
        return [button.objectName() for button in self.drawer._advice.findChildren(QPushButton)]

    def press(self, name: str) -> None:
        """Click the visible button of this name, wherever it is in the window."""
        self.world.settle()
        button = next(b for b in self.window.findChildren(QPushButton, name) if b.isVisible())
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.world.settle()

    def choose(self, group: str) -> None:
        """Choose a group."""
        QTest.mouseClick(self.page.filters._groups.segment(group), Qt.MouseButton.LeftButton)
        self.world.settle()

    def search(self, text: str) -> None:
        """Type into the search field and let its delay pass."""
        field = self.window.findChild(QLineEdit, "history.search")
        field.setText(text)
        self.world.until(lambda: not self.page.filters._delay.isActive())
        self.world.settle()

    def key(self, key: Qt.Key) -> None:
        """Press a key in the table."""
        QTest.keyClick(self.page.table, key)
        self.world.settle()


def many_sends(world: WindowWorld, count: int) -> None:
    """Write so many sends straight into the ledger."""
    with world.profile.outbox.together():
        for number in range(count):
            world.clock.advance(1)
            send = NewSend(
                world.service.id, "text", f"第 {number} 条", {}, {"type": "tag", "name": "老客"}, people=10
            )
            world.profile.outbox.add(send, [NewBatch(f"{number:032x}", "/x", b"{}")])


# --- the list ---------------------------------------------------------------------------------------


def test_five_thousand_rows_come_in_pages(world: WindowWorld) -> None:
    """The first page is there at once, scrolling brings the rest in order, and no step stalls the window."""
    many_sends(world, 5000)
    shown = Shown(world)
    assert shown.page.model.rowCount() == PAGE
    assert shown.page.filters._groups.segment("all").text() == "全部 5,000"
    slowest = 0.0
    while shown.page.model.canFetchMore():
        began = time.thread_time()
        shown.page.table.scrollToBottom()
        shown.page.model.fetchMore()
        QApplication.processEvents()
        slowest = max(slowest, time.thread_time() - began)
        world.settle()
    assert shown.titles() == [f"第 {n} 条" for n in reversed(range(5000))]
    assert slowest < 0.25


def test_a_change_shows_in_its_row_alone(world: WindowWorld) -> None:
    """row_changed reads one row again and says dataChanged for it; the counts follow."""
    ids = [world.queue(f"第 {n} 条") for n in range(3)]
    shown = Shown(world)
    changed: list[tuple[int, int]] = []
    resets: list[bool] = []
    shown.page.model.dataChanged.connect(lambda first, last: changed.append((first.row(), last.row())))
    shown.page.model.modelReset.connect(lambda: resets.append(True))
    world.profile.sending.cancel(ids[1])
    world.settle()
    assert changed == [(1, 1)]
    assert not resets
    assert shown.page.model.index(1, Column.STATE).data() == "已取消"
    assert shown.page.filters._groups.segment("done").text() == "已完成 1"


def test_many_changes_at_once_are_read_together(world: WindowWorld) -> None:
    """A storm of changes to one row costs few reads, and its last state is the one that stays."""
    send_id = world.queue("一条")
    shown = Shown(world)
    reads: list[int] = []
    shown.page.model.dataChanged.connect(lambda first, last: reads.append(first.row()))
    for _ in range(50):
        shown.page.model.row_changed(send_id)
    world.profile.sending.cancel(send_id)
    world.settle()
    assert 1 <= len(reads) <= 4
    assert shown.page.model.index(0, Column.STATE).data() == "已取消"


def test_a_new_send_comes_on_top_and_a_finished_one_leaves_its_group(world: WindowWorld) -> None:
    """The list of what is under way keeps itself up to date."""
    first = world.queue("第一条")
    shown = Shown(world)
    shown.choose("running")
    world.clock.advance(5)
    world.queue("第二条")
    world.settle()
    assert shown.titles() == ["第二条", "第一条"]
    world.profile.sending.cancel(first)
    world.settle()
    assert shown.titles() == ["第二条"]


def test_a_list_that_is_read_again_keeps_its_place(world: WindowWorld) -> None:
    """F5 neither loses the row nor jumps to the top."""
    many_sends(world, 100)
    shown = Shown(world)
    shown.page.table.selectRow(60)
    shown.page.table.scrollTo(shown.page.model.index(60, 0))
    before = shown.page.table.verticalScrollBar().value()
    assert before > 0
    world.queue("新的一条")
    shown.page.refresh()
    world.settle()
    assert shown.page.table.currentIndex().row() == 61
    assert abs(shown.page.table.verticalScrollBar().value() - before) <= 60


def test_groups_kinds_times_and_search(world: WindowWorld) -> None:
    """Each filter narrows the list; counts follow search and type, and the message id is found too."""
    made = make_all(world)
    shown = Shown(world)
    assert len(shown.titles()) == len(made)
    shown.choose("attention")
    attention = {"unsure", "too_late", "partly", "ip", "offline", "secret", "accepted_unknown"}
    assert {row.id for row in shown.page.model.rows()} == {made[name] for name in attention}
    assert shown.page.filters._groups.segment("attention").text() == f"要处理 {len(attention)}"
    shown.choose("all")
    shown.page.filters._choose_kind("video", "视频")
    world.settle()
    assert {row.id for row in shown.page.model.rows()} == {made["video"], made["deleted"]}
    assert shown.page.filters._groups.segment("all").text() == "全部 2"
    shown.page.filters._choose_kind("", "类型")
    shown.search("礼盒")
    assert shown.titles() == ["礼盒提前预订说明"]
    shown.search("试饮名单")
    assert shown.titles() == ["谷雨之前：最后一批头采"]
    shown.search(str(world.row(made["video"]).msg_id))
    assert shown.titles() == ["北坡的早晨"]


def test_empty_states(world: WindowWorld) -> None:
    """Nothing sent yet, nothing found, nothing in the last 90 days: each says so and has the way on."""
    shown = Shown(world)
    wanted: list[bool] = []
    shown.page.new_wanted.connect(lambda: wanted.append(True))
    assert shown.page._stack.currentWidget() is shown.page._empty
    shown.press("history.write")
    assert wanted
    world.queue("很久以前")
    world.clock.advance(100 * DAY)
    shown.page.refresh()
    world.settle()
    assert shown.page._stack.currentWidget() is shown.page._none
    shown.press("history.clear_filter")
    assert shown.titles() == ["很久以前"]
    shown.search("龙井礼盒")
    assert "没有找到「龙井礼盒」" in shown.page._none._title.text()
    shown.press("history.clear_filter")
    assert shown.titles() == ["很久以前"]


def test_the_age_is_that_of_the_last_answer(world: WindowWorld) -> None:
    """「n 秒前更新」 counts from WeChat's last answer, also when that brought no news."""
    send_id = world.queue()
    world.deliver()
    world.sandbox.service.jobs.by_id[world.row(send_id).msg_id or 0].seconds = 1e9
    shown = Shown(world)
    assert shown.page._age.text() == ""
    world.clock.advance(10)
    shown.page.refresh()
    world.settle()
    world.clock.advance(15)
    shown.page._show_age()
    assert shown.page._age.text() == "15 秒前更新"
    assert world.row(send_id).state is State.ACCEPTED


def test_the_worker_brings_the_row_to_its_end(world: WindowWorld) -> None:
    """Without a touch the row goes from 排队中 to 成功 on the worker's timers."""
    send_id = world.queue("会自己走完")
    shown = Shown(world)
    world.worker.start()
    world.until(lambda: world.row(send_id).state is State.ACCEPTED)
    world.clock.advance(HOUR)
    world.worker.wake()
    world.until(lambda: shown.page.model.index(0, Column.STATE).data() == "成功")


# --- the drawer -------------------------------------------------------------------------------------

EXPECTED: dict[str, tuple[str, list[str]]] = {
    "succeeded": ("微信报告发送成功", []),
    "deleted": ("已删除", []),
    "marked": ("本人标记：已发出", []),
    "stuck": ("微信一天没有给出结果", ["site"]),
    "refused": ("没有人收到，也没有消耗次数", ["copy_error"]),
    "send_fail": ("微信报告发送失败（SEND_FAIL）", ["site"]),
    "admin_failed": ("管理员拒绝，或 30 分钟内没有确认（微信不说是哪一种）", ["site"]),
    "cancelled": ("已取消，没有发出", []),
    "partly": ("第 3 批没有发出", ["copy_error"]),
    "ip": ("203.0.113.86", ["resume", "copy_ip", "cancel"]),
    "offline": ("连不上微信", ["resume", "cancel"]),
    "too_late": ("已超过 23 小时，同一编号不再防重", ["site", "mark"]),
    "unsure": ("先别重新写一条来发，可能会发两次", ["site", "mark"]),
    "accepted_unknown": ("没有给出 msg_id", ["site", "mark"]),
    "waiting_admin": ("等管理员在微信里确认，剩 30 分钟。", []),
    "scheduled": ("定于 ", ["cancel"]),
    "submitting": ("提交给微信", []),
    "secret": ("需要输入 AppSecret", ["secret", "cancel"]),
    "queued": ("还没有离开这台电脑", ["cancel"]),
}


def test_every_state_says_what_happened_and_offers_what_helps(world: WindowWorld) -> None:
    """For each state the drawer has the words and exactly the buttons of the design."""
    made = make_all(world)
    shown = Shown(world)
    for name, (text, buttons) in EXPECTED.items():
        shown.open(made[name])
        assert text in shown.texts(), name
        assert shown.advice_buttons() == [f"history.{button}" for button in buttons], name


def test_a_spent_quota_can_be_corrected_where_it_is_told(world: WindowWorld) -> None:
    """45028 from WeChat, and a send that our own record held back: both boxes lead to the quota dialog."""
    refused = world.queue("这个月的第五条", Audience.everyone(), people=48216)
    held = world.queue("后面的一条", Audience.everyone(), people=48216)
    world.deliver("mass/sendall:errcode=45028*1")
    shown = Shown(world)
    shown.open(refused)
    assert "45028" in shown.texts()
    assert shown.advice_buttons() == ["history.quota", "history.copy_error"]
    shown.press("history.quota")
    shown.open(held)
    assert shown.advice_buttons() == ["history.resume", "history.cancel", "history.quota"]
    shown.press("history.quota")
    assert shown.window.quota_asked == 2


def test_second_lines_of_the_table(world: WindowWorld) -> None:
    """Below the title stands the one thing to know; the row reads it aloud as well."""
    made = make_all(world)
    shown = Shown(world)
    spoken = {
        name: shown.page.model.index(shown.page.model.position(send_id) or 0, Column.CONTENT).data(
            Qt.ItemDataRole.AccessibleTextRole
        )
        for name, send_id in made.items()
    }
    for name, part in {
        "marked": "本人标记",
        "stuck": "微信一天没有给出结果",
        "secret": "需要输入 AppSecret",
        "waiting_admin": "剩 30 分钟确认",
        "image": "图片 · 3 张",
        "accepted_unknown": "结果要人工核对",
        "unsure": "结果未知",
    }.items():
        assert part in spoken[name]


def test_deleted_articles_are_counted(world: WindowWorld) -> None:
    """One of several articles deleted leaves 成功 with 「已删 1 篇」."""
    send_id = media_send(world, "video", "北坡的早晨", ["tea-hills.mp4"])
    world.deliver()
    world.poll(HOUR)
    row = world.row(send_id)
    world.profile.outbox.change(row.batches[0], "deleted", {"article_idx": 1}, deleted_articles=(1,))
    shown = Shown(world)
    spoken = shown.page.model.index(0, Column.CONTENT).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "已删 1 篇" in spoken
    assert "成功" in spoken


def test_the_repeat_button_counts_down_and_asks_first(world: WindowWorld) -> None:
    """用同一编号再提交: the time left is said, the dialog says what may happen, then the same key goes out again."""
    send_id = world.queue("礼盒")
    world.deliver("mass/sendall:drop-after")
    world.clock.advance(HOUR)
    world.deliver()
    shown = Shown(world)
    shown.open(send_id)
    assert "安全重试还剩 22 小时 0 分钟" in shown.texts()
    assert shown.advice_buttons() == ["history.resubmit", "history.site", "history.mark"]
    shown.press("history.resubmit")
    shown.press("dialog.0")  # 先不
    assert world.row(send_id).batches[0].asked_at is None
    shown.press("history.resubmit")
    shown.press("dialog.1")
    world.deliver()
    world.settle()
    assert world.row(send_id).state is State.ACCEPTED
    assert len(world.sandbox.sent()) == 1
    assert "微信说这一条之前已经受理，没有重复发送" in shown.texts()


def test_after_23_hours_only_a_person_can_tell(world: WindowWorld) -> None:
    """Time alone takes the repeat button away, while the drawer is open."""
    send_id = world.queue("礼盒")
    world.deliver("mass/sendall:drop-after")
    world.clock.advance(HOUR)
    world.deliver()
    shown = Shown(world)
    shown.open(send_id)
    world.clock.advance(23 * HOUR)
    shown.drawer._show_sentences()
    assert shown.advice_buttons() == ["history.site", "history.mark"]
    shown.press("history.mark")
    shown.press("dialog.1")
    assert world.row(send_id).state is State.SUCCEEDED
    assert "本人标记：已发出" in shown.texts()


def test_waiting_sends_go_on_or_end(world: WindowWorld) -> None:
    """继续发送 lets it leave, 取消发送 ends it, 输入 AppSecret asks the window."""
    made = make_all(world)
    shown = Shown(world)
    shown.open(made["ip"])
    shown.press("history.copy_ip")
    assert QGuiApplication.clipboard().text() == "203.0.113.86"
    shown.press("history.resume")
    assert not world.row(made["ip"]).waits_for_person
    shown.open(made["offline"])
    shown.press("history.cancel")
    assert world.row(made["offline"]).state is State.CANCELLED
    shown.open(made["secret"])
    shown.press("history.secret")
    assert shown.window.secrets_asked == [world.service.id]


def test_media_that_could_not_be_uploaded_again(world: WindowWorld) -> None:
    """The box names the file and the way out: bring it back, or copy the message and change it."""
    gone = media_send(world, "image", "茶山的照片", ["tea-hills.jpg", "cup.png"])
    world.sandbox.service.media.items.clear()
    for path in world.profile.paths.media.iterdir():
        path.unlink()
    world.deliver()
    shown = Shown(world)
    shown.open(gone)
    assert "「tea-hills.jpg」的原件不在了" in shown.texts()
    assert "复制为新群发" in shown.texts()
    assert shown.advice_buttons() == ["history.resume", "history.cancel"]
    assert "微信说素材失效（40007），没有发出" in shown.texts()


def test_a_fresh_upload_that_did_not_help(world: WindowWorld) -> None:
    """Failed with 40007 twice: the box says that it was tried."""
    failed = media_send(world, "voice", "问候", ["greeting.mp3"])
    world.deliver("mass/sendall:errcode=40007")
    shown = Shown(world)
    shown.open(failed)
    assert "重新上传之后，微信仍然说素材失效" in shown.texts()
    assert "40007" in shown.texts()
    assert shown.advice_buttons() == ["history.copy_error"]


def test_cancelling_does_not_wait_for_an_upload(world: WindowWorld) -> None:
    """The account's lane is busy for minutes: 取消 is written at once, before anything leaves."""
    send_id = world.queue()
    shown = Shown(world)
    shown.open(send_id)
    uploaded = threading.Event()
    world.tasks.start("send", lambda job: uploaded.wait(20), key=world.service.id)
    (cancel,) = [b for b in shown.drawer._advice.findChildren(QPushButton) if b.objectName() == "history.cancel"]
    cancel.click()
    world.until(lambda: world.row(send_id).state is State.CANCELLED)
    uploaded.set()
    world.settle()


def test_a_refused_step_is_explained(world: WindowWorld) -> None:
    """What left in the meantime cannot be cancelled: a dialog says so."""
    send_id = world.queue()
    shown = Shown(world)
    shown.open(send_id)
    (cancel,) = [b for b in shown.drawer._advice.findChildren(QPushButton) if b.objectName() == "history.cancel"]
    world.deliver()
    cancel.click()
    world.settle()
    sheet = shown.window.sheet()
    assert sheet is not None
    assert sheet.accessibleName() == "它已经提交给微信，不能取消"


def test_delete_only_where_wechat_can(world: WindowWorld) -> None:
    """The button is dead with its reason as tooltip; for a video the dialog tells the truth, then it is deleted."""
    made = make_all(world)
    shown = Shown(world)
    delete = shown.drawer.findChild(QPushButton, "history.delete")
    for name, reason in {
        "succeeded": "这种消息发出后不能删除",
        "deleted": "已经删除过",
        "queued": "这种消息发出后不能删除",
    }.items():
        shown.open(made[name])
        assert not delete.isEnabled()
        assert delete.toolTip() == reason
    shown.open(made["video"])
    assert delete.isEnabled()
    assert delete.toolTip() == ""
    shown.press("history.delete")
    said = " ".join(w.text() for w in shown.window.sheet().findChildren(QWidget) if hasattr(w, "text"))
    for part in (
        "会对所有人打不开，聊天里的卡片还在",
        "1 次调用，每天最多 10 次",
        "不退还",
        "不能",
        "发给的 2,846 人",
    ):
        assert part in said
    assert QApplication.focusWidget().text() == "保留"
    shown.press("dialog.1")
    assert world.row(made["video"]).state is State.DELETED


def test_copy_as_new(world: WindowWorld) -> None:
    """复制为新群发 hands kind and content on and leaves the record alone."""
    send_id = world.queue("抄这一条")
    shown = Shown(world)
    copied: list[tuple[str, dict[str, object]]] = []
    shown.page.copy_wanted.connect(lambda kind, content: copied.append((kind, content)))
    shown.open(send_id)
    shown.press("history.copy")
    assert copied == [("text", {"text": "抄这一条"})]


def test_the_drawer_stays_still_while_its_row_refreshes(world: WindowWorld) -> None:
    """The same lines keep their widgets, the scroll bar its place, a button its focus."""
    world.queue("长故事", world.openids(2), people=2)
    send_id = world.queue("很多批", world.openids(30_000), people=30_000)
    for _ in range(12):
        world.deliver("*:drop-before=early")
        world.clock.advance(61)
    shown = Shown(world, (1280, 640))
    shown.open(send_id)
    bar = shown.drawer._scroll.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum() // 2)
    at = bar.value()
    rows = list(shown.drawer._timeline._rows)
    (button, *_) = shown.drawer._advice.findChildren(QPushButton)
    button.setFocus()
    shown.page.model.row_changed(send_id)
    world.settle()
    assert shown.drawer._timeline._rows == rows
    assert bar.value() == at
    assert QApplication.focusWidget() is button


def test_a_send_in_a_hundred_batches(world: WindowWorld) -> None:
    """The newest lines of a long story are shown, the rest on demand; the first keys stand below."""
    batches = [NewBatch(f"{n:032x}", "/cgi-bin/message/mass/send", b"{}", 10_000) for n in range(100)]
    send = NewSend(world.service.id, "text", "一百批", {}, {"type": "openids", "name": "大名单"}, people=1_000_000)
    send_id = world.profile.outbox.add(send, batches)
    for batch in world.row(send_id).batches:
        world.profile.outbox.change(batch, "cancelled", state=State.CANCELLED)
    shown = Shown(world)
    began = time.thread_time()
    shown.open(send_id)
    assert time.thread_time() - began < 2.0
    assert len(shown.drawer._timeline._rows) == 60
    assert "还有 80 批" in shown.texts()
    shown.press("history.earlier")
    assert len(shown.drawer._timeline._rows) == 101


# --- keyboard and size ------------------------------------------------------------------------------


def test_by_keyboard_alone(world: WindowWorld) -> None:
    """Arrows choose, Enter opens, Esc closes and the focus is back in the row, Del asks, the menu key has a menu."""
    for number in range(3):
        world.queue(f"第 {number} 条")
    media_send(world, "video", "视频", ["tea-hills.mp4"])
    world.deliver()
    world.poll(HOUR)
    shown = Shown(world)
    shown.page.focus_first()
    shown.key(Key.Key_Down)
    assert shown.page.table.currentIndex().row() == 0
    shown.key(Key.Key_Return)
    assert shown.drawer.isVisible()
    assert shown.drawer.isAncestorOf(QApplication.focusWidget())
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Escape)
    assert not shown.drawer.isVisible()
    assert QApplication.focusWidget() is shown.page.table
    shown.key(Key.Key_Space)
    shown.key(Key.Key_Down)
    assert shown.drawer.row == shown.page.model.row_at(1)
    shown.key(Key.Key_Escape)
    shown.key(Key.Key_Delete)
    assert shown.window.toasts == ["这种消息发出后不能删除"]
    shown.key(Key.Key_Up)
    shown.key(Key.Key_Delete)
    sheet = shown.window.sheet()
    assert sheet is not None
    sheet.reject()
    shown.key(Key.Key_Menu)
    shown.key(Key.Key_Menu)
    menus = [menu for menu in shown.page.findChildren(QMenu, "history.menu") if menu.isVisible()]
    assert len(menus) == 1
    assert [a.isEnabled() for a in menus[0].actions() if not a.isSeparator()] == [True] * 4
    menus[0].close()


def test_the_mouse_finds_the_icons_of_a_row(world: WindowWorld) -> None:
    """A click on a row opens it; on its icons it does what they show."""
    world.queue("一条")
    shown = Shown(world)
    actions: list[str] = []
    shown.page.table.action_wanted.connect(lambda name, row: actions.append(name))
    rect = shown.page.table.visualRect(shown.page.model.index(0, Column.ACTIONS))
    for i in range(4):
        at = QPoint(rect.right() - 24 - 28 * i, rect.center().y())
        QTest.mouseClick(shown.page.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        shown.page.close_drawer()
        world.settle()
    assert actions == ["delete", "copy", "refresh", "open"]
    QTest.mouseClick(shown.page.table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(300, rect.center().y()))
    assert shown.drawer.isVisible()


@pytest.mark.parametrize(
    ("size", "hidden", "with_drawer"),
    [
        ((1280, 800), set(), {Column.ACTIONS}),
        ((960, 640), {Column.MSG_ID}, {Column.MSG_ID, Column.AUDIENCE, Column.PEOPLE, Column.ACTIONS}),
    ],
)
def test_columns_fit_the_window(
    world: WindowWorld, size: tuple[int, int], hidden: set[Column], with_drawer: set[Column]
) -> None:
    """Below 1100 px the msg_id goes first; the window never grows beyond its size, nothing is cut at the right."""
    send_id = world.queue("一条")
    shown = Shown(world, size)
    table = shown.page.table
    assert {column for column in Column if table.isColumnHidden(column)} == hidden
    shown.open(send_id)
    assert (shown.window.width(), shown.window.height()) == size
    assert {column for column in Column if table.isColumnHidden(column)} == with_drawer
    assert sum(table.columnWidth(column) for column in Column) <= table.viewport().width()


def test_column_widths_are_remembered(world: WindowWorld) -> None:
    """A dragged column has its width again in the next run, apart for both layouts."""
    world.queue("一条")
    shown = Shown(world)
    shown.page.table.horizontalHeader().resizeSection(Column.STATE, 180)
    world.until(lambda: not shown.page.table._save.isActive())
    world.settle()
    again = Shown(world)
    assert again.page.table.columnWidth(Column.STATE) == 180
    again.page.table.set_drawer_open(True)
    assert again.page.table.columnWidth(Column.STATE) == 128


def test_names_are_unique_and_spoken(world: WindowWorld) -> None:
    """Everything that can be pressed has a name of its own, and one for screen readers."""
    made = make_all(world)
    shown = Shown(world)
    shown.open(made["ip"])
    operable = [
        widget
        for widget in shown.page.findChildren(QWidget)
        if isinstance(widget, QPushButton | QLineEdit) or widget.objectName().startswith("history.")
    ]
    names = [widget.objectName() for widget in operable]
    assert {"history.table", "history.search", "history.delete", "history.copy"} <= set(names)
    assert len(names) == len(set(names))
    assert all(w.accessibleName() for w in operable if isinstance(w, QPushButton | QLineEdit))


def test_dark(world: WindowWorld) -> None:
    """In the dark theme the table paints its own ground; no cell stays white."""
    make_all(world)
    shown = Shown(world)
    theme.current().set_name("dark")
    picture = shown.page.table.viewport().grab().toImage()
    white = sum(picture.pixelColor(x, y).lightness() > 200 for x in range(0, 1000, 40) for y in range(0, 600, 40))
    assert white < 10


def test_switching_the_account_shows_its_sends(world: WindowWorld) -> None:
    """The other account's list is another one, and the drawer closes."""
    send_id = world.queue("服务号的")
    world.profile.sending.queue(
        {"msgtype": "text", "text": {"content": "订阅号的"}}, Audience.everyone(), account_id=world.subscription.id
    )
    shown = Shown(world)
    shown.open(send_id)
    shown.page.set_account(world.subscription)
    world.settle()
    assert shown.titles() == ["订阅号的"]
    assert not shown.drawer.isVisible()


def test_the_picture_of_a_send() -> None:
    """A picture message shows its first picture, an article message its headline's cover, others none."""

    def row(kind: str, content: dict[str, object]) -> Any:
        return SimpleNamespace(kind=kind, content=content)

    assert first_picture(row("image", {"files": [{"sha256": "a"}, {"sha256": "b"}]})) == "a"
    assert first_picture(row("news", {"articles": [{"cover": {"sha256": "c"}}, {"cover": None}]})) == "c"
    assert first_picture(row("news", {"articles": [{"cover": None}]})) == ""
    assert first_picture(row("text", {"text": "一"})) == ""
