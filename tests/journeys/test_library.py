"""素材库 in the real window: files come in, are found, and go from there into a message and into an article."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QLabel

from desktop_app.app import App
from desktop_app.robot import Robot
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.media_drag import drag_mime
from tests.data import make


def choose(app: App, *names: str) -> None:
    """Choose items by their names."""
    grid, model = app.window.media.grid, app.window.media.model
    grid.clearSelection()
    for item in model.items():
        if item.name in names:
            flag = QItemSelectionModel.SelectionFlag.Select
            grid.selectionModel().select(model.index(model.row_of(item.key)), flag)


def test_from_the_library_into_a_message_and_an_article(opened: Callable[..., App], tmp_path: Path) -> None:
    """Ctrl 3, drop two pictures, use one in a message, where it does not go up again, and one in an article."""
    files = []
    for n, name in enumerate(("春山.png", "新罐.png")):
        files.append(tmp_path / name)
        files[n].write_bytes(make.picture("PNG", (120, 80), (n, 90, 60)))
    app = opened(sandbox=True)
    robot = Robot(app.window, timeout_s=60)
    robot.click("compose.tab.image")
    robot.press(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    robot.until(lambda: app.window.page_name == "media", "Ctrl 3 leads elsewhere")
    media = app.window.media
    robot.drop_on_target("library", files)
    robot.until(lambda: len(media.model.items()) == 2 and not app.transfers.totals().busy, "they did not arrive")
    app.window.uploads.drawer.close_drawer()
    assert app.sandbox is not None
    stored = len(app.sandbox.service.media.items)

    choose(app, "春山.png")
    robot.click("media.bar.message")
    form = app.window.compose.forms["image"]
    robot.until(lambda: form.content()["files"], "it is not in the message")
    robot.until(lambda: not form.problem(), "the message is not ready")
    assert app.window.page_name == "send"
    assert [each["name"] for each in form.content()["files"]] == ["春山.png"]
    assert len(app.sandbox.service.media.items) == stored

    robot.click("nav.media")
    choose(app, "新罐.png")
    sha256 = media.grid.chosen()[0].sha256
    robot.click("media.bar.article")
    news = app.window.compose.news
    robot.until(lambda: sha256 in news.article()["html"], "it is not in the article")


def test_a_message_knows_what_was_done_in_the_library(opened: Callable[..., App], tmp_path: Path) -> None:
    """转永久 for a file of the message: its form says so when one comes back."""
    file = tmp_path / "春山.png"
    file.write_bytes(make.picture("PNG", (120, 80)))
    app = opened(sandbox=True)
    robot = Robot(app.window, timeout_s=60)
    robot.click("compose.tab.image")
    robot.drop_on_target("image", [file])
    form = app.window.compose.forms["image"]
    robot.until(lambda: form.content()["files"] and not form.problem(), "it is not in the message")
    (item,) = form.intake.items
    assert ("永久素材", "lock") not in form.item_facts(item)
    robot.click("nav.media")
    robot.until(lambda: len(app.window.media.model.items()) == 1, "it is not in the library")
    choose(app, "春山.png")
    robot.click("media.bar.permanent")
    robot.until(lambda: ("永久素材", "lock") in form.item_facts(item), "the message does not know")


def test_the_activity_bar_says_what_a_batch_does(opened: Callable[..., App], tmp_path: Path) -> None:
    """On every page one sees that items of 素材库 are still being deleted."""
    files = [tmp_path / f"{n}.png" for n in range(5)]
    for n, file in enumerate(files):
        file.write_bytes(make.picture("PNG", (120, 80), (n, 90, 60)))
    app = opened(sandbox=True)
    robot = Robot(app.window, timeout_s=60)
    robot.click("nav.media")
    robot.drop_on_target("library", files)
    media = app.window.media
    robot.until(lambda: len(media.model.items()) == 5 and not app.transfers.totals().busy, "they did not arrive")
    app.window.uploads.drawer.close_drawer()
    assert app.sandbox is not None
    app.sandbox.fault("del_material:slow=30s")
    choose(app, *(file.name for file in files))
    robot.click("media.bar.delete")
    robot.click("dialog.1")
    task = app.window.activity.findChild(QLabel, "activity.task")
    assert task is not None
    robot.until(lambda: task.text() == "正在删除 0 / 5", "the bar does not say it")
    robot.click("nav.send")
    assert task.text() == "正在删除 0 / 5"


def test_what_is_dragged_out_keeps_its_name(opened: Callable[..., App], tmp_path: Path) -> None:
    """Dropped on 发图片 it is the same file under the name that people know, not under its hash."""
    file = tmp_path / "春山.png"
    file.write_bytes(make.picture("PNG", (120, 80)))
    app = opened(sandbox=True)
    robot = Robot(app.window, timeout_s=60)
    robot.click("compose.tab.image")
    robot.click("nav.media")
    media = app.window.media
    robot.drop_on_target("library", [file])
    robot.until(lambda: len(media.model.items()) == 1 and not app.transfers.totals().busy, "it did not arrive")
    (item,) = media.model.items()
    account = app.window.account
    assert account is not None
    payload = Payload.of(drag_mime(account.id, [item], app.profile.paths.cache))
    target = next(each for each in app.window._drop_targets(payload) if each.key == "image")
    assert not target.refusal
    target.take(payload)
    form = app.window.compose.forms["image"]
    robot.until(lambda: form.content()["files"] and not form.problem(), "it is not in the message")
    assert form.content()["files"] == [{"sha256": item.sha256, "name": "春山.png"}]
    assert app.window.page_name == "send"


@pytest.mark.parametrize(("kind", "name"), [("image", "first_from_library"), ("voice", "from_library")])
def test_a_form_leads_to_the_library(opened: Callable[..., App], kind: str, name: str) -> None:
    """从素材库选: 素材库 with that kind alone, and a word on how to come back."""
    app = opened(sandbox=True)
    robot = Robot(app.window)
    robot.click(f"compose.tab.{kind}")
    robot.click(f"compose.{kind}.{name}")
    assert app.window.page_name == "media"
    assert app.window.media.filters.kind == kind
    robot.until(lambda: robot.find("toast.action") is None, "this toast asks nothing")
