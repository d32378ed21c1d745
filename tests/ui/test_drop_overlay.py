"""Files over the window: what may be let go where, and what is said when it may not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.ui.compose_drops import best_kind, library_page_targets, list_targets, make_targets
from desktop_app.ui.drop_overlay import DropOverlay
from desktop_app.ui.drop_payload import LIBRARY_MIME, Payload
from desktop_app.ui.drop_target import DropTarget
from desktop_app.ui.drop_watch import DropWatch
from desktop_app.ui.drop_words import payload_words
from desktop_app.workers.tasks import Tasks
from tests.compose_world import enter, let_go


def mime_of(*paths: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return mime


class Host:
    """Offers the real targets and notes what was let go on which."""

    def __init__(self, kind: str = "image") -> None:
        self.kind = kind
        self.taken: list[tuple[str, Payload]] = []

    def targets(self, payload: Payload) -> list[DropTarget]:
        return make_targets(payload, self.kind, self.note, self.note("library"))

    def note(self, key: str) -> Callable[[Payload], object]:
        return lambda dropped: self.taken.append((key, dropped))


class Window(QWidget):
    """Does with a drag what the main window does; a text field fills it."""

    def __init__(self, host: Host, tasks: Tasks) -> None:
        super().__init__()
        self.resize(1208, 800)
        self.field = QLineEdit(self)
        self.field.setGeometry(self.rect())
        self.overlay = DropOverlay(self, host.targets, tasks)
        DropWatch(self, self.overlay.begin)

    def over(self, key: str) -> QPoint:
        """The middle of a target, in the window."""
        return self.overlay.mapTo(self, self.overlay.target_rect(key).center().toPoint())


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


@pytest.fixture
def window(qtbot: QtBot, host: Host, tasks: Tasks) -> Window:
    made = Window(host, tasks)
    qtbot.addWidget(made)
    made.show()
    return made


def drag_onto(window: Window, mime: QMimeData, key: str) -> None:
    """Over the window, to a target, let go."""
    enter(window, mime, QPoint(300, 300))
    let_go(window, mime, window.over(key))


# --- the drag -----------------------------------------------------------------------------------------------


def test_files_over_the_window_bring_the_overlay(window: Window) -> None:
    """It lies over everything below the top bar, and goes when the files leave."""
    mime = mime_of("/tmp/a.jpg")
    enter(window, mime, QPoint(300, 300))
    assert window.overlay.isVisible()
    assert window.overlay.geometry().top() == 56
    assert window.overlay.geometry().bottom() == window.rect().bottom()
    QApplication.sendEvent(window.windowHandle(), QDragLeaveEvent())
    assert not window.overlay.isVisible()


def test_a_text_field_does_not_get_the_files_for_words(window: Window, host: Host) -> None:
    """File managers give the paths as text too; the overlay is there before the field below the mouse is asked."""
    mime = mime_of("/tmp/a.jpg")
    mime.setText("/tmp/a.jpg")
    enter(window, mime, QPoint(300, 300))
    let_go(window, mime, window.over("image"))
    assert window.field.text() == ""
    assert [key for key, _ in host.taken] == ["image"]


def test_text_over_the_window_is_no_business_of_the_overlay(window: Window) -> None:
    """Dragged words belong to the text fields."""
    mime = QMimeData()
    mime.setText("只是文字")
    enter(window, mime, QPoint(300, 300))
    assert not window.overlay.isVisible()
    let_go(window, mime, QPoint(300, 300))
    assert window.field.text() == "只是文字"


@pytest.mark.parametrize("ours", [False, True])
def test_what_is_dragged_within_the_window(window: Window, monkeypatch: pytest.MonkeyPatch, ours: bool) -> None:
    """A block of the panel, with a picture in it, is the editor's; files of our own library bring the overlay."""
    monkeypatch.setattr(QDragEnterEvent, "source", lambda event: window.field)
    mime = mime_of("/tmp/a.jpg") if ours else QMimeData()
    if ours:
        mime.setData(LIBRARY_MIME, b"")
    mime.setHtml('<section><img src="https://example.com/a.png"></section>')
    enter(window, mime, QPoint(300, 300))
    assert window.overlay.isVisible() is ours


def test_a_drag_that_got_lost_leaves_no_overlay(window: Window) -> None:
    """Where the system forgot to say that the drag ended, the next move of the mouse ends it."""
    enter(window, mime_of("/tmp/a.jpg"), QPoint(300, 300))
    # Sent to the overlay itself: where the cursor of a screen that is not there stands, other tests decide.
    for at in (QPointF(200, 200), QPointF(210, 210)):
        none, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        moved = QMouseEvent(QEvent.Type.MouseMove, at, window.overlay.mapToGlobal(at), none, none, keys)
        QApplication.sendEvent(window.overlay, moved)
    assert not window.overlay.isVisible()


def test_pictures_let_go_on_their_target_are_taken(window: Window, host: Host) -> None:
    """All files of the drop arrive in their order, and the overlay is gone."""
    drag_onto(window, mime_of("/tmp/b.jpg", "/tmp/a.png"), "image")
    assert [(kind, payload.files) for kind, payload in host.taken] == [("image", ("/tmp/b.jpg", "/tmp/a.png"))]
    assert not window.overlay.isVisible()


def test_a_toast_that_comes_up_meanwhile_does_not_end_the_drag(window: Window, host: Host) -> None:
    """What was crossed takes the overlay away for a moment; the next move brings it back."""
    mime = mime_of("/tmp/a.jpg")
    enter(window, mime, QPoint(300, 300))
    end = window.over("image")
    toast = QWidget(window)
    toast.setGeometry(260, 560, 100, 100)
    toast.show()
    given = Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    for at in (QPoint(300, 600), QPoint(300, 700)):
        QApplication.sendEvent(window.windowHandle(), QDragMoveEvent(at, *given))
    assert window.overlay.isVisible()
    let_go(window, mime, end)
    assert [key for key, _ in host.taken] == ["image"]


def test_a_drop_that_comes_without_a_move_is_taken(window: Window, host: Host) -> None:
    """The overlay has the drag from its first event on, so nothing is lost to what lies below it."""
    mime = mime_of("/tmp/a.jpg")
    at = QPoint(300, 400)
    enter(window, mime, at)
    given = Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    QApplication.sendEvent(window.windowHandle(), QDropEvent(QPointF(at), *given))
    assert [key for key, _ in host.taken] == ["image"]


def test_a_refused_target_stays_grey_and_explains(window: Window, host: Host, qtbot: QtBot) -> None:
    """Pictures cannot go to 语音: the drop turns it red with the reason, nothing is taken, and it goes by itself."""
    drag_onto(window, mime_of("/tmp/a.jpg"), "voice")
    assert host.taken == []
    assert window.overlay.isVisible()
    target = next(t for t in window.overlay.targets() if t.key == "voice")
    assert target.refusal == "这里只收语音"
    middle = window.overlay.target_rect("voice").topLeft().toPoint() + QPoint(12, 12)
    shown = QColor(window.overlay.grab().toImage().pixel(middle * window.overlay.devicePixelRatioF()))
    assert shown.red() > shown.green() + 8
    qtbot.waitUntil(lambda: not window.overlay.isVisible(), timeout=30_000)


def test_the_target_below_the_mouse_turns_blue(window: Window) -> None:
    """The large target changes its ground while files hover over it."""
    mime = mime_of("/tmp/a.jpg")
    enter(window, mime, QPoint(300, 20))
    spot = window.overlay.target_rect("image").topLeft().toPoint() + QPoint(12, 12)
    before = window.overlay.grab().toImage().pixel(spot)
    assert window.overlay.target_over() == ""
    enter(window, mime, window.over("image"))
    after = window.overlay.grab().toImage().pixel(spot)
    assert window.overlay.target_over() == "image"
    assert before != after
    assert QColor(after).blue() > QColor(after).red()


def test_letting_go_between_the_targets_takes_nothing(window: Window, host: Host) -> None:
    """A miss is a cancel."""
    mime = mime_of("/tmp/a.jpg")
    enter(window, mime, QPoint(4, 60))
    let_go(window, mime, QPoint(4, 60))
    assert host.taken == []
    assert not window.overlay.isVisible()


def test_the_overlay_grows_with_the_window(window: Window) -> None:
    """A resize while files hover keeps the targets inside."""
    enter(window, mime_of("/tmp/a.jpg"), QPoint(300, 300))
    window.resize(888, 640)
    assert window.overlay.width() == 888
    assert window.overlay.rect().contains(window.overlay.target_rect("library").toRect())


def test_the_size_of_all_files_comes_behind(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    """The disk is asked in a task: the kinds are said at once, the megabytes when they are known."""
    paths = [tmp_path / name for name in ("a.jpg", "b.jpg", "c.mp4")]
    for path in paths:
        path.write_bytes(bytes(1_000_000))
    enter(window, mime_of(*map(str, paths)), QPoint(300, 300))
    assert window.overlay.words() == "3 个文件 · 2 张图片 · 1 个视频"
    qtbot.waitUntil(lambda: window.overlay.words() == "3 个文件 · 2 张图片 · 1 个视频 · 共 2.9 MB")
    assert "共 2.9 MB" in window.overlay.accessibleName()


def test_a_folder_is_called_one_when_the_disk_has_answered(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    """What is in it is not counted: that shows when it is read."""
    (tmp_path / "春茶").mkdir()
    (tmp_path / "a.jpg").write_bytes(b"x")
    enter(window, mime_of(str(tmp_path / "春茶"), str(tmp_path / "a.jpg")), QPoint(300, 300))
    assert window.overlay.words() == "2 个文件 · 1 张图片"
    qtbot.waitUntil(lambda: window.overlay.words() == "1 张图片 · 1 个文件夹")


# --- the targets --------------------------------------------------------------------------------------------


def test_the_targets_lie_over_what_they_change(window: Window) -> None:
    """The likely kind is large, the others and the library one above the other at its right."""
    enter(window, mime_of("/tmp/a.jpg"), QPoint(300, 300))
    places = {target.key: window.overlay.target_rect(target.key) for target in window.overlay.targets()}
    assert list(places) == ["image", "voice", "video", "library"]
    side = [places[key] for key in ("voice", "video", "library")]
    assert all(rect.left() > places["image"].right() for rect in side)
    assert [rect.top() for rect in side] == sorted(rect.top() for rect in side)
    assert places["image"].width() > 2 * side[0].width()


def targets_of(payload: Payload, kind: str = "text") -> dict[str, DropTarget]:
    return {each.key: each for each in Host(kind).targets(payload)}


def test_the_likely_target_is_the_large_one() -> None:
    """The kind in front leads if it takes the files; otherwise the one that does."""
    assert targets_of(Payload(("/tmp/a.mp4",)))["video"].place == "centre"
    unknown = targets_of(Payload(("/tmp/no_suffix",)), "voice")
    assert [each.key for each in unknown.values() if each.place == "centre"] == ["voice"]
    assert not any(each.refusal for each in unknown.values())


def test_what_can_be_mended_later_is_not_refused() -> None:
    """Only the kind decides: a HEIC, a WAV and a MOV find their target, which says what has to be done."""
    mended = {"heic": ("image", "1 张 HEIC 要转格式"), "wav": ("voice", "要转成 MP3"), "mov": ("video", "要转成 MP4")}
    for suffix, (kind, note) in mended.items():
        target = targets_of(Payload((f"/tmp/a.{suffix}",)))[kind]
        assert (target.refusal, target.place) == ("", "centre")
        assert [each[0] for each in target.notes] == [note]


def test_two_recordings_are_refused_one_is_taken() -> None:
    """语音 and 视频 hold one file; the library holds any number."""
    two = {key: each.refusal for key, each in targets_of(Payload(("/a.mp3", "/b.mp3")), "voice").items()}
    assert two == {"voice": "一次只能放 1 个语音", "image": "这里只收图片", "video": "这里只收视频", "library": ""}
    assert targets_of(Payload(("/a.mp3",)))["voice"].refusal == ""


def test_a_mixed_drop_says_how_many_fit() -> None:
    """Files that fit go in; the target tells how many do not."""
    payload = Payload((*(f"/tmp/{n}.jpg" for n in range(9)), "/a.mp4", "/b.mp4", "/c.mp4"))
    image = targets_of(payload)["image"]
    assert (image.place, image.refusal) == ("centre", "")
    assert [note[0] for note in image.notes] == ["9 个文件放得进来", "3 个文件不是图片"]


def test_a_document_is_not_promised_a_place() -> None:
    """It may be let go, but the target does not count it among what fits."""
    mixed = targets_of(Payload(("/a.jpg", "/b.pdf", "/c.mp3")))["image"]
    assert [note[0] for note in mixed.notes] == ["1 个文件放得进来", "2 个文件不是图片"]
    alone = targets_of(Payload(("/b.pdf",)))["image"]
    assert [note[0] for note in alone.notes] == ["1 个文件不是图片"]


def test_more_pictures_than_a_message_holds() -> None:
    """The first twenty go in, and the target says so."""
    notes = targets_of(Payload(tuple(f"/tmp/{n}.jpg" for n in range(21))))["image"].notes
    assert [note[0] for note in notes] == ["只放前 20 张"]


def test_a_link_is_refused_everywhere_with_the_way_out(window: Window) -> None:
    """Every target is off, and the head says how to drag the picture itself."""
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.com/tea.html")])
    enter(window, mime, QPoint(300, 300))
    assert {target.refusal for target in window.overlay.targets()} == {"网页链接不是图片"}
    assert "按住图片本身拖过来" in window.overlay.accessibleName()


def test_the_librarys_own_page_has_one_target() -> None:
    """It takes what it is given; what is dragged out of the library is left to the messages."""
    (only,) = library_page_targets(Payload(("/a.jpg", "/b.docx")), lambda payload: None)
    assert (only.key, only.title, only.place, only.refusal) == ("library", "存进素材库", "centre", "")
    assert library_page_targets(Payload(("/a.jpg",), own=True), lambda payload: None) == []
    assert targets_of(Payload(("/a.jpg",), own=True))["library"].refusal == "已经在素材库里"


def test_a_table_over_the_audience_page() -> None:
    """It may become the list, one at a time; anything else is left to the messages."""
    suffixes = (".csv", ".xlsx")
    (only,) = list_targets(Payload(("/名单.XLSX",)), suffixes, lambda payload: None, "")
    assert (only.title, only.refusal, only.place) == ("读成名单", "", "centre")
    (two,) = list_targets(Payload(("/a.csv", "/b.csv")), suffixes, lambda payload: None, "")
    assert two.refusal == "一次只能放 1 个名单"
    assert list_targets(Payload(("/a.jpg",)), suffixes, lambda payload: None, "") == []


def test_a_bitmap_goes_to_pictures_whatever_is_in_front() -> None:
    """A screenshot is a picture."""
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    assert best_kind(Payload(bitmap=image), "video") == "image"
    assert best_kind(Payload(addresses=("https://example.com/a.jpg",)), "voice") == "image"


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (Payload(("/a.jpg",)), "1 张图片"),
        (Payload(("/a.jpg", "/b.png")), "2 张图片"),
        (Payload(("/a.jpg", "/b.mp3", "/c.txt")), "3 个文件 · 1 张图片 · 1 个语音"),
        (Payload(("/c.txt",)), "1 个文件"),
        (Payload(bitmap=QImage()), "1 张图片"),
        (Payload(addresses=("https://example.com/a.jpg",), bitmap=QImage()), "网页上的 1 张图片"),
    ],
)
def test_what_hovers_in_words(payload: Payload, words: str) -> None:
    """As much as the names tell."""
    assert payload_words(payload) == words
