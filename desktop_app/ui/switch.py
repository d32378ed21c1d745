"""The switch: on or off at once, without a 保存 button."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from desktop_app.ui import theme
from desktop_app.ui.motion import motion
from desktop_app.ui.paint import painter, round_rect

_WIDTH, _HEIGHT, _HIT = 32, 20, 28


class Switch(QAbstractButton):
    """A checkable button of 32×20 in a hit area 28 high; use ``toggled`` like a checkbox's."""

    def __init__(self, accessible_name: str, name: str = "", on: bool = False, parent: QWidget | None = None):
        super().__init__(parent)
        self.setCheckable(True)
        self.setChecked(on)
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setProperty("radius", _HEIGHT / 2)
        self.setProperty("ringInset", (_HIT - _HEIGHT) // 2)
        self._slide = QVariantAnimation(self)
        self._slide.valueChanged.connect(self.update)
        self.toggled.connect(self._move)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, _HIT)

    def _move(self, on: bool) -> None:
        self._slide.stop()
        if not self.isVisible() or not motion(120):
            self.update()
            return
        self._slide.setStartValue(0.0 if on else 1.0)
        self._slide.setEndValue(1.0 if on else 0.0)
        self._slide.setDuration(motion(120))
        self._slide.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        moving = self._slide.state() == QVariantAnimation.State.Running
        at = float(self._slide.currentValue()) if moving else float(self.isChecked())
        track = QRectF(0, (self.height() - _HEIGHT) / 2, _WIDTH, _HEIGHT)
        ground = "cta" if self.isChecked() else "field.mark"
        if not self.isEnabled():
            ground = "text.disabled"
        with painter(self) as p:
            round_rect(p, track, _HEIGHT / 2, ground)
            knob = QRectF(2 + at * (_WIDTH - _HEIGHT), track.y() + 2, 16, 16)
            round_rect(p, knob, 8, theme.color("on.cta" if self.isChecked() else "bg.surface"))
