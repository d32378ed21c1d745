"""The review before a send: what it says, what it refuses, and that one confirmation is one send."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QInputMethodEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from desktop_app.job import Job
from desktop_app.services.audience import Choice
from desktop_app.services.composing import recipient_of
from desktop_app.store.accounts import Account
from desktop_app.ui import theme
from desktop_app.ui.hold_button import HoldButton
from desktop_app.ui.send_confirm import typed_number
from desktop_app.ui.send_dialog import SendDialog
from desktop_app.ui.text import TextLabel
from tests.ui.stray_windows import StrayWindows
from tests.window_world import PlainWindow, WindowWorld

TEXT = {"text": "春茶到店 🍵\n周末见"}
EVERYONE = Choice("all", name="全部粉丝", people=48216)


class Ticks:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """One window with a review in it."""

    def __init__(self, world: WindowWorld) -> None:
        self.world = world
        self.window = PlainWindow()
        self.window.show()
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)
        self.ticks = Ticks()
        self.queued: list[int] = []

    def open(
        self,
        content: dict[str, Any] | None = None,
        choice: Choice = EVERYONE,
        kind: str = "text",
        account: Account | None = None,
    ) -> SendDialog:
        dialog = SendDialog(
            self.world.context,
            self.window,
            account or self.world.service,
            kind,
            content or TEXT,
            choice,
            clock=self.ticks,
        )
        dialog.queued.connect(self.queued.append)
        dialog.open()
        self.world.settle()
        return dialog

    def finish_countdown(self, dialog: SendDialog) -> None:
        assert dialog.countdown is not None
        self.ticks.now += 60
        dialog.countdown.clock.tick()
        self.world.settle()

    def rows(self) -> list[Any]:
        return self.world.profile.outbox.page(self.world.service.id)


@pytest.fixture
def world(tmp_path: Path, qapp: QApplication) -> Iterator[WindowWorld]:
    made = WindowWorld(tmp_path / "profile")
    yield made
    made.close()


@pytest.fixture
def desk(world: WindowWorld) -> Iterator[Desk]:
    made = Desk(world)
    yield made
    made.window.close()
    made.window.deleteLater()


def type_number(dialog: SendDialog, text: str = "48216") -> None:
    dialog.footer.field.setFocus()
    dialog.footer.field.clear()
    if text.isascii():
        QTest.keyClicks(dialog.footer.field, text)
        return
    composed = QInputMethodEvent()  # Chinese comes from an input method, not from keys
    composed.setCommitString(text)
    QApplication.sendEvent(dialog.footer.field, composed)


def picture_content(world: WindowWorld, count: int = 1) -> dict[str, Any]:
    composing = world.profile.composing
    files = []
    for i in range(count):
        out = io.BytesIO()
        Image.new("RGB", (64 + i, 48), "navy").save(out, "PNG")
        file = world.profile.media.add_bytes(out.getvalue(), f"{i}.png", "image", Job())
        files.append({"sha256": file.sha256, "name": file.name})
    return {**composing.empty_content("image"), "files": files}


def uploads(world: WindowWorld) -> int:
    return sum("media/upload" in request["path"] for request in world.sandbox.requests())


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("9126", 9126),
        ("9,126", 9126),
        ("9，126", 9126),
        (" 9 126 ", 9126),
        ("９１２６", 9126),
        ("9126.0", None),
        ("", None),
        ("九千", None),
        ("²", 2),
        ("١٢", None),
        ("-9126", None),
    ],
)
def test_numbers_as_people_type_them(typed: str, number: int | None) -> None:
    """Commas, spaces and full-width digits are fine; anything that is not plainly the number is not."""
    assert typed_number(typed) == number


def test_sends_only_after_number_and_countdown(desk: Desk) -> None:
    """The button sleeps until the number is right; nothing is written while it counts; then one row is there."""
    dialog = desk.open()
    assert not dialog.footer.button.isEnabled()
    type_number(dialog, "48,216")
    assert dialog.footer.button.isEnabled()
    QTest.mouseClick(dialog.footer.button, Qt.MouseButton.LeftButton)
    assert dialog.countdown is not None
    assert not dialog.isVisible()
    desk.ticks.now += 9.9
    dialog.countdown.clock.tick()
    desk.world.settle()
    assert desk.rows() == []
    desk.finish_countdown(dialog)
    (row,) = desk.rows()
    assert desk.queued == [row.id]
    assert (row.title, row.people, row.content) == ("春茶到店 🍵", 48216, TEXT)
    assert row.audience["name"] == "全部粉丝"
    assert row.content_hash == desk.world.profile.composing.content_hash("text", TEXT)
    assert row.send_ignore_reprint is None
    assert desk.world.sandbox.sent() == []
    assert desk.window.sheet() is None


def test_fifty_clicks_are_one_send(desk: Desk) -> None:
    """Double clicks, a press every 20 ms and held keys confirm once (promise A10)."""
    dialog = desk.open()
    type_number(dialog)
    button = dialog.footer.button
    for _ in range(25):
        QTest.mouseDClick(button, Qt.MouseButton.LeftButton)
        button.click()
    assert dialog.countdown is not None
    dialog.footer.confirmed.emit()
    desk.ticks.now += 60
    for _ in range(10):
        if dialog.countdown is not None:
            dialog.countdown.clock.tick()
        dialog.footer.button.click()
    desk.world.settle()
    assert len(desk.rows()) == 1
    assert len(desk.queued) == 1


def test_enter_never_sends(desk: Desk) -> None:
    """Enter in the number field, on the button or anywhere else confirms nothing."""
    dialog = desk.open()
    type_number(dialog)
    for widget in (dialog.footer.field, dialog.footer.button, dialog):
        for _ in range(5):
            QTest.keyClick(widget, Qt.Key.Key_Return)
            QTest.keyClick(widget, Qt.Key.Key_Enter)
    assert dialog.countdown is None
    assert not dialog.footer.button.isDefault()
    assert not dialog.footer.button.autoDefault()


def test_a_wrong_number_says_so(desk: Desk) -> None:
    """Once the digits cannot become right any more, the sentence names the number; the button stays asleep."""
    dialog = desk.open()
    type_number(dialog, "482")
    assert "人数不一致" not in dialog.footer.hint.text()
    type_number(dialog, "483")
    assert dialog.footer.hint.text() == "人数不一致，这次要发给 48,216 人"
    type_number(dialog, "482160")
    assert dialog.footer.hint.text() == "人数不一致，这次要发给 48,216 人"
    assert not dialog.footer.button.isEnabled()


def test_pasting_is_refused(desk: Desk) -> None:
    """The number is typed: not by Ctrl V, Shift Insert, the middle button or a menu."""
    dialog = desk.open()
    field = dialog.footer.field
    QGuiApplication.clipboard().setText("48216")
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(field, Qt.Key.Key_Insert, Qt.KeyboardModifier.ShiftModifier)
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        middle = Qt.MouseButton.MiddleButton
        at = QPointF(5, 5)
        QApplication.sendEvent(field, QMouseEvent(kind, at, at, middle, middle, Qt.KeyboardModifier.NoModifier))
    assert field.text() == ""
    assert dialog.footer.hint.text() == "请手动输入，不能粘贴"
    assert field.contextMenuPolicy() == Qt.ContextMenuPolicy.NoContextMenu
    assert not field.acceptDrops()


def test_cancelling_leaves_no_trace(desk: Desk) -> None:
    """After a cancelled countdown the review is back, nothing is stored, and it can be confirmed again."""
    dialog = desk.open()
    type_number(dialog)
    dialog.footer.button.click()
    first = dialog.countdown
    assert first is not None
    QTest.keyClick(first.cancel_button, Qt.Key.Key_Escape)
    desk.world.settle()
    assert dialog.isVisible()
    assert QApplication.focusWidget() is dialog.footer.field
    assert desk.rows() == []
    dialog.footer.button.click()
    desk.finish_countdown(dialog)
    assert len(desk.rows()) == 1


def test_closing_the_window_while_it_counts(desk: Desk) -> None:
    """Closing the app calls the send off."""
    dialog = desk.open()
    type_number(dialog)
    dialog.footer.button.click()
    desk.window.close()
    desk.ticks.now += 60
    desk.world.settle()
    assert desk.rows() == []
    assert desk.queued == []


def test_unknown_number_of_people(desk: Desk) -> None:
    """Where nobody knows how many get it, the account's name is typed, and the review says so."""
    dialog = desk.open(choice=Choice("tag", tag_id=100, name="春茶老客", people=None))
    people = dialog.findChild(TextLabel, "send.people")
    assert people is not None
    assert people.text() == "人数未知"
    assert "人数未知" in dialog.footer.ask.text()
    assert dialog.footer.button.text() == "发送给 春茶老客"
    type_number(dialog, "岚间")
    assert not dialog.footer.button.isEnabled()
    type_number(dialog, "岚间日常")
    assert dialog.footer.hint.text().startswith("账号名不一致")
    type_number(dialog, "岚间茶事")
    assert dialog.footer.button.isEnabled()


def test_everything_is_uploaded_before_the_button_works(desk: Desk) -> None:
    """A picture goes up when the review opens; the confirmed send uses that media_id and uploads no more."""
    content = picture_content(desk.world, 2)
    dialog = desk.open(content, kind="image")
    assert uploads(desk.world) == 2
    type_number(dialog)
    assert dialog.footer.button.isEnabled()
    dialog.footer.button.click()
    desk.finish_countdown(dialog)
    (row,) = desk.rows()
    assert len(row.message["images"]["media_ids"]) == 2
    assert uploads(desk.world) == 2


def test_a_failed_upload_can_be_tried_again(desk: Desk) -> None:
    """Until the upload worked, the right number alone does not wake the button; 重试 mends it."""
    desk.world.sandbox.fault("media/upload:errcode=40004*1")
    dialog = desk.open(picture_content(desk.world), kind="image")
    type_number(dialog)
    assert not dialog.footer.button.isEnabled()
    assert dialog.rows.upload.fix.text() == "重试"
    QTest.mouseClick(dialog.rows.upload.fix, Qt.MouseButton.LeftButton)
    desk.world.settle()
    assert dialog.footer.button.isEnabled()


def test_test_preview_missing_fresh_stale(desk: Desk) -> None:
    """A missing preview takes the first focus and is amber; a fresh one names who got it; an edit makes it stale."""
    dialog = desk.open()
    assert QApplication.focusWidget() is dialog.rows.preview.fix
    assert dialog.rows.preview.text.text() == "还没有发过测试预览"
    dialog.reject()
    openid = desk.world.profile.accounts.client(desk.world.service.id).get_followers().openids[0]
    someone = [recipient_of(openid, "内容组测试微信")]
    desk.world.profile.composing.preview(desk.world.service.id, "text", TEXT, someone, Job())
    dialog = desk.open()
    assert dialog.rows.preview.text.text() == "已发到 1 个测试微信"
    assert QApplication.focusWidget() is dialog.footer.field
    dialog.reject()
    dialog = desk.open({"text": "改过了"})
    assert dialog.rows.preview.text.text() == "预览后改过内容"
    type_number(dialog)
    assert dialog.footer.button.isEnabled()


def test_a_preview_can_be_required(desk: Desk) -> None:
    """With the setting, a missing preview is an obstacle and not only a warning."""
    desk.world.settings.change(preview_required=True)
    dialog = desk.open()
    type_number(dialog)
    assert not dialog.footer.button.isEnabled()
    assert dialog.footer.button.toolTip() == "设置里要求先发预览"


def test_spent_quota_is_said_before_and_after(desk: Desk) -> None:
    """A quota that is gone stops the review with the way to correct it; one that vanishes meanwhile loses nothing."""
    accounts, service = desk.world.profile.accounts, desk.world.service
    accounts.correct_quota(service.id, 0)
    dialog = desk.open()
    type_number(dialog)
    assert not dialog.footer.button.isEnabled()
    assert dialog.rows.problem.text.text() == "本月的次数用完了"
    assert dialog.rows.problem.fix.text() == "更正次数"
    dialog.reject()
    accounts.correct_quota(service.id, 1)
    dialog = desk.open()
    type_number(dialog)
    dialog.footer.button.click()
    accounts.correct_quota(service.id, 0)
    desk.finish_countdown(dialog)
    assert desk.rows() == []
    assert dialog.isVisible()
    assert dialog.rows.problem.fix.text() == "更正次数"
    assert dialog.footer.field.text() == "48216"


def test_a_tag_takes_nothing_from_the_count_of_a_service_account(desk: Desk) -> None:
    """The header's number is for 全部粉丝: a tag send is possible without any left."""
    desk.world.profile.accounts.correct_quota(desk.world.service.id, 0)
    dialog = desk.open(choice=Choice("tag", tag_id=100, name="春茶老客", people=6482))
    type_number(dialog, "6482")
    assert dialog.footer.button.isEnabled()


@pytest.mark.parametrize(
    ("protected", "choice", "told"),
    [(True, EVERYONE, True), (True, Choice("tag", tag_id=2, name="老客", people=9), False), (False, EVERYONE, False)],
)
def test_the_administrator_is_announced(desk: Desk, protected: bool, choice: Choice, told: bool) -> None:
    """With API 群发保护 a send to all waits for the administrator: the row 时间 says so, and only then."""
    desk.world.profile.accounts.update(desk.world.service.id, api_protection=protected)
    dialog = desk.open(choice=choice)
    said = [label.text() for label in dialog.rows.findChildren(QLabel) if label.isVisible()]
    assert ("提交后要等管理员在微信里确认，30 分钟内有效" in said) is told


def test_ten_thousand_and_one_are_two_batches(desk: Desk) -> None:
    """The review names the batches; the ledger has them, none of one person."""
    openids = tuple(f"o{i:027d}" for i in range(10_001))
    dialog = desk.open(choice=Choice("openids", name="名单", openids=openids, people=len(openids)))
    shown = [label.text() for label in dialog.rows.findChildren(TextLabel)]
    assert any("2 批：5,001 + 5,000" in text for text in shown)
    type_number(dialog, "10001")
    dialog.footer.button.click()
    desk.finish_countdown(dialog)
    (row,) = desk.rows()
    assert len(row.batches) == 2
    recent = desk.world.profile.audiences.recent(desk.world.service.id)
    assert recent[0].people == 10_001


def test_rehearsal_shows_no_green(tmp_path: Path, qapp: QApplication) -> None:
    """In the whole review of a rehearsal account and in its countdown no pixel has one of the greens."""
    world = WindowWorld(tmp_path / "profile", rehearsal=True)
    desk = Desk(world)
    openid = world.profile.accounts.client(world.service.id).get_followers().openids[0]
    world.profile.composing.preview(world.service.id, "text", TEXT, [recipient_of(openid)], Job())
    dialog = desk.open()
    type_number(dialog)
    greens = {theme.color(name).rgb() for name in ("go", "go.icon", "go.text", "go.bg", "go.hover", "go.line")}
    assert dialog.footer.button.text() == "演练发送"
    assert dialog.footer.button.isEnabled()
    assert not greens & colours(dialog)
    dialog.footer.button.click()
    assert dialog.countdown is not None
    assert not greens & colours(dialog.countdown)
    dialog.countdown.cancel()
    desk.window.close()
    world.close()


def colours(widget: Any) -> set[int]:
    image = widget.grab().toImage()
    return {
        QColor(image.pixelColor(x, y)).rgb() for y in range(0, image.height()) for x in range(0, image.width(), 2)
    }


def test_a_real_account_has_the_green_button(desk: Desk) -> None:
    """The counterpart: the send button of a real account is the one green thing."""
    dialog = desk.open()
    type_number(dialog)
    assert theme.color("go").rgb() in colours(dialog.footer.button)


def test_holding_instead_of_typing(desk: Desk) -> None:
    """With the setting, two seconds on the button confirm, by mouse or Space; a short press does not."""
    desk.world.settings.change(confirm_by="hold")
    dialog = desk.open()
    button = dialog.footer.button
    assert isinstance(button, HoldButton)
    assert not dialog.footer.field.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert dialog.countdown is None
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    button.set_filled(1.0)
    assert dialog.countdown is not None
    dialog.countdown.cancel()
    assert dialog.footer.button is not button
    assert dialog.footer.button.objectName() == "send.confirm"
    assert dialog.footer.button.isEnabled()


def test_leaving_stops_the_upload_and_sends_nothing(desk: Desk) -> None:
    """Esc goes back to the audience; the draft stays, no row is written."""
    dialog = desk.open()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    desk.world.settle()
    assert desk.window.sheet() is None
    assert desk.rows() == []


def test_edits_after_opening_do_not_change_what_is_sent(desk: Desk) -> None:
    """The review holds its own copy: what was shown is what is sent."""
    content = dict(TEXT)
    dialog = desk.open(content)
    content["text"] = "别的话"
    type_number(dialog)
    dialog.footer.button.click()
    desk.finish_countdown(dialog)
    assert desk.rows()[0].message["text"]["content"] == TEXT["text"]


def test_fits_into_the_smallest_window(desk: Desk) -> None:
    """At 960×640 the footer with the button stays in sight and the body scrolls."""
    desk.window.resize(960, 640)
    dialog = desk.open(picture_content(desk.world, 3), kind="image")
    assert (dialog.width(), dialog.height()) == (920, 600)
    corner = dialog.footer.button.mapTo(dialog, dialog.footer.button.rect().bottomRight())
    assert dialog.rect().contains(corner)


def test_no_piece_opens_a_window_of_its_own(desk: Desk) -> None:
    """Review and countdown are inside the window in every moment."""
    with StrayWindows() as stray:
        dialog = desk.open()
        type_number(dialog)
        dialog.footer.button.click()
        assert dialog.countdown is not None
        dialog.countdown.cancel()
    assert stray.seen == []
