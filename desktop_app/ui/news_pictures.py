"""Pictures for the body and the cover: taken into the cache in tasks, one after the other where order counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import PurePath

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.store.caches import MediaFile
from desktop_app.ui.context import Context
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.pasted import address_name, from_web, pasted_name, png_of
from desktop_app.workers.transfer import BODY

Ready = Callable[[list[MediaFile]], None]
Read = Callable[[Job], MediaFile]


class PictureIntake(QObject):
    """``take(payload, ready)`` brings what could be taken, in the order of the names; ``refused`` tells the rest."""

    refused = Signal(str, object)
    """File name and AppError."""
    kept_apart = Signal(int, object)
    """Whose they are, and a Payload of videos and recordings: an article cannot hold them."""

    def __init__(self, context: Context, account_id: Callable[[], int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._account_id = context, account_id

    def take(self, payload: Payload, ready: Ready) -> None:
        """Copy the files into the cache and call back with those that are pictures."""
        account_id = self._account_id()

        def read(job: Job) -> tuple[list[MediaFile], list[tuple[str, AppError]], tuple[str, ...]]:
            taken: list[MediaFile] = []
            refused: list[tuple[str, AppError]] = []
            others: list[str] = []
            files, _ = self._context.profile.media.files_in(payload.files, job)
            for name, bring, path in self._reads(payload, sorted(files, key=lambda path: PurePath(path).name)):
                try:
                    taken.append(bring(job))
                except AppError as error:
                    if error.code == "media.kind" and path:  # a film or a recording, by its content
                        others.append(path)
                    else:
                        refused.append((name, error))
            return taken, refused, tuple(others)

        def show(found: tuple[list[MediaFile], list[tuple[str, AppError]], tuple[str, ...]]) -> None:
            taken, refused, others = found
            for name, error in refused:
                self.refuse(account_id, name, error, ready)
            if others:
                self.kept_apart.emit(account_id, Payload(others))
            if taken:
                ready(taken)

        self._context.tasks.start(
            "work", read, owner=self, on_done=show, on_error=lambda error: self.refused.emit("", error)
        )

    def refuse(self, account_id: int, name: str, error: AppError, ready: Ready) -> None:
        """Say why; a picture that can be mended waits in the drawer of uploads, and then goes where it should."""
        if not error.args_.get("fix"):
            self.refused.emit(name, error)
            return

        def mended(transfer: object) -> bool:
            media = getattr(transfer, "media", None)
            if media is not None:
                ready([media])
            return False  # whoever takes it sends it up

        self._context.transfers.refused(name, error, account_id=account_id, kind="picture", use=BODY, then=mended)

    def _reads(self, payload: Payload, files: list[str]) -> list[tuple[str, Read, str]]:
        """What to call it, how to bring it, and where it lies (\"\" for what is no file)."""
        media = self._context.profile.media
        reads: list[tuple[str, Read, str]] = [
            (PurePath(path).name, partial(media.add_file, path, "picture"), path) for path in files
        ]
        for address in payload.addresses:
            name = address_name(address)
            reads.append((name, partial(from_web, media, address, name, payload.bitmap, "picture"), ""))
        if payload.bitmap is not None and not payload.addresses:
            reads.append((pasted_name(), partial(self._from_bitmap, payload), ""))
        return reads

    def _from_bitmap(self, payload: Payload, job: Job) -> MediaFile:
        assert payload.bitmap is not None
        return self._context.profile.media.add_bytes(png_of(payload.bitmap), pasted_name(), "picture", job)
