"""The files under way as a list model and its delegate: thumbnail, name, sizes, state, a bar, one button."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop_app.ui import icons, theme
from desktop_app.ui.drop_payload import guessed_kind
from desktop_app.ui.mending import fix_words, move_words
from desktop_app.ui.paint import round_rect, rounded_picture
from desktop_app.ui.text import draw_lines
from desktop_app.ui.thumbnails import TILE, Thumbnails
from desktop_app.ui.transfer_words import second_line, sentence, state_words
from desktop_app.workers.transfer import Stage, Transfer
from desktop_app.workers.transfers import Transfers

Index = QModelIndex | QPersistentModelIndex
ROW, SIDE, THUMB = 52, 16, 36
FRAME_MS = 100  # as often as the head of the drawer
_MOVING = (Stage.READING, Stage.MENDING, Stage.WAITING, Stage.UPLOADING)


def _tr(text: str) -> str:
    return QCoreApplication.translate("UploadRows", text)


def action_of(transfer: Transfer) -> str:
    """What the row's one button does: "stop", "mend", "move", "retry", "go_on", "remove" or "" (nothing)."""
    if transfer.stage in _MOVING:
        return "stop"
    if transfer.stage == Stage.REFUSED:
        return "mend" if transfer.fix else "move" if transfer.belongs_to else "remove"
    return {Stage.FAILED: "retry", Stage.STOPPED: "go_on"}.get(transfer.stage, "")


class UploadModel(QAbstractListModel):
    """The transfers in the order in which they came. What moved within a frame is told at once."""

    TransferRole = Qt.ItemDataRole.UserRole
    SecondLineRole = Qt.ItemDataRole.UserRole + 1

    def __init__(self, transfers: Transfers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: list[Transfer] = list(transfers.items)
        self._account_id = 0
        self._names: Mapping[int, str] = {}
        self._moved: set[Transfer] = set()
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(FRAME_MS)
        self._frame.timeout.connect(self._tell)
        transfers.added.connect(self._add)
        transfers.changed.connect(self._change)
        transfers.removed.connect(self._remove)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        transfer = self._items[index.row()]
        if role == self.TransferRole:
            return transfer
        if role == Qt.ItemDataRole.DisplayRole:
            return transfer.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return "，".join(part for part in (sentence(transfer), self._whose(transfer)) if part)
        if role in (self.SecondLineRole, Qt.ItemDataRole.ToolTipRole):
            return " · ".join(part for part in (self._whose(transfer), second_line(transfer)[0]) if part)
        return None

    def show_for(self, account_id: int, names: Mapping[int, str]) -> None:
        """This account is shown: files of the others say whose they are."""
        self._account_id, self._names = account_id, names
        if self._items:
            self.dataChanged.emit(self.index(0), self.index(len(self._items) - 1))

    def _whose(self, transfer: Transfer) -> str:
        """The name of the account that a file goes to, "" for the one that is shown."""
        return "" if transfer.account_id == self._account_id else self._names.get(transfer.account_id, "")

    def _add(self, transfer: Transfer) -> None:
        at = len(self._items)
        self.beginInsertRows(QModelIndex(), at, at)
        self._items.append(transfer)
        self.endInsertRows()

    def _remove(self, transfer: Transfer) -> None:
        if transfer not in self._items:
            return
        at = self._items.index(transfer)
        self.beginRemoveRows(QModelIndex(), at, at)
        del self._items[at]
        self.endRemoveRows()

    def _change(self, transfer: Transfer) -> None:
        self._moved.add(transfer)
        if not self._frame.isActive():
            self._frame.start()

    def _tell(self) -> None:
        moved, self._moved = self._moved, set()
        for row, transfer in enumerate(self._items):
            if transfer in moved:
                index = self.index(row)
                self.dataChanged.emit(index, index)


class UploadDelegate(QStyledItemDelegate):
    """One row, 52 high, its bar on the lower edge."""

    def __init__(self, thumbnails: Thumbnails, view: QListView) -> None:
        super().__init__(view)
        self._thumbnails, self._view = thumbnails, view
        self._decoded: dict[str, Callable[[QPixmap], None]] = {}  # asked for: the same question has the same answer

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, theme.px(ROW))

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        transfer: Transfer = index.data(UploadModel.TransferRole)
        box = QRectF(option.rect)
        state = option.state
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus):
            p.fillRect(box, theme.color("bg.hover"))
        self._paint_thumb(p, QRectF(box.x() + SIDE, box.center().y() - THUMB / 2, THUMB, THUMB), transfer)
        right = self._paint_right(p, box, transfer)
        left = box.x() + SIDE + THUMB + 12
        width = right - 12 - left
        name, below = theme.line("body"), theme.line("caption")
        top = box.center().y() - (name + below) / 2
        draw_lines(p, QRectF(left, top, width, name), transfer.name, theme.font("body"), theme.color("text"), name, 1)
        text, tint = index.data(UploadModel.SecondLineRole), second_line(transfer)[1]
        room = QRectF(left, top + name, width, below)
        draw_lines(p, room, text, theme.font("caption"), theme.color(tint), below, 1)
        self._paint_edge(p, box, transfer)
        p.restore()

    def button_rect(self, box: QRectF, transfer: Transfer) -> QRectF:
        """Where the row's button is; empty without one."""
        action = action_of(transfer)
        if not action:
            return QRectF()
        text = button_words(transfer)
        if not text:
            return QRectF(box.right() - SIDE - 24, box.center().y() - 14, 28, 28)
        width = QFontMetricsF(theme.font("caption", bold=True)).horizontalAdvance(text) + 20
        height = theme.px(24)
        return QRectF(box.right() - SIDE - width, box.center().y() - height / 2, width, height)

    def _paint_right(self, p: QPainter, box: QRectF, transfer: Transfer) -> float:
        """State and button at the right; returns where they begin."""
        button = self.button_rect(box, transfer)
        text, right = button_words(transfer), box.right() - SIDE
        if text:
            round_rect(p, button, 6, "bg.surface", "line.strong")
            p.setFont(theme.font("caption", bold=True))
            p.setPen(theme.color("text"))
            p.drawText(button, int(Qt.AlignmentFlag.AlignCenter), text)
            right = button.left() - 8
        elif not button.isEmpty():
            icons.paint(p, button, "close", 14, "text.2")
            right = button.left() - 6
        state = "" if text else state_words(transfer)
        if not state:
            return right
        done = transfer.stage == Stage.DONE
        p.setFont(theme.font("caption"))
        width = p.fontMetrics().horizontalAdvance(state)
        p.setPen(theme.color("go.text" if done else "text" if transfer.fraction else "text.3"))
        word = QRectF(right - width, box.y(), width, box.height())
        p.drawText(word, int(Qt.AlignmentFlag.AlignVCenter), state)
        if done:
            icons.paint(p, QRectF(word.left() - 18, box.center().y() - 7, 14, 14), "check", 14, "go.icon")
            return word.left() - 18
        return word.left()

    def _paint_edge(self, p: QPainter, box: QRectF, transfer: Transfer) -> None:
        p.fillRect(QRectF(box.x(), box.bottom() - 1, box.width(), 1), theme.color("line"))
        if transfer.stage in (Stage.UPLOADING, Stage.MENDING):
            edge = QRectF(box.x(), box.bottom() - 3, box.width(), 3)
            p.fillRect(edge, theme.color("line"))
            edge.setWidth(box.width() * transfer.fraction)
            p.fillRect(edge, theme.color("blue"))

    def _paint_thumb(self, p: QPainter, rect: QRectF, transfer: Transfer) -> None:
        picture = self._picture(transfer)
        if picture is not None and not picture.isNull():
            rounded_picture(p, rect, picture, 4)
            return
        round_rect(p, rect, 4, "bg.sunken")
        kind = transfer.media.kind if transfer.media is not None else _kind_of(transfer)
        known = {"image": "image", "picture": "image", "voice": "voice", "video": "video"}
        icons.paint(p, rect, known.get(kind, "file"), 18, "text.3")

    def _picture(self, transfer: Transfer) -> QPixmap | None:
        media = transfer.media
        if media is None or media.kind != "image":
            return None
        decoded = self._decoded.setdefault(media.sha256, partial(self._show_decoded, media.sha256))
        return self._thumbnails.get(media.sha256, media.path, TILE, self._view, decoded)

    def _show_decoded(self, sha256: str, _picture: QPixmap) -> None:
        self._decoded.pop(sha256, None)
        model = self._view.model()
        for row in range(model.rowCount()):
            index = model.index(row, 0)
            media = index.data(UploadModel.TransferRole).media
            if media is not None and media.sha256 == sha256:
                self._view.update(index)


def _kind_of(transfer: Transfer) -> str:
    """What a file seems to be as long as it is not in the cache."""
    return transfer.belongs_to or transfer.kind or guessed_kind(transfer.name)


def button_words(transfer: Transfer) -> str:
    """What stands on the row's button, "" for a cross or none."""
    action = action_of(transfer)
    if action == "mend":
        return fix_words(transfer.fix)
    if action == "move":
        return move_words(transfer.belongs_to)
    return {"retry": _tr("重试"), "go_on": _tr("继续")}.get(action, "")


class UploadList(QListView):
    """The rows. Their button by mouse, Enter or Space; Delete takes a row away."""

    action_wanted = Signal(object, str)
    """A Transfer and what its button does."""

    def __init__(self, transfers: Transfers, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("uploads.list")
        self.setAccessibleName(self.tr("上传的文件"))
        self._model = UploadModel(transfers, self)
        self.setModel(self._model)
        self._delegate = UploadDelegate(thumbnails, self)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setAcceptDrops(False)

    def show_for(self, account_id: int, names: Mapping[int, str]) -> None:
        """This account is shown; ``names`` of all of them by id."""
        self._model.show_for(account_id, names)

    def button_at(self, row: int) -> QPoint:
        """The middle of a row's button, in the viewport."""
        index = self.model().index(row, 0)
        rect = self._delegate.button_rect(QRectF(self.visualRect(index)), index.data(UploadModel.TransferRole))
        return rect.center().toPoint()

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()) -> None:
        # QListView would lay all rows out and paint them anew: here none ever changes its size.
        QAbstractItemView.dataChanged(self, top_left, bottom_right, roles)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton and self._on_button(event, index):
            self._act(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        over = index.isValid() and self._on_button(event, index)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if index.isValid() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._act(index)
        elif index.isValid() and event.key() == Qt.Key.Key_Delete:
            self.action_wanted.emit(index.data(UploadModel.TransferRole), "remove")
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.viewport().unsetCursor()
        return super().viewportEvent(event)

    def _on_button(self, event: QMouseEvent, index: Index) -> bool:
        transfer = index.data(UploadModel.TransferRole)
        return self._delegate.button_rect(QRectF(self.visualRect(index)), transfer).contains(event.position())

    def _act(self, index: Index) -> None:
        transfer = index.data(UploadModel.TransferRole)
        if action := action_of(transfer):
            self.action_wanted.emit(transfer, action)
