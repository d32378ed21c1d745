"""A key as it looks on the keyboard, or a small number in a box."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from desktop_app.ui import theme
from desktop_app.ui.paint import painter, round_rect


class KeyCap(QLabel):
    """``KeyCap("Esc")``."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        width = QFontMetrics(theme.font("badge")).horizontalAdvance(text)
        self.setFixedSize(max(width + 12, 19), theme.px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            round_rect(p, QRectF(self.rect()), 4, "bg.surface", "line.strong")
            p.setFont(theme.font("badge"))
            p.setPen(theme.color("text.2"))
            p.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())
