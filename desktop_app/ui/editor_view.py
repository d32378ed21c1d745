"""The web view of the editor: files that are dropped on it go to the app, never to the page."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Signal
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage
from PySide6.QtWebEngineWidgets import QWebEngineView


def local_files(mime: QMimeData) -> list[Path]:
    """The files of this machine that a drop or a clipboard names."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


class EditorView(QWebEngineView):
    """Text, links and pictures of other pages are the page's; files and bitmaps are ours."""

    dropped = Signal(list, QPointF)
    """Local paths, and where in the view."""

    bitmap_dropped = Signal(QImage, QPointF)
    """A picture without a file, and where in the view."""

    menu_wanted = Signal(QPointF)
    """The right button, or the menu key, at a place of the screen."""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files ourselves."""
        if _ours(event.mimeData()):
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """The same while the pointer moves."""
        if _ours(event.mimeData()):
            event.acceptProposedAction()
        else:
            super().dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand files and bitmaps to the app."""
        mime = event.mimeData()
        if not _ours(mime):
            super().dropEvent(event)
            return
        event.acceptProposedAction()
        if files := local_files(mime):
            self.dropped.emit(files, event.position())
        elif isinstance(image := mime.imageData(), QImage):
            self.bitmap_dropped.emit(image, event.position())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Chromium's menu offers what has no place here."""
        self.menu_wanted.emit(QPointF(event.globalPos()))


def _ours(mime: QMimeData) -> bool:
    return bool(local_files(mime)) or (mime.hasImage() and not mime.hasHtml())
