"""The window: builds the pages and their helpers, and decides what leads from one page to another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QAction, QCloseEvent, QDragMoveEvent, QKeySequence

from desktop_app.errors import AppError
from desktop_app.store.accounts import Account
from desktop_app.ui.account_desk import AccountDesk
from desktop_app.ui.activity_watch import ActivityWatch
from desktop_app.ui.audience_page import AudiencePage
from desktop_app.ui.closing import Closing
from desktop_app.ui.compose_page import ComposePage
from desktop_app.ui.connect_page import ConnectPage
from desktop_app.ui.connection_watch import ConnectionWatch
from desktop_app.ui.context import Context
from desktop_app.ui.dialogs import Sheet, critical_dialog, sheet_open
from desktop_app.ui.drafts_page import DraftsPage
from desktop_app.ui.drop_overlay import DropOverlay
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.drop_target import DropTarget
from desktop_app.ui.drop_watch import DropWatch
from desktop_app.ui.error_box import words
from desktop_app.ui.frame import Frame
from desktop_app.ui.history_page import HistoryPage
from desktop_app.ui.media_page import MediaPage
from desktop_app.ui.notices import ExpiryNotice, ProfileNotices
from desktop_app.ui.send_way import SendWay
from desktop_app.ui.settings_page import SettingsPage
from desktop_app.ui.toast import Toaster
from desktop_app.ui.upload_desk import UploadDesk
from desktop_app.ui.widgets import Surface, vbox


class MainWindow(Surface):
    """The one window. Pages say what the person wants; this decides where that leads."""

    def __init__(self, context: Context) -> None:
        super().__init__("bg.surface")
        self.setWindowTitle(self.tr("群发台"))
        self.setMinimumSize(960, 640)
        self.setAcceptDrops(True)
        self._context = context
        self._build_pages()
        self._build_frame()
        self._build_helpers()
        self._connect_helpers()
        self._connect_pages()
        self._add_shortcuts()
        self._restore_geometry()
        self.accounts.start()

    # --- building -----------------------------------------------------------------------------------------------

    def _build_pages(self) -> None:
        context = self._context
        self.compose = ComposePage(context)
        self.audience = AudiencePage(context)
        self.drafts = DraftsPage(context)
        self.media = MediaPage(context)
        self.history = HistoryPage(context)
        self.settings = SettingsPage(context)
        self.connect_page = ConnectPage(context)
        self.pages: dict[str, Any] = {
            "send": self.compose,
            "audience": self.audience,
            "drafts": self.drafts,
            "media": self.media,
            "history": self.history,
            "settings": self.settings,
        }

    def _build_frame(self) -> None:
        self.frame = frame = Frame(self.pages, self.connect_page)
        self.rail, self.top, self.banner, self.activity = frame.rail, frame.top, frame.banner, frame.activity
        self.setLayout(vbox(frame, spacing=0))

    def _build_helpers(self) -> None:
        context, content = self._context, self.frame.content
        self._toaster, self._shown_id = Toaster(self), 0
        self.overlay = DropOverlay(content, self._drop_targets, context.tasks)
        DropWatch(self, self._drag_hovers)
        self._way = SendWay(context, self)
        self._closing = Closing(context, self.media.progress, self)
        self.accounts = AccountDesk(context, self, self.frame, self.connect_page)
        self.uploads = UploadDesk(context, content, self.activity)
        self.watch = ConnectionWatch(context, self)
        self.notices = ProfileNotices(context, self)
        self.expiry = ExpiryNotice(context, self)
        self._doing = ActivityWatch(context, self.frame, self.uploads, self.media.progress, lambda: self.account)

    def _connect_helpers(self) -> None:
        self.accounts.shown.connect(self._clear_toasts)
        for page in self.pages.values():
            self.accounts.shown.connect(page.set_account)
        self.accounts.shown.connect(lambda account: self.uploads.set_account(account.id))
        self.accounts.shown.connect(self.watch.use)
        self.accounts.shown.connect(self.expiry.use)
        self._context.outbox.row_changed.connect(self.accounts.refresh_quota)
        self._context.outbox.secret_needed.connect(self.watch.secret_needed)
        self.top.stepper.clicked.connect(self._way.go_to_step)
        self.watch.came_back.connect(self.compose.refresh)
        self.watch.came_back.connect(self._context.transfers.retry_failed)
        self.watch.came_back.connect(self.media.came_back)
        self.watch.came_back.connect(self._context.outbox.wake)
        self.watch.settled.connect(self.activity.show_connection)

    def _connect_pages(self) -> None:
        self.compose.next_wanted.connect(self._way.show_audience)
        self.compose.preview_wanted.connect(self._way.open_preview)
        self.compose.library_wanted.connect(self.uploads.save_to_library)
        self.compose.choose_wanted.connect(self._choose_in_library)
        self.compose.drafts_shown.connect(self.uploads.offer_left_over)
        self.compose.desk.drafts_wanted.connect(lambda: self.show_page("drafts"))
        self.audience.back_wanted.connect(lambda: self.show_page("send"))
        self.audience.next_wanted.connect(self._way.open_review)
        self.audience.preview_wanted.connect(self._way.open_preview)
        self.drafts.open_wanted.connect(self._open_draft)
        self.drafts.new_wanted.connect(self._new_articles)
        self.drafts.to_wechat_wanted.connect(self.compose.desk.save_to_wechat)
        self.drafts.changed_draft.connect(self.compose.desk.draft_changed)
        self.media.upload_wanted.connect(self.uploads.save_to_library)
        self.media.use_in_message.connect(self.compose.use_media)
        self.media.use_in_article.connect(lambda files: self.compose.use_media("news", files))
        self.media.open_draft.connect(self._open_draft)
        self.media.open_send.connect(self._open_send)
        self.media.orders.changed.connect(self.compose.library_changed)
        self.history.copy_wanted.connect(self._copy_as_new)
        self.history.new_wanted.connect(lambda: self.show_page("send"))
        self.settings.connect_wanted.connect(self.show_connect)
        self.settings.accounts_changed.connect(self.accounts.reload)

    def _add_shortcuts(self) -> None:
        for keys, slot in (
            ("Ctrl+1", lambda: self.show_page("send")),
            ("Ctrl+2", lambda: self.show_page("drafts")),
            ("Ctrl+3", lambda: self.show_page("media")),
            ("Ctrl+5", lambda: self.show_page("history")),
            ("Ctrl+,", lambda: self.show_page("settings")),
            ("Ctrl+N", lambda: self.show_page("send")),
            ("Ctrl+Return", self._way.next_step),
            ("Ctrl+Enter", self._way.next_step),
            ("Ctrl+Shift+P", self._way.open_preview),
            ("Ctrl+S", lambda: self.frame.ask_page("save")),
            ("Ctrl+P", lambda: self.frame.ask_page("toggle_phone")),
            ("Ctrl+U", lambda: self.frame.ask_page("choose_files")),
            ("Ctrl+F", lambda: self.frame.ask_page("search")),
            ("F5", lambda: self.frame.ask_page("refresh")),
            ("Ctrl+Shift+A", self.top.switcher.open_menu),
            ("Ctrl+V", self._paste_files),
        ):
            self._add_shortcut(keys, slot)

    def _add_shortcut(self, keys: str, slot: Callable[[], object]) -> None:
        action = QAction(self)
        action.setShortcut(QKeySequence(keys))
        # A sheet lets the shortcuts rest; one that is on its way in or out is caught here.
        action.triggered.connect(lambda: None if sheet_open(self) else slot())
        self.addAction(action)

    # --- services for pages -------------------------------------------------------------------------------------

    def toast(
        self,
        text: str,
        icon: str = "check-circle",
        tone: str = "go",
        action: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Show a short message at the bottom."""
        self._toaster.show(text, icon, tone, action)

    def _clear_toasts(self, account: Account) -> None:
        """撤销 must not bring one account's things into the message of another."""
        if self._shown_id and account.id != self._shown_id:
            self._toaster.clear()
        self._shown_id = account.id

    def sheet(self) -> Sheet | None:
        """The dialog that is open inside the window, if one is."""
        return next((sheet for sheet in self.findChildren(Sheet) if sheet.isVisible()), None)

    def show_page(self, name: str) -> None:
        """Bring "send", "drafts", "media", "audience", "history" or "settings" to the front."""
        self.frame.show_page(name)

    @property
    def page_name(self) -> str:
        """The name of the page in front."""
        return self.frame.page_name

    @property
    def shows_pages(self) -> bool:
        """Whether the pages are in front, not the one that connects an account."""
        return self.frame.shows_pages

    @property
    def account(self) -> Account | None:
        """The account in use."""
        return self.accounts.account

    def use_account(self, account_id: int) -> None:
        """Make an account the current one and show its things everywhere."""
        self.accounts.use(account_id)

    def show_connect(self) -> None:
        """Show the page that connects an account."""
        self.frame.show_connect()

    def ask_secret(self, account_id: int) -> None:
        """Show the connect page for an account whose AppSecret has to be typed."""
        self.accounts.ask_secret(account_id)

    def correct_quota(self) -> None:
        """Let the person say how many sends are left: the website's are not known here."""
        self.accounts.correct_quota()

    # --- from one page to another ----------------------------------------------------------------------------------

    def _open_draft(self, draft_id: int) -> None:
        self.compose.show_kind("news")
        self.compose.desk.open_draft(draft_id)
        self.show_page("send")

    def _choose_in_library(self, kind: str) -> None:
        self.media.filters.set_kind(kind)
        self.show_page("media")
        self.toast(self.tr("选好后点「用它发消息」"), "image", "plain")

    def _open_send(self, send_id: int) -> None:
        self.show_page("history")
        self.history.show_send(send_id)

    def _new_articles(self) -> None:
        self.compose.show_kind("news")
        self.compose.desk.new_message()
        self.show_page("send")

    def _copy_as_new(self, kind: str, content: dict[str, Any]) -> None:
        self.compose.load(kind, content)
        self.show_page("send")

    # --- the window itself --------------------------------------------------------------------------------------

    def _drag_hovers(self, event: QDragMoveEvent) -> None:
        if self.shows_pages and self.sheet() is None:
            self.overlay.begin(event)

    def _drop_targets(self, payload: Payload) -> list[DropTarget]:
        """The page in front may have targets of its own; what it leaves, a message may take."""
        own = getattr(self.frame.page, "drop_targets", None)
        return (own(payload) if own is not None else []) or self.compose.drop_targets(payload)

    def _paste_files(self) -> None:
        from PySide6.QtGui import QGuiApplication

        take = getattr(self.frame.page, "take_mime", None)
        if self.shows_pages and take is not None:
            take(QGuiApplication.clipboard().mimeData())

    def come_to_front(self) -> None:
        """Show the window above the others: a second start asked for it."""
        self.setWindowState((self.windowState() & ~Qt.WindowState.WindowMinimized) | Qt.WindowState.WindowActive)
        self.show()
        self.raise_()
        self.activateWindow()

    def _restore_geometry(self) -> None:
        self.resize(1280, 800)
        kept = self._context.settings.current.window_geometry
        if kept:
            self.restoreGeometry(QByteArray.fromHex(kept.encode()))

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._closing.may_close():
            event.ignore()
            return
        self.close_quietly()
        event.accept()

    def leave(self) -> None:
        """Close without asking, whatever is under way."""
        self._closing.leave()

    def close_quietly(self) -> None:
        """Save the drafts and the window's place; a running countdown is cancelled, nothing is sent."""
        sheet = self.sheet()
        if sheet is not None:
            sheet.reject()
        self.compose.save_now()
        self.compose.close_views()
        self._context.settings.change(window_geometry=bytes(self.saveGeometry().toHex().data()).decode())

    def show_bug(self, error: AppError | None, text: str) -> None:
        """One dialog for what nobody expected, with the text to copy."""
        said = words(error) if error else None
        critical_dialog(
            self,
            "warning",
            "red",
            said.title if said else self.tr("程序出错了"),
            said.advice if said else self.tr("已写的内容都保存着。可以继续用；如果反复出现，把详情发给技术支持。"),
            [],
            [
                (self.tr("复制错误详情"), "plain", lambda: self._copy(text)),
                (self.tr("知道了"), "primary", None),
            ],
        ).open()

    def _copy(self, text: str) -> None:
        from PySide6.QtGui import QGuiApplication

        QGuiApplication.clipboard().setText(text)
