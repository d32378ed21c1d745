"""Pictures on their way into an article: files, bitmaps, pictures inside pasted text. They go to the media cache."""

from __future__ import annotations

import base64
import binascii
import tempfile
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from PySide6.QtCore import QObject, QPointF, Signal
from PySide6.QtGui import QImage

from desktop_app.errors import AppError, MediaError
from desktop_app.job import Job
from desktop_app.ui.pasted import png_of

if TYPE_CHECKING:
    from desktop_app.store.caches import MediaFile
    from desktop_app.ui.context import Context
    from desktop_app.ui.editor_bridge import Bridge

PICTURE = "picture"
TOO_BIG = 10 * 1024 * 1024
# Where Word, WPS and LibreOffice put the pictures of what they copied. Any other file is none of the clipboard's
# business: a web page could name one.
_OFFICE_FOLDERS = ("msohtmlclip", "ksohtml", "temporaryitems", "officehtml")

Take = Callable[[Job], "MediaFile"]


def address_of(sha256: str) -> str:
    """How an article names a picture of the media cache."""
    return f"qunfa-media://{sha256}"


class EditorPictures(QObject):
    """Takes pictures in, one after the other, and tells the page where they are."""

    taken = Signal(object)
    """A MediaFile that is in the article now."""

    refused = Signal(str, object)
    """Name and AppError of a picture that could not be taken."""

    misplaced = Signal(list)
    """A list of Paths: films and recordings, told by their content."""

    late = Signal(list)
    """Names of pictures for which another article was shown before they were read: they are in none."""

    def __init__(
        self, context: Context, bridge: Bridge, shown: Callable[[], int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._bridge = bridge
        self._shown = shown  # a number for what is in the page: another one, and places in it are gone

    def add_files(self, files: Sequence[Path], at: QPointF | None = None) -> None:
        """Put picture files into the article, at a place of the view or at the caret."""
        media = self._context.profile.media
        self._put([(path.name, _from_file(media, path), path) for path in files], at)

    def add_image(self, image: QImage, name: str, at: QPointF | None = None) -> None:
        """Put a bitmap into the article."""
        media = self._context.profile.media
        self._put([(name, lambda job: media.add_bytes(png_of(image), name, PICTURE, job), None)], at)

    def bring_in(self, pictures: Sequence[dict[str, str]]) -> None:
        """Take pictures that pasted text had inside (``data``) or beside it (``file:``); their addresses change."""
        for one in pictures:
            self._bring(one["address"], one["data"])

    # --- one after the other ------------------------------------------------------------------------------

    def _put(self, pictures: Sequence[tuple[str, Take, Path | None]], at: QPointF | None) -> None:
        places, shown, late = [uuid.uuid4().hex for _ in pictures], self._shown(), list[str]()
        where: dict[str, Any] = {} if at is None else {"x": at.x(), "y": at.y()}
        for place in places:
            self._bridge.order("place", token=place, **where)

        def work(job: Job) -> list[Path]:
            others = []
            for place, (name, take, path) in zip(places, pictures, strict=True):
                job.check()
                try:
                    job.report((place, name, take(job)))
                except AppError as error:
                    if error.code == "media.kind" and path is not None:
                        others.append(path)
                    job.report((place, name, error))
            return others

        def arrived(report: tuple[str, str, MediaFile | AppError]) -> None:
            if shown == self._shown():
                self._arrived(report)
            elif getattr(report[2], "code", "") != "media.kind":
                late.append(report[1])

        def done(others: list[Path]) -> None:
            if others:
                self.misplaced.emit(others)
            if late:
                self.late.emit(late)

        self._context.tasks.start("work", work, owner=self, on_done=done, on_report=arrived)

    def _arrived(self, report: tuple[str, str, MediaFile | AppError]) -> None:
        place, name, result = report
        if isinstance(result, AppError):
            self._bridge.order("arrived", token=place, src="", alt="")
            if result.code != "media.kind":  # those of another kind are told together
                self.refused.emit(name, result)
        else:
            self._bridge.order("arrived", token=place, src=address_of(result.sha256), alt="")
            self.taken.emit(result)

    def _bring(self, address: str, data: str) -> None:
        media = self._context.profile.media
        is_file = address.startswith("file:")
        name, shown = unquote(urlsplit(address).path).rpartition("/")[2] if is_file else "image", self._shown()

        def take(job: Job) -> MediaFile:
            if is_file:
                return media.add_file(office_file(address), PICTURE, job)
            return media.add_bytes(_data(data), name, PICTURE, job)

        def done(file: MediaFile) -> None:
            self._bridge.order("swap", **{"from": address, "to": address_of(file.sha256)})
            if shown == self._shown():
                self.taken.emit(file)

        def failed(error: AppError) -> None:
            if not is_file:  # nothing can be shown or sent of it; a local one stays visible as missing
                self._bridge.order("swap", **{"from": address, "to": ""})
            self.refused.emit(name, error)

        self._context.tasks.start("work", take, owner=self, on_done=done, on_error=failed)


def office_file(address: str) -> Path:
    """The file behind a ``file:`` address that an office program put on the clipboard.

    Raises MediaError ``media.gone`` for a file that is not there, or lies where no clipboard puts one.
    """
    text = unquote(address[len("file:") :]).replace("\\", "/").lstrip("/")
    path = Path(text if len(text) > 1 and text[1] == ":" else f"/{text}")
    try:
        real = path.resolve(strict=True)
    except (OSError, ValueError):
        raise MediaError("media.gone") from None
    parts = {part.lower() for part in real.parts}
    ours = any(folder in part for folder in _OFFICE_FOLDERS for part in parts)
    if not ours and not real.is_relative_to(Path(tempfile.gettempdir()).resolve()):
        raise MediaError("media.gone")
    return real


def _from_file(media: Any, path: Path) -> Take:
    return lambda job: media.add_file(path, PICTURE, job)


def _data(address: str) -> bytes:
    if not address:  # the page keeps back what is beyond WeChat's limit
        raise MediaError("media.too_big", size_bytes=TOO_BIG, limit=TOO_BIG, kind="image")
    try:
        return base64.b64decode(address.partition(",")[2], validate=False)
    except binascii.Error:
        raise MediaError("media.empty") from None
