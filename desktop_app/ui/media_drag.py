"""What is dragged out of 素材库: the files under their own names, and the keys of the items."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QUrl

from desktop_app.media.intake import clean_name
from desktop_app.ui.drop_payload import LIBRARY_MIME

if TYPE_CHECKING:
    from desktop_app.services.library import LibraryItem

KEPT_DRAGS = 4  # whoever takes a file may read it a while after the drop


def drag_mime(account_id: int, items: Sequence[LibraryItem], folder: Path) -> QMimeData:
    """Keys as ``{"account": id, "keys": [key, …]}``, and the files that are on this computer.

    In the media folder they are named by their hash. A drop, here or in another program, should see the name that
    the person knows, so each gets a second one below ``folder``.
    """
    mime = QMimeData()
    keys = {"account": account_id, "keys": [item.key for item in items]}
    mime.setData(LIBRARY_MIME, json.dumps(keys).encode())
    here = [item for item in items if item.path is not None]
    if here:
        drags = folder / "drag"
        _forget_old(drags)
        place = drags / uuid.uuid4().hex
        mime.setUrls([QUrl.fromLocalFile(str(_named(item, place / str(at)))) for at, item in enumerate(here)])
    return mime


def _named(item: LibraryItem, place: Path) -> Path:
    """The file as ``place/name``; by its hash where the file system has no second names."""
    assert item.path is not None
    name = clean_name(item.name).replace(":", "_")
    if "." not in name:
        name += item.path.suffix
    try:
        place.mkdir(parents=True)
        os.link(item.path, place / name)
    except OSError:
        return item.path
    return place / name


def _forget_old(drags: Path) -> None:
    try:
        old = sorted(drags.iterdir(), key=lambda each: each.stat().st_mtime)[:-KEPT_DRAGS]
    except OSError:
        return
    for each in old:
        shutil.rmtree(each, ignore_errors=True)
