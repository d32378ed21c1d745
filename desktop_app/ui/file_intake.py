"""FileIntake: brings dropped, pasted or chosen files into the cache and up to WeChat, each at its own pace."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Signal
from PySide6.QtGui import QImage

from desktop_app.errors import AppError, MediaError
from desktop_app.job import Job
from desktop_app.ui.drop_payload import Payload

if TYPE_CHECKING:
    from desktop_app.services.composing import Composing
    from desktop_app.store.caches import MediaFile
    from desktop_app.workers.tasks import Task, Tasks

_numbers = itertools.count(1)


class Stage(StrEnum):
    """How far a file has come."""

    READING = "reading"  # being copied into the cache and judged
    WAITING = "waiting"  # the upload has not begun
    UPLOADING = "uploading"
    DONE = "done"
    FAILED = "failed"  # the upload did not work; it may be tried again
    STOPPED = "stopped"  # the person stopped the upload; sending will do it


@dataclass(eq=False)
class Item:
    """One file of the message on the screen. It belongs to the window; what is known for good is in ``media``."""

    name: str
    stage: Stage = Stage.READING
    media: MediaFile | None = None
    fraction: float = 0.0
    error: AppError | None = None
    expires_at: float | None = None
    number: int = field(default_factory=lambda: next(_numbers))
    task: Task | None = None

    @property
    def busy(self) -> bool:
        """Whether something is still going on with it."""
        return self.stage in (Stage.READING, Stage.WAITING, Stage.UPLOADING)

    def to_json(self) -> dict[str, str] | None:
        """The file as the draft keeps it; None until its content is known."""
        return {"sha256": self.media.sha256, "name": self.name} if self.media else None


@dataclass(frozen=True)
class Refusal:
    """A file that cannot be used, and why. ``source``: what to take it from again, where that is known."""

    name: str
    error: AppError
    source: Payload | None = None

    @property
    def belongs_to(self) -> str:
        """The kind of message that would take it: image, voice, video; "" if there is none."""
        kind = str(self.error.args_.get("kind", "")) if self.error.code == "media.kind" else ""
        return kind if self.source is not None else ""


class FileIntake(QObject):
    """The files of one form. All work runs in tasks; the signals come on the window's thread.

    ``kind`` is image, voice or video. A form that takes one file only sets ``single``: a new file then takes the
    place of the old one as soon as it turned out to be usable.
    """

    changed = Signal(object)
    """An Item came, moved on or went."""
    refused = Signal(object)
    """A Refusal."""
    content_changed = Signal()
    """The list of usable files is another one: time to save and to check."""

    def __init__(
        self, tasks: Tasks, composing: Composing, kind: str, *, single: bool = False, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks, self._composing = tasks, composing
        self.kind, self.single = kind, single
        self.limit = 1 if single else 20
        self.items: list[Item] = []
        self._account_id = 0

    # What comes in

    def set_account(self, account_id: int) -> None:
        """Belong to another account: what is on the screen goes, what is being uploaded may end by itself."""
        self._account_id = account_id
        self.clear()

    def clear(self) -> None:
        """Empty the form without a word: something else is shown in it. Uploads end by themselves."""
        for item in self.items:
            if item.task and item.stage == Stage.READING:
                item.task.cancel()
        self.items.clear()

    def take(self, payload: Payload, replace: Item | None = None) -> int:
        """Take files or a bitmap; returns how many were begun. ``replace``: the first one takes that place."""
        begun = 0
        for path in payload.files:
            name = PurePath(path).name
            source = Payload((path,))
            if self._begin(
                name, source, lambda job, path=path: self._composing.add_file(path, self.kind, job), replace
            ):
                begun, replace = begun + 1, None
        if payload.bitmap is not None:
            name = self.tr("粘贴的图片 {time}.png").format(time=time.strftime("%H-%M-%S"))
            bitmap = payload.bitmap
            begun += self._begin(
                name,
                Payload(bitmap=bitmap),
                lambda job: self._composing.add_bytes(_png(bitmap), name, self.kind, job),
                replace,
            )
        return begun

    def restore(self, files: Sequence[tuple[Item, bool]]) -> None:
        """Show files of a draft. The flag tells whether WeChat still has the file; the others are uploaded again."""
        for item, uploaded in files:
            self.items.append(item)
            self.changed.emit(item)
            if not uploaded:
                self._upload(item)

    def _begin(self, name: str, source: Payload, read: Any, replace: Item | None) -> bool:
        room = self.single or replace is not None or len(self.items) < self.limit
        if not room:
            self.refused.emit(Refusal(name, MediaError("media.too_many", limit=self.limit)))
            return False
        item = Item(name)
        if self.single and replace is None and self.items:
            replace = self.items[0]
        if replace is None:
            self.items.append(item)
            self.changed.emit(item)
        item.task = self._tasks.start(
            "work",
            read,
            owner=self,
            on_done=lambda media: self._read(item, media, replace),
            on_error=lambda error: self._refuse(item, error, source),
        )
        return True

    def _read(self, item: Item, media: MediaFile, replace: Item | None) -> None:
        item.media = media
        item.stage = Stage.WAITING
        same = next((i for i in self.items if i is not item and i.media and i.media.sha256 == media.sha256), None)
        if replace is not None and replace in self.items:
            if same is not None and same is not replace:
                self._refuse(item, MediaError("media.twice"))
                return
            at = self.items.index(replace)
            self._stop(replace)
            self.items[at] = item
            self.changed.emit(replace)
        elif item not in self.items:
            if self.single:
                self.items[:] = [item]
            else:
                return  # its place was removed while it was read
        elif same is not None:
            self._refuse(item, MediaError("media.twice"))
            return
        self.changed.emit(item)
        self.content_changed.emit()
        self._upload(item)

    def _refuse(self, item: Item, error: AppError, source: Payload | None = None) -> None:
        if item in self.items:
            self.items.remove(item)
            self.changed.emit(item)
        self.refused.emit(Refusal(item.name, error, source))

    # Up to WeChat

    def _upload(self, item: Item) -> None:
        media, account_id = item.media, self._account_id
        assert media is not None
        item.stage, item.fraction, item.error = Stage.WAITING, 0.0, None

        def upload(job: Job) -> float | None:
            self._composing.upload(account_id, media.sha256, self.kind, job)
            known = self._composing.uploaded(account_id, media.sha256, self.kind)
            return known[1] if known else None

        item.task = self._tasks.start(
            "upload",
            upload,
            owner=self,
            on_done=lambda expires_at: self._uploaded(item, expires_at),
            on_error=lambda error: self._failed(item, error),
            on_progress=lambda done, total: self._progress(item, done, total),
        )
        self.changed.emit(item)

    def _progress(self, item: Item, done: int, total: int) -> None:
        if item.stage in (Stage.WAITING, Stage.UPLOADING):
            item.stage = Stage.UPLOADING
            item.fraction = done / total if total else 0.0
            self.changed.emit(item)

    def _uploaded(self, item: Item, expires_at: float | None) -> None:
        item.stage, item.fraction, item.expires_at = Stage.DONE, 1.0, expires_at
        self.changed.emit(item)

    def _failed(self, item: Item, error: AppError) -> None:
        item.stage, item.error = Stage.FAILED, error
        self.changed.emit(item)

    # What the person does

    def retry(self, item: Item) -> None:
        """Upload again after a failure or a stop."""
        if item.media is not None and item.stage in (Stage.FAILED, Stage.STOPPED):
            self._upload(item)

    def retry_failed(self) -> None:
        """Upload everything again that failed for want of a network."""
        for item in self.items:
            if item.stage == Stage.FAILED:
                self.retry(item)

    def stop(self, item: Item) -> None:
        """Stop what goes on with a file: one that is only being read goes away, an upload may be taken up later."""
        self._stop(item)
        if item.stage == Stage.READING:
            if item in self.items:
                self.remove(item)
        elif item.busy:
            item.stage = Stage.STOPPED
            self.changed.emit(item)

    def _stop(self, item: Item) -> None:
        if item.task is not None and item.task.running:
            item.task.cancel()

    def remove(self, item: Item) -> int:
        """Take a file out of the message; returns the place it had, for ``put_back``."""
        self._stop(item)
        at = self.items.index(item)
        self.items.remove(item)
        self.changed.emit(item)
        self.content_changed.emit()
        return at

    def put_back(self, item: Item, at: int) -> None:
        """Undo ``remove``; an upload that it stopped is begun again."""
        if item in self.items:
            return
        if self.single:
            self.items.clear()
        self.items.insert(min(at, len(self.items)), item)
        self.changed.emit(item)
        self.content_changed.emit()
        if item.media is not None and item.stage != Stage.DONE:
            self._upload(item)

    def move(self, item: Item, to: int) -> None:
        """Give a file another place in the row."""
        at = self.items.index(item)
        to = max(0, min(to, len(self.items) - 1))
        if to != at:
            self.items.insert(to, self.items.pop(at))
            self.changed.emit(item)
            self.content_changed.emit()

    def files(self) -> list[dict[str, str]]:
        """The usable files in order, as the draft keeps them."""
        return [json for item in self.items if (json := item.to_json())]

    def busy(self) -> int:
        """How many files are still being read or uploaded."""
        return sum(item.busy for item in self.items)


def _png(image: QImage) -> bytes:
    """A bitmap as a PNG file. Runs in a task: a large screenshot takes a second."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise MediaError("media.unreadable")
    return bytes(data.data())
