"""素材库: everything this app ever uploaded and what the account keeps at WeChat, to find, renew and use again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QStackedWidget, QWidget

from desktop_app.job import Job
from desktop_app.media.formats import FILE_NAMES
from desktop_app.store.accounts import Account
from desktop_app.ui import icons, theme
from desktop_app.ui.compose_drops import library_page_targets
from desktop_app.ui.context import Context
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.drop_target import DropTarget
from desktop_app.ui.drop_words import page_sentence
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.error_box import show_error
from desktop_app.ui.media_actions import MediaActions
from desktop_app.ui.media_choices import choices
from desktop_app.ui.media_filters import MediaFilters
from desktop_app.ui.media_grid import MediaGrid
from desktop_app.ui.media_model import MediaModel
from desktop_app.ui.media_pictures import MediaPictures
from desktop_app.ui.media_progress import MediaProgress
from desktop_app.ui.media_sheet import MediaSheet
from desktop_app.ui.media_sync import LABEL_WIDTH, SyncLine
from desktop_app.ui.media_words import limit_text
from desktop_app.ui.selection_bar import ABOVE, HEIGHT, SelectionBar
from desktop_app.ui.text import ElidedLabel
from desktop_app.ui.widgets import (
    IconLabel,
    Surface,
    button,
    card,
    hbox,
    popup_menu,
    search_field,
    vbox,
)
from desktop_app.ui.window import shell
from desktop_app.workers.transfer import Stage, Transfer

if TYPE_CHECKING:
    from desktop_app.services.library import LibraryCounts, LibraryItem, NearLimit
    from desktop_app.store.caches import MediaFile

SEARCH_AFTER_MS = 150
TICK_MS = 60_000
SUFFIXES = " ".join(f"*.{suffix}" for suffixes in FILE_NAMES.values() for suffix in suffixes)
"""Only a hint for the dialog: what a file is, its content decides."""


class MediaPage(Surface):
    """The grid with its filters, and the bar for what is chosen."""

    upload_wanted = Signal(object)
    """A ``Payload`` to be uploaded."""
    use_in_message = Signal(str, object)
    """A kind and a list of ``MediaFile``."""
    use_in_article = Signal(object)
    """A list of ``MediaFile``, all pictures."""
    open_draft = Signal(int)
    open_send = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("bg.panel", parent)
        self.title = self.tr("素材库")
        self.step: int | None = None
        self._context = context
        self._account: Account | None = None
        self._asked = 0
        self._focus_asked = False
        self._sheet: MediaSheet | None = None
        self.model = MediaModel(context.now, self)
        self.grid = MediaGrid(self.model, context.profile.paths.cache)
        self.pictures = MediaPictures(context.tasks, context.profile, self.grid.in_sight, self)
        self.grid.paint_with(self.pictures)
        self.filters = MediaFilters()
        self.actions_ = MediaActions(context, self)
        self._build_top()
        self._build_body()
        self.bar = SelectionBar(self)
        self._chosen_later = self._timer(0, self._show_chosen, single=True)  # once for all changes of one moment
        self._later = self._timer(SEARCH_AFTER_MS, self.reload, single=True)
        self._timer(TICK_MS, self._minute_passed).start()
        self._connect()

    # --- building ---------------------------------------------------------------------------------------------

    def _build_top(self) -> None:
        self.sync = SyncLine(self._context)
        self.field: QLineEdit = search_field(self.tr("搜索文件名、media_id"), "media.search")
        self.field.setClearButtonEnabled(True)
        self.field.setFixedWidth(240)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.field)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self._leave_search)
        self._upload = button(self.tr("上传"), "primary", icon="upload", name="media.upload")

    def _build_body(self) -> None:
        self._first = button(self.tr("选择文件"), icon="upload", name="media.first")
        self._first.clicked.connect(self.choose_files)
        self._empty = EmptyState(
            "media", self.tr("还没有素材"), self.tr("拖进图片、视频或语音，也可以粘贴"), [self._first]
        )
        clear = button(self.tr("清除筛选"), name="media.clear_filter")
        clear.clicked.connect(self._clear_filter)
        self._none = EmptyState("search", self.tr("没有找到"), self.tr("换个词，或清掉筛选条件"), [clear])
        self._stack = QStackedWidget()
        holder = QWidget()  # half a gap belongs to the first and last cell
        holder.setLayout(hbox(self.grid, spacing=0, margins=(16, 0, 2, 0)))
        for page in (QWidget(), holder, self._empty, self._none):
            self._stack.addWidget(page)
        self._grid_holder = holder
        self._limits = card("amber.bg", "amber.line", 6)
        self._limits.setObjectName("media.limits")
        self._limit_words = ElidedLabel("", "body", "amber.text")
        row = hbox(IconLabel("warning", 16, "amber.text"), self._limit_words, margins=(12, 0, 12, 0))
        row.setStretch(1, 1)
        self._limits.setLayout(row)
        self._limits.setFixedHeight(theme.px(36))
        self._limits_row = QWidget()
        self._limits_row.setLayout(hbox(self._limits, margins=(24, 12, 24, 0)))
        self._limits_row.hide()
        self.progress = MediaProgress()
        self.setLayout(vbox(12, self.filters, self._limits_row, self.progress, 2, self._stack, spacing=0))

    def _timer(self, ms: int, slot: Callable[[], object], single: bool = False) -> QTimer:
        made = QTimer(self)
        made.setInterval(ms)
        made.setSingleShot(single)
        made.timeout.connect(slot)
        return made

    def _connect(self) -> None:
        self._upload.clicked.connect(self.choose_files)
        self.sync.done.connect(self._synced)
        self.field.textChanged.connect(lambda _text: self._later.start())
        self.filters.changed.connect(self.reload)
        self.filters.renew_all_wanted.connect(self._renew_all)
        self.grid.chosen_changed.connect(self._chosen_later.start)
        self.grid.opened.connect(self.open_item)
        self.grid.renew_wanted.connect(lambda item: self._do("renew", [item]))
        self.grid.delete_wanted.connect(lambda: self._do("delete", self.grid.chosen()))
        self.grid.files_wanted.connect(self.choose_files)
        self.grid.menu_wanted.connect(self._menu)
        self.grid.nothing_to_drag.connect(self._say_fetch_first)
        self.bar.wanted.connect(lambda key: self._do(key, self.grid.chosen()))
        self.bar.cleared.connect(self._clear_chosen)
        self._context.transfers.changed.connect(self._transfer_changed)
        self.actions_.began.connect(self.progress.add)
        self.actions_.busy.connect(self._show_busy)
        self.actions_.changed_item.connect(self._show_changed)
        self.actions_.changed.connect(lambda account_id: self.reload() if self._is_mine(account_id) else None)

    # --- what the frame asks ------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.sync.set_room(LABEL_WIDTH if self.width() > theme.px(1000) else 150)

    def top_actions(self) -> list[QWidget]:
        """When WeChat's library was read last, search, upload."""
        return [self.sync, self.field, self._upload]

    def set_account(self, account: Account) -> None:
        """Show this account's library."""
        changed = self._account is None or self._account.id != account.id
        self._account = account
        if changed:
            self.model.show_items(())
            self.grid.use_account(account.id)
            self.pictures.use_account(account.id, self.devicePixelRatioF())
            self._limits_row.hide()
            self.progress.use_account(account.id)
            self.sync.use_account(account.id)
            self._stack.setCurrentIndex(0)
        self.reload()
        if changed and self.isVisible():
            self.sync.visited()

    def focus_first(self) -> None:
        """The grid, read anew; what WeChat keeps is read if that was long ago."""
        self._focus_asked = True
        self.reload()
        self.sync.visited()

    def search(self) -> None:
        """Ctrl F."""
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refresh(self) -> None:
        """F5: compare with the library at WeChat."""
        self.pictures.forget_missing()
        self.sync.sync()

    def came_back(self) -> None:
        """WeChat can be reached again: what could not be had is asked for once more."""
        self.pictures.forget_missing()
        self.grid.viewport().update()
        self.sync.again()

    def choose_files(self) -> None:
        """Ctrl U: files to upload, by the system's dialog."""
        wanted = self.tr("图片、语音、视频 ({suffixes})").format(suffixes=SUFFIXES)
        paths, _ = QFileDialog.getOpenFileNames(
            self, self.tr("选择要上传的文件"), "", f"{wanted};;{self.tr('所有文件')} (*)"
        )
        if paths:
            self.take_payload(Payload(tuple(paths)))

    def take_mime(self, mime: QMimeData | None) -> bool:
        """Paste; False if there is nothing for this page."""
        payload = Payload.of(mime)
        self.take_payload(payload)
        return not payload.empty

    def drop_targets(self, payload: Payload) -> list[DropTarget]:
        """The overlay's target over this page; none for what is dragged out of it."""
        return library_page_targets(payload, self.take_payload)

    def take_payload(self, payload: Payload) -> None:
        """Files, a bitmap or addresses of pictures that arrived by drop or clipboard."""
        if payload.pages:
            shell(self).toast(page_sentence(), "info", "amber")
        elif not payload.empty:
            self.upload_wanted.emit(payload)

    # --- the list -----------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the list again; only the newest answer is shown. Says nothing to WeChat."""
        if self._account is None:
            return
        self._later.stop()
        self._asked += 1
        number, account_id, library = self._asked, self._account.id, self._context.profile.library
        text, kind, order = self.field.text().strip(), self.filters.kind, self.filters.order
        expiring = self.filters.expiring

        def read(job: Job) -> tuple[tuple[LibraryItem, ...], LibraryCounts]:
            items = library.items(account_id, kind=kind, text=text, order=order, expiring=expiring)
            return items, library.counts(account_id)

        def show(found: tuple[tuple[LibraryItem, ...], LibraryCounts]) -> None:
            if number == self._asked:
                self._show(*found, text)

        self._context.tasks.start(
            "work", read, owner=self, on_done=show, on_error=lambda error: show_error(self, error)
        )

    def _show(self, items: Sequence[LibraryItem], counts: LibraryCounts, text: str) -> None:
        self.filters.show_counts(counts)
        self.sync.show_time(counts.synced_at)
        self.model.show_items(items)
        if items:
            self._stack.setCurrentWidget(self._grid_holder)
        elif counts.all:
            title = self.tr("没有找到「{text}」").format(text=text) if text else self.tr("没有找到")
            self._none.set_texts(title, self.tr("换个词，或清掉筛选条件"))
            self._stack.setCurrentWidget(self._none)
        else:
            self._stack.setCurrentWidget(self._empty)
        if self._focus_asked:
            self._focus_asked = False
            first = self._first if self._stack.currentWidget() is self._empty else self.grid
            (first if first.isVisible() else self.field).setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave_search(self) -> None:
        """Esc in the field: all of the kind is shown again."""
        self.field.clear()
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _clear_filter(self) -> None:
        self.filters.clear()
        self.field.clear()
        self.reload()
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _minute_passed(self) -> None:
        """Badges count down, and so do the numbers of what expires; the list itself is read again only if it may."""
        if not self.isVisible() or self._account is None:
            return
        if self.filters.expiring:
            self.reload()
            return
        self.grid.viewport().update()
        account_id, library = self._account.id, self._context.profile.library

        def show(counts: LibraryCounts) -> None:
            if self._is_mine(account_id):
                self.filters.show_counts(counts)

        self._context.tasks.start("work", lambda job: library.counts(account_id), owner=self, on_done=show)

    def _is_mine(self, account_id: int) -> bool:
        return self._account is not None and self._account.id == account_id

    # --- WeChat's own library -----------------------------------------------------------------------------------

    def _synced(self, account_id: int, near: Sequence[NearLimit]) -> None:
        if self._is_mine(account_id):
            self._show_limits(near)
            self.reload()

    def _show_limits(self, near: Sequence[NearLimit]) -> None:
        self._limit_words.setText("；".join(limit_text(each) for each in near))
        self._limits_row.setVisible(bool(near))

    # --- what is chosen -----------------------------------------------------------------------------------------

    def _show_chosen(self) -> None:
        chosen = self.grid.chosen()
        size = sum(item.size_bytes for item in chosen)
        self.bar.show_choices(len(chosen), size, choices(chosen) if chosen else [])
        self.grid.set_foot(theme.px(HEIGHT) + ABOVE if chosen else 0)

    def _clear_chosen(self) -> None:
        self.grid.clearSelection()
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say_fetch_first(self) -> None:
        text = self.tr("原文件还在微信。用「用它发消息」或「插入图文」，会先取回来")
        shell(self).toast(text, "info", "plain")

    def _renew_all(self) -> None:
        self._do("renew", self.model.items())

    def _menu(self, at: QPoint) -> None:
        items = self.grid.chosen()
        if not items:
            return
        menu = QMenu(self)
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
            action.triggered.connect(lambda _=False, key=choice.key: self._do(key, items))
        popup_menu(menu, at)

    def _do(self, key: str, items: Sequence[LibraryItem]) -> None:
        """One of the choices, with those of the items that it makes sense for."""
        if self._account is None or not items:
            return
        choice = next(each for each in choices(items) if each.key == key)
        if choice.reason:
            shell(self).toast(choice.reason, "info", "plain")
            return
        account_id = self._account.id
        usable = self._idle(choice.items)
        if not usable:
            return
        match key:
            case "renew":
                self.actions_.renew(account_id, usable)
            case "permanent":
                self.actions_.make_permanent(account_id, usable)
            case "copy":
                self.actions_.copy_ids(usable)
            case "delete":
                self.actions_.ask_delete(account_id, usable)
            case "article":
                self._bring(account_id, usable, self.use_in_article.emit)
            case "message":
                kind = usable[0].kind
                self._bring(account_id, usable, lambda files: self.use_in_message.emit(kind, files))

    def renew(self, account_id: int, items: Sequence[LibraryItem]) -> None:
        """What 全部续期 does, with items that may belong to another account than the one shown."""
        if usable := self._idle(items):
            self.actions_.renew(account_id, usable)

    def _idle(self, items: Sequence[LibraryItem]) -> list[LibraryItem]:
        """Those that nothing is being done with: not twice at a time."""
        return [item for item in items if self.model.busy(item.key) is None]

    def _bring(self, account_id: int, items: Sequence[LibraryItem], use: Callable[[list[MediaFile]], object]) -> None:
        """Fetch what is only at WeChat, then use it: not in the message of another account that came to the front."""
        self.actions_.bring(account_id, items, lambda files: use(files) if self._is_mine(account_id) else None)

    # --- one item -----------------------------------------------------------------------------------------------

    def open_item(self, item: LibraryItem) -> None:
        """All that is known of an item."""
        if self._account is None:
            return
        sheet = MediaSheet(self._context, self.window(), self._account.id, item)
        sheet.open_draft.connect(self.open_draft)
        sheet.open_send.connect(self.open_send)
        sheet.wanted.connect(self._from_sheet)
        sheet.finished.connect(self._sheet_closed)
        self._sheet = sheet
        sheet.open()

    def _from_sheet(self, key: str, item: LibraryItem) -> None:
        if self._sheet is not None and key in ("delete", "article", "message"):
            self._sheet.reject()
        self._do(key, [item])

    def _sheet_closed(self) -> None:
        self._sheet = None

    # --- what comes back ----------------------------------------------------------------------------------------

    def _transfer_changed(self, transfer: Transfer) -> None:
        """Whatever page began it: what is at WeChat now stands in this list."""
        if transfer.stage == Stage.DONE and self._is_mine(transfer.account_id):
            self._later.start()

    def _show_busy(self, account_id: int, key: str, fraction: float | None) -> None:
        if self._is_mine(account_id) or fraction is None:
            self.model.set_busy(key, fraction)

    def _show_changed(self, account_id: int, key: str, item: LibraryItem) -> None:
        if self._is_mine(account_id):
            self.model.replace(key, item)
            if self._sheet is not None and self._sheet.item.key == key:
                self._sheet.show_item(item)
