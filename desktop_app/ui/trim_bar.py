"""TrimBar: a whole recording as a bar, and on it the part that is kept, to be moved by mouse and keys."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from desktop_app.ui import icons, theme
from desktop_app.ui.paint import painter, round_rect
from desktop_app.ui.units import duration_text

TRACK = 44
TEXT = 20  # the rows of words above and below the track
MOST_MARKS = 8
STEPS_S = (1, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
_Key = Qt.Key
_MOVES_S = {
    _Key.Key_Left: -1,
    _Key.Key_Down: -1,
    _Key.Key_Right: 1,
    _Key.Key_Up: 1,
    _Key.Key_PageDown: -10,
    _Key.Key_PageUp: 10,
}


class TrimBar(QSlider):
    """A slider whose handle is as wide as what is kept. Its value is the start in whole seconds; only the last
    step is a shorter one, so that the end of the recording can be reached: ``start_s`` tells the exact second.
    """

    start_changed = Signal(float)
    play_wanted = Signal()
    """Space was pressed."""

    def __init__(self, seconds: float, limit_s: float, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._seconds, self._limit_s = seconds, min(limit_s, seconds)
        self._last_s = seconds - self._limit_s
        self._at_s = 0.0
        self._grab: float | None = None
        self.setRange(0, math.ceil(self._last_s))
        self.setPageStep(10)
        self.setObjectName("trim.bar")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setProperty("radius", 6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._moved)
        self._say()

    def sizeHint(self) -> QSize:
        return QSize(472, TRACK + 2 * theme.px(TEXT))

    minimumSizeHint = sizeHint

    @property
    def start_s(self) -> float:
        """Where the kept part begins."""
        return min(float(self.value()), self._last_s)

    @property
    def end_s(self) -> float:
        """Where it ends."""
        return self.start_s + self._limit_s

    def set_playhead(self, at_s: float) -> None:
        """Show what is heard now."""
        self._at_s = at_s
        self.update()

    def _moved(self) -> None:
        self._at_s = self.start_s
        self._say()
        self.update()
        self.start_changed.emit(self.start_s)

    def _say(self) -> None:
        words = self.tr("从 {start} 到 {end}")
        self.setAccessibleName(words.format(start=duration_text(self.start_s), end=duration_text(self.end_s)))

    # Hands

    def _x(self, at_s: float) -> float:
        return 1 + (self.width() - 2) * at_s / self._seconds

    def _at(self, x: float) -> float:
        return (x - 1) / (self.width() - 2) * self._seconds

    def _window(self) -> QRectF:
        """The kept part on the screen; of a long recording wider than it is true, so that it can be taken."""
        left, right = self._x(self.start_s), self._x(self.end_s)
        wider = max(0.0, 10 - (right - left)) / 2
        return QRectF(left - wider, theme.px(TEXT), right - left + 2 * wider, TRACK)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton:
            x = event.position().x()
            inside = self._window().left() <= x <= self._window().right()
            self._grab = self._at(x) - self.start_s if inside else self._limit_s / 2
            self._drag(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._window().contains(event.position()) or self._grab is not None
        self.setCursor(Qt.CursorShape.SizeHorCursor if over else Qt.CursorShape.ArrowCursor)
        if self._grab is not None:
            self._drag(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grab = None

    def _drag(self, x: float) -> None:
        wanted = self._at(x) - (self._grab or 0.0)
        self.setValue(self.maximum() if wanted >= self._last_s else round(wanted))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if key in _MOVES_S:
            self.setValue(self.value() + _MOVES_S[key] * (10 if shift else 1))
        elif key == _Key.Key_Home:
            self.setValue(0)
        elif key == _Key.Key_End:
            self.setValue(self.maximum())
        elif key == _Key.Key_Space:
            self.play_wanted.emit()
        else:
            event.ignore()

    # Paint

    def paintEvent(self, event: QPaintEvent) -> None:
        track = QRectF(0, theme.px(TEXT), self.width(), TRACK)
        with painter(self) as p:
            round_rect(p, track, 6, "bg.sunken", "line")
            self._paint_marks(p, track)
            self._paint_window(p)
            self._paint_range(p)

    def _paint_marks(self, p: QPainter, track: QRectF) -> None:
        font = theme.font("caption")
        metrics = QFontMetricsF(font)
        p.setFont(font)
        p.setPen(theme.color("text.3"))
        total = duration_text(self._seconds)
        right = self.width() - metrics.horizontalAdvance(total)
        below = track.bottom() + 4 + metrics.ascent()
        p.drawText(QPointF(right, below), total)
        step = next((s for s in STEPS_S if self._seconds / s <= MOST_MARKS), 7200)
        for at in range(0, math.ceil(self._seconds), step):
            x, text = self._x(at), duration_text(at)
            width = metrics.horizontalAdvance(text)
            left = max(x - width / 2, 0)
            if at:
                p.fillRect(QRectF(round(x), track.bottom() - 9, 1, 8), theme.color("line.strong"))
            if left + width < right - 12:
                p.drawText(QPointF(left, below), text)

    def _paint_window(self, p: QPainter) -> None:
        box = self._window()
        round_rect(p, box, 6, "blue.bg")
        heard = QRectF(box.left(), box.top(), self._x(self._at_s) - box.left(), box.height())
        if heard.width() > 0:
            p.save()
            p.setClipRect(heard)
            round_rect(p, box, 6, "blue.line")
            p.restore()
        round_rect(p, box, 6, None, "blue", 2)
        if box.width() > 40:
            icons.paint(p, box, "grip", 16, "blue")
        if self.start_s < self._at_s < self.end_s:
            x = round(self._x(self._at_s))
            p.fillRect(QRectF(x - 1, box.top(), 2, box.height()), theme.color("blue.text"))

    def _paint_range(self, p: QPainter) -> None:
        font = theme.font("caption", bold=True)
        text = f"{duration_text(self.start_s)} – {duration_text(self.end_s)}"
        metrics = QFontMetricsF(font)
        width = metrics.horizontalAdvance(text)
        left = min(max(self._window().center().x() - width / 2, 0), self.width() - width)
        p.setFont(font)
        p.setPen(theme.color("blue.text"))
        p.drawText(QPointF(left, theme.px(TEXT) - 6), text)
