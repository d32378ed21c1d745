"""The banner and the light of the activity bar follow what WeChat answers. Only the timers are short."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from desktop_app.ui.connection_watch import WHITELIST_RETRY_S, ConnectionWatch
from desktop_app.wechat import Audience
from tests.window_world import PlainWindow, WindowWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[WindowWorld]:
    """A profile in front of a fresh sandbox."""
    world = WindowWorld(tmp_path / "profile")
    yield world
    world.close()


class Watched:
    """A window with a watch whose retries come at once."""

    def __init__(self, world: WindowWorld, retry_ms: int = 20) -> None:
        self.world = world
        self.window = PlainWindow()
        self.watch = ConnectionWatch(
            world.context,
            self.window,  # type: ignore[arg-type]
            retry_ms=retry_ms,
            whitelist_retry_ms=retry_ms,
        )
        self.said: list[tuple[str, str]] = []
        self.watch.settled.connect(lambda text, token: self.said.append((text, token)))
        self.window.show()

    def use(self) -> None:
        """Watch the 服务号, and wait for the first answer."""
        self.watch.use(self.world.profile.accounts.get(self.world.service.id))
        self.world.until(lambda: self.said and self.said[-1][0] != "正在连接…")
        self.world.settle()

    @property
    def banner(self) -> str:
        return self.window.banner.accessibleName() if self.window.banner.isVisible() else ""

    def buttons(self) -> list[str]:
        """The words on the banner's buttons."""
        return [b.text() for b in self.window.banner.findChildren(QPushButton) if b.isVisible()]

    def press(self, text: str) -> None:
        """Press a button of the banner."""
        next(b for b in self.window.banner.findChildren(QPushButton) if b.text() == text and b.isVisible()).click()


def closed_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_reached(world: WindowWorld) -> None:
    """While WeChat answers there is no banner, and the light is green beside the word."""
    watched = Watched(world)
    watched.use()
    assert watched.banner == ""
    assert watched.said == [("正在连接…", "text.disabled"), ("已连接 127.0.0.1", "go")]


def test_offline_and_back(world: WindowWorld) -> None:
    """Offline is said once, calmly; the watch asks again by itself without flicker and takes the banner away."""
    accounts = world.profile.accounts
    accounts.update(world.service.id, base_url=f"http://127.0.0.1:{closed_port()}")
    watched = Watched(world)
    watched.use()
    assert watched.banner == "连不上微信。 可以继续写稿，联网后自动上传。"
    assert watched.buttons() == ["重试"]
    world.until(lambda: watched.said.count(("没联网", "text.disabled")) > 1)
    assert watched.said.count(("正在连接…", "text.disabled")) == 1
    accounts.update(world.service.id, base_url=world.sandbox.address)
    world.until(lambda: not watched.banner)
    assert watched.said[-1] == ("已连接 127.0.0.1", "go")


def test_ten_seconds_between_two_questions(world: WindowWorld) -> None:
    """In the app the retry comes after 10 s, and is stopped by an answer."""
    world.profile.accounts.update(world.service.id, base_url=f"http://127.0.0.1:{closed_port()}")
    watched = Watched(world, retry_ms=10_000)
    watched.use()
    assert watched.watch._retry.isActive()
    assert watched.watch._retry.interval() == 10_000
    world.profile.accounts.update(world.service.id, base_url=world.sandbox.address)
    watched.press("重试")
    world.until(lambda: not watched.banner)
    assert not watched.watch._retry.isActive()


def test_a_login_page_says_what_to_do(world: WindowWorld) -> None:
    """A network that wants a login first is not called offline."""
    world.sandbox.fault("*:portal")
    watched = Watched(world, retry_ms=60_000)
    watched.use()
    assert watched.banner.startswith("网络要先登录。 ")
    assert "在浏览器里登录" in watched.banner


def test_ip_not_on_the_whitelist(world: WindowWorld) -> None:
    """The address that WeChat saw stands in the banner and can be copied; once it was added, the banner goes."""
    world.sandbox.switches.set(blocked_ip="203.0.113.86")
    watched = Watched(world)
    watched.use()
    assert watched.banner == (
        "这台电脑的 IP 不在白名单里。 把 203.0.113.86 加到微信开发者平台（或公众平台）的 IP 白名单，"
        "加好就生效。 40164"
    )
    assert watched.buttons() == ["复制 IP", "打开公众平台", "重试"]
    watched.press("复制 IP")
    assert QGuiApplication.clipboard().text() == "203.0.113.86"
    assert watched.window.toasts == ["已复制 IP 203.0.113.86"]
    world.sandbox.switches.set(blocked_ip="")
    world.until(lambda: not watched.banner)


def test_ip_has_changed(world: WindowWorld) -> None:
    """Another address than last time is said as such, and stays said while it is asked again."""
    world.profile.accounts.note_ip(world.service.id, "203.0.113.7")
    world.sandbox.switches.set(blocked_ip="203.0.113.86")
    watched = Watched(world)
    watched.use()
    for _ in range(2):
        assert watched.banner.startswith("这台电脑的 IP 变了，上次是 203.0.113.7。 把 203.0.113.86 加到")
        asked = watched.said.count(("IP 不在白名单", "red"))
        world.until(lambda n=asked: watched.said.count(("IP 不在白名单", "red")) > n)
    assert world.profile.accounts.get(world.service.id).last_ip == "203.0.113.86"


def test_the_whitelist_is_not_asked_for_ever(world: WindowWorld) -> None:
    """After 10 minutes only the button asks again."""
    world.sandbox.switches.set(blocked_ip="203.0.113.86")
    watched = Watched(world)
    watched.use()
    world.clock.advance(WHITELIST_RETRY_S)
    world.until(lambda: not watched.watch._retry.isActive() and not world.tasks.running())
    world.sandbox.forget_requests()
    world.settle()
    assert world.sandbox.requests() == []


def test_refused_credentials(world: WindowWorld) -> None:
    """A wrong AppSecret has a button to change it, and is never tried again by itself."""
    world.profile.accounts.change_secret(world.service.id, "f" * 32)
    watched = Watched(world)
    watched.use()
    assert watched.said[-1] == ("没有连上", "red")
    assert watched.buttons() == ["更换 AppSecret", "重试"]
    assert not watched.watch._retry.isActive()
    watched.press("更换 AppSecret")
    assert watched.window.secrets_asked == [world.service.id]


def test_a_missing_right_is_no_lost_connection(world: WindowWorld) -> None:
    """WeChat took the token and refused only this call: the line is fine."""
    world.sandbox.fault("tags/get:errcode=48001")
    watched = Watched(world)
    watched.use()
    assert watched.banner == ""
    assert watched.said[-1] == ("已连接 127.0.0.1", "go")


def test_missing_secret(world: WindowWorld) -> None:
    """The banner names the account, asks for its AppSecret, and goes once it was typed."""
    world.profile.secrets.forget(world.service.app_id)
    watched = Watched(world)
    watched.use()
    assert watched.banner == "「岚间茶事」需要输入 AppSecret。 这台电脑没有保存它，输入之后才能发送。"
    watched.press("输入 AppSecret")
    assert watched.window.secrets_asked == [world.service.id]
    world.profile.accounts.type_secret(world.service.id, world.sandbox.service.app_secret)
    watched.use()
    assert watched.banner == ""


def test_secret_of_another_account(world: WindowWorld) -> None:
    """Sends of an account that is not in use wait for their AppSecret: the worker says so, the banner names it."""
    watched = Watched(world)
    watched.use()
    world.worker.secret_needed.connect(watched.watch.secret_needed)
    message = {"msgtype": "text", "text": {"content": "等着的一条"}}
    world.profile.sending.queue(message, Audience.everyone(), account_id=world.subscription.id)
    world.profile.secrets.forget(world.subscription.app_id)
    world.worker.start()
    world.until(lambda: watched.banner.startswith("「岚间日常」需要输入 AppSecret。"))
    world.profile.accounts.type_secret(world.subscription.id, world.sandbox.subscription.app_secret)
    world.worker.wake()
    world.until(lambda: not watched.banner)


def test_another_account_takes_the_old_banner_away(world: WindowWorld) -> None:
    """What was wrong with one account is not said of the next."""
    world.profile.accounts.change_secret(world.service.id, "f" * 32)
    watched = Watched(world)
    watched.use()
    assert watched.banner
    watched.watch.use(world.subscription)
    assert watched.banner == ""
    world.until(lambda: watched.said[-1] == ("已连接 127.0.0.1", "go"))
