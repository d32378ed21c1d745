"""The countdown before a send: a monotonic clock, one outcome, and every way to call it off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.ui import countdown
from desktop_app.ui.countdown import CountdownSheet
from desktop_app.ui.seconds_left import RetryClock, SecondsLeft


class Ticks:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def window() -> Iterator[QWidget]:
    shown = QWidget()
    shown.resize(960, 640)
    shown.show()
    yield shown
    shown.close()
    shown.deleteLater()


class Outcome:
    """Counts what a sheet said."""

    def __init__(self, sheet: CountdownSheet) -> None:
        self.said: list[str] = []
        sheet.ended.connect(lambda: self.said.append("ended"))
        sheet.cancelled.connect(lambda: self.said.append("cancelled"))


def begin(window: QWidget, ticks: Ticks, **more: bool) -> tuple[CountdownSheet, Outcome]:
    sheet = CountdownSheet(window, 10, "「春茶」", "9,126 人", "岚间茶事", clock=ticks, **more)
    outcome = Outcome(sheet)
    sheet.begin()
    return sheet, outcome


def test_ends_once_after_its_seconds(window: QWidget, ticks: Ticks) -> None:
    """Nothing is said a moment before the end; at the end it is said once, however often the timer comes."""
    sheet, outcome = begin(window, ticks)
    ticks.now += 9.99
    sheet.clock.tick()
    assert outcome.said == []
    assert sheet.headline.text() == "1 秒后提交给微信"
    ticks.now += 0.02
    for _ in range(5):
        sheet.clock.tick()
    sheet.cancel()
    assert outcome.said == ["ended"]
    assert not sheet.isVisible()


def test_cancel_has_the_focus_and_the_number_goes_down(window: QWidget, ticks: Ticks) -> None:
    """The safe button holds the keyboard; the ring and the sentence show the second that has begun."""
    sheet, _ = begin(window, ticks)
    assert QApplication.focusWidget() is sheet.cancel_button
    assert sheet.cancel_button.objectName() == "countdown.cancel"
    ticks.now += 2.5
    sheet.clock.tick()
    assert sheet.headline.text() == "8 秒后提交给微信"
    assert sheet.ring.accessibleName() == "还有 8 秒"


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_keys_cancel(window: QWidget, ticks: Ticks, key: Qt.Key) -> None:
    """Esc, both Enter keys and Space on the button call the send off; the end does not come after that."""
    sheet, outcome = begin(window, ticks)
    QTest.keyClick(QApplication.focusWidget(), key)
    ticks.now += 60
    sheet.clock.tick()
    assert outcome.said == ["cancelled"]


def test_a_key_still_held_down_does_not_cancel(window: QWidget, ticks: Ticks) -> None:
    """The repeats of an Enter that was pressed before the sheet opened mean nothing."""
    sheet, outcome = begin(window, ticks)
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True)
    QApplication.sendEvent(sheet, held)
    assert outcome.said == []


def test_closing_the_window_cancels(window: QWidget, ticks: Ticks) -> None:
    """Closing the app during the countdown leaves nothing behind."""
    sheet, outcome = begin(window, ticks)
    window.close()
    ticks.now += 60
    sheet.clock.tick()
    assert outcome.said == ["cancelled"]


def test_click_cancels(window: QWidget, ticks: Ticks) -> None:
    """The button does what it says."""
    sheet, outcome = begin(window, ticks)
    QTest.mouseClick(sheet.cancel_button, Qt.MouseButton.LeftButton)
    assert outcome.said == ["cancelled"]


def test_announced_for_screen_readers(window: QWidget, ticks: Ticks, monkeypatch: pytest.MonkeyPatch) -> None:
    """10, 5, 3, 2 and 1 are announced, the others are not."""
    said: list[str] = []
    monkeypatch.setattr(countdown, "announce", lambda widget, text, urgent=False: said.append(text))
    sheet, _ = begin(window, ticks)
    for _ in range(9):
        ticks.now += 1
        sheet.clock.tick()
    assert said == [f"还有 {n} 秒" for n in (10, 5, 3, 2, 1)]


def test_rehearsal_says_so(window: QWidget, ticks: Ticks) -> None:
    """A rehearsal is never worded as a send to WeChat."""
    sheet, _ = begin(window, ticks, rehearsal=True)
    assert sheet.headline.text() == "10 秒后演练提交"


def test_a_clock_set_back_changes_nothing(ticks: Ticks, qapp: QApplication) -> None:
    """Only the monotonic clock counts, so a late timer ends at once and an early one never."""
    seconds = SecondsLeft(ticks)
    ended: list[int] = []
    seconds.ended.connect(lambda: ended.append(1))
    seconds.start(10)
    seconds.tick()
    assert ended == []
    ticks.now += 500
    seconds.tick()
    assert ended == [1]


def test_retries_stop_after_ten_minutes(ticks: Ticks, qapp: QApplication) -> None:
    """Every 15 s, at most for 10 minutes from the first failure, and anew after a reset."""
    retry = RetryClock(clock=ticks)
    due: list[float] = []
    retry.due.connect(lambda: due.append(ticks.now))
    while retry.wait():
        ticks.now += 15
        retry.clock.tick()
    assert len(due) == 40
    assert not retry.running
    retry.reset()
    assert retry.wait()
