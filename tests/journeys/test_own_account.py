"""An own account (not a rehearsal) in the real window, against a WeChat that stands alone; its count is the judge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from desktop_app.app import App
from desktop_app.paths import resource
from desktop_app.robot import Robot
from desktop_app.sandbox.server import Sandbox
from desktop_app.store.outbox import OutboxRow, State
from desktop_app.ui.history_model import Column

COUNTDOWN_S = 5  # the shortest that the settings allow
JOB_S = 600  # longer than any job of the sandbox takes
RECORDED = {"text": "text", "image": "image", "voice": "voice", "video": "mpvideo"}


class Desk:
    """The app beside a sandbox that it knows by its address only, worked by a robot."""

    def __init__(self, app: App, sandbox: Sandbox) -> None:
        self.app, self.sandbox = app, sandbox
        self.window = app.window
        self.robot = Robot(app.window)
        app.settings.change(countdown_s=COUNTDOWN_S)

    def connect(self) -> None:
        """Type AppID and AppSecret, wait for the check, go in."""
        robot, service = self.robot, self.sandbox.service
        robot.type("connect.app_id", service.app_id)
        robot.type("connect.secret", service.app_secret)
        robot.type("connect.name", "自家茶铺")
        robot.until(lambda: self.check_says("进入群发台"), "the check does not pass")
        robot.click("connect.check")
        robot.until(lambda: self.window.account is not None, "no account")
        robot.get("compose.next", enabled=False)

    def check_says(self, text: str) -> bool:
        """Whether the button of the connect page can be pressed and reads so."""
        found = self.robot.find("connect.check")
        return isinstance(found, QAbstractButton) and found.isEnabled() and found.text() == text

    def write(self, kind: str) -> None:
        """Compose a message of one kind; files are dropped."""
        robot = self.robot
        robot.click("nav.send")
        robot.click(f"compose.tab.{kind}")
        if kind == "text":
            robot.type("compose.text", "春茶到店\n\n周末见 🍵")
        else:
            name = {"image": "cup.png", "voice": "greeting.mp3", "video": "tea-hills.mp4"}[kind]
            robot.drop("compose.drop", [resource(f"samples/{name}")])
        if kind == "video":
            robot.type("compose.video.title", "北坡的早晨")
            robot.type("compose.video.description", "采茶的第七天")
        robot.until(lambda: self.window.compose.kind() == kind, "another form came to the front")
        robot.until(lambda: not self.window.compose.ready_problem(), "the message is not ready")

    def preview(self) -> dict[str, Any]:
        """Send a test to one follower; what arrived."""
        robot, before = self.robot, len(self.sandbox.previews())
        robot.click("compose.preview")
        robot.type("preview.to", self.followers()[0])
        robot.click("preview.send")
        robot.until(lambda: self.window.sheet() is None, "the preview stays open")
        assert len(self.sandbox.previews()) == before + 1
        return self.sandbox.previews()[-1]

    def followers(self) -> tuple[str, ...]:
        """OpenIDs of the account."""
        assert self.window.account is not None
        return tuple(self.app.profile.accounts.client(self.window.account.id).get_followers().openids)

    def review(self, audience: str = "tag") -> None:
        """Choose the audience and open 确认发送."""
        robot = self.robot
        robot.click("compose.next")
        robot.click(f"audience.{audience}")
        if audience == "tag":
            robot.click_row("audience.tags", 1)
        robot.until(lambda: self.window.audience.choice() is not None, "no choice")
        robot.until(lambda: self.window.audience.choice().people, "nobody counted")  # type: ignore[union-attr]
        robot.click("audience.next")
        robot.get("send.number")

    def confirm(self) -> OutboxRow:
        """Type the number, press the button, let the seconds pass; the new row."""
        choice = self.window.audience.choice()
        assert choice is not None
        known = {row.id for row in self.rows()}
        self.robot.type("send.number", str(choice.people))
        self.robot.click("send.confirm")
        self.robot.get("countdown.cancel")
        self.robot.until(lambda: {row.id for row in self.rows()} - known, "nothing was queued")  # type: ignore[arg-type]
        self.robot.until(lambda: self.window.page_name == "history", "群发记录 did not open")
        return self.newest()

    def rows(self) -> list[OutboxRow]:
        """What 群发记录 shows."""
        return list(self.window.history.model.rows())

    def newest(self) -> OutboxRow:
        """The last send."""
        return max(self.rows(), key=lambda row: row.id)

    def until_state(self, state: State) -> OutboxRow:
        """Wait until the newest row of the table is in a state."""
        self.robot.until(lambda: self.newest().state is state, f"it is {self.newest().state}, not {state}")
        return self.newest()

    def succeed(self) -> OutboxRow:
        """Let WeChat's job end and press 刷新状态 until the table says 成功."""
        self.until_state(State.ACCEPTED)
        return self.end_job()

    def end_job(self) -> OutboxRow:
        """Let the time of a job pass and ask until it is over."""
        self.sandbox.advance(JOB_S)

        def shown() -> bool:
            if self.newest().state is not State.SUCCEEDED:
                self.robot.click("history.refresh")
                self.robot.settle(200)
            return self.newest().state is State.SUCCEEDED

        self.robot.until(shown, "the table does not say 成功")
        return self.newest()

    def state_text(self, row: OutboxRow) -> str:
        """The words of the table's column 状态."""
        model = self.window.history.model
        position = model.position(row.id)
        assert position is not None
        return str(model.index(position, Column.STATE).data())

    def says(self, text: str) -> bool:
        """Whether something in sight says this."""
        return any(text in label.text() for label in self.window.findChildren(QLabel) if label.isVisible())

    def is_on(self, name: str) -> bool:
        """Whether a switch in sight is on."""
        found = self.robot.find(name)
        return isinstance(found, QAbstractButton) and found.isChecked()

    def mass_requests(self) -> int:
        """How often a send was asked of WeChat."""
        return sum(
            request["path"].endswith(("/message/mass/send", "/message/mass/sendall"))
            for request in self.sandbox.requests()
        )


@pytest.fixture
def desk(opened: Callable[..., App], sandbox: Sandbox) -> Desk:
    """The app after the form was filled in, with its own account."""
    made = Desk(opened(base_url=sandbox.address), sandbox)
    made.connect()
    return made


def test_each_type_from_drop_to_success(desk: Desk) -> None:
    """Text, picture, voice and video go out to a tag, each once; a preview arrives; the video is deleted."""
    account = desk.window.account
    assert account is not None
    assert (account.app_id, account.is_sandbox) == (desk.sandbox.service.app_id, False)
    assert desk.window.banner.key() != "rehearsal"
    assert desk.app.sandbox is None
    for number, kind in enumerate(RECORDED, 1):
        desk.write(kind)
        if kind == "image":
            arrived = desk.preview()
            assert arrived["payload"]["msgtype"] == "image"
            assert arrived["payload"]["touser"] == desk.followers()[0]
        desk.review()
        desk.confirm()
        row = desk.succeed()
        there = desk.sandbox.sent()
        assert len(there) == number
        assert (there[-1]["kind"], there[-1]["status"]) == (RECORDED[kind], "SEND_SUCCESS")
        assert (there[-1]["msg_id"], there[-1]["people"]) == (row.msg_id, row.people)
        assert (row.kind, desk.state_text(row)) == (kind, "成功")
    assert desk.sandbox.sent()[0]["payload"]["text"]["content"] == "春茶到店\n\n周末见 🍵"
    assert desk.mass_requests() == len(RECORDED)
    desk.robot.click("history.delete")
    desk.robot.click("dialog.1")
    desk.until_state(State.DELETED)
    assert [sent["status"] for sent in desk.sandbox.sent()] == ["SEND_SUCCESS"] * 3 + ["DELETE"]


def test_wechat_says_that_nothing_is_left(desk: Desk) -> None:
    """45028: the row failed and offers 更正剩余次数; the next one is stopped here, and no request leaves."""
    desk.sandbox.switches.set(test_account=True)
    desk.write("text")
    desk.review("all")
    desk.confirm()
    row = desk.until_state(State.FAILED)
    assert row.reason == "wx.45028"
    assert desk.sandbox.sent() == []
    assert desk.mass_requests() == 1
    desk.write("text")
    desk.review("all")
    desk.robot.until(lambda: desk.says("本月的次数用完了"), "the review does not tell")
    people = desk.window.audience.choice()
    assert people is not None
    desk.robot.type("send.number", str(people.people))
    assert not desk.robot.get("send.confirm", enabled=False).isEnabled()
    desk.robot.press(Qt.Key.Key_Escape)
    desk.robot.until(lambda: desk.window.sheet() is None, "the review stays open")
    assert desk.mass_requests() == 1
    assert len(desk.rows()) == 1
    desk.robot.click("nav.history")
    desk.robot.click_row("history.table", 0)
    desk.robot.click("history.quota")
    desk.robot.type("quota.left", "2")
    desk.robot.click("quota.save")
    account = desk.window.account
    assert account is not None
    desk.robot.until(lambda: desk.app.profile.accounts.quota(account.id).left == 2, "nothing was corrected")


def test_sends_that_the_administrator_has_to_confirm(desk: Desk) -> None:
    """89504 teaches that the account is protected; the next review says so, waits, and goes on when he confirmed."""
    desk.sandbox.switches.set(protection="89504-none")
    desk.write("text")
    desk.review("all")
    desk.confirm()
    first = desk.until_state(State.WAITING_ADMIN)
    assert desk.state_text(first) == "待管理员确认"
    assert desk.sandbox.sent() == []
    robot, account = desk.robot, desk.window.account
    assert account is not None
    robot.click("nav.settings")
    robot.until(lambda: desk.is_on(f"settings.protection.{account.app_id}"), "设置 does not know of the protection")
    desk.sandbox.switches.set(protection="pending")
    desk.write("text")
    desk.review("all")
    robot.until(lambda: desk.says("提交后要等管理员在微信里确认，30 分钟内有效"), "the review does not say it")
    desk.confirm()
    second = desk.until_state(State.WAITING_ADMIN)
    assert second.msg_id is not None
    desk.robot.until(lambda: desk.says("等管理员在微信里确认，剩 30 分钟"), "the drawer does not tell")
    [sent] = desk.sandbox.sent()
    assert (sent["msg_id"], sent["waits_for_admin"]) == (second.msg_id, True)
    desk.sandbox.answer_admin(second.msg_id, "confirm")
    desk.end_job()
    assert [sent["status"] for sent in desk.sandbox.sent()] == ["SEND_SUCCESS"]
    assert desk.mass_requests() == 2


def test_another_accounts_secret_is_changed_from_the_settings(desk: Desk) -> None:
    """更换 AppSecret of the account that is not in use: 设置 again, the same account in use, the new secret kept."""
    robot, window, accounts = desk.robot, desk.window, desk.app.profile.accounts
    in_use, other = window.account, desk.sandbox.subscription
    assert in_use is not None
    second = accounts.add(
        other.app_id, "0" * 32, name="第二个号", kind="subscription", base_url=desk.sandbox.address, proxy="direct"
    )
    robot.click("nav.settings")
    window.settings.refresh()
    for step in ("connect.back", "connect.check"):
        robot.click(f"settings.more.{other.app_id}")
        menu = QApplication.activePopupWidget()
        assert menu is not None
        change = menu.findChild(QAction, f"settings.secret.{other.app_id}")
        menu.close()
        change.trigger()
        robot.get("connect.secret")
        if step == "connect.check":
            robot.type("connect.secret", other.app_secret)
            robot.until(lambda: desk.check_says("保存并回到群发台"), "the check does not pass")
        robot.click(step)
        robot.until(lambda: robot.find("nav.settings") is not None, "the frame does not come back")
        assert window.page_name == "settings"
    robot.until(lambda: not desk.app.tasks.running("work"), "it does not come to rest")
    robot.settle()
    assert window.page_name == "settings"
    assert window.account == in_use
    assert accounts.current() == in_use
    assert accounts.client(second.id).get_tags()
