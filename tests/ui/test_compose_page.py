"""The page around the forms: tabs, keys, checks, the order of Tab, and a window that never waits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.services.contents import Check
from desktop_app.ui.compose_checks import ChecksPanel
from desktop_app.ui.phone_preview import ChatMessage
from desktop_app.ui.text import Paragraph
from tests.compose_world import MP3, MP4, ComposeWorld


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[ComposeWorld]:
    made = ComposeWorld(tmp_path)
    yield made
    made.window.close()
    made.close()


def test_there_are_five_tabs_and_no_empty_one(world: ComposeWorld) -> None:
    """图文 文字 图片 语音 视频; each shows its own form; the one in front is remembered."""
    for kind in ("news", "text", "image", "voice", "video"):
        world.click(f"compose.tab.{kind}")
        assert world.page.kind() == kind
        assert world.page.forms[kind].isVisible()
    world.settle()
    assert world.settings.current.last_kind == "video"


def test_switching_tabs_loses_nothing(world: ComposeWorld) -> None:
    """Each kind keeps what was put into it."""
    world.text._area.insert("文字在这里")
    world.drop([MP3])
    world.drop([MP4])
    world.form("text")
    assert world.page.content() == {"text": "文字在这里"}
    world.form("voice")
    assert world.page.content()["file"]["name"] == "greeting.mp3"
    world.form("video")
    assert world.page.content()["file"]["name"] == "tea-hills.mp4"


def test_tab_walks_through_the_form_in_its_order(world: ComposeWorld) -> None:
    """图片: replace, remove, the library, tiles, add, 推荐语, then 留言; nothing is skipped and nothing traps."""
    world.form("image")
    world.drop(world.pictures("a.png", "b.png"))
    world.window.activateWindow()
    start = world.find("compose.image.replace")
    start.setFocus()
    walked = [start.objectName()]
    for _ in range(7):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        walked.append(focus.objectName())
    assert walked == [
        "compose.image.replace",
        "compose.image.remove",
        "compose.image.from_library",
        "compose.image.tile.1",
        "compose.image.tile.2",
        "compose.image.add",
        "compose.image.recommend",
        "compose.image.comments",
    ]


@pytest.mark.parametrize("kind", ["text", "image", "voice", "video"])
def test_everything_operable_has_a_name(world: ComposeWorld, kind: str) -> None:
    """objectName and accessibleName on each button and field that is shown; objectNames are unique."""
    if kind == "image":
        world.drop(world.pictures("a.png", "b.png"))
    elif kind in ("voice", "video"):
        world.drop([MP3 if kind == "voice" else MP4])
    else:
        world.form("text")
    seen: set[str] = set()
    for widget in world.page.findChildren(QWidget):
        if not widget.isVisible() or not isinstance(widget, QAbstractButton | QLineEdit | QPlainTextEdit):
            continue
        assert widget.accessibleName(), widget.objectName()
        assert widget.objectName(), widget.accessibleName()
        assert widget.objectName() not in seen, widget.objectName()
        seen.add(widget.objectName())


def test_enter_on_a_finding_leads_to_its_field(world: ComposeWorld) -> None:
    """By keys alone: the button of a finding takes Enter."""
    world.drop([MP4])
    world.wait(200)
    fix = world.find("compose.check.video.title_empty")
    fix.setFocus()
    QTest.keyClick(fix, Qt.Key.Key_Return)
    assert world.find("compose.video.title").hasFocus()


def test_the_window_never_waits_for_files(world: ComposeWorld) -> None:
    """Eight pictures of 12 megapixels are copied, decoded and uploaded; the event loop stands still < 0.5 s.

    Of the window's own thread: what else the machine does at the time is not its fault.
    """
    paths = world.pictures(*(f"{n}.png" for n in range(8)), side=2400)
    longest, last = 0.0, time.thread_time()

    def beat() -> None:
        nonlocal longest, last
        now = time.thread_time()
        longest, last = max(longest, now - last), now

    timer = QTimer()
    timer.timeout.connect(beat)
    timer.start(5)
    world.page.take_files(paths)
    world.settle()
    timer.stop()
    assert len(world.image.content()["files"]) == 8
    assert longest < 0.5


def test_the_preview_shows_what_the_form_has(world: ComposeWorld) -> None:
    """The phone follows each change and says it to a screen reader."""
    assert world.page.phone.accessibleName() == "粉丝收到的样子，还没有内容"
    world.text._area.insert("春茶上新 🍵")
    assert world.page.phone.message() == ChatMessage("text", "春茶上新 🍵")
    assert world.page.phone.accessibleName() == "粉丝收到的样子：春茶上新 🍵"
    world.drop(world.pictures("a.png", "b.png"))
    assert len(world.page.phone.message().pictures) == 2
    assert all(picture is not None for picture in world.page.phone.message().pictures)


def test_findings_that_only_count_keep_their_rows(world: ComposeWorld) -> None:
    """While files go up only numbers change: the page is not laid out anew for that."""
    panel = ChecksPanel()

    def said(*checks: Check) -> list[str]:
        panel.show_checks("image", checks)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return [row.text() for row in panel.findChildren(Paragraph)]

    said(Check("image.ok", "ok", {"count": 20}))
    rows = panel.findChildren(Paragraph)
    assert said(Check("image.ok", "ok", {"count": 7})) == ["7 张图片的格式和大小都合格"]
    assert panel.findChildren(Paragraph) == rows
    assert said(Check("image.too_many", "red", {"count": 21, "limit": 20})) == ["有 21 张图片，最多 20 张"]
    assert panel.findChildren(Paragraph) != rows


def test_a_spent_quota_is_amber_and_may_pass(world: ComposeWorld) -> None:
    """Our own count may be wrong, and tags do not use it: a warning, not a wall."""
    world.profile.accounts.correct_quota(world.service.id, 0)
    world.text._area.insert("春茶上新")
    world.wait(200)
    assert [check.key for check in world.page.panel.checks() if check.level == "amber"] == ["quota.spent"]
    assert world.page.ready_problem() == ""
