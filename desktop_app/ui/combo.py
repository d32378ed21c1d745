"""A combo box whose list looks like the app's menus."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QComboBox, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop_app.ui import theme
from desktop_app.ui.compositing import can_be_translucent
from desktop_app.ui.paint import round_rect


class _RowDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width() + 28, theme.px(32))

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        rect = QRectF(option.rect).adjusted(4, 0, -4, 0)
        enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
        if enabled and option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            round_rect(p, rect, 6, "bg.hover")
        p.setFont(theme.font("body"))
        p.setPen(theme.color("text" if enabled else "text.disabled"))
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        p.drawText(rect.adjusted(10, 0, -8, 0), int(Qt.AlignmentFlag.AlignVCenter), text)


class Combo(QComboBox):
    """``Combo([(text, value)])``; ``value()`` answers the value of the chosen row."""

    def __init__(
        self,
        items: list[tuple[str, Any]] | None = None,
        name: str = "",
        accessible_name: str = "",
        dim: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setProperty("dim", dim)
        self.setFont(theme.font("body.l" if dim == "large" else "body"))
        self.setItemDelegate(_RowDelegate(self))
        popup = self.view().window()
        flags = Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint
        popup.setWindowFlags(popup.windowFlags() | flags)
        popup.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, can_be_translucent())
        self.view().viewport().setAutoFillBackground(False)
        for text, value in items or []:
            self.addItem(text, value)

    def value(self) -> Any:
        """The value of the chosen row."""
        return self.currentData()

    def set_value(self, value: Any) -> None:
        """Choose the row with this value; an unknown one changes nothing."""
        row = self.findData(value)
        if row >= 0:
            self.setCurrentIndex(row)
