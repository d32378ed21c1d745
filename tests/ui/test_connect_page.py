"""The connect page: what is checked when, what a refused IP offers, and what is kept in the end."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from desktop_app.ui.connect_form import tidy
from desktop_app.ui.connect_page import ConnectPage
from desktop_app.ui.context import Context
from tests.ui.stray_windows import StrayWindows
from tests.window_world import PlainWindow, WindowWorld


class Ticks:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """A connect page whose calls go to the sandbox."""

    def __init__(self, world: WindowWorld) -> None:
        self.world = world
        self.ticks = Ticks()
        context = Context(
            world.profile,
            world.tasks,
            world.transfers,
            world.worker,
            world.settings,
            world.context.start_rehearsal,
            base_url=world.sandbox.address,
            now=world.clock,
        )
        self.page = ConnectPage(context, clock=self.ticks)
        self.window = PlainWindow()
        self.page.setParent(self.window)
        self.page.resize(1280, 800)
        self.window.show()
        self.page.show()
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)
        self.connected: list[int] = []
        self.page.connected.connect(self.connected.append)
        self.changed: list[int] = []
        self.page.secret_changed.connect(self.changed.append)

    def fill(self, app_id: str = "", secret: str = "") -> None:
        fields = self.page.fields
        fields.app_id.setText(app_id or self.app_id)
        fields.secret.setText(secret or self.secret)
        self.world.until(lambda: not self.page._soon.isActive())
        self.world.settle()

    @property
    def app_id(self) -> str:
        return self.world.sandbox.service.app_id

    @property
    def secret(self) -> str:
        return self.world.sandbox.service.app_secret

    def states(self) -> dict[str, str]:
        return {key: row.state for key, row in self.page.view.rows.items()}

    def press(self, name: str) -> None:
        found = self.page.findChild(QPushButton, name)
        assert found is not None, name
        QTest.mouseClick(found, Qt.MouseButton.LeftButton)
        self.world.settle()

    def button(self, name: str) -> QPushButton:
        found = self.page.findChild(QPushButton, name)
        assert found is not None, name
        return found

    def tokens_asked(self) -> int:
        return sum("token" in request["path"] for request in self.world.sandbox.requests())


@pytest.fixture
def world(tmp_path: Path, qapp: QApplication) -> Iterator[WindowWorld]:
    made = WindowWorld(tmp_path / "profile")
    made.profile.accounts.remove(made.service.id)
    made.profile.accounts.remove(made.subscription.id)
    yield made
    made.close()


@pytest.fixture
def desk(world: WindowWorld) -> Iterator[Desk]:
    made = Desk(world)
    yield made
    made.window.close()
    made.window.deleteLater()


def test_nothing_is_asked_before_both_fields_have_the_right_form(desk: Desk) -> None:
    """A half typed AppID or secret makes no request; then the check starts by itself."""
    fields = desk.page.fields
    fields.app_id.setText(desk.app_id)
    fields.secret.setText(desk.secret[:-1])
    assert not desk.page._soon.isActive()
    assert desk.button("connect.later").isEnabled() is False
    fields.secret.setText(desk.secret)
    assert desk.page._soon.isActive()
    desk.world.until(lambda: not desk.page._soon.isActive())
    desk.world.settle()
    assert desk.states()["token"] == "ok"


def test_all_passed_then_saved(desk: Desk) -> None:
    """The rows go green in WeChat's order, the button changes its word, and pressing it keeps the account."""
    desk.page.fields.name.setText("岚间茶事")
    desk.fill(f"  {desk.app_id}\n", f" {desk.secret} ")
    states = desk.states()
    assert list(states) == ["network", "format", "whitelist", "token", "rights", "quota"]
    assert set(states.values()) <= {"ok", "warning"}
    assert desk.button("connect.check").text() == "进入群发台"
    assert desk.page.view.head.isVisible()
    desk.press("connect.check")
    (account,) = desk.world.profile.accounts.list()
    assert desk.connected == [account.id]
    assert (account.app_id, account.name, account.kind) == (desk.app_id, "岚间茶事", "service")
    assert account.base_url == desk.world.sandbox.address
    assert desk.world.profile.accounts.has_secret(account.id)
    assert desk.page.fields.secret.text() == ""


def test_a_name_is_not_compulsory(desk: Desk) -> None:
    """Without a name the end of the AppID tells accounts apart; the chosen kind is kept."""
    desk.page.fields.kind.set_current("subscription")
    account = desk.world.sandbox.subscription
    desk.fill(account.app_id, account.app_secret)
    desk.press("connect.check")
    (saved,) = desk.world.profile.accounts.list()
    assert saved.name == f"公众号 {account.app_id[-4:]}"
    assert saved.kind == "subscription"


def refuse_ip(desk: Desk, times: int) -> None:
    message = "invalid ip 203.0.113.86 ipv6 ::ffff:203.0.113.86, not in whitelist rid: 65-1"
    body = f'{{"errcode":40164,"errmsg":"{message}"}}'
    fault = {"path": "token", "kind": "reply", "status": 200, "body": body, "count": times}
    desk.world.sandbox.fault([fault])


def test_a_refused_ip_shows_its_card(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that WeChat saw, a copy of it, a text for a colleague, both sites; the later rows wait."""
    refuse_ip(desk, 1)
    desk.page.fields.name.setText("岚间茶事")
    desk.fill()
    assert desk.states()["whitelist"] == "failed"
    assert desk.states()["token"] == "waiting"
    shown = desk.page.findChild(QLabel, "connect.ip")
    assert shown is not None
    assert shown.text() == "203.0.113.86"
    clipboard = QGuiApplication.clipboard()
    desk.press("connect.copy_ip")
    assert clipboard.text() == "203.0.113.86"
    desk.press("connect.copy_help")
    for part in ("203.0.113.86", "微信开发者平台", "微信公众平台", "0.0.0.0/0", "岚间茶事", desk.app_id):
        assert part in clipboard.text()
    assert desk.secret not in clipboard.text()
    assert len(desk.window.toasts) == 2
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(QUrl(url).host()))
    desk.press("connect.open_site")
    desk.press("connect.open_platform")
    assert opened == ["mp.weixin.qq.com", "developers.weixin.qq.com"]


def test_a_refused_ip_is_tried_again_by_itself(desk: Desk) -> None:
    """Every 15 s with the seconds in sight; the new whitelist entry ends it, and the refused IP is named."""
    refuse_ip(desk, 2)
    desk.fill()
    corner = desk.page.view._corner
    assert corner.text() == "15 秒后自动重试"
    desk.ticks.now += 3
    desk.page.retry.clock.tick()
    assert corner.text() == "12 秒后自动重试"
    assert desk.tokens_asked() == 1
    for _ in range(2):
        desk.ticks.now += 15
        desk.page.retry.clock.tick()
        desk.world.settle()
    assert desk.tokens_asked() == 3
    assert desk.states()["token"] == "ok"
    assert desk.page.view.rows["whitelist"].detail.text() == "203.0.113.86 已在白名单"
    assert not desk.page.retry.running


def test_a_wrong_secret_is_not_repeated(desk: Desk) -> None:
    """Asking again with a wrong secret makes it worse: one question, then only by hand or after an edit."""
    desk.fill(secret=secrets.token_hex(16))
    assert desk.states()["token"] == "failed"
    assert not desk.page.retry.running
    asked = desk.tokens_asked()
    desk.ticks.now += 600
    desk.page.retry.clock.tick()
    desk.world.settle()
    assert desk.tokens_asked() == asked
    desk.fill()
    assert desk.states()["token"] == "ok"


def test_no_network_is_repeated_for_ten_minutes(desk: Desk) -> None:
    """Behind a network's login page the check comes back every 15 s, but not for ever."""
    desk.world.sandbox.fault("*:portal")
    desk.fill()
    assert desk.states()["network"] == "failed"
    assert desk.page.retry.running
    tries = 0
    while desk.page.retry.running:
        desk.ticks.now += 60
        desk.page.retry.clock.tick()
        desk.world.settle()
        tries += 1
    assert tries == 10
    assert desk.page.view._corner.text() == "已停止自动重试"


def test_editing_stops_the_repeats(desk: Desk) -> None:
    """A changed field throws away what the last check said."""
    refuse_ip(desk, 1)
    desk.fill()
    desk.page.fields.secret.setText("0" * 31)
    assert not desk.page.retry.running
    assert set(desk.states().values()) == {"waiting"}
    assert desk.button("connect.check").text() == "检查"


def test_saved_without_a_check(desk: Desk) -> None:
    """先保存，稍后再连 keeps the account although WeChat does not let it in yet."""
    refuse_ip(desk, 50)
    desk.fill()
    desk.press("connect.later")
    assert len(desk.connected) == 1
    assert not desk.page.retry.running


def test_wrong_forms_are_named_below_their_fields(desk: Desk) -> None:
    """Pressing 检查 with nothing right says what each field wants and asks nobody."""
    desk.page.fields.app_id.setText("gh_123")
    desk.press("connect.check")
    assert desk.page.fields._app_id_row.reason.text().startswith("AppID 是 wx 开头")
    assert desk.page.fields._secret_row.reason.text().startswith("AppSecret 是 32 位")
    assert desk.tokens_asked() == 0


def test_the_secret_is_dots_until_asked(desk: Desk) -> None:
    """The eye shows and hides it; a saved one is never shown again."""
    fields = desk.page.fields
    fields.secret.setText(desk.secret)
    assert fields.secret.displayText() != desk.secret
    QTest.mouseClick(fields.secret.eye, Qt.MouseButton.LeftButton)
    assert fields.secret.displayText() == desk.secret
    desk.page.start_new()
    assert fields.secret.text() == ""
    assert not fields.secret.eye.isChecked()


def test_the_secret_of_a_known_account_is_asked_again(desk: Desk) -> None:
    """Its AppID cannot be changed, its name stays, and the new secret is kept."""
    accounts = desk.world.profile.accounts
    known = accounts.add(
        desk.app_id, "0" * 32, name="岚间茶事", kind="service", base_url=desk.world.sandbox.address, proxy="direct"
    )
    desk.page.ask_secret(known)
    assert desk.page.fields.app_id.isReadOnly()
    assert not desk.page._rehearsal.isVisible()
    desk.page.fields.secret.setText(desk.secret)
    desk.world.until(lambda: not desk.page._soon.isActive())
    desk.world.settle()
    assert desk.button("connect.check").text() == "保存并回到群发台"
    desk.press("connect.check")
    assert (desk.connected, desk.changed) == ([], [known.id])
    assert accounts.client(known.id).get_tags()
    assert len(accounts.list()) == 1


def test_an_account_that_is_there_already(desk: Desk) -> None:
    """The same AppID twice is refused in words; nothing is lost."""
    desk.world.profile.accounts.add(desk.app_id, desk.secret, name="茶", kind="service")
    desk.fill()
    desk.press("connect.check")
    sheet = desk.window.sheet()
    assert sheet is not None
    assert "已经连接过" in sheet.windowTitle()
    assert desk.connected == []


def test_rehearsal_is_one_click(desk: Desk) -> None:
    """No form: the page says what the person wants, the window does it."""
    wanted: list[int] = []
    desk.page.rehearse_wanted.connect(lambda: wanted.append(1))
    desk.press("connect.rehearse")
    assert wanted == [1]


def test_only_the_given_address_is_offered(desk: Desk) -> None:
    """With --base-url there is one place that calls can go to; without it WeChat's own five."""
    assert desk.page.fields.domain.count() == 1
    assert desk.page.fields.form().base_url == desk.world.sandbox.address
    plain = ConnectPage(desk.world.context)
    assert plain.fields.domain.count() == 5
    assert plain.fields.form().base_url == "https://api.weixin.qq.com"
    plain.deleteLater()


def test_own_proxy(desk: Desk) -> None:
    """自定义 opens a field for the address, which has to look like one."""
    fields = desk.page.fields
    fields.proxy.set_value("custom")
    assert fields.proxy_address.isVisible()
    fields.app_id.setText(desk.app_id)
    fields.secret.setText(desk.secret)
    fields.proxy_address.setText("proxy")
    assert fields.problems()
    fields.proxy_address.setText("http://127.0.0.1:9")
    assert not fields.problems()
    assert fields.form().proxy == "http://127.0.0.1:9"


def test_pasted_values_are_tidied() -> None:
    """Line ends, full-width spaces and invisible marks that come along with a copy are dropped."""
    assert tidy("\ufeff wx12\u200b34\u3000\n") == "wx1234"


def test_where_to_find_it_names_both_places(desk: Desk) -> None:
    """在哪里找 opens and closes the answer."""
    box = desk.page.fields._help
    desk.press("connect.where")
    assert box.isVisible()
    text = " ".join(label.text() for label in box.findChildren(QLabel))
    assert "微信开发者平台" in text
    assert "基本配置" in text
    desk.press("connect.where")
    assert not box.isVisible()


def test_no_piece_opens_a_window_of_its_own(world: WindowWorld) -> None:
    """Building the page shows nothing outside of it."""
    with StrayWindows() as stray:
        page = ConnectPage(world.context)
    assert stray.seen == []
    page.deleteLater()
