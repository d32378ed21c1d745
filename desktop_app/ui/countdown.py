"""The sheet with the seconds in which a send can still be cancelled."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop_app.ui.announce import announce
from desktop_app.ui.dialogs import Sheet
from desktop_app.ui.motion import reduced
from desktop_app.ui.progress import CountdownRing
from desktop_app.ui.seconds_left import SecondsLeft
from desktop_app.ui.text import ElidedLabel
from desktop_app.ui.widgets import button, hbox, label, vbox

WIDTH, HEIGHT = 480, 424
SAID_AT = (10, 5, 3, 2, 1)


class CountdownSheet(Sheet):
    """「7 秒后提交给微信」. Nothing is written while it runs; Esc, Enter and closing the window cancel.

    In the end exactly one of ``ended`` and ``cancelled`` was emitted, once.
    """

    ended = Signal()
    cancelled = Signal()

    def __init__(
        self,
        window: QWidget,
        seconds: int,
        what: str,
        who: str,
        account_name: str,
        *,
        rehearsal: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(window, WIDTH, HEIGHT)
        self._decided = False
        self._window = window
        self.setObjectName("countdown")
        self.setAccessibleName(self.tr("提交前的倒计时"))
        self._seconds = seconds
        self._headline_text = self.tr("{n} 秒后演练提交") if rehearsal else self.tr("{n} 秒后提交给微信")
        self.ring = CountdownRing(seconds, "amber" if rehearsal else "go")
        self.headline = label("", "title.2")
        self.cancel_button = button(self.tr("取消发送"), "primary", dim="large", name="countdown.cancel", hint="Esc")
        self._lay_out(what, who, account_name, rehearsal)
        self.clock = SecondsLeft(clock, self)
        self.clock.moved.connect(self._show_left)
        self.clock.second.connect(self._show_second)
        self.clock.ended.connect(lambda: self._decide(self.ended))
        self.cancel_button.clicked.connect(self.cancel)
        window.installEventFilter(self)

    def _lay_out(self, what: str, who: str, account_name: str, rehearsal: bool) -> None:
        centre = Qt.AlignmentFlag.AlignHCenter
        title = ElidedLabel(what, "body.l", "text.2")
        facts = hbox(
            None,
            label(self.tr("发给 "), "body.l", "text.2"),
            label(who, "body.l", bold=True),
            label(self.tr("，来自 "), "body.l", "text.2"),
            label(account_name, "body.l", bold=True),
            None,
            spacing=0,
        )
        calm = self.tr("演练不会到任何粉丝手里。") if rehearsal else self.tr("取消不消耗额度，稿件原样保留。")
        foot = label(calm, "caption", "text.2")
        for each in (self.headline, title, foot):
            each.setAlignment(centre)
        self.cancel_button.setFixedHeight(48)
        column = vbox(self.ring, 20, self.headline, 4, title, facts, None, self.cancel_button, 16, foot, spacing=0)
        column.setAlignment(self.ring, centre)
        column.setContentsMargins(40, 40, 40, 32)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addLayout(column)

    def begin(self) -> None:
        """Show the sheet and count."""
        self.open()
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.clock.start(self._seconds)

    def cancel(self) -> None:
        """Call the send off."""
        self._decide(self.cancelled)

    def reject(self) -> None:
        """Esc."""
        self.cancel()

    def _decide(self, outcome: SignalInstance) -> None:
        if self._decided:
            return
        self._decided = True
        self.clock.stop()
        self._window.removeEventFilter(self)
        self.done(0)
        outcome.emit()

    def _show_left(self, left: float) -> None:
        self.ring.set_left(math.ceil(left) if reduced() else left)

    def _show_second(self, second: int) -> None:
        self.headline.setText(self._headline_text.format(n=second))
        if second in SAID_AT or second == self._seconds:
            announce(self, self.tr("还有 {n} 秒").format(n=second), urgent=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # The key that confirmed may still be held down: only a new press cancels.
            if not event.isAutoRepeat():
                self.cancel()
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Close:
            self.cancel()
        return super().eventFilter(watched, event)
