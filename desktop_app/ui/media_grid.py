"""The grid of 素材库: cards that fill the width, chosen by mouse and keys, dragged out as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
    QPixmap,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyleOptionViewItem, QWidget

from desktop_app.ui import theme
from desktop_app.ui.media_card import CARD_WIDTH, GAP, MediaDelegate, card_height, card_rect
from desktop_app.ui.media_drag import drag_mime
from desktop_app.ui.media_model import FIRST_ITEM, Index, MediaModel
from desktop_app.ui.media_pictures import MediaPictures
from desktop_app.ui.paint import float_shadow, round_rect
from desktop_app.ui.units import count_text

if TYPE_CHECKING:
    from desktop_app.services.library import LibraryItem

_Select = QItemSelectionModel.SelectionFlag


class _Place(NamedTuple):
    """Where a person was in the list: what was chosen, the current card and its row, where it was scrolled to."""

    keys: set[str]
    current: str
    row: int
    scrolled: int


class MediaGrid(QListView):
    """Click, Ctrl, Shift, arrows, Space and Ctrl A choose; a click on a card's tick adds to what is chosen.

    It says what a person wants; the page does it.
    """

    opened = Signal(object)
    """A LibraryItem, by a double click or Enter."""
    renew_wanted = Signal(object)
    delete_wanted = Signal()
    files_wanted = Signal()
    menu_wanted = Signal(QPoint)
    """Where the menu should open, in global coordinates; what it is for is chosen."""
    chosen_changed = Signal()
    nothing_to_drag = Signal()
    """None of the files that somebody tried to drag is on this computer."""

    def __init__(self, model: MediaModel, drag_folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._drag_folder = model, drag_folder
        self._account_id = 0
        self._foot = 0
        self._kept = _Place(set(), "", -1, 0)
        self.setObjectName("media.grid")
        self.setAccessibleName(self.tr("素材"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        # Not the icon mode: that one keeps a place for every item by itself, which 10,000 items would wait for.
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setMovement(QListView.Movement.Static)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep((card_height() + GAP) // 3)  # one notch of the wheel is one row
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # its coming would move the columns
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setMouseTracking(True)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)  # opaque, so that scrolling moves pixels
        self.setModel(model)
        model.modelAboutToBeReset.connect(self._keep_place)
        model.modelReset.connect(self._restore_place)
        self.selectionModel().selectionChanged.connect(lambda _now, _before: self.chosen_changed.emit())

    def paint_with(self, pictures: MediaPictures) -> None:
        """Where the cards' pictures come from."""
        self._cards = MediaDelegate(self._model, pictures, self)
        self.setItemDelegate(self._cards)
        pictures.arrived.connect(self._picture_arrived)
        self._fit()

    def use_account(self, account_id: int) -> None:
        """Whose keys a drag carries; nothing of another account's stays chosen."""
        if account_id != self._account_id:
            self._account_id = account_id
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
            self.scrollToTop()

    # What is chosen

    def chosen(self) -> list[LibraryItem]:
        """The items that are selected, in their order."""
        rows: list[int] = []
        parts = self.selectionModel().selection()
        for part in (parts.at(number) for number in range(parts.count())):
            rows += range(max(part.top(), FIRST_ITEM), part.bottom() + 1)
        return [item for row in sorted(rows) if (item := self._model.item(row)) is not None]

    def current_item(self) -> LibraryItem | None:
        """The item that the keyboard is on."""
        return self._model.item(self.currentIndex().row())

    def choose_all(self) -> None:
        """Ctrl A."""
        first, last = self._model.index(FIRST_ITEM), self._model.index(self._model.rowCount() - 1)
        if last.row() >= FIRST_ITEM:
            self.selectionModel().select(QItemSelection(first, last), _Select.ClearAndSelect)

    def _keep_place(self) -> None:
        current, row = self.current_item(), self.currentIndex().row()
        keys = {item.key for item in self.chosen()}
        self._kept = _Place(keys, current.key if current else "", row, self.verticalScrollBar().value())

    def _restore_place(self) -> None:
        """A list that was read again keeps what was chosen, the current card and where it was scrolled to."""
        kept = self._kept
        if kept.keys:
            self.selectionModel().select(self._selection(kept.keys), _Select.ClearAndSelect)
        row = self._model.row_of(kept.current)
        if row < 0:  # it is gone: the one in its place; at the beginning the first one
            row = min(kept.row if kept.row >= 0 else FIRST_ITEM, self._model.rowCount() - 1)
        if self._model.rowCount() > FIRST_ITEM:
            self.setAutoScroll(False)  # else a page that is hidden scrolls to that card when it is shown
            self.selectionModel().setCurrentIndex(self._model.index(row), _Select.NoUpdate)
            self.setAutoScroll(True)
        self.executeDelayedItemsLayout()
        self.verticalScrollBar().setValue(kept.scrolled)
        self.chosen_changed.emit()

    def _selection(self, keys: set[str]) -> QItemSelection:
        """These items as ranges of rows that follow each other: thousands of single rows would take long."""
        rows = sorted(row for key in keys if (row := self._model.row_of(key)) >= 0)
        made = QItemSelection()
        begin = 0
        for at, row in enumerate(rows):
            if at + 1 == len(rows) or rows[at + 1] != row + 1:
                made.append(QItemSelectionRange(self._model.index(rows[begin]), self._model.index(row)))
                begin = at + 1
        return made

    # Where things are

    def columns(self) -> int:
        """How many cards stand side by side."""
        return max(self._room() // (CARD_WIDTH + GAP), 1)

    def _room(self) -> int:
        return max(self.viewport().width() - 1, 1)  # Qt wraps a row that fills the width to the last pixel

    def _fit(self) -> None:
        """Cards of 180 and what is left over, so that the last column ends where the page's margin begins."""
        size = QSize(self._room() // self.columns(), card_height() + GAP)
        if size != self.gridSize():
            self._cards.cell_size = size
            self.setGridSize(size)

    def set_foot(self, height: int) -> None:
        """Room below the last row, for what floats above it."""
        self._foot = height
        self.updateGeometries()

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()) -> None:
        # QListView would lay out all cards and paint them anew: here none ever changes its size.
        QAbstractItemView.dataChanged(self, top_left, bottom_right, roles)

    def updateGeometries(self) -> None:
        super().updateGeometries()
        overlap = self.contentsSize().height() + self._foot - self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setMaximum(max(bar.maximum(), overlap))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def indexAt(self, at: QPoint) -> QModelIndex:
        """The card at a point; the gaps between cards belong to none."""
        index = super().indexAt(at)
        return index if index.isValid() and card_rect(self.visualRect(index)).contains(at) else QModelIndex()

    def in_sight(self, key: str) -> bool:
        """Whether an item's card can be seen."""
        row = self._model.row_of(key)
        return row >= 0 and self.visualRect(self._model.index(row)).intersects(self.viewport().rect())

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """What to paint anew; of a large selection nobody asks card by card where it is."""
        rows = sum(selection.at(number).height() for number in range(selection.count()))
        return super().visualRegionForSelection(selection) if rows < 100 else QRegion(self.viewport().rect())

    def _picture_arrived(self, key: str) -> None:
        row = self._model.row_of(key)
        if row >= 0:
            self.update(self._model.index(row))

    def _part(self, at: QPointF) -> tuple[str, LibraryItem | None, QModelIndex]:
        index = self.indexAt(at.toPoint())
        item = self._model.item(index.row())
        part = self._cards.part_at(self.visualRect(index), at, item) if item else ""
        return part, item, index

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._cards.by_keyboard = False
        part, item, index = self._part(event.position())
        if event.button() == Qt.MouseButton.LeftButton and part:
            if part == "tick":
                self.selectionModel().setCurrentIndex(index, _Select.Toggle)
            elif item is not None:
                self.renew_wanted.emit(item)
            event.accept()
        elif event.button() == Qt.MouseButton.LeftButton and index.isValid() and item is None:
            self.files_wanted.emit()
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        part, item, _ = self._part(event.position())
        if event.button() == Qt.MouseButton.LeftButton and item is not None and not part:
            self.opened.emit(item)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        part, item, index = self._part(event.position())
        hand = part == "again" or (index.isValid() and item is None)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    # Keys and menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._cards.by_keyboard = True
        key, item = event.key(), self.current_item()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(item)
        elif key == Qt.Key.Key_Space:
            if item is not None:
                self.selectionModel().select(self.currentIndex(), _Select.Toggle)
            else:
                self._enter(item)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_wanted.emit()
        elif key == Qt.Key.Key_A and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.choose_all()
        elif key == Qt.Key.Key_Escape and self.chosen():
            self.clearSelection()
        else:
            super().keyPressEvent(event)
        self.viewport().update(self.visualRect(self.currentIndex()))

    def _enter(self, item: LibraryItem | None) -> None:
        if item is not None:
            self.opened.emit(item)
        elif self.currentIndex().isValid():
            self.files_wanted.emit()

    def keyboardSearch(self, search: str) -> None:
        """Typed letters find nothing: asking 10,000 rows for their names would hold up the window."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if self._model.item(index.row()) is None:
            return
        if not self.selectionModel().isSelected(index):
            self.selectionModel().setCurrentIndex(index, _Select.ClearAndSelect)
        at = self.visualRect(index).center() if by_key else event.pos()
        self.menu_wanted.emit(self.viewport().mapToGlobal(at))

    # Dragging out

    def startDrag(self, actions: Qt.DropAction) -> None:
        items = self.chosen()
        if items and all(item.path is None for item in items):
            self.nothing_to_drag.emit()
        elif items:
            drag = QDrag(self)
            drag.setMimeData(drag_mime(self._account_id, items, self._drag_folder))
            drag.setPixmap(self._drag_picture(self.currentIndex(), len(items)))
            drag.setHotSpot(QPoint(40, 40))
            drag.exec(Qt.DropAction.CopyAction)

    def _drag_picture(self, index: Index, count: int) -> QPixmap:
        """The card at 60 %, and how many there are if it is not alone."""
        margin, share, ratio = 16, 0.6, self.devicePixelRatioF()
        cell = QRect(QPoint(0, 0), self.visualRect(index).size())
        size = QSize(round(cell.width() * share) + 2 * margin, round(cell.height() * share) + 2 * margin)
        picture = QPixmap(size * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as p:
            p.translate(margin, margin)
            p.scale(share, share)
            float_shadow(p, card_rect(cell), 8, small=True)
            option = QStyleOptionViewItem()
            option.rect = cell
            self._cards.paint(p, option, index)
            p.resetTransform()
            if count > 1:
                text, font = count_text(count), theme.font("badge")
                p.setFont(font)
                width = max(p.fontMetrics().horizontalAdvance(text) + 12, 22)
                box = QRectF(size.width() - margin - width, margin - 8, width, 22)
                round_rect(p, box, 11, "blue")
                p.setPen(theme.color("bg.surface"))
                p.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        return picture
