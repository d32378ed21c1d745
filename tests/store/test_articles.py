"""图文草稿 in the store: list, versions, trash; what was made at WeChat; the step from version 1."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.errors import StoreError
from desktop_app.store import backup, schema
from desktop_app.store.accounts import Accounts
from desktop_app.store.articles import (
    VERSIONS_MAX,
    ArticleDrafts,
    ForeignPictures,
    MadeDraft,
    MadeDrafts,
    WechatCopy,
    thinned,
)
from desktop_app.store.caches import MediaCache, PreviewRecipients, TagCache
from desktop_app.store.database import Database
from desktop_app.store.drafts import Drafts
from desktop_app.store.outbox import NewBatch, NewSend, Outbox, State

NOW = 1_795_000_000.0
DAY = 86_400.0
DATA = Path(__file__).resolve().parents[1] / "data"


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def db(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    made = Database(tmp_path / "qunfa.db", now=clock)
    accounts = Accounts(made)
    for number in (1, 2):
        accounts.add(f"wx{number}", name="n", kind="service", base_url="https://x.example")
    yield made
    made.close()


@pytest.fixture
def drafts(db: Database) -> ArticleDrafts:
    return ArticleDrafts(db)


def message(title: str = "春茶上新", html: str = "<p>山上的第一批茶</p>", **more: Any) -> dict[str, Any]:
    return {"articles": [{"id": "a", "title": title, "author": "岚间", "html": html, **more}], "draft_id": None}


def unknown(call: Any, *args: Any) -> str:
    with pytest.raises(StoreError) as caught:
        call(*args)
    return caught.value.code


def test_a_draft_comes_back_as_it_was(drafts: ArticleDrafts) -> None:
    """The content exactly, half an emoji and all; the list knows title, number of articles and cover."""
    content = message("标\ud800题", cover={"sha256": "ab" * 32, "name": "茶.png"})
    row = drafts.create(1, content)
    assert drafts.get(row.id) == content
    assert (row.title, row.articles, row.cover, row.trashed_at, row.wechat) == ("标?题", 1, "ab" * 32, None, None)
    changed = message("另一个")
    assert drafts.save(row.id, changed).title == "另一个"
    assert drafts.get(row.id) == changed
    assert unknown(drafts.get, 99) == unknown(drafts.save, 99, changed) == unknown(drafts.row, 99) == "draft.unknown"
    assert unknown(drafts.trash, 99) == unknown(drafts.duplicate, 99) == "draft.unknown"


def test_the_list_is_searched_and_paged(drafts: ArticleDrafts, clock: Clock) -> None:
    """The latest changed first, per account; every word has to be there; % and _ are letters."""
    ids = []
    for number in range(5):
        clock.at += 1
        ids.append(drafts.create(1, message(f"第 {number} 期"), words=f"正文 {number} 100%").id)
    other = drafts.create(2, message("别处")).id
    assert [row.id for row in drafts.list(1)] == ids[::-1]
    assert [row.id for row in drafts.list(2)] == [other]
    clock.at += 1
    drafts.save(ids[0], message("第 0 期，改过"), words="改过的正文")
    assert drafts.list(1)[0].id == ids[0]
    assert [row.id for row in drafts.list(1, "正文 3")] == [ids[3]]
    assert [row.id for row in drafts.list(1, "改过 岚间")] == [ids[0]]
    assert len(drafts.list(1, "100%")) == 4
    assert drafts.list(1, "1_0") == drafts.list(1, "没有") == []
    first = drafts.list(1, limit=2)
    rest = drafts.list(1, before=(first[-1].updated_at, first[-1].id))
    assert [row.id for row in first + rest] == [row.id for row in drafts.list(1)]
    assert drafts.count(1) == 5


def test_versions_are_kept_while_somebody_writes(drafts: ArticleDrafts, clock: Clock) -> None:
    """The first change keeps the start, then one every five minutes; restoring one loses nothing."""
    draft_id = drafts.create(1, message("零")).id
    for number in range(1, 13):
        clock.at += 60
        drafts.save(draft_id, message(str(number)))
    drafts.save(draft_id, message("12"))  # nothing new
    versions = drafts.versions(draft_id)
    assert [each.title for each in versions] == ["8", "4", "零"]
    clock.at += 60
    assert drafts.restore(draft_id, versions[1].id) == message("4")
    assert drafts.get(draft_id) == message("4")
    assert drafts.row(draft_id).title == "4"
    latest = drafts.versions(draft_id)[0]
    assert drafts.version(draft_id, latest.id) == message("12")
    assert unknown(drafts.restore, draft_id, 999) == "draft.no_version"


def test_a_big_deletion_keeps_a_version_at_once(drafts: ArticleDrafts, clock: Clock) -> None:
    """Select all, delete: what was there is a version even within the five minutes."""
    draft_id = drafts.create(1, message()).id
    long = message(html="<p>" + "茶" * 5000 + "</p>")
    drafts.save(draft_id, long)
    clock.at += 2
    drafts.save(draft_id, message(html=""))
    assert drafts.version(draft_id, drafts.versions(draft_id)[0].id) == long


def test_old_versions_are_thinned() -> None:
    """Of the last hour all stay, of the last day one an hour, then one a day; never more than the most."""
    quarter = [(number, NOW - number * 900.0) for number in range(4 * 24 * 10)]
    gone = set(thinned(quarter, NOW))
    kept = [(number, NOW - at) for number, at in quarter if number not in gone]
    assert [number for number, age in kept if age <= 3600] == [0, 1, 2, 3, 4]
    assert 23 <= sum(3600 < age <= DAY for _, age in kept) <= 25
    assert 9 <= sum(age > DAY for _, age in kept) <= 11
    busy = [(number, NOW - number * 10.0) for number in range(300)]
    assert len(busy) - len(thinned(busy, NOW)) == VERSIONS_MAX
    assert thinned([], NOW) == []


def test_duplicate_and_trash(drafts: ArticleDrafts, clock: Clock) -> None:
    """A copy stands alone; the trash keeps 30 days and gives back."""
    first = drafts.create(1, message(), words="正文")
    drafts.set_wechat(first.id, WechatCopy("media", ("h1",), NOW))
    copy = drafts.duplicate(first.id)
    assert (drafts.get(copy.id), copy.wechat, drafts.versions(copy.id)) == (message(), None, ())
    assert drafts.row(first.id).wechat == WechatCopy("media", ("h1",), NOW)
    drafts.trash(first.id)
    assert [row.id for row in drafts.list(1)] == [copy.id]
    assert [row.id for row in drafts.list(1, trashed=True)] == [first.id]
    drafts.untrash(first.id)
    assert drafts.count(1) == 2
    drafts.save(first.id, message("改"))
    drafts.trash(first.id)
    clock.at += 30 * DAY
    assert drafts.purge() == 0
    clock.at += 1
    assert drafts.purge() == 1
    assert unknown(drafts.row, first.id) == "draft.unknown"
    assert drafts.versions(first.id) == ()
    drafts.delete(copy.id)
    assert drafts.count(1) == 0


def test_drafts_made_at_wechat(db: Database) -> None:
    """Which were made for what, and what became of the sends that carry them."""
    made = MadeDrafts(db)
    made.remember(1, "media-1", "send", "h")
    made.remember(1, "media-2", "preview", "h")
    assert made.list(1) == [MadeDraft("media-1", "send", "h", NOW), MadeDraft("media-2", "preview", "h", NOW)]
    assert made.list(2) == []
    outbox = Outbox(db, lambda: NOW)
    body = b'{"mpnews":{"media_id":"media-1"}}'
    new = NewBatch("k" * 32, "/cgi-bin/message/mass/sendall", body, 5)
    outbox.add(NewSend(1, "news", "t", {"msgtype": "mpnews"}, {"type": "tag", "name": "n"}), [new])
    assert made.batch_states(1, made.list(1)[0]) == {State.QUEUED}
    assert made.batch_states(1, made.list(1)[1]) == set()
    made.forget(1, "media-1")
    assert [each.media_id for each in made.list(1)] == ["media-2"]


def test_pictures_from_the_web_are_remembered_for_a_time(db: Database, clock: Clock) -> None:
    """By their address, however long it is."""
    pictures = ForeignPictures(db)
    url = "data:image/png;base64," + "A" * 100_000
    assert pictures.get(url, DAY) is None
    pictures.remember(url, "ab" * 32)
    assert pictures.get(url, DAY) == "ab" * 32
    clock.at += DAY
    assert pictures.get(url, DAY) is None


def test_the_way_of_news_is_kept_per_account(db: Database) -> None:
    """图文方式: a draft unless told otherwise; other words are refused."""
    accounts = Accounts(db)
    assert accounts.get(1).news_way == "draft"
    assert accounts.update(1, news_way="uploadnews").news_way == "uploadnews"
    assert unknown(lambda: accounts.update(1, news_way="email")) == "account.news_way"


# --- from version 1 -----------------------------------------------------------------------------------------


def test_a_profile_of_version_1_opens_unchanged(tmp_path: Path) -> None:
    """What version 0.1 wrote is there to the byte, a copy was made before, the new tables work (D5)."""
    path, backups = tmp_path / "qunfa.db", tmp_path / "backups"
    backups.mkdir()
    with sqlite3.connect(path) as old:
        old.executescript((DATA / "profile_1.sql").read_text(encoding="utf-8"))
    before = rows_of(path)
    old.close()
    assert dict(before["meta"])["version"] == "1"
    db = Database(path, backups=backups, now=lambda: NOW)
    assert db.restored_from is None
    (copy,) = backup.backups(backups)
    assert backup.is_good(copy, 1)
    after = rows_of(path)
    for table, rows in before.items():
        if table == "account":
            rows = [(*row, "draft") for row in rows]
        if table == "media_file":
            rows = [(*row, "", "") for row in rows]
        if table == "batch":
            rows = [(*row, 0) for row in rows]
        if table == "meta":
            rows = [(key, str(len(schema.MIGRATIONS)) if key == "version" else value) for key, value in rows]
        assert after[table] == rows, table
    assert Drafts(db).load(1, "text") == {"text": "明天见"}
    assert [row.state for row in Outbox(db, lambda: NOW).page(1)].count(State.CANCELLED) == 2
    assert PreviewRecipients(db).last_preview(1, "text") is not None
    assert TagCache(db).get(1) is not None
    assert MediaCache(db, tmp_path).get("a" * 64) is None
    assert Accounts(db).get(1).news_way == "draft"
    assert ArticleDrafts(db).create(1, message()).articles == 1
    db.close()
    again = Database(path, backups=backups, now=lambda: NOW + 1)
    assert again.restored_from is None
    assert len(backup.backups(backups)) == 1
    again.close()


def rows_of(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with sqlite3.connect(path) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        found = {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for (name,) in names}
    connection.close()
    return found
