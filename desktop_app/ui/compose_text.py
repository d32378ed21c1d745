"""The 文字 form: a large text, emoji, links, and a counter that warns and never blocks."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QSizePolicy

from desktop_app.media.limits import TEXT_BYTES, TEXT_WARN_CHARS
from desktop_app.ui import theme
from desktop_app.ui.compose_form import ComposeForm
from desktop_app.ui.counter_text import TextArea
from desktop_app.ui.draft_keeper import KeptDraft
from desktop_app.ui.emoji_picker import EmojiPicker
from desktop_app.ui.link_dialog import LinkDialog
from desktop_app.ui.phone_preview import ChatMessage
from desktop_app.ui.units import count_text
from desktop_app.ui.widgets import button, hbox, label, vbox


class TextForm(ComposeForm):
    """Line breaks, spaces and emoji go out exactly as they were written."""

    kind = "text"

    files_pasted = Signal(object)
    """A QMimeData with files was pasted into the text."""

    def __init__(self) -> None:
        super().__init__()
        self._filling = False
        self._picker: EmojiPicker | None = None
        self._emoji = button(self.tr("表情"), "ghost", icon="emoji", name="compose.text.emoji")
        self._link = button(self.tr("插入链接"), "ghost", icon="link", name="compose.text.link")
        self._area = TextArea(
            self.tr("写点什么。空行和换行会原样发出"),
            "compose.text",
            self.tr("文字内容"),
            min_lines=8,
            counter=False,
        )
        self._area.edit.setFont(theme.font("body.l"))
        self._area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._hint = label("", "caption", "amber.text", wrap=True)
        self._counter = label("", "caption", "text.3")
        self._counter.setObjectName("compose.text.counter")
        foot = hbox(self._hint, self._counter, spacing=16)
        foot.setStretch(0, 1)
        tools = hbox(self._emoji, self._link, None, spacing=4)
        self.setLayout(vbox(tools, self._area, foot, spacing=8))
        self._emoji.clicked.connect(self._open_emoji)
        self._link.clicked.connect(self._open_link)
        self._area.changed.connect(self._text_changed)
        self._area.edit.files_pasted.connect(self.files_pasted)
        self._count()

    def content(self) -> dict[str, Any]:
        return {"text": self._area.text()}

    def show_draft(self, draft: KeptDraft) -> None:
        self._filling = True
        self._area.set_text(str(draft.content.get("text", "")))
        self._area.edit.moveCursor(QTextCursor.MoveOperation.End)
        self._filling = False
        self._count()

    def message(self) -> ChatMessage:
        return ChatMessage("text", self._area.text())

    def problem(self) -> str:
        return "" if self._area.text().strip() else self.tr("先写点文字，再选受众")

    def focus_first(self) -> None:
        self._area.edit.setFocus()

    def _text_changed(self, text: str) -> None:
        self._count()
        if not self._filling:
            self.changed.emit()

    def _count(self) -> None:
        text = self._area.text()
        chars, size = len(text), len(text.encode("utf-8", "surrogatepass"))
        words = self.tr("{chars} 字 · {size} / {limit} 字节")
        self._counter.setText(
            words.format(chars=count_text(chars), size=count_text(size), limit=count_text(TEXT_BYTES))
        )
        hint = ""
        if size > TEXT_BYTES:
            hint = self.tr("超过 {limit} 字节，微信很可能拒收").format(limit=count_text(TEXT_BYTES))
        elif chars > TEXT_WARN_CHARS:
            hint = self.tr("超过 {limit} 字，微信可能拒收").format(limit=count_text(TEXT_WARN_CHARS))
        self._counter.set_color("amber.text" if hint else "text.3")
        self._hint.setText(hint)

    def _open_emoji(self) -> None:
        if self._picker is None:
            self._picker = EmojiPicker(self)
            self._picker.picked.connect(self._area.insert)
        self._picker.open_at(self._emoji)

    def _open_link(self) -> None:
        dialog = LinkDialog(self.window(), self._area.edit.textCursor().selectedText())
        dialog.inserted.connect(self._area.insert)
        dialog.finished.connect(lambda _result: self._area.edit.setFocus())
        dialog.open()
