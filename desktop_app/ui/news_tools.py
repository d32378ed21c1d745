"""The tools of the 图文 form that need more than a command: link, emoji, find, blocks, source, plain paste."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.article.check import is_web_address
from desktop_app.ui.block_panel import BlockPanel
from desktop_app.ui.dialogs import Sheet
from desktop_app.ui.emoji_picker import EmojiPicker
from desktop_app.ui.find_bar import FindBar
from desktop_app.ui.widgets import FieldWithError, button, field, hbox, label

if TYPE_CHECKING:
    from desktop_app.ui.news_form import NewsForm


class ArticleLinkDialog(Sheet):
    """Words and address of a link in the body. WeChat keeps links to articles of the account; others it may drop."""

    inserted = Signal(str, str)
    """Address and words."""
    removed = Signal()

    def __init__(self, window: QWidget, address: str, has_text: bool) -> None:
        super().__init__(window, 440, 0, self.tr("链接"))
        self._text = FieldWithError(field(self.tr("读者看到的字"), "news.link.text"), self.tr("文字"))
        self._line = field("https://mp.weixin.qq.com/s/…", "news.link.address")
        self._line.setText(address)
        self._address = FieldWithError(self._line, self.tr("网址"))
        note = self.tr("公众号自己的文章链接会保留。其他网址，只有开通了微信支付的账号才保留。")
        insert = button(self.tr("插入"), "primary", name="news.link.insert")
        cancel = button(self.tr("取消"), name="news.link.cancel")
        remove = button(self.tr("去掉链接"), "danger", name="news.link.remove")
        remove.setVisible(bool(address))
        self._has_text = has_text
        if not has_text:
            self.body.addWidget(self._text)
        self._text.setVisible(not has_text)
        self.body.addWidget(self._address)
        self.body.addWidget(label(note, "caption", "text.3", wrap=True))
        self.body.addSpacing(8)
        self.body.addLayout(hbox(remove, None, cancel, insert))
        insert.clicked.connect(self._insert)
        cancel.clicked.connect(self.reject)
        remove.clicked.connect(self._remove)
        self._line.returnPressed.connect(self._insert)
        self._line.setFocus()

    def _insert(self) -> None:
        address = self._line.text().strip()
        if not is_web_address(address):
            self._address.set_error(self.tr("网址要以 https:// 或 http:// 开头，中间没有空格"))
            self._line.setFocus()
            self.place(self.scrim.size())
            return
        self.accept()
        text = self._text.field.text().strip()  # type: ignore[attr-defined]
        self.inserted.emit(address, "" if self._has_text else text)

    def _remove(self) -> None:
        self.accept()
        self.removed.emit()


class NewsTools(QObject):
    """Opens what a tool needs and hands the result to the form's editor."""

    def __init__(self, form: NewsForm) -> None:
        super().__init__(form)
        self._form = form
        self.find = FindBar()
        self.blocks = BlockPanel()
        self._emoji: EmojiPicker | None = None
        self._source = False
        form.below.addWidget(self.find)
        form.below.addWidget(self.blocks)
        self.find.command.connect(self._run)
        self.find.closed.connect(form.focus_body)
        self.blocks.chosen.connect(lambda html: form.run("insertBlock", html=html))

    def editor_made(self) -> None:
        """The editor is there: follow what it says."""
        editor = self._form.editor
        if editor is not None:
            editor.selection_changed.connect(lambda state: self.find.show_found(state.get("found") or {}))
            editor.source_shown.connect(self._source_shown)

    def open(self, key: str) -> None:
        """Open ``link``, ``emoji``, ``find``, ``blocks``, ``sourceView`` or ``pastePlain``."""
        form = self._form
        if key == "link":
            self._open_link()
        elif key == "emoji":
            if self._emoji is None:
                self._emoji = EmojiPicker(form)
                self._emoji.picked.connect(lambda text: form.run("insertEmoji", text=text))
            self._emoji.open_at(form.toolbar.tool("emoji"))
        elif key == "find":
            self.find.open_bar()
        elif key == "blocks":
            self.blocks.toggle()
        elif key == "sourceView":
            form.run("sourceView", on=not self._source)
        elif key == "pastePlain" and form.editor is not None:
            form.editor.paste_plain()

    def close_all(self) -> bool:
        """Esc in the text: what is open goes; whether something was."""
        was_open = not self.find.isHidden() or not self.blocks.isHidden()
        self.find.close_bar()
        self.blocks.hide()
        if self._source:
            self._form.run("sourceView", on=False)
        return was_open

    def _run(self, name: str, args: dict[str, Any]) -> None:
        if self._form.editor is not None:
            self._form.editor.command(name, **args)

    def _source_shown(self, on: bool) -> None:
        self._source = on
        self._form.toolbar.set_source(on)

    def _open_link(self) -> None:
        form = self._form
        state = form.editor.selection if form.editor is not None else {}
        address = str(state.get("link") or "")
        dialog = ArticleLinkDialog(form.window(), address, bool(address) or not state.get("empty", True))
        dialog.inserted.connect(lambda href, text: form.run("link", href=href, text=text))
        dialog.removed.connect(lambda: form.run("unlink"))
        dialog.open()
