"""The library's SQL: one list out of uploads and WeChat's own material, what uses a file, what may be removed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop_app.store.accounts import Accounts
from desktop_app.store.articles import ArticleDrafts
from desktop_app.store.caches import MediaCache, MediaFile
from desktop_app.store.database import Database
from desktop_app.store.drafts import Drafts
from desktop_app.store.library import LibraryItem, LibraryStore, Use

HOUR = 3600.0
NOW = 1_000_000.0


class Clock:
    at = NOW

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def db(tmp_path: Path, clock: Clock):
    database = Database(tmp_path / "a.db", now=clock)
    for app_id in ("wx1", "wx2"):
        Accounts(database).add(app_id, name="a", kind="service", base_url="https://x")
    yield database
    database.close()


@pytest.fixture
def cache(db: Database, tmp_path: Path) -> MediaCache:
    (tmp_path / "media").mkdir()
    return MediaCache(db, tmp_path / "media")


@pytest.fixture
def library(db: Database, cache: MediaCache) -> LibraryStore:
    return LibraryStore(db, cache.folder)


def sha(number: int) -> str:
    return f"{number:064x}"


def put(cache: MediaCache, number: int, *, kind: str = "image", name: str = "", made_from: str = "") -> str:
    """A file in the media folder of so many bytes; returns its hash."""
    path = cache.folder / f"{sha(number)}.jpg"
    path.write_bytes(bytes(number))
    cache.remember(
        MediaFile(sha(number), kind, "jpeg", name or f"{number}.jpg", path, number, 4, 3, made_from=made_from)
    )
    return sha(number)


def sync(library: LibraryStore, *names: str, kind: str = "image", account: int = 1) -> None:
    """WeChat lists exactly these; their media_ids are their names."""
    run = library.begin_sync(account)
    rows = [(name, f"{name}.png", f"http://mmbiz/{name}", NOW - index) for index, name in enumerate(names)]
    if rows:
        library.put_page(account, kind, run, rows)
    library.forget_unseen(account, kind, run)
    library.end_sync(account, run)


def send(db: Database, content: dict, *, title: str = "春茶", account: int = 1) -> int:
    with db.transaction() as connection:
        cursor = connection.execute(
            """INSERT INTO send (account_id, kind, title, message, content, audience, confirmed_at, changed_at)
            VALUES (?, 'image', ?, '{}', ?, '{}', ?, ?)""",
            (account, title, json.dumps(content), NOW, NOW),
        )
        assert cursor.lastrowid
        return cursor.lastrowid


def keys(items: tuple[LibraryItem, ...]) -> list[str]:
    return [item.key for item in items]


def test_uploads_and_wechats_material_are_one_list(library: LibraryStore, cache: MediaCache):
    """What this app uploaded and WeChat lists too is there once, as the app's; another account's is not there."""
    one, two = put(cache, 1), put(cache, 2)
    cache.remember_upload(1, one, "temp.image", media_id="T", expires_at=NOW + HOUR)
    cache.remember_upload(1, two, "perm.image", media_id="P", url="http://mmbiz/P", expires_at=None)
    cache.remember_upload(2, one, "perm.image", media_id="OTHER", expires_at=None)
    sync(library, "P", "W")
    assert library.items(1) == (
        LibraryItem(
            key=f"file:{one}",
            kind="image",
            name="1.jpg",
            sha256=one,
            path=cache.folder / f"{one}.jpg",
            size_bytes=1,
            width=4,
            height=3,
            seconds=0.0,
            media_id="T",
            permanent=False,
            expires_at=NOW + HOUR,
            uses=0,
            url="",
            added_at=NOW,
        ),
        library.item(1, f"file:{two}"),
        LibraryItem(
            "wechat:W",
            "image",
            "W.png",
            "",
            None,
            0,
            0,
            0,
            0.0,
            "W",
            True,
            None,
            0,
            "http://mmbiz/W",
            NOW - 1,
        ),
    )
    assert keys(library.items(2)) == [f"file:{one}"]
    assert library.item(1, "wechat:P") == library.item(1, f"file:{two}")
    assert library.item(1, "wechat:W") == library.items(1)[2]
    assert library.item(1, "wechat:nothing") is None
    assert library.item(2, "wechat:W") is None


def test_the_best_media_id_counts(library: LibraryStore, cache: MediaCache):
    """Permanent before temporary before an address; thumbs and videos of one send are no items."""
    one, two, three = put(cache, 1), put(cache, 2), put(cache, 3)
    cache.remember_upload(1, one, "body", url="http://mmbiz/body", expires_at=None)
    cache.remember_upload(1, one, "temp.image", media_id="T", expires_at=NOW + HOUR)
    cache.count_use(1, "T")
    cache.remember_upload(1, two, "body", url="http://mmbiz/two", expires_at=None)
    cache.remember_upload(1, three, "temp.thumb", variant="v", media_id="X", expires_at=NOW + HOUR)
    cache.remember_upload(1, three, "mp.video", variant="v", media_id="Y", expires_at=NOW + HOUR)
    best = library.item(1, f"file:{one}")
    assert best is not None
    assert (best.media_id, best.permanent, best.uses, best.url) == ("T", False, 1, "http://mmbiz/body")
    body = library.item(1, f"file:{two}")
    assert body is not None
    assert (body.media_id, body.permanent, body.expires_at, body.url) == ("", True, None, "http://mmbiz/two")
    assert library.item(1, f"file:{three}") is None
    cache.remember_upload(1, one, "perm.image", media_id="P", url="http://mmbiz/P", expires_at=None)
    best = library.item(1, f"file:{one}")
    assert best is not None
    assert (best.media_id, best.permanent, best.expires_at, best.url) == ("P", True, None, "http://mmbiz/P")
    assert len(library.items(1)) == 2


def test_a_file_that_is_gone_has_no_path(library: LibraryStore, cache: MediaCache):
    """Its item stays, without hash and path; so does one whose file was never known here."""
    one = put(cache, 1)
    cache.remember_upload(1, one, "temp.image", media_id="T", expires_at=NOW + HOUR)
    cache.remember_upload(1, sha(2), "perm.voice", media_id="V", expires_at=None)
    (cache.folder / f"{one}.jpg").unlink()
    sync(library, "V", kind="voice")
    for item in library.items(1):
        assert (item.sha256, item.path) == ("", None)
        assert library.item(1, item.key) == item
    assert {(item.kind, item.name) for item in library.items(1)} == {("image", "1.jpg"), ("voice", "V.png")}


def test_kinds_words_orders_and_what_expires(library: LibraryStore, cache: MediaCache, clock: Clock):
    """Signs of a LIKE are plain letters; expired ones are not those that expire."""
    names = {1: "b_1.jpg", 2: "A%.jpg", 3: "c.mp3", 4: "山 100%.jpg"}
    for number, name in names.items():
        put(cache, number, kind="voice" if number == 3 else "image", name=name)
    life = {1: -HOUR, 2: HOUR, 3: 23 * HOUR, 4: 25 * HOUR}
    for number, left in life.items():
        use = "temp.voice" if number == 3 else "temp.image"
        cache.remember_upload(1, sha(number), use, media_id=f"M{number}_", expires_at=NOW + left)
    sync(library, "Wz")

    def found(**how) -> list[str]:
        return [item.name for item in library.items(1, **how)]

    assert found(kind="voice") == ["c.mp3"]
    assert found(text="%") == ["A%.jpg", "山 100%.jpg"]
    assert found(text="_1") == ["b_1.jpg"]
    assert found(text="m2_") == ["A%.jpg"]
    assert found(text="山", kind="voice") == []
    assert found(expiring=True, order="expires") == ["A%.jpg", "c.mp3"]
    assert found(order="expires") == ["b_1.jpg", "A%.jpg", "c.mp3", "山 100%.jpg", "Wz.png"]
    assert found(order="name") == ["A%.jpg", "b_1.jpg", "c.mp3", "Wz.png", "山 100%.jpg"]
    assert found(order="size") == ["山 100%.jpg", "c.mp3", "A%.jpg", "b_1.jpg", "Wz.png"]
    counts = library.counts(1)
    assert (counts.all, counts.image, counts.video, counts.voice) == (5, 4, 0, 1)
    assert (counts.expiring, counts.expired, counts.synced_at) == (2, 1, NOW)
    clock.at += 25 * HOUR
    assert library.counts(1).expired == 4
    empty = library.counts(2)
    assert (empty.all, empty.expired, empty.synced_at) == (0, 0, None)


def test_what_a_whole_reading_did_not_see_is_gone(library: LibraryStore, cache: MediaCache, clock: Clock):
    """Also a permanent upload of the app's and the small picture; not one that was made meanwhile."""
    one, two = put(cache, 1), put(cache, 2)
    cache.remember_upload(1, one, "perm.image", media_id="P", expires_at=None)
    cache.remember_upload(1, one, "temp.image", media_id="T", expires_at=NOW + 60 * HOUR)
    cache.remember_upload(2, one, "perm.image", media_id="OTHER", expires_at=None)
    sync(library, "P", "W")
    sync(library, "V", kind="voice")
    (cache.folder / "tile.jpg").write_bytes(b"x")
    library.set_thumb(1, "W", "tile.jpg")
    assert library.thumb(1, "W") == cache.folder / "tile.jpg"
    clock.at += 1
    run = library.begin_sync(1)
    cache.remember_upload(1, two, "perm.image", media_id="NEW", expires_at=None)
    library.forget_unseen(1, "image", run)
    assert {item.media_id for item in library.items(1)} == {"T", "NEW", "V"}
    assert not (cache.folder / "tile.jpg").exists()
    assert [item.media_id for item in library.items(2)] == ["OTHER"]


def test_a_page_tells_whether_it_has_news(library: LibraryStore):
    """New, renamed or changed; the same again has none, and the next run knows whether this one came to its end."""
    run = library.begin_sync(1)
    assert not run.was_whole
    row = ("W", "a.png", "u", NOW)
    assert library.put_page(1, "image", run, [row])
    assert not library.put_page(1, "image", run, [row])
    assert library.put_page(1, "image", run, [("W", "b.png", "u", NOW)])
    assert library.put_page(1, "image", run, [("W", "b.png", "u", NOW + 1), ("X", "", "", 0.0)])
    assert library.known(1, "image") == 2
    assert not library.begin_sync(1).was_whole
    library.end_sync(1, run)
    again = library.begin_sync(1)
    assert again.was_whole
    assert again.number > run.number


def test_a_file_that_was_brought_is_an_upload(library: LibraryStore, cache: MediaCache):
    """A later upload of it finds the media_id; of the same picture twice in the library the second stays apart."""
    sync(library, "W", "X")
    one = put(cache, 1)
    for key in ("wechat:W", "wechat:X"):
        item = library.item(1, key)
        assert item is not None
        library.brought(1, item, one)
    known = cache.upload(1, one, "perm.image")
    assert known is not None
    assert (known.media_id, known.url, known.expires_at) == ("W", "http://mmbiz/W", None)
    assert sorted(keys(library.items(1))) == [f"file:{one}", "wechat:X"]
    assert all(item.sha256 == one for item in library.items(1))


def test_where_a_file_is_used(library: LibraryStore, cache: MediaCache, db: Database):
    """Drafts, articles not in the trash, sends, of this account; an original counts for what it became."""
    original = put(cache, 1)
    made = put(cache, 2, made_from=original)
    assert library.family(1, made) == {original, made}
    assert library.family(1, original) == {original, made}
    cache.remember_upload(1, made, "temp.image", media_id="T", expires_at=NOW)
    assert library.family(1, original) == {original}  # the other is an item of its own
    drafts = ArticleDrafts(db)
    content = {"articles": [{"title": "一芽二叶", "html": f'<img src="qunfa-media://{original}">'}], "draft_id": None}
    article, trashed = drafts.create(1, content), drafts.create(1, content)
    drafts.create(2, content)
    drafts.trash(trashed.id)
    Drafts(db).save(1, "image", {"files": [{"sha256": made, "name": "a"}]})
    number = send(db, {"files": [{"sha256": made, "name": "a"}]})
    send(db, {"files": [{"sha256": sha(9), "name": "a"}]})
    send(db, {"files": [{"sha256": made, "name": "a"}]}, account=2)
    words = {original, made}
    assert library.articles_and_sends_with(1, words) == [
        Use("article", article.id, "news", "一芽二叶"),
        Use("send", number, "image", "春茶"),
    ]
    assert [kind for kind, _ in library.drafts_with(1, words)] == ["image"]
    assert library.drafts_with(1, {sha(9)}) == []


def test_a_file_goes_with_all_forms_when_nothing_needs_it(library: LibraryStore, cache: MediaCache):
    """And its original after it; a file nobody knows is left alone."""
    original = put(cache, 1)
    made = put(cache, 2, made_from=original)
    (cache.folder / f"{made}.cover.jpg").write_bytes(b"x")
    other = put(cache, 3)
    library.remove_if_unneeded(original)
    assert (cache.folder / f"{original}.jpg").exists()  # something was made of it
    library.remove_if_unneeded(made)
    library.remove_if_unneeded(sha(99))
    assert {path.name for path in cache.folder.iterdir()} == {f"{other}.jpg"}
    assert cache.get(made) is None


@pytest.mark.parametrize(
    "needs", ["upload", "transfer", "draft", "trashed article", "old version", "send", "material"]
)
def test_a_file_that_something_needs_stays(library: LibraryStore, cache: MediaCache, db: Database, needs: str):
    """Another account's upload, an unfinished transfer, whatever text names it: in doubt it stays."""
    one = put(cache, 1)
    drafts = ArticleDrafts(db)
    with_it = {"articles": [{"title": "t", "html": f"qunfa-media://{one}"}], "draft_id": None}
    match needs:
        case "upload":
            cache.remember_upload(2, one, "temp.thumb", variant="v", media_id="X", expires_at=NOW - HOUR)
        case "transfer":
            with db.transaction() as connection:
                connection.execute(
                    """INSERT INTO transfer (account_id, sha256, name, use, kind, added_at)
                    VALUES (2, ?, 'a', 'body', 'picture', 0)""",
                    (one,),
                )
        case "draft":
            Drafts(db).save(2, "image", {"files": [{"sha256": one}]})
        case "trashed article":
            drafts.trash(drafts.create(2, with_it).id)
        case "old version":
            draft = drafts.create(1, with_it)
            drafts.save(draft.id, {"articles": [{"title": "t", "html": "<p></p>"}], "draft_id": None})
            assert drafts.versions(draft.id)
        case "send":
            send(db, {"files": [{"sha256": one}]}, account=2)
        case "material":
            sync(library, "W")
            item = library.item(1, "wechat:W")
            assert item is not None
            library.brought(1, item, one)
            library.forget_uploads(1, one)
    library.remove_if_unneeded(one)
    assert cache.get(one) is not None


def test_ten_thousand_items_are_listed(library: LibraryStore, cache: MediaCache, db: Database):
    """All of them, each once, in order, and found by their names."""
    count = 5000
    with db.transaction() as connection:
        connection.executemany(
            """INSERT INTO media_file (sha256, kind, format, name, path, size_bytes, added_at)
            VALUES (?, 'image', 'jpeg', ?, ?, 1, ?)""",
            [(sha(n), f"{n}.jpg", f"{sha(n)}.jpg", NOW - n) for n in range(count)],
        )
        connection.executemany(
            """INSERT INTO upload (account_id, sha256, use, media_id, created_at, expires_at)
            VALUES (1, ?, 'perm.image', ?, 0, NULL)""",
            [(sha(n), f"P{n}") for n in range(count)],
        )
    run = library.begin_sync(1)
    listed = [(f"P{n}" if n % 2 else f"W{n}", f"{n}.png", "", NOW - n - 0.5) for n in range(2 * count)]
    library.put_page(1, "image", run, listed[:20])
    for start in range(20, len(listed), 1000):
        library.put_page(1, "image", run, listed[start : start + 1000])
    items = library.items(1)
    assert len(items) == len(set(keys(items))) == 10_000 + count // 2
    assert [item.added_at for item in items] == sorted((item.added_at for item in items), reverse=True)
    assert len(library.items(1, text="4999.")) == 1
    assert library.counts(1).image == len(items)
