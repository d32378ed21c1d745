"""Sheets, toasts and the banner."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import QPoint, QPropertyAnimation, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.ui import motion
from desktop_app.ui.banner import Banner, BannerAction
from desktop_app.ui.dialogs import Scrim, Sheet, critical_dialog, sheet_open
from desktop_app.ui.toast import Toaster
from desktop_app.ui.widgets import Surface, button, field, hbox, vbox


@pytest.fixture
def window(qtbot: QtBot) -> Surface:
    """A window with a focused button and a shortcut."""
    made = Surface("bg.panel")
    made.resize(1000, 700)
    opener = button("打开", name="opener")
    made.setLayout(vbox(opener, None))
    action = QAction("新群发", made)
    action.setObjectName("new")
    action.setShortcut(QKeySequence("Ctrl+N"))
    made.addAction(action)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    opener.setFocus()
    QApplication.processEvents()
    return made


def _sheet(window: QWidget) -> tuple[Sheet, list[QWidget]]:
    sheet = Sheet(window, 480, 300, "确认发送")
    parts: list[QWidget] = [field("人数"), button("取消"), button("发送", "send")]
    for part in parts:
        sheet.body.addWidget(part)
    return sheet, parts


def test_sheet_stands_in_the_middle_over_a_scrim(window: Surface) -> None:
    """The dialog is inside the window, also after the window changed its size."""
    sheet, _ = _sheet(window)
    sheet.open()
    assert sheet_open(window)
    assert sheet.scrim.size() == window.size()
    assert sheet.geometry().center() == window.rect().center()
    window.resize(900, 620)
    QApplication.processEvents()
    assert sheet.scrim.size() == window.size()
    assert (sheet.geometry().center() - window.rect().center()).manhattanLength() <= 2
    sheet.reject()
    assert not sheet_open(window)


def test_focus_goes_in_round_and_back(window: Surface) -> None:
    """The first field has the focus, Tab stays inside with the cross last, closing returns the focus."""
    opener = window.findChild(QPushButton, "opener")
    sheet, (number, cancel, send) = _sheet(window)
    sheet.open()
    order = [QApplication.focusWidget()]
    for _ in range(4):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        order.append(QApplication.focusWidget())
    assert order == [number, cancel, send, sheet.close_button, number]
    QTest.keyClick(number, Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is sheet.close_button
    sheet.reject()
    assert QApplication.focusWidget() is opener


def test_focus_goes_back_although_a_field_asked_for_it_before_opening(window: Surface) -> None:
    """A field that takes the focus while the sheet is put together is not where the focus goes afterwards."""
    opener = window.findChild(QPushButton, "opener")
    sheet, (_, cancel, _) = _sheet(window)
    sheet.scrim.show()
    sheet.show()
    cancel.setFocus()
    sheet.open()
    assert QApplication.focusWidget() is cancel
    sheet.reject()
    assert QApplication.focusWidget() is opener


def test_escape_rejects_and_enter_presses_nothing(window: Surface) -> None:
    """Esc closes; Enter in a field never sends."""
    sheet, (number, _, send) = _sheet(window)
    sent: list[bool] = []
    send.clicked.connect(sent.append)  # type: ignore[attr-defined]
    results: list[int] = []
    sheet.finished.connect(results.append)
    sheet.open()
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert (sent, results) == ([], [])
    QTest.keyClick(number, Qt.Key.Key_Escape)
    assert results == [0]


def test_shortcuts_of_the_window_rest_below_a_sheet(window: Surface) -> None:
    """Ctrl N does nothing while a decision is open, and works afterwards; what was off stays off."""
    action = window.findChild(QAction, "new")
    off = QAction("x", window)
    off.setShortcut(QKeySequence("Ctrl+X"))
    off.setEnabled(False)
    sheet, _ = _sheet(window)
    inside = QAction("y", sheet)
    inside.setShortcut(QKeySequence("Ctrl+Y"))
    sheet.open()
    assert (action.isEnabled(), inside.isEnabled()) == (False, True)
    sheet.accept()
    assert (action.isEnabled(), off.isEnabled()) == (True, False)


def test_tab_passes_a_radio_group_once(window: Surface) -> None:
    """Arrows move inside a group; Tab does not stop at every circle."""
    sheet = Sheet(window, 400, 300)
    first, second, after = QRadioButton("一"), QRadioButton("二"), button("好")
    second.setChecked(True)
    for part in (first, second, after):
        sheet.body.addWidget(part)
    sheet.open()
    assert QApplication.focusWidget() is second
    QTest.keyClick(second, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is after
    sheet.reject()


def test_small_window_shrinks_the_sheet(window: Surface) -> None:
    """A sheet larger than the window keeps a margin."""
    sheet = Sheet(window, 2000, 2000)
    sheet.open()
    assert (sheet.width(), sheet.height()) == (960, 660)
    sheet.reject()


def test_clicks_do_not_reach_the_page_below(window: Surface) -> None:
    """The scrim swallows them."""
    opener = window.findChild(QPushButton, "opener")
    clicked: list[bool] = []
    opener.clicked.connect(clicked.append)
    sheet, _ = _sheet(window)
    sheet.open()
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=opener.geometry().center())
    assert clicked == []
    sheet.reject()


def test_closed_sheets_leave_nothing(window: Surface, qtbot: QtBot) -> None:
    """Forty sheets opened and closed leave no scrim behind."""
    for _ in range(40):
        sheet, _parts = _sheet(window)
        footer = Surface("bg.panel")
        footer.setLayout(hbox(None, button("关闭")))
        sheet.set_footer(footer)
        sheet.open()
        window.grab()
        sheet.reject()
        del sheet, _parts, footer
        gc.collect()
    qtbot.waitUntil(lambda: not window.findChildren(Scrim))


def test_critical_dialog_asks_and_acts(window: Surface) -> None:
    """Facts and words are there, the safe action has the focus, an action closes first and then acts."""
    log: list[str] = []
    sheet = critical_dialog(
        window,
        "delete",
        "red",
        "删除这篇已发出的文章？",
        "聊天里的卡片还在。",
        [("影响", "已收到的 20,000 人"), ("群发次数", "不退还")],
        [
            ("保留", "plain", None),
            ("删除这 1 篇", "delete", lambda: log.append("deleted" if not sheet_open(window) else "open")),
        ],
    )
    sheet.open()
    QApplication.processEvents()
    assert QApplication.focusWidget().text() == "保留"  # type: ignore[attr-defined]
    assert sheet.accessibleName() == "删除这篇已发出的文章？"
    facts = [each.accessibleName() for each in sheet.findChildren(QWidget)]
    assert "群发次数：不退还" in facts
    next(each for each in sheet.findChildren(QPushButton) if each.text() == "删除这 1 篇").click()
    assert log == ["deleted"]


def test_critical_dialog_shows_all_of_its_text(window: Surface) -> None:
    """Height follows the content: nothing is cut, also with reason and hint."""
    sheet = critical_dialog(
        window,
        "close-circle",
        "red",
        "没有发出去",
        "微信拒收了这条消息，没有人收到，也没有消耗次数。" * 3,
        actions=[("回到确认", "primary", None), ("回到稿件", "plain", None), ("复制错误详情", "plain", None)],
        reason=(
            "封面素材过期了",
            "临时素材只保存 3 天。原图还在这台电脑上，可以直接重新上传。",
            "40007 invalid media_id",
        ),
        hint="上次若已发出，微信会拒绝并告诉我们 msg_id",
    )
    sheet.open()
    QApplication.processEvents()
    assert sheet.height() >= sheet.layout().heightForWidth(sheet.width())
    assert sheet.width() == 392
    sheet.reject()


def test_toast_goes_by_itself_and_stays_below_the_mouse(window: Surface, qtbot: QtBot) -> None:
    """It leaves after its time; with mouse or focus on it, it waits."""
    motion.set_reduced(True)
    toaster = Toaster(window)
    toaster.show("已复制 IP", "copy", "plain", stay_ms=10)
    qtbot.waitUntil(lambda: toaster.texts() == [])
    toast = toaster.show("已移走「新罐子」这一篇", "delete", "plain", ("撤销", lambda: None))
    assert not toast.is_pausing()
    toast.button.setFocus()
    assert toast.is_pausing()
    window.findChild(QPushButton, "opener").setFocus()
    assert not toast.is_pausing()
    motion.set_reduced(None)


def test_toasts_stack_above_the_activity_bar(window: Surface) -> None:
    """The newest is lowest, 52 px above the window's edge and centred; the fourth pushes the first out."""
    motion.set_reduced(True)
    toaster = Toaster(window)
    toasts = [toaster.show(f"第 {i} 条") for i in range(4)]
    assert toaster.texts() == ["第 1 条", "第 2 条", "第 3 条"]
    body = toasts[-1].geometry().adjusted(24, 24, -24, -24)
    assert window.height() - body.bottom() - 1 == 52
    assert abs(body.center().x() - window.width() // 2) <= 1
    assert body.height() == 48
    assert toasts[-2].geometry().bottom() < toasts[-1].geometry().bottom()
    for lift in (60, 0):  # a bar of the page came below them, and went
        window.setProperty("toastLift", lift)
        body = toasts[-1].geometry().adjusted(24, 24, -24, -24)
        assert window.height() - body.bottom() - 1 == 52 + lift
    motion.set_reduced(None)


def test_a_toast_that_still_rises_makes_room_for_the_next(window: Surface, qtbot: QtBot) -> None:
    """Two at the same moment end one above the other, neither below the other."""
    motion.set_reduced(False)
    toaster = Toaster(window)
    first, second = toaster.show("已上传"), toaster.show("2 个素材将在 24 小时内过期")
    place = window.height() - 52 - 48 - 24
    qtbot.waitUntil(lambda: not second.findChildren(QPropertyAnimation) and second.y() == place)
    qtbot.waitUntil(lambda: not first.findChildren(QPropertyAnimation))
    assert first.y() == place - 48 - 8
    motion.set_reduced(None)


def test_a_long_toast_has_more_lines(window: Surface) -> None:
    """The way out stands at the end of a sentence and is not cut off; what needs a fourth line has a tooltip."""
    toaster = Toaster(window)
    bodies = [toaster.show("到 设置 → 素材 选择它" * n, action=("去设置", lambda: None)) for n in (1, 4, 7, 20)]
    assert [each.height() - 48 for each in bodies] == [48, 68, 88, 88]
    assert [bool(each.words.toolTip()) for each in bodies] == [False, False, False, True]


def test_toast_action_runs_once_and_closes(window: Surface) -> None:
    """The button does its work and takes the toast away."""
    toaster, log = Toaster(window), []
    toast = toaster.show("已提交给微信，9,126 人", action=("查看进度", lambda: log.append("go")))
    toast.button.click()
    assert (log, toaster.texts()) == (["go"], [])


def test_most_severe_banner_wins(qtbot: QtBot) -> None:
    """Red hides amber, amber hides gray; what was hidden comes back; the newest of equals is shown."""
    banner = Banner()
    qtbot.addWidget(banner)
    assert not banner.isVisibleTo(None)
    banner.show_message("offline", "gray", "offline", "连不上网。", "可以继续写稿。")
    banner.show_message("rehearsal", "amber", "rehearsal", "正在用演练账号。")
    assert banner.key() == "rehearsal"
    banner.show_message("ip", "red", "close-circle", "这台电脑的 IP 不在白名单里。", "", "40164")
    assert banner.key() == "ip"
    assert "40164" in banner.accessibleName()
    banner.clear("ip")
    banner.show_message("quota", "amber", "warning", "本月群发次数用完了。")
    assert banner.key() == "quota"
    for key in ("quota", "rehearsal", "offline", "never"):
        banner.clear(key)
    assert (banner.key(), banner.isHidden()) == ("", True)


def test_banner_buttons_act(qtbot: QtBot) -> None:
    """Each action is a button; a repeated message keeps the banner as it is."""
    banner, log = Banner(), []
    qtbot.addWidget(banner)
    banner.resize(900, 48)
    actions = [BannerAction("复制 IP", lambda: log.append("copy"), "copy"), ("重试", lambda: log.append("again"))]
    banner.show_message(
        "ip", "red", "close-circle", "IP 不在白名单里。", "把 203.0.113.86 加进去。", "40164", actions
    )
    banner.show()
    for each in banner.findChildren(QPushButton):
        each.click()
    assert log == ["copy", "again"]
    assert banner.height() == 48
    assert banner.grab().toImage().pixelColor(QPoint(500, 4)).isValid()


def test_enter_answers_a_question_with_the_button_in_focus(window: Surface) -> None:
    """As Space does; a button that sends wants more than Enter."""
    answers: list[str] = []
    actions = [
        ("保留", "plain", lambda: answers.append("keep")),
        ("删除", "delete", lambda: answers.append("delete")),
    ]
    sheet = critical_dialog(window, "delete", "red", "删除？", "…", [], actions)
    sheet.open()
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    assert answers == ["keep"]
    sends = critical_dialog(
        window, "send", "go", "发送？", "…", [], [("发送", "send", lambda: answers.append("sent"))]
    )
    sends.open()
    sends.findChild(QPushButton, "dialog.0").setFocus()
    QTest.keyClick(sends, Qt.Key.Key_Return)
    assert answers == ["keep"]
    sends.reject()
