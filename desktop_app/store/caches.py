"""Files and their uploads by content hash; tags and follower counts; who got previews; recent audiences."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop_app.store.database import Database

ALL_FOLLOWERS = -1
_FACTS = ("kind", "format", "name", "size_bytes", "width", "height", "seconds", "made_from")
RECENT_AUDIENCES = 8


@dataclass(frozen=True)
class MediaFile:
    """A file in the media folder. ``path`` is absolute; sizes in bytes and pixels, length in seconds.

    ``made_from``: the SHA-256 of the original that was changed into this file, "" if this is how it came.
    """

    sha256: str
    kind: str
    format: str
    name: str
    path: Path
    size_bytes: int
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    made_from: str = ""


@dataclass(frozen=True)
class UploadRow:
    """What WeChat gave for a file. ``expires_at`` None: permanent. ``uses``: sends and previews with it."""

    media_id: str
    url: str
    created_at: float
    expires_at: float | None
    uses: int


class MediaCache:
    """Files by content hash, and what each account was given for them."""

    def __init__(self, db: Database, media_dir: Path) -> None:
        self._db = db
        self.folder = media_dir

    def remember(self, file: MediaFile, *, source: str = "") -> None:
        """Keep what is known of a file in the media folder; the name it came with last counts.

        ``source``: where it was on this computer when it was dropped.
        """
        with self._db.transaction() as connection:
            connection.execute(
                """INSERT INTO media_file
                (sha256, kind, format, name, path, size_bytes, width, height, seconds, added_at, made_from, source)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (sha256) DO UPDATE SET name = excluded.name, path = excluded.path,
                    source = CASE excluded.source WHEN '' THEN source ELSE excluded.source END""",
                (
                    file.sha256,
                    file.kind,
                    file.format,
                    file.name,
                    file.path.name,
                    file.size_bytes,
                    file.width,
                    file.height,
                    file.seconds,
                    self._db.now(),
                    file.made_from,
                    source,
                ),
            )

    def get(self, sha256: str) -> MediaFile | None:
        """A file, None if it is unknown or no longer whole in its place."""
        row = self._db.one("SELECT * FROM media_file WHERE sha256 = ?", (sha256,))
        if row is None:
            return None
        path = self.folder / row["path"]
        try:
            if path.stat().st_size != row["size_bytes"]:
                return None
        except OSError:
            return None
        return MediaFile(sha256=sha256, path=path, **{name: row[name] for name in _FACTS})

    def made_from(self, sha256: str) -> MediaFile | None:
        """The newest file that was made from an original and is in the folder."""
        rows = self._db.read(
            "SELECT sha256 FROM media_file WHERE made_from = ? ORDER BY added_at DESC, sha256", (sha256,)
        )
        return next((file for row in rows if (file := self.get(row["sha256"])) is not None), None)

    def is_named(self, sha256: str) -> bool:
        """Whether an upload, a message draft or a send has this very file, and not something that was made of it."""
        row = self._db.one(
            """SELECT EXISTS (SELECT 1 FROM upload WHERE sha256 = ?1)
            OR EXISTS (SELECT 1 FROM draft WHERE instr(content, ?1))
            OR EXISTS (SELECT 1 FROM send WHERE instr(content, ?1))""",
            (sha256,),
        )
        return bool(row[0]) if row is not None else False

    def larger_than(self, limits: Mapping[str, int]) -> list[MediaFile]:
        """Files in the folder beyond a size in bytes for their kind."""
        found = []
        for kind, size_bytes in limits.items():
            rows = self._db.read(
                "SELECT sha256 FROM media_file WHERE kind = ? AND size_bytes > ?", (kind, size_bytes)
            )
            found += [file for row in rows if (file := self.get(row["sha256"])) is not None]
        return found

    def size_of(self, sha256: str) -> int:
        """Bytes of a file that was in the folder, whether it still is or not; 0 if it never was."""
        row = self._db.one("SELECT size_bytes FROM media_file WHERE sha256 = ?", (sha256,))
        return int(row["size_bytes"]) if row is not None else 0

    def name_of(self, sha256: str) -> str:
        """The name that a file came with, also if it is gone since; "" for an unknown one."""
        row = self._db.one("SELECT name FROM media_file WHERE sha256 = ?", (sha256,))
        return str(row["name"]) if row is not None else ""

    def upload(self, account_id: int, sha256: str, use: str, variant: str = "") -> UploadRow | None:
        """What WeChat gave for this file and use, valid or not; None if it never went up."""
        row = self._db.one(
            "SELECT * FROM upload WHERE account_id = ? AND sha256 = ? AND use = ? AND variant = ?",
            (account_id, sha256, use, variant),
        )
        if row is None:
            return None
        return UploadRow(row["media_id"], row["url"], row["created_at"], row["expires_at"], row["uses"])

    def upload_of(self, account_id: int, media_id: str) -> UploadRow | None:
        """What is known of a media_id; None if WeChat never gave it, it was forgotten, or another took its place."""
        row = self._db.one("SELECT * FROM upload WHERE media_id = ? AND account_id = ?", (media_id, account_id))
        if row is None:
            return None
        return UploadRow(row["media_id"], row["url"], row["created_at"], row["expires_at"], row["uses"])

    def remember_upload(
        self,
        account_id: int,
        sha256: str,
        use: str,
        *,
        media_id: str = "",
        url: str = "",
        variant: str = "",
        expires_at: float | None,
    ) -> None:
        """Keep what WeChat gave, in the place of an earlier one; it was not used yet."""
        with self._db.transaction() as connection:
            connection.execute(
                """INSERT OR REPLACE INTO upload
                (account_id, sha256, use, variant, media_id, url, created_at, expires_at, uses)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)""",
                (account_id, sha256, use, variant, media_id, url, self._db.now(), expires_at),
            )

    def count_use(self, account_id: int, media_id: str) -> None:
        """One more message or preview with this media_id."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE upload SET uses = uses + 1 WHERE media_id = ? AND account_id = ?", (media_id, account_id)
            )

    def forget_upload(self, account_id: int, media_id: str) -> None:
        """WeChat does not know this media_id any more."""
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM upload WHERE media_id = ? AND account_id = ?", (media_id, account_id))


@dataclass(frozen=True)
class TagRow:
    """A tag and how many followers had it when WeChat was asked."""

    tag_id: int
    name: str
    people: int


class TagCache:
    """Tags and the number of followers as WeChat told them last."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, account_id: int, tags: Sequence[TagRow], followers: int) -> float:
        """Replace all; returns the time that goes with it."""
        at = self._db.now()
        rows = [(account_id, tag.tag_id, tag.name, tag.people, at) for tag in tags]
        rows.append((account_id, ALL_FOLLOWERS, "", followers, at))
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM tag WHERE account_id = ?", (account_id,))
            connection.executemany(
                "INSERT OR REPLACE INTO tag (account_id, tag_id, name, people, updated_at) VALUES (?, ?, ?, ?, ?)",
                rows,
            )
        return at

    def get(self, account_id: int) -> tuple[tuple[TagRow, ...], int, float] | None:
        """Tags, followers and when; None if WeChat was never asked."""
        rows = self._db.read("SELECT * FROM tag WHERE account_id = ? ORDER BY tag_id", (account_id,))
        total = next((row for row in rows if row["tag_id"] == ALL_FOLLOWERS), None)
        if total is None:
            return None
        tags = tuple(
            TagRow(row["tag_id"], row["name"], row["people"]) for row in rows if row["tag_id"] != ALL_FOLLOWERS
        )
        return tags, total["people"], total["updated_at"]


@dataclass(frozen=True)
class RecipientRow:
    """Somebody who gets previews: an openid or a WeChat id, and a note to tell them apart."""

    value: str = field(repr=False)
    is_wx_name: bool
    note: str = ""


@dataclass(frozen=True)
class PreviewRow:
    """The last preview of one kind: what was previewed, to whom (as typed), when."""

    content_hash: str
    recipients: tuple[str, ...] = field(repr=False)
    at: float


class PreviewRecipients:
    """Who gets previews, per account, the latest first; and what was previewed last."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def list(self, account_id: int) -> list[RecipientRow]:
        """All that are remembered."""
        rows = self._db.read(
            "SELECT * FROM preview_recipient WHERE account_id = ? ORDER BY used_at DESC, value", (account_id,)
        )
        return [RecipientRow(row["value"], bool(row["is_wx_name"]), row["note"]) for row in rows]

    def remember(self, account_id: int, recipient: RecipientRow) -> None:
        """Put one to the front; an empty note keeps the old one."""
        with self._db.transaction() as connection:
            connection.execute(
                """INSERT INTO preview_recipient (account_id, value, is_wx_name, note, used_at) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (account_id, value, is_wx_name) DO UPDATE SET used_at = excluded.used_at,
                    note = CASE excluded.note WHEN '' THEN note ELSE excluded.note END""",
                (account_id, recipient.value, recipient.is_wx_name, recipient.note, self._db.now()),
            )

    def forget(self, account_id: int, recipient: RecipientRow) -> None:
        """Take one off the list."""
        with self._db.transaction() as connection:
            connection.execute(
                "DELETE FROM preview_recipient WHERE account_id = ? AND value = ? AND is_wx_name = ?",
                (account_id, recipient.value, recipient.is_wx_name),
            )

    def remember_preview(self, account_id: int, kind: str, content_hash: str, recipients: Sequence[str]) -> None:
        """Keep what was previewed last."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO preview (account_id, kind, content_hash, recipients, at)"
                " VALUES (?, ?, ?, ?, ?)",
                (account_id, kind, content_hash, json.dumps(list(recipients)), self._db.now()),
            )

    def last_preview(self, account_id: int, kind: str) -> PreviewRow | None:
        """What was previewed last of this kind."""
        row = self._db.one("SELECT * FROM preview WHERE account_id = ? AND kind = ?", (account_id, kind))
        if row is None:
            return None
        return PreviewRow(row["content_hash"], tuple(json.loads(row["recipients"])), row["at"])


class RecentAudiences:
    """The last few choices per account, by label."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def remember(self, account_id: int, label: str, choice: dict[str, Any], people: int | None) -> None:
        """Put a choice to the front; the ones beyond the last few go."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO recent_audience (account_id, label, choice, people, used_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (account_id, label, json.dumps(choice), people, self._db.now()),
            )
            connection.execute(
                """DELETE FROM recent_audience WHERE account_id = ?1 AND label NOT IN
                (SELECT label FROM recent_audience WHERE account_id = ?1 ORDER BY used_at DESC, label LIMIT ?2)""",
                (account_id, RECENT_AUDIENCES),
            )

    def list(self, account_id: int) -> list[dict[str, Any]]:
        """The choices as they were given, the latest first."""
        rows: list[sqlite3.Row] = self._db.read(
            "SELECT choice FROM recent_audience WHERE account_id = ? ORDER BY used_at DESC, label", (account_id,)
        )
        return [json.loads(row[0]) for row in rows]
