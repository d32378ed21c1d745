"""AccountDesk: which account is in use; how one is connected, gets its AppSecret again and its quota corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.job import Job
from desktop_app.services.account import Quota
from desktop_app.store.accounts import Account
from desktop_app.ui.connect_page import ConnectPage
from desktop_app.ui.context import Context
from desktop_app.ui.error_box import show_error
from desktop_app.ui.frame import Frame
from desktop_app.ui.quota_dialog import QuotaDialog

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow


class AccountDesk(QObject):
    """Works the account switcher, the page that connects and the banner of the rehearsal."""

    shown = Signal(object)
    """The account whose things are to be shown everywhere; also once more when something about it has changed."""

    def __init__(self, context: Context, window: MainWindow, frame: Frame, connect_page: ConnectPage) -> None:
        super().__init__(window)
        self._context, self._window, self._frame, self._connect_page = context, window, frame, connect_page
        self._account: Account | None = None
        switcher = frame.top.switcher
        switcher.chosen.connect(self.use)
        switcher.connect_wanted.connect(frame.show_connect)
        switcher.quota_wanted.connect(self.correct_quota)
        connect_page.connected.connect(self.use)
        connect_page.secret_changed.connect(self._secret_changed)
        connect_page.rehearse_wanted.connect(self._rehearse)
        connect_page.left.connect(self._leave_connect)

    @property
    def account(self) -> Account | None:
        """The account in use."""
        return self._account

    # --- which one ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Show the account that was used last; without one, the page that connects."""
        accounts = self._context.profile.accounts
        account = accounts.current()
        if account is None:
            self._frame.show_connect()
        else:
            self._show(account, accounts.list())
            self._frame.show_page("send")

    def use(self, account_id: int) -> None:
        """Make an account the current one and show its things everywhere."""
        accounts = self._context.profile.accounts

        def choose(job: Job) -> tuple[Account, list[Account]]:
            accounts.set_current(account_id)
            return accounts.get(account_id), accounts.list()

        self._context.tasks.start("work", choose, owner=self, on_done=lambda found: self._show(*found))

    def reload(self) -> None:
        """Accounts came, went or changed."""

        def ask(job: Job) -> Account | None:
            return self._context.profile.accounts.current()

        def show(current: Account | None) -> None:
            if current is None:
                self._account = None
                self._frame.show_connect()
            else:
                self.use(current.id)

        self._context.tasks.start("work", ask, owner=self, on_done=show)

    def _show(self, account: Account, all_accounts: list[Account]) -> None:
        changed = self._account is None or self._account.id != account.id
        self._account = account
        self._frame.top.switcher.show_account(account, all_accounts)
        self.shown.emit(account)
        self._show_rehearsal(account)
        self.refresh_quota()
        if not self._frame.shows_pages or (changed and self._frame.page_name == "audience"):
            self._frame.show_page("send")

    def _show_rehearsal(self, account: Account) -> None:
        if account.is_sandbox:
            self._frame.banner.show_message(
                "rehearsal",
                "amber",
                "rehearsal",
                self.tr("正在用演练账号。"),
                self.tr("所有发送都在本机模拟，不会到任何粉丝手里。"),
            )
        else:
            self._frame.banner.clear("rehearsal")

    # --- connecting ---------------------------------------------------------------------------------------------

    def ask_secret(self, account_id: int) -> None:
        """Show the page that connects, for an account whose AppSecret has to be typed."""

        def find(job: Job) -> Account:
            return self._context.profile.accounts.get(account_id)

        def show(account: Account) -> None:
            self._connect_page.ask_secret(account)
            self._frame.show_connect()

        self._context.tasks.start("work", find, owner=self, on_done=show)

    def _leave_connect(self) -> None:
        if self._account is not None:
            self._frame.go_back()

    def _secret_changed(self) -> None:
        """Back to where the person was; the account in use stays, and what waited for the secret goes on."""
        self._leave_connect()
        self.reload()
        self._context.outbox.wake()

    def _rehearse(self) -> None:
        self._context.tasks.start(
            "work",
            lambda job: self._context.start_rehearsal(),
            owner=self,
            on_done=lambda account: self.use(account.id),
            on_error=lambda error: show_error(self._window, error),
        )

    # --- quota --------------------------------------------------------------------------------------------------

    def refresh_quota(self) -> None:
        """Ask anew how many sends are left."""
        if self._account is None:
            return
        account_id = self._account.id

        def ask(job: Job) -> Quota:
            return self._context.profile.accounts.quota(account_id)

        self._context.tasks.start("work", ask, owner=self, on_done=self._frame.top.switcher.show_quota)

    def correct_quota(self) -> None:
        """Let the person say how many sends are left: the website's are not known here."""
        if self._account is not None:
            dialog = QuotaDialog(self._context, self._window, self._account)
            dialog.corrected.connect(self.refresh_quota)
            dialog.open()
