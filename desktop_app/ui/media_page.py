"""素材库: everything this app ever uploaded and what the account keeps at WeChat, to find, renew and use again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from desktop_app.job import Job
from desktop_app.media.formats import FILE_NAMES
from desktop_app.store.accounts import Account
from desktop_app.ui import theme
from desktop_app.ui.compose_drops import library_page_targets
from desktop_app.ui.context import Context
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.drop_target import DropTarget
from desktop_app.ui.drop_words import page_sentence
from desktop_app.ui.error_box import show_error
from desktop_app.ui.media_choices import choices
from desktop_app.ui.media_filters import MediaFilters
from desktop_app.ui.media_grid import MediaGrid
from desktop_app.ui.media_limits import MediaLimits
from desktop_app.ui.media_model import MediaModel
from desktop_app.ui.media_orders import MediaOrders
from desktop_app.ui.media_pictures import MediaPictures
from desktop_app.ui.media_progress import MediaProgress
from desktop_app.ui.media_shelf import MediaShelf
from desktop_app.ui.media_sync import LABEL_WIDTH, SyncLine
from desktop_app.ui.selection_bar import ABOVE, HEIGHT, SelectionBar
from desktop_app.ui.widgets import Surface, button, search_field, vbox
from desktop_app.ui.window import shell
from desktop_app.workers.transfer import Stage, Transfer

if TYPE_CHECKING:
    from desktop_app.services.library import LibraryCounts, LibraryItem, NearLimit

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
        self.model = MediaModel(context.now, self)
        self.grid = MediaGrid(self.model, context.profile.paths.cache)
        self.pictures = MediaPictures(context.tasks, context.profile, self.grid.in_sight, self)
        self.grid.paint_with(self.pictures)
        self.filters = MediaFilters()
        self.orders = MediaOrders(context, self, self.model, self.grid)
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
        self.shelf = MediaShelf(self.grid)
        self.limits = MediaLimits()
        self.progress = MediaProgress()
        self.setLayout(vbox(12, self.filters, self.limits, self.progress, 2, self.shelf, spacing=0))

    def _timer(self, ms: int, slot: Callable[[], object], single: bool = False) -> QTimer:
        made = QTimer(self)
        made.setInterval(ms)
        made.setSingleShot(single)
        made.timeout.connect(slot)
        return made

    def _connect(self) -> None:
        self._upload.clicked.connect(self.choose_files)
        self.shelf.files_wanted.connect(self.choose_files)
        self.shelf.clear_wanted.connect(self._clear_filter)
        self.sync.done.connect(self._synced)
        self.field.textChanged.connect(lambda _text: self._later.start())
        self.filters.changed.connect(self.reload)
        self.filters.renew_all_wanted.connect(lambda: self.orders.do("renew", self.model.items()))
        self.grid.chosen_changed.connect(self._chosen_later.start)
        self.grid.files_wanted.connect(self.choose_files)
        self.bar.wanted.connect(lambda key: self.orders.do(key, self.grid.chosen()))
        self.bar.cleared.connect(self._clear_chosen)
        self._context.transfers.changed.connect(self._transfer_changed)
        self.orders.changed.connect(self.reload)
        self.orders.actions.began.connect(self.progress.add)
        self.orders.use_in_message.connect(self.use_in_message)
        self.orders.use_in_article.connect(self.use_in_article)
        self.orders.open_draft.connect(self.open_draft)
        self.orders.open_send.connect(self.open_send)

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
            self.orders.use_account(account.id)
            self.pictures.use_account(account.id, self.devicePixelRatioF())
            self.limits.show_limits(())
            self.progress.use_account(account.id)
            self.sync.use_account(account.id)
            self.shelf.show_nothing()
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
        self.shelf.show_found(bool(items), bool(counts.all), text, expiring=self.filters.expiring)
        if self._focus_asked:
            self._focus_asked = False
            first = self.shelf.first()
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
            self.limits.show_limits(near)
            self.reload()

    # --- what is chosen -----------------------------------------------------------------------------------------

    def _show_chosen(self) -> None:
        chosen = self.grid.chosen()
        size = sum(item.size_bytes for item in chosen)
        self.bar.show_choices(len(chosen), size, choices(chosen) if chosen else [])
        self.grid.set_foot(theme.px(HEIGHT) + ABOVE if chosen else 0)

    def _clear_chosen(self) -> None:
        self.grid.clearSelection()
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what comes back ----------------------------------------------------------------------------------------

    def _transfer_changed(self, transfer: Transfer) -> None:
        """Whatever page began it: what is at WeChat now stands in this list."""
        if transfer.stage == Stage.DONE and self._is_mine(transfer.account_id):
            self._later.start()
