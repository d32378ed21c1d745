"""What hovers over the window, in words: how many files of which kinds, and how large they are together."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from desktop_app.job import Job
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.units import size_text


def _tr(text: str) -> str:
    return QCoreApplication.translate("DropWords", text)


@dataclass(frozen=True)
class Weight:
    """What only the disk knows: the bytes of all files that are no folders, and how many are folders."""

    size_bytes: int
    folders: int


def weigh(paths: Sequence[str], job: Job) -> Weight:
    """Ask the disk. For a task: a drive on the network may take its time. Raises Cancelled."""
    size = folders = 0
    for path in paths:
        job.check()
        try:
            found = os.stat(path)
        except OSError:
            continue  # what is wrong with it is said when it is taken
        if stat.S_ISDIR(found.st_mode):
            folders += 1
        else:
            size += found.st_size
    return Weight(size, folders)


def page_sentence() -> str:
    """What to do with a link dragged out of a web page."""
    return _tr("这是网页链接，不是图片。在网页里按住图片本身拖过来")


def payload_words(payload: Payload, weight: Weight | None = None) -> str:
    """「12 个文件 · 9 张图片 · 3 个视频 · 共 74.6 MB」; without its end until the weight is known."""
    if payload.pages:
        return page_sentence()
    if payload.addresses:
        return _tr("网页上的 {n} 张图片").format(n=len(payload.addresses))
    if payload.bitmap is not None:
        return _tr("1 张图片")
    return " · ".join([*_counts(payload, weight.folders if weight else 0), *_size(payload, weight)])


def _counts(payload: Payload, folders: int) -> list[str]:
    patterns = {"image": _tr("{n} 张图片"), "voice": _tr("{n} 个语音"), "video": _tr("{n} 个视频")}
    counts = {kind: payload.count(kind) for kind in patterns}
    files = len(payload.files) - folders
    parts = [pattern.format(n=counts[kind]) for kind, pattern in patterns.items() if counts[kind]]
    if files and files not in counts.values():
        parts.insert(0, _tr("{n} 个文件").format(n=files))
    if folders:
        parts.append(_tr("{n} 个文件夹").format(n=folders))
    return parts


def _size(payload: Payload, weight: Weight | None) -> list[str]:
    """Nothing for folders: how much of what is in them is meant, shows when they are read."""
    if weight is None or weight.folders or not weight.size_bytes:
        return []
    size = size_text(weight.size_bytes)
    return [_tr("共 {size}").format(size=size) if len(payload.files) > 1 else size]
