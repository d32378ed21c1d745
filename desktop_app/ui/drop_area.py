"""DropArea: the main column of the compose page; files dropped on it go to the kind of message they fit."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from desktop_app.ui.drop_overlay import DropOverlay
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.widgets import Surface


class DropArea(Surface):
    """Brings up the overlay when files come over it, and takes a drop that arrives here all the same."""

    dropped = Signal(object)
    """A Payload was let go here."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("bg.surface", parent)
        self.overlay: DropOverlay | None = None
        self.setObjectName("compose.drop")
        self.setAccessibleName(self.tr("把文件拖到这里"))
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if Payload.of(event.mimeData()).empty:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if self.overlay is not None:
            self.overlay.begin(event)

    def dropEvent(self, event: QDropEvent) -> None:
        payload = Payload.of(event.mimeData())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if self.overlay is not None:
            self.overlay.end()
        self.dropped.emit(payload)
