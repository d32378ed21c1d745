"""素材库 in a plain window, with files that went up, and what a person does there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from desktop_app.job import Job
from desktop_app.services.library import LibraryItem
from desktop_app.store.caches import MediaFile
from desktop_app.ui.media_card import card_rect
from desktop_app.ui.media_page import MediaPage
from tests.data import make
from tests.window_world import PlainWindow, WindowWorld


class MediaWorld(WindowWorld):
    """The page over a library that is filled by real uploads."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "profile")
        self.folder = folder
        self.page = MediaPage(self.context)
        self.window = PlainWindow(self.page)
        self.window.show()

    def open(self) -> None:
        """Show the page, as a click on the rail does."""
        self.page.set_account(self.service)
        self.page.focus_first()
        self.settle()

    def upload(self, name: str, colour: int = 0, *, kind: str = "image", permanent: bool = False) -> MediaFile:
        """Send a file up; each colour is a file of its own."""
        data = {
            "image": lambda: make.picture("PNG", (120, 80), (colour, 90, 60)),
            "voice": lambda: make.amr(2.0 + colour),
            "video": lambda: make.mp4(2.0 + colour),
        }[kind]()
        file = self.profile.media.add_bytes(data, name, kind, Job())
        self.profile.media.upload(self.service.id, file.sha256, kind, Job(), permanent=permanent)
        self.clock.advance(1)
        return file

    def fill(self) -> None:
        """Two pictures (the older one permanent), a voice and a video; the newest first."""
        self.upload("旧罐.png", 1, permanent=True)
        self.upload("邀请.amr", kind="voice")
        self.upload("茶园.mp4", kind="video")
        self.upload("春山.png", 2)
        self.open()

    def on_the_website(self, name: str) -> str:
        """Somebody uploads a picture on WeChat's website."""
        return str(self.sandbox.service.media.put("image", name, make.picture("JPEG")).media_id)

    def later(self, seconds: float) -> None:
        """Let time pass and the list be read again."""
        self.clock.advance(seconds)
        self.page.reload()
        self.settle()

    # What is on the screen

    def names(self) -> list[str]:
        return [item.name for item in self.page.model.items()]

    def item(self, name: str) -> LibraryItem:
        return next(item for item in self.page.model.items() if item.name == name)

    def card(self, name: str) -> QRect:
        """The card of an item, in coordinates of the grid's viewport."""
        index = self.page.model.index(self.page.model.row_of(self.item(name).key))
        return card_rect(self.page.grid.visualRect(index)).toRect()

    def spoken(self, name: str) -> str:
        index = self.page.model.index(self.page.model.row_of(self.item(name).key))
        return str(index.data(Qt.ItemDataRole.AccessibleTextRole))

    def chosen(self) -> list[str]:
        return [item.name for item in self.page.grid.chosen()]

    def find(self, name: str) -> QWidget:
        found = [each for each in self.window.findChildren(QWidget, name) if each.isVisible()]
        assert len(found) == 1, name
        return found[0]

    def sheet_texts(self) -> str:
        sheet = self.window.sheet()
        assert sheet is not None
        return "\n".join(label.text() for label in sheet.findChildren(QLabel))

    # What a person does

    def click(self, name: str) -> None:
        QTest.mouseClick(self.find(name), Qt.MouseButton.LeftButton)
        self.settle()

    def click_card(self, name: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        at = self.card(name).center()
        QTest.mouseClick(self.page.grid.viewport(), Qt.MouseButton.LeftButton, modifier, at)
        self.settle()

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.page.grid, key, modifier)
        self.settle()

    def search(self, text: str) -> None:
        self.page.field.setText(text)
        self.until(lambda: not self.page._later.isActive())
        self.settle()
