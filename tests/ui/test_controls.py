"""The controls answer mouse, keyboard and screen readers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.ui import motion, theme
from desktop_app.ui.chips import ChipLabel, status_chip, status_look
from desktop_app.ui.choice_card import ChoiceCard
from desktop_app.ui.combo import Combo
from desktop_app.ui.counter_text import TextArea
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.hold_button import HoldButton
from desktop_app.ui.nav_rail import NavRail
from desktop_app.ui.progress import CountdownRing, ProgressLine, ShareBar
from desktop_app.ui.quota_dots import QuotaDots
from desktop_app.ui.segmented import Segmented
from desktop_app.ui.stepper import Stepper
from desktop_app.ui.switch import Switch
from desktop_app.ui.timeline import Timeline, TimelineEvent
from desktop_app.ui.widgets import (
    FieldWithError,
    Item,
    Surface,
    button,
    card,
    copy_button,
    field,
    hbox,
    hline,
    icon_button,
    label,
    menu_button,
    scroll,
    set_button,
    vbox,
    vline,
)


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    motion.set_reduced(True)
    yield
    motion.set_reduced(None)


Show = Callable[..., Surface]


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    """Puts widgets into a window and shows it."""
    windows: list[Surface] = []

    def put(*items: Item) -> Surface:
        window = Surface()
        window.setLayout(vbox(*items, None))
        qtbot.addWidget(window)
        window.setGeometry(100, 100, 600, 500)
        window.show()
        window.activateWindow()
        QApplication.processEvents()
        windows.append(window)
        return window

    yield put
    windows.clear()


def test_button_sizes_are_the_designs(qtbot: QtBot) -> None:
    """32, 28, 24 and 40 px; an icon adds its width and the gap."""
    heights = {dim: button("更换", dim=dim).sizeHint().height() for dim in ("", "small", "inline", "large")}
    assert heights == {"": 32, "small": 28, "inline": 24, "large": 40}
    plain, with_icon = button("更换"), button("更换", icon="refresh")
    assert with_icon.sizeHint().width() - plain.sizeHint().width() == 16 + 6
    assert button("删除").sizeHint().width() == 52


def test_button_can_change_its_words_and_kind(qtbot: QtBot) -> None:
    """A changed button tells its new words to screen readers."""
    made = button("发送给 9,126 人", "send")
    set_button(made, text="演练发送", kind="rehearsal", icon="rehearsal")
    assert (made.accessibleName(), made.property("kind")) == ("演练发送", "rehearsal")


def test_enter_in_a_field_presses_no_button(qtbot: QtBot) -> None:
    """Buttons never become default by themselves."""
    assert not button("发送", "send").autoDefault()


def test_menu_button_opens_its_menu_below(show: Show) -> None:
    """Space opens the menu, whose visible corner is under the button."""
    menu = QMenu()
    menu.addAction("近 90 天")
    made = menu_button("近 90 天", menu, "calendar")
    show(hbox(made, None))
    made.setFocus()
    QTest.keyClick(made, Qt.Key.Key_Space)
    assert menu.isVisible()
    below = made.mapToGlobal(QPoint(0, made.height() + 4))
    assert menu.pos() + QPoint(16, 12) == below
    menu.close()


def test_icon_button_has_name_and_tooltip(qtbot: QtBot) -> None:
    """A picture alone says nothing to a screen reader."""
    made = icon_button("close", "关闭", "x.close", shortcut="Esc")
    assert made.accessibleName() == "关闭"
    assert "Esc" in made.toolTip()
    assert made.sizeHint().height() >= 28


def test_copy_button_copies_and_shows_a_tick(show: Show) -> None:
    """The text is asked for at the moment of the click."""
    made = copy_button(lambda: "203.0.113.86", "复制 IP")
    show(hbox(made, None))
    made.click()
    assert QGuiApplication.clipboard().text() == "203.0.113.86"
    assert made.property("iconName") == "check"


def test_field_shows_and_forgets_its_error(show: Show) -> None:
    """The reason stands below the field and is read with it."""
    edit = field("标题", "x.title")
    both = FieldWithError(edit, "标题")
    show(both)
    both.set_error("标题超过 64 字")
    assert both.reason.isVisible()
    assert edit.accessibleDescription() == "标题超过 64 字"
    both.set_error("")
    assert not both.reason.isVisible()
    assert not edit.property("error")


def test_layout_pieces(show: Show) -> None:
    """Rows take widgets, layouts, spaces and a stretch; lines are 1 px; scroll areas do not scroll sideways."""
    inner = card()
    inner.setLayout(vbox(label("标题", "title.3"), hline(), hbox(label("a"), 8, vline(16), None)))
    area = scroll(inner, "x.area")
    show(area)
    assert hline().maximumHeight() == 1
    assert area.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff


def test_labels_show_markup_as_it_is(qtbot: QtBot) -> None:
    """What people typed is never taken for HTML."""
    assert label("<b>x</b>").textFormat() == Qt.TextFormat.PlainText


def test_status_chips_follow_the_table(qtbot: QtBot) -> None:
    """Ten states, each with icon, word and tone."""
    assert status_look("待管理员确认") == ("amber", "shield")
    made = status_chip("成功")
    assert (made.accessibleName(), made.height()) == ("成功", 22)
    assert len(theme.current().tokens["status.chip"]) == 10
    made.set_chip("部分失败", "amber", "partial")
    assert made.accessibleName() == "部分失败"
    assert ChipLabel("1080 × 720", "inverse").width() > 60


def test_quota_dots_are_also_words(qtbot: QtBot) -> None:
    """The row of bars reads as a sentence and never shows more than there are."""
    dots = QuotaDots(4, 3, "本月")
    assert (dots.accessibleName(), dots.width()) == ("本月剩 3 次，共 4 次", 57)
    dots.set_left(4, 9, "本月")
    assert dots.accessibleName() == "本月剩 4 次，共 4 次"


def test_segments_move_by_arrow_and_click(show: Show) -> None:
    """The choice follows arrow keys and the mouse anywhere on the segment, and says so once."""
    made = Segmented([("now", "立即", ""), ("later", "定时", "calendar")], "send.when", "时间")
    show(hbox(made, None))
    said: list[str] = []
    made.changed.connect(said.append)
    made.segment("now").setFocus()
    QTest.keyClick(made.segment("now"), Qt.Key.Key_Right)
    assert (made.current(), said) == ("later", ["later"])
    QTest.mouseClick(made.segment("now"), Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert (made.current(), said) == ("now", ["later", "now"])
    assert made.segment("later").objectName() == "send.when.later"


def test_segment_keeps_its_width_when_chosen(qtbot: QtBot) -> None:
    """Bold text is measured from the start."""
    made = Segmented([("a", "Latin 86", ""), ("b", "全部", "")])
    before = made.segment("b").sizeHint()
    made.set_current("b")
    assert made.segment("b").sizeHint() == before
    made.set_enabled("a", False, "订阅号不能用")
    assert made.segment("a").toolTip() == "订阅号不能用"


def test_switch_by_keyboard_and_mouse(show: Show) -> None:
    """Space and a click anywhere in 28 px of height turn it."""
    made = Switch("自动刷新", "history.auto")
    show(hbox(made, None))
    QTest.keyClick(made, Qt.Key.Key_Space)
    assert made.isChecked()
    QTest.mouseClick(made, Qt.MouseButton.LeftButton, pos=QPoint(16, 1))
    assert not made.isChecked()


def test_only_finished_steps_can_be_clicked(show: Show) -> None:
    """The stepper goes back, never ahead."""
    made = Stepper(["内容", "受众", "确认发送"], "steps")
    show(hbox(made, None))
    made.set_current(1)
    clicked: list[int] = []
    made.clicked.connect(clicked.append)
    for i in range(3):
        step = made.findChild(QWidget, f"steps.{i}")
        QTest.mouseClick(step, Qt.MouseButton.LeftButton)
    assert clicked == [0]
    assert made.current() == 1
    assert made.findChild(QWidget, "steps.0").accessibleName() == "1 内容，已完成"
    assert made.findChild(QWidget, "steps.2").focusPolicy() == Qt.FocusPolicy.NoFocus


def test_choice_cards_are_one_group(show: Show) -> None:
    """Arrows move between cards, a click anywhere chooses, a disabled one tells why."""
    first = ChoiceCard("全部粉丝", "会出现在公众号主页", "48,216", "audience.all")
    second = ChoiceCard("按标签", "可选多个", "12 个标签", "audience.tag")
    third = ChoiceCard("指定名单", "订阅号不能按名单发", "", "audience.list")
    third.setEnabled(False)
    show(first, second, third)
    first.setChecked(True)
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert second.isChecked()
    QTest.mouseClick(first, Qt.MouseButton.LeftButton, pos=QPoint(first.width() - 4, 20))
    assert first.isChecked()
    QTest.mouseClick(third, Qt.MouseButton.LeftButton)
    assert not third.isChecked()
    assert "订阅号不能按名单发" in third.accessibleName()


def test_text_area_keeps_every_character(qtbot: QtBot) -> None:
    """Line breaks, emoji, tabs and no-break spaces come back as they were typed."""
    made = TextArea("写点什么", "compose.text", amber_over=600)
    text = "第一行\n\n  第三行\u00a0👨\u200d👩\u200d👧 end \t\n"
    made.set_text(text)
    assert made.text() == text


def test_counter_turns_amber_and_never_blocks(show: Show) -> None:
    """Over the limit the hint appears; typing goes on."""
    made = TextArea("", "compose.text", amber_over=5, hint="长文字会折叠")
    show(made)
    said: list[str] = []
    made.changed.connect(said.append)
    QTest.keyClicks(made.edit, "abcde")
    assert (made.counter_text(), made._hint.text()) == ("5 字", "")
    QTest.keyClicks(made.edit, "fg")
    assert (made.counter_text(), made._hint.text(), said[-1]) == ("7 字", "长文字会折叠", "abcdefg")
    made.set_error("不能为空")
    assert made._hint.text() == "不能为空"
    made.set_error("")
    assert made._hint.text() == "长文字会折叠"


def test_tab_leaves_the_text_area(show: Show) -> None:
    """Tab moves on; it does not indent."""
    made, after = TextArea("", "compose.text"), field("下一个")
    show(made, after)
    made.setFocus()
    QTest.keyClick(made.edit, Qt.Key.Key_Tab)
    assert after.hasFocus()


def test_combo_answers_values(show: Show) -> None:
    """Rows carry a value; an unknown one changes nothing; Down moves."""
    made = Combo([("跟随系统", "system"), ("不用代理", "none")], "connect.proxy", "代理", "large")
    show(made)
    assert (made.value(), made.sizeHint().height()) == ("system", 40)
    QTest.keyClick(made, Qt.Key.Key_Down)
    assert made.value() == "none"
    made.set_value("unknown")
    assert made.value() == "none"
    made.showPopup()
    assert made.view().isVisible()
    made.hidePopup()


def test_hold_button_needs_the_whole_hold(qtbot: QtBot, show: Show) -> None:
    """A short press rewinds; Enter does nothing; the full hold fires once."""
    made = HoldButton("按住 2 秒发送", "继续按住…")
    show(made)
    fired: list[int] = []
    made.held.connect(lambda: fired.append(1))
    QTest.keyClick(made, Qt.Key.Key_Return)
    QTest.mousePress(made, Qt.MouseButton.LeftButton)
    made._fill.setCurrentTime(1000)
    QTest.mouseRelease(made, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: made.fraction() == 0)
    assert fired == []
    QTest.mousePress(made, Qt.MouseButton.LeftButton)
    made._fill.setCurrentTime(1999)
    qtbot.waitUntil(lambda: fired == [1])
    QTest.mouseRelease(made, Qt.MouseButton.LeftButton)
    assert fired == [1]


def test_rail_tells_what_a_person_chose(qtbot: QtBot) -> None:
    """A click speaks, ``set_current`` does not; badges are read aloud."""
    rail = NavRail([("send", "群发", "send"), ("history", "群发记录", "history")], [("settings", "设置", "settings")])
    qtbot.addWidget(rail)
    said: list[str] = []
    rail.activated.connect(said.append)
    rail.set_current("send")
    rail.button("history").click()
    assert (said, rail.current()) == (["history"], "history")
    rail.set_badge("history", 4)
    assert rail.button("history").accessibleName() == "群发记录，4 项要处理"
    assert (rail.button("send").width(), rail.button("send").height(), rail.width()) == (60, 52, 72)
    rail.grab()


def test_progress_line_moves_only_when_it_may(qtbot: QtBot, show: Show) -> None:
    """A wait without a known length moves while it is seen and motion is wanted."""
    made = ProgressLine("茶园航拍")
    window = show(made)
    made.set_busy()
    assert made._move.state().name == "Stopped"
    motion.set_reduced(False)
    made.set_busy()
    assert made._move.state().name == "Running"
    window.hide()
    qtbot.waitUntil(lambda: made._move.state().name == "Stopped")
    window.show()
    assert made._move.state().name == "Running"
    made.set_fraction(0.62)
    assert (made.value(), made.is_busy()) == (620, False)
    made.set_state("done")
    assert made.value() == 1000


class _Paints(QObject):
    """Counts what reaches a widget's paintEvent."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_progress_is_painted_with_the_next_frame(qtbot: QtBot, show: Show) -> None:
    """A new value does not paint the window there and then, as a QProgressBar would."""
    line = ProgressLine()
    show(line)
    qtbot.waitUntil(lambda: line.grab().width() > 0)
    QApplication.processEvents()
    paints = _Paints(line)
    for step in range(1, 20):
        line.set_fraction(step / 20)
    assert paints.count == 0
    assert line.value() == 950
    qtbot.waitUntil(lambda: paints.count > 0)


def test_a_surface_hides_what_lies_below(qtbot: QtBot, show: Show) -> None:
    """What a drawer covers is not painted along with it."""
    below = label("below")
    window = show(below)
    above = Surface("bg.surface", window)
    above.setGeometry(window.rect())
    above.show()
    above.raise_()
    QApplication.processEvents()
    covered, seen = _Paints(below), _Paints(above)
    above.update()
    qtbot.waitUntil(lambda: seen.count > 0)
    assert covered.count == 0


def test_ring_shows_the_second_that_has_begun(qtbot: QtBot) -> None:
    """6.9 s left reads 7; the number is also words."""
    ring = CountdownRing(10, "amber")
    ring.set_left(6.9)
    assert ring.accessibleName() == "还有 7 秒"
    assert ring.grab().width() == 144
    ShareBar([(20000, "go"), (3480, "red")]).grab()


def test_timeline_reads_as_sentences(show: Show) -> None:
    """One row for each event with text, detail and time; new events replace the old."""
    made = Timeline(
        [TimelineEvent("go", "确认发送", "18:02:10"), TimelineEvent("red", "提交失败", "18:02:14", "45009")]
    )
    show(made)
    rows = [each.accessibleName() for each in made.findChildren(QWidget) if each.isVisible()]
    assert rows == ["确认发送，18:02:10", "提交失败，45009，18:02:14"]
    made.set_events([TimelineEvent("gray", "等微信")])
    QApplication.processEvents()
    assert [each.accessibleName() for each in made.findChildren(QWidget) if each.isVisibleTo(made)] == ["等微信"]


@pytest.mark.parametrize("kind", ["article", "send", "search", "media"])
def test_empty_states_are_drawn(qtbot: QtBot, kind: str) -> None:
    """Each drawing exists and takes the theme's colours."""
    made = EmptyState(kind, "还没有群发过", "发出的每一条都会记在这里", [button("去写一篇")])
    qtbot.addWidget(made)
    made.resize(296, 288)
    assert made.grab().toImage().pixelColor(148, 100).isValid()
    assert made.findChild(QPushButton).text() == "去写一篇"


def test_focus_ring_is_for_the_keyboard(show: Show) -> None:
    """After Tab a button wears the ring; after a click it does not; a field always has its halo."""
    first, second, edit = button("一"), button("二"), field("字")
    show(first, second, edit)
    ring = QApplication.instance()._focus_ring
    first.setFocus()
    QTest.keyClick(first.window().windowHandle(), Qt.Key.Key_Tab)
    assert second.hasFocus()
    assert ring.frame().widget() is second
    QTest.mouseClick(first.window().windowHandle(), Qt.MouseButton.LeftButton, pos=first.geometry().center())
    assert first.hasFocus()
    assert ring.frame().widget() is None
    edit.setFocus()
    assert ring.frame().widget() is edit


def test_text_margins_leave_the_designs_inset(qtbot: QtBot) -> None:
    """Text starts 11 px from a field's outer edge."""
    edit = QLineEdit()
    edit.ensurePolished()
    assert edit.textMargins().left() == 8
