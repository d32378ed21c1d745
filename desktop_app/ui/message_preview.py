"""The very message as followers get it, in the painted phone, with its pictures decoded on tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from desktop_app.store.accounts import Account
from desktop_app.store.caches import MediaFile
from desktop_app.ui.phone_preview import ChatMessage, PhonePreview
from desktop_app.ui.thumbnails import Thumbnails

PICTURE_SIDE = 400


class MessagePreview(PhonePreview):
    """``show_content`` takes a content as drafts keep it, and the files it names."""

    def __init__(self, account: Account, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._pictures: list[QPixmap | None] = []
        self.set_account(account.name, QPixmap(account.picture) if account.picture else None)

    def show_content(self, kind: str, content: dict[str, Any], files: Sequence[MediaFile], at: float) -> None:
        """Show it as if it arrived at ``at`` (Unix seconds)."""
        self._kind, self._content, self._files, self._at = kind, content, files, at
        self._pictures = [None] * len(files)
        if kind == "image":
            for i, file in enumerate(files):
                self._pictures[i] = self._thumbnails.get(
                    file.sha256, file.path, PICTURE_SIDE, self, lambda picture, n=i: self._decoded(n, picture)
                )
        self._show()

    def _decoded(self, number: int, picture: QPixmap) -> None:
        if number < len(self._pictures):
            self._pictures[number] = picture
            self._show()

    def _show(self) -> None:
        content = self._content
        seconds = self._files[0].seconds if self._files else 0.0
        message = {
            "text": lambda: ChatMessage("text", content.get("text", "")),
            "image": lambda: ChatMessage("image", content.get("recommend", ""), tuple(self._pictures)),
            "voice": lambda: ChatMessage("voice", seconds=seconds),
            "video": lambda: ChatMessage(
                "video", title=content.get("title", ""), description=content.get("description", ""), seconds=seconds
            ),
        }[self._kind]()
        self.show_message(message, self._at)
