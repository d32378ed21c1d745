"""Thumbnails of 素材库: read in tasks, only for cards in sight, and kept up to a bound of memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.services import Profile
from desktop_app.ui.thumbnails import read_scaled
from desktop_app.workers.tasks import Tasks

if TYPE_CHECKING:
    from desktop_app.services.library import LibraryItem

SIZE = QSize(240, 160)
"""Logical pixels: as large as a card's picture can become."""
AT_ONCE = 3  # of the four threads of the lane: one stays free for the list itself
SETTLE_MS = 30
MOST_WANTED = 250  # more cards than any display shows: the oldest wishes are long out of sight
KEPT_BYTES = 64 * 2**20


def cut_to(image: QImage, size: QSize) -> QImage:
    """The middle of a picture in the shape of ``size``, and no larger than that."""
    if image.isNull():
        return image
    shape = size.scaled(image.size(), Qt.AspectRatioMode.KeepAspectRatio)
    box = QRect(0, 0, max(shape.width(), 1), max(shape.height(), 1))
    box.moveCenter(image.rect().center())
    cut = image.copy(box)
    if cut.width() > size.width():
        cut = cut.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return cut.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


class MediaPictures(QObject):
    """``get(item)`` answers with the pixmap when it is known, else remembers the wish and emits ``arrived``.

    Wishes are looked at once scrolling has settled; those out of sight by then are forgotten.
    """

    arrived = Signal(str)

    def __init__(
        self, tasks: Tasks, profile: Profile, in_sight: Callable[[str], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks, self._profile, self._in_sight = tasks, profile, in_sight
        self._account_id = 0
        self._known: dict[str, QPixmap] = {}
        self._wanted: dict[str, LibraryItem] = {}
        self._running: dict[str, str] = {}  # key and kind
        self._size = SIZE
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._start_more)

    def use_account(self, account_id: int, ratio: float) -> None:
        """Thumbnails of another account's library, for a display of this pixel ratio."""
        size = SIZE * ratio
        if account_id != self._account_id or size != self._size:
            self._account_id, self._size = account_id, size
            self._known.clear()
            self._wanted.clear()
            self._running.clear()

    def forget_missing(self) -> None:
        """Try again what could not be had, as after the network came back."""
        self._known = {key: known for key, known in self._known.items() if not known.isNull()}

    def get(self, item: LibraryItem) -> QPixmap | None:
        """The picture; None while it is on its way; a null pixmap when there is none."""
        known = self._known.pop(item.key, None)
        if known is not None:
            self._known[item.key] = known  # the last in the row goes last
        elif item.key not in self._wanted and item.key not in self._running:
            self._wanted[item.key] = item
            if len(self._wanted) > MOST_WANTED:
                del self._wanted[next(iter(self._wanted))]
            self._settle.start()
        return known

    def _start_more(self) -> None:
        for key, item in list(self._wanted.items()):
            if len(self._running) >= AT_ONCE:
                return
            if item.kind == "video" and "video" in self._running.values():
                continue  # a moment of a film costs a run of ffmpeg: one after the other
            del self._wanted[key]
            if self._in_sight(key):
                self._running[key] = item.kind
                self._read(item)

    def _read(self, item: LibraryItem) -> None:
        library, account_id, size = self._profile.library, self._account_id, self._size

        def read(job: Job) -> QImage:
            path = item.path if item.kind == "image" else None
            path = path or library.thumbnail(account_id, item.key, job)
            if path is None:
                return QImage()
            return cut_to(read_scaled(path, size.width(), job), size)

        def keep(image: QImage) -> None:
            if account_id == self._account_id:
                self._keep(item.key, image)

        def failed(_error: AppError) -> None:
            keep(QImage())  # the card stays without a picture; the list itself says what is wrong

        self._tasks.start("work", read, owner=self, on_done=keep, on_error=failed)

    def _keep(self, key: str, image: QImage) -> None:
        self._running.pop(key, None)
        self._known[key] = QPixmap.fromImage(image)
        most = KEPT_BYTES // (self._size.width() * self._size.height() * 4)
        while len(self._known) > most:
            self._known.pop(next(iter(self._known)))
        self.arrived.emit(key)
        self._start_more()
