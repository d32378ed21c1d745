"""Title and author of the article in front, each with a live counter, and how long the body is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_app.article.limits import AUTHOR, TITLE, Limit
from desktop_app.ui import theme
from desktop_app.ui.announce import announce
from desktop_app.ui.text import TextLabel
from desktop_app.ui.units import count_text
from desktop_app.ui.widgets import Surface, hbox, label, set_error, vbox

MARGIN, COLUMN = 24, 560  # as the editor's page has them


class _Line(QLineEdit):
    """A field without frame; Enter goes on to the next one."""

    left_by_enter = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down) and not event.modifiers():
            self.left_by_enter.emit()
            return
        super().keyPressEvent(event)


def _frameless(name: str, words: str, style: str) -> _Line:
    made = _Line()
    made.setObjectName(name)
    made.setPlaceholderText(words)
    made.setAccessibleName(words)
    made.setFrame(False)
    made.setTextMargins(-2, 0, 0, 0)
    made.setFont(theme.font(style))
    palette = made.palette()
    palette.setColor(palette.ColorRole.Base, theme.color("bg.surface"))
    made.setPalette(palette)
    return made


def count_in(counter: TextLabel, text: str, limit: Limit) -> str:
    """Show ``16 / 64`` in Unicode code points, amber or red when it is over; returns that tone or ""."""
    count = len(text)
    tone = "red" if count > limit.red else "amber" if count > limit.amber else ""
    counter.setText(f"{count} / {limit.red}")
    counter.set_color(f"{tone}.text" if tone else "text.3")
    return tone


class ArticleMeta(Surface):
    """``show_article`` fills it; ``edited`` tells field and text when a person writes."""

    edited = Signal(str, str)
    body_wanted = Signal()
    """Enter in the last field: the body is next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("bg.surface", parent)
        self._filling = False
        self._tone = ""
        self.title = _frameless("news.title", self.tr("标题"), "title.article")
        self.title.setMinimumHeight(theme.px(36))
        self.author = _frameless("news.author", self.tr("作者"), "body")
        self._title_count = label("", "caption", "text.3")
        self._title_count.setObjectName("news.title.count")
        self._author_count = label("", "caption", "text.3")
        self._stats = label("", "caption", "text.2")
        self._stats.setObjectName("news.stats")
        first = hbox(self.title, self._title_count, spacing=12)
        first.setStretch(0, 1)
        second = hbox(self.author, self._author_count, None, self._stats, spacing=8)
        self._column = vbox(first, second, spacing=4)
        self.setLayout(self._column)
        self.set_margin(MARGIN)
        self.title.textEdited.connect(lambda text: self._edited("title", text))
        self.author.textEdited.connect(lambda text: self._edited("author", text))
        self.title.left_by_enter.connect(lambda: self.author.setFocus(Qt.FocusReason.TabFocusReason))
        self.author.left_by_enter.connect(self.body_wanted)
        self._count()

    def set_margin(self, margin: int) -> None:
        """Where the text column begins: title, meta and body share one left edge."""
        self._column.setContentsMargins(margin, 18, margin, 10)

    def show_article(self, article: Mapping[str, Any]) -> None:
        """Show an article's title and author; ``edited`` does not come."""
        for line, text in ((self.title, article["title"]), (self.author, article["author"])):
            if line.text() != text:
                line.setText(text)
        self._count()

    def show_stats(self, chars: int, minutes: int, pictures: int) -> None:
        """「1,284 字 · 约 4 分钟 · 6 张图」."""
        parts = [self.tr("{n} 字").format(n=count_text(chars))]
        if chars:
            parts.append(self.tr("约 {n} 分钟").format(n=max(minutes, 1)))
        if pictures:
            parts.append(self.tr("{n} 张图").format(n=pictures))
        self._stats.setText(" · ".join(parts))

    def _edited(self, name: str, text: str) -> None:
        self._count()
        self.edited.emit(name, text)

    def _count(self) -> None:
        tone = count_in(self._title_count, self.title.text(), TITLE)
        count_in(self._author_count, self.author.text(), AUTHOR)
        self._author_count.setVisible(bool(self.author.text()))
        shown = self.author.text() or self.author.placeholderText()
        width = self.author.fontMetrics().horizontalAdvance(shown) + 14
        self.author.setFixedWidth(min(max(width, theme.px(64)), theme.px(280)))
        over = self.tr("标题超过 {n} 字，微信会拒收").format(n=TITLE.red) if tone == "red" else ""
        set_error(self.title, over)
        self._title_count.setToolTip(
            over or self.tr("超过 {n} 字，有的账号会被微信拒收").format(n=TITLE.amber) if tone else ""
        )
        if tone == "red" and self._tone != "red":
            announce(self.title, over)
        self._tone = tone
