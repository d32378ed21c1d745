"""指定名单: openids from a file or the clipboard, the column they stand in, and every row with its state."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QMimeData,
    QModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop_app.services.audience import ListRow, OpenidList, Table
from desktop_app.ui import icons, theme
from desktop_app.ui.audience_picker import Index, RowList
from desktop_app.ui.chips import chip_size, paint_chip
from desktop_app.ui.keycap import KeyCap
from desktop_app.ui.paint import hairline, painter, round_rect
from desktop_app.ui.progress import ProgressLine
from desktop_app.ui.segmented import Segmented
from desktop_app.ui.text import ElidedLabel, Paragraph
from desktop_app.ui.units import count_text
from desktop_app.ui.widgets import IconLabel, button, card, hbox, icon_button, label, menu_button, vbox

ROW_HEIGHT = 40
LIST_SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls")
ROW_ROLE = Qt.ItemDataRole.UserRole
_CHIPS = {"valid": ("go", "check"), "duplicate": ("gray", "duplicate"), "invalid": ("red", "close")}
FILTERS = ("all", "valid", "duplicate", "invalid")


def split_rows(found: OpenidList) -> dict[str, Sequence[int]]:
    """Positions of the rows in each state. For long lists this takes a second: call it on a task."""
    positions: dict[str, array[int]] = {state: array("l") for state in FILTERS[1:]}
    for position, row in enumerate(found.rows):
        positions[row.state].append(position)
    return {"all": range(len(found.rows)), **positions}


class OpenidModel(QAbstractListModel):
    """The rows of a list, all or those in one state. Rows are read when they are painted: a million cost nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[ListRow] = ()
        self._split: dict[str, Sequence[int]] = {}
        self._shown: Sequence[int] = ()
        self._state = "all"

    def set_rows(self, rows: Sequence[ListRow], split: dict[str, Sequence[int]]) -> None:
        """Show another list; ``split`` comes from ``split_rows``."""
        self._rows, self._split = rows, split
        self.set_state(self._state)

    def set_state(self, state: str) -> None:
        """Show only ``valid``, ``duplicate`` or ``invalid`` rows, or ``all``."""
        self.beginResetModel()
        self._state = state
        self._shown = self._split.get(state, ())
        self.endResetModel()

    def state_text(self, state: str) -> str:
        """The word of a row's chip."""
        words = {"valid": self.tr("有效"), "duplicate": self.tr("重复"), "invalid": self.tr("格式不对")}
        return words[state]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many rows are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A row, and the sentence for screen readers."""
        row = self._rows[self._shown[index.row()]]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.number}，{row.text}，{self.state_text(row.state)}"
        return None


class OpenidDelegate(QStyledItemDelegate):
    """One row: number, openid, note, state, and a cross that removes it."""

    removed = Signal(object)
    """The ListRow whose cross was pressed."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, theme.px(ROW_HEIGHT))

    @staticmethod
    def cross(rect: QRect) -> QRect:
        """Where the cross of a row stands: 28 px wide, for the mouse."""
        return QRect(rect.right() - 36, rect.center().y() - 14, 28, 28)

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: ListRow = index.data(ROW_ROLE)
        rect = QRectF(option.rect)
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if hover:
            p.fillRect(rect, theme.color("bg.hover"))
        if index.row():
            hairline(p, rect.x(), rect.y(), rect.width())
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        p.setFont(theme.font("body"))
        p.setPen(theme.color("text.2"))
        p.drawText(rect.adjusted(16, 0, 0, 0), middle, str(row.number))
        tone, icon = _CHIPS[row.state]
        model = index.model()
        word = model.state_text(row.state) if isinstance(model, OpenidModel) else row.state
        chip = chip_size(word, icon).width()
        chip_box = QRectF(rect.right() - 47 - chip, rect.y(), chip + 1, rect.height())
        paint_chip(p, chip_box, word, tone, icon)
        left = rect.x() + 52
        room = chip_box.x() - 12 - left
        note_room = room * 0.4 if room > 330 and row.note else 0
        self._paint_text(p, QRectF(left, rect.y(), room - note_room - 8, rect.height()), row.text, "text", True)
        if note_room:
            box = QRectF(chip_box.x() - 12 - note_room, rect.y(), note_room, rect.height())
            self._paint_text(p, box, row.note, "text.2", False)
        icons.paint(p, QRectF(self.cross(option.rect)), "close", 14, "text" if hover else "text.2")
        keyboard = QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_KeyboardFocusChange
        if option.state & keyboard == keyboard:
            round_rect(p, rect.adjusted(2, 2, -2, -2), 6, None, "blue", 2)

    @staticmethod
    def _paint_text(p: QPainter, box: QRectF, text: str, ink: str, mono: bool) -> None:
        p.setFont(theme.font("body", mono=mono))
        p.setPen(theme.color(ink))
        shown = QFontMetricsF(p.font()).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        p.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), shown)

    def editorEvent(self, event: QEvent, model: Any, option: QStyleOptionViewItem, index: Any) -> bool:
        if event.type() == QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            if not self.cross(option.rect).contains(event.position().toPoint()):
                return False
            self.removed.emit(index.data(ROW_ROLE))
            return True
        return super().editorEvent(event, model, option, index)


class OpenidRows(RowList):
    """The rows; Del removes the current one."""

    removed = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.currentIndex().isValid():
            self.removed.emit(self.currentIndex().data(ROW_ROLE))
            return
        super().keyPressEvent(event)


class ListDrop(QWidget):
    """Where a table is dropped, with the two other ways beside it."""

    dropped = Signal(QMimeData)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("audience.drop")
        self.setAccessibleName(self.tr("拖入名单"))
        self.setAcceptDrops(True)
        self._over = False
        self.choose = button(self.tr("选择文件"), name="audience.choose_file")
        self.paste = button(self.tr("粘贴"), icon="paste", name="audience.paste")
        frame = card("bg.sunken", "bg.sunken")
        frame.setFixedSize(40, 40)
        frame.setLayout(hbox(IconLabel("table", 20, "text"), margins=(10, 10, 10, 10)))
        self._keys = QWidget()
        self._keys.setLayout(hbox(KeyCap("Ctrl"), KeyCap("V"), spacing=3))
        self._title = label("", bold=True)
        self._end = label(self.tr("粘贴"), bold=True)
        words = vbox(
            None,
            hbox(self._title, self._keys, self._end, None, spacing=3),
            ElidedLabel(self.tr("自动识别 OpenID 所在的列"), "caption", "text.2"),
            None,
            spacing=2,
        )
        self._frame = frame
        row = hbox(frame, words, self.paste, self.choose, margins=(20, 16, 20, 16))
        row.setStretch(1, 1)
        row.insertSpacing(1, 8)
        self.setLayout(row)
        self.setMinimumHeight(theme.px(80))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.width()
        self._frame.setVisible(width >= 360)
        wide = width >= 500
        self._title.setText(self.tr("拖入 CSV 或 Excel，或直接") if wide else self.tr("拖入 CSV 或 Excel"))
        for each in (self._keys, self._end):
            each.setVisible(wide)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            if self._over:
                round_rect(p, self.rect(), 8, "blue.bg", "blue", 2)
            else:
                round_rect(p, self.rect(), 8, "bg.surface", "line.strong", 2, (3, 2))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            self._set_over(True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._set_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._set_over(False)
        event.acceptProposedAction()
        self.dropped.emit(event.mimeData())

    def _set_over(self, over: bool) -> None:
        self._over = over
        self.update()


class OpenidPanel(QWidget):
    """Drop field, the file that was read, filter and rows. It shows; the page reads and counts."""

    mime_given = Signal(QMimeData)
    choose_wanted = Signal()
    paste_wanted = Signal()
    column_wanted = Signal(int)
    remove_wanted = Signal(object)
    only_valid_wanted = Signal()
    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drop = ListDrop()
        self.model = OpenidModel(self)
        self.view = OpenidRows("audience.rows", self.tr("名单"), ROW_HEIGHT)
        self.view.setModel(self.model)
        delegate = OpenidDelegate(self.view)
        self.view.setItemDelegate(delegate)
        self.busy = ProgressLine(self.tr("正在读名单"))
        self.message = Paragraph("", "body", "red.text")
        self.message.setObjectName("audience.list_message")
        self._file_row = self._build_file_row()
        self._list = self._build_list()
        column = vbox(self.drop, 12, self.busy, self.message, self._file_row, 12, self._list, None, spacing=0)
        column.setStretch(column.indexOf(self._list), 100)
        self.setLayout(column)
        self.drop.dropped.connect(self.mime_given)
        self.drop.choose.clicked.connect(self.choose_wanted)
        self.drop.paste.clicked.connect(self.paste_wanted)
        delegate.removed.connect(self.remove_wanted)
        self.view.removed.connect(self.remove_wanted)
        self.setMinimumWidth(320)  # what does not fit is hidden
        self.clear()

    def _build_file_row(self) -> QWidget:
        self._file = ElidedLabel("", "body")
        self._where = label("", "caption", "text.2")
        self._columns = QMenu(self)
        self._column = menu_button(self.tr("换一列"), self._columns, name="audience.column", kind="link")
        close = icon_button("close", self.tr("清空名单"), "audience.clear", dim="small")
        close.clicked.connect(self.cleared)
        row = card("bg.panel")
        line = hbox(IconLabel("table", 16, "text.2"), self._file, self._where, None, self._column, 4, close)
        line.setStretch(1, 100)  # the name gives way first, and takes no more than it needs
        line.setStretch(3, 1)
        line.setContentsMargins(12, 3, 6, 3)
        row.setLayout(line)
        return row

    def _build_list(self) -> QWidget:
        items = [(key, "", "") for key in FILTERS]
        self.filter = Segmented(items, "audience.filter", self.tr("只看"))
        self.filter.changed.connect(self._filter)
        self._only = button(self.tr("只留有效的"), dim="small", name="audience.only_valid")
        self._only.clicked.connect(self.only_valid_wanted)
        self._mixed = False
        box = card()
        head = hbox(self.filter, None, self._only, margins=(8, 4, 12, 4))
        ground = card("bg.panel", "bg.panel")
        ground.setLayout(head)
        box.setLayout(vbox(ground, self.view, spacing=0, margins=(1, 1, 1, 1)))
        return box

    def show_busy(self, busy: bool) -> None:
        """A list is being read."""
        self.busy.setVisible(busy)
        if busy:
            self.busy.set_busy()
            self.show_problem("")

    def show_problem(self, text: str) -> None:
        """Why a file could not be read; empty: nothing is wrong."""
        self.message.setText(text)
        self.message.setVisible(bool(text))

    def clear(self) -> None:
        """No list."""
        self.show_busy(False)
        self.show_problem("")
        self.model.set_rows((), {})
        self._file_row.hide()
        self._list.hide()

    def show_list(self, table: Table, column: int, found: OpenidList, split: dict[str, Sequence[int]]) -> None:
        """The rows of one column."""
        self.show_busy(False)
        self._file.setText(table.name or self.tr("粘贴的名单"))
        self._file.setMaximumWidth(self._file.sizeHint().width() + 2)
        self._where.setText(self._where_text(table, column, found))
        self._fill_columns(table, column)
        self.model.set_rows(found.rows, split)
        counts = (found.total, len(found.valid), found.duplicates, len(found.invalid))
        names = (self.tr("全部"), self.tr("有效"), self.tr("重复"), self.tr("格式不对"))
        for key, name, n in zip(FILTERS, names, counts, strict=True):
            self.filter.set_text(key, f"{name} {count_text(n)}")
            self.filter.segment(key).setVisible(n > 0 or key == "all")
        self.filter.set_current("all")
        self._mixed = len(found.valid) not in (0, found.total)
        self._file_row.show()
        self._list.show()
        self._fit()

    def _where_text(self, table: Table, column: int, found: OpenidList) -> str:
        sheet = self.tr("「{sheet}」").format(sheet=table.sheet) if table.sheet else ""
        letter = self.tr("{column} 列").format(column=column_letter(column)) if len(table.columns) > 1 else ""
        rows = self.tr("{n} 行").format(n=count_text(found.total))
        return " · ".join(part for part in (f"{sheet}{letter}", rows) if part)

    def _fill_columns(self, table: Table, column: int) -> None:
        self._columns.clear()
        for number, name in enumerate(table.columns):
            letter = column_letter(number)
            text = letter if name in ("", letter) else f"{letter}  {name}"
            action = self._columns.addAction(text)
            action.setCheckable(True)
            action.setChecked(number == column)
            action.triggered.connect(lambda _=False, n=number: self.column_wanted.emit(n))
        self._column.setVisible(len(table.columns) > 1)

    def _filter(self, state: str) -> None:
        self.model.set_state(state)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - self.filter.sizeHint().width() - 40
        self._only.setVisible(self._mixed and self._only.sizeHint().width() <= room)
        self.view.fit()
        self._list.setMaximumHeight(self.view.maximumHeight() + theme.px(42) + 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def column_letter(number: int) -> str:
    """A, B … Z, AA … as spreadsheets name their columns, from 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
