"""Files, folders, bitmaps and pictures of the web on their way into the library: as permanent material."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.job import Job
from desktop_app.ui.context import Context
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.pasted import address_name, from_web, pasted_name, png_of
from desktop_app.workers.transfer import LIBRARY

if TYPE_CHECKING:
    from desktop_app.store.caches import MediaFile

Read = Callable[[Job], "MediaFile"]


def save_to_library(
    context: Context,
    account_id: int,
    payload: Payload,
    owner: QObject,
) -> None:
    """Take everything into the library of an account; the drawer of uploads shows how it fares."""
    desk = context.profile.media

    def begin(name: str, read: Read) -> None:
        context.transfers.begin(name, read, account_id=account_id, kind=None, use=LIBRARY)

    def take(files: list[str]) -> None:
        for path in files:
            begin(PurePath(path).name, partial(desk.add_file, path, None))

    if payload.files:
        context.transfers.files_of(payload.files, take, owner)
    for address in payload.addresses:
        name = address_name(address)
        begin(name, partial(from_web, desk, address, name, payload.bitmap, "image"))
    if payload.bitmap is not None and not payload.addresses:
        bitmap, name = payload.bitmap, pasted_name()
        begin(name, lambda job: desk.add_bytes(png_of(bitmap), name, None, job))
