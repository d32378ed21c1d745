"""The message of a mass send or preview: its shape, and the media, draft or news that it points to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .account import Account, Draft
from .api import Refusal, flag
from .media import SENDS_EACH, Media
from .switches import Switches

TEXT_BYTES = 2048  # the reference knows no limit; this is the one of customer-service texts
RECOMMEND = 200
MAX_IMAGES = 20
KINDS = ("mpnews", "text", "voice", "image", "mpvideo")


@dataclass
class Message:
    """A message whose form is right; `resolve` finds out whether what it points to exists."""

    kind: str
    media_ids: list[str] = field(default_factory=list)
    medias: list[Media] = field(default_factory=list)
    draft: Draft | None = None

    @property
    def articles(self) -> list[dict[str, Any]]:
        """The articles of a news message."""
        if self.draft is not None:
            return self.draft.articles
        return [article for media in self.medias for article in media.articles]

    def resolve(self, account: Account, switches: Switches) -> None:
        """Find the media. Raises 40007, 45161 (no id of uploadvideo), 48013 or 48022 (video of the API)."""
        if self.kind == "mpnews":
            self.draft = account.drafts.get(self.media_ids[0])
            if self.draft is None:
                self.medias = [account.media.get(self.media_ids[0], "news")]
        elif self.kind == "mpvideo":
            self.medias = [account.media.get(self.media_ids[0])]
            if self.medias[0].kind != "mpvideo":
                raise Refusal(45161)
            if switches.api_video != "allowed":
                raise Refusal(int(switches.api_video))
        else:
            self.medias = [account.media.get(media_id, self.kind) for media_id in self.media_ids]
        if any(not media.permanent and media.sends >= SENDS_EACH for media in self.medias):
            raise Refusal(40007)

    def sha256s(self, account: Account) -> list[str]:
        """The SHA-256 of the files that the message shows; for news those of its covers."""
        if self.kind != "mpnews":
            return [media.sha256 for media in self.medias]
        covers = [account.media.items.get(article.get("thumb_media_id", "")) for article in self.articles]
        return [cover.sha256 for cover in covers if cover is not None]


def read_message(body: dict[str, Any], *, comments: bool, preview: bool = False) -> Message:
    """The message of a request.

    Raises 40008 (msgtype), 45113, 45052, -1 (no object of that name), 44004, 45002, 41006, 47001 and for several
    pictures 41026, 40215, 40193, 88000.
    """
    kind = body.get("msgtype")
    if kind == "wxcard":
        raise Refusal(45113)
    if kind == "music":
        raise Refusal(45052)
    if kind not in KINDS:
        raise Refusal(40008)
    if kind == "image" and "images" in body and not preview:
        return Message(kind, _image_ids(body["images"], comments=comments))
    part = body.get(kind)
    if part is None:
        raise Refusal(-1)
    if not isinstance(part, dict):
        raise Refusal(47001)
    if kind == "text":
        _check_text(part.get("content"))
        return Message(kind)
    return Message(kind, [_media_id(part.get("media_id"))])


def _check_text(content: object) -> None:
    if content is None or content == "":
        raise Refusal(44004)
    if not isinstance(content, str):
        raise Refusal(47001)
    if len(content.encode("utf-8", "surrogatepass")) > TEXT_BYTES:
        raise Refusal(45002)


def _media_id(value: object) -> str:
    if value is None or value == "":
        raise Refusal(41006)
    if not isinstance(value, str):
        raise Refusal(47001)
    return value


def _image_ids(images: object, *, comments: bool) -> list[str]:
    if not isinstance(images, dict):
        raise Refusal(47001)
    media_ids = images.get("media_ids")
    if not media_ids:
        raise Refusal(41026)
    if not isinstance(media_ids, list):
        raise Refusal(47001)
    if len(media_ids) > MAX_IMAGES:
        raise Refusal(40215)
    recommend = images.get("recommend") or ""
    if not isinstance(recommend, str):
        raise Refusal(47001)
    if len(recommend) > RECOMMEND:
        raise Refusal(40193)
    if flag(images.get("need_open_comment")) and not comments:
        raise Refusal(88000)
    flag(images.get("only_fans_can_comment"))
    return [_media_id(value) for value in media_ids]
