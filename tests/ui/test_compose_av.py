"""语音 and 视频: one file each, with what WeChat wants to know about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.media import convert
from desktop_app.ui.compose_av import FileCard
from desktop_app.ui.drop_payload import Payload
from desktop_app.workers.transfer import Stage
from tests.compose_world import MP3, MP4, ComposeWorld
from tests.data import make, make_clips


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[ComposeWorld]:
    made = ComposeWorld(tmp_path)
    yield made
    made.window.close()
    made.close()


def card_of(world: ComposeWorld) -> str:
    """What the card says to a screen reader."""
    card = world.page.form().findChild(FileCard)
    assert card is not None
    return card.accessibleName()


def test_a_recording_shows_its_facts_and_is_uploaded(world: ComposeWorld) -> None:
    """Name, length, size, how long WeChat keeps it; the preview is a voice bubble."""
    world.drop([MP3])
    assert world.page.kind() == "voice"
    assert world.page.content()["file"]["name"] == "greeting.mp3"
    said = card_of(world)
    assert "greeting.mp3" in said
    assert "0:07" in said
    assert "素材剩 3 天" in said
    assert "已上传" in said
    assert world.page.phone.message().seconds == pytest.approx(7, abs=1)
    world.wait(300)
    assert world.page.ready_problem() == ""


def test_a_second_recording_takes_the_place_of_the_first(world: ComposeWorld, tmp_path: Path) -> None:
    """One file only; a new one that is refused leaves the old one where it is."""
    world.drop([MP3])
    bad = tmp_path / "坏的.mp3"
    bad.write_bytes(b"ID3" + bytes(200))
    world.page.take_files([str(bad)])
    world.settle()
    assert world.page.content()["file"]["name"] == "greeting.mp3"
    assert world.voice.refusals.rows()
    amr = MP3.replace(".mp3", ".amr")
    world.drop([amr])
    assert world.page.content()["file"]["name"] == "greeting.amr"


def test_a_video_wants_a_title(world: ComposeWorld) -> None:
    """Without one the next step is closed and the finding leads to the field; the warning is amber and may pass."""
    world.drop([MP4])
    assert world.page.kind() == "video"
    world.wait(300)
    assert world.page.ready_problem() == "还没有写视频的标题"
    world.click("compose.check.video.title_empty")
    title = world.find("compose.video.title")
    assert title.hasFocus()
    assert isinstance(title, QLineEdit)
    title.setText("北坡的早晨")
    world.wait(300)
    assert world.page.ready_problem() == ""
    assert [c.key for c in world.page.panel.checks() if c.level == "amber"] == ["video.may_be_refused"]
    assert world.page.phone.message().title == "北坡的早晨"


def test_a_video_draft_survives_a_restart(world: ComposeWorld) -> None:
    """File, title and description are there again, and the file needs no second upload."""
    world.drop([MP4])
    world.video._title.setText("北坡的早晨")
    world.video._words.set_text("采茶的第七天")
    world.wait(1200)
    uploads = [r for r in world.sandbox.requests() if r["path"].endswith("/media/upload")]
    world.reopen()
    assert world.page.kind() == "video"
    content = world.page.content()
    assert (content["title"], content["description"]) == ("北坡的早晨", "采茶的第七天")
    assert world.video.item is not None
    assert world.video.item.stage == Stage.DONE
    assert len([r for r in world.sandbox.requests() if r["path"].endswith("/media/upload")]) == len(uploads)


def test_the_counters_turn_amber_past_the_limit(world: ComposeWorld) -> None:
    """128 characters of title, 512 of description; the finding is red, typing goes on."""
    world.form("video")
    world.video._title.setText("题" * 129)
    assert world.video._title_count.text() == "129 / 128"
    world.drop([MP4])
    world.wait(300)
    assert world.page.ready_problem() == "标题有 129 字，最多 128 字"


def test_a_failed_upload_is_worded_on_the_card(world: ComposeWorld) -> None:
    """No network: the card says so, the checks lead to 重试, which works once it is back."""
    world.sandbox.fault("media/upload:errcode=45001*1")
    world.drop([MP3])
    assert world.voice.item is not None
    assert world.voice.item.stage == Stage.FAILED
    assert "文件" in card_of(world)
    world.until(lambda: "voice.upload_failed" in [check.key for check in world.page.panel.checks()])
    world.click("compose.check.voice.upload_failed")
    assert world.find("compose.voice.retry").hasFocus()
    world.click("compose.voice.retry")
    world.settle()
    assert world.voice.item.stage == Stage.DONE
    world.until(lambda: world.page.panel.first_red() is None)


def test_the_removed_file_comes_back(world: ComposeWorld) -> None:
    """移走 empties the form, 撤销 brings the file back."""
    world.drop([MP3])
    undo = []
    world.window.toast = lambda text, icon="", tone="", action=None: undo.append(action)  # type: ignore[method-assign]
    world.click("compose.voice.remove")
    assert world.page.content() == {"file": None}
    assert world.find("compose.voice.choose").isVisible()
    assert undo[0] is not None
    undo[0][1]()
    world.settle()
    assert world.page.content()["file"]["name"] == "greeting.mp3"


def test_switching_accounts_uploads_for_the_other_one(world: ComposeWorld) -> None:
    """Media belong to an account: each has its own draft and its own upload."""
    world.drop([MP3])
    world.page.set_account(world.subscription)
    world.settle()
    assert world.page.content() == {"file": None}
    world.drop([MP3])
    assert world.voice.item is not None
    sha256 = world.page.content()["file"]["sha256"]
    media = world.profile.media
    first, second = (media.uploaded(a.id, sha256, "voice") for a in (world.service, world.subscription))
    assert first is not None
    assert second is not None
    assert first.media_id != second.media_id


def test_a_film_that_is_converted_stays_with_its_account(world: ComposeWorld) -> None:
    """Another account's form is on the screen when it is ready: there it has no business, and nothing is lost."""
    world.profile.media.configure(ffmpeg=convert.find(), ground="white")
    film = make_clips.film(world.folder / "IMG_0001.mov", seconds=4)
    world.form("video")
    world.drop([str(film)])
    (item,) = world.transfers.items
    world.page.set_account(world.subscription)
    world.settle()
    world.drop([MP4])
    theirs = world.page.content()["file"]
    world.transfers.mend(item)  # in the drawer; a form that still shows it would do the same
    world.settle()
    assert world.page.content()["file"] == theirs
    assert (item.stage, item.account_id) == (Stage.DONE, world.service.id)
    assert item.media is not None
    assert world.profile.media.uploaded(world.service.id, item.media.sha256, "video") is not None


def test_a_second_film_under_way_stays_with_its_account(world: ComposeWorld) -> None:
    """It was to take the place of the first one; by then another account's form is there."""
    world.form("video")
    world.drop([MP4])
    world.page.forms["video"].take(Payload((str(make_clips.film(world.folder / "b.mp4")),)))
    world.page.set_account(world.subscription)
    world.settle()
    assert world.page.content()["file"] is None


def test_a_recording_that_is_too_long_is_cut_where_the_person_says(world: ComposeWorld) -> None:
    """The red row asks which minute; the cut goes up, and the row is gone."""
    long = world.folder / "会议录音.mp3"
    long.write_bytes(make.mp3(100))
    world.form("voice")
    world.drop([str(long)])
    (row,) = world.voice.refusals.rows()
    (fix,) = row.findChildren(QPushButton)
    assert fix.text() == "截取 60 秒"
    QTest.mouseClick(fix, Qt.MouseButton.LeftButton)
    world.settle()
    world.click("trim.use")
    world.settle()
    item = world.voice.item
    assert item is not None
    assert item.media is not None
    assert 59 < item.media.seconds <= 60
    assert item.stage == Stage.DONE
    assert world.voice.refusals.rows() == []
    assert world.page.content()["file"] == {"sha256": item.media.sha256, "name": "会议录音.mp3"}


def test_a_film_of_a_phone_takes_the_place_of_the_one_before(world: ComposeWorld) -> None:
    """MOV: nothing changes until it is an MP4; stopped in the middle, the old one is still there."""
    world.profile.media.configure(ffmpeg=convert.find(), ground="white")
    film = make_clips.film(world.folder / "IMG_0001.mov")
    world.form("video")
    world.drop([MP4])
    before = world.page.content()["file"]
    world.drop([str(film)])
    assert world.page.content()["file"] == before
    (row,) = world.video.refusals.rows()
    (fix,) = row.findChildren(QPushButton)
    assert fix.text() == "转成 MP4"
    QTest.mouseClick(fix, Qt.MouseButton.LeftButton)
    (mending,) = [each for each in world.transfers.items if each.stage == Stage.MENDING]
    world.transfers.cancel(mending)
    world.settle()
    assert world.page.content()["file"] == before
    (row,) = world.video.refusals.rows()
    (fix,) = row.findChildren(QPushButton)
    QTest.mouseClick(fix, Qt.MouseButton.LeftButton)
    world.settle()
    after = world.page.content()["file"]
    assert after["name"] == "IMG_0001.mov"
    media = world.profile.media.media(after["sha256"])
    assert media is not None
    assert media.format == "mp4"
    assert world.video.item is not None
    assert world.video.item.stage == Stage.DONE


def test_a_recording_that_was_replaced_can_be_brought_back(world: ComposeWorld) -> None:
    """撤销 in the toast: the old one has its place again."""
    world.form("voice")
    world.drop([MP3])
    before = world.page.content()["file"]
    other = world.folder / "新.mp3"
    other.write_bytes(make.mp3(3))
    world.drop([str(other)])
    assert world.page.content()["file"]["name"] == "新.mp3"
    assert world.window.toasts[-1] == "已换成「新.mp3」"
    world.window.toast_actions[-1]()
    world.settle()
    assert world.page.content()["file"] == before
