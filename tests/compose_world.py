"""The compose page in a plain window, with real files, real drops and the real sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.paths import resource
from desktop_app.robot import wait
from desktop_app.ui.compose_av import VideoForm, VoiceForm
from desktop_app.ui.compose_image import ImageForm
from desktop_app.ui.compose_page import ComposePage
from desktop_app.ui.compose_text import TextForm
from desktop_app.ui.drop_overlay import DropOverlay
from desktop_app.ui.drop_watch import DropWatch
from tests.window_world import PlainWindow, WindowWorld

MP3 = str(resource("samples/greeting.mp3"))
MP4 = str(resource("samples/tea-hills.mp4"))


class ComposeWorld(WindowWorld):
    """``page`` stands in ``window`` and shows the 服务号."""

    def __init__(self, folder: Path, size: tuple[int, int] = (1280, 800)) -> None:
        super().__init__(folder / "profile")
        self.folder = folder
        self.size = size
        self.open()

    def open(self) -> None:
        """Make the page anew, as the next start of the app would."""
        self.page = ComposePage(self.context)
        self.window = PlainWindow(self.page, self.size)
        parent = self.page.parentWidget()
        assert parent is not None
        self.overlay = DropOverlay(parent, self.page.drop_targets, self.tasks)
        DropWatch(self.window, self.overlay.begin)
        self.window.show()
        self.page.set_account(self.service)
        self.settle()

    def reopen(self) -> None:
        """Close the window without saving by hand, and open it again."""
        self.settle()
        self.window.close()
        self.window.deleteLater()
        self.open()

    def form(self, kind: str) -> QWidget:
        """Bring a form to the front by a click on its tab."""
        self.click(f"compose.tab.{kind}")
        return self.page.form()

    @property
    def text(self) -> TextForm:
        form = self.page.forms["text"]
        assert isinstance(form, TextForm)
        return form

    @property
    def image(self) -> ImageForm:
        form = self.page.forms["image"]
        assert isinstance(form, ImageForm)
        return form

    @property
    def voice(self) -> VoiceForm:
        form = self.page.forms["voice"]
        assert isinstance(form, VoiceForm)
        return form

    @property
    def video(self) -> VideoForm:
        form = self.page.forms["video"]
        assert isinstance(form, VideoForm)
        return form

    def find(self, name: str) -> QWidget:
        """The one widget of this name, in the window or in the top bar."""
        found = [each for each in self.window.findChildren(QWidget, name) if not each.isHidden()]
        assert len(found) == 1, f"{len(found)} widgets are called {name}"
        return found[0]

    def click(self, name: str) -> None:
        """Click on a widget."""
        QTest.mouseClick(self.find(name), Qt.MouseButton.LeftButton)

    def pictures(self, *names: str, side: int = 64) -> list[str]:
        """PNG files of different colours."""
        made = []
        for i, name in enumerate(names):
            image = QImage(side * 2, side, QImage.Format.Format_RGB32)
            image.fill(QColor.fromHsv(i * 40 % 360, 200, 200))
            path = self.folder / name
            assert image.save(str(path), "PNG")
            made.append(str(path))
        return made

    def drop(self, paths: Sequence[str], target: str = "") -> None:
        """A drag over the page, let go on a target of the overlay (the large one unless named)."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
        enter(self.find("compose.drop"), mime, QPoint(40, 40))
        assert self.overlay.isVisible()
        key = target or self.overlay.targets()[0].key
        at = self.overlay.target_rect(key).center().toPoint()
        let_go(self.overlay, mime, at)
        self.settle()

    def wait(self, ms: int) -> None:
        """Let the window's own timers run."""
        wait(ms)
        self.settle()


def enter(widget: QWidget, mime: QMimeData, at: QPoint) -> None:
    """Files come over a widget; the event goes where the window system sends it: to the window's handle."""
    window = widget.window()
    given = Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    QApplication.sendEvent(window.windowHandle(), QDragEnterEvent(widget.mapTo(window, at), *given))


def let_go(widget: QWidget, mime: QMimeData, at: QPoint) -> None:
    """They move to a place of a widget and are let go."""
    window = widget.window()
    there = widget.mapTo(window, at)
    given = Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    QApplication.sendEvent(window.windowHandle(), QDragMoveEvent(there, *given))
    QApplication.sendEvent(window.windowHandle(), QDropEvent(QPointF(there), *given))
