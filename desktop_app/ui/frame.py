"""Frame: the rail and the bars around the pages, which page is in front; and the page that connects, alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop_app.store.accounts import Account
from desktop_app.ui.activity_bar import ActivityBar
from desktop_app.ui.banner import Banner
from desktop_app.ui.connect_page import ConnectPage
from desktop_app.ui.nav_rail import NavRail
from desktop_app.ui.top_bar import TopBar
from desktop_app.ui.widgets import hbox, vbox


class Page(Protocol):
    """What the frame asks of a page beside being a QWidget."""

    title: str
    step: int | None

    def top_actions(self) -> list[QWidget]:
        """Buttons for the right of the top bar."""

    def set_account(self, account: Account) -> None:
        """Show this account's things."""

    def focus_first(self) -> None:
        """Put the keyboard where the work begins."""


class Frame(QStackedWidget):
    """Shows one of the ``pages``, or the page that connects an account instead of everything."""

    def __init__(self, pages: Mapping[str, Any], connect_page: ConnectPage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pages, self._connect_page = pages, connect_page
        self._came_from = "send"  # the page to go back to from the page that connects
        self._build_rail()
        self.top, self.banner, self.activity = TopBar(), Banner(), ActivityBar()
        self._stack = QStackedWidget()
        for page in pages.values():
            self._stack.addWidget(page)
            self.top.add_page(page, page.top_actions())
        self.content = QWidget()
        """Everything beside the rail: what overlays and drawers may cover."""
        self.content.setLayout(vbox(self.top, self.banner, self._stack, self.activity, spacing=0))
        self._whole = QWidget()
        self._whole.setLayout(hbox(self.rail, self.content, spacing=0))
        self.addWidget(self._whole)
        self.addWidget(connect_page)

    def _build_rail(self) -> None:
        self.rail = NavRail(
            [
                ("send", self.tr("群发"), "send"),
                ("drafts", self.tr("图文草稿"), "article"),
                ("media", self.tr("素材库"), "image"),
                ("history", self.tr("群发记录"), "history"),
            ],
            [("settings", self.tr("设置"), "settings")],
        )
        for key, shortcut in (
            ("send", "Ctrl+1"),
            ("drafts", "Ctrl+2"),
            ("media", "Ctrl+3"),
            ("history", "Ctrl+5"),
            ("settings", "Ctrl+,"),
        ):
            self.rail.set_shortcut(key, shortcut)
        self.rail.activated.connect(self.show_page)

    def show_page(self, name: str) -> None:
        """Bring a page to the front, by its name in ``pages``."""
        page = self.pages[name]
        self.setCurrentWidget(self._whole)
        self._stack.setCurrentWidget(page)
        self.rail.set_current("send" if name == "audience" else name)
        self.top.show_page(page, page.title, page.step)
        page.focus_first()

    @property
    def page(self) -> QWidget:
        """The page in front."""
        page = self._stack.currentWidget()
        assert page is not None
        return page

    @property
    def page_name(self) -> str:
        """Its name."""
        return next(name for name, page in self.pages.items() if page is self.page)

    @property
    def shows_pages(self) -> bool:
        """Whether the pages are in front, not the one that connects an account."""
        return self.currentWidget() is self._whole

    def ask_page(self, method: str) -> None:
        """Let the page in front do something, if it knows how."""
        ask = getattr(self.page, method, None)
        if self.shows_pages and ask is not None:
            ask()

    def show_connect(self) -> None:
        """Show the page that connects an account."""
        if self.shows_pages:
            self._came_from = self.page_name
        self.setCurrentWidget(self._connect_page)
        self._connect_page.focus_first()

    def go_back(self) -> None:
        """Show the page again that the one that connects was opened from."""
        self.show_page(self._came_from)
