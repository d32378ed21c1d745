"""Copies of the database: daily and before a migration; finding the newest good one again."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from desktop_app.errors import StoreError

KEEP = 7
DAY_S = 86_400.0
BACKUP_RUN = "backup"
"""What ``meta.run`` says in a copy, so that a copy put back in place is recognised (promise A8)."""


@dataclass(frozen=True)
class Restored:
    """The database was damaged and replaced. ``taken_at``: what was written later is missing; None: all is."""

    taken_at: float | None
    damaged: Path


def back_up(database: Path, folder: Path, now: float) -> Path:
    """Copy the database while it is in use, check the copy, keep the newest seven. Raises StoreError."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))
    target = folder / f"qunfa-{stamp}.db"
    part = target.with_suffix(".part")
    try:
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
        _copy(database, part)
        if not is_good(part):
            raise StoreError("store.damaged")
        os.replace(part, target)
        os.utime(target, (now, now))
    except (sqlite3.Error, OSError) as error:
        raise StoreError("store.backup", detail=str(error)) from error
    finally:
        for leftover in (part, *_side_files(part)):
            leftover.unlink(missing_ok=True)
    for old in backups(folder)[KEEP:]:
        with contextlib.suppress(OSError):
            old.unlink()
    return target


def back_up_if_due(database: Path, folder: Path, now: float) -> Path | None:
    """Back up when the newest copy is a day old, or claims to come from the future."""
    newest = next(iter(backups(folder)), None)
    if newest is not None and 0 <= now - taken_at(newest) < DAY_S:
        return None
    return back_up(database, folder, now)


def backups(folder: Path) -> list[Path]:
    """All copies, newest first."""
    return sorted(folder.glob("qunfa-*.db"), key=lambda path: path.name, reverse=True)


def taken_at(backup: Path) -> float:
    """When the copy was made, Unix seconds, from its name; 0 if the name was changed."""
    try:
        parsed = time.strptime(backup.stem.removeprefix("qunfa-"), "%Y%m%d-%H%M%S")
    except ValueError:
        return 0.0
    import calendar

    return float(calendar.timegm(parsed))


def is_good(path: Path, newest_version: int | None = None) -> bool:
    """Whether SQLite finds nothing wrong with the file and this program can read its version."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA cell_size_check = ON")
            if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                return False
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            return version > 0 and (newest_version is None or version <= newest_version)
    except sqlite3.Error:
        return False


def restore(database: Path, folder: Path, now: float, newest_version: int) -> Restored:
    """Set the damaged file aside and put the newest good copy in its place, or nothing if there is none."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))
    aside = database.with_name(f"{database.name}.damaged-{stamp}")
    try:
        for side in _side_files(database):
            # Its frames belong to the damaged file; replayed onto another one they would damage that too.
            if side.exists():
                os.replace(side, aside.with_name(aside.name + side.name.removeprefix(database.name)))
        if database.exists():
            os.replace(database, aside)
        for backup in backups(folder):
            if is_good(backup, newest_version):
                os.close(os.open(database, os.O_RDWR | os.O_CREAT, 0o600))
                _copy(backup, database)
                return Restored(taken_at(backup), aside)
    except (sqlite3.Error, OSError) as error:
        raise StoreError("store.restore", detail=str(error)) from error
    return Restored(None, aside)


def _copy(source: Path, target: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(source)) as reader,
        contextlib.closing(sqlite3.connect(target, isolation_level=None)) as writer,
    ):
        reader.backup(writer)
        writer.execute("PRAGMA journal_mode = DELETE")
        writer.execute("UPDATE meta SET value = ? WHERE key = 'run'", (BACKUP_RUN,))


def _side_files(path: Path) -> tuple[Path, Path]:
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")
