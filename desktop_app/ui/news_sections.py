"""摘要, 原文链接 and 留言 of the article in front: the sections of the inspector below the cover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_app.article.check import is_web_address
from desktop_app.article.limits import DIGEST
from desktop_app.ui import icons, theme
from desktop_app.ui.article_meta import count_in
from desktop_app.ui.comments_row import CommentsRow
from desktop_app.ui.counter_text import TextArea
from desktop_app.ui.widgets import field, hbox, label, set_error, vbox


class DigestSection(QWidget):
    """摘要: kept, but greyed with two or more articles, because WeChat shows it for a single one only."""

    edited = Signal(dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling = False
        self.area = TextArea(
            self.tr("不写就取正文的开头"), "news.digest", self.tr("摘要"), min_lines=2, counter=False
        )
        self.area.setFixedHeight(theme.px(64))
        self._count = label("", "caption", "text.3")
        self._why = label(self.tr("多图文不显示摘要"), "caption", "text.2")
        self.setLayout(
            vbox(hbox(label(self.tr("摘要"), bold=True), None, self._why, self._count), self.area, spacing=8)
        )
        self.area.changed.connect(self._changed)
        self._changed("")

    def show_article(self, article: Mapping[str, Any], several: bool) -> None:
        """Show an article's digest; ``edited`` does not come."""
        self._filling = True
        self.area.set_text(article["digest"])
        self._filling = False
        self.area.setEnabled(not several)
        self._why.setVisible(several)
        self._count.setVisible(not several)

    def focus_first(self) -> None:
        """Put the keyboard into it."""
        self.area.edit.setFocus(Qt.FocusReason.TabFocusReason)

    def _changed(self, text: str) -> None:
        tone = count_in(self._count, text, DIGEST)
        over = self.tr("摘要最多 {n} 字").format(n=DIGEST.red) if tone == "red" else ""
        set_error(self.area, over)
        if not self._filling:
            self.edited.emit({"digest": text})


class LinkSection(QWidget):
    """原文链接: where 阅读原文 leads."""

    edited = Signal(dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field(self.tr("选填，以 https:// 开头"), "news.source_url", accessible_name=self.tr("原文链接"))
        self.field.addAction(icons.icon("link", "text.3"), QLineEdit.ActionPosition.LeadingPosition)
        self._state = label("", "caption", "text.3")
        self.setLayout(vbox(hbox(label(self.tr("原文链接"), bold=True), None, self._state), self.field, spacing=8))
        self.field.textEdited.connect(self._edited)

    def show_article(self, article: Mapping[str, Any]) -> None:
        """Show an article's link; ``edited`` does not come."""
        if self.field.text() != article["content_source_url"]:
            self.field.setText(article["content_source_url"])
        self._judge()

    def focus_first(self) -> None:
        """Put the keyboard into it."""
        self.field.setFocus(Qt.FocusReason.TabFocusReason)

    def _edited(self, text: str) -> None:
        self._judge()
        self.edited.emit({"content_source_url": text})

    def _judge(self) -> None:
        text = self.field.text().strip()
        good = not text or is_web_address(text)
        set_error(self.field, "" if good else self.tr("不是网址"))
        self._state.setText("" if not text else self.tr("格式正确") if good else self.tr("不是网址"))
        self._state.set_color("go.text" if good else "red.text")


class CommentsSection(QWidget):
    """留言: off, everybody, or followers only."""

    edited = Signal(dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = CommentsRow(name="news.comments")
        self.setLayout(vbox(self._row, spacing=0))
        self._row.changed.connect(self._changed)

    def show_article(self, article: Mapping[str, Any]) -> None:
        """Show an article's setting; ``edited`` does not come."""
        fans = article["only_fans_can_comment"]
        self._row.set_value(("fans" if fans else "all") if article["need_open_comment"] else "off")

    def focus_first(self) -> None:
        """Put the keyboard on the switch."""
        self._row.setFocus(Qt.FocusReason.TabFocusReason)

    def _changed(self) -> None:
        value = self._row.value()
        self.edited.emit({"need_open_comment": value != "off", "only_fans_can_comment": value == "fans"})
