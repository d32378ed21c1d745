"""TileRow: the pictures of a message in order, to be chosen, dragged, moved by Alt and arrows, and added to."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui.drop_zone import AddTile
from desktop_app.ui.media_tile import MARGIN, SIDE, MediaTile
from desktop_app.workers.transfer import Transfer

GAP = 12
CELL = SIDE + GAP


class TileRow(QWidget):
    """Lays its tiles out in rows from left to right; the last cell adds files."""

    chosen = Signal(object)
    moved = Signal(object, int)
    remove_wanted = Signal(object)
    add_wanted = Signal()

    def __init__(self, limit: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._limit = limit
        self.tab_start: QWidget | None = None  # the widget that has the focus before the first tile
        self._tiles: list[MediaTile] = []
        self._add = AddTile(self.tr("添加"), "compose.image.add", self)
        self._add.clicked.connect(self.add_wanted)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)

    def tiles(self) -> list[MediaTile]:
        """The tiles in order."""
        return list(self._tiles)

    def tile(self, item: Transfer) -> MediaTile | None:
        """The tile of an item."""
        return next((tile for tile in self._tiles if tile.item is item), None)

    def show_items(self, items: list[Transfer], current: Transfer | None) -> None:
        """Show these items in this order, with ``current`` chosen. Tiles of items that stay are kept."""
        known = {id(tile.item): tile for tile in self._tiles}
        focused = next((tile for tile in self._tiles if tile.hasFocus()), None)
        before = list(self._tiles)
        self._tiles = [known.pop(id(item)) if id(item) in known else self._make(item) for item in items]
        for tile in known.values():
            tile.hide()
            tile.deleteLater()
        for place, tile in enumerate(self._tiles, 1):
            tile.set_place(place, len(items))
            tile.setChecked(tile.item is current)
            tile.show()
        if before != self._tiles:
            self._order_tabs()
        self._add.setVisible(len(items) < self._limit)
        self._arrange()
        if focused is not None and focused not in self._tiles and (kept := current and self.tile(current)):
            kept.setFocus()

    def _order_tabs(self) -> None:
        """Tab goes from what stands before the row through the tiles to the add cell."""
        stops: list[QWidget] = [*([self.tab_start] if self.tab_start else []), *self._tiles, self._add]
        for first, second in pairwise(stops):
            QWidget.setTabOrder(first, second)

    def _make(self, item: Transfer) -> MediaTile:
        tile = MediaTile(item, self)
        tile.clicked.connect(lambda: self._choose(tile))
        tile.dragged.connect(lambda at: self._drag(tile, at))
        tile.dropped.connect(lambda: self._drop(tile))
        tile.step_wanted.connect(lambda step: self.moved.emit(tile.item, self._tiles.index(tile) + step))
        tile.neighbour_wanted.connect(lambda step: self._go(tile, step))
        tile.remove_wanted.connect(lambda: self.remove_wanted.emit(tile.item))
        return tile

    def _choose(self, tile: MediaTile) -> None:
        tile.setChecked(True)
        self.chosen.emit(tile.item)

    def _go(self, tile: MediaTile, step: int) -> None:
        at = self._tiles.index(tile) + step
        if 0 <= at < len(self._tiles):
            self._tiles[at].setFocus(Qt.FocusReason.TabFocusReason)
            self._choose(self._tiles[at])

    # Places

    def _columns(self) -> int:
        return max((self.width() - 2 * MARGIN + GAP) // CELL, 1)

    def _cell(self, index: int) -> QPoint:
        columns = self._columns()
        return QPoint(index % columns * CELL, MARGIN + index // columns * CELL - MARGIN)

    def _index_at(self, point: QPoint) -> int:
        column = min(max(point.x() // CELL, 0), self._columns() - 1)
        row = max((point.y() - MARGIN) // CELL, 0)
        return min(row * self._columns() + column, len(self._tiles) - 1)

    def _arrange(self, skip: MediaTile | None = None) -> None:
        for index, tile in enumerate(self._tiles):
            if tile is not skip:
                tile.move(self._cell(index) - QPoint(0, 0))
        self._add.move(self._cell(len(self._tiles)) + QPoint(MARGIN, MARGIN))
        cells = len(self._tiles) + (0 if self._add.isHidden() else 1)
        rows = -(-cells // self._columns())
        self.setFixedHeight(max(rows, 1) * CELL - GAP + 2 * MARGIN)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        return super().event(event)

    def _drag(self, tile: MediaTile, middle: QPoint) -> None:
        tile.move(middle - tile.rect().center())
        to = self._index_at(middle)
        if self._tiles.index(tile) != to:
            self._tiles.remove(tile)
            self._tiles.insert(to, tile)
        self._arrange(skip=tile)

    def _drop(self, tile: MediaTile) -> None:
        self._arrange()
        self.moved.emit(tile.item, self._tiles.index(tile))
