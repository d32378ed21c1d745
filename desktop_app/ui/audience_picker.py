"""The tags of an account as a list with live counts, of which one is chosen."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop_app.services.audience import Tag, TagList
from desktop_app.ui import theme
from desktop_app.ui.paint import hairline, painter, round_rect
from desktop_app.ui.style_paint import paint_radio_mark
from desktop_app.ui.text import Paragraph
from desktop_app.ui.units import count_text
from desktop_app.ui.widgets import Card, button, card, hbox, label, menu_button, search_field, set_button, vbox

ROW_HEIGHT = 44
HEIGHT_MAX = 1_000_000  # well below Qt's own limit, with room for what stands around the list
Index = QModelIndex | QPersistentModelIndex
TAG_ROLE = Qt.ItemDataRole.UserRole
SHARE_ROLE = Qt.ItemDataRole.UserRole + 1
CHOSEN_ROLE = Qt.ItemDataRole.UserRole + 2


class TagModel(QAbstractListModel):
    """The tags that are shown: searched, sorted, without the empty ones unless wanted. One may be chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[Tag, ...] = ()
        self._shown: list[Tag] = []
        self._search = ""
        self._by_name = False
        self._show_empty = False
        self.chosen_id: int | None = None

    @property
    def hidden(self) -> int:
        """How many empty tags are left out."""
        return 0 if self._show_empty else sum(1 for tag in self._all if not tag.people and self._matches(tag))

    def set_tags(self, tags: tuple[Tag, ...]) -> None:
        """Show other tags; the chosen one stays chosen if it is among them."""
        self._all = tags
        self._filter()

    def set_search(self, text: str) -> None:
        """Show only the tags whose name contains the text."""
        self._search = text.strip().casefold()
        self._filter()

    def set_by_name(self, by_name: bool) -> None:
        """Sort by name, or by the number of people."""
        self._by_name = by_name
        self._filter()

    def set_show_empty(self, show: bool) -> None:
        """Show tags without people too."""
        self._show_empty = show
        self._filter()

    def choose(self, tag_id: int | None) -> None:
        """Mark one tag as chosen."""
        self.chosen_id = tag_id
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def chosen(self) -> Tag | None:
        """The chosen tag, with its newest count."""
        return next((tag for tag in self._all if tag.id == self.chosen_id), None)

    def _matches(self, tag: Tag) -> bool:
        return self._search in tag.name.casefold()

    def _filter(self) -> None:
        self.beginResetModel()
        shown = [tag for tag in self._all if self._matches(tag) and (tag.people or self._show_empty)]
        self._shown = sorted(shown, key=(lambda t: t.name) if self._by_name else (lambda t: -t.people))
        self._most = max((tag.people for tag in self._all), default=0)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many tags are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A tag, its share of the largest one, whether it is chosen, and the sentence for screen readers."""
        tag = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return tag.name
        if role == TAG_ROLE:
            return tag
        if role == SHARE_ROLE:
            return tag.people / self._most if self._most else 0.0
        if role == CHOSEN_ROLE:
            return tag.id == self.chosen_id
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = self.tr("{name}，{n} 人").format(name=tag.name, n=count_text(tag.people))
            return said + (self.tr("，已选") if tag.id == self.chosen_id else "")
        return None


class TagDelegate(QStyledItemDelegate):
    """One tag: radio mark, name, a bar for its share, the count."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, theme.px(ROW_HEIGHT))

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tag: Tag = index.data(TAG_ROLE)
        chosen = bool(index.data(CHOSEN_ROLE))
        rect = QRectF(option.rect)
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if chosen or hover:
            p.fillRect(rect, theme.color("bg.sunken" if chosen else "bg.hover"))
        if index.row():
            hairline(p, rect.x(), rect.y(), rect.width())
        middle = rect.center().y()
        paint_radio_mark(p, QRectF(rect.x() + 16, round(middle - 8), 16, 16), chosen, True, hover)
        bar_x = rect.x() + max(rect.width() * 0.4, 120)
        count = count_text(tag.people)
        flags = int(Qt.AlignmentFlag.AlignVCenter)
        p.setFont(theme.font("body.l", bold=chosen))
        p.setPen(theme.color("text"))
        name_box = QRectF(rect.x() + 44, rect.y(), bar_x - rect.x() - 56, rect.height())
        shown = QFontMetricsF(p.font()).elidedText(tag.name, Qt.TextElideMode.ElideRight, name_box.width())
        p.drawText(name_box, flags, shown)
        p.setFont(theme.font("body"))
        p.drawText(rect.adjusted(0, 0, -16, 0), flags | int(Qt.AlignmentFlag.AlignRight), count)
        room = rect.right() - 84 - bar_x
        width = max(room * float(index.data(SHARE_ROLE)), 2 if tag.people else 0)
        if room > 24 and width:
            bar = QRectF(bar_x, round(middle - 3), width, 6)
            round_rect(p, bar, min(3, width / 2), "cta" if chosen else "line.strong")
        keyboard = QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_KeyboardFocusChange
        if option.state & keyboard == keyboard:
            round_rect(p, rect.adjusted(2, 2, -2, -2), 6, None, "blue", 2)


class RowList(QListView):
    """A list of painted rows that is as high as its rows, up to the room there is."""

    def __init__(self, name: str, accessible_name: str, row_height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = theme.px(row_height)
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Without a selection Qt leaves Space to nobody; Enter differs between systems.
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def fit(self) -> None:
        """Ask for the height of all rows."""
        self.setMaximumHeight(min(max(self.model().rowCount(), 1) * self._row, HEIGHT_MAX))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        rows = self.model().rowCount() if self.model() else 1
        return QSize(200, min(rows * self._row, 4000))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._row)


class TagPicker(QWidget):
    """Search, sort, refresh, and the tags with their counts."""

    changed = Signal()
    """Another tag was chosen."""
    refresh_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = TagModel(self)
        self.search = search_field(self.tr("搜索标签"), "audience.search")
        menu = QMenu(self)
        self._sort = menu_button(self.tr("按人数"), menu, name="audience.sort")
        for text, by_name in ((self.tr("按人数"), False), (self.tr("按名称"), True)):
            menu.addAction(text).triggered.connect(lambda _=False, t=text, b=by_name: self._sort_by(t, b))
        self.refresh = button(self.tr("刷新"), icon="refresh", name="audience.refresh")
        self._updated = label("", "caption", "text.2")
        self.view = RowList("audience.tags", self.tr("标签"), ROW_HEIGHT)
        self.view.setModel(self.model)
        self.view.setItemDelegate(TagDelegate(self.view))
        self._box: Card = card()
        self._box.setLayout(vbox(self.view, margins=(1, 1, 1, 1)))
        self._empty = Paragraph("", "body", "text.2")
        self._empty.setObjectName("audience.tags_message")
        self._hidden = label("", "caption", "text.2")
        self._show = button(self.tr("显示"), "link", dim="small", name="audience.show_empty")
        top = hbox(self.search, self._sort, self.refresh)
        top.setStretch(0, 1)
        self._foot = QWidget()
        self._foot.setLayout(hbox(self._hidden, self._show, None, spacing=0))
        about = hbox(label(self.tr("选一个标签"), "caption", "text.2"), None, self._updated)
        column = vbox(top, 12, about, 4, self._empty, self._box, 4, self._foot, None, spacing=4)
        column.setStretch(column.indexOf(self._box), 100)
        self.setLayout(column)
        self.setMinimumWidth(320)  # what does not fit is hidden
        self._connect()
        self.show_tags(None)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._search)
        self.refresh.clicked.connect(self.refresh_wanted)
        self._show.clicked.connect(self._show_empty)
        self.view.clicked.connect(self._choose)
        self.view.activated.connect(self._choose)

    def show_tags(self, tags: TagList | None) -> None:
        """Show the newest counts; None: nothing is known yet."""
        self.model.set_tags(tags.tags if tags else ())
        self._updated.setText("")
        if tags is not None:
            at = time.strftime("%H:%M", time.localtime(tags.updated_at))
            self._updated.setText(self.tr("人数更新于 {at}").format(at=at))
        self._empty.setText(self.tr("这个公众号还没有标签。可以在公众平台的用户管理里给粉丝打标签。") if tags else "")
        self._fit()

    def show_busy(self, busy: bool) -> None:
        """Counts are being fetched."""
        self.refresh.setEnabled(not busy)
        set_button(self.refresh, text=self.tr("正在刷新") if busy else self.tr("刷新"))
        if busy and not self.model.rowCount():
            self._empty.setText(self.tr("正在取标签和人数…"))
            self._fit()

    def show_problem(self, text: str) -> None:
        """Why there are no new counts."""
        self._empty.setText(text)
        self._empty.setVisible(True)

    def chosen(self) -> Tag | None:
        """The chosen tag."""
        return self.model.chosen()

    def choose(self, tag_id: int | None) -> None:
        """Choose a tag by its id."""
        if tag_id != self.model.chosen_id:
            self.model.choose(tag_id)
            self.changed.emit()

    def _choose(self, index: QModelIndex) -> None:
        self.choose(index.data(TAG_ROLE).id)

    def _search(self, text: str) -> None:
        self.model.set_search(text)
        if text.strip() and not self.model.rowCount():
            self._empty.setText(self.tr("没有找到「{text}」").format(text=text.strip()))
        self._fit()

    def _sort_by(self, text: str, by_name: bool) -> None:
        set_button(self._sort, text=text)
        self.model.set_by_name(by_name)

    def _show_empty(self) -> None:
        self.model.set_show_empty(True)
        self._fit()

    def _fit(self) -> None:
        rows, hidden = self.model.rowCount(), self.model.hidden
        self._box.setVisible(rows > 0)
        self._empty.setVisible(rows == 0 and bool(self._empty.text()))
        self._foot.setVisible(hidden > 0)
        self._hidden.setText(self.tr("还有 {n} 个标签人数为 0，已隐藏。").format(n=hidden))
        self.view.fit()
        self._box.setMaximumHeight(self.view.maximumHeight() + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._sort.setVisible(self.width() >= 420)


class RecentRow(QPushButton):
    """An audience used before: name and number of people."""

    def __init__(self, name: str, people: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._people = people
        self.setAccessibleName(f"{name} {people}")
        self.setFixedHeight(theme.px(36))

    def paintEvent(self, event: QPaintEvent) -> None:
        rect = QRectF(self.rect())
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        with painter(self) as p:
            if self.underMouse():
                round_rect(p, rect.adjusted(-2, 2, 2, -2), 6, "bg.hover")
            hairline(p, 0, rect.bottom() - 1, rect.width())
            p.setFont(theme.font("caption"))
            p.setPen(theme.color("text.2"))
            p.drawText(rect, middle | int(Qt.AlignmentFlag.AlignRight), self._people)
            room = rect.width() - p.fontMetrics().horizontalAdvance(self._people) - 12
            p.setFont(theme.font("body"))
            p.setPen(theme.color("text"))
            name = p.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, int(room))
            p.drawText(rect, middle, name)
