"""The same with many items of 素材库: how far it is, stopped in the middle, ordered once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop_app.job import Job
from desktop_app.store.caches import MediaFile
from desktop_app.ui.closing import Closing
from tests.media_world import MediaWorld

DAY = 24 * 3600.0


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[MediaWorld]:
    made = MediaWorld(tmp_path)
    yield made
    made.window.close()
    made.close()


def stop_after_the_first(world: MediaWorld) -> list[str]:
    """Press 停止 as soon as one of the next batch has ended; what its line said then, and after the click."""
    said: list[str] = []

    def press() -> None:
        words, stop = world.find("media.batch.words"), world.find("media.batch.stop")
        assert isinstance(words, QLabel)
        if stop.isEnabled():
            said.append(words.text())
            QTest.mouseClick(stop, Qt.MouseButton.LeftButton)
            said.append(words.text())

    world.page.orders.actions.began.connect(lambda batch: batch.moved.connect(press))
    return said


@pytest.mark.parametrize(
    ("key", "doing", "result"),
    [("renew", "正在续期", "4 个素材又能用 3 天"), ("permanent", "正在转永久", "4 个素材已是永久素材")],
)
def test_a_batch_can_be_stopped(world: MediaWorld, key: str, doing: str, result: str):
    """What is under way comes to its end and stays done; the others are as they were, and the toast counts both."""
    for n in range(7):
        world.upload(f"{n}.png", n)
    world.open()
    world.later(DAY)
    before = {item.media_id for item in world.page.model.items()}
    said = stop_after_the_first(world)
    world.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    world.click(f"media.bar.{key}")
    assert said == [f"{doing} 1 / 7", "正在停止，等手上的 3 个做完"]
    assert world.window.toasts == [f"{result}。已停止，其余 3 个没有动"]
    assert len({item.media_id for item in world.page.model.items()} & before) == 3
    assert not world.page.progress.isVisible()
    assert not any(world.page.model.busy(item.key) is not None for item in world.page.model.items())


def test_what_fails_before_a_stop_is_said_too(world: MediaWorld):
    """Done, not done and why, not touched."""
    for n in range(6):
        world.upload(f"{n}.png", n)
    world.open()
    world.sandbox.fault("add_material:errcode=45009*1")
    stop_after_the_first(world)
    world.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    world.click("media.bar.permanent")
    (said,) = world.window.toasts
    assert said.startswith("3 个素材已是永久素材。1 个没有成功：")
    assert said.endswith("。已停止，其余 2 个没有动")


def test_deleting_many_can_be_stopped(world: MediaWorld):
    """Those that are gone are gone, the others are still there."""
    for n in range(6):
        world.upload(f"{n}.png", n)
    world.open()
    said = stop_after_the_first(world)
    world.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    world.click("media.bar.delete")
    world.click("dialog.1")
    assert said[0] == "正在删除 1 / 6"
    assert world.window.toasts == ["已删除 4 个素材。已停止，其余 2 个没有动"]
    assert len(world.names()) == 2


def test_the_line_of_a_batch_goes_with_its_account(world: MediaWorld):
    """Another account's page does not show it; a few that begin at once have nothing that could be stopped."""
    for n in range(6):
        world.upload(f"{n}.png", n)
    world.open()
    world.page.orders.renew(world.service.id, world.page.model.items()[:4])
    assert not world.page.progress.isVisible()
    world.settle()
    world.page.orders.renew(world.service.id, world.page.model.items())
    assert world.page.progress.isVisible()
    world.page.set_account(world.subscription)
    assert not world.page.progress.isVisible()
    world.page.set_account(world.service)
    assert world.page.progress.isVisible()
    world.settle()
    assert not world.page.progress.isVisible()
    assert world.window.toasts[-1] == "6 个素材又能用 3 天"


@pytest.mark.parametrize("order", ["renew", "_delete"])
def test_closing_says_what_becomes_of_a_batch(world: MediaWorld, order: str):
    """Whatever its lane: what is done counts, the rest is as it was. Without a batch nothing is asked."""
    for n in range(6):
        world.upload(f"{n}.png", n)
    world.open()
    closing = Closing(world.context, world.page.progress, world.window)
    assert closing.may_close()
    getattr(world.page.orders.actions, order)(world.service.id, world.page.model.items())
    assert not closing.may_close()
    assert "0 / 6。现在退出就停下，做完的算数，其余的没有动。" in world.sheet_texts()
    world.click("dialog.0")
    assert closing.may_close()


def test_nothing_is_ordered_twice(world: MediaWorld):
    """Those that wait in a batch are spoken for: ordering them again sends nothing up twice, and deletes nothing."""
    for n in range(8):
        world.upload(f"{n}.png", n)
    world.open()
    uploads = world.sandbox.service.media.items
    before = set(uploads)
    everything = world.page.model.items()
    world.page.orders.renew(world.service.id, everything)
    for key in ("renew", "permanent", "delete"):
        world.page.orders.do(key, everything)
    world.page.orders.do("copy", everything)
    world.settle()
    assert len(set(uploads) - before) == 8
    assert world.window.sheet() is None
    busy = "这些素材正在处理，等做完再操作"
    assert world.window.toasts == [busy] * 3 + ["已复制 8 个 media_id", "8 个素材又能用 3 天"]
    world.page.orders.do("renew", world.page.model.items())
    world.settle()
    assert len(set(uploads) - before) == 16


def test_what_is_being_renewed_can_be_used(world: MediaWorld):
    """The files are here: a message takes all of them, whatever goes on with some."""
    for n in range(6):
        world.upload(f"{n}.png", n)
    world.open()
    used: list[list[MediaFile]] = []
    world.page.use_in_message.connect(lambda kind, files: used.append(files))
    everything = world.page.model.items()
    world.page.orders.renew(world.service.id, everything)
    world.page.orders.do("message", everything)
    world.settle()
    assert [file.name for file in used[0]] == [item.name for item in everything]


def test_what_a_stop_left_can_be_ordered_again(world: MediaWorld):
    """They are not spoken for any more."""
    for n in range(6):
        world.upload(f"{n}.png", n)
    world.open()
    stop_after_the_first(world)
    for _ in range(2):
        world.page.orders.do("renew", world.page.model.items())
        world.settle()
    said = "4 个素材又能用 3 天。已停止，其余 2 个没有动"
    assert world.window.toasts == [said, said]


def test_what_goes_on_with_a_file_goes_on_for_its_account_alone(world: MediaWorld):
    """Another account has the same file: there it is idle, and can be renewed at the same time."""
    file = world.upload("春山.png")
    world.profile.media.upload(world.subscription.id, file.sha256, "image", Job())
    world.open()
    world.sandbox.fault("media/upload:slow=30s")
    world.page.orders.do("renew", world.page.model.items())
    key = world.item("春山.png").key
    assert world.page.model.busy(key) is not None
    world.page.set_account(world.subscription)
    world.until(world.page.model.items)
    assert world.page.model.busy(key) is None
    world.page.orders.do("renew", world.page.model.items())
    assert world.tasks.running("upload") == 2
