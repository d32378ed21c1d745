"""The SQLite file: one connection, one lock, transaction(), migrations by user_version, repair at open."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from desktop_app.errors import StoreError
from desktop_app.store import backup
from desktop_app.store.lock import ProfileLock
from desktop_app.store.schema import MIGRATIONS

__all__ = ["Database", "ProfileLock"]

log = logging.getLogger(__name__)

CHECK_AT_OPEN_BYTES = 32 * 1024 * 1024
"""Up to this size every page is checked at each start (well under 0.1 s); the copy that is made daily is
checked whatever its size."""

PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cell_size_check = ON")

CODES = {
    sqlite3.SQLITE_FULL: "store.full",
    sqlite3.SQLITE_READONLY: "store.read_only",
    sqlite3.SQLITE_PERM: "store.read_only",
    sqlite3.SQLITE_BUSY: "store.in_use",
    sqlite3.SQLITE_LOCKED: "store.in_use",
    sqlite3.SQLITE_CORRUPT: "store.damaged",
    sqlite3.SQLITE_NOTADB: "store.damaged",
    sqlite3.SQLITE_CANTOPEN: "store.folder",
    sqlite3.SQLITE_IOERR: "store.disk",
}


class Database:
    """The one connection to the profile's file; every thread uses it, one at a time.

    Opening brings an older file up to date (after a copy), refuses a newer one (StoreError ``store.newer``),
    and replaces a damaged one by the newest good copy in ``backups``; ``restored_from`` then says so.
    """

    def __init__(self, path: Path, *, backups: Path | None = None, now: Callable[[], float] = time.time) -> None:
        self.path = path
        self.backups = backups
        self.now = now
        self.restored_from: backup.Restored | None = None
        self._lock = threading.RLock()
        self._depth = 0
        try:
            self._connection = self._open()
        except StoreError as error:
            if error.code != "store.damaged":
                raise
            log.warning("the database is damaged, restoring the newest good copy")
            folder = backups if backups is not None else path.parent
            self.restored_from = backup.restore(path, folder, now(), len(MIGRATIONS))
            self._connection = self._open()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One short write, all or nothing; inside another one it joins that. Raises StoreError."""
        with self._lock, _as_store_error():
            if self._depth:
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite itself rolls back after some failures (a full disk); a second ROLLBACK would raise.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1

    def read(self, sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query. Raises StoreError."""
        with self._lock, _as_store_error():
            return self._connection.execute(sql, params).fetchall()

    def one(self, sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Row | None:
        """The first row of a query, or None. Raises StoreError."""
        with self._lock, _as_store_error():
            row: sqlite3.Row | None = self._connection.execute(sql, params).fetchone()
            return row

    def meta(self, key: str, default: str = "") -> str:
        """One word that the profile remembers about itself."""
        row = self.one("SELECT value FROM meta WHERE key = ?", (key,))
        return str(row[0]) if row is not None else default

    def set_meta(self, key: str, value: str) -> None:
        """Remember one word; see ``meta``."""
        with self.transaction() as connection:
            connection.execute(
                "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, value),
            )

    def close(self) -> None:
        """Write the log back into the file and close it."""
        with self._lock, _as_store_error():
            self._connection.close()

    def _open(self) -> sqlite3.Connection:
        with _as_store_error():
            self._make_file()
            connection = sqlite3.connect(self.path, timeout=2.0, check_same_thread=False, isolation_level=None)
            try:
                connection.row_factory = sqlite3.Row
                for pragma in (
                    "journal_mode = WAL",
                    "synchronous = FULL",
                    "foreign_keys = ON",
                    "cell_size_check = ON",
                ):
                    connection.execute(f"PRAGMA {pragma}")
                self._check(connection)
                self._migrate(connection)
            except BaseException:
                connection.close()
                raise
            return connection

    def _make_file(self) -> None:
        try:
            # An emptied or vanished file is not a new profile as long as there are copies of the old one.
            empty = not self.path.exists() or not self.path.stat().st_size
            copies = backup.backups(self.backups) if self.backups is not None else []
            if empty and copies and self.restored_from is None:
                raise StoreError("store.damaged", detail="the file is empty or gone")
            # SQLite gives its side files the mode of this one.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StoreError("store.folder", detail=str(error.strerror)) from error

    def _check(self, connection: sqlite3.Connection) -> None:
        if self.path.stat().st_size <= CHECK_AT_OPEN_BYTES:
            answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if answer != "ok":
                raise StoreError("store.damaged", detail=str(answer)[:200])
        version = _version(connection)
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not tables and not version:
            return
        # The version stands in two places, so that a flipped bit does not pass for another version.
        row = connection.execute("SELECT value FROM meta WHERE key = 'version'").fetchone() if tables else None
        if row is None or row[0] != str(version):
            raise StoreError("store.damaged", detail="the version is unclear")
        if version <= len(MIGRATIONS) and _tables(connection) != _expected_tables(MIGRATIONS[:version]):
            raise StoreError("store.damaged", detail="the tables are not as they were made")
        if version > len(MIGRATIONS):
            raise StoreError("store.newer", version=version, known=len(MIGRATIONS))

    def _migrate(self, connection: sqlite3.Connection) -> None:
        version = _version(connection)
        if version == len(MIGRATIONS):
            return
        if version and self.backups is not None:
            backup.back_up(self.path, self.backups, self.now())
        for number in range(version, len(MIGRATIONS)):
            try:
                connection.executescript(
                    f"BEGIN IMMEDIATE; {MIGRATIONS[number]};"
                    f"INSERT OR REPLACE INTO meta (key, value) VALUES ('version', '{number + 1}');"
                    f"PRAGMA user_version = {number + 1}; COMMIT;"
                )
            except sqlite3.Error:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise


def _tables(connection: sqlite3.Connection) -> frozenset[tuple[str, ...]]:
    sql = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    return frozenset(tuple(row) for row in connection.execute(sql))


@functools.cache
def _expected_tables(migrations: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for migration in migrations:
            connection.executescript(migration)
        return _tables(connection)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextlib.contextmanager
def _as_store_error() -> Iterator[None]:
    """Turn SQLite's errors into ours, once, where they enter."""
    try:
        yield
    except sqlite3.Error as error:
        primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
        raise StoreError(CODES.get(primary, "store.error"), detail=str(error)) from error
    except UnicodeDecodeError as error:  # damaged text, in a row or in SQLite's own message about the damage
        raise StoreError("store.damaged", detail="text") from error
