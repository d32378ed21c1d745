"""素材库: what this app uploaded and what WeChat has, in step; renewed, made permanent, brought here, deleted."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from desktop_app.errors import MediaError, Refused
from desktop_app.job import Job
from desktop_app.media import intake, tiles
from desktop_app.media.limits import LIBRARY_IMAGES, LIBRARY_OTHERS
from desktop_app.services import contents
from desktop_app.services.account import AccountService
from desktop_app.services.fetch import Fetch
from desktop_app.services.media_desk import MediaDesk
from desktop_app.services.one_at_a_time import OneAtATime
from desktop_app.services.pictures import ArticlePictures
from desktop_app.store.caches import MediaCache, MediaFile
from desktop_app.store.library import FILE, LibraryCounts, LibraryItem, LibraryStore, SyncRun, Use
from desktop_app.wechat import MaterialCount, WeChatClient
from desktop_app.wechat.errcodes import UNKNOWN_MEDIA

__all__ = ["Library", "LibraryCounts", "LibraryItem", "NearLimit", "Use"]

PAGE = 20
SYNC_PAGES = 500
"""Of one sync. WeChat publishes no daily number for batchget_material; those of its neighbours begin at 1,000."""
NEAR = 0.9
VIDEO_S = 600.0

DAILY = {
    "upload": "/cgi-bin/media/upload",
    "uploadimg": "/cgi-bin/media/uploadimg",
    "add_material": "/cgi-bin/material/add_material",
}


@dataclass(frozen=True)
class NearLimit:
    """A cap or a daily count of WeChat's that is nearly used up.

    ``what``: "images", "voices", "videos": pieces in the library; "upload", "uploadimg", "add_material": calls today.
    """

    what: str
    used: int
    limit: int


class Library:
    """Every method may be called from any thread. ``key``: as in ``LibraryItem``.

    Those that take a job raise what the client raises and Cancelled; those that need the file itself MediaError
    ``media.gone`` if it is neither here nor at WeChat.
    """

    def __init__(
        self,
        accounts: AccountService,
        store: LibraryStore,
        files: MediaCache,
        desk: MediaDesk,
        pictures: ArticlePictures,
    ) -> None:
        self._accounts = accounts
        self._store = store
        self._files = files
        self._desk = desk
        self._pictures = pictures
        self._one_at_a_time = OneAtATime()
        self._no_picture: set[tuple[int, str]] = set()

    # --- the list ---------------------------------------------------------------------------------------

    def counts(self, account_id: int) -> LibraryCounts:
        """Numbers for the tabs."""
        return self._store.counts(account_id)

    def items(
        self, account_id: int, *, kind: str = "", text: str = "", order: str = "added", expiring: bool = False
    ) -> tuple[LibraryItem, ...]:
        """The whole list. ``text`` stands in the name or the media_id; ``order``: added, name, size, expires.

        ``expiring``: only temporary ones with less than a day left.
        """
        return self._store.items(account_id, kind=kind, text=text.strip(), order=order, expiring=expiring)

    def item(self, account_id: int, key: str) -> LibraryItem | None:
        """One item, also by the key it had before it was brought here; None if there is no such item any more."""
        return self._store.item(account_id, key)

    def uses(self, account_id: int, key: str) -> tuple[Use, ...]:
        """Message drafts, articles and sends that the item stands in."""
        item = self._store.item(account_id, key)
        words = self._words(account_id, key, item)
        if not words:
            return ()
        found = self._store.articles_and_sends_with(account_id, words)
        articles = {use.id for use in found if use.where == "article"}
        drafts = [
            Use("draft", 0, kind, contents.title_of(kind, content))
            for kind, content in self._store.drafts_with(account_id, words)
            if content.get("draft_id") not in articles
        ]
        return (*drafts, *found)

    def _words(self, account_id: int, key: str, item: LibraryItem | None) -> set[str]:
        """What stands in a text that uses the item: hashes of its files, its address at WeChat."""
        sha256 = item.sha256 if item is not None and item.sha256 else _sha256_in(key)
        words = self._store.family(account_id, sha256) if sha256 else set()
        return words | ({item.url} if item is not None and item.url else set())

    # --- in step with WeChat ----------------------------------------------------------------------------

    def sync(self, account_id: int, job: Job) -> LibraryCounts:
        """Read WeChat's own library, as much of it as may have changed; ``job.progress`` in pieces.

        What is gone there is forgotten, but only once all of its kind was listed: a sync that ends half way keeps
        what was known and what it learned. At most 10,000 pieces are read at a time, the newest first.
        """
        with self._one_at_a_time(("sync", account_id), job):
            client = self._accounts.client(account_id)
            count = client.get_material_count(job)
            run = self._store.begin_sync(account_id)
            sync = _Sync(self._store, client, account_id, run, count, job)
            whole = [sync.read(kind) for kind in ("voice", "video", "image")]
            if all(whole):
                self._store.end_sync(account_id, run)
        return self.counts(account_id)

    def near_limits(self, account_id: int, job: Job) -> tuple[NearLimit, ...]:
        """What is used up to nine tenths. What WeChat does not tell this account is left out."""
        client = self._accounts.client(account_id)
        found: list[NearLimit] = []
        with suppress(Refused):
            count = client.get_material_count(job)
            found += [
                NearLimit("images", count.image + count.news, LIBRARY_IMAGES),
                NearLimit("voices", count.voice, LIBRARY_OTHERS),
                NearLimit("videos", count.video, LIBRARY_OTHERS),
            ]
        for what, path in DAILY.items():
            with suppress(Refused):
                quota = client.get_quota(path, job)
                found.append(NearLimit(what, quota.used, quota.daily_limit))
        return tuple(each for each in found if each.limit and each.used >= NEAR * each.limit)

    # --- files ------------------------------------------------------------------------------------------

    def thumbnail(self, account_id: int, key: str, job: Job) -> Path | None:
        """A picture that shows the item: its own file, or a small one made of what WeChat has and kept.

        None: there is none, as for voices and damaged pictures, and for videos without ffmpeg or a file here.
        """
        item = self._store.item(account_id, key)
        if item is None or (item.kind == "image" and item.path is not None):
            return item.path if item is not None else None
        at_wechat = item.kind == "image" and item.permanent and item.media_id
        if (account_id, item.key) in self._no_picture or not (at_wechat or (item.kind == "video" and item.path)):
            return None
        with self._one_at_a_time(("tile", account_id, item.key), job):
            try:
                made = self._fetched_tile(account_id, item, job) if at_wechat else self._frame(item, job)
            except MediaError as error:
                if error.code in ("media.cache", "media.disk_full"):
                    raise
                made = None
            if made is None and (at_wechat or self._desk.ffmpeg):
                self._no_picture.add((account_id, item.key))
            return made

    def _fetched_tile(self, account_id: int, item: LibraryItem, job: Job) -> Path | None:
        known = self._store.thumb(account_id, item.media_id)
        if known is not None:
            return known
        name = f"tile-{hashlib.sha256(item.media_id.encode()).hexdigest()[:32]}.jpg"
        with intake.half(self._files.folder) as half:
            try:
                self._accounts.client(account_id).get_material(item.media_id, half, job)
            except Refused as error:
                if error.errcode != UNKNOWN_MEDIA:
                    raise
            made = tiles.of_picture(half, self._files.folder / name) if half.exists() else None
        if made is not None:
            self._store.set_thumb(account_id, item.media_id, name)
        return made

    def _frame(self, item: LibraryItem, job: Job) -> Path | None:
        """A moment of a film that is here; it goes with the film."""
        assert item.path is not None
        target = self._files.folder / f"{item.sha256}.tile.jpg"
        if target.exists() or self._desk.ffmpeg is None:
            return target if target.exists() else None
        return tiles.of_film(item.path, item.seconds, target, self._desk.ffmpeg, job.quiet())

    def bring(self, account_id: int, key: str, job: Job) -> MediaFile:
        """The item's file as a message of its kind takes it, fetched from WeChat if it is only there.

        Raises MediaError like ``MediaDesk.fix``, and ArticleError ``fetch.…`` for a video that cannot be fetched.
        """
        item = self._need(account_id, key)
        with self._one_at_a_time(("bring", account_id, item.key), job):
            item = self._need(account_id, key)
            file = self._files.get(item.sha256) if item.sha256 else None
            if file is None:
                file = self._bring(account_id, item, job)
        return self._desk.fix(file.sha256, item.kind, "", job)

    def _bring(self, account_id: int, item: LibraryItem, job: Job) -> MediaFile:
        if not item.permanent or not item.media_id:
            raise MediaError("media.gone", name=item.name)
        folder = self._files.folder
        with intake.half(folder) as half:
            video = self._accounts.client(account_id).get_material(item.media_id, half, job)
            if video is None:
                taken = intake.take_file(half, folder, job.quiet(), kind=item.kind)
            else:
                data = self._fetch(account_id, video.down_url).get(video.down_url, job)
                taken = intake.take_bytes(data, item.name, folder, job.quiet(), kind=item.kind)
        file = MediaFile(**vars(replace(taken, name=intake.clean_name(item.name))))
        self._files.remember(file)
        self._store.brought(account_id, item, file.sha256)
        return file

    def _fetch(self, account_id: int, url: str) -> Fetch:
        """The host that the account's API is at may be inside this network: a relay of the company, the sandbox."""
        own = urlsplit(self._accounts.get(account_id).base_url).hostname
        hosts = {own} if own and urlsplit(url).hostname == own else None
        return Fetch(hosts, total_s=VIDEO_S)

    # --- uploads ----------------------------------------------------------------------------------------

    def renew(self, account_id: int, key: str, job: Job) -> LibraryItem:
        """续 3 天: the local file goes up once more, for another three days."""
        item, file = self._local(account_id, key)
        fitting = self._desk.fix(file.sha256, item.kind, "", job.quiet())
        self._desk.renew(account_id, fitting.sha256, item.kind, job)
        return self._need(account_id, FILE + fitting.sha256)

    def make_permanent(self, account_id: int, key: str, job: Job) -> LibraryItem:
        """转永久: the local file goes into WeChat's library, unless it is there. The title of a video is its name."""
        known = self._need(account_id, key)
        if known.permanent and known.media_id:
            return known
        item, file = self._local(account_id, key)
        if item.kind == "image":
            self._pictures.cover(account_id, file.sha256, job)
        else:
            fitting = self._desk.fix(file.sha256, item.kind, "", job.quiet())
            self._desk.upload(account_id, fitting.sha256, item.kind, job, permanent=True)
            file = fitting
        return self._need(account_id, FILE + file.sha256)

    def _local(self, account_id: int, key: str) -> tuple[LibraryItem, MediaFile]:
        item = self._need(account_id, key)
        file = self._files.get(item.sha256) if item.sha256 else None
        if file is None:
            raise MediaError("media.gone", name=item.name)
        return item, file

    def _need(self, account_id: int, key: str) -> LibraryItem:
        item = self._store.item(account_id, key)
        if item is None:
            raise MediaError("media.gone")
        return item

    # --- deleting ---------------------------------------------------------------------------------------

    def delete(self, account_id: int, key: str, job: Job) -> None:
        """A permanent item is deleted at WeChat, then forgotten here; a temporary one is only forgotten here.

        The file leaves the media folder when nothing needs it. 48005: a menu or an auto-reply uses it; nothing
        happened then. Deleting what is gone already succeeds.
        """
        item = self._store.item(account_id, key)
        if item is None:
            return
        sha256 = _sha256_in(item.key)
        media_ids = self._store.permanent_ids(account_id, sha256) if sha256 else (item.media_id,)
        for media_id in media_ids:
            job.check()
            self._delete_at_wechat(account_id, media_id, job)
            self._store.forget_material(account_id, media_id)
        if sha256:
            self._store.forget_uploads(account_id, sha256)
        if sha256 or item.sha256:
            self._store.remove_if_unneeded(sha256 or item.sha256)

    def _delete_at_wechat(self, account_id: int, media_id: str, job: Job) -> None:
        try:
            self._accounts.client(account_id).delete_material(media_id, job)
        except Refused as error:
            if error.errcode != UNKNOWN_MEDIA:
                raise


class _Sync:
    """One reading of WeChat's library, kind by kind."""

    def __init__(
        self,
        store: LibraryStore,
        client: WeChatClient,
        account_id: int,
        run: SyncRun,
        count: MaterialCount,
        job: Job,
    ) -> None:
        self._store = store
        self._client = client
        self._account_id = account_id
        self._run = run
        self._counted = {"voice": count.voice, "video": count.video, "image": count.image}
        self._job = job
        self._pages_left = SYNC_PAGES
        self._done = 0

    def read(self, kind: str) -> bool:
        """Whether all of this kind is known now. The pages are read until nothing on them is new."""
        seen: set[str] = set()
        totals: set[int] = set()
        offset = 0
        while True:
            self._job.check()
            if not self._pages_left:
                return False
            self._pages_left -= 1
            page = self._client.list_materials(kind, offset, PAGE, self._job)
            rows = [(each.media_id, each.name, each.url, float(each.updated_at)) for each in page.items]
            news = bool(rows) and self._store.put_page(self._account_id, kind, self._run, rows)
            seen.update(row[0] for row in rows)
            totals.add(page.total)
            offset += len(rows)
            self._done += len(rows)
            self._job.progress(self._done, max(self._done, sum(self._counted.values())))
            if not rows or offset >= page.total:
                return self._is_whole(kind, len(seen), totals)
            # The newest come first: below a page of old ones nothing changed, if the number is right too.
            if self._run.was_whole and not news and self._store.known(self._account_id, kind) == page.total:
                return True

    def _is_whole(self, kind: str, seen: int, totals: set[int]) -> bool:
        """When something moved between two pages, or an empty answer may be a hiccup, nothing is forgotten."""
        if totals != {seen} or (not seen and self._counted[kind]):
            return False
        self._store.forget_unseen(self._account_id, kind, self._run)
        return True


def _sha256_in(key: str) -> str:
    return key.removeprefix(FILE) if key.startswith(FILE) else ""
