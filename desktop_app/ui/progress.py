"""Progress as the design draws it: a thin bar, a bar of shares, the ring of the countdown."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QWidget

from desktop_app.ui import theme
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
        self._move.valueChanged.connect(self._step)

    def set_fraction(self, fraction: float) -> None:
        """How much is done, 0 to 1."""
        self._move.stop()
        # QProgressBar paints at once, and with it whatever else in the window waits for its turn: 50 ms at times.
        self.setUpdatesEnabled(False)
        self.setRange(0, 1000)
        self.setValue(round(min(max(fraction, 0.0), 1.0) * 1000))
        self.setUpdatesEnabled(True)

    def set_state(self, state: str) -> None:
        """``running``, ``done`` or ``failed``."""
        self._state = state
        if state == "done":
            self.set_fraction(1.0)
        self.update()

    def set_busy(self) -> None:
        """Nobody knows how long."""
        self._state = "running"
        self.setRange(0, 0)
        if self.isVisible() and not reduced():
            self._move.start()
        self.update()

    def is_busy(self) -> bool:
        """Whether the moving segment is shown."""
        return self.maximum() == 0

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.is_busy() and not reduced():
            self._move.start()

    def _step(self) -> None:
        # Not a hideEvent: that one also comes while the garbage collector takes the bar apart.
        if self.isVisible():
            self.update()
        else:
            self._move.stop()

    def sizeHint(self) -> QSize:
        return QSize(96, 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(16, 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        at = -1.0
        if self.is_busy():
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
    """The seconds before a send, as a number in a ring that empties. Whoever counts calls ``set_left``."""

    _SIDE, _WIDTH = 144, 6

    def __init__(self, total: int = 10, tone: str = "go", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._total, self._tone = total, tone
        self._left = float(total)
        self.setFixedSize(self._SIDE, self._SIDE)
        self.set_left(total)

    def set_left(self, left: float) -> None:
        """Show ``left`` seconds; the number is the whole second that has begun."""
        self._left = max(left, 0.0)
        self.setAccessibleName(self.tr("还有 {0} 秒").format(math.ceil(self._left)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        inset = self._WIDTH / 2
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        with painter(self) as p:
            pen = QPen(theme.color("line"), self._WIDTH)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            p.setPen(pen)
            p.drawEllipse(box)
            span = round(self._left / self._total * 360 * 16)
            if span > 0:
                pen.setColor(theme.color(self._tone))
                p.setPen(pen)
                p.drawArc(box, 90 * 16, -span)
            font = theme.font("display")
            font.setPixelSize(round(font.pixelSize() * 1.4))
            p.setFont(font)
            p.setPen(theme.color("text"))
            p.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(math.ceil(self._left)))
