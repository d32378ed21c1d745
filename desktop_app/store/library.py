"""The library: what this app uploaded and what WeChat has, as one list; where a file is used; what can go."""

from __future__ import annotations

import json
import math
import os
import sqlite3
import zlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from desktop_app.store.database import Database

EXPIRING_S = 24 * 3600.0
FILE, WECHAT = "file:", "wechat:"

# Thumbs of articles and videos made for one send are no things of their own.
_LISTED = "('temp.image', 'temp.voice', 'temp.video', 'body', 'perm.image', 'perm.voice', 'perm.video')"

# The bare columns of an aggregate with max() come from the row that has the maximum: permanent before temporary,
# the one that lives longest of these, a mere address last.
_ITEMS = f"""
SELECT 'file:' || u.sha256 AS key,
    coalesce(f.kind, CASE u.use WHEN 'body' THEN 'image' ELSE substr(u.use, 6) END) AS kind,
    coalesce(f.name, (SELECT name FROM material WHERE account_id = :account AND media_id = u.media_id), '') AS name,
    u.sha256 AS sha256, f.path AS path, coalesce(f.size_bytes, 0) AS size_bytes, coalesce(f.width, 0) AS width,
    coalesce(f.height, 0) AS height, coalesce(f.seconds, 0.0) AS seconds, u.media_id AS media_id,
    u.expires_at IS NULL AS permanent, u.expires_at AS expires_at, u.uses AS uses,
    CASE WHEN u.url <> '' THEN u.url ELSE coalesce((SELECT url FROM upload
        WHERE account_id = :account AND sha256 = u.sha256 AND use = 'body' AND variant = ''), '') END AS url,
    coalesce(f.added_at, u.created_at) AS added_at
FROM (SELECT *, max(CASE WHEN use = 'body' THEN 0.0 WHEN expires_at IS NULL THEN 9e15 ELSE expires_at END)
    FROM upload WHERE account_id = :account AND use IN {_LISTED} %s GROUP BY sha256) u
LEFT JOIN media_file f ON f.sha256 = u.sha256
UNION ALL
SELECT 'wechat:' || m.media_id, m.kind, m.name, m.sha256, f.path, coalesce(f.size_bytes, 0), coalesce(f.width, 0),
    coalesce(f.height, 0), coalesce(f.seconds, 0.0), m.media_id, 1, NULL, 0, m.url, m.updated_at
FROM material m LEFT JOIN media_file f ON f.sha256 = m.sha256
WHERE m.account_id = :account %s AND NOT EXISTS (SELECT 1 FROM upload
    WHERE media_id = m.media_id AND account_id = m.account_id AND use IN {_LISTED})
"""


@dataclass(frozen=True)
class LibraryItem:
    """A file that was uploaded, or a piece of WeChat's own library. Sizes in bytes and pixels, length in seconds.

    ``key``: "file:<sha256>" if this app uploaded it, "wechat:<media_id>" if only WeChat's library has it.
    ``sha256`` and ``path`` are empty and None if the file is not on this computer. ``media_id``: the best there is,
    permanent before temporary; "" for a picture of articles, which has a ``url`` only. ``uses``: sends and previews
    with a temporary one. ``expires_at``, ``added_at``: Unix seconds.
    """

    key: str
    kind: str
    name: str
    sha256: str
    path: Path | None
    size_bytes: int
    width: int
    height: int
    seconds: float
    media_id: str
    permanent: bool
    expires_at: float | None
    uses: int
    url: str
    added_at: float


# SQLite would carry all columns through its sorter. What is equal stays in the order of the keys.
ORDERS: dict[str, tuple[Callable[[LibraryItem], Any], bool]] = {
    "added": (attrgetter("added_at"), True),
    "name": (lambda item: item.name.casefold(), False),
    "size": (attrgetter("size_bytes"), True),
    "expires": (lambda item: item.expires_at or math.inf, False),
}


@dataclass(frozen=True)
class LibraryCounts:
    """How many items there are. ``expiring``: temporary ones with less than a day left; ``expired``: gone.

    ``synced_at``: when WeChat's own library was last read whole (Unix seconds), None: never.
    """

    all: int
    image: int
    video: int
    voice: int
    expiring: int
    expired: int
    synced_at: float | None


@dataclass(frozen=True)
class Use:
    """Where an item is used: a message "draft" (id 0), an "article" (图文草稿) or a "send" (群发记录)."""

    where: str
    id: int
    kind: str
    title: str


@dataclass(frozen=True)
class SyncRun:
    """One reading of WeChat's library. ``was_whole``: the one before it came to its end."""

    number: int
    began_at: float
    was_whole: bool


class LibraryStore:
    """The SQL of the library, for all accounts."""

    def __init__(self, db: Database, media_dir: Path) -> None:
        self._db = db
        self._folder = media_dir

    # --- the list ---------------------------------------------------------------------------------------

    def items(
        self, account_id: int, *, kind: str = "", text: str = "", order: str = "added", expiring: bool = False
    ) -> tuple[LibraryItem, ...]:
        """All that fit; ``text`` stands in the name or the media_id; ``order``: one of ``ORDERS``."""
        where = []
        if kind:
            where.append("kind = :kind")
        if text:
            where.append("(name LIKE :text ESCAPE '!' OR media_id LIKE :text ESCAPE '!')")
        if expiring:
            where.append("expires_at > :now AND expires_at < :now + :soon")
        sql = _ITEMS % ("", "")
        if where:
            sql = f"SELECT * FROM ({sql}) WHERE {' AND '.join(where)}"
        rows = self._db.read(sql, self._params(account_id, kind=kind, text=_pattern(text)))
        found = self._built(rows, _names(self._folder))  # one look instead of one for each of ten thousand files
        key, reverse = ORDERS[order]
        found.sort(key=key, reverse=reverse)
        return tuple(found)

    def item(self, account_id: int, key: str) -> LibraryItem | None:
        """The item with this key, also with the one it had before its file was brought here."""
        if key.startswith(WECHAT):
            sql = f"SELECT sha256 FROM upload WHERE media_id = ? AND account_id = ? AND use IN {_LISTED}"
            row = self._db.one(sql, (key.removeprefix(WECHAT), account_id))
            key = FILE + row["sha256"] if row is not None else key
        if key.startswith(FILE):
            sql = _ITEMS % ("AND sha256 = :id", "AND 0")
        else:
            sql = _ITEMS % ("AND 0", "AND m.media_id = :id")
        rows = self._db.read(sql, self._params(account_id, id=key.partition(":")[2]))
        here = {row["path"] for row in rows if row["path"] and (self._folder / row["path"]).exists()}
        return next(iter(self._built(rows, here)), None)

    def counts(self, account_id: int) -> LibraryCounts:
        """Numbers for the tabs."""
        sql = f"""SELECT count(*), sum(kind = 'image'), sum(kind = 'video'), sum(kind = 'voice'),
            sum(expires_at > :now AND expires_at < :now + :soon), sum(expires_at <= :now)
            FROM ({_ITEMS % ("", "")})"""
        row = self._db.read(sql, self._params(account_id))[0]
        every, image, video, voice, expiring, expired = (int(number or 0) for number in row)
        synced_at = self._sync_state(account_id).get("at")
        return LibraryCounts(every, image, video, voice, expiring, expired, synced_at)

    def _params(self, account_id: int, **more: Any) -> dict[str, Any]:
        return {"account": account_id, "now": self._db.now(), "soon": EXPIRING_S, **more}

    def _built(self, rows: Sequence[sqlite3.Row], here: Collection[str]) -> list[LibraryItem]:
        found = []
        for row in rows:
            values = list(row)
            values[4] = self._folder / values[4] if values[4] in here else None
            if values[4] is None:
                values[3] = ""
            values[10] = bool(values[10])
            found.append(LibraryItem(*values))
        return found

    # --- WeChat's own library ---------------------------------------------------------------------------

    def begin_sync(self, account_id: int) -> SyncRun:
        """A new run; until its end the library counts as half read."""
        state = self._sync_state(account_id)
        run = SyncRun(int(state.get("number", 0)) + 1, self._db.now(), bool(state.get("whole")))
        self._set_sync_state(account_id, {**state, "number": run.number, "whole": False})
        return run

    def end_sync(self, account_id: int, run: SyncRun) -> None:
        """The library was read whole."""
        self._set_sync_state(account_id, {"number": run.number, "whole": True, "at": self._db.now()})

    def put_page(self, account_id: int, kind: str, run: SyncRun, rows: Sequence[tuple[str, str, str, float]]) -> bool:
        """Keep what WeChat listed: media_id, name, url, update time. Whether anything of it was new or changed."""
        marks = ", ".join("?" * len(rows))
        known = {
            (row["media_id"], row["name"], row["updated_at"])
            for row in self._db.read(
                f"SELECT media_id, name, updated_at FROM material WHERE account_id = ? AND media_id IN ({marks})",
                (account_id, *(row[0] for row in rows)),
            )
        }
        with self._db.transaction() as connection:
            connection.executemany(
                """INSERT INTO material (account_id, media_id, kind, name, url, updated_at, seen)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (account_id, media_id) DO UPDATE SET kind = excluded.kind, name = excluded.name,
                    url = excluded.url, updated_at = excluded.updated_at, seen = excluded.seen""",
                [(account_id, media_id, kind, *facts, run.number) for media_id, *facts in rows],
            )
        return not known.issuperset((media_id, name, at) for media_id, name, _, at in rows)

    def known(self, account_id: int, kind: str) -> int:
        """How many pieces of a kind WeChat is known to have."""
        return int(
            self._db.read("SELECT count(*) FROM material WHERE account_id = ? AND kind = ?", (account_id, kind))[0][0]
        )

    def forget_unseen(self, account_id: int, kind: str, run: SyncRun) -> None:
        """All of a kind was listed: what the run did not see is gone at WeChat, permanent uploads among it.

        An upload made while the run went on may have come too late to be listed.
        """
        of_kind = "account_id = ? AND kind = ? AND seen <> ?"
        with self._db.transaction() as connection:
            gone = connection.execute(
                f"SELECT thumb FROM material WHERE {of_kind}", (account_id, kind, run.number)
            ).fetchall()
            connection.execute(f"DELETE FROM material WHERE {of_kind}", (account_id, kind, run.number))
            connection.execute(
                """DELETE FROM upload WHERE account_id = ?1 AND use = 'perm.' || ?2 AND created_at < ?3
                AND media_id NOT IN (SELECT media_id FROM material WHERE account_id = ?1)""",
                (account_id, kind, run.began_at),
            )
        self._remove(row["thumb"] for row in gone)

    def thumb(self, account_id: int, media_id: str) -> Path | None:
        """The small picture that was made of a piece of WeChat's library, None if there is none."""
        row = self._db.one("SELECT thumb FROM material WHERE account_id = ? AND media_id = ?", (account_id, media_id))
        path = self._folder / row["thumb"] if row is not None and row["thumb"] else None
        return path if path is not None and path.exists() else None

    def set_thumb(self, account_id: int, media_id: str, name: str) -> None:
        """Remember it by its file name in the media folder."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE material SET thumb = ? WHERE account_id = ? AND media_id = ?", (name, account_id, media_id)
            )

    def brought(self, account_id: int, item: LibraryItem, sha256: str) -> None:
        """A permanent file of WeChat's is here now: whoever uses it need not upload it again."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE material SET sha256 = ? WHERE account_id = ? AND media_id = ?",
                (sha256, account_id, item.media_id),
            )
            connection.execute(
                "DELETE FROM upload WHERE account_id = ? AND media_id = ?", (account_id, item.media_id)
            )
            connection.execute(
                """INSERT OR IGNORE INTO upload (account_id, sha256, use, media_id, url, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, NULL)""",
                (account_id, sha256, f"perm.{item.kind}", item.media_id, item.url, self._db.now()),
            )

    def _sync_state(self, account_id: int) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self._db.meta(f"library.sync.{account_id}", "{}"))
        return state

    def _set_sync_state(self, account_id: int, state: dict[str, Any]) -> None:
        self._db.set_meta(f"library.sync.{account_id}", json.dumps(state))

    # --- where a file is used ---------------------------------------------------------------------------

    def family(self, account_id: int, sha256: str) -> set[str]:
        """The file, its original and what was made of it, but for those that are items of their own."""
        rows = self._db.read(
            f"""SELECT sha256 FROM media_file WHERE (made_from = ?1
                OR sha256 = (SELECT made_from FROM media_file WHERE sha256 = ?1))
            AND sha256 NOT IN (SELECT sha256 FROM upload WHERE account_id = ?2 AND use IN {_LISTED})""",
            (sha256, account_id),
        )
        return {sha256, *(row["sha256"] for row in rows)}

    def drafts_with(self, account_id: int, words: Collection[str]) -> list[tuple[str, dict[str, Any]]]:
        """Message drafts in which one of the words stands: kind and content."""
        sql = f"SELECT kind, content FROM draft WHERE account_id = ? AND {_has(words)} ORDER BY updated_at DESC"
        return [(row["kind"], json.loads(row["content"])) for row in self._db.read(sql, (account_id, *words))]

    def articles_and_sends_with(self, account_id: int, words: Collection[str]) -> list[Use]:
        """Articles that are not in the trash and sends in which one of the words stands, the newest first."""
        articles = self._db.read(
            f"""SELECT 'article', id, 'news', title FROM article_draft
            WHERE account_id = ? AND trashed_at IS NULL AND {_has(words)} ORDER BY updated_at DESC, id DESC""",
            (account_id, *words),
        )
        sends = self._db.read(
            f"""SELECT 'send', id, kind, title FROM send
            WHERE account_id = ? AND {_has(words)} ORDER BY confirmed_at DESC, id DESC""",
            (account_id, *words),
        )
        return [Use(*row) for row in (*articles, *sends)]

    # --- deleting ---------------------------------------------------------------------------------------

    def permanent_ids(self, account_id: int, sha256: str) -> tuple[str, ...]:
        """The media_ids of a file in WeChat's library."""
        rows = self._db.read(
            "SELECT media_id FROM upload WHERE account_id = ? AND sha256 = ? AND use LIKE 'perm.%'",
            (account_id, sha256),
        )
        return tuple(row["media_id"] for row in rows)

    def forget_material(self, account_id: int, media_id: str) -> None:
        """WeChat does not have it any more."""
        with self._db.transaction() as connection:
            thumbs = connection.execute(
                "SELECT thumb FROM material WHERE account_id = ? AND media_id = ?", (account_id, media_id)
            ).fetchall()
            for table in ("material", "upload"):
                connection.execute(
                    f"DELETE FROM {table} WHERE account_id = ? AND media_id = ?", (account_id, media_id)
                )
        self._remove(row["thumb"] for row in thumbs)

    def forget_uploads(self, account_id: int, sha256: str) -> None:
        """Whatever WeChat gave this account for a file."""
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM upload WHERE account_id = ? AND sha256 = ?", (account_id, sha256))

    def remove_if_unneeded(self, sha256: str) -> None:
        """Delete a file that nothing refers to any more, and then its original likewise; in doubt it stays."""
        row = self._db.one("SELECT made_from FROM media_file WHERE sha256 = ?", (sha256,))
        if row is None or self._is_needed(sha256):
            return
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM media_file WHERE sha256 = ?", (sha256,))
        self._remove(name for name in _names(self._folder) if name.startswith(f"{sha256}."))
        if row["made_from"]:
            self.remove_if_unneeded(row["made_from"])

    def _is_needed(self, sha256: str) -> bool:
        exact = (("upload", "sha256"), ("transfer", "sha256"), ("material", "sha256"), ("media_file", "made_from"))
        texts = (("draft", "content"), ("article_draft", "content"), ("send", "content"))
        for table, column in exact:
            if self._db.one(f"SELECT 1 FROM {table} WHERE {column} = ? LIMIT 1", (sha256,)):
                return True
        for table, column in texts:
            if self._db.one(f"SELECT 1 FROM {table} WHERE instr({column}, ?) LIMIT 1", (sha256,)):
                return True
        versions = self._db.read("SELECT id FROM article_version")
        return any(self._stands_in_version(row["id"], sha256) for row in versions)

    def _stands_in_version(self, version_id: int, sha256: str) -> bool:
        row = self._db.one("SELECT content FROM article_version WHERE id = ?", (version_id,))
        return row is not None and sha256.encode() in zlib.decompress(row["content"])

    def _remove(self, names: Any) -> None:
        for name in names:
            if name:
                try:
                    (self._folder / name).unlink()
                except OSError:
                    continue  # in use on Windows, or gone: nothing refers to it any more


def _names(folder: Path) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()


def _pattern(text: str) -> str:
    escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"


def _has(words: Collection[str]) -> str:
    """A condition on the column ``content`` with one parameter for each word."""
    return "(" + " OR ".join("instr(content, ?)" for _ in words) + ")"
