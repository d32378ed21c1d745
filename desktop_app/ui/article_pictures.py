"""Pictures of articles by their hash: looked up in the cache and decoded in tasks, cut to the chosen crop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, QRect, QSize, Signal
from PySide6.QtGui import QImage, QPixmap

from desktop_app.article.contents import centre_cut
from desktop_app.job import Job
from desktop_app.services import Profile
from desktop_app.ui.thumbnails import read_scaled
from desktop_app.workers.tasks import Tasks

SIDE = 900  # shorter side in device pixels: enough for every place a cover is shown in
KEPT = 40
RATIO_WIDE, RATIO_SQUARE = 2.35, 1.0


def cut(picture: QPixmap, box: Sequence[float]) -> QPixmap:
    """The part of a picture inside a crop box."""
    width, height = picture.width(), picture.height()
    x1, y1, x2, y2 = box
    rect = QRect(round(x1 * width), round(y1 * height), round((x2 - x1) * width), round((y2 - y1) * height))
    return picture.copy(rect.intersected(picture.rect()))


def cut_cover(picture: QPixmap, cover: Mapping[str, Any], square: bool = False) -> QPixmap:
    """A cover's picture cut as chosen, or to the largest crop in its middle."""
    box = cover.get("crop_1" if square else "crop_235")
    ratio = RATIO_SQUARE if square else RATIO_WIDE
    return cut(picture, box or centre_cut(picture.width(), picture.height(), ratio))


class ArticlePictures(QObject):
    """``get(sha256)`` answers with the pixmap when it is known, else fetches it and emits ``arrived``."""

    arrived = Signal(str)

    def __init__(self, tasks: Tasks, profile: Profile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._profile = tasks, profile
        self._known: dict[str, QPixmap] = {}
        self._sizes: dict[str, QSize] = {}
        self._asked: set[str] = set()

    def get(self, sha256: str) -> QPixmap | None:
        """The picture; None while it is read; a null pixmap when the cache has lost it."""
        if sha256 in self._known:
            self._known[sha256] = self._known.pop(sha256)
            return self._known[sha256]
        if sha256 not in self._asked:
            self._asked.add(sha256)
            media = self._profile.media

            def read(job: Job) -> tuple[QImage, QSize]:
                file = media.media(sha256)
                if file is None:
                    return QImage(), QSize()
                return read_scaled(file.path, SIDE, job), QSize(file.width, file.height)

            self._tasks.start("work", read, owner=self, on_done=lambda found: self._keep(sha256, *found))
        return None

    def size(self, sha256: str) -> QSize:
        """The file's own size in pixels, once it was read."""
        return self._sizes.get(sha256, QSize())

    def cover(self, cover: Mapping[str, Any] | None, square: bool = False) -> QPixmap | None:
        """A cover cut to its crop; None when there is none or while it is read."""
        if cover is None:
            return None
        picture = self.get(str(cover["sha256"]))
        if picture is None or picture.isNull():
            return picture
        return cut_cover(picture, cover, square)

    def _keep(self, sha256: str, image: QImage, size: QSize) -> None:
        self._asked.discard(sha256)
        self._known[sha256] = QPixmap.fromImage(image)
        self._sizes[sha256] = size
        while len(self._known) > KEPT:
            self._known.pop(next(iter(self._known)))
        self.arrived.emit(sha256)
