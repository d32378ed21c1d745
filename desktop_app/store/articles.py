"""图文草稿: search, versions, trash; drafts that were made at WeChat; pictures that were brought from the web."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop_app.errors import StoreError
from desktop_app.store.database import Database

TRASH_S = 30 * 24 * 3600.0
VERSION_GAP_S = 300.0
"""While somebody writes, a version is kept every five minutes."""
VERSIONS_MAX = 60
_HOUR, _DAY = 3600.0, 24 * 3600.0
WORDS_CHARS = 20_000


@dataclass(frozen=True)
class WechatCopy:
    """The copy in WeChat's draft box: its media_id, the hash of each article as it was put there, and when."""

    media_id: str
    hashes: tuple[str, ...]
    at: float


@dataclass(frozen=True)
class ArticleDraft:
    """One entry of 图文草稿 without its content. ``cover``: SHA-256 or "". Times are Unix seconds."""

    id: int
    account_id: int
    title: str
    articles: int
    cover: str
    created_at: float
    updated_at: float
    trashed_at: float | None
    wechat: WechatCopy | None


@dataclass(frozen=True)
class Version:
    """An earlier content: when it was last changed, its title, and how long it is in characters of JSON."""

    id: int
    at: float
    title: str
    chars: int


class ArticleDrafts:
    """Contents come back exactly as they were given. Unknown ids raise StoreError ``draft.unknown``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # --- the list -------------------------------------------------------------------------------------

    def list(
        self,
        account_id: int,
        search: str = "",
        trashed: bool = False,
        *,
        before: tuple[float, int] | None = None,
        limit: int = 200,
    ) -> list[ArticleDraft]:
        """The latest changed first; ``before``: (updated_at, id) of the last one on the page before.

        Every word of ``search`` has to stand in a title, author, digest or text.
        """
        where = ["account_id = ?", f"trashed_at IS {'NOT ' if trashed else ''}NULL"]
        params: list[Any] = [account_id]
        for word in search.split():
            where.append("words LIKE ? ESCAPE '!'")
            params.append("%" + "".join(f"!{letter}" if letter in "%_!" else letter for letter in word) + "%")
        if before is not None:
            where.append("(updated_at, id) < (?, ?)")
            params += before
        rows = self._db.read(
            f"SELECT {_COLUMNS} FROM article_draft WHERE {' AND '.join(where)}"
            " ORDER BY updated_at DESC, id DESC LIMIT ?",
            (*params, limit),
        )
        return [_draft(row) for row in rows]

    def count(self, account_id: int, trashed: bool = False) -> int:
        """How many there are."""
        row = self._db.one(
            f"SELECT COUNT(*) FROM article_draft WHERE account_id = ? AND trashed_at IS {'NOT ' * trashed}NULL",
            (account_id,),
        )
        return int(row[0]) if row is not None else 0

    def row(self, draft_id: int) -> ArticleDraft:
        """One entry as it is now."""
        row = self._db.one(f"SELECT {_COLUMNS} FROM article_draft WHERE id = ?", (draft_id,))
        if row is None:
            raise StoreError("draft.unknown", draft_id=draft_id)
        return _draft(row)

    def get(self, draft_id: int) -> dict[str, Any]:
        """The content."""
        row = self._db.one("SELECT content FROM article_draft WHERE id = ?", (draft_id,))
        if row is None:
            raise StoreError("draft.unknown", draft_id=draft_id)
        content: dict[str, Any] = json.loads(row[0])
        return content

    # --- writing --------------------------------------------------------------------------------------

    def create(self, account_id: int, content: Mapping[str, Any], *, words: str = "") -> ArticleDraft:
        """Enter a new draft. ``words``: the texts of its bodies, for the search."""
        now = self._db.now()
        with self._db.transaction() as connection:
            cursor = connection.execute(
                """INSERT INTO article_draft
                (account_id, title, words, articles, cover, content, created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                (account_id, *_facts(content, words), json.dumps(content), now, now),
            )
            assert cursor.lastrowid is not None
            return self.row(cursor.lastrowid)

    def save(self, draft_id: int, content: Mapping[str, Any], *, words: str = "") -> ArticleDraft:
        """Keep a content in the place of the last one, which becomes a version if the last version is old enough.

        The same content again changes nothing.
        """
        text, now = json.dumps(content), self._db.now()
        with self._db.transaction() as connection:
            before = self.row(draft_id)
            old = connection.execute("SELECT content FROM article_draft WHERE id = ?", (draft_id,)).fetchone()[0]
            if old == text:
                return before
            latest = connection.execute(
                "SELECT MAX(at) FROM article_version WHERE draft_id = ?", (draft_id,)
            ).fetchone()[0]
            # A clock that was set back must not stop the keeping of versions.
            gap = VERSION_GAP_S if latest is None else abs(now - latest)
            if latest is None or gap >= VERSION_GAP_S or _shrank(old, text):
                self._keep_version(connection, before, old)
                self._thin(connection, draft_id, now)
            connection.execute(
                """UPDATE article_draft SET title = ?, words = ?, articles = ?, cover = ?, content = ?,
                updated_at = ? WHERE id = ?""",
                (*_facts(content, words), text, now, draft_id),
            )
            return self.row(draft_id)

    def duplicate(self, draft_id: int) -> ArticleDraft:
        """A copy of its own, without versions and without a copy at WeChat."""
        with self._db.transaction() as connection:
            row = connection.execute("SELECT * FROM article_draft WHERE id = ?", (draft_id,)).fetchone()
            if row is None:
                raise StoreError("draft.unknown", draft_id=draft_id)
            return self.create(row["account_id"], json.loads(row["content"]), words=row["words"])

    def trash(self, draft_id: int) -> None:
        """Into the trash, where it stays for 30 days."""
        self._set(draft_id, trashed_at=self._db.now())

    def untrash(self, draft_id: int) -> None:
        """Out of the trash."""
        self._set(draft_id, trashed_at=None)

    def delete(self, draft_id: int) -> None:
        """For good, with its versions."""
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM article_draft WHERE id = ?", (draft_id,))

    def purge(self) -> int:
        """Delete what has been in the trash for more than 30 days; returns how many."""
        with self._db.transaction() as connection:
            cursor = connection.execute("DELETE FROM article_draft WHERE trashed_at < ?", (self._db.now() - TRASH_S,))
            return cursor.rowcount

    def set_wechat(self, draft_id: int, copy: WechatCopy | None) -> None:
        """Remember the copy in WeChat's draft box."""
        text = "" if copy is None else json.dumps({"media_id": copy.media_id, "hashes": copy.hashes, "at": copy.at})
        self._set(draft_id, wechat=text)

    def _set(self, draft_id: int, **columns: Any) -> None:
        names = ", ".join(f"{name} = ?" for name in columns)
        with self._db.transaction() as connection:
            cursor = connection.execute(
                f"UPDATE article_draft SET {names} WHERE id = ?", (*columns.values(), draft_id)
            )
            if not cursor.rowcount:
                raise StoreError("draft.unknown", draft_id=draft_id)

    # --- versions -------------------------------------------------------------------------------------

    def versions(self, draft_id: int) -> tuple[Version, ...]:
        """Earlier contents, the latest first."""
        rows = self._db.read(
            "SELECT id, at, title, chars FROM article_version WHERE draft_id = ? ORDER BY at DESC, id DESC",
            (draft_id,),
        )
        return tuple(Version(row["id"], row["at"], row["title"], row["chars"]) for row in rows)

    def version(self, draft_id: int, version_id: int) -> dict[str, Any]:
        """The content of a version. Raises StoreError ``draft.no_version``."""
        row = self._db.one(
            "SELECT content FROM article_version WHERE id = ? AND draft_id = ?", (version_id, draft_id)
        )
        if row is None:
            raise StoreError("draft.no_version", draft_id=draft_id)
        content: dict[str, Any] = json.loads(zlib.decompress(row[0]))
        return content

    def restore(self, draft_id: int, version_id: int, *, words: str = "") -> dict[str, Any]:
        """Make a version the content; what was there before becomes a version itself. Returns the content."""
        with self._db.transaction() as connection:
            content = self.version(draft_id, version_id)
            old = connection.execute("SELECT content FROM article_draft WHERE id = ?", (draft_id,)).fetchone()[0]
            self._keep_version(connection, self.row(draft_id), old)
            connection.execute(
                """UPDATE article_draft SET title = ?, words = ?, articles = ?, cover = ?, content = ?,
                updated_at = ? WHERE id = ?""",
                (*_facts(content, words), json.dumps(content), self._db.now(), draft_id),
            )
            return content

    def _keep_version(self, connection: sqlite3.Connection, draft: ArticleDraft, content: str) -> None:
        connection.execute(
            "INSERT INTO article_version (draft_id, at, title, chars, content) VALUES (?, ?, ?, ?, ?)",
            (draft.id, draft.updated_at, draft.title, len(content), zlib.compress(content.encode(), 6)),
        )

    def _thin(self, connection: sqlite3.Connection, draft_id: int, now: float) -> None:
        rows = connection.execute(
            "SELECT id, at FROM article_version WHERE draft_id = ? ORDER BY at DESC, id DESC", (draft_id,)
        ).fetchall()
        gone = thinned([(row["id"], row["at"]) for row in rows], now)
        connection.executemany("DELETE FROM article_version WHERE id = ?", [(each,) for each in gone])


def thinned(versions: Sequence[tuple[int, float]], now: float) -> list[int]:
    """The ids to forget of (id, at), latest first: all of the last hour stay, then one an hour, then one a day."""
    gone, seen = [], set[tuple[str, int]]()
    for number, (version_id, at) in enumerate(versions):
        age = now - at
        if age > _HOUR:
            slot = ("hour", int(at // _HOUR)) if age <= _DAY else ("day", int(at // _DAY))
            if slot in seen:
                gone.append(version_id)
                continue
            seen.add(slot)
        if number - len(gone) >= VERSIONS_MAX:
            gone.append(version_id)
    return gone


def _shrank(old: str, new: str) -> bool:
    """A third of it is gone at once: somebody may want it back."""
    return len(old) > 2000 and len(new) < len(old) * 2 / 3


def _facts(content: Mapping[str, Any], words: str) -> tuple[str, str, int, str]:
    """Title, words, number of articles, cover, as the list shows and searches them."""
    articles = list(content.get("articles") or ())
    title = next((each.get("title", "").strip() for each in articles if each.get("title", "").strip()), "")
    names = [each.get(name, "") for each in articles for name in ("title", "author", "digest")]
    cover = (articles[0].get("cover") or {}).get("sha256", "") if articles else ""
    found = "\n".join([*filter(None, names), words])[:WORDS_CHARS]
    return _storable(title), _storable(found), len(articles), cover


def _storable(text: str) -> str:
    """Half a surrogate pair, typed or pasted, is no UTF-8 and must not stop the saving."""
    return text.encode("utf-8", "replace").decode("utf-8")


_COLUMNS = "id, account_id, title, articles, cover, created_at, updated_at, trashed_at, wechat"


def _draft(row: sqlite3.Row) -> ArticleDraft:
    told = json.loads(row["wechat"]) if row["wechat"] else None
    copy = None if told is None else WechatCopy(told["media_id"], tuple(told["hashes"]), told["at"])
    names = ("id", "account_id", "title", "articles", "cover", "created_at", "updated_at", "trashed_at")
    return ArticleDraft(**{name: row[name] for name in names}, wechat=copy)


# --- what was made at WeChat, and what was brought from the web -----------------------------------------


@dataclass(frozen=True)
class MadeDraft:
    """A draft in WeChat's box that nobody wrote there: made for a "send" or a "preview"."""

    media_id: str
    purpose: str
    content_hash: str
    made_at: float


class MadeDrafts:
    """Which drafts this app left in WeChat's box, so that they can be cleared away."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def remember(self, account_id: int, media_id: str, purpose: str, content_hash: str) -> None:
        """One was made."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO made_draft (account_id, media_id, purpose, content_hash, made_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (account_id, media_id, purpose, content_hash, self._db.now()),
            )

    def forget(self, account_id: int, media_id: str) -> None:
        """It is gone, or WeChat's by now."""
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM made_draft WHERE account_id = ? AND media_id = ?", (account_id, media_id))

    def list(self, account_id: int) -> list[MadeDraft]:
        """All that may still be there, oldest first."""
        rows = self._db.read("SELECT * FROM made_draft WHERE account_id = ? ORDER BY made_at", (account_id,))
        return [MadeDraft(row["media_id"], row["purpose"], row["content_hash"], row["made_at"]) for row in rows]

    def batch_states(self, account_id: int, made: MadeDraft) -> set[str]:
        """The states of the batches whose sealed request names this draft; empty: it was never queued."""
        rows = self._db.read(
            # A draft that was made anew for a send which is still open is younger than its confirmation.
            """SELECT b.state FROM send s JOIN batch b ON b.send_id = s.id JOIN batch_body y ON y.batch_id = b.id
            WHERE s.account_id = ?1 AND s.confirmed_at > ?2 AND s.kind = 'news'
            AND instr(y.body, CAST(?3 AS BLOB)) > 0
            UNION
            SELECT b.state FROM batch b JOIN send s ON b.send_id = s.id JOIN batch_body y ON y.batch_id = b.id
            WHERE b.state IN ('queued', 'submitting', 'unsure', 'accepted', 'waiting_admin')
            AND s.account_id = ?1 AND s.kind = 'news' AND instr(y.body, CAST(?3 AS BLOB)) > 0""",
            (account_id, made.made_at - _DAY, made.media_id),
        )
        return {row[0] for row in rows}


class ForeignPictures:
    """Which file in the media folder an address of the web was."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, url: str, younger_than_s: float) -> str | None:
        """The SHA-256 of the file that was fetched from there, None if that is too long ago or never was."""
        row = self._db.one(
            "SELECT sha256 FROM foreign_picture WHERE url = ? AND fetched_at > ?",
            (_key(url), self._db.now() - younger_than_s),
        )
        return str(row[0]) if row is not None else None

    def until(self, url: str, at: float) -> str | None:
        """The same, of a file that was fetched before ``at`` (Unix seconds) and not again since."""
        row = self._db.one("SELECT sha256 FROM foreign_picture WHERE url = ? AND fetched_at <= ?", (_key(url), at))
        return str(row[0]) if row is not None else None

    def remember(self, url: str, sha256: str) -> None:
        """Keep where it came from."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO foreign_picture (url, sha256, fetched_at) VALUES (?, ?, ?)",
                (_key(url), sha256, self._db.now()),
            )


def _key(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()
