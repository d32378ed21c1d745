"""Another program: a window from which something is dragged.

``source.py JSON``: ``files`` (paths), ``urls``, ``html``, ``bitmap`` (a colour). Prints READY when the window is on
the screen, DRAGGING when the drag has begun, DONE and the action when it has ended.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QImage, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel

PLACE = (10, 10, 200, 150)


def mime_of(given: dict[str, Any]) -> QMimeData:
    """What is dragged, in the formats that were asked for."""
    mime = QMimeData()
    urls = [QUrl.fromLocalFile(path) for path in given.get("files", [])] + [
        QUrl(url) for url in given.get("urls", [])
    ]
    if urls:
        mime.setUrls(urls)
    if "html" in given:
        mime.setHtml(given["html"])
    if "bitmap" in given:
        image = QImage(300, 200, QImage.Format.Format_RGB32)
        image.fill(given["bitmap"])
        mime.setImageData(image)
    return mime


class Source(QLabel):
    """A press and a move begin the drag."""

    def __init__(self, given: dict[str, Any]) -> None:
        super().__init__("drag me")
        self._given, self._shown = given, False
        self.setWindowFlags(Qt.WindowType.FramelessWindowHint)
        self.setGeometry(*PLACE)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._shown:
            self._shown = True
            QTimer.singleShot(0, lambda: print("READY", flush=True))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            drag = QDrag(self)
            drag.setMimeData(mime_of(self._given))
            print("DRAGGING", flush=True)
            print("DONE", drag.exec(Qt.DropAction.CopyAction).name, flush=True)


if __name__ == "__main__":
    qt = QApplication([])
    window = Source(json.loads(sys.argv[1]))
    window.show()
    qt.exec()
