"""Media of a simulated account: temporary (three days, ten sends) and permanent, videos and news made from them."""

from __future__ import annotations

import base64
import random
from dataclasses import asdict, dataclass, field
from typing import Any

from . import sniff
from .api import Refusal
from .clock import Clock
from .multipart import KEPT_BYTES, Part
from .store import Files

LIFE_S = 3 * 24 * 3600
SENDS_EACH = 10
MB = 1024 * 1024
_VOICE_S = 60


@dataclass(frozen=True)
class Limit:
    """What an upload may be: bytes, the errcode above them, and the formats."""

    size_bytes: int
    too_large: int
    formats: tuple[str, ...]


TEMPORARY = {
    "image": Limit(10 * MB, 40009, ("jpg", "png", "gif")),
    "voice": Limit(2 * MB, 40010, ("amr", "mp3")),
    "video": Limit(10 * MB, 40011, ("mp4",)),
    "thumb": Limit(64 * 1024, 40012, ("jpg",)),
}
PERMANENT = {
    **TEMPORARY,
    "image": Limit(10 * MB, 40009, ("jpg", "png", "gif", "bmp")),
    "voice": Limit(2 * MB, 40010, ("amr", "mp3", "wav", "wma")),
}
ARTICLE_PICTURE = Limit(MB - 1, 40009, ("jpg", "png"))


@dataclass
class Media:
    """One uploaded thing. `kind`: image, voice, video, thumb, mpvideo (from uploadvideo), news (from uploadnews)."""

    media_id: str
    kind: str
    permanent: bool
    created_at: int
    sha256: str = ""
    filename: str = ""
    format: str = ""
    size: int = 0
    url: str = ""
    title: str = ""
    description: str = ""
    sends: int = 0
    articles: list[dict[str, Any]] = field(default_factory=list)


def check_upload(part: Part | None, limit: Limit) -> str:
    """The format of an uploaded file. Raises 41005, 44001, 45001, 40005, the kind's size code, 45007."""
    if part is None or part.file is None or not part.filename:
        raise Refusal(41005)
    if part.size == 0:
        raise Refusal(44001)
    if part.size > KEPT_BYTES:
        raise Refusal(45001)
    kind = sniff.kind_of(part.file)
    # The server judges by the name's ending too, as every SDK assumes: a bare name is no file of any type.
    if kind not in limit.formats or "." not in part.filename:
        raise Refusal(40005)
    if part.size > limit.size_bytes:
        raise Refusal(limit.too_large)
    if sniff.voice_seconds(part.file, kind) > _VOICE_S:
        raise Refusal(45007)
    return kind


class MediaBox:
    """All media of one account, by media_id."""

    def __init__(self, files: Files, clock: Clock, chance: random.Random) -> None:
        self._files = files
        self._clock = clock
        self._chance = chance
        self.items: dict[str, Media] = {}
        self.pictures: dict[str, str] = {}  # url → sha256, from uploadimg and permanent images

    def new_id(self) -> str:
        """A media_id as long as WeChat's."""
        return base64.urlsafe_b64encode(self._chance.randbytes(48)).decode()

    def new_url(self, form: str) -> str:
        """An address of a picture as WeChat gives them."""
        return f"http://mmbiz.qpic.cn/mmbiz_{form}/{self.new_id()}/0"

    def upload(self, kind: str, part: Part | None, *, permanent: bool) -> Media:
        """Check a file and keep it. Raises what `check_upload` raises, and 40004 for an unknown kind."""
        limits = PERMANENT if permanent else TEMPORARY
        if kind not in limits:
            raise Refusal(40004)
        form = check_upload(part, limits[kind])
        media = self.add(kind, permanent=permanent, form=form)
        self._take(part, media)
        if permanent and kind in ("image", "thumb"):
            media.url = self.new_url("jpeg" if form == "jpg" else form)
            self.pictures[media.url] = media.sha256
        return media

    def upload_picture(self, part: Part | None) -> str:
        """Keep a picture of an article's body; returns its address."""
        form = check_upload(part, ARTICLE_PICTURE)
        assert part is not None
        assert part.file is not None
        self._files.keep(part.file, part.sha256)
        url = self.new_url("jpeg" if form == "jpg" else form)
        self.pictures[url] = part.sha256
        return url

    def put(self, kind: str, name: str, data: bytes) -> Media:
        """Permanent material that somebody uploaded on the website; of a video also its title is the name.

        Raises ValueError for a kind or a format that the library does not take.
        """
        if kind not in ("image", "voice", "video"):
            raise ValueError(f"there is no material of kind {kind}")
        sha256 = self._files.add(data)
        form = sniff.kind_of(self._files.path(sha256))
        if form not in PERMANENT[kind].formats:
            raise ValueError(f"{name} is no {kind} that the library takes")
        media = self.add(kind, permanent=True, form=form)
        media.sha256, media.size, media.filename, media.title = sha256, len(data), name, name
        if kind == "image":
            media.url = self.new_url("jpeg" if form == "jpg" else form)
            self.pictures[media.url] = sha256
        return media

    def _take(self, part: Part | None, media: Media) -> None:
        assert part is not None
        assert part.file is not None
        self._files.keep(part.file, part.sha256)
        media.sha256, media.size, media.filename = part.sha256, part.size, part.filename or ""

    def add(self, kind: str, *, permanent: bool = False, form: str = "") -> Media:
        """Enter a new thing with a fresh media_id."""
        media = Media(self.new_id(), kind, permanent, int(self._clock.now()), format=form)
        self.items[media.media_id] = media
        return media

    def alive(self, media: Media) -> bool:
        """Whether the thing is permanent or younger than three days."""
        return media.permanent or self._clock.now() < media.created_at + LIFE_S

    def get(self, media_id: object, *kinds: str, permanent: bool | None = None) -> Media:
        """The living media with this id. Raises 40007: unknown, expired, deleted, another account's, wrong kind."""
        media = self.items.get(media_id) if isinstance(media_id, str) else None
        if media is None or not self.alive(media) or (kinds and media.kind not in kinds):
            raise Refusal(40007)
        if permanent is not None and media.permanent is not permanent:
            raise Refusal(40007)
        return media

    def forget_expired(self) -> None:
        """Drop what expired more than a day ago."""
        limit = self._clock.now() - LIFE_S - 24 * 3600
        self.items = {key: one for key, one in self.items.items() if one.permanent or one.created_at > limit}

    def to_state(self) -> dict[str, Any]:
        """Everything but the bytes, as JSON values."""
        return {"items": [asdict(media) for media in self.items.values()], "pictures": self.pictures}

    def load(self, state: dict[str, Any]) -> None:
        """Take over what `to_state` gave."""
        self.items = {item["media_id"]: Media(**item) for item in state["items"]}
        self.pictures = state["pictures"]
