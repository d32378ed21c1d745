"""A crop of fixed ratio inside a picture, in the picture's own pixels: moved, zoomed, kept inside."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF

SMALLEST = 32.0


class CropBox:
    """``rect`` is in pixels of the picture."""

    def __init__(self, size: QSizeF, ratio: float, parts: Sequence[float] | None = None) -> None:
        self.size, self.ratio = size, ratio
        self.rect = self._largest()
        if parts:
            x1, y1, x2, y2 = parts
            width, height = size.width(), size.height()
            wanted = QRectF(x1 * width, y1 * height, (x2 - x1) * width, (y2 - y1) * height)
            self._set(wanted.center(), min(wanted.width(), wanted.height() * ratio))

    def _largest(self) -> QRectF:
        width = min(self.size.width(), self.size.height() * self.ratio)
        rect = QRectF(0, 0, width, width / self.ratio)
        rect.moveCenter(QPointF(self.size.width() / 2, self.size.height() / 2))
        return rect

    def _set(self, centre: QPointF, width: float) -> None:
        most = self._largest().width()
        width = max(min(width, most), min(SMALLEST, most))
        rect = QRectF(0, 0, width, width / self.ratio)
        rect.moveCenter(centre)
        rect.moveLeft(min(max(rect.left(), 0.0), self.size.width() - rect.width()))
        rect.moveTop(min(max(rect.top(), 0.0), self.size.height() - rect.height()))
        self.rect = rect

    def move(self, by: QPointF) -> None:
        """Shift it by pixels, not over the edge."""
        self._set(self.rect.center() + by, self.rect.width())

    def zoom(self, factor: float) -> None:
        """Make the box smaller (factor above 1: what is inside grows) or larger around its middle."""
        self._set(self.rect.center(), self.rect.width() / factor)

    def pull(self, corner: QPointF) -> None:
        """Let the nearest corner follow the mouse; the opposite one stays."""
        left, top = corner.x() < self.rect.center().x(), corner.y() < self.rect.center().y()
        fixed = QPointF(
            self.rect.right() if left else self.rect.left(), self.rect.bottom() if top else self.rect.top()
        )
        room_x = fixed.x() if left else self.size.width() - fixed.x()
        room_y = fixed.y() if top else self.size.height() - fixed.y()
        width = max(abs(corner.x() - fixed.x()), abs(corner.y() - fixed.y()) * self.ratio)
        width = min(max(width, SMALLEST), room_x, room_y * self.ratio)
        height = width / self.ratio
        self.rect = QRectF(fixed.x() - (width if left else 0), fixed.y() - (height if top else 0), width, height)

    def parts(self) -> list[float]:
        """[x1, y1, x2, y2] in parts of the picture's sides, as drafts keep it."""
        width, height = self.size.width(), self.size.height()
        x1, y1, x2, y2 = self.rect.left(), self.rect.top(), self.rect.right(), self.rect.bottom()
        return [round(min(max(v, 0.0), 1.0), 6) for v in (x1 / width, y1 / height, x2 / width, y2 / height)]
