"""发预览: to whom, who got it, and why somebody did not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.errors import NetworkError, Refused
from desktop_app.services.composing import PreviewResult
from desktop_app.ui.preview_dialog import PreviewDialog, preview_problem
from tests.window_world import PlainWindow, WindowWorld

STRANGER = "o" + "A" * 27
TEXT = {"text": "春茶上新"}


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[WindowWorld]:
    made = WindowWorld(tmp_path)
    made.profile.accounts.client(made.service.id).get_tags()
    yield made
    made.close()


@pytest.fixture
def window(world: WindowWorld, qtbot: QtBot) -> Iterator[PlainWindow]:
    made = PlainWindow()
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def opened(world: WindowWorld, window: PlainWindow) -> PreviewDialog:
    dialog = PreviewDialog(world.context, window, world.service, "text", TEXT)
    dialog.open()
    world.settle()
    return dialog


def to_field(dialog: QWidget) -> QLineEdit:
    found = dialog.findChild(QLineEdit, "preview.to")
    assert found is not None
    return found


def send(world: WindowWorld, dialog: PreviewDialog) -> None:
    found = dialog.findChild(QPushButton, "preview.send")
    assert found is not None
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)
    world.settle()


def test_a_follower_gets_the_preview(world: WindowWorld, window: PlainWindow) -> None:
    """The dialog closes, a toast says how many, the sandbox has the very text, the person is remembered."""
    (openid,) = world.openids(1)
    dialog = opened(world, window)
    assert to_field(dialog).hasFocus()
    told: list[tuple[PreviewResult, ...]] = []
    dialog.sent.connect(told.append)
    to_field(dialog).setText(openid)
    send(world, dialog)
    assert window.sheet() is None
    assert window.toasts == ["预览已发给 1 人"]
    assert [result.error for result in told[0]] == [None]
    assert "春茶上新" in str(world.sandbox.previews()[-1])
    assert [r.value for r in world.profile.composing.recipients(world.service.id)] == [openid]


def test_enter_sends_and_the_next_time_a_tick_is_enough(world: WindowWorld, window: PlainWindow) -> None:
    """Who got one before stands below with a box; the other account knows nobody."""
    openids = world.openids(2)
    dialog = opened(world, window)
    to_field(dialog).setText("，".join(openids))
    QTest.keyClick(to_field(dialog), Qt.Key.Key_Return)
    world.settle()
    assert len(world.sandbox.previews()) == 2
    again = opened(world, window)
    box = again.findChild(QCheckBox, "preview.recipient.0")
    assert box is not None
    box.click()
    send(world, again)
    assert len(world.sandbox.previews()) == 3
    assert world.profile.composing.recipients(world.subscription.id) == ()


def test_who_did_not_get_it_is_said_in_words(world: WindowWorld, window: PlainWindow) -> None:
    """One follower and one stranger: the dialog stays, the stranger is left in the field with the reason."""
    (openid,) = world.openids(1)
    dialog = opened(world, window)
    to_field(dialog).setText(f"{openid} {STRANGER}")
    send(world, dialog)
    assert dialog.isVisible()
    assert "预览没发出：对方没有关注公众号" in dialog._problem_text.text()
    assert "1 人收到了" in dialog._problem_text.text()
    assert to_field(dialog).text() == STRANGER
    assert [r.value for r in world.profile.composing.recipients(world.service.id)] == [openid]


def test_nobody_written_nobody_ticked(world: WindowWorld, window: PlainWindow) -> None:
    """The field says what is wanted; no request leaves."""
    dialog = opened(world, window)
    world.sandbox.forget_requests()
    send(world, dialog)
    assert "微信号或 OpenID" in dialog._to_box.reason.text()
    assert world.sandbox.requests() == []
    dialog.reject()


def test_a_remembered_person_is_forgotten(world: WindowWorld, window: PlainWindow) -> None:
    """The cross takes the row away for good."""
    (openid,) = world.openids(1)
    dialog = opened(world, window)
    to_field(dialog).setText(openid)
    send(world, dialog)
    again = opened(world, window)
    cross = again.findChild(QWidget, "preview.forget.0")
    assert cross is not None
    QTest.mouseClick(cross, Qt.MouseButton.LeftButton)
    world.settle()
    assert world.profile.composing.recipients(world.service.id) == ()
    assert again.findChild(QCheckBox, "preview.recipient.0") is None or not again._rows
    again.reject()


def test_a_missing_secret_is_worded(world: WindowWorld, window: PlainWindow) -> None:
    """What concerns everybody stands in the red box, and the button works again."""
    world.sandbox.fault("*:errcode=45009")
    dialog = opened(world, window)
    to_field(dialog).setText(STRANGER)
    send(world, dialog)
    assert dialog._problem.isVisible()
    assert "次数" in dialog._problem_text.text()
    assert dialog._send_button.isEnabled()
    dialog.reject()


@pytest.mark.parametrize(
    ("errcode", "reason"),
    [
        (40003, "对方没有关注公众号"),
        (43004, "对方没有关注公众号"),
        (50005, "对方已取消关注"),
        (40132, "微信号不对"),
        (43019, "对方在公众号的黑名单里"),
        (48002, "对方关闭了接收消息"),
    ],
)
def test_the_reasons_of_single_people(errcode: int, reason: str) -> None:
    """The design's sentence, with WeChat's reason."""
    assert preview_problem(Refused(errcode, "x")) == f"预览没发出：{reason}"


def test_no_network_is_worded_too() -> None:
    """Not only errcodes."""
    assert preview_problem(NetworkError("net.dns", maybe_arrived=False)).startswith("预览没发出：连不上网")
