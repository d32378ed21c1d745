"""Progress as the design draws it: a thin bar, a bar of shares, the ring of the countdown."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPainterPath, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QWidget

from desktop_app.ui import theme
from desktop_app.ui.announce import announce
from desktop_app.ui.motion import reduced
from desktop_app.ui.paint import painter, round_rect

_TOKENS = {"running": "blue", "done": "go", "failed": "red"}
_SEGMENT = 0.3


def paint_progress(p: QPainter, rect: QRectF, fraction: float, state: str = "running", at: float = -1) -> None:
    """A bar: blue while running, green when done, red when failed; ``at`` 0 to 1 paints the moving segment
    of a wait whose length nobody knows. Its ends are round.
    """
    radius = rect.height() / 2
    p.save()
    round_rect(p, rect, radius, "line")
    clip = QPainterPath()
    clip.addRoundedRect(rect, radius, radius)
    p.setClipPath(clip)
    fill = QRectF(rect)
    if at >= 0:
        fill.setWidth(rect.width() * _SEGMENT)
        fill.moveLeft(rect.x() - fill.width() + at * (rect.width() + fill.width()))
    else:
        fill.setWidth(rect.width() * min(max(fraction, 0.0), 1.0))
    if fill.width() > 0:
        round_rect(p, fill, radius, _TOKENS[state])
    p.restore()


class ProgressLine(QProgressBar):
    """A bar of 4 px; for waits without a known length it moves, or stands still when motion is reduced."""

    def __init__(self, accessible_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextVisible(False)
        self.setFixedHeight(4)
        self.setRange(0, 1000)
        self.setValue(0)
        self.setAccessibleName(accessible_name)
        self._state = "running"
        self._move = QVariantAnimation(self)
        self._move.setStartValue(0.0)
        self._move.setEndValue(1.0)
        self._move.setDuration(1200)
        self._move.setLoopCount(-1)
        self._move.valueChanged.connect(self.update)

    def set_fraction(self, fraction: float) -> None:
        """How much is done, 0 to 1."""
        self._move.stop()
        self.setRange(0, 1000)
        self.setValue(round(min(max(fraction, 0.0), 1.0) * 1000))

    def set_state(self, state: str) -> None:
        """``running``, ``done`` or ``failed``."""
        self._state = state
        if state == "done":
            self.set_fraction(1.0)
        self.update()

    def set_waiting(self) -> None:
        """Nobody knows how long."""
        self._state = "running"
        self.setRange(0, 0)
        if self.isVisible() and not reduced():
            self._move.start()
        self.update()

    def is_waiting(self) -> bool:
        """Whether the moving segment is shown."""
        return self.maximum() == 0

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.is_waiting() and not reduced():
            self._move.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._move.stop()
        super().hideEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(96, 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(16, 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        at = -1.0
        if self.is_waiting():
            running = self._move.state() == QVariantAnimation.State.Running
            at = float(self._move.currentValue()) if running else 0.5
        with painter(self) as p:
            paint_progress(p, QRectF(self.rect()), self.value() / 1000, self._state, at)


class ShareBar(QLabel):
    """A bar of 6 px that splits a whole into parts, each in its token; the numbers stand beside it as text."""

    def __init__(self, parts: list[tuple[float, str]] | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(6)
        self._parts = parts or []

    def set_parts(self, parts: list[tuple[float, str]]) -> None:
        """Show other parts: amount and colour token."""
        self._parts = parts
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        box = QRectF(self.rect())
        total = sum(amount for amount, _ in self._parts)
        with painter(self) as p:
            clip = QPainterPath()
            clip.addRoundedRect(box, 3, 3)
            p.setClipPath(clip)
            p.fillRect(box, theme.color("line"))
            x = box.x()
            for amount, token in self._parts:
                width = box.width() * amount / total if total else 0
                p.fillRect(QRectF(x, 0, width - (2 if x + width < box.right() - 1 else 0), 6), theme.color(token))
                x += width


class CountdownRing(QLabel):
    """The seconds before a send, as a number in a ring that empties.

    It counts from a monotonic clock, so a sleeping timer or a changed system time cannot shorten it.
    """

    second_left = Signal(int)
    finished = Signal()
    _SIDE, _WIDTH = 144, 6
    _SPOKEN = (30, 20, 10, 5, 3, 2, 1)

    def __init__(
        self,
        seconds: int = 10,
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._seconds, self._clock = seconds, clock
        self._end = 0.0
        self._left = float(seconds)
        self._shown = seconds
        self._timer = QTimer(self)
        self._timer.setInterval(100)
        self._timer.timeout.connect(self.refresh)
        self.setFixedSize(self._SIDE, self._SIDE)
        self._say()

    def start(self) -> None:
        """Begin; ``second_left`` comes for each new whole second, ``finished`` once at the end."""
        self._end = self._clock() + self._seconds
        self._timer.start()
        announce(self, self.accessibleName(), urgent=True)
        self.second_left.emit(self._shown)

    def stop(self) -> None:
        """Stop counting; ``finished`` will not come."""
        self._timer.stop()

    def is_running(self) -> bool:
        """Between ``start`` and the end or ``stop``."""
        return self._timer.isActive()

    def left(self) -> float:
        """Seconds left when the clock was last read."""
        return self._left

    def refresh(self) -> None:
        """Read the clock. The timer does it ten times a second."""
        if not self._timer.isActive():
            return
        self._left = max(self._end - self._clock(), 0.0)
        whole = math.ceil(self._left)
        if whole != self._shown:
            self._shown = whole
            self._say()
            if whole in self._SPOKEN:
                announce(self, self.accessibleName(), urgent=True)
            if whole > 0:
                self.second_left.emit(whole)
        if self._left <= 0:
            self._timer.stop()
            self.finished.emit()
        self.update()

    def _say(self) -> None:
        self.setAccessibleName(self.tr("还有 {0} 秒").format(self._shown))

    def paintEvent(self, event: QPaintEvent) -> None:
        inset = self._WIDTH / 2
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        left = self._shown if reduced() else self._left
        with painter(self) as p:
            pen = QPen(theme.color("line"), self._WIDTH)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            p.setPen(pen)
            p.drawEllipse(box)
            pen.setColor(theme.color("go"))
            p.setPen(pen)
            span = round(left / self._seconds * 360 * 16)
            if span > 0:
                p.drawArc(box, 90 * 16, -span)
            font = theme.font("display")
            font.setPixelSize(round(font.pixelSize() * 1.4))
            p.setFont(font)
            p.setPen(theme.color("text"))
            p.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(self._shown))
