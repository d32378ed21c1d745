"""ComposeSide: beside the form the message as followers get it, 发送前检查, and what the kind has below them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop_app.store.accounts import Account
from desktop_app.ui.compose_checks import ChecksPanel
from desktop_app.ui.phone_preview import PhonePreview
from desktop_app.ui.thumbnails import Thumbnails
from desktop_app.ui.widgets import Surface, hbox, hline, label, vbox

WIDTH, NARROW = 344, 296
AVATAR = 64


class ComposeSide(Surface):
    """The right column of every kind but articles, which have their own."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__("bg.panel", parent=parent)
        self._thumbnails = thumbnails
        self._account_id = 0
        self.phone = PhonePreview()
        self.panel = ChecksPanel()
        self._line = hline()
        self._below = QStackedWidget()
        self._of_kind: dict[str, QWidget] = {}
        phone = hbox(None, self.phone, None, spacing=0)
        phone.setStretch(1, 1000)
        head = label(self.tr("粉丝收到的样子"), bold=True)
        below = vbox(self.panel, self._line, self._below, spacing=12, margins=(16, 12, 16, 16))
        top = vbox(head, phone, None, spacing=12, margins=(16, 12, 16, 12))
        top.setStretch(1, 1000)
        column = vbox(top, hline(), below, spacing=0)
        column.setStretch(0, 1)
        self.setLayout(column)
        self.setFixedWidth(WIDTH)

    def add(self, kind: str, widget: QWidget) -> None:
        """What a kind of message has below the checks."""
        self._of_kind[kind] = widget
        self._below.addWidget(widget)

    def show_kind(self, kind: str) -> None:
        """Show what belongs to a kind."""
        widget = self._of_kind.get(kind)
        self._below.setVisible(widget is not None)
        self._line.setVisible(widget is not None)
        if widget is not None:
            self._below.setCurrentWidget(widget)

    def set_account(self, account: Account) -> None:
        """Whose name and picture the phone shows."""
        self._account_id = account.id
        self.phone.set_account(account.name, self._avatar(account))

    def set_wide(self, wide: bool) -> None:
        """Take more room, or less."""
        self.setFixedWidth(WIDTH if wide else NARROW)

    def _avatar(self, account: Account) -> QPixmap | None:
        if not account.picture:
            return None

        def ready(picture: QPixmap) -> None:
            if self._account_id == account.id:
                self.phone.set_account(account.name, picture)

        return self._thumbnails.get(account.picture, Path(account.picture), AVATAR, self, ready)
