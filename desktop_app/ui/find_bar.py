"""Find and replace in the article, between toolbar and text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop_app.ui.announce import announce
from desktop_app.ui.widgets import Surface, button, field, hbox, hline, icon_button, label, search_field, vbox


class FindBar(Surface):
    """``command`` goes to the editor; ``show_found`` brings how many matches there are and which one is in front."""

    command = Signal(str, dict)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("bg.panel", parent)
        self.setObjectName("news.find")
        self._said = ""
        self.text = search_field(self.tr("查找"), "news.find.text")
        self.replacement = field(self.tr("替换成"), "news.find.replacement")
        self._count = label("", "caption", "text.2")
        self._count.setObjectName("news.find.count")
        before = icon_button("chevron-up", self.tr("上一处"), "news.find.previous", "Shift Enter", dim="small")
        after = icon_button("chevron-down", self.tr("下一处"), "news.find.next", "Enter", dim="small")
        one = button(self.tr("替换"), dim="small", name="news.find.replace")
        every = button(self.tr("全部替换"), dim="small", name="news.find.all")
        close = icon_button("close", self.tr("关闭"), "news.find.close", "Esc", dim="small")
        row = hbox(self.text, self._count, before, after, self.replacement, one, every, close, margins=(12, 6, 12, 6))
        row.setStretch(0, 3)
        row.setStretch(4, 2)
        self.setLayout(vbox(row, hline(), spacing=0))
        self.text.textChanged.connect(lambda text: self.command.emit("find", {"text": text}))
        before.clicked.connect(lambda: self.command.emit("findPrevious", {}))
        after.clicked.connect(lambda: self.command.emit("findNext", {}))
        one.clicked.connect(lambda: self.command.emit("replace", {"text": self.replacement.text()}))
        every.clicked.connect(lambda: self.command.emit("replaceAll", {"text": self.replacement.text()}))
        close.clicked.connect(self.close_bar)
        self.hide()

    def open_bar(self) -> None:
        """Show it, the text to find ready to be typed."""
        self.show()
        self.text.selectAll()
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.command.emit("find", {"text": self.text.text()})

    def close_bar(self) -> None:
        """Go away, and the marks in the text with it."""
        if not self.isHidden():
            self.command.emit("find", {"text": ""})
            self.hide()
            self.closed.emit()

    def show_found(self, found: Mapping[str, Any]) -> None:
        """How many matches there are: 「2 / 5」."""
        count, index = int(found.get("count", 0)), int(found.get("index", -1))
        said = f"{index + 1} / {count}" if count else self.tr("没有找到") if self.text.text() else ""
        self._count.setText(said)
        if said and said != self._said and not self.isHidden():
            announce(self, said)
        self._said = said

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.command.emit("findPrevious" if back else "findNext", {})
        else:
            super().keyPressEvent(event)
