"""The drawer of uploads and the activity bar: what is said of files under way, and what their buttons do."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget

from desktop_app.media import convert
from desktop_app.store.caches import MediaFile
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.transfer_words import about_seconds, progress_words, second_line
from desktop_app.ui.upload_desk import UploadDesk
from desktop_app.ui.upload_rows import UploadList, UploadModel, action_of, button_words
from desktop_app.workers.transfer import LIBRARY, Stage, Transfer, totals_of
from tests.compose_world import MP4, ComposeWorld
from tests.data import make


class Desk(ComposeWorld):
    """The compose page with the drawer over it, as the window has them."""

    def __init__(self, folder: Path, size: tuple[int, int] = (1280, 800)) -> None:
        super().__init__(folder, size)
        content = self.page.parentWidget()
        assert content is not None
        self.desk = UploadDesk(self.context, content, self.window.activity)
        self.desk.set_account(self.service.id)
        self.profile.media.configure(ffmpeg=convert.find(), ground="white")

    @property
    def drawer(self) -> QWidget:
        return self.desk.drawer

    @property
    def rows(self) -> UploadList:
        found = self.drawer.findChild(UploadList)
        assert found is not None
        return found

    def library(self, *files: Path) -> None:
        self.desk.save_to_library(Payload(tuple(str(file) for file in files)))
        self.settle()
        self.wait(150)

    def press(self, name: str) -> None:
        """Click the button of the row of a file."""
        row = next(row for row, each in enumerate(self.transfers.items) if each.name == name)
        self.rows.scrollTo(self.rows.model().index(row, 0))
        QTest.mouseClick(self.rows.viewport(), Qt.MouseButton.LeftButton, pos=self.rows.button_at(row))

    def transfer(self, name: str) -> Transfer:
        return next(each for each in self.transfers.items if each.name == name)

    def put(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def wait_for_text(self, name: str, text: str) -> None:
        """Until a button says so."""
        self.until(lambda: self.text(name) == text)

    def text(self, name: str) -> str:
        found = self.window.findChild(QPushButton, name)
        assert found is not None
        return found.text() if found.isVisible() else ""


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path) -> Iterator[Desk]:
    """The desk, closed at its end."""
    made = Desk(tmp_path)
    yield made
    made.window.close()
    made.close()


def heic() -> bytes:
    """A HEIC as phones make them, without its tiles."""
    import pillow_heif
    from PIL import Image

    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (640, 480), (40, 120, 60))).save(out)
    return out.getvalue()


def test_files_for_the_library_open_the_drawer_and_say_how_they_fare(desk: Desk) -> None:
    """One up, one that cannot be used, one with a way out; the counts and the activity bar agree."""
    desk.library(desk.put("a.png", make.picture()), desk.put("b.pdf", b"%PDF-1"), desk.put("c.heic", heic()))
    assert desk.drawer.isVisible()
    model = desk.rows.model()
    said = [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]
    assert said[0].endswith("永久素材，已上传")
    assert said[1].startswith("b.pdf，认不出这种文件")
    assert said[2] == "c.heic，微信不支持 HEIC 格式"
    assert button_words(desk.transfer("c.heic")) == "转成 JPG"
    assert desk.text("activity.problems") == "2 个文件要处理"
    assert "1 个文件已上传" in desk.window.activity._task.text()


def test_the_next_files_take_the_place_of_the_last_ones_in_the_open_drawer(desk: Desk) -> None:
    """Opened for them it stays open, though those that are up leave the list."""
    for name in ("a.png", "b.png"):
        desk.library(*(Path(path) for path in desk.pictures(name)))
        assert desk.drawer.isVisible()
        assert [each.name for each in desk.transfers.items] == [name]


def test_the_button_of_a_row_mends_its_file(desk: Desk) -> None:
    """转成 JPG by mouse: the picture goes up as a JPG; the row says how large it was and is."""
    desk.library(desk.put("IMG_4127.heic", heic()))
    desk.press("IMG_4127.heic")
    desk.settle()
    transfer = desk.transfer("IMG_4127.heic")
    assert transfer.stage == Stage.DONE
    assert transfer.media is not None
    assert desk.sandbox.file(transfer.media.sha256)[:3] == b"\xff\xd8\xff"
    assert second_line(transfer)[0].endswith("永久素材")


def test_several_files_are_mended_by_one_button(desk: Desk) -> None:
    """全部处理 stands there from two on, and leaves alone what asks a question."""
    desk.library(desk.put("1.heic", heic()), desk.put("长.mp3", make.mp3(80)))
    every = desk.window.findChild(QPushButton, "uploads.mend_all")
    assert not every.isVisible()
    desk.library(desk.put("2.heic", heic() + b"\0"))
    assert every.isVisible()
    QTest.mouseClick(every, Qt.MouseButton.LeftButton)
    desk.settle()
    desk.wait(150)
    assert {each.name: each.stage for each in desk.transfers.items}["长.mp3"] == Stage.REFUSED
    assert sum(each.stage == Stage.DONE for each in desk.transfers.items) == 2
    assert not every.isVisible()


def test_without_ffmpeg_the_button_says_how_to_get_it(desk: Desk) -> None:
    """Nothing is started; the sentence names the way, for HEIC also how to set the phone."""
    desk.profile.media.configure(ffmpeg=None, ground="white")
    desk.library(desk.put("IMG_4127.heic", heic()))
    desk.press("IMG_4127.heic")
    desk.settle()
    assert desk.transfer("IMG_4127.heic").stage == Stage.REFUSED
    (said,) = desk.window.toasts
    assert "ffmpeg" in said
    assert "兼容性最佳" in said


def test_without_ffmpeg_one_button_for_all_says_so_once(desk: Desk) -> None:
    """全部处理 is no dead button: nothing is started, and one toast names the way."""
    desk.profile.media.configure(ffmpeg=None, ground="white")
    desk.library(desk.put("1.heic", heic()), desk.put("2.heic", heic() + b"\0"))
    every = desk.window.findChild(QPushButton, "uploads.mend_all")
    QTest.mouseClick(every, Qt.MouseButton.LeftButton)
    desk.settle()
    assert {each.stage for each in desk.transfers.items} == {Stage.REFUSED}
    (said,) = desk.window.toasts
    assert "ffmpeg" in said


def test_keys_work_the_rows(desk: Desk) -> None:
    """Enter does what the button does, Delete takes the row away, Esc shuts the drawer."""
    desk.library(desk.put("IMG_4127.heic", heic()), desk.put("b.pdf", b"%PDF-1"))
    desk.rows.setFocus()
    desk.rows.setCurrentIndex(desk.rows.model().index(0, 0))
    QTest.keyClick(desk.rows, Qt.Key.Key_Return)
    desk.settle()
    assert desk.transfer("IMG_4127.heic").stage == Stage.DONE
    desk.rows.setCurrentIndex(desk.rows.model().index(1, 0))
    QTest.keyClick(desk.rows, Qt.Key.Key_Delete)
    assert [each.name for each in desk.transfers.items] == ["IMG_4127.heic"]
    QTest.keyClick(desk.rows, Qt.Key.Key_Escape)
    assert not desk.drawer.isVisible()


def test_a_failed_upload_can_be_tried_again(desk: Desk) -> None:
    """重试 in its row."""
    desk.sandbox.fault("material/add_material:errcode=45009*1")
    desk.library(desk.put("a.png", make.picture()))
    assert action_of(desk.transfer("a.png")) == "retry"
    desk.press("a.png")
    desk.settle()
    assert desk.transfer("a.png").stage == Stage.DONE


def test_everything_can_be_stopped_and_taken_up_again(desk: Desk) -> None:
    """全部停止 while files go up; 继续 for one of them, 全部继续 for the rest; then the list can be emptied."""
    desk.sandbox.fault("material/add_material:slow=30s")
    for n in range(3):
        desk.desk.save_to_library(Payload((str(desk.put(f"{n}.png", make.picture(colour=(n, 1, 1)))),)))
    desk.until(lambda: [each.media is not None for each in desk.transfers.items] == [True] * 3)
    desk.wait_for_text("uploads.stop_all", "全部停止")
    desk.click("uploads.stop_all")
    assert {each.stage for each in desk.transfers.items} == {Stage.STOPPED}
    desk.wait_for_text("activity.problems", "3 个文件没传完")
    desk.until(lambda: "0 个完成 · 3 个没传完" in [label.text() for label in desk.drawer.findChildren(QLabel)])
    desk.sandbox.fault("clear")
    desk.settle()
    desk.press("1.png")
    desk.settle()
    desk.wait(150)
    assert [each.stage for each in desk.transfers.items if each.name != "1.png"] == [Stage.STOPPED] * 2
    assert desk.transfer("1.png").stage == Stage.DONE
    desk.wait_for_text("uploads.mend_all", "全部继续")
    desk.click("uploads.mend_all")
    desk.settle()
    desk.wait(150)
    assert {each.stage for each in desk.transfers.items} == {Stage.DONE}
    assert desk.text("uploads.mend_all") == ""
    desk.wait_for_text("uploads.stop_all", "清空列表")
    desk.click("uploads.stop_all")
    assert desk.transfers.items == []
    assert not desk.drawer.isVisible()


def test_few_files_for_a_form_do_not_open_the_drawer(desk: Desk) -> None:
    """They show in the form; many are worth a look."""
    desk.form("image")
    desk.drop(desk.pictures("a.png", "b.png"), "image")
    assert not desk.drawer.isVisible()
    desk.drop(desk.pictures(*(f"{n}.png" for n in range(6))), "image")
    assert desk.drawer.isVisible()


def test_the_activity_bar_opens_the_drawer(desk: Desk) -> None:
    """By a click on what waits for a person; the focus goes to the rows, and back again."""
    desk.form("image")
    desk.drop([str(desk.put("b.pdf", b"%PDF-1"))], "image")
    desk.wait(150)
    assert not desk.drawer.isVisible()
    desk.click("activity.problems")
    assert desk.drawer.isVisible()
    assert desk.rows.hasFocus()


def test_a_refused_file_of_a_form_is_mended_there(desk: Desk) -> None:
    """The red row has the same button; the picture takes a place among the others, and the row is gone."""
    desk.form("image")
    desk.drop([*desk.pictures("a.png"), str(desk.put("IMG_4127.heic", heic()))], "image")
    (row,) = desk.image.refusals.rows()
    (fix,) = row.findChildren(QPushButton)
    assert fix.text() == "转成 JPG"
    QTest.mouseClick(fix, Qt.MouseButton.LeftButton)
    desk.settle()
    assert [each["name"] for each in desk.page.content()["files"]] == ["a.png", "IMG_4127.heic"]
    assert desk.image.refusals.rows() == []
    assert [each.stage for each in desk.image.intake.items] == [Stage.DONE, Stage.DONE]


def test_a_file_of_another_kind_goes_where_it_belongs(desk: Desk) -> None:
    """A film among the pictures: 放到视频 in its row does what the red row of the form does, which goes with it."""
    desk.form("image")
    desk.drop([MP4, *desk.pictures("a.png")], "image")
    film = desk.transfer(Path(MP4).name)
    desk.desk.drawer.open_drawer()
    assert button_words(film) == "放到视频"
    assert second_line(film)[0] == "这是视频，不是图片"
    desk.press(film.name)
    assert desk.image.refusals.rows() == []
    desk.settle()
    assert desk.page.kind() == "video"
    assert desk.page.content()["file"]["name"] == film.name
    assert film not in desk.transfers.items
    assert desk.transfer(film.name).stage == Stage.DONE


def test_putting_a_red_row_away_ends_it_everywhere(desk: Desk) -> None:
    """In the form by its cross, in the drawer by Delete: the other one forgets it too."""
    desk.form("image")
    desk.drop([str(desk.put("b.pdf", b"%PDF-1")), str(desk.put("c.pdf", b"%PDF-2"))], "image")
    newest = desk.image.refusals.rows()[0]
    (close,) = newest.findChildren(QToolButton)
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    (left,) = desk.transfers.items
    desk.desk.drawer.open_drawer()
    desk.transfers.remove(left)
    assert desk.image.refusals.rows() == []
    desk.until(lambda: not desk.drawer.isVisible())  # nothing is left to look at


def test_a_file_of_another_account_says_whose_it_is(desk: Desk) -> None:
    """Its button works for that account's message, whichever account is shown."""
    desk.form("image")
    desk.drop([str(desk.put("a.heic", heic()))], "image")
    desk.settle()
    model = desk.rows.model()

    def said() -> tuple[str, ...]:
        desk.settle()
        roles = (UploadModel.SecondLineRole, Qt.ItemDataRole.AccessibleTextRole)
        return tuple(model.index(0, 0).data(role) for role in roles)

    assert said() == ("微信不支持 HEIC 格式", "a.heic，微信不支持 HEIC 格式")
    desk.desk.set_account(desk.subscription.id)
    name = desk.service.name
    assert said() == (f"{name} · 微信不支持 HEIC 格式", f"a.heic，微信不支持 HEIC 格式，{name}")
    desk.desk.set_account(desk.service.id)
    assert said()[0] == "微信不支持 HEIC 格式"


def test_the_drawer_keeps_its_place_when_the_window_changes(desk: Desk) -> None:
    """At the right edge, between top bar and activity bar, in the smallest window too."""
    desk.library(desk.put("a.png", make.picture()))
    desk.wait(250)
    for size in ((1280, 800), (960, 640)):
        desk.window.resize(*size)
        desk.wait(20)
        area = desk.drawer.parentWidget()
        assert area is not None
        corner = desk.drawer.mapTo(area, QPoint(desk.drawer.width(), desk.drawer.height()))
        assert corner.x() == area.width()
        assert corner.y() == area.height() - 36


def test_only_what_moved_is_painted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that moved on paints its own row, not the whole list."""
    desk.library(*(desk.put(f"{n}.png", make.picture("PNG", (40 + n, 30))) for n in range(6)))
    desk.wait(200)
    painted = Painted(desk.rows.viewport())
    desk.transfers.changed.emit(desk.transfers.items[2])
    desk.until(lambda: not painted.rect.isEmpty())
    assert painted.rect == desk.rows.visualRect(desk.rows.model().index(2, 0))


class Painted(QObject):
    """The part of a widget that was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.rect = QRect()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.rect = self.rect.united(event.rect())
        return False


def test_a_size_that_stays_is_said_once() -> None:
    """A MOV whose container alone was changed has not become smaller to the eye."""
    film = MediaFile("b" * 64, "video", "mp4", "a.mp4", Path("/a.mp4"), 620_400, made_from="a" * 64)
    transfer = Transfer("a.mov", kind="video", use=LIBRARY, stage=Stage.UPLOADING, media=film)
    transfer.size_before, transfer.size_after = 620_500, 620_400
    assert second_line(transfer)[0] == "606 KB · 已转换"
    transfer.size_before = 9_000_000
    assert second_line(transfer)[0] == "8.6 MB → 606 KB · 已压缩"


def test_a_file_that_is_read_does_not_go_up_yet() -> None:
    """The activity bar says what is done with the file that it names."""
    up = Transfer("一.jpg", stage=Stage.DONE)
    assert progress_words(totals_of([up, Transfer("二.jpg", stage=Stage.READING)])) == "正在检查 2 / 2"
    assert progress_words(totals_of([up, Transfer("二.jpg", stage=Stage.UPLOADING)])) == "正在上传 2 / 2"


def test_time_left_does_not_flicker() -> None:
    """In steps of five seconds above ten, in minutes above ninety seconds."""
    assert [about_seconds(s) for s in (0.2, 7.2, 18.9, 100)] == [
        "还要约 1 秒",
        "还要约 7 秒",
        "还要约 20 秒",
        "还要约 2 分钟",
    ]


def test_a_web_picture_that_cannot_be_fetched_is_taken_as_it_was_drawn(desk: Desk) -> None:
    """Dragged out of a browser into the library: the bitmap that came along serves; without one it is refused."""
    bitmap = QImage(40, 30, QImage.Format.Format_RGB32)
    bitmap.fill(Qt.GlobalColor.darkGreen)
    address = "http://127.0.0.1:9/%E8%8C%B6.png"  # an address of this machine is never fetched
    desk.desk.save_to_library(Payload(addresses=(address,), bitmap=bitmap))
    desk.desk.save_to_library(Payload(addresses=(address,)))
    desk.settle()
    assert [(each.name, each.stage) for each in desk.transfers.items] == [
        ("茶.png", Stage.DONE),
        ("茶.png", Stage.FAILED),
    ]
