"""Bitmaps and web addresses as files: the bytes of one, the names of both."""

from __future__ import annotations

import time
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice
from PySide6.QtGui import QImage

from desktop_app.errors import AppError, MediaError
from desktop_app.job import Job

if TYPE_CHECKING:
    from desktop_app.services.media_desk import MediaDesk
    from desktop_app.store.caches import MediaFile


def _tr(text: str) -> str:
    return QCoreApplication.translate("Pasted", text)


def png_of(image: QImage) -> bytes:
    """A bitmap as a PNG file. Runs in a task: a large screenshot takes a second. Raises MediaError."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise MediaError("media.unreadable")
    return bytes(data.data())


def from_web(desk: MediaDesk, address: str, name: str, bitmap: QImage | None, kind: str, job: Job) -> MediaFile:
    """A picture of a web page; what the browser drew of it serves if it cannot be fetched. Runs in a task.

    Raises what ``MediaDesk.add_url`` raises.
    """
    try:
        return desk.add_url(address, name, kind, job)
    except AppError:
        if bitmap is None:
            raise
        return desk.add_bytes(png_of(bitmap), name, kind, job)


def pasted_name() -> str:
    """What a bitmap without a name is called."""
    return _tr("粘贴的图片 {time}.png").format(time=time.strftime("%H-%M-%S"))


def address_name(address: str) -> str:
    """What a picture of the web is called: the end of its address."""
    path = "" if address.startswith("data:") else address.partition("?")[0].partition("#")[0]
    return PurePath(unquote(PurePath(path).name)).name or _tr("网页图片")
