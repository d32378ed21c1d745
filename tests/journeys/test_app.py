"""The app as a whole: started twice, closed while busy, opened again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPlainTextEdit

from desktop_app.app import App, SingleInstance
from desktop_app.paths import Paths, resource
from desktop_app.robot import Robot
from desktop_app.services import open_profile
from desktop_app.store.outbox import State
from desktop_app.ui.drop_payload import Payload
from desktop_app.workers.transfer import Stage
from tests.data import make_clips

ROOT = Path(__file__).resolve().parents[2]
Open = Callable[..., App]


def close(app: App) -> None:
    """Close the window and everything behind it, as the end of ``run`` does."""
    app.window.leave()
    app.close()


def test_first_start_shows_the_connect_page_and_rehearsal_is_one_click(opened: Open) -> None:
    """Nothing is connected: the page that connects; one click on 用演练账号试用 leads to composing."""
    app = opened()
    robot = Robot(app.window)
    robot.click("connect.rehearse")
    robot.get("compose.next", enabled=False)
    robot.until(lambda: app.window.account is not None, "no account")
    assert app.window.account is not None
    assert app.window.account.is_sandbox
    assert app.window.banner.key() == "rehearsal"


def test_drafts_of_each_kind_survive_a_restart(opened: Open, paths: Paths) -> None:
    """Text with empty lines and emoji, and pictures, are there again after closing and opening."""
    words = "第一行\n\n第三行 🍵 末尾"
    app = opened(sandbox=True)
    robot = Robot(app.window)
    robot.click("compose.tab.text")
    robot.type("compose.text", words)
    robot.click("compose.tab.image")
    robot.drop("compose.drop", [resource("samples/cup.png")])
    robot.until(lambda: len(app.window.compose.forms["image"].content()["files"]) == 1, "the file was not taken")
    close(app)
    again = opened(sandbox=True)
    page = again.window.compose
    robot = Robot(again.window)
    robot.until(lambda: page.forms["text"].content().get("text") == words, "the text is not there")
    robot.until(lambda: len(page.forms["image"].content()["files"]) == 1, "the picture is not there")
    assert again.window.rail.current() == "send"


def test_cancelled_countdown_writes_and_sends_nothing(opened: Open) -> None:
    """Esc in the countdown: no row, no request, the draft as it was."""
    app = opened(sandbox=True)
    robot = Robot(app.window)
    _to_countdown(robot, app, "只是试试")
    robot.get("countdown.cancel")
    robot.press(Qt.Key.Key_Escape)
    robot.until(lambda: robot.find("countdown.cancel") is None, "the countdown goes on")
    robot.settle(200)
    assert app.sandbox is not None
    assert app.sandbox.sent() == []
    assert app.window.account is not None
    assert app.profile.outbox.counts(app.window.account.id)["all"] == 0
    assert app.window.compose.forms["text"].content()["text"] == "只是试试"


def test_closing_the_window_in_the_countdown_sends_nothing(opened: Open, paths: Paths) -> None:
    """The countdown belongs to the window: gone with it, and nothing is found at the next start."""
    app = opened(sandbox=True)
    robot = Robot(app.window)
    _to_countdown(robot, app, "没有发出去的话")
    robot.get("countdown.cancel")
    account = app.window.account
    assert account is not None
    close(app)
    with open_profile(paths.data) as profile:
        assert profile.outbox.counts(account.id)["all"] == 0


def _to_countdown(robot: Robot, app: App, words: str) -> None:
    robot.click("compose.tab.text")
    robot.type("compose.text", words)
    robot.click("compose.next")
    robot.click("audience.all")
    robot.click("audience.next")
    choice = app.window.audience.choice()
    assert choice is not None
    robot.type("send.number", str(choice.people))
    robot.click("send.confirm")


def test_closing_while_uploading_says_what_goes_on(opened: Open) -> None:
    """The window stays and asks; 现在退出 closes it."""
    app = opened(sandbox=True)
    assert app.sandbox is not None
    app.sandbox.fault("media/upload:slow=30s")
    robot = Robot(app.window)
    robot.click("compose.tab.image")
    robot.drop("compose.drop", [resource("samples/cup.png")])
    robot.until(lambda: app.tasks.running("upload") > 0, "no upload began")
    app.window.close()
    robot.settle()
    assert app.window.isVisible()
    assert app.window.sheet() is not None
    robot.click("dialog.1")
    robot.until(lambda: not app.window.isVisible(), "the window stays open")


def test_closing_while_a_film_is_converted_asks_too(opened: Open) -> None:
    """What has been converted so far would be lost; 等它做完 keeps the window."""
    app = opened(sandbox=True)
    over = threading.Event()
    app.tasks.start("convert", lambda job: over.wait(60))
    robot = Robot(app.window)
    app.window.close()
    robot.settle()
    sheet = app.window.sheet()
    assert sheet is not None
    assert any("1 个文件在转换" in label.text() for label in sheet.findChildren(QLabel))
    robot.click("dialog.0")
    over.set()
    robot.until(lambda: not app.tasks.running("convert"), "the conversion did not end")
    assert app.window.isVisible()


@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")
@pytest.mark.parametrize("place", ["form", "library"])
def test_what_is_converted_while_the_app_closes_is_offered_again(opened: Open, tmp_path: Path, place: str) -> None:
    """As the question says, wherever the film was dropped: after the next start it can be converted."""
    film = make_clips.film(tmp_path / "航拍.mov", seconds=1.0)
    slow = tmp_path / "ffmpeg"
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o700)
    app = opened(sandbox=True)
    robot = Robot(app.window, timeout_s=60)
    robot.until(lambda: app.profile.media.ffmpeg is not None, "no converter was found")
    app.profile.media.configure(ffmpeg=slow, ground="white")
    payload = Payload((str(film),))
    if place == "form":
        robot.click("compose.tab.video")
        app.window.compose.take_files([str(film)])  # waits for the drafts, as a drop does
    else:
        app.window.uploads.save_to_library(payload)
    robot.until(lambda: [each.fix for each in app.transfers.items] == ["to_mp4"], "it was not refused")
    robot.until(lambda: app.profile.unfinished.list(), "it was not written down")
    app.transfers.mend(app.transfers.items[0])
    robot.until(lambda: app.tasks.running("convert"), "no conversion began")
    app.window.close()
    robot.settle()
    sheet = app.window.sheet()
    assert sheet is not None
    assert any("下次打开时可以再转换" in label.text() for label in sheet.findChildren(QLabel))
    robot.click("dialog.1")
    robot.until(lambda: not app.window.isVisible(), "the window stays open")
    app.close()
    film.unlink()  # of a chat program, gone from there

    again = opened(sandbox=True)
    robot = Robot(again.window, timeout_s=60)
    robot.until(lambda: [each.fix for each in again.transfers.items] == ["to_mp4"], "it is not offered")
    robot.until(lambda: robot.find("uploads.drawer") is not None, "its button is not shown")
    assert robot.find("toast.action") is None  # 继续上传 would be a dead button
    robot.until(lambda: again.profile.media.ffmpeg is not None, "no converter was found")
    (offered,) = again.transfers.items
    again.transfers.mend(offered)
    robot.until(lambda: offered.stage == Stage.DONE, "it was not converted and uploaded")


@pytest.mark.parametrize(("page", "place"), [("history", "history.write"), ("settings", "settings.scroll")])
def test_files_can_be_dropped_on_other_pages_too(opened: Open, page: str, place: str) -> None:
    """A picture dropped on 群发记录 or 设置 opens 群发 and lies in the 图片 form."""
    app = opened(sandbox=True)
    robot = Robot(app.window)
    robot.click(f"nav.{page}")
    robot.drop(place, [resource("samples/cup.png")])
    robot.until(lambda: app.window.page_name == "send", "群发 did not open")
    robot.until(lambda: len(app.window.compose.forms["image"].content()["files"]) == 1, "the file was not taken")


def test_an_undo_goes_with_its_account(opened: Open) -> None:
    """撤销 for one account's message is not offered over another's, where it would put in what is not its own."""
    app = opened(sandbox=True)
    robot = Robot(app.window)
    robot.until(lambda: app.window.account is not None, "no account")
    app.window.toast("已移走「春山」这一篇", "delete", "plain", ("撤销", lambda: None))
    robot.get("toast.action")
    first = app.window.account
    assert first is not None
    app.window.use_account(first.id)
    robot.settle()
    assert robot.find("toast.action") is not None
    other = next(each for each in app.profile.accounts.list() if each.id != first.id)
    app.window.use_account(other.id)
    robot.until(lambda: app.window.account == other, "the account is not switched")
    assert robot.find("toast.action") is None


def test_a_late_answer_does_not_take_the_person_back(opened: Open) -> None:
    """下一步, and to 群发记录 before the checks are done: 群发记录 stays."""
    app = opened(sandbox=True)
    robot = Robot(app.window)
    robot.click("compose.tab.text")
    robot.type("compose.text", "还没想好")
    app.window.compose.go_next()
    app.window.show_page("history")
    robot.until(lambda: app.tasks.running("work") == 0, "the checks do not end")
    robot.settle()
    assert app.window.page_name == "history"


@pytest.mark.parametrize("page", ["send", "audience", "history", "settings"])
def test_what_can_be_pressed_or_typed_into_has_a_name(opened: Open, page: str) -> None:
    """Each button and field in sight: a unique objectName, and a name or text for a screen reader."""
    app = opened(sandbox=True)
    app.window.show_page(page)
    Robot(app.window).settle()
    found = [
        widget
        for kind in (QAbstractButton, QLineEdit, QPlainTextEdit)
        for widget in app.window.findChildren(kind)
        if widget.isVisible() and not isinstance(widget.parent(), QLineEdit)
    ]
    nameless = [widget for widget in found if not widget.objectName()]
    mute = [
        widget.objectName()
        for widget in found
        if not widget.accessibleName() and not (isinstance(widget, QAbstractButton) and widget.text())
    ]
    names = [widget.objectName() for widget in found]
    assert nameless == []
    assert mute == []
    assert len(names) == len(set(names))


def test_second_start_brings_the_first_to_the_front(qapp: QApplication, paths: Paths) -> None:
    """The second instance finds the first, tells it, and knows that it is to end."""
    first, second = SingleInstance(paths), SingleInstance(paths)
    raised: list[bool] = []
    first.raised.connect(lambda: raised.append(True))
    assert first.first()
    assert not second.first()
    end = time.monotonic() + 60
    while not raised and time.monotonic() < end:
        QApplication.processEvents()
    assert raised
    first.close()


def test_second_process_ends_with_0(tmp_path: Path) -> None:
    """Two processes on one profile: the second exits 0 at once and the first goes on."""
    command = [sys.executable, "-m", "desktop_app", "--sandbox", "--data-dir", str(tmp_path)]
    first = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stderr=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + 60
        while not (tmp_path / "qunfa.db").exists() and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.5)
        second = subprocess.run(command, cwd=ROOT, env=dict(os.environ), timeout=60, check=False)
        assert second.returncode == 0
        assert first.poll() is None
    finally:
        first.kill()
        first.wait()


def test_a_send_that_waited_for_the_network_goes_out_after_a_restart(opened: Open, paths: Paths) -> None:
    """Queued without a line, closed, opened again: exactly one send arrives, and the table says so."""
    app = opened(sandbox=True)
    assert app.sandbox is not None
    account = app.window.account
    assert account is not None
    state = paths.sandbox_state
    app.sandbox.stop()
    send_id = app.profile.sending.queue({"msgtype": "text", "text": {"content": "一次"}}, True, account_id=account.id)
    app.outbox.wake()
    robot = Robot(app.window)
    robot.until(lambda: app.profile.sending.row(send_id).reason.startswith("net."), "it did not try")
    assert app.profile.sending.row(send_id).state is State.QUEUED
    close(app)
    assert json.loads(state.read_text(encoding="utf-8"))
    again = opened(sandbox=True)
    robot = Robot(again.window)
    robot.until(lambda: again.profile.sending.row(send_id).state is State.ACCEPTED, "it did not go out", 90)
    assert again.sandbox is not None
    assert len(again.sandbox.sent()) == 1


def test_a_copied_profile_says_so_and_sends_nothing(opened: Open, paths: Paths, tmp_path: Path) -> None:
    """The folder was copied with something queued: the window says it, and the row waits for a person."""
    app = opened(sandbox=True)
    account = app.window.account
    assert account is not None
    assert app.sandbox is not None
    app.sandbox.stop()
    send_id = app.profile.sending.queue({"msgtype": "text", "text": {"content": "停住"}}, True, account_id=account.id)
    close(app)
    paths.marker.unlink()
    again = opened(sandbox=True)
    robot = Robot(again.window)
    robot.until(lambda: again.window.notices is not None, "the window says nothing")
    robot.until(lambda: again.profile.sending.row(send_id).waits_for_person, "it waits for nobody")
    robot.settle(500)
    assert again.sandbox is not None
    assert again.sandbox.sent() == []
    assert again.window.banner.key() in ("profile", "rehearsal")


def test_when_the_line_comes_back_uploads_go_on(opened: Open) -> None:
    """A failed upload is tried again by itself as soon as WeChat answers again."""
    app = opened(sandbox=True)
    robot = Robot(app.window)
    robot.until(lambda: app.window.watch is not None and app.window.account is not None, "no account")
    assert app.sandbox is not None
    came_back: list[bool] = []
    app.window.watch.came_back.connect(lambda: came_back.append(True))
    lights: list[str] = []
    app.window.watch.settled.connect(lambda words, light: lights.append(words))
    app.sandbox.fault({"path": "*", "kind": "drop-before"})
    robot.click("compose.tab.image")
    robot.drop("compose.drop", [resource("samples/cup.png")])
    app.window.watch.ask()
    robot.until(lambda: "没联网" in lights, "nobody noticed that the line is gone", 90)
    robot.until(
        lambda: [each.stage for each in app.transfers.items] == [Stage.FAILED], "the upload did not give up", 70
    )
    app.sandbox.fault("clear")
    app.window.watch.ask()
    robot.until(lambda: bool(came_back), "nobody noticed that the line is back", 90)
    sha256 = app.window.compose.forms["image"].content()["files"][0]["sha256"]
    account = app.window.account
    assert account is not None
    robot.until(
        lambda: app.profile.media.uploaded(account.id, sha256, "image") is not None, "it was not uploaded", 90
    )
