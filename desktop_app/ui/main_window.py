"""The frame: rail, account, pages, messages, and what leads from one page to another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QDragMoveEvent, QKeySequence
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.services.account import Quota
from desktop_app.store.accounts import Account
from desktop_app.ui.activity_bar import ActivityBar
from desktop_app.ui.audience_page import AudiencePage
from desktop_app.ui.banner import Banner
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
from desktop_app.ui.error_box import show_error, words
from desktop_app.ui.history_page import HistoryPage
from desktop_app.ui.media_page import MediaPage
from desktop_app.ui.nav_rail import NavRail
from desktop_app.ui.notices import ExpiryNotice, ProfileNotices
from desktop_app.ui.quota_dialog import QuotaDialog
from desktop_app.ui.send_way import SendWay
from desktop_app.ui.settings_page import SettingsPage
from desktop_app.ui.toast import Toaster
from desktop_app.ui.top_bar import TopBar
from desktop_app.ui.upload_desk import UploadDesk
from desktop_app.ui.widgets import Surface, hbox, vbox

ACTIVITY_MS = 50


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


class MainWindow(Surface):
    """The one window. Pages say what the person wants; the frame decides where that leads."""

    def __init__(self, context: Context) -> None:
        super().__init__("bg.surface")
        self.setWindowTitle(self.tr("群发台"))
        self.setMinimumSize(960, 640)
        self.setAcceptDrops(True)
        self._context = context
        self._account: Account | None = None
        self._came_from = "send"  # the page to go back to from the page that connects
        self._leaving = False
        self._build_pages()
        self._build_frame()
        self._connect_signals()
        self._add_shortcuts()
        self._restore_geometry()
        account = context.profile.accounts.current()
        if account is None:
            self.show_connect()
        else:
            self._show_account(account, context.profile.accounts.list())
            self.show_page("send")

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
        self.top = TopBar()
        self.banner = Banner()
        self.activity = ActivityBar()
        self._stack = QStackedWidget()
        for page in self.pages.values():
            self._stack.addWidget(page)
            self.top.add_page(page, page.top_actions())
        content = QWidget()
        content.setLayout(vbox(self.top, self.banner, self._stack, self.activity, spacing=0))
        frame = QWidget()
        frame.setLayout(hbox(self.rail, content, spacing=0))
        self._outer = QStackedWidget()
        self._outer.addWidget(frame)
        self._outer.addWidget(self.connect_page)
        self.setLayout(vbox(self._outer, spacing=0))
        self._frame = frame
        self._content = content
        self._toaster = Toaster(self)
        self.overlay = DropOverlay(content, self._drop_targets, self._context.tasks)
        DropWatch(self, self._drag_hovers)
        self._way = SendWay(self._context, self)
        self.uploads = UploadDesk(self._context, content, self.activity)
        self.watch = ConnectionWatch(self._context, self)
        self.notices = ProfileNotices(self._context, self)
        self.expiry = ExpiryNotice(self._context, self)

    def _connect_signals(self) -> None:
        self.rail.activated.connect(self.show_page)
        self.top.stepper.clicked.connect(self._way.go_to_step)
        self.top.switcher.chosen.connect(self.use_account)
        self.top.switcher.connect_wanted.connect(self.show_connect)
        self.top.switcher.quota_wanted.connect(self.correct_quota)
        self.compose.next_wanted.connect(self._way.show_audience)
        self.compose.preview_wanted.connect(self._way.open_preview)
        self.audience.back_wanted.connect(lambda: self.show_page("send"))
        self.audience.next_wanted.connect(self._way.open_review)
        self.audience.preview_wanted.connect(self._way.open_preview)
        self.compose.desk.drafts_wanted.connect(lambda: self.show_page("drafts"))
        self.drafts.open_wanted.connect(self._open_draft)
        self.drafts.new_wanted.connect(self._new_articles)
        self.drafts.to_wechat_wanted.connect(self.compose.desk.save_to_wechat)
        self.drafts.changed_draft.connect(self.compose.desk.draft_changed)
        self.media.upload_wanted.connect(self.uploads.save_to_library)
        self.media.use_in_message.connect(self.compose.use_media)
        self.media.use_in_article.connect(lambda files: self.compose.use_media("news", files))
        self.media.open_draft.connect(self._open_draft)
        self.media.open_send.connect(self._open_send)
        self.history.copy_wanted.connect(self._copy_as_new)
        self.history.new_wanted.connect(lambda: self.show_page("send"))
        self.settings.connect_wanted.connect(self.show_connect)
        self.settings.accounts_changed.connect(self._reload_accounts)
        self.connect_page.connected.connect(self.use_account)
        self.connect_page.secret_changed.connect(self._secret_changed)
        self.connect_page.rehearse_wanted.connect(self._rehearse)
        self.connect_page.left.connect(self._leave_connect)
        self._context.outbox.row_changed.connect(self._row_changed)
        self._context.outbox.secret_needed.connect(self.watch.secret_needed)
        self._activity_soon = QTimer(self, singleShot=True, interval=ACTIVITY_MS)  # tasks change in swarms
        self._activity_soon.timeout.connect(self._show_activity)
        self._context.tasks.changed.connect(self._show_activity_soon)
        self.compose.library_wanted.connect(self.uploads.save_to_library)
        self.compose.choose_wanted.connect(self._choose_in_library)
        self.compose.drafts_shown.connect(self.uploads.offer_left_over)
        self.watch.came_back.connect(self.compose.refresh)
        self.watch.came_back.connect(self._context.transfers.retry_failed)
        self.watch.came_back.connect(self.media.came_back)
        self.watch.came_back.connect(self._context.outbox.wake)
        self.watch.settled.connect(self.activity.show_connection)

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
            ("Ctrl+S", lambda: self._ask_page("save")),
            ("Ctrl+P", lambda: self._ask_page("toggle_phone")),
            ("Ctrl+U", lambda: self._ask_page("choose_files")),
            ("Ctrl+F", lambda: self._ask_page("search")),
            ("F5", lambda: self._ask_page("refresh")),
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

    def sheet(self) -> Sheet | None:
        """The dialog that is open inside the window, if one is."""
        return next((sheet for sheet in self.findChildren(Sheet) if sheet.isVisible()), None)

    def show_page(self, name: str) -> None:
        """Bring "send", "drafts", "media", "audience", "history" or "settings" to the front."""
        page = self.pages[name]
        self._outer.setCurrentWidget(self._frame)
        self._stack.setCurrentWidget(page)
        self.rail.set_current("send" if name == "audience" else name)
        self.top.show_page(page, page.title, page.step)
        page.focus_first()

    @property
    def page_name(self) -> str:
        """The name of the page in front."""
        return next(name for name, page in self.pages.items() if page is self._stack.currentWidget())

    @property
    def shows_pages(self) -> bool:
        """Whether the pages are in front, not the one that connects an account."""
        return self._outer.currentWidget() is self._frame

    def _ask_page(self, method: str) -> None:
        if self.shows_pages:
            ask = getattr(self._stack.currentWidget(), method, None)
            if ask is not None:
                ask()

    # --- accounts -----------------------------------------------------------------------------------------------

    @property
    def account(self) -> Account | None:
        """The account in use."""
        return self._account

    def use_account(self, account_id: int) -> None:
        """Make an account the current one and show its things everywhere."""
        accounts = self._context.profile.accounts

        def choose(job: Job) -> tuple[Account, list[Account]]:
            accounts.set_current(account_id)
            return accounts.get(account_id), accounts.list()

        self._context.tasks.start("work", choose, owner=self, on_done=lambda found: self._show_account(*found))

    def _show_account(self, account: Account, all_accounts: list[Account]) -> None:
        changed = self._account is None or self._account.id != account.id
        self._account = account
        self.top.switcher.show_account(account, all_accounts)
        for page in self.pages.values():
            page.set_account(account)
        self.uploads.set_account(account.id)
        self.watch.use(account)
        self.expiry.use(account)
        self._show_rehearsal(account)
        self._refresh_quota()
        if not self.shows_pages or (changed and self.page_name == "audience"):
            self.show_page("send")

    def show_connect(self) -> None:
        """Show the page that connects an account."""
        if self.shows_pages:
            self._came_from = self.page_name
        self._outer.setCurrentWidget(self.connect_page)
        self.connect_page.focus_first()

    def ask_secret(self, account_id: int) -> None:
        """Show the connect page for an account whose AppSecret has to be typed."""

        def find(job: Job) -> Account:
            return self._context.profile.accounts.get(account_id)

        def show(account: Account) -> None:
            self.connect_page.ask_secret(account)
            self.show_connect()

        self._context.tasks.start("work", find, owner=self, on_done=show)

    def _leave_connect(self) -> None:
        if self._account is not None:
            self.show_page(self._came_from)

    def _secret_changed(self) -> None:
        """Back to where the person was; the account in use stays, and what waited for the secret goes on."""
        self._leave_connect()
        self._reload_accounts()
        self._context.outbox.wake()

    def _rehearse(self) -> None:
        self._context.tasks.start(
            "work",
            lambda job: self._context.start_rehearsal(),
            owner=self,
            on_done=lambda account: self.use_account(account.id),
            on_error=lambda error: show_error(self, error),
        )

    def _reload_accounts(self) -> None:
        def ask(job: Job) -> Account | None:
            return self._context.profile.accounts.current()

        def show(current: Account | None) -> None:
            if current is None:
                self._account = None
                self.show_connect()
            else:
                self.use_account(current.id)

        self._context.tasks.start("work", ask, owner=self, on_done=show)

    def _show_rehearsal(self, account: Account) -> None:
        if account.is_sandbox:
            self.banner.show_message(
                "rehearsal",
                "amber",
                "rehearsal",
                self.tr("正在用演练账号。"),
                self.tr("所有发送都在本机模拟，不会到任何粉丝手里。"),
            )
        else:
            self.banner.clear("rehearsal")

    def _refresh_quota(self) -> None:
        if self._account is None:
            return
        account_id = self._account.id

        def ask(job: Job) -> Quota:
            return self._context.profile.accounts.quota(account_id)

        self._context.tasks.start("work", ask, owner=self, on_done=self.top.switcher.show_quota)

    def correct_quota(self) -> None:
        """Let the person say how many sends are left: the website's are not known here."""
        if self._account is not None:
            dialog = QuotaDialog(self._context, self, self._account)
            dialog.corrected.connect(self._refresh_quota)
            dialog.open()

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

    # --- what happens behind ------------------------------------------------------------------------------------

    def _row_changed(self, send_id: int) -> None:
        self._refresh_quota()
        self._show_activity()
        account = self._account
        if account is None:
            return

        def ask(job: Job) -> int:
            return self._context.profile.outbox.counts(account.id)["attention"]

        self._context.tasks.start("work", ask, owner=self, on_done=lambda n: self.rail.set_badge("history", n))

    def _show_activity_soon(self) -> None:
        if not self._activity_soon.isActive():
            self._activity_soon.start()

    def _show_activity(self) -> None:
        tasks = self._context.tasks
        if tasks.running("send"):
            self.activity.show_task(self.tr("正在和微信说话"))
        elif self.uploads.show_activity():
            pass
        elif uploads := tasks.running("upload"):
            self.activity.show_task(self.tr("正在上传 {n} 个文件").format(n=uploads))
        else:
            self.activity.show_idle()

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

    # --- the window itself --------------------------------------------------------------------------------------

    def _drag_hovers(self, event: QDragMoveEvent) -> None:
        if self.shows_pages and self.sheet() is None:
            self.overlay.begin(event)

    def _drop_targets(self, payload: Payload) -> list[DropTarget]:
        """The page in front may have targets of its own; what it leaves, a message may take."""
        own = getattr(self._stack.currentWidget(), "drop_targets", None)
        return (own(payload) if own is not None else []) or self.compose.drop_targets(payload)

    def _paste_files(self) -> None:
        from PySide6.QtGui import QGuiApplication

        page = self._stack.currentWidget()
        take = getattr(page, "take_mime", None)
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
        busy = self._busy_text()
        if busy and not self._leaving:
            event.ignore()
            critical_dialog(
                self,
                "clock",
                "amber",
                self.tr("还有事情在进行"),
                busy,
                [],
                [
                    (self.tr("等它做完"), "primary", None),
                    (self.tr("现在退出"), "plain", self._leave_now),
                ],
            ).open()
            return
        self.close_quietly()
        event.accept()

    def _busy_text(self) -> str:
        tasks = self._context.tasks
        if tasks.running("send"):
            return self.tr("正在向微信提交。现在退出，结果要等下次打开时再核对。")
        if uploads := tasks.running("upload"):
            return self.tr("还有 {n} 个文件在上传。现在退出，下次打开时可以重新上传。").format(n=uploads)
        if mended := tasks.running("convert"):
            return self.tr("还有 {n} 个文件在转换。现在退出就停下，下次打开时可以再转换。").format(n=mended)
        return ""

    def _leave_now(self) -> None:
        QTimer.singleShot(0, self, self.leave)

    def leave(self) -> None:
        """Close without asking, whatever is under way."""
        self._leaving = True
        self.close()

    def close_quietly(self) -> None:
        """Save the drafts and the window's place; a running countdown is cancelled, nothing is sent."""
        sheet = self.sheet()
        if sheet is not None:
            sheet.reject()
        self.compose.save_now()
        self.compose.close_views()
        self._context.settings.change(window_geometry=bytes(self.saveGeometry().toHex().data()).decode())
