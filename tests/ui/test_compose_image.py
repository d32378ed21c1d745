"""图片: files come in, go up, change places, leave and come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.job import Job
from desktop_app.media import convert
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.media_tile import MediaTile
from desktop_app.ui.text import Paragraph
from desktop_app.ui.transfer_words import kept_words
from desktop_app.workers.transfer import Stage
from tests.compose_world import MP3, MP4, ComposeWorld
from tests.data import make_heic


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[ComposeWorld]:
    made = ComposeWorld(tmp_path)
    made.form("image")
    made.settle()
    yield made
    made.window.close()
    made.close()


def names(world: ComposeWorld) -> list[str]:
    """File names in the order of the message."""
    return [file["name"] for file in world.image.content()["files"]]


def tile(world: ComposeWorld, place: int) -> MediaTile:
    found = world.find(f"compose.image.tile.{place}")
    assert isinstance(found, MediaTile)
    return found


def test_dropped_pictures_are_uploaded_in_their_order(world: ComposeWorld) -> None:
    """Each file is copied, shown and uploaded at once; the pills say size and life time; the checks are green."""
    world.drop(world.pictures("c.png", "a.png", "b.png"))
    assert names(world) == ["c.png", "a.png", "b.png"]
    assert [item.stage for item in world.image.intake.items] == [Stage.DONE] * 3
    uploads = [r for r in world.sandbox.requests() if r["path"].endswith("/media/upload")]
    assert len(uploads) == 3
    assert "c.png" in world.image._pane.accessibleName()
    assert "128 × 64" in world.image._pane.accessibleName()
    assert "素材剩 3 天" in world.image._pane.accessibleName()
    world.wait(300)
    assert {check.level for check in world.page.panel.checks()} == {"ok"}
    assert world.page.ready_problem() == ""


def test_what_goes_on_with_one_picture_paints_no_other(world: ComposeWorld) -> None:
    """Twenty files on their way would otherwise paint each other's tiles all the time."""
    world.drop(world.pictures(*(f"{n}.png" for n in range(6))))
    paints = {place: PaintCount(tile(world, place)) for place in range(1, 7)}
    world.wait(100)
    before = [each.count for each in paints.values()]
    item = world.image.intake.items[3]
    item.stage = Stage.FAILED
    world.image.intake.changed.emit(item)
    world.until(lambda: paints[4].count > before[3])
    world.wait(100)
    assert [each.count for place, each in paints.items() if place != 4] == [*before[:3], *before[4:]]


class PaintCount(QObject):
    """How often a widget was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_a_dropped_file_may_vanish_afterwards(world: ComposeWorld) -> None:
    """Chat programs delete theirs: the message keeps the copy."""
    (path,) = world.pictures("chat.png")
    world.drop([path])
    Path(path).unlink()
    world.wait(1200)
    world.reopen()
    assert names(world) == ["chat.png"]
    assert world.image.intake.items[0].stage == Stage.DONE


def test_what_wechat_would_refuse_is_refused_at_once_and_the_rest_goes_on(world: ComposeWorld) -> None:
    """A HEIC, a text in disguise and a video among two pictures: three red rows with reason and rule or button."""
    world.profile.media.configure(ffmpeg=convert.find(), ground="white")
    good = world.pictures("a.png", "b.png")
    heic, text = world.folder / "IMG_4127.heic", world.folder / "说明.jpg"
    heic.write_bytes(make_heic.plain(Image.new("RGB", (320, 240), "teal")))
    text.write_text("只是文字")
    world.drop([good[0], str(heic), str(text), MP4, good[1]], "image")
    assert names(world) == ["a.png", "b.png"]
    said = {row.sentence for row in world.image.refusals.rows()}
    assert said == {
        "IMG_4127.heic：微信不支持 HEIC 格式",
        "说明.jpg：认不出这种文件。这里只收图片、语音和视频",
        "tea-hills.mp4：这是视频，不是图片。拖到「视频」里",
    }
    row = world.image.refusals.rows()[0]
    (close,) = row.findChildren(QToolButton)
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert len(world.image.refusals.rows()) == 2


def test_refusals_can_be_put_away_together(world: ComposeWorld) -> None:
    """One row has its own cross; from two on there is 全部清掉 too."""
    for number in range(5):
        (world.folder / f"{number}.jpg").write_text("只是文字")
    world.drop([str(world.folder / "0.jpg")], "image")
    clear = world.image.findChild(QPushButton, "compose.image.refusals.clear")
    assert not clear.isVisible()
    world.drop([str(world.folder / f"{number}.jpg") for number in range(1, 5)], "image")
    assert len(world.image.refusals.rows()) == 5
    assert clear.isVisible()
    QTest.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert world.image.refusals.rows() == []
    assert not world.image.refusals.isVisible()


def test_a_thousand_refusals_are_counted_not_built(world: ComposeWorld) -> None:
    """A folder of documents: a few rows, the number of all, and one click puts all of them away."""
    for number in range(100):
        (world.folder / f"{number}.jpg").write_text(f"只是文字 {number}")
    world.image.take(Payload(tuple(str(world.folder / f"{number}.jpg") for number in range(100))))
    world.settle()
    assert len(world.image.refusals.rows()) == 60
    foot = world.image.refusals.findChildren(QLabel)
    assert any("还有 97 个文件不能用" in each.text() for each in foot)
    QTest.mouseClick(world.image.findChild(QPushButton, "compose.image.refusals.clear"), Qt.MouseButton.LeftButton)
    assert world.image.refusals.rows() == []
    assert world.transfers.items == []


@pytest.mark.parametrize(("file", "kind", "text"), [(MP4, "video", "放到视频"), (MP3, "voice", "放到语音")])
def test_a_file_of_another_kind_is_put_where_it_belongs(world: ComposeWorld, file: str, kind: str, text: str) -> None:
    """The button of the red row opens the other form with the file in it; the row is gone."""
    world.image.take(Payload((file,)))
    world.settle()
    (row,) = world.image.refusals.rows()
    (move,) = row.findChildren(QPushButton)
    assert move.text() == text
    QTest.mouseClick(move, Qt.MouseButton.LeftButton)
    world.settle()
    assert world.page.kind() == kind
    assert world.page.content()["file"]["name"] == Path(file).name
    assert world.image.refusals.rows() == []
    assert names(world) == []


def test_a_picture_refused_as_a_recording_goes_to_the_pictures(world: ComposeWorld) -> None:
    """放到图片, from the 语音 form; a file that is nothing at all has no such button."""
    world.form("voice")
    (picture,) = world.pictures("a.png")
    (world.folder / "b.mp3").write_text("只是文字")
    world.voice.take(Payload((picture, str(world.folder / "b.mp3"))))
    world.settle()
    buttons = {row.refusal.name: row.findChildren(QPushButton) for row in world.voice.refusals.rows()}
    assert buttons["b.mp3"] == []
    (move,) = buttons["a.png"]
    assert move.text() == "放到图片"
    QTest.mouseClick(move, Qt.MouseButton.LeftButton)
    world.settle()
    assert names(world) == ["a.png"]
    assert [row.refusal.name for row in world.voice.refusals.rows()] == ["b.mp3"]


def test_a_name_lies_the_content_counts(world: ComposeWorld) -> None:
    """A PNG without a suffix is a picture."""
    (path,) = world.pictures("x.png")
    Path(path).rename(world.folder / "没有后缀")
    world.drop([str(world.folder / "没有后缀")], "image")
    assert names(world) == ["没有后缀"]


def test_the_same_picture_twice_is_named(world: ComposeWorld) -> None:
    """One copy in the message is enough."""
    (path,) = world.pictures("a.png")
    world.drop([path])
    world.drop([path])
    assert names(world) == ["a.png"]
    assert "已经在里面了" in world.image.refusals.rows()[0].sentence


def test_twenty_fit_and_the_next_is_told(world: ComposeWorld) -> None:
    """The 21st picture gets a red row, the add cell is gone."""
    paths = world.pictures(*(f"{n:02}.png" for n in range(21)), side=8)
    for n, path in enumerate(paths):  # all of one size: make them differ
        image = QImage(8 + n, 8, QImage.Format.Format_RGB32)
        image.fill(QColor(n * 10, 0, 0))
        assert image.save(path, "PNG")
    world.drop(paths)
    assert len(names(world)) == 20
    assert "一条图片消息最多 20 张" in world.image.refusals.rows()[0].sentence
    assert world.image._row._add.isHidden()


def different(world: ComposeWorld, count: int, start: int = 0) -> list[str]:
    """Paths of so many small pictures, each of another size."""
    paths = world.pictures(*(f"{n:02}.png" for n in range(start, start + count)), side=8)
    for n, path in enumerate(paths, start):
        image = QImage(8 + n, 8, QImage.Format.Format_RGB32)
        image.fill(QColor(n * 10, 0, 0))
        assert image.save(path, "PNG")
    return paths


def test_what_is_there_already_takes_no_room_from_others(world: ComposeWorld) -> None:
    """With one place left, two known pictures and a new one come: the new one gets it."""
    known = different(world, 19)
    world.drop(known)
    world.drop([*known[:2], *different(world, 1, 19)])
    assert len(names(world)) == 20
    assert names(world)[-1] == "19.png"
    assert [row.refusal.error.code for row in world.image.refusals.rows()] == ["media.twice"] * 2


def test_a_full_message_still_says_what_a_file_is(world: ComposeWorld) -> None:
    """A recording beside twenty pictures is told where it belongs, and a document that it is none."""
    world.drop(different(world, 20))
    (world.folder / "方案.pdf").write_bytes(b"%PDF-1")
    world.image.take(Payload((MP3, str(world.folder / "方案.pdf"), *different(world, 1, 20))))
    world.settle()
    said = {row.refusal.name: (row.refusal.error.code, row.refusal.belongs_to) for row in world.image.refusals.rows()}
    assert said == {
        Path(MP3).name: ("media.kind", "voice"),
        "方案.pdf": ("media.unknown", ""),
        "20.png": ("media.too_many", ""),
    }


def test_rows_with_a_button_are_not_hidden_behind_others(world: ComposeWorld) -> None:
    """Three rows are shown in full: the one that a button solves is among them, though it is the oldest."""
    world.image.take(Payload((MP3,)))
    world.settle()
    for number in range(4):
        (world.folder / f"{number}.jpg").write_text("只是文字")
    world.drop([str(world.folder / f"{number}.jpg") for number in range(4)], "image")
    shown = [row.refusal.name for row in world.image.refusals.rows() if row.isVisibleTo(world.image.refusals)]
    assert len(shown) == 3
    assert Path(MP3).name in shown


def test_no_tile_is_cut_off_at_any_width(world: ComposeWorld) -> None:
    """The last column lies inside the row, with the ring of a chosen tile."""
    world.drop(different(world, 9))
    row = world.image._row
    for width in range(380, 820, 7):
        row.resize(width, row.height())
        assert max(each.geometry().right() for each in (*row.tiles(), row._add)) < width


def test_a_tile_is_dragged_to_another_place(world: ComposeWorld) -> None:
    """The third picture pulled onto the first place becomes the cover."""
    world.drop(world.pictures("a.png", "b.png", "c.png"))
    third = tile(world, 3)
    goal = tile(world, 1).geometry().center()
    QTest.mousePress(third, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0), third.rect().center())
    move_to(third, tile(world, 2).geometry().center())
    move_to(third, goal)
    QTest.mouseRelease(third, Qt.MouseButton.LeftButton)
    world.settle()
    assert names(world) == ["c.png", "a.png", "b.png"]


def move_to(moved: MediaTile, middle: QPoint) -> None:
    """Pull a pressed tile until its middle is at a point of its row."""
    at = middle - moved.pos()
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(at),
        QPointF(moved.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier(0),
    )
    QApplication.sendEvent(moved, event)


def test_alt_and_an_arrow_move_a_picture(world: ComposeWorld) -> None:
    """Alt → moves the picture, → alone chooses the next, and the focus stays on what was moved."""
    world.drop(world.pictures("a.png", "b.png", "c.png"))
    first = tile(world, 1)
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert names(world) == ["b.png", "a.png", "c.png"]
    assert first.hasFocus()
    QTest.keyClick(first, Qt.Key.Key_Right)
    assert tile(world, 3).hasFocus()
    assert "c.png" in world.image._pane.accessibleName()


def test_a_removed_picture_comes_back_to_its_place(world: ComposeWorld) -> None:
    """Del takes it out; 撤销 in the toast puts it back where it was."""
    world.drop(world.pictures("a.png", "b.png", "c.png"))
    undo: list[Any] = []
    world.window.toast = lambda text, icon="", tone="", action=None: undo.append((text, action))  # type: ignore[method-assign]
    second = tile(world, 2)
    second.setFocus()
    QTest.keyClick(second, Qt.Key.Key_Delete)
    assert names(world) == ["a.png", "c.png"]
    text, (word, put_back) = undo[0]
    assert text == "已移走「b.png」"
    assert word == "撤销"
    put_back()
    world.settle()
    assert names(world) == ["a.png", "b.png", "c.png"]


def test_a_failed_upload_says_why_and_is_tried_again(world: ComposeWorld) -> None:
    """WeChat's refusal is shown in words on the picture; 重试 uploads it; until then the next step is closed."""
    world.sandbox.fault("media/upload:errcode=45009*1")
    world.drop(world.pictures("a.png"))
    item = world.image.intake.items[0]
    assert item.stage == Stage.FAILED
    assert "没有传上去" in world.page.ready_problem()
    world.click("compose.image.retry")
    world.settle()
    assert item.stage == Stage.DONE
    world.wait(300)
    assert world.page.ready_problem() == ""


def test_the_checks_say_which_pictures_did_not_go_up(world: ComposeWorld) -> None:
    """In red, and 去改 leads to 重试 of the first of them; once it is on its way again nothing red is left."""
    world.sandbox.fault("media/upload:errcode=45009")
    world.drop(world.pictures("a.png", "b.png"))
    panel = world.page.panel
    world.until(lambda: [c.args for c in panel.checks() if c.key == "image.upload_failed"] == [{"count": 2}])
    assert "2 张图片没有上传成功" in [row.text() for row in panel.findChildren(Paragraph)]
    world.image._choose(world.image.intake.items[1])
    world.click("compose.check.image.upload_failed")
    retry = world.find("compose.image.retry")
    assert retry.hasFocus()
    assert "a.png" in world.image._pane.accessibleName()
    world.sandbox.fault("clear")
    world.sandbox.fault("media/upload:slow=30s")
    world.page.refresh()
    world.until(lambda: panel.first_red() is None)
    assert world.page.ready_problem().startswith("还有 2 个文件在上传")


def test_f5_uploads_again_what_failed(world: ComposeWorld) -> None:
    """One key for all of them, once the network is back."""
    world.sandbox.fault("media/upload:errcode=45009*2")
    world.drop(world.pictures("a.png", "b.png"))
    assert {item.stage for item in world.image.intake.items} == {Stage.FAILED}
    world.page.refresh()
    world.settle()
    assert {item.stage for item in world.image.intake.items} == {Stage.DONE}


def test_an_upload_is_stopped_and_taken_up_again(world: ComposeWorld) -> None:
    """While the line is slow the bar shows and 停止上传 ends it; 重试 goes on."""
    world.sandbox.fault("media/upload:silent=60*1")
    page, (path,) = world.page, world.pictures("a.png")
    page.take_files([path])
    item = world.image.intake.items[0]
    world.until(lambda: item.stage in (Stage.WAITING, Stage.UPLOADING) and item.task and item.task.running)
    world.until(lambda: any(r["path"].endswith("/media/upload") for r in world.sandbox.requests()) or item.fraction)
    assert "在上传" in page.ready_problem()
    world.click("compose.image.stop")
    assert item.stage == Stage.STOPPED
    world.sandbox.fault("clear")
    world.click("compose.image.retry")
    world.settle()
    assert item.stage == Stage.DONE


def test_replace_keeps_the_place(world: ComposeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """替换 asks for one file and puts it where the chosen picture was."""
    a, b, c = world.pictures("a.png", "b.png", "c.png")
    world.drop([a, b])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (c, ""))
    world.click("compose.image.replace")
    world.settle()
    assert names(world) == ["c.png", "b.png"]


def test_files_are_chosen_and_the_folder_is_remembered(world: ComposeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl U opens the dialog in the folder of the last time."""
    asked: list[str] = []
    a, b = world.pictures("a.png", "b.png")

    def choose(parent: Any, title: str, folder: str, choice: str) -> tuple[list[str], str]:
        asked.append(folder)
        return [a] if len(asked) == 1 else [b], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", choose)
    world.page.choose_files()
    world.settle()
    world.click("compose.image.add")
    world.settle()
    assert names(world) == ["a.png", "b.png"]
    assert asked == ["", str(world.folder)]


def test_a_pasted_screenshot_becomes_a_png(world: ComposeWorld) -> None:
    """A bitmap on the clipboard is encoded off the window's thread and uploaded like a file."""
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("seagreen"))
    mime = QMimeData()
    mime.setImageData(image)
    assert world.page.take_mime(mime)
    world.settle()
    item = world.image.intake.items[0]
    assert item.name.startswith("粘贴的图片 ")
    assert item.media is not None
    assert (item.media.format, item.media.width, item.media.height) == ("png", 300, 200)
    assert item.stage == Stage.DONE


def test_recommend_and_comments_are_kept(world: ComposeWorld) -> None:
    """推荐语 and 留言 are part of the draft; the preview shows the words; too long is red with a way to the field."""
    world.drop(world.pictures("a.png"))
    world.image._words.set_text("明前头采到店")
    world.click("compose.image.comments")
    world.image._comments._who.set_value("fans")
    assert world.page.content()["comments"] == "fans"
    assert world.page.phone.message().text == "明前头采到店"
    world.wait(1200)
    world.reopen()
    assert world.page.content()["recommend"] == "明前头采到店"
    assert world.page.content()["comments"] == "fans"
    world.image._words.set_text("茶" * 141)
    world.wait(300)
    assert world.page.ready_problem() == "推荐语有 141 字，最多 140 字"
    world.click("compose.check.image.recommend_too_long")
    assert world.find("compose.image.recommend").hasFocus()


def test_pictures_dropped_on_the_text_tab_switch_to_theirs(world: ComposeWorld) -> None:
    """A drop goes where it fits; the text stays in its draft."""
    world.form("text")
    world.text._area.insert("写到一半")
    world.drop(world.pictures("a.png"))
    assert world.page.kind() == "image"
    assert names(world) == ["a.png"]
    assert world.text.content() == {"text": "写到一半"}


def test_a_lost_file_of_a_draft_is_named(world: ComposeWorld) -> None:
    """The cache folder was emptied: the draft comes up without the picture and says which."""
    world.drop(world.pictures("a.png", "b.png"))
    item = world.image.intake.items[0]
    assert item.media is not None
    world.wait(1200)
    item.media.path.unlink()
    world.reopen()
    assert names(world) == ["b.png"]
    assert "a.png：文件不在了" in world.image.refusals.rows()[0].sentence


def test_web_addresses_are_answered_in_words(world: ComposeWorld) -> None:
    """A link pasted from a browser is no picture: the sentence says how to get at one."""
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.com/tea.html")])
    assert world.page.take_mime(mime)
    assert world.window.toasts == ["这是网页链接，不是图片。在网页里按住图片本身拖过来"]
    assert names(world) == []


def test_an_old_upload_is_made_again_at_the_next_start(world: ComposeWorld) -> None:
    """After four days WeChat has forgotten the file; opening the draft uploads it once more."""
    world.drop(world.pictures("a.png"))
    world.wait(1200)
    world.clock.advance(4 * 86400)
    world.sandbox.forget_requests()
    world.reopen()
    assert any(r["path"].endswith("/media/upload") for r in world.sandbox.requests())
    item = world.image.intake.items[0]
    assert item.stage == Stage.DONE
    assert item.expires_at == world.clock() + 3 * 86400


def test_what_the_library_did_is_said_in_the_message(world: ComposeWorld) -> None:
    """Renewed: no warning is left; kept for good: said; deleted there: it goes up again when it is sent."""
    world.drop(world.pictures("a.png"))
    world.settle()
    item = world.image.intake.items[0]
    assert item.media is not None
    desk, account_id, sha256 = world.profile.media, world.service.id, item.media.sha256

    def said() -> str:
        world.page.library_changed()
        world.wait(150)
        world.settle()
        return world.image.item_facts(item)[-1][0]

    world.clock.advance(2 * 86400 + 3600)
    assert said() == "素材剩 23 小时 0 分钟"
    assert "media.expiring" in [check.key for check in world.page._panel().checks()]
    desk.renew(account_id, sha256, "image", Job())
    assert said() == "素材剩 3 天"
    assert "media.expiring" not in [check.key for check in world.page._panel().checks()]
    kept = desk.upload(account_id, sha256, "image", Job(), permanent=True)
    assert said() == "永久素材"
    desk.forget(account_id, kept.media_id)
    desk.forget(account_id, desk.files.upload(account_id, sha256, "temp.image").media_id)
    assert said() == kept_words(item) == "发送时重新上传"


@pytest.mark.parametrize("size", [(960, 640), (1280, 800)])
def test_the_page_fits_its_window(qtbot: QtBot, tmp_path: Path, size: tuple[int, int]) -> None:
    """At both sizes nothing is wider than the window, and no label of the right column is cut."""
    world = ComposeWorld(tmp_path, size)
    try:
        world.form("image")
        world.drop(world.pictures("a.png", "b.png"))
        world.wait(300)
        assert world.page.minimumSizeHint().width() <= size[0] - 73
        side = world.page._side
        for each in side.findChildren(QLabel):
            if each.isVisible():
                corner = each.mapTo(side, each.rect().bottomRight())
                assert side.rect().contains(corner)
    finally:
        world.window.close()
        world.close()
