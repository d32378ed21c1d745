"""Profile: the store and the services of one data folder, behind its lock."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType

from desktop_app.errors import StoreError
from desktop_app.paths import Paths
from desktop_app.secrets import Secrets
from desktop_app.services.account import AccountService
from desktop_app.services.articles import Articles
from desktop_app.services.audience import Audiences
from desktop_app.services.checkpoints import reached
from desktop_app.services.composing import Composing
from desktop_app.services.fetch import Fetch
from desktop_app.services.library import Library
from desktop_app.services.media_desk import MediaDesk
from desktop_app.services.pictures import ArticlePictures
from desktop_app.services.renewal import Renewal
from desktop_app.services.sending import Sending
from desktop_app.store import backup
from desktop_app.store.accounts import Accounts
from desktop_app.store.articles import ArticleDrafts, ForeignPictures, MadeDrafts
from desktop_app.store.caches import MediaCache, PreviewRecipients, RecentAudiences, TagCache
from desktop_app.store.database import Database
from desktop_app.store.drafts import Drafts
from desktop_app.store.library import LibraryStore
from desktop_app.store.lock import ProfileLock
from desktop_app.store.marker import Marker
from desktop_app.store.outbox import Outbox
from desktop_app.store.transfers import UnfinishedUploads
from desktop_app.wechat import WeChatClient

log = logging.getLogger(__name__)

DEFAULT_BASE_URL = "https://api.weixin.qq.com"
QUICK_BACKUP_BYTES = 32 * 1024 * 1024


class Profile:
    """Everything below the window, built top to bottom. Use it in ``with``, or ``close()`` it.

    ``restored_from``: the database was damaged and a copy took its place, or None. ``marker_changed``: this is a
    copied profile or a restored backup, so nothing that was queued leaves by itself.
    """

    restored_from: backup.Restored | None
    marker_changed: bool

    def __init__(self, paths: Paths, *, now: Callable[[], float] = time.time) -> None:
        """Raises StoreError: ``store.in_use``, ``store.newer``, ``store.folder``, ``store.full`` …"""
        self.paths = paths
        self.now = now
        self._closed = False
        try:
            paths.create()
        except OSError as error:
            raise StoreError("store.folder", detail=str(error.strerror)) from error
        self._lock = ProfileLock(paths.lock)
        try:
            self.db = Database(paths.database, backups=paths.backups, now=now)
        except BaseException:
            self._lock.release()
            raise
        try:
            self._build()
            self._begin()
        except BaseException:
            self.db.close()
            self._lock.release()
            raise

    def _build(self) -> None:
        self.secrets = Secrets()
        self.account_store = Accounts(self.db)
        self.outbox = Outbox(self.db, self.now)
        make_client = partial(WeChatClient, _trace=lambda point: reached(f"wire.{point}"))
        self.accounts = AccountService(self.account_store, self.secrets, now=self.now, make_client=make_client)
        self.audiences = Audiences(self.accounts, TagCache(self.db), RecentAudiences(self.db), now=self.now)
        files = MediaCache(self.db, self.paths.media)
        self.fetch = Fetch()
        self.media = MediaDesk(self.accounts, files, self.fetch, now=self.now)
        self.unfinished = UnfinishedUploads(self.db)
        pictures = ArticlePictures(self.accounts, files, ForeignPictures(self.db), self.fetch, now=self.now)
        self.articles = Articles(self.accounts, ArticleDrafts(self.db), MadeDrafts(self.db), pictures, now=self.now)
        holdings = LibraryStore(self.db, self.paths.media)
        self.library = Library(self.accounts, holdings, files, self.media, pictures)
        self.composing = Composing(
            self.accounts,
            self.media,
            Drafts(self.db),
            PreviewRecipients(self.db),
            articles=self.articles,
            now=self.now,
        )
        renewal = Renewal(
            self.outbox,
            self.accounts,
            self.composing,
            self.articles,
            files,
            MadeDrafts(self.db),
            ForeignPictures(self.db),
            now=self.now,
        )
        self.sending = Sending(self.db, self.outbox, self.accounts, renewal=renewal, now=self.now)

    def __enter__(self) -> Profile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close connections and database, let the next process in. Calling it twice does no harm."""
        if self._closed:
            return
        self._closed = True
        try:
            self.accounts.close()
            self._marker.renew()
        except StoreError as error:
            log.warning("the profile's marker could not be renewed: %s", error.code)
        finally:
            self.db.close()
            self._lock.release()

    def back_up_if_due(self) -> None:
        """The daily copy of the database. Takes as long as the database is big: call it off the window's thread."""
        backup.back_up_if_due(self.paths.database, self.paths.backups, self.now())

    def _begin(self) -> None:
        self.restored_from = self.db.restored_from
        self._marker = Marker(self.db, self.paths.marker)
        changed = self._marker.changed()
        self.marker_changed = bool(changed)
        # First what must not leave, then the marker: dying in between asks again at the next start.
        self.sending.recover(paused=changed)
        self._marker.renew()
        self.articles.drafts.purge()
        if self.paths.database.stat().st_size <= QUICK_BACKUP_BYTES:
            try:
                self.back_up_if_due()
            except StoreError as error:
                log.warning("no backup today: %s", error.code)


def open_profile(
    data_dir: str | os.PathLike[str] | Paths,
    *,
    base_url: str | None = None,
    secrets: Mapping[str, str] | None = None,
    now: Callable[[], float] = time.time,
) -> Profile:
    """Open the profile in a folder, for the window or for a script.

    ``secrets``: {app_id: secret}, for this session; an account that the profile lacks is added as a 服务号.
    ``base_url``: where the accounts named in ``secrets`` are reached. Raises StoreError.
    """
    paths = data_dir if isinstance(data_dir, Paths) else Paths.below(Path(data_dir))
    profile = Profile(paths, now=now)
    try:
        for app_id, secret in (secrets or {}).items():
            _introduce(profile, app_id, secret, base_url)
    except BaseException:
        profile.close()
        raise
    return profile


def _introduce(profile: Profile, app_id: str, secret: str, base_url: str | None) -> None:
    account = profile.account_store.by_app_id(app_id)
    if account is None:
        account = profile.account_store.add(
            app_id, name=app_id, kind="service", base_url=base_url or DEFAULT_BASE_URL
        )
    elif base_url is not None and account.base_url != base_url:
        account = profile.accounts.update(account.id, base_url=base_url)
    profile.accounts.type_secret(account.id, secret)
