"""素材库 as a flat list model: the cell that takes files, then every item that is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop_app.ui.media_words import spoken

if TYPE_CHECKING:
    from desktop_app.services.library import LibraryItem

Index = QModelIndex | QPersistentModelIndex
FIRST_ITEM = 1
_ADD_FLAGS = Qt.ItemFlag.ItemIsEnabled
# Made once: a selection of 10,000 asks every row.
_ITEM_FLAGS = _ADD_FLAGS | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled


class MediaModel(QAbstractListModel):
    """Holds the tuple that ``Library.items`` gave, and what goes on with some of them.

    Row 0 is the cell that takes files: ``item(0)`` is None.
    """

    def __init__(self, now: Callable[[], float], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.now = now
        self._items: list[LibraryItem] = []
        self._rows: dict[str, int] = {}
        self._busy: dict[str, float] = {}

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._items) + FIRST_ITEM

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.item(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return item.name if item else self.tr("选择文件")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(item, self.now()) if item else self.tr("上传：选择文件，或拖到这里")
        if role == Qt.ItemDataRole.ToolTipRole and item:
            return item.name
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return _ITEM_FLAGS if index.row() >= FIRST_ITEM else _ADD_FLAGS

    def item(self, row: int) -> LibraryItem | None:
        """The item of a row; None for the first cell and beyond the end."""
        at = row - FIRST_ITEM
        return self._items[at] if 0 <= at < len(self._items) else None

    def items(self) -> list[LibraryItem]:
        """All that are shown."""
        return list(self._items)

    def row_of(self, key: str) -> int:
        """The row of an item, -1 when it is not shown."""
        return self._rows.get(key, -1)

    def show_items(self, items: Iterable[LibraryItem]) -> None:
        """Show these."""
        self.beginResetModel()
        self._items = list(items)
        self._rows = {item.key: row for row, item in enumerate(self._items, FIRST_ITEM)}
        self.endResetModel()

    def replace(self, key: str, item: LibraryItem) -> None:
        """An item that is shown has changed, maybe its key too."""
        row = self._rows.pop(key, -1)
        if row >= FIRST_ITEM:
            self._items[row - FIRST_ITEM] = item
            self._rows[item.key] = row
            self._changed(row)

    def busy(self, key: str) -> float | None:
        """How far the work on an item is, 0 to 1; None while nothing goes on with it."""
        return self._busy.get(key)

    def set_busy(self, key: str, fraction: float | None) -> None:
        """Something goes on with an item, or (None) has ended."""
        if fraction is None:
            self._busy.pop(key, None)
        else:
            self._busy[key] = fraction
        self._changed(self.row_of(key))

    def clear_busy(self) -> None:
        """Another account is shown; its items come with ``show_items``."""
        self._busy.clear()

    def _changed(self, row: int) -> None:
        if row >= FIRST_ITEM:
            at = self.index(row)
            self.dataChanged.emit(at, at)
