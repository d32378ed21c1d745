"""Uploads that are not finished: written down before they begin, so that the next start can offer them again."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.store.database import Database


@dataclass(frozen=True)
class Unfinished:
    """A file of the media folder that was to go up, as it is or mended.

    ``use``: what for, as ``workers.transfers`` names it; ``kind``: what it was taken as, "" for whatever it is.
    """

    account_id: int
    sha256: str
    name: str
    use: str
    kind: str = ""


class UnfinishedUploads:
    """One row for each file and use that WeChat does not have yet."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, upload: Unfinished) -> None:
        """Write one down; once for the same file and use."""
        with self._db.transaction() as connection:
            connection.execute(
                """INSERT OR IGNORE INTO transfer (account_id, sha256, name, use, kind, added_at)
                VALUES (?, ?, ?, ?, ?, ?)""",
                (upload.account_id, upload.sha256, upload.name, upload.use, upload.kind, self._db.now()),
            )

    def remove(self, account_id: int, sha256: str, use: str) -> None:
        """It is there, or nobody wants it any more."""
        with self._db.transaction() as connection:
            connection.execute(
                "DELETE FROM transfer WHERE account_id = ? AND sha256 = ? AND use = ?", (account_id, sha256, use)
            )

    def list(self) -> list[Unfinished]:
        """All, in the order in which they came."""
        rows = self._db.read("SELECT account_id, sha256, name, use, kind FROM transfer ORDER BY id")
        return [Unfinished(*row) for row in rows]
