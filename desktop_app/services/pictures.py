"""Pictures of articles: brought from the web, made to fit, uploaded once per content and account; covers, thumbs."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from desktop_app.errors import AppError, ArticleError, MediaError
from desktop_app.job import Job
from desktop_app.media import intake, prepare, shrink
from desktop_app.media.limits import COVER_BYTES, REUSE_MARGIN_S, TEMPORARY_SECONDS
from desktop_app.services.account import AccountService
from desktop_app.services.fetch import Fetch
from desktop_app.services.one_at_a_time import OneAtATime
from desktop_app.store.articles import ForeignPictures
from desktop_app.store.caches import MediaCache, MediaFile, UploadRow

FRESH_S = 7 * 24 * 3600.0
"""For so long a picture from the web is taken to be what it was."""
BODY, COVER, THUMB = "body", "perm.image", "temp.thumb"


@dataclass(frozen=True)
class Brought:
    """A picture at WeChat. Sizes in bytes before and after it was made to fit; the same if it went as it was."""

    sha256: str
    url: str
    size_before: int
    size_after: int


class ArticlePictures:
    """Every method may be called from any thread; what goes up goes up once."""

    def __init__(
        self,
        accounts: AccountService,
        media: MediaCache,
        foreign: ForeignPictures,
        fetch: Fetch,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._accounts = accounts
        self._media = media
        self._foreign = foreign
        self._fetch = fetch
        self._now = now
        self._one_at_a_time = OneAtATime()
        self.broken: dict[str, str] = {}
        """Addresses that could not be fetched in this session, and why (an error's code)."""

    # --- from the web -----------------------------------------------------------------------------------

    def bring(self, url: str, job: Job) -> MediaFile:
        """The picture behind an http(s) or ``data:`` address, in the media cache; fetched once in a week.

        Raises ArticleError ``fetch.…``, MediaError, Cancelled; ``broken`` has the reason then.
        """
        with self._one_at_a_time(("bring", url), job):
            known = self._foreign.get(url, FRESH_S)
            if known is not None and (file := self._media.get(known)) is not None:
                return file
            try:
                data = self._fetch.get(url, job)
                taken = intake.take_bytes(data, _name_of(url), self._media.folder, job.quiet(), kind="picture")
                taken = prepare.for_article(taken, self._media.folder, job.quiet())
            except AppError as error:
                self.broken[url] = error.code
                raise
            self.broken.pop(url, None)
            file = MediaFile(**vars(taken))
            self._media.remember(file)
            self._foreign.remember(url, file.sha256)
            return file

    # --- the body ---------------------------------------------------------------------------------------

    def known_url(self, account_id: int, sha256: str) -> str:
        """The address that WeChat gave for a picture of the body, "" if it is not there yet."""
        known = self._media.upload(account_id, sha256, BODY) or self._media.upload(account_id, sha256, COVER)
        return known.url if known is not None else ""

    def is_brought(self, account_id: int, url: str) -> bool:
        """Whether WeChat has the picture behind a foreign address: nothing is left to do for it."""
        sha256 = self._foreign.get(url, FRESH_S)
        return sha256 is not None and bool(self.known_url(account_id, sha256))

    def upload(self, account_id: int, sha256: str, job: Job) -> Brought:
        """The picture's address for an article's body; the known one, or it goes up below 1 MB.

        A moving GIF goes up whole as permanent material. Raises MediaError (``media.gone`` …) and what the client
        raises.
        """
        with self._one_at_a_time((BODY, account_id, sha256), job):
            file = self._file(sha256)
            url = self.known_url(account_id, sha256)
            if url:
                return Brought(sha256, url, file.size_bytes, self._fitted(file).size_bytes)
            if shrink.is_animated(file.path, file.format):
                row = self.cover(account_id, sha256, job)
                return Brought(sha256, row.url, file.size_bytes, file.size_bytes)
            fitted = self._fitted(file)
            url = self._accounts.client(account_id).upload_image(fitted.path, job)
            self._media.remember_upload(account_id, sha256, BODY, url=url, expires_at=None)
            return Brought(sha256, url, file.size_bytes, fitted.size_bytes)

    def _fitted(self, file: MediaFile) -> shrink.Prepared:
        if shrink.is_animated(file.path, file.format):
            return shrink.Prepared(file.path, file.format, file.size_bytes, file.width, file.height, changed=False)
        return shrink.for_body(file.path, file.format, self._media.folder / f"{file.sha256}.body")

    # --- covers -----------------------------------------------------------------------------------------

    def cover(self, account_id: int, sha256: str, job: Job) -> UploadRow:
        """Permanent image material, media_id and url: once per content and account."""
        with self._one_at_a_time((COVER, account_id, sha256), job):
            known = self._media.upload(account_id, sha256, COVER)
            if known is not None:
                return known
            file = self._file(sha256)
            if shrink.is_animated(file.path, file.format) and file.size_bytes > COVER_BYTES:
                raise MediaError("media.too_big", size_bytes=file.size_bytes, limit=COVER_BYTES, kind="image")
            fitted = shrink.for_cover(file.path, file.format, self._media.folder / f"{sha256}.cover")
            made = self._accounts.client(account_id).add_material("image", fitted.path, job=job)
            self._media.remember_upload(
                account_id, sha256, COVER, media_id=made.media_id, url=made.url, expires_at=None
            )
            return UploadRow(made.media_id, made.url, self._now(), None, 0)

    def forget_cover(self, account_id: int, sha256: str) -> None:
        """WeChat does not know the material any more: somebody deleted it in its library."""
        known = self._media.upload(account_id, sha256, COVER)
        if known is not None:
            self._media.forget_upload(account_id, known.media_id)

    def thumb(self, account_id: int, sha256: str, cut: Sequence[float] | None, job: Job) -> str:
        """The media_id of a temporary thumb of the 2.35:1 cut, for ``uploadnews``; good for an hour at least."""
        variant = _variant(cut)
        with self._one_at_a_time((THUMB, account_id, sha256, variant), job):
            known = self._media.upload(account_id, sha256, THUMB, variant)
            left = (known.expires_at or 0.0) - self._now() if known is not None else 0.0
            if known is not None and REUSE_MARGIN_S <= left <= TEMPORARY_SECONDS:
                return known.media_id
            file = self._file(sha256)
            target = self._media.folder / f"{sha256}.thumb-{variant[:16]}"
            fitted = shrink.for_thumb(file.path, file.format, target, cut)
            made = self._accounts.client(account_id).upload_media("thumb", fitted.path, job)
            self._media.remember_upload(
                account_id,
                sha256,
                THUMB,
                media_id=made.media_id,
                variant=variant,
                expires_at=self._now() + TEMPORARY_SECONDS,
            )
            return made.media_id

    def renew_thumb(self, account_id: int, sha256: str, cut: Sequence[float] | None, job: Job) -> str:
        """A new media_id with three days before it, whatever is left of the old one."""
        known = self._media.upload(account_id, sha256, THUMB, _variant(cut))
        if known is not None:
            self._media.forget_upload(account_id, known.media_id)
        return self.thumb(account_id, sha256, cut, job)

    def thumb_expires(self, account_id: int, sha256: str, cut: Sequence[float] | None) -> float | None:
        """When the temporary thumb goes (Unix seconds), None if there is none."""
        known = self._media.upload(account_id, sha256, THUMB, _variant(cut))
        return known.expires_at if known is not None else None

    def size(self, sha256: str) -> tuple[int, int] | None:
        """Width and height of a local picture, None if it is gone."""
        file = self._media.get(sha256)
        return (file.width, file.height) if file is not None else None

    def _file(self, sha256: str) -> MediaFile:
        file = self._media.get(sha256)
        if file is None:
            raise MediaError("media.gone", name=self._media.name_of(sha256))
        return file


def _variant(cut: Sequence[float] | None) -> str:
    return hashlib.sha256(repr(list(cut) if cut else None).encode()).hexdigest()


def _name_of(url: str) -> str:
    """What the picture is called where it comes from."""
    try:
        parts = urlsplit(url) if not url.startswith("data:") else None
    except ValueError:
        raise ArticleError("fetch.scheme", host="") from None
    return (unquote(PurePosixPath(parts.path).name) if parts else "") or "picture"
