"""图文草稿 as a list model and its delegate: cover, title, how many articles, when, whether WeChat has a copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop_app.store.articles import ArticleDraft
from desktop_app.ui import icons, theme
from desktop_app.ui.article_pictures import ArticlePictures
from desktop_app.ui.chips import chip_size, paint_chip
from desktop_app.ui.paint import round_rect, rounded_picture
from desktop_app.ui.text import draw_lines
from desktop_app.ui.units import day_text, left_text

Index = QModelIndex | QPersistentModelIndex
ROW, THUMB_W, THUMB_H = 72, 104, 44
TRASH_S = 30 * 24 * 3600.0


class DraftsModel(QAbstractListModel):
    """The drafts of one account, the latest changed first."""

    DraftRole = Qt.ItemDataRole.UserRole

    def __init__(self, now: Callable[[], float], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._drafts: list[ArticleDraft] = []

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._drafts)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        draft = self._drafts[index.row()]
        if role == self.DraftRole:
            return draft
        if role == Qt.ItemDataRole.DisplayRole:
            return draft.title or self.tr("还没有标题")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{draft.title or self.tr('还没有标题')}，{self.facts(draft)}"
        return None

    def show_drafts(self, drafts: Sequence[ArticleDraft]) -> None:
        """Show these."""
        self.beginResetModel()
        self._drafts = list(drafts)
        self.endResetModel()

    def drafts(self) -> list[ArticleDraft]:
        """Those on the screen."""
        return list(self._drafts)

    def row_of(self, draft_id: int) -> int:
        """The row of a draft, -1 when it is not shown."""
        return next((row for row, draft in enumerate(self._drafts) if draft.id == draft_id), -1)

    def facts(self, draft: ArticleDraft) -> str:
        """「3 篇 · 今天 14:32 改过」, in the trash how long it stays."""
        now = self._now()
        if draft.trashed_at is not None:
            left = left_text(max(draft.trashed_at + TRASH_S - now, 0))
            return self.tr("{n} 篇 · {left}后彻底删除").format(n=draft.articles, left=left)
        return self.tr("{n} 篇 · {time} 改过").format(n=draft.articles, time=day_text(draft.updated_at, now))


class DraftDelegate(QStyledItemDelegate):
    """One row, 72 high."""

    def __init__(self, model: DraftsModel, pictures: ArticlePictures, parent: QObject) -> None:
        super().__init__(parent)
        self._model, self._pictures = model, pictures

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, theme.px(ROW))

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        box = QRectF(option.rect)
        draft: ArticleDraft = index.data(DraftsModel.DraftRole)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            p.fillRect(box, theme.color("bg.selected"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            p.fillRect(box, theme.color("bg.hover"))
        p.fillRect(QRectF(box.x(), box.bottom() - 1, box.width(), 1), theme.color("line"))
        thumb = QRectF(box.x() + 24, box.center().y() - THUMB_H / 2, THUMB_W, THUMB_H)
        cover = {"sha256": draft.cover} if draft.cover else None
        picture = self._pictures.cover(cover)
        if picture is not None and not picture.isNull():
            rounded_picture(p, thumb, picture, 4)
        else:
            round_rect(p, thumb, 4, "bg.sunken", "line")
            icons.paint(p, thumb, "article", 18, "text.3")
        right = box.right() - 24
        if draft.wechat is not None:
            text = self.tr("公众号草稿箱里有")
            size = chip_size(text, "check")
            right -= size.width()
            paint_chip(p, QRectF(right, box.y(), size.width(), box.height()), text, "gray", "check")
        words = QRectF(thumb.right() + 16, box.center().y() - 21, right - thumb.right() - 32, 42)
        ink = "text" if draft.title else "text.3"
        draw_lines(p, words, str(index.data()), theme.font("body.l", bold=True), ink, 22, 1)
        below = words.adjusted(0, 23, 0, 0)
        draw_lines(p, below, self._model.facts(draft), theme.font("caption"), "text.2", 18, 1)
        if option.state & QStyle.StateFlag.State_HasFocus:
            round_rect(p, box.adjusted(2, 2, -2, -2), 6, None, "blue", 2)
        p.restore()
