"""The very message as followers get it, in the painted phone, with its pictures decoded on tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from desktop_app.store.accounts import Account
from desktop_app.store.caches import MediaFile
from desktop_app.ui.account_switcher import AVATAR, paint_avatar
from desktop_app.ui.article_pictures import cut_cover
from desktop_app.ui.news_card import CardArticle
from desktop_app.ui.phone_preview import ChatMessage, PhonePreview
from desktop_app.ui.thumbnails import Thumbnails

PICTURE_SIDE = 400


def _avatar(account: Account, ratio: float) -> QPixmap:
    """The same picture as in the account switcher: amber for rehearsal."""
    picture = QPixmap(round(AVATAR * ratio), round(AVATAR * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    p = QPainter(picture)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_avatar(p, QRect(0, 0, AVATAR, AVATAR), account)
    p.end()
    return picture


class MessagePreview(PhonePreview):
    """``show_content`` takes a content as drafts keep it, and the files it names."""

    def __init__(self, account: Account, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._pictures: list[QPixmap | None] = []
        self.set_account(account.name, _avatar(account, self.devicePixelRatioF()))

    def show_content(self, kind: str, content: dict[str, Any], files: Sequence[MediaFile], at: float) -> None:
        """Show it as if it arrived at ``at`` (Unix seconds)."""
        self._kind, self._content, self._files, self._at = kind, content, files, at
        self._pictures = [None] * len(files)
        for i, file in enumerate(files if kind in ("image", "news") else ()):
            self._pictures[i] = self._thumbnails.get(
                file.sha256, file.path, PICTURE_SIDE, self, partial(self._decoded, i)
            )
        self._show()

    def _decoded(self, number: int, picture: QPixmap) -> None:
        if number < len(self._pictures):
            self._pictures[number] = picture
            self._show()

    def _show(self) -> None:
        content = self._content
        seconds = self._files[0].seconds if self._files else 0.0
        if self._kind == "text":
            message = ChatMessage("text", content.get("text", ""))
        elif self._kind == "image":
            message = ChatMessage("image", content.get("recommend", ""), tuple(self._pictures))
        elif self._kind == "news":
            message = ChatMessage("news", articles=tuple(self._articles()))
        elif self._kind == "voice":
            message = ChatMessage("voice", seconds=seconds)
        else:
            title, description = content.get("title", ""), content.get("description", "")
            message = ChatMessage("video", title=title, description=description, seconds=seconds)
        self.show_message(message, self._at)

    def _articles(self) -> Iterator[CardArticle]:
        known = {file.sha256: picture for file, picture in zip(self._files, self._pictures, strict=True)}
        articles = self._content.get("articles", [])
        for article in articles:
            cover = article["cover"]
            picture = known.get(cover["sha256"]) if cover else None
            wide = cut_cover(picture, cover) if picture else None
            square = cut_cover(picture, cover, square=True) if picture else None
            digest = article["digest"] if len(articles) == 1 else ""
            yield CardArticle(article["title"], digest, wide, square)
