"""MediaOrders: what the person wants done with items of 素材库, by bar, menu, card, key or sheet, is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop_app.ui import icons
from desktop_app.ui.context import Context
from desktop_app.ui.media_actions import MediaActions
from desktop_app.ui.media_choices import choices
from desktop_app.ui.media_grid import MediaGrid
from desktop_app.ui.media_model import MediaModel
from desktop_app.ui.media_sheet import MediaSheet
from desktop_app.ui.widgets import popup_menu
from desktop_app.ui.window import shell

if TYPE_CHECKING:
    from desktop_app.services.library import LibraryItem
    from desktop_app.store.caches import MediaFile


class MediaOrders(QObject):
    """Shows in the model how far it is, for the account in use; orders for others go on unseen."""

    use_in_message = Signal(str, object)
    """A kind and a list of ``MediaFile``."""
    use_in_article = Signal(object)
    """A list of ``MediaFile``, all pictures."""
    open_draft = Signal(int)
    open_send = Signal(int)
    changed = Signal()
    """The list is to be read again."""

    def __init__(self, context: Context, page: QWidget, model: MediaModel, grid: MediaGrid) -> None:
        super().__init__(page)
        self._context, self._page, self._model, self._grid = context, page, model, grid
        self._account_id = 0
        self._sheet: MediaSheet | None = None
        self.actions = MediaActions(context, page)
        self.actions.busy.connect(self._show_busy)
        self.actions.changed_item.connect(self._show_changed)
        self.actions.changed.connect(lambda account_id: self.changed.emit() if self._is_mine(account_id) else None)
        grid.opened.connect(self.open_item)
        grid.renew_wanted.connect(lambda item: self.do("renew", [item]))
        grid.delete_wanted.connect(lambda: self.do("delete", grid.chosen()))
        grid.menu_wanted.connect(self._menu)
        grid.nothing_to_drag.connect(self._say_fetch_first)

    def use_account(self, account_id: int) -> None:
        """Items of this account are shown from now on."""
        self._account_id = account_id
        self._model.clear_busy()  # the same file may be here too; what goes on is shown again as it moves on

    def _is_mine(self, account_id: int) -> bool:
        return self._account_id == account_id

    def _say_fetch_first(self) -> None:
        text = self.tr("原文件还在微信。用「用它发消息」或「插入图文」，会先取回来")
        shell(self._page).toast(text, "info", "plain")

    def _menu(self, at: QPoint) -> None:
        items = self._grid.chosen()
        if not items:
            return
        menu = QMenu(self._page)
        menu.setObjectName("media.menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        if len(items) == 1:
            menu.addAction(icons.icon("eye"), self.tr("查看"), lambda: self.open_item(items[0]))
            menu.addSeparator()
        for choice in choices(items):
            danger = choice.key == "delete"
            if danger:
                menu.addSeparator()
            text = {"copy": self.tr("复制 media_id"), "delete": self.tr("删除…")}.get(choice.key, choice.text)
            action = menu.addAction(icons.icon(choice.icon, "red.text" if danger else "text"), text)
            action.setObjectName(f"media.menu.{choice.key}")
            action.setProperty("danger", danger)
            action.setEnabled(not choice.reason)
            action.setToolTip(choice.reason or choice.hint)
            action.triggered.connect(lambda _=False, key=choice.key: self.do(key, items))
        popup_menu(menu, at)

    def do(self, key: str, items: Sequence[LibraryItem]) -> None:
        """One of the choices, with those of the items that it makes sense for."""
        if not self._account_id or not items:
            return
        choice = next(each for each in choices(items) if each.key == key)
        if choice.reason:
            shell(self._page).toast(choice.reason, "info", "plain")
            return
        account_id = self._account_id
        usable = self._usable(key, choice.items)
        if not usable:
            shell(self._page).toast(self.tr("这些素材正在处理，等做完再操作"), "info", "plain")
            return
        match key:
            case "renew":
                self.actions.renew(account_id, usable)
            case "permanent":
                self.actions.make_permanent(account_id, usable)
            case "copy":
                self.actions.copy_ids(usable)
            case "delete":
                self.actions.ask_delete(account_id, usable)
            case "article":
                self._bring(account_id, usable, self.use_in_article.emit)
            case "message":
                kind = usable[0].kind
                self._bring(account_id, usable, lambda files: self.use_in_message.emit(kind, files))

    def renew(self, account_id: int, items: Sequence[LibraryItem]) -> None:
        """What 全部续期 does, with items that may belong to another account than the one shown."""
        if usable := [item for item in items if self.actions.idle(account_id, item)]:
            self.actions.renew(account_id, usable)

    def _usable(self, key: str, items: Sequence[LibraryItem]) -> list[LibraryItem]:
        """Those that it can be done with now: a file that is here can always be used, nothing is done twice."""
        if key == "copy":
            return list(items)
        here = key in ("article", "message")
        return [item for item in items if (here and item.path) or self.actions.idle(self._account_id, item)]

    def _bring(self, account_id: int, items: Sequence[LibraryItem], use: Callable[[list[MediaFile]], object]) -> None:
        """Fetch what is only at WeChat, then use it: not in the message of another account that came to the front."""
        self.actions.bring(account_id, items, lambda files: use(files) if self._is_mine(account_id) else None)

    # --- one item -------------------------------------------------------------------------------------------------

    def open_item(self, item: LibraryItem) -> None:
        """All that is known of an item."""
        sheet = MediaSheet(self._context, self._page.window(), self._account_id, item)
        sheet.open_draft.connect(self.open_draft)
        sheet.open_send.connect(self.open_send)
        sheet.wanted.connect(self._from_sheet)
        sheet.finished.connect(self._sheet_closed)
        self._sheet = sheet
        sheet.open()

    def _from_sheet(self, key: str, item: LibraryItem) -> None:
        if self._sheet is not None and key in ("delete", "article", "message"):
            self._sheet.reject()
        self.do(key, [item])

    def _sheet_closed(self) -> None:
        self._sheet = None

    # --- what has become of them ----------------------------------------------------------------------------------

    def _show_busy(self, account_id: int, key: str, fraction: float | None) -> None:
        if self._is_mine(account_id):
            self._model.set_busy(key, fraction)

    def _show_changed(self, account_id: int, key: str, item: LibraryItem) -> None:
        if self._is_mine(account_id):
            self._model.replace(key, item)
            if self._sheet is not None and self._sheet.item.key == key:
                self._sheet.show_item(item)
