"""The send button for people who rather hold than type: two seconds fill it."""

from __future__ import annotations

from PySide6.QtCore import QAbstractAnimation, QRectF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from desktop_app.ui import theme
from desktop_app.ui.paint import painter, round_rect
from desktop_app.ui.style_paint import button_font, button_look, button_size, paint_button_content

_HOLD_MS, _REWIND_MS = 2000, 120


class HoldButton(QPushButton):
    """Hold the mouse or Space for 2 s; ``held`` comes once. Released early it rewinds. Kinds: send, rehearsal."""

    held = Signal()

    def __init__(
        self, text: str, holding_text: str, name: str = "", parent: QWidget | None = None, kind: str = "send"
    ) -> None:
        super().__init__(text, parent)
        self._idle, self._holding = text, holding_text
        self.setAutoDefault(False)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.setProperty("kind", kind)
        self.setProperty("dim", "large")
        self._fill = QVariantAnimation(self)
        self._fill.setStartValue(0.0)
        self._fill.setEndValue(1.0)
        self._fill.valueChanged.connect(self.update)
        self._fill.finished.connect(self._filled)
        self._done = False
        self.pressed.connect(self._press)
        self.released.connect(self._release)

    def set_filled(self, fraction: float) -> None:
        """Show a fill without holding, 0 to 1."""
        self._fill.setDuration(_HOLD_MS)
        self._fill.setCurrentTime(round(fraction * _HOLD_MS))

    def fraction(self) -> float:
        """How far it is filled, 0 to 1."""
        return float(self._fill.currentValue() or 0.0)

    def _press(self) -> None:
        if not self._done:
            self._run(QAbstractAnimation.Direction.Forward, _HOLD_MS)

    def _release(self) -> None:
        if not self._done:
            self._run(QAbstractAnimation.Direction.Backward, _REWIND_MS)

    def _run(self, direction: QAbstractAnimation.Direction, duration: int) -> None:
        at = self.fraction()
        self._fill.stop()
        self._fill.setDirection(direction)
        self._fill.setDuration(duration)
        self._fill.start()
        self._fill.setCurrentTime(round(at * duration))

    def _filled(self) -> None:
        if self._fill.direction() == QAbstractAnimation.Direction.Forward and self.isDown():
            self._done = True
            self.held.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self.isDown():
            self.setDown(False)
            self._release()
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return  # Enter never sends
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        rect, at = QRectF(self.rect()), self.fraction()
        with painter(self) as p:
            if not self.isEnabled():
                round_rect(p, rect, 6, "bg.sunken", "line")
                ink = theme.color("text.disabled")
            else:
                clip = QPainterPath()
                clip.addRoundedRect(rect, 6, 6)
                p.setClipPath(clip)
                look = button_look(self)
                p.fillRect(rect, theme.color(look.fill or "bg.surface"))
                p.fillRect(QRectF(0, 0, rect.width() * at, rect.height()), theme.color(look.pressed or "bg.selected"))
                ink = theme.color(look.text)
            text = self._holding if at > 0 else self._idle
            size = button_size(self)
            paint_button_content(p, rect, text, button_font(self), ink, size.icon, self)
