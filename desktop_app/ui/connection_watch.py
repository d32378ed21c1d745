"""Whether WeChat answers for the account in use, and the banner that says what to do when it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from desktop_app.errors import AppError, BadCredentials, IpNotAllowed, NetworkError, Refused, SecretNeeded
from desktop_app.job import Job
from desktop_app.store.accounts import Account
from desktop_app.ui.banner import BannerAction
from desktop_app.ui.context import Context
from desktop_app.ui.error_box import words

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow
    from desktop_app.workers.tasks import Task

RETRY_MS = 10_000
WHITELIST_RETRY_MS = 15_000
WHITELIST_RETRY_S = 600.0
"""A new entry in the whitelist works at once, so asking again is right; not for ever."""
ADMIN_SITE = "https://mp.weixin.qq.com/"
PLAIN_OFFLINE = ("net.dns", "net.refused", "net.timeout", "net.reset", "net.cut")
"""A line that is away and may come back by itself. A proxy, a login page or a certificate need a person."""


def open_admin_site() -> None:
    """Show 公众平台 in the browser."""
    QDesktopServices.openUrl(QUrl(ADMIN_SITE))


@dataclass(frozen=True)
class _Answer:
    """What one question brought: nothing wrong, or an error, and (old, new) if this computer's address changed."""

    error: AppError | None = None
    ip_change: tuple[str, str] | None = None


class ConnectionWatch(QObject):
    """Asks WeChat for the tags when an account is chosen, and again by itself while the network is away."""

    settled = Signal(str, str)
    """What the activity bar says, and the token of its light."""
    came_back = Signal()
    """WeChat answers again after it did not: what waited for the line may go on."""

    def __init__(
        self,
        context: Context,
        window: MainWindow,
        *,
        retry_ms: int = RETRY_MS,
        whitelist_retry_ms: int = WHITELIST_RETRY_MS,
    ) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._account: Account | None = None
        self._task: Task | None = None
        self._retry_ms, self._whitelist_retry_ms = retry_ms, whitelist_retry_ms
        self._refused_since: float | None = None
        self._ip_change: tuple[str, str] | None = None
        self._secret_for: int | None = None
        self._said: tuple[str, str, str, str] | None = None
        self._was_away = False
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.timeout.connect(self._ask)
        context.outbox.state_changed.connect(self._look_for_secret)

    def use(self, account: Account) -> None:
        """Watch this account from now on."""
        if self._account is None or self._account.id != account.id:
            self._clear()
            self._refused_since = self._ip_change = None
            self._was_away = False
        self._account = account
        self.ask()

    def ask(self) -> None:
        """One harmless call; its answer decides what the window says."""
        self.settled.emit(self.tr("正在连接…"), "text.disabled")
        self._ask()

    def _ask(self) -> None:
        if self._account is None:
            return
        self._retry.stop()
        if self._task is not None and self._task.running:
            self._task.cancel()
        account_id, profile = self._account.id, self._context.profile

        def ask(job: Job) -> _Answer:
            try:
                profile.audiences.tags(account_id, job, refresh=True)
            except IpNotAllowed as error:
                return _Answer(error, profile.accounts.note_ip(account_id, error.ip))
            except AppError as error:
                return _Answer(error)
            return _Answer()

        self._task = self._context.tasks.start("work", ask, owner=self, on_done=self._show)

    def _show(self, answer: _Answer) -> None:
        error = answer.error
        reached = error is None or _reached_wechat(error)
        came_back, self._was_away = reached and self._was_away, not reached
        if error is None or reached:
            self._reached()
            if came_back:
                self.came_back.emit()
        elif isinstance(error, SecretNeeded):
            self._ask_for_secret()
        elif isinstance(error, NetworkError):
            self._offline(error)
        elif isinstance(error, IpNotAllowed):
            self._ip_change = answer.ip_change or self._ip_change
            self._ip_refused(error)
        else:
            self._refused(error)

    # --- what the window says ---

    def _reached(self) -> None:
        self._refused_since = self._ip_change = None
        self._clear()
        self.settled.emit(self.tr("已连接 {host}").format(host=self._host()), "go")
        self._look_for_secret()

    def _host(self) -> str:
        if self._account is None or self._account.is_sandbox:
            return self.tr("演练服务")
        return urlsplit(self._account.base_url).hostname or ""

    def _offline(self, error: NetworkError) -> None:
        said = words(error)
        plain = error.code in PLAIN_OFFLINE
        self.settled.emit(self.tr("没联网"), "text.disabled")
        text = self.tr("可以继续写稿，联网后自动上传。") if plain else _sentence(said.advice)
        self._say("gray", "offline", f"{said.title}。", text, "", [BannerAction(self.tr("重试"), self.ask)])
        self._retry.start(self._retry_ms)

    def _ip_refused(self, error: IpNotAllowed) -> None:
        """Show the address that WeChat saw, and that it is another one than last time, if so."""
        said = words(error)
        title = self.tr("这台电脑的 IP 不在白名单里。")
        if self._ip_change is not None:
            title = self.tr("这台电脑的 IP 变了，上次是 {old}。").format(old=self._ip_change[0])
        self.settled.emit(self.tr("IP 不在白名单"), "red")
        actions = [
            BannerAction(self.tr("打开公众平台"), open_admin_site),
            BannerAction(self.tr("重试"), self.ask, kind="ghost"),
        ]
        if error.ip:
            actions.insert(0, BannerAction(self.tr("复制 IP"), lambda: self._copy_ip(error.ip), "copy"))
        self._say("red", "close-circle", title, _sentence(said.advice), said.code, actions)
        now = self._context.now()
        if self._refused_since is None:
            self._refused_since = now
        if now - self._refused_since < WHITELIST_RETRY_S:
            self._retry.start(self._whitelist_retry_ms)

    def _refused(self, error: AppError) -> None:
        said = words(error)
        actions = [BannerAction(self.tr("重试"), self.ask, kind="ghost")]
        if isinstance(error, BadCredentials) and self._account is not None:
            account_id = self._account.id
            actions.insert(0, BannerAction(self.tr("更换 AppSecret"), lambda: self._window.ask_secret(account_id)))
        self.settled.emit(self.tr("没有连上"), "red")
        self._say("red", "close-circle", f"{said.title}。", _sentence(said.advice), said.code, actions)

    def _say(
        self, severity: str, icon: str, title: str, text: str, code: str, actions: Sequence[BannerAction]
    ) -> None:
        """Say it once: the same again would make the banner flicker and a screen reader repeat itself."""
        said = (severity, title, text, code)
        if said != self._said:
            self._said = said
            self._window.banner.show_message("connection", severity, icon, title, text, code=code, actions=actions)

    def _clear(self) -> None:
        self._said = None
        self._window.banner.clear("connection")

    def _copy_ip(self, ip: str) -> None:
        QGuiApplication.clipboard().setText(ip)
        self._window.toast(self.tr("已复制 IP {ip}").format(ip=ip), "copy", "plain")

    # --- an AppSecret that has to be typed ---

    def _ask_for_secret(self) -> None:
        assert self._account is not None
        self.settled.emit(self.tr("需要输入 AppSecret"), "amber")
        self._clear()
        self._show_secret(self._account)

    def secret_needed(self, account_id: int) -> None:
        """Sends of an account, perhaps not the one in use, wait for its AppSecret."""

        def find(job: Job) -> Account:
            return self._context.profile.accounts.get(account_id)

        self._context.tasks.start("work", find, owner=self, on_done=self._show_secret)

    def _show_secret(self, account: Account) -> None:
        self._secret_for = account.id
        self._window.banner.show_message(
            "secret",
            "amber",
            "key",
            self.tr("「{name}」需要输入 AppSecret。").format(name=account.name),
            self.tr("这台电脑没有保存它，输入之后才能发送。"),
            actions=[BannerAction(self.tr("输入 AppSecret"), lambda: self._window.ask_secret(account.id))],
        )

    def _look_for_secret(self) -> None:
        """Take the question back once the AppSecret is there."""
        account_id = self._secret_for
        if account_id is None:
            return

        def look(job: Job) -> bool:
            account = self._context.profile.accounts.get(account_id)
            return account.removed_at is not None or self._context.profile.accounts.has_secret(account_id)

        def done(there: bool) -> None:
            if there and self._secret_for == account_id:
                self._secret_for = None
                self._window.banner.clear("secret")

        self._context.tasks.start("work", look, owner=self, on_done=done)


def _reached_wechat(error: AppError) -> bool:
    """Whether WeChat took the token and refused only this call (a missing right, a used up number)."""
    return (
        isinstance(error, Refused) and error.stage == "call" and not isinstance(error, BadCredentials | IpNotAllowed)
    )


def _sentence(advice: str) -> str:
    return advice + "。" if advice and not advice.endswith("。") else advice
