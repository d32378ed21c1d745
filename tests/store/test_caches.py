"""Files and uploads, tags, recipients, recent audiences."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.store.accounts import Accounts
from desktop_app.store.caches import (
    MediaCache,
    MediaFile,
    PreviewRecipients,
    RecentAudiences,
    RecipientRow,
    TagCache,
    TagRow,
)
from desktop_app.store.database import Database


class Clock:
    at = 1000.0

    def __call__(self) -> float:
        self.at += 1
        return self.at


@pytest.fixture
def db(tmp_path: Path):
    database = Database(tmp_path / "a.db", now=Clock())
    for app_id in ("wx1", "wx2"):
        Accounts(database).add(app_id, name="a", kind="service", base_url="https://x")
    yield database
    database.close()


@pytest.fixture
def cache(db: Database, tmp_path: Path) -> MediaCache:
    return MediaCache(db, tmp_path)


def file(tmp_path: Path, name: str = "a.png") -> MediaFile:
    path = tmp_path / "hash.png"
    path.write_bytes(b"12345")
    return MediaFile("hash", "image", "png", name, path, 5, 3, 4, 0.0)


def test_a_file_is_found_while_it_is_whole(cache: MediaCache, tmp_path: Path):
    """The last name counts; a file that is gone or cut is unknown."""
    assert cache.get("hash") is None
    cache.remember(file(tmp_path, "old.png"))
    cache.remember(file(tmp_path))
    assert cache.get("hash") == file(tmp_path)
    (tmp_path / "hash.png").write_bytes(b"1234")
    assert cache.get("hash") is None
    (tmp_path / "hash.png").unlink()
    assert cache.get("hash") is None


def test_uploads_belong_to_account_use_and_variant(cache: MediaCache):
    """Uses are counted; a new upload begins at none; forgetting removes it."""
    cache.remember_upload(1, "hash", "temp.image", media_id="m1", expires_at=9000.0)
    cache.remember_upload(1, "hash", "mp.video", variant="v", media_id="m2", expires_at=None)
    for _ in range(3):
        cache.count_use(1, "m1")
    cache.count_use(2, "m1")
    row = cache.upload(1, "hash", "temp.image")
    assert row is not None
    assert (row.media_id, row.expires_at, row.uses) == ("m1", 9000.0, 3)
    assert cache.upload(2, "hash", "temp.image") is None
    assert cache.upload(1, "hash", "mp.video") is None
    variant = cache.upload(1, "hash", "mp.video", "v")
    assert variant is not None
    assert variant.media_id == "m2"
    cache.remember_upload(1, "hash", "temp.image", media_id="m3", expires_at=9500.0)
    row = cache.upload(1, "hash", "temp.image")
    assert row is not None
    assert row.uses == 0
    cache.forget_upload(1, "m3")
    assert cache.upload(1, "hash", "temp.image") is None


def test_tags_are_replaced_as_a_whole(db: Database):
    """None before WeChat was asked; no followers is an answer."""
    tags = TagCache(db)
    assert tags.get(1) is None
    tags.put(1, [TagRow(2, "星标组", 5), TagRow(100, "老客", 9)], 48216)
    at = tags.put(1, [TagRow(100, "老客", 10)], 0)
    assert tags.get(1) == ((TagRow(100, "老客", 10),), 0, at)
    assert tags.get(2) is None


def test_preview_recipients_come_latest_first(db: Database):
    """Using one again moves it up and keeps its note; openid and WeChat id are told apart."""
    store = PreviewRecipients(db)
    store.remember(1, RecipientRow("o1", False, "店长"))
    store.remember(1, RecipientRow("name", True))
    store.remember(1, RecipientRow("o1", False))
    assert store.list(1) == [RecipientRow("o1", False, "店长"), RecipientRow("name", True)]
    store.forget(1, RecipientRow("o1", True))
    store.forget(1, RecipientRow("name", True))
    assert store.list(1) == [RecipientRow("o1", False, "店长")]
    assert store.list(2) == []
    assert "o1" not in repr(store.list(1))


def test_the_last_preview_is_kept_per_kind(db: Database):
    """A new one takes its place."""
    store = PreviewRecipients(db)
    assert store.last_preview(1, "text") is None
    store.remember_preview(1, "text", "h1", ["o1"])
    store.remember_preview(1, "text", "h2", ["o1", "name"])
    last = store.last_preview(1, "text")
    assert last is not None
    assert (last.content_hash, last.recipients) == ("h2", ("o1", "name"))


def test_the_last_eight_audiences_are_kept(db: Database):
    """The same label moves up instead of standing there twice."""
    store = RecentAudiences(db)
    for number in range(10):
        store.remember(1, f"tag {number}", {"tag_id": number}, None)
    store.remember(1, "tag 5", {"tag_id": 5}, 7)
    assert [choice["tag_id"] for choice in store.list(1)] == [5, 9, 8, 7, 6, 4, 3, 2]
    assert store.list(2) == []
