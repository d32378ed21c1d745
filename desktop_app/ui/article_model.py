"""The articles of one message as a list model: what is written, in order, and how each one's checks stand."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop_app.article.contents import new_article
from desktop_app.article.limits import ARTICLES_MAX

Article = dict[str, Any]
Index = QModelIndex | QPersistentModelIndex
MIME = "application/x-qunfa-article-row"


def is_blank(article: Mapping[str, Any]) -> bool:
    """Whether nothing was written into it yet; an empty paragraph of the editor is nothing."""
    html = str(article["html"]).replace("<p></p>", "").replace("<p><br></p>", "").strip()
    return not (html or article["cover"] or article["title"].strip() or article["digest"].strip())


@dataclass(frozen=True)
class Health:
    """How many findings of 发送前检查 stand against an article."""

    red: int = 0
    amber: int = 0


class ArticleModel(QAbstractListModel):
    """1 to 8 articles; never empty. Rows are moved, added and removed only through these methods."""

    ArticleRole = Qt.ItemDataRole.UserRole
    HealthRole = Qt.ItemDataRole.UserRole + 1

    edited = Signal(int)
    """Fields of the article in this row are others."""
    rearranged = Signal()
    """Articles were added, removed or moved."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._articles: list[Article] = [new_article()]
        self._health: list[Health] = [Health()]

    # Reading

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._articles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = index.row()
        if role == self.ArticleRole:
            return self._articles[row]
        if role == self.HealthRole:
            return self._health[row]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.title(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row)
        return None

    def article(self, row: int) -> Article:
        """The article in a row."""
        return self._articles[row]

    def articles(self) -> list[Article]:
        """All of them, as a copy that nobody changes any more."""
        return copy.deepcopy(self._articles)

    def row_of(self, article_id: str) -> int:
        """The row of an article, -1 when it is gone."""
        return next((i for i, each in enumerate(self._articles) if each["id"] == article_id), -1)

    def title(self, row: int) -> str:
        """What a card calls it."""
        return str(self._articles[row]["title"]).strip() or self.tr("还没有标题")

    @property
    def full(self) -> bool:
        """Whether WeChat takes no more articles."""
        return len(self._articles) >= ARTICLES_MAX

    def _spoken(self, row: int) -> str:
        health = self._health[row]
        if health.red:
            state = self.tr("{n} 项要处理").format(n=health.red)
        elif health.amber:
            state = self.tr("{n} 项要留意").format(n=health.amber)
        else:
            state = self.tr("检查通过") if not is_blank(self._articles[row]) else self.tr("还没有内容")
        return self.tr("第 {n} 篇，{title}，{state}").format(n=row + 1, title=self.title(row), state=state)

    # Changing

    def replace_all(self, articles: Sequence[Article]) -> None:
        """Show other articles; nothing is emitted but the reset."""
        self.beginResetModel()
        blank = new_article()
        self._articles = [{**blank, "id": uuid.uuid4().hex, **copy.deepcopy(each)} for each in articles] or [blank]
        self._health = [Health()] * len(self._articles)
        self.endResetModel()

    def edit(self, row: int, **fields: Any) -> bool:
        """Change fields of an article; False when they were the same before."""
        article = self._articles[row]
        if all(article[name] == value for name, value in fields.items()):
            return False
        article.update(fields)
        index = self.index(row)
        self.dataChanged.emit(index, index)
        self.edited.emit(row)
        return True

    def insert(self, row: int, article: Article) -> None:
        """Put an article into a row."""
        self.beginInsertRows(QModelIndex(), row, row)
        self._articles.insert(row, article)
        self._health.insert(row, Health())
        self.endInsertRows()
        self.rearranged.emit()

    def duplicate(self, row: int) -> int:
        """Put a copy below an article; the copy's row."""
        made = {**copy.deepcopy(self._articles[row]), "id": uuid.uuid4().hex}
        self.insert(row + 1, made)
        return row + 1

    def remove(self, row: int) -> Article:
        """Take an article out; the last one is replaced by a blank one."""
        gone = self._articles[row]
        if len(self._articles) == 1:
            self.replace_all([])
            self.rearranged.emit()
            return gone
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._articles[row], self._health[row]
        self.endRemoveRows()
        self.rearranged.emit()
        return gone

    def move(self, row: int, gap: int) -> int:
        """Move an article into the gap before row ``gap``; its new row."""
        if gap in (row, row + 1):
            return row
        self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), gap)
        to = gap - 1 if gap > row else gap
        self._articles.insert(to, self._articles.pop(row))
        self._health.insert(to, self._health.pop(row))
        self.endMoveRows()
        # The first card is larger, so every row may look another way.
        self.dataChanged.emit(self.index(0), self.index(len(self._articles) - 1))
        self.rearranged.emit()
        return to

    def set_health(self, health: Sequence[Health]) -> None:
        """What the checks found, one entry for each row."""
        if len(health) != len(self._articles) or list(health) == self._health:
            return
        self._health = list(health)
        self.dataChanged.emit(self.index(0), self.index(len(health) - 1), [self.HealthRole])

    # Dragging

    def flags(self, index: Index) -> Qt.ItemFlag:
        base = super().flags(index)
        return base | (Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled)

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        data.setData(MIME, str(indexes[0].row()).encode())
        return data

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction
