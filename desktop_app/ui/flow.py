"""Widgets side by side, going on in the next line where the width ends."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget


class Flow(QWidget):
    """``add`` widgets that know their size, such as chips and buttons; a lower one stands mid-line."""

    def __init__(self, spacing: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spacing = spacing
        self._items: list[QWidget] = []
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget) -> None:
        """Put a widget at the end."""
        widget.setParent(self)
        self._items.append(widget)
        widget.show()
        self._place(self.width(), move=True)
        self.updateGeometry()

    def clear(self) -> None:
        """Take all widgets out."""
        for item in self._items:
            item.hide()
            item.deleteLater()
        self._items.clear()
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(width, move=False)

    def sizeHint(self) -> QSize:
        widths = [item.sizeHint().width() for item in self._items]
        return QSize(sum(widths) + self._spacing * max(len(widths) - 1, 0), self._place(10_000, move=False))

    def minimumSizeHint(self) -> QSize:
        return QSize(max((item.sizeHint().width() for item in self._items), default=0), 22)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(self.width(), move=True)

    def _place(self, width: int, move: bool) -> int:
        y = 0
        for line in self._lines(width):
            height = max(size.height() for _, size in line)
            x = 0
            for item, size in line:
                if move:
                    item.setGeometry(x, y + (height - size.height()) // 2, size.width(), size.height())
                x += size.width() + self._spacing
            y += height + self._spacing
        return max(y - self._spacing, 0)

    def _lines(self, width: int) -> list[list[tuple[QWidget, QSize]]]:
        lines: list[list[tuple[QWidget, QSize]]] = []
        x = 0
        for item in self._items:
            size = item.sizeHint().expandedTo(item.minimumSize())
            if not lines or x + size.width() > width:
                lines.append([])
                x = 0
            lines[-1].append((item, size))
            x += size.width() + self._spacing
        return lines
