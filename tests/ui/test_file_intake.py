"""FileIntake: files that are still being read when their account leaves the screen are in its draft afterwards."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from desktop_app.ui.drop_payload import Payload
from desktop_app.workers.tasks import THREADS
from desktop_app.workers.transfer import Stage
from tests.compose_world import MP3, MP4, ComposeWorld
from tests.data import make
from tests.window_world import TIMEOUT_S


@pytest.fixture
def world(qapp: QApplication, tmp_path: Path) -> Iterator[ComposeWorld]:
    made = ComposeWorld(tmp_path)
    made.form("image")
    made.settle()
    yield made
    made.window.close()
    made.close()


@contextmanager
def slow_disk(world: ComposeWorld) -> Iterator[None]:
    """Until the end of the block no file is read: the threads for that have other things to do."""
    over = threading.Event()
    for _ in range(THREADS["intake"]):
        world.tasks.start("intake", lambda job: over.wait())
    try:
        yield
    finally:
        over.set()
        world.settle()


def show(world: ComposeWorld, account: Any) -> None:
    """Switch the account, until its drafts are in the forms."""
    shown: list[bool] = []
    world.page.drafts_shown.connect(lambda: shown.append(True))
    world.page.set_account(account)
    world.until(lambda: shown)


def names(world: ComposeWorld) -> list[str]:
    return [each["name"] for each in world.image.content()["files"]]


def draft(world: ComposeWorld, account: Any, kind: str) -> dict[str, Any]:
    return world.profile.composing.load_draft(account.id, kind)


def test_files_that_are_being_read_stay_with_their_account(world: ComposeWorld) -> None:
    """Dropped, and the account switched at once: they are in its draft and at WeChat, the other account has none."""
    a, b, c = world.pictures("a.png", "b.png", "c.png")
    world.drop([a])
    with slow_disk(world):
        world.page.take_files([b, c])
        show(world, world.subscription)
    assert names(world) == []
    assert draft(world, world.subscription, "image")["files"] == []
    show(world, world.service)
    world.settle()
    assert names(world) == ["a.png", "b.png", "c.png"]
    assert {item.stage for item in world.image.intake.items} == {Stage.DONE}
    assert world.page.ready_problem() == ""


def test_who_comes_back_before_they_are_read_finds_them_in_the_form(world: ComposeWorld) -> None:
    """There and back again: the files come into the form, and what comes later is saved beside them."""
    a, b, c = world.pictures("a.png", "b.png", "c.png")
    with slow_disk(world):
        world.page.take_files([a, b])
        show(world, world.subscription)
        show(world, world.service)
        assert names(world) == []
    assert names(world) == ["a.png", "b.png"]
    world.drop([c])
    world.page.save()
    world.settle()
    assert [each["name"] for each in draft(world, world.service, "image")["files"]] == ["a.png", "b.png", "c.png"]


def test_a_picture_that_was_to_replace_another_stands_beside_it(world: ComposeWorld) -> None:
    """替换, and away before the new one is read: nothing is lost, neither the new one nor the old."""
    world.drop(world.pictures("a.png"))
    new = world.folder / "b.png"
    new.write_bytes(make.picture())
    with slow_disk(world):
        world.image.intake.take(Payload((str(new),)), world.image.intake.items[0])
        show(world, world.subscription)
    show(world, world.service)
    assert names(world) == ["a.png", "b.png"]


@pytest.mark.parametrize(("kind", "file"), [("voice", MP3), ("video", MP4)])
def test_a_recording_stays_with_its_account_too(world: ComposeWorld, kind: str, file: str) -> None:
    """The forms with one place: the file is the one of the draft."""
    world.form(kind)
    with slow_disk(world):
        world.page.take_files([file])
        show(world, world.subscription)
    assert world.page.content()["file"] is None
    show(world, world.service)
    assert world.page.content()["file"]["name"] == Path(file).name


def test_a_folder_stays_with_its_account(world: ComposeWorld) -> None:
    """It was not even looked through when the account changed."""
    folder = world.folder / "春茶"
    folder.mkdir()
    (folder / "a.png").write_bytes(make.picture())
    world.page.take_files([str(folder)])
    world.page.set_account(world.subscription)
    world.settle()
    assert names(world) == []
    show(world, world.service)
    assert names(world) == ["a.png"]


def test_drafts_that_were_asked_for_twice_are_shown_once(world: ComposeWorld) -> None:
    """There, back and there again before they were read: what came in after the first answer would go again."""
    (a,) = world.pictures("a.png")
    shown: list[bool] = []
    world.page.drafts_shown.connect(lambda: shown.append(True))
    gate = threading.Event()
    for _ in range(THREADS["work"]):
        world.tasks.start("work", lambda job: gate.wait())
    for account in (world.subscription, world.service, world.subscription):
        world.page.set_account(account)
    world.page.take_files([a])
    gate.set()
    world.settle()
    assert (shown, names(world)) == ([True], ["a.png"])


def test_a_file_that_is_read_between_many_switches_is_not_lost(world: ComposeWorld) -> None:
    """Its account was left once more before the form could take it, and is there again."""
    disk, gate = threading.Event(), threading.Event()
    for _ in range(THREADS["intake"]):
        world.tasks.start("intake", lambda job: disk.wait())
    world.page.take_files(world.pictures("a.png"))
    (item,) = world.transfers.items
    show(world, world.subscription)
    for _ in range(THREADS["work"]):
        world.tasks.start("work", lambda job: gate.wait())
    world.page.set_account(world.service)
    disk.set()
    world.until(lambda: item.stage == Stage.DONE)
    world.page.set_account(world.subscription)
    world.page.set_account(world.service)
    gate.set()
    world.settle()
    assert names(world) == ["a.png"]


def test_a_folder_that_is_looked_through_until_its_account_is_back_is_not_lost(world: ComposeWorld) -> None:
    """There and back again before its files were known."""
    folder = world.folder / "春茶"
    folder.mkdir()
    (folder / "a.png").write_bytes(make.picture())
    gate = threading.Event()
    for _ in range(THREADS["work"]):
        world.tasks.start("work", lambda job: gate.wait())
    world.page.take_files([str(folder)])
    world.page.set_account(world.subscription)
    world.page.set_account(world.service)
    gate.set()
    world.settle()
    assert names(world) == ["a.png"]


def test_a_refused_file_of_another_account_offers_no_form(world: ComposeWorld) -> None:
    """A film dropped among pictures, and away: 放到视频 would put it into the other account's message."""
    with slow_disk(world):
        world.image.take(Payload((MP4,)))
        show(world, world.subscription)
    (film,) = world.transfers.items
    assert (film.stage, film.belongs_to) == (Stage.REFUSED, "")


def test_closing_right_after_the_switch_keeps_what_was_written(world: ComposeWorld) -> None:
    """The drafts of the new account are not read yet, those of the old one not saved."""
    gate = threading.Event()
    for _ in range(THREADS["work"]):
        world.tasks.start("work", lambda job: gate.wait())
    world.form("text")
    world.text._area.insert("刚写的")
    world.page.set_account(world.subscription)
    world.page.save_now()
    kept = draft(world, world.service, "text")
    gate.set()
    assert kept == {"text": "刚写的"}


def test_closing_while_an_older_text_is_being_saved_keeps_the_newer_one(
    world: ComposeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow write of a moment ago does not come after the last one."""
    save, begun, over = world.profile.composing.save_draft, threading.Event(), threading.Event()

    def slow(account_id: int, kind: str, content: dict[str, Any]) -> None:
        if threading.current_thread() is not threading.main_thread():
            begun.set()
            over.wait(TIMEOUT_S)
        save(account_id, kind, content)

    monkeypatch.setattr(world.profile.composing, "save_draft", slow)
    world.form("text")
    world.text._area.insert("刚")
    world.page.save()
    world.until(begun.is_set)
    world.text._area.insert("写的")
    threading.Timer(0.1, over.set).start()
    world.page.save_now()
    world.settle()
    assert draft(world, world.service, "text") == {"text": "刚写的"}


def test_a_late_word_about_the_account_before_is_not_written_into_the_next_one(world: ComposeWorld) -> None:
    """The form still holds the old account's message while the drafts of the new one are read."""
    world.form("text")
    world.text._area.insert("刚写的")
    gate = threading.Event()
    for _ in range(THREADS["work"]):
        world.tasks.start("work", lambda job: gate.wait())
    world.page.set_account(world.subscription)
    world.page._keeper.touch("text")  # as an article does that has found its place among the drafts
    world.page.save_now()
    gate.set()
    assert draft(world, world.subscription, "text") == {"text": ""}


def test_what_is_stopped_in_the_list_of_uploads_stops_in_the_form(world: ComposeWorld) -> None:
    """A file that was only being read leaves it; one on its way up stays, stopped, and may be taken up again."""
    a, b = world.pictures("a.png", "b.png")
    with slow_disk(world):
        world.page.take_files([a])
        world.transfers.cancel(world.transfers.items[0])
        assert world.image.intake.items == []
    world.sandbox.fault("media/upload:slow=30s")
    world.page.take_files([b])
    (item,) = world.image.intake.items
    world.until(lambda: item.media is not None and item.busy)
    world.transfers.remove(item)
    assert item.stage == Stage.STOPPED
    assert "上传" not in world.page.ready_problem()
    world.sandbox.fault("clear")
    world.image.intake.retry(item)
    world.settle()
    assert item.stage == Stage.DONE


def test_a_file_that_is_taken_out_while_it_is_read_is_read_when_it_comes_back(world: ComposeWorld) -> None:
    """移走 and 撤销: the file is there in the end."""
    (a,) = world.pictures("a.png")
    with slow_disk(world):
        world.page.take_files([a])
        world.image.remove_with_undo(world.image.intake.items[0])
        assert world.image.intake.items == []
        world.window.toast_actions[-1]()
    assert names(world) == ["a.png"]
    assert world.image.intake.items[0].stage == Stage.DONE


def test_a_tile_that_is_being_read_can_be_replaced(world: ComposeWorld) -> None:
    """The new picture takes its place, whichever of the two is read first."""
    a, b = world.pictures("a.png", "b.png")
    with slow_disk(world):
        world.page.take_files([a])
        world.image.intake.take(Payload((b,)), world.image.intake.items[0])
    assert names(world) == ["b.png"]


def test_who_comes_back_finds_the_upload_that_is_still_under_way(world: ComposeWorld) -> None:
    """It is not begun a second time: the form and the list of uploads show the one that goes on."""
    world.sandbox.fault("media/upload:slow=30s")
    world.page.take_files(world.pictures("a.png"))
    (item,) = world.image.intake.items
    world.until(lambda: item.media is not None and item.busy)
    show(world, world.subscription)
    show(world, world.service)
    assert world.image.intake.items == [item]
    assert world.transfers.items == [item]
    assert item.busy


def test_who_comes_back_finds_the_upload_that_failed(world: ComposeWorld) -> None:
    """It is tried again in its own row, however often the account is switched."""
    world.sandbox.fault("media/upload:errcode=45009*2")
    world.page.take_files(world.pictures("a.png"))
    world.settle()
    (item,) = world.image.intake.items
    for stage in (Stage.FAILED, Stage.FAILED, Stage.DONE):
        assert (item.stage, world.transfers.items) == (stage, [item])
        show(world, world.subscription)
        world.settle()
        show(world, world.service)
        world.settle()
    assert names(world) == ["a.png"]


def test_stopping_all_stops_what_waits_for_room_too(world: ComposeWorld) -> None:
    """Twenty are read, two wait for a place: nothing is begun any more."""
    with slow_disk(world):
        world.page.take_files(world.pictures(*(f"{n}.png" for n in range(22))))
        world.transfers.cancel_all()
        assert world.transfers.items == []
    assert names(world) == []


def test_files_that_come_before_the_drafts_are_there_wait_for_them(world: ComposeWorld) -> None:
    """Dropped right after the switch: they stand behind those of the draft; each account gets its own."""
    a, b, c = world.pictures("a.png", "b.png", "c.png")
    world.drop([a])
    show(world, world.subscription)
    gate = threading.Event()
    for _ in range(THREADS["work"]):
        world.tasks.start("work", lambda job: gate.wait())
    world.page.set_account(world.service)
    world.page.take_files([b])
    world.page.set_account(world.subscription)
    world.page.take_files([c])
    gate.set()
    world.settle()
    assert names(world) == ["c.png"]
    show(world, world.service)
    world.settle()
    assert names(world) == ["a.png", "b.png"]


def test_what_waits_for_its_button_waits_on_when_the_account_is_switched(world: ComposeWorld) -> None:
    """Nobody put it away: the list of uploads has it still, and once it is mended it is in its own message."""
    song = world.folder / "会议.mp3"
    song.write_bytes(make.mp3(90))
    broken = world.folder / "坏的.mp3"
    broken.write_bytes(b"nothing of the kind")
    world.form("voice")
    world.page.take_files([str(song)])
    world.settle()
    world.page.take_files([str(broken)])
    world.settle()
    assert [item.fix for item in world.transfers.items] == ["cut_voice", ""]
    show(world, world.subscription)
    (waiting,) = world.transfers.items
    assert [note.account_id for note in world.profile.unfinished.list()] == [world.service.id]
    world.transfers.mend(waiting, 12.0)
    world.settle()
    assert world.page.content()["file"] is None
    show(world, world.service)
    world.settle()
    assert world.page.content()["file"]["name"] == "会议.mp3"
