"""The table of 群发记录: two-line cells, status chips, actions on the row under the mouse."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop_app.job import Job
from desktop_app.store.caches import MediaFile
from desktop_app.store.outbox import OutboxRow
from desktop_app.ui import icons, story, theme
from desktop_app.ui.chips import paint_chip, status_look
from desktop_app.ui.context import Context
from desktop_app.ui.history_model import ROW, Column, HistoryModel, Index, can_refresh
from desktop_app.ui.paint import painter, round_rect, rounded_picture
from desktop_app.ui.thumbnails import Thumbnails

ROW_HEIGHT = 52
THUMB = 36
PAD = 24
WITH_DRAWER = {Column.CONTENT: 248, Column.STATE: 128, Column.AUDIENCE: 128, Column.PEOPLE: 78, Column.MSG_ID: 93}
FULL = {Column.CONTENT: 352, Column.STATE: 144, Column.AUDIENCE: 200, Column.PEOPLE: 88, Column.MSG_ID: 120}
TIME_WIDTH = {True: 85, False: 136}
ACTIONS_WIDTH = 136
CONTENT_MIN, CONTENT_MAX = 200, 640
NARROW = 1100
SAVE_DELAY_MS = 500
KIND_ICON = {"text": "file", "image": "image", "voice": "voice", "video": "video", "news": "article"}
ACTIONS = (("eye", "open"), ("refresh", "refresh"), ("duplicate", "copy"), ("delete", "delete"))
ACTION = 28


class Header(QHeaderView):
    """32 px, hairlines above and below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setFixedHeight(theme.px(32))
        self.setMinimumSectionSize(40)

    def paintSection(self, p: QPainter, rect: QRect, section: int) -> None:
        p.save()
        p.fillRect(rect, theme.color("bg.panel"))
        p.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line"))
        p.setFont(theme.font("caption"))
        p.setPen(theme.color("text.2"))
        model = self.model()
        text = str(model.headerData(section, Qt.Orientation.Horizontal) or "") if model else ""
        right = section in (Column.PEOPLE, Column.ACTIONS)
        left = PAD if section == Column.CONTENT else 0 if right else 8
        flags = Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
        box = rect.adjusted(left, 0, -8 if section == Column.PEOPLE else -16 if right else 0, 0)
        p.drawText(box, int(flags), text)
        if section == Column.TIME:
            width = QFontMetrics(p.font()).horizontalAdvance(text)
            icons.paint(p, QRect(box.left() + width + 4, rect.top(), 12, rect.height()), "chevron-down", 12, "text.3")
        p.restore()

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self.viewport())
        p.fillRect(event.rect(), theme.color("bg.panel"))
        p.fillRect(QRect(0, self.height() - 1, self.width(), 1), theme.color("line"))
        p.end()
        super().paintEvent(event)


def first_picture(row: OutboxRow) -> str:
    """SHA-256 of the picture that stands for a send: its first one, or the headline's cover; empty without one."""
    if row.kind == "image":
        return next((str(file.get("sha256", "")) for file in row.content.get("files") or []), "")
    if row.kind == "news":
        return next((str((a.get("cover") or {}).get("sha256", "")) for a in row.content.get("articles") or []), "")
    return ""


class Cells(QStyledItemDelegate):
    """Paints every cell of a row, its ground and its hairline."""

    def __init__(self, context: Context, thumbnails: Thumbnails, table: HistoryTable) -> None:
        super().__init__(table)
        self._context = context
        self._thumbnails = thumbnails
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, theme.px(ROW_HEIGHT))

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        row: OutboxRow | None = index.data(ROW)
        if row is None:
            return
        rect: QRect = option.rect
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = self._table.hovered_row == index.row()
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.fillRect(rect, theme.color("bg.selected" if selected else "bg.hover" if hovered else "bg.surface"))
        p.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line"))
        match index.column():
            case Column.CONTENT:
                self._content(p, rect, row, selected)
            case Column.STATE:
                look = status_look(story.CHIP[row.state])
                box = QRectF(rect.left() + 8, rect.center().y() - 11, rect.width() - 8, 22)
                paint_chip(p, box, story.state_text(row.state), look.tone, look.icon)
            case Column.ACTIONS:
                self._actions(p, rect, row, hovered or selected)
            case column:
                self._plain(p, rect, str(index.data()), Column(column))
        p.restore()

    def _content(self, p: QPainter, rect: QRect, row: OutboxRow, selected: bool) -> None:
        box = QRect(rect.left() + PAD, rect.center().y() - THUMB // 2, THUMB, THUMB)
        self._thumb(p, box, row)
        left = box.right() + 13
        text = QRect(left, rect.top() + 7, rect.right() - left - 8, 20)
        font = theme.font("body", bold=selected)
        p.setFont(font)
        p.setPen(theme.color("text"))
        title = QFontMetrics(font).elidedText(row.title, Qt.TextElideMode.ElideRight, text.width())
        p.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), title)
        small = theme.font("caption")
        p.setFont(small)
        p.setPen(theme.color("text.3"))
        below = text.translated(0, 18)
        line = QFontMetrics(small).elidedText(
            story.second_line(row, self._context.now()), Qt.TextElideMode.ElideRight, text.width()
        )
        p.drawText(below, int(Qt.AlignmentFlag.AlignVCenter), line)

    def _thumb(self, p: QPainter, box: QRect, row: OutboxRow) -> None:
        picture = self._picture(row)
        if picture is not None and not picture.isNull():
            rounded_picture(p, QRectF(box), picture, 4)
            return
        round_rect(p, box, 4, "bg.sunken", "line")
        icons.paint(p, box, KIND_ICON.get(row.kind, "file"), 16, "text.2")

    def _picture(self, row: OutboxRow) -> QPixmap | None:
        sha256 = first_picture(row)
        if not sha256:
            return None
        path = self._table.picture_path(sha256)
        if path is None:
            return None
        return self._thumbnails.get(sha256, path, THUMB * 2, self._table, lambda _: self._table.viewport().update())

    def _plain(self, p: QPainter, rect: QRect, text: str, column: Column) -> None:
        mono = column is Column.MSG_ID and text != "—"
        p.setFont(theme.font("caption" if mono else "body", mono=mono))
        p.setPen(theme.color("text" if column is Column.PEOPLE else "text.2"))
        right = column is Column.PEOPLE
        box = rect.adjusted(0 if right else 8, -2, -8 if right else -4, -1)
        shown = p.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        p.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), shown)

    def _actions(self, p: QPainter, rect: QRect, row: OutboxRow, active: bool) -> None:
        names = [icon for icon, _ in ACTIONS] if active else ["more"]
        dead = set()
        if self._context.profile.sending.delete_problem(row):
            dead.add("delete")
        if not can_refresh(row):
            dead.add("refresh")
        for i, name in enumerate(reversed(names)):
            box = QRect(rect.right() - 16 - ACTION * (i + 1) + 6, rect.center().y() - 14, ACTION, 28)
            icons.paint(p, box, name, 16, "text.disabled" if name in dead else "text.2")


class HistoryTable(QTableView):
    """Rows by mouse and keyboard; what is wanted of a row goes out as a signal."""

    open_wanted = Signal(int)
    action_wanted = Signal(str, int)
    """("open" | "enter" | "refresh" | "copy" | "delete" | "menu" | "close", row); enter: by the keyboard."""

    def __init__(self, context: Context, model: HistoryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history.table")
        self.setAccessibleName(self.tr("群发记录"))
        self.hovered_row = -1
        self.drawer_open = False
        self._context = context
        self._paths: dict[str, Path | None] = {}
        self._fitting = False
        self._chosen = self._remembered()
        self._save = QTimer(self)
        self._save.setSingleShot(True)
        self._save.setInterval(SAVE_DELAY_MS)
        self._save.timeout.connect(self._save_columns)
        self.setModel(model)
        self.setItemDelegate(Cells(context, Thumbnails(context.tasks, self), self))
        self.setHorizontalHeader(Header(self))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().sectionResized.connect(self._resized)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(ROW_HEIGHT))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu_at)

    def picture_path(self, sha256: str) -> Path | None:
        """The file of a picture that was sent, if it is still here; asked for once, in a task."""
        if sha256 not in self._paths:
            self._paths[sha256] = None

            def find(job: Job) -> MediaFile | None:
                return self._context.profile.media.media(sha256)

            self._context.tasks.start("work", find, owner=self, on_done=self._found)
        return self._paths[sha256]

    def _found(self, media: MediaFile | None) -> None:
        if media is not None:
            self._paths[media.sha256] = media.path
            self.viewport().update()

    def set_drawer_open(self, is_open: bool) -> None:
        """Use the narrow columns beside the open drawer."""
        self.drawer_open = is_open
        self._fit_columns()

    def _remembered(self) -> dict[str, dict[str, int]]:
        """Widths that the person chose: {"full" or "drawer": {column: pixels}}."""
        try:
            kept = json.loads(self._context.settings.current.history_columns or "{}")
            return {mode: {str(c): int(w) for c, w in kept.get(mode, {}).items()} for mode in ("full", "drawer")}
        except (ValueError, TypeError, AttributeError):
            return {"full": {}, "drawer": {}}

    def _resized(self, column: int, old: int, new: int) -> None:
        """A column was dragged: remember its width for this layout."""
        if self._fitting or column in (Column.CONTENT, Column.ACTIONS) or not new:
            return
        self._chosen["drawer" if self.drawer_open else "full"][str(column)] = new
        self._save.start()
        self._fit_columns()

    def _save_columns(self) -> None:
        kept = json.dumps(self._chosen)

        def save(job: Job) -> None:
            self._context.settings.change(history_columns=kept)

        self._context.tasks.start("work", save)

    def _fit_columns(self) -> None:
        self._fitting = True
        self._fit(self._chosen["drawer" if self.drawer_open else "full"])
        self._fitting = False

    def _fit(self, chosen: dict[str, int]) -> None:
        """Widths of the design or of the person; 内容 takes what is left."""
        room = self.viewport().width()
        narrow = self.window().width() < NARROW
        tight = self.drawer_open or narrow
        widths = {**(WITH_DRAWER if tight else FULL), Column.TIME: TIME_WIDTH[tight]}
        widths.update({Column(int(column)): width for column, width in chosen.items() if int(column) in widths})
        hidden = {Column.MSG_ID} if narrow else set()
        hidden |= {Column.ACTIONS} if self.drawer_open else set()
        hidden |= {Column.AUDIENCE} if narrow and self.drawer_open else set()
        actions = 0 if self.drawer_open else ACTIONS_WIDTH

        def rest() -> int:
            used = sum(w for column, w in widths.items() if column is not Column.CONTENT and column not in hidden)
            return room - used - actions

        if rest() < CONTENT_MIN:
            hidden.add(Column.PEOPLE if Column.AUDIENCE in hidden else Column.AUDIENCE)
        for column in Column:
            self.setColumnHidden(column, column in hidden)
        content = max(CONTENT_MIN, rest())
        if content > CONTENT_MAX and Column.AUDIENCE not in hidden:
            widths[Column.AUDIENCE] += content - CONTENT_MAX
            content = CONTENT_MAX
        for column, width in {**widths, Column.CONTENT: content, Column.ACTIONS: actions}.items():
            if column not in hidden:
                self.setColumnWidth(column, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def _hover(self, row: int) -> None:
        if row == self.hovered_row:
            return
        for changed in (self.hovered_row, row):
            if changed >= 0:
                rect = self.visualRect(self.model().index(changed, 0))
                self.viewport().update(QRect(0, rect.top(), self.viewport().width(), rect.height()))
        self.hovered_row = row

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        index = self.indexAt(event.position().toPoint())
        if not index.isValid():
            return
        if index.column() == Column.ACTIONS:
            self.action_wanted.emit(self._action_at(index, event.position().toPoint()), index.row())
        else:
            self.open_wanted.emit(index.row())

    def _action_at(self, index: Index, at: QPoint) -> str:
        rect = self.visualRect(index)
        from_right = (rect.right() - 16 + 6 - at.x()) // ACTION
        names = [name for _, name in reversed(ACTIONS)]
        return names[from_right] if 0 <= from_right < len(names) else "menu"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        wanted = {
            Qt.Key.Key_Return: "enter",
            Qt.Key.Key_Enter: "enter",
            Qt.Key.Key_Space: "open",
            Qt.Key.Key_Delete: "delete",
            Qt.Key.Key_Menu: "menu",
            Qt.Key.Key_Escape: "close",
        }.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_F10 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            wanted = "menu"
        if wanted and (row >= 0 or wanted == "close"):
            self.action_wanted.emit(wanted, row)
            return
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and not self.selectionModel().hasSelection():
            self.selectRow(max(row, 0))  # Qt would leave the first row out
            return
        super().keyPressEvent(event)

    def _menu_at(self, at: QPoint) -> None:
        index = self.indexAt(at)
        if index.isValid():
            self.selectRow(index.row())
            self.action_wanted.emit("menu", index.row())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:  # beside the viewport: the corner above the scroll bar
            with painter(self) as p:
                p.fillRect(self.rect(), theme.color("bg.surface"))
                head = QRect(0, 0, self.width(), self.horizontalHeader().height())
                p.fillRect(head, theme.color("bg.panel"))
                p.fillRect(QRect(0, head.bottom(), head.width(), 1), theme.color("line"))
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self.viewport()) as p:
            p.fillRect(event.rect(), theme.color("bg.surface"))
        super().paintEvent(event)
