"""Whether WeChat answers for the account in use, and the banner that says what to do when it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from desktop_app.errors import AppError, IpNotAllowed, NetworkError, SecretNeeded
from desktop_app.job import Job
from desktop_app.services.audience import TagList
from desktop_app.store.accounts import Account
from desktop_app.ui.context import Context
from desktop_app.ui.error_box import words

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow
    from desktop_app.workers.tasks import Task

RETRY_MS = 10_000
ADMIN_SITE = "https://mp.weixin.qq.com/"


def open_admin_site() -> None:
    """Show 公众平台 in the browser."""
    QDesktopServices.openUrl(QUrl(ADMIN_SITE))


class ConnectionWatch(QObject):
    """Asks WeChat for the tags when an account is chosen, and every 10 s while the network is away."""

    settled = Signal(str, str)
    """What the activity bar says, and the token of its light."""

    def __init__(self, context: Context, window: MainWindow) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._account: Account | None = None
        self._task: Task | None = None
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(RETRY_MS)
        self._retry.timeout.connect(self.ask)

    def use(self, account: Account) -> None:
        """Watch this account from now on."""
        self._account = account
        self._window.banner.clear("connection")
        self.ask()

    def ask(self) -> None:
        """One harmless call; its answer decides what the window says."""
        if self._account is None:
            return
        if self._task is not None and self._task.running:
            self._task.cancel()
        account_id = self._account.id
        self.settled.emit(self.tr("正在连接…"), "text.disabled")

        def ask(job: Job) -> TagList:
            return self._context.profile.audiences.tags(account_id, job, refresh=True)

        self._task = self._context.tasks.start(
            "work", ask, owner=self, on_done=lambda _: self._reached(), on_error=self._failed
        )

    def secret_needed(self, account_id: int) -> None:
        """Sends of an account wait for its AppSecret."""
        self._failed(SecretNeeded(account_id))

    def _reached(self) -> None:
        self._retry.stop()
        self._window.banner.clear("connection")
        self.settled.emit(self.tr("已连接 {host}").format(host=self._host()), "go")

    def _host(self) -> str:
        if self._account is None or self._account.is_sandbox:
            return self.tr("演练服务")
        return urlsplit(self._account.base_url).hostname or ""

    def _failed(self, error: AppError) -> None:
        if self._account is None:
            return
        said = words(error)
        banner = self._window.banner
        retry = (self.tr("重试"), self.ask)
        if isinstance(error, SecretNeeded):
            account_id = error.account_id
            self.settled.emit(self.tr("需要输入 AppSecret"), "amber")
            banner.show_message(
                "connection",
                "amber",
                "key",
                said.title,
                said.advice,
                actions=[(self.tr("输入 AppSecret"), lambda: self._window.ask_secret(account_id))],
            )
        elif isinstance(error, NetworkError):
            self.settled.emit(self.tr("没联网"), "text.disabled")
            banner.show_message("connection", "gray", "offline", said.title, said.advice, actions=[retry])
            self._retry.start()
        elif isinstance(error, IpNotAllowed):
            self._ip_refused(error)
        else:
            self.settled.emit(self.tr("没有连上"), "red")
            banner.show_message(
                "connection", "red", "close-circle", said.title, said.advice, code=said.code, actions=[retry]
            )

    def _ip_refused(self, error: IpNotAllowed) -> None:
        """Show the address that WeChat saw, and that it is another one than last time, if so."""
        assert self._account is not None
        said = words(error)
        changed = self._context.profile.accounts.note_ip(self._account.id, error.ip)
        advice = said.advice
        if changed is not None:
            advice = (
                self.tr("这台电脑的 IP 变了：上次是 {old}，现在是 {new}。").format(old=changed[0], new=changed[1])
                + advice
            )
        self.settled.emit(self.tr("IP 不在白名单"), "red")
        self._window.banner.show_message(
            "connection",
            "red",
            "close-circle",
            said.title,
            advice,
            code=said.code,
            actions=[
                (self.tr("复制 IP"), lambda: self._copy_ip(error.ip)),
                (self.tr("打开公众平台"), open_admin_site),
                (self.tr("重试"), self.ask),
            ],
        )

    def _copy_ip(self, ip: str) -> None:
        QGuiApplication.clipboard().setText(ip)
        self._window.toast(self.tr("已复制 IP {ip}").format(ip=ip), "copy", "plain")
