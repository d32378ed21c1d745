"""Pictures for the body and the cover: taken into the cache in tasks, one after the other where order counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Signal
from PySide6.QtGui import QImage

from desktop_app.errors import AppError, MediaError
from desktop_app.job import Job
from desktop_app.store.caches import MediaFile
from desktop_app.ui.context import Context
from desktop_app.ui.drop_payload import Payload, guessed_kind

Ready = Callable[[list[MediaFile]], None]


class PictureIntake(QObject):
    """``take(payload, ready)`` brings what could be taken, in the order of the names; ``refused`` tells the rest."""

    refused = Signal(str, object)
    """File name and AppError."""
    kept_apart = Signal(int)
    """So many videos or recordings went into the cache: an article cannot hold them."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context

    def take(self, payload: Payload, ready: Ready) -> None:
        """Copy the files into the cache and call back with those that are pictures."""
        media = self._context.profile.media
        names = sorted(payload.files, key=lambda path: Path(path).name)
        others = [path for path in names if guessed_kind(path) in ("video", "voice")]
        pictures = [path for path in names if path not in others]
        bitmap = payload.bitmap

        def read(job: Job) -> tuple[list[MediaFile], list[tuple[str, AppError]], int]:
            taken: list[MediaFile] = []
            refused: list[tuple[str, AppError]] = []
            apart = 0
            for path in pictures:
                try:
                    taken.append(media.add_file(path, "picture", job))
                except MediaError as error:
                    refused.append((Path(path).name, error))
            for path in others:
                try:
                    media.add_file(path, None, job)
                    apart += 1
                except MediaError as error:
                    refused.append((Path(path).name, error))
            if bitmap is not None:
                name = time.strftime("paste-%H-%M-%S.png")
                taken.append(media.add_bytes(png_of(bitmap), name, "picture", job))
            return taken, refused, apart

        def show(found: tuple[list[MediaFile], list[tuple[str, AppError]], int]) -> None:
            taken, refused, apart = found
            for name, error in refused:
                self.refused.emit(name, error)
            if apart:
                self.kept_apart.emit(apart)
            if taken:
                ready(taken)

        self._context.tasks.start(
            "work", read, owner=self, on_done=show, on_error=lambda error: self.refused.emit("", error)
        )


def png_of(image: QImage) -> bytes:
    """A bitmap as a PNG file. Runs in a task: a large screenshot takes a second."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise MediaError("media.unreadable")
    return bytes(data.data())
