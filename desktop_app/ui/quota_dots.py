"""The row of little bars that shows how many mass messages are left."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from desktop_app.ui.paint import painter, round_rect

_WIDTH, _HEIGHT, _GAP = 12, 5, 3


def dots_width(total: int) -> int:
    """Width of ``total`` bars in pixels."""
    return max(total * (_WIDTH + _GAP) - _GAP, 0)


def paint_dots(p: QPainter, rect: QRect | QRectF, total: int, left: int) -> int:
    """Paint the bars at the left of ``rect``, vertically centred, and return their width in pixels.

    What is left is green, the last one of several amber, what is used grey.
    """
    live = "amber" if left == 1 and total > 1 else "go"
    y = round(QRectF(rect).center().y() - _HEIGHT / 2)
    for i in range(total):
        box = QRectF(rect.x() + i * (_WIDTH + _GAP), y, _WIDTH, _HEIGHT)
        round_rect(p, box, _HEIGHT / 2, live if i < left else "line.strong")
    return dots_width(total)


class QuotaDots(QLabel):
    """``left`` of ``total`` sends. ``period`` (本月, 今天) makes the sentence for screen readers."""

    def __init__(self, total: int = 4, left: int = 4, period: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_left(total, left, period)

    def set_left(self, total: int, left: int, period: str = "") -> None:
        """Show other numbers."""
        self._total, self._left = total, max(min(left, total), 0)
        self.setFixedSize(dots_width(total), _HEIGHT)
        self.setAccessibleName(self.tr("{0}剩 {1} 次，共 {2} 次").format(period, self._left, total))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            paint_dots(p, self.rect(), self._total, self._left)
