"""The 56 px bar: account, then the stepper or the page's title, then the page's actions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop_app.ui import theme
from desktop_app.ui.account_switcher import AccountSwitcher
from desktop_app.ui.stepper import Stepper
from desktop_app.ui.widgets import Surface, hbox, hline, label, vbox, vline


class TopBar(Surface):
    """Where the person always sees which account is in use and where in the work they are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("bg.surface", parent)
        self.switcher = AccountSwitcher()
        self.stepper = Stepper([self.tr("内容"), self.tr("受众"), self.tr("确认发送")], "steps")
        self._title = label("", "title.3")
        self._actions = QStackedWidget()
        self._holders: dict[QWidget, QWidget] = {}
        row = hbox(
            self.switcher,
            16,
            vline(24),
            16,
            self.stepper,
            self._title,
            None,
            self._actions,
            spacing=0,
            margins=(8, 0, 16, 0),
        )
        row.setAlignment(self.switcher, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(vbox(row, hline(), spacing=0))
        self.setFixedHeight(theme.px(56))

    def add_page(self, page: QWidget, actions: list[QWidget]) -> None:
        """Remember the actions of a page, right-aligned in this order."""
        holder = QWidget()
        holder.setLayout(hbox(None, *actions, spacing=8))
        self._holders[page] = holder
        self._actions.addWidget(holder)

    def show_page(self, page: QWidget, title: str, step: int | None) -> None:
        """Show the stepper at ``step``, or ``title`` where there is none, and the page's actions."""
        self.stepper.setVisible(step is not None)
        self._title.setVisible(step is None)
        self._title.setText(title)
        if step is not None:
            self.stepper.set_current(step)
        self._actions.setCurrentWidget(self._holders[page])
