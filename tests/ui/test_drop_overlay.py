"""Files over the window: what may be let go where, and what is said when it may not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.ui.compose_drops import best_kind, make_targets, payload_words
from desktop_app.ui.drop_overlay import DropOverlay, DropTarget
from desktop_app.ui.drop_payload import Payload, guessed_kind


def mime_of(*paths: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return mime


class Host:
    """Offers the real targets and notes what was let go on which."""

    def __init__(self, kind: str = "image") -> None:
        self.kind = kind
        self.taken: list[tuple[str, Payload]] = []
        self.overlay: DropOverlay | None = None

    def drop_targets(self, payload: Payload) -> list[DropTarget]:
        def take(kind: str) -> Callable[[Payload], object]:
            return lambda dropped: self.taken.append((kind, dropped))

        return make_targets(payload, self.kind, take)

    def payload_text(self, payload: Payload) -> str:
        return payload_words(payload)

    def attach_overlay(self, overlay: DropOverlay) -> None:
        self.overlay = overlay


class Window(QWidget):
    """Does with a drag what the main window does."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.resize(1208, 744)
        self.overlay = DropOverlay(self, host)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.overlay.begin(event)


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def window(qtbot: QtBot, host: Host) -> Window:
    made = Window(host)
    qtbot.addWidget(made)
    made.show()
    return made


def enter(widget: QWidget, mime: QMimeData, at: QPoint | None = None) -> QDragEnterEvent:
    at = at or QPoint(300, 300)
    event = QDragEnterEvent(at, Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0))
    QApplication.sendEvent(widget, event)
    return event


def move(widget: QWidget, mime: QMimeData, at: QPoint) -> None:
    event = QDragMoveEvent(at, Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0))
    QApplication.sendEvent(widget, event)


def drop(widget: QWidget, mime: QMimeData, at: QPoint) -> QDropEvent:
    event = QDropEvent(QPointF(at), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0))
    QApplication.sendEvent(widget, event)
    return event


def drag_onto(window: Window, mime: QMimeData, key: str) -> None:
    """The events of a real drag: over the window, over the overlay, to a target, let go."""
    enter(window, mime)
    overlay = window.overlay
    at = overlay.target_rect(key).center().toPoint()
    enter(overlay, mime, at)
    move(overlay, mime, at)
    drop(overlay, mime, at)


def test_files_over_the_window_bring_the_overlay(window: Window) -> None:
    """It lies over everything below the top bar, opaque, and goes when the files leave."""
    event = enter(window, mime_of("/tmp/a.jpg"))
    assert event.isAccepted()
    assert window.overlay.isVisible()
    assert window.overlay.geometry().top() == 56
    assert window.overlay.geometry().bottom() == window.rect().bottom()
    enter(window.overlay, mime_of("/tmp/a.jpg"))
    QApplication.sendEvent(window.overlay, QDragLeaveEvent())
    assert not window.overlay.isVisible()


def test_a_drag_that_got_lost_leaves_no_overlay(window: Window) -> None:
    """Where the system forgot to say that the drag ended, the next move of the mouse ends it."""
    enter(window, mime_of("/tmp/a.jpg"))
    # Sent to the overlay itself: where the cursor of a screen that is not there stands, other tests decide.
    for at in (QPointF(200, 200), QPointF(210, 210)):
        none, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        moved = QMouseEvent(QEvent.Type.MouseMove, at, window.overlay.mapToGlobal(at), none, none, keys)
        QApplication.sendEvent(window.overlay, moved)
    assert not window.overlay.isVisible()


def test_text_over_the_window_is_no_business_of_the_overlay(window: Window) -> None:
    """Dragged words belong to the text fields."""
    mime = QMimeData()
    mime.setText("只是文字")
    assert not enter(window, mime).isAccepted()
    assert not window.overlay.isVisible()


def test_pictures_let_go_on_their_target_are_taken(window: Window, host: Host) -> None:
    """All files of the drop arrive in their order, and the overlay is gone."""
    mime = mime_of("/tmp/b.jpg", "/tmp/a.png")
    drag_onto(window, mime, "image")
    assert [(kind, payload.files) for kind, payload in host.taken] == [("image", ("/tmp/b.jpg", "/tmp/a.png"))]
    assert not window.overlay.isVisible()


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
    qtbot.waitUntil(lambda: not window.overlay.isVisible(), timeout=4000)


def test_the_target_below_the_mouse_turns_blue(window: Window) -> None:
    """The large target changes its ground while files hover over it."""
    mime = mime_of("/tmp/a.jpg")
    enter(window, mime)
    place = window.overlay.target_rect("image")
    spot = place.topLeft().toPoint() + QPoint(12, 12)
    before = window.overlay.grab().toImage().pixel(spot)
    move(window.overlay, mime, place.center().toPoint())  # not entered yet: Qt would not send this
    enter(window.overlay, mime, place.center().toPoint())
    after = window.overlay.grab().toImage().pixel(spot)
    assert before != after
    assert QColor(after).blue() > QColor(after).red()


def test_letting_go_between_the_targets_takes_nothing(window: Window, host: Host) -> None:
    """A miss is a cancel."""
    mime = mime_of("/tmp/a.jpg")
    enter(window, mime)
    enter(window.overlay, mime, QPoint(4, 4))
    drop(window.overlay, mime, QPoint(4, 4))
    assert host.taken == []
    assert not window.overlay.isVisible()


def test_the_likely_target_is_the_large_one(host: Host) -> None:
    """The kind in front leads if it takes the files; otherwise the one that does."""
    video = Payload(("/tmp/a.mp4",))
    assert host.drop_targets(video)[0].key == "video"
    unknown = Payload(("/tmp/no_suffix",))
    assert make_targets(unknown, "voice", lambda kind: lambda p: None)[0].key == "voice"
    assert not any(t.refusal for t in make_targets(unknown, "voice", lambda kind: lambda p: None))


def test_two_recordings_are_refused_one_is_taken() -> None:
    """语音 and 视频 hold one file."""
    two = {t.key: t.refusal for t in make_targets(Payload(("/a.mp3", "/b.mp3")), "voice", lambda k: lambda p: None)}
    assert two == {"voice": "一次只能放 1 个语音", "image": "这里只收图片", "video": "这里只收视频"}
    one = {t.key: t.refusal for t in make_targets(Payload(("/a.mp3",)), "text", lambda k: lambda p: None)}
    assert one["voice"] == ""


def test_a_mixed_drop_says_how_many_fit() -> None:
    """Files that fit go in; the target tells how many do not."""
    payload = Payload((*(f"/tmp/{n}.jpg" for n in range(9)), "/a.mp4", "/b.mp4", "/c.mp4"))
    image = make_targets(payload, "text", lambda k: lambda p: None)[0]
    assert image.key == "image"
    assert image.refusal == ""
    assert [note[0] for note in image.notes] == ["9 个文件放得进来", "3 个文件不是图片"]
    assert payload_words(payload) == "12 个文件 · 9 张图片 · 3 个视频"


def test_a_web_address_is_answered_with_the_way_out(window: Window, host: Host) -> None:
    """Nothing is fetched from the web: every target is off and the head says what to do."""
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.com/tea.jpg")])
    enter(window, mime)
    assert all(target.refusal for target in window.overlay.targets())
    assert "先存到这台电脑" in window.overlay.accessibleName()


def test_a_bitmap_counts_as_a_picture() -> None:
    """A screenshot from the clipboard, or a picture dragged out of a browser with its pixels."""
    mime = QMimeData()
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    mime.setImageData(image)
    payload = Payload.of(mime)
    assert payload.bitmap is not None
    assert payload.count("image") == 1
    assert best_kind(payload, "video") == "image"


def test_files_win_over_a_bitmap() -> None:
    """Chat programs put both on the clipboard; the file keeps its name."""
    mime = mime_of("/tmp/春山.jpg")
    mime.setImageData(QImage(8, 8, QImage.Format.Format_RGB32))
    payload = Payload.of(mime)
    assert payload.files == ("/tmp/春山.jpg",)
    assert payload.bitmap is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.JPG", "image"), ("b.heic", "image"), ("c.amr", "voice"), ("d.mov", "video"), ("e.docx", ""), ("README", "")],
)
def test_names_promise_a_kind(name: str, kind: str) -> None:
    """Only for the hint while hovering; the content decides later."""
    assert guessed_kind(name) == kind


def test_the_overlay_grows_with_the_window(window: Window) -> None:
    """A resize while files hover keeps the targets inside."""
    enter(window, mime_of("/tmp/a.jpg"))
    window.resize(888, 584)
    assert window.overlay.width() == 888
    assert window.overlay.rect().contains(window.overlay.target_rect("video").toRect())
