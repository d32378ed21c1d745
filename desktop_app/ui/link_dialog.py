"""LinkDialog: the words and the address of a link in a text message."""

from __future__ import annotations

import re

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.ui.dialogs import Sheet
from desktop_app.ui.text_runs import link_markup, link_problem
from desktop_app.ui.widgets import FieldWithError, button, field, hbox, label

# example.com/book, as people write addresses.
_BARE_ADDRESS = re.compile(r"[\w-]+(\.[\w-]+)+([/?#]\S*)?$")


class LinkDialog(Sheet):
    """``inserted`` gives the link as WeChat's text messages take it."""

    inserted = Signal(str)

    def __init__(self, window: QWidget, text: str = "") -> None:
        super().__init__(window, 440, 0, self.tr("插入链接"))
        self._text = FieldWithError(field(self.tr("粉丝看到的字"), "link.text"), self.tr("文字"))
        self._address = FieldWithError(field("https://", "link.address"), self.tr("网址"))
        self._text.field.setText(text)  # type: ignore[attr-defined]
        note = label(self.tr("链接在对话里显示成蓝字，点了打开网页。"), "caption", "text.3", wrap=True)
        insert = button(self.tr("插入"), "primary", name="link.insert")
        cancel = button(self.tr("取消"), name="link.cancel")
        insert.clicked.connect(self._insert)
        cancel.clicked.connect(self.reject)
        for part in (self._text, self._address, note):
            self.body.addWidget(part)
        self.body.addSpacing(8)
        self.body.addLayout(hbox(None, cancel, insert))
        for wrapped in (self._text, self._address):
            wrapped.field.returnPressed.connect(self._insert)  # type: ignore[attr-defined]
        (self._address if text else self._text).field.setFocus()

    def _insert(self) -> None:
        text = self._text.field.text().strip()  # type: ignore[attr-defined]
        address = self._address.field.text().strip()  # type: ignore[attr-defined]
        if _BARE_ADDRESS.match(address):
            address = f"https://{address}"
        problem = link_problem(text, address)
        self._text.set_error(self.tr("写上粉丝看到的字，不能有 < 和 >") if problem == "text" else "")
        self._address.set_error(
            self.tr("网址要以 https:// 或 http:// 开头，中间没有空格") if problem == "address" else ""
        )
        if problem:
            (self._text if problem == "text" else self._address).field.setFocus()
            self.place(self.scrim.size())
            return
        self.accept()
        self.inserted.emit(link_markup(text, address))
