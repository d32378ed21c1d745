"""Small pictures of large files, decoded in tasks and kept while the window lives."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPixmap

from desktop_app.job import Job
from desktop_app.workers.tasks import Tasks

KEPT = 120
TILE = 200
"""The shorter side of what tiles and rows show, in device pixels: who asks for the same size shares the decoding."""


class Thumbnails(QObject):
    """``get()`` answers with the pixmap when it is known, else decodes it and calls back."""

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._known: OrderedDict[tuple[str, int], QPixmap] = OrderedDict()
        self._waiting: dict[tuple[str, int], list[tuple[QObject, Callable[[QPixmap], None]]]] = {}

    @classmethod
    def shared(cls, tasks: Tasks) -> Thumbnails:
        """The one of this window."""
        return tasks.findChild(cls) or cls(tasks, tasks)

    def get(
        self, sha256: str, path: Path, side: int, owner: QObject, ready: Callable[[QPixmap], None]
    ) -> QPixmap | None:
        """A picture whose shorter side is at least ``side`` device pixels (never enlarged).

        ``ready(pixmap)`` is called later when this answers None; a null pixmap means that it cannot be decoded.
        """
        key = (sha256, side)
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        waiting = self._waiting.setdefault(key, [])
        if any(known is owner and same == ready for known, same in waiting):
            return None  # asked again meanwhile: one answer is enough
        waiting.append((owner, ready))
        if len(waiting) == 1:
            self._tasks.start(
                "pictures", lambda job: read_scaled(path, side, job), owner=self, on_done=self._keep(key)
            )
        return None

    def _keep(self, key: tuple[str, int]) -> Callable[[QImage], None]:
        def keep(image: QImage) -> None:
            from shiboken6 import isValid

            pixmap = QPixmap.fromImage(image)
            self._known[key] = pixmap
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
            for owner, ready in self._waiting.pop(key, ()):
                if isValid(owner):
                    ready(pixmap)

        return keep


def read_scaled(path: Path, side: int, job: Job | None = None) -> QImage:
    """Decode a picture, turned upright, its shorter side scaled to ``side`` pixels; null if it cannot be read."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if size.isValid() and min(size.width(), size.height()) > side:
        # The JPEG reader decodes straight to the smaller size: ten times faster, and flat in memory.
        reader.setScaledSize(size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    if job is not None:
        job.check()
    return reader.read()
