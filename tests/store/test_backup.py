"""Copies: daily, seven of them, good ones only, and back again with everything (promises D3, D6, A8)."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from desktop_app.errors import StoreError
from desktop_app.store import backup
from desktop_app.store.database import Database
from desktop_app.store.marker import COPIED, RESTORED, Marker
from desktop_app.store.outbox import NewBatch, NewSend, Outbox
from desktop_app.store.schema import MIGRATIONS

NOW = 1_795_000_000.0
DAY = 86_400.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path


def opened(folder: Path) -> Database:
    return Database(folder / "qunfa.db", backups=folder / "backups", now=lambda: NOW)


def fill(db: Database, sends: int) -> None:
    with db.transaction() as connection:
        connection.execute(
            "INSERT INTO account (app_id, name, kind, base_url, created_at) VALUES ('wx1', 'n', 'service', 'x', 1)"
        )
        connection.execute("INSERT INTO draft VALUES (1, 'text', '{\"text\": \"草稿\"}', 5)")
    outbox = Outbox(db, lambda: NOW)
    for number in range(sends):
        outbox.add(NewSend(1, "text", str(number), {}, {"type": "all"}), [NewBatch(f"k{number}", "/p", b"x" * 3000)])


def dump(path: Path) -> list[str]:
    """Everything in a file but the word that marks a copy."""
    import contextlib
    import sqlite3

    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [line for line in connection.iterdump() if "'run'" not in line]


def test_daily_and_seven(folder: Path) -> None:
    """One copy a day while the program is used; the newest seven stay."""
    db = opened(folder)
    for hour in range(0, 24 * 12, 6):
        backup.back_up_if_due(db.path, folder / "backups", NOW + hour * 3600)
    times = [backup.taken_at(copy) for copy in backup.backups(folder / "backups")]
    assert len(times) == backup.KEEP == 7
    assert {later - earlier for later, earlier in pairwise(times)} == {DAY}
    db.close()


def test_a_copy_from_the_future_does_not_stop_them(folder: Path) -> None:
    """After the clock was wrong once, copies are made again."""
    db = opened(folder)
    backup.back_up(db.path, folder / "backups", NOW + 400 * DAY)
    assert backup.back_up_if_due(db.path, folder / "backups", NOW) is not None
    db.close()


def test_everything_comes_back(folder: Path) -> None:
    """A copy made while the file is in use holds every draft and every send."""
    db = opened(folder)
    fill(db, 40)
    copy = backup.back_up(db.path, folder / "backups", NOW)
    whole = dump(db.path)
    db.close()
    (folder / "qunfa.db").unlink()
    restored = backup.restore(folder / "qunfa.db", folder / "backups", NOW, len(MIGRATIONS))
    assert restored.taken_at == NOW
    assert dump(folder / "qunfa.db") == whole == dump(copy)


def test_the_newest_good_one(folder: Path) -> None:
    """A damaged copy, and one of a later version, are passed over."""
    db = opened(folder)
    fill(db, 3)
    backup.back_up(db.path, folder / "backups", NOW - 3 * DAY)
    later = backup.back_up(db.path, folder / "backups", NOW - 2 * DAY)
    other = Database(later)
    with other.transaction() as connection:
        connection.execute("PRAGMA user_version = 99")
    other.close()
    bad = backup.back_up(db.path, folder / "backups", NOW - DAY)
    bad.write_bytes(bad.read_bytes()[:5000])
    db.close()
    assert backup.restore(folder / "qunfa.db", folder / "backups", NOW, len(MIGRATIONS)).taken_at == NOW - 3 * DAY


def test_no_copy_of_a_damaged_file(folder: Path) -> None:
    """A damaged database does not push a good copy out, and leaves no half copy."""
    db = opened(folder)
    fill(db, 40)
    db.close()
    whole = bytearray(db.path.read_bytes())
    middle = len(whole) // 2 // 4096 * 4096
    whole[middle : middle + 4096 * 6] = b"\xff" * 4096 * 6
    db.path.write_bytes(whole)
    with pytest.raises(StoreError):
        backup.back_up(db.path, folder / "backups", NOW)
    assert list((folder / "backups").iterdir()) == []


# --- the marker -------------------------------------------------------------------------------------


def begin(folder: Path) -> str:
    """Open, look at the marker, renew it, close: what a start does."""
    db = opened(folder)
    marker = Marker(db, folder / "qunfa.marker")
    changed = marker.changed()
    marker.renew()
    db.close()
    return changed


def test_marker_of_an_ordinary_profile(folder: Path) -> None:
    """A new profile and every later start agree with themselves."""
    assert [begin(folder) for _ in range(4)] == [""] * 4


def test_dying_between_the_two_notes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash between the file and the database is no copy."""
    begin(folder)
    db = opened(folder)
    monkeypatch.setattr(Database, "set_meta", lambda *args: (_ for _ in ()).throw(StoreError("store.full")))
    with pytest.raises(StoreError):
        Marker(db, folder / "qunfa.marker").renew()
    monkeypatch.undo()
    db.close()
    assert [begin(folder), begin(folder)] == ["", ""]


def test_marker_of_copies(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A copied folder, a folder restored as a whole, an older database, a backup, a lost note: all noticed."""
    begin(folder)
    elsewhere = tmp_path_factory.mktemp("other") / "copy"
    shutil.copytree(folder, elsewhere)
    assert begin(elsewhere) == COPIED
    assert begin(elsewhere) == ""
    old = (folder / "qunfa.db").read_bytes()
    begin(folder)
    (folder / "qunfa.db").write_bytes(old)
    assert begin(folder) == RESTORED
    assert begin(folder) == ""
    db = opened(folder)
    copy = backup.back_up(db.path, folder / "backups", NOW)
    db.close()
    shutil.copy(copy, folder / "qunfa.db")
    assert begin(folder) == RESTORED
    aside = folder.with_name("aside")
    folder.rename(aside)
    shutil.copytree(aside, folder)
    assert begin(folder) == COPIED
    (folder / "qunfa.marker").unlink()
    assert begin(folder) == RESTORED
