"""微信会改什么: what WeChat strips or changes, in words, with the article before and after it side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop_app.article.clean import Change
from desktop_app.job import Job
from desktop_app.ui.context import Context
from desktop_app.ui.dialogs import Sheet
from desktop_app.ui.text import Paragraph
from desktop_app.ui.units import fill
from desktop_app.ui.widgets import IconLabel, button, hbox, hline, label, scroll, vbox, vline

if TYPE_CHECKING:
    from desktop_app.ui.preview_view import PreviewView
    from desktop_app.ui.web_profile import FetchPicture

# Sources of the translation context "Changes": code → what happens.
CHANGE_WORDS = {
    "player.removed.video": "视频会去掉。可在公众平台编辑器里插入",
    "player.removed.audio": "音频会去掉。可在公众平台编辑器里插入",
    "player.removed.frame": "视频框或网页组件会去掉。可在公众平台编辑器里插入",
    "tag.removed": "<{tag}> 连同里面的内容会去掉",
    "tag.unwrapped": "<{tag}> 会去掉，里面的文字保留",
    "event.removed": "<{tag}> 上的动作 {name} 会去掉",
    "attribute.removed": "属性 {name} 会去掉",
    "id.removed": "元素的 id 会去掉，页内跳转会失效",
    "style.removed": "样式 {property}: {value} 会去掉",
    "link.removed": "链接 {url} 会去掉，文字保留",
    "link.outside": "外链 {url} 只有开通微信支付的账号才保留",
    "picture.removed": "取不到的图片会去掉：{url}",
    "svg.element": "SVG 里的 <{tag}> 会去掉",
    "svg.attribute": "SVG 里的属性 {name} 会去掉",
    "svg.id": "SVG 里的 id 会去掉",
    "svg.link": "SVG 里的链接 {url} 会去掉",
}


def change_words(change: Change) -> str:
    """One change as a sentence, with how often it happens."""
    code = f"{change.code}.{change.args['player']}" if "player" in change.args else change.code
    sentence = QCoreApplication.translate("Changes", CHANGE_WORDS.get(code, code))
    said = fill(sentence, {name: str(value)[:80] for name, value in change.args.items()})
    count = int(change.args.get("count", 1))
    return said if count < 2 else QCoreApplication.translate("Changes", "{said}（{n} 处）").format(said=said, n=count)


class ChangesDialog(Sheet):
    """The list at the left; the article as it is written and as it will be sent at the right. Nothing goes up."""

    def __init__(self, context: Context, window: QWidget, html: str, fetch: FetchPicture | None) -> None:
        super().__init__(window, 960, 640, self.tr("微信会改什么"))
        self._context, self._html, self._fetch = context, html, fetch
        self._views: list[PreviewView] = []
        self._rows = vbox(spacing=12)
        self._head = label(self.tr("正在比较"), bold=True)
        inner = QWidget()
        inner.setLayout(vbox(self._rows, None, margins=(0, 0, 12, 0)))
        left = vbox(self._head, scroll(inner, "changes.scroll"), spacing=12)
        self._before, self._after = vbox(spacing=0), vbox(spacing=0)
        before = vbox(label(self.tr("原稿"), "caption", "text.2"), hline(), self._before, spacing=8)
        after = vbox(label(self.tr("发出去的样子"), "caption", "text.2"), hline(), self._after, spacing=8)
        row = hbox(left, vline(), before, vline(), after, spacing=16)
        row.setStretch(0, 1)
        self.body.addLayout(row, 1)
        close = button(self.tr("知道了"), "primary", name="changes.close")
        close.clicked.connect(self.accept)
        foot = QWidget()
        foot.setLayout(hbox(None, close, margins=(24, 16, 24, 16)))
        self.set_footer(foot)

    def open(self) -> None:
        """Show it and compare."""
        super().open()
        articles, html = self._context.profile.articles, self._html

        def compare(job: Job) -> tuple[Sequence[Change], str]:
            return articles.what_changes(html), articles.cleaned(html)

        self._context.tasks.start("work", compare, owner=self, on_done=lambda found: self._show(*found))

    def _show(self, changes: Sequence[Change], cleaned: str) -> None:
        self._head.setText(
            self.tr("{n} 种改动").format(n=len(changes)) if changes else self.tr("微信不会改动这篇的排版")
        )
        for change in changes:
            mark = vbox(1, IconLabel("warning", 14, "amber"), None, spacing=0)
            line = hbox(mark, Paragraph(change_words(change), "body", "text", line=20), spacing=8)
            line.setStretch(1, 1)
            self._rows.addLayout(line)
        from desktop_app.ui.preview_view import SHOWN_PX, PreviewView

        for place, source in ((self._before, self._html), (self._after, cleaned)):
            view = PreviewView(self._context, self._fetch, self)
            view.setFixedWidth(SHOWN_PX)
            place.addWidget(view, 1)
            view.show_article("", source, dark=False, scale=1.0)
            self._views.append(view)

    def done(self, result: int) -> None:
        """Close, the views first."""
        from shiboken6 import delete

        for view in self._views:
            delete(view)
        self._views.clear()
        super().done(result)
