"""The file: durability, one process, migrations, damage (promises D1, D3, D4, D5, A9)."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from desktop_app.errors import StoreError
from desktop_app.store import backup, database, schema
from desktop_app.store.database import Database, ProfileLock
from desktop_app.store.outbox import NewBatch, NewSend, Outbox, State

NOW = 1_795_000_000.0


def an_account(db: Database) -> None:
    with db.transaction() as connection:
        connection.execute(
            "INSERT INTO account (app_id, name, kind, base_url, created_at) VALUES ('wx1', 'n', 'service', 'x', 1)"
        )


def a_send(outbox: Outbox, text: str = "a", size: int = 200) -> int:
    message = {"msgtype": "text", "text": {"content": text}}
    new = NewBatch(f"key-{text}-{random.random()}", "/cgi-bin/message/mass/sendall", text.encode() * size, 5)
    return outbox.add(NewSend(1, "text", text, message, {"type": "tag", "name": "标签"}), [new])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path


def opened(folder: Path, now: float = NOW) -> Database:
    return Database(folder / "qunfa.db", backups=folder / "backups", now=lambda: now)


# --- durable ----------------------------------------------------------------------------------------


def test_pragmas(folder: Path) -> None:
    """WAL, synchronous FULL, foreign keys: read back, not only set (D4, P12)."""
    db = opened(folder)
    values = {name: db.one(f"PRAGMA {name}")[0] for name in ("journal_mode", "synchronous", "foreign_keys")}  # type: ignore[index]
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    db.close()


def test_file_modes(folder: Path) -> None:
    """Database, its log and its copies are readable by this person only (E6)."""
    db = opened(folder)
    an_account(db)
    backup.back_up(db.path, folder / "backups", NOW)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) >= 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600 if os.name == "posix" else 0o666}
    db.close()


def test_all_or_nothing(folder: Path) -> None:
    """A transaction that fails leaves nothing; one inside another belongs to it."""
    db = opened(folder)

    def fail_at_the_end() -> None:
        with db.transaction():
            db.set_meta("a", "1")
            with db.transaction():
                db.set_meta("b", "2")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_at_the_end()
    assert (db.meta("a"), db.meta("b")) == ("", "")
    with pytest.raises(StoreError) as caught, db.transaction() as connection:
        connection.execute("SELECT nothing FROM nowhere")
    assert caught.value.code == "store.error"
    db.set_meta("a", "3")
    assert db.meta("a") == "3"
    db.close()


def test_threads_share_one_connection(folder: Path) -> None:
    """Eight threads write; every write is there."""
    db = opened(folder)

    def write(number: int) -> None:
        for step in range(25):
            db.set_meta(f"{number}.{step}", "x")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert db.one("SELECT count(*) FROM meta WHERE value = 'x'")[0] == 200  # type: ignore[index]
    db.close()


# --- one process ------------------------------------------------------------------------------------


def test_lock_in_one_process(folder: Path) -> None:
    """The second taker is refused at once, even in the same process; after release it is free."""
    lock = ProfileLock(folder / "qunfa.lock")
    with pytest.raises(StoreError) as caught:
        ProfileLock(folder / "qunfa.lock")
    assert caught.value.code == "store.in_use"
    lock.release()
    lock.release()
    ProfileLock(folder / "qunfa.lock").release()


def test_lock_between_processes(folder: Path) -> None:
    """Another process holds the lock: refused within 2 s; killed, it lets go."""
    code = (
        "import sys, time; from pathlib import Path; from desktop_app.store.lock import ProfileLock;"
        "lock = ProfileLock(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    path = folder / "qunfa.lock"
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        started = time.monotonic()
        with pytest.raises(StoreError) as caught:
            ProfileLock(path)
        assert caught.value.code == "store.in_use"
        assert time.monotonic() - started < 2
        other.kill()
        other.wait()
    ProfileLock(path).release()


# --- versions ---------------------------------------------------------------------------------------


def test_migration_makes_a_copy_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older file is copied, then brought up to date, with everything that was in it (D5)."""
    db = opened(folder)
    an_account(db)
    a_send(Outbox(db))
    db.close()
    newer = (*schema.MIGRATIONS, "ALTER TABLE account ADD COLUMN colour TEXT NOT NULL DEFAULT 'green'")
    monkeypatch.setattr(database, "MIGRATIONS", newer)
    db = opened(folder)
    assert db.one("SELECT colour FROM account")["colour"] == "green"  # type: ignore[index]
    assert db.one("SELECT count(*) FROM send")[0] == 1  # type: ignore[index]
    db.close()
    copies = backup.backups(folder / "backups")
    assert len(copies) == 1
    assert backup.is_good(copies[0], len(schema.MIGRATIONS))


def test_failed_migration_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that fails half-way leaves the file as it was."""
    opened(folder).close()
    monkeypatch.setattr(database, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE half (a); SELECT nothing"))
    with pytest.raises(StoreError):
        opened(folder)
    monkeypatch.undo()
    db = opened(folder)
    assert db.restored_from is None
    assert db.one("SELECT count(*) FROM sqlite_master WHERE name = 'half'")[0] == 0  # type: ignore[index]
    db.close()


def test_newer_file_is_refused(folder: Path) -> None:
    """A file of a later version is refused, with both versions, and not touched (D5)."""
    db = opened(folder)
    with db.transaction() as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'version'")
        connection.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreError) as caught:
        opened(folder)
    assert caught.value.code == "store.newer"
    assert caught.value.args_ == {"version": 99, "known": len(schema.MIGRATIONS)}


# --- a full disk ------------------------------------------------------------------------------------


def limit_pages(db: Database, more: int) -> None:
    pages = db.one("PRAGMA page_count")[0]  # type: ignore[index]
    db.one(f"PRAGMA max_page_count = {pages + more}")


def test_disk_full_at_every_write(folder: Path) -> None:
    """However little room is left: a send is there whole or not at all, and the file stays good (D1)."""
    db = opened(folder)
    an_account(db)
    outbox = Outbox(db)
    kept, codes = 0, set[str]()
    for room in range(12):
        limit_pages(db, room)
        try:
            a_send(outbox, "x", 20_000)
            kept += 1
        except StoreError as error:
            codes.add(error.code)
        counts = [db.one(f"SELECT count(*) FROM {table}")[0] for table in ("send", "batch", "batch_body")]  # type: ignore[index]
        assert counts == [kept] * 3
    assert kept
    assert codes == {"store.full"}
    db.one("PRAGMA max_page_count = 1000000")
    assert db.one("PRAGMA quick_check")[0] == "ok"  # type: ignore[index]
    a_send(outbox)
    db.close()


def test_no_claim_on_a_full_disk(folder: Path) -> None:
    """If it cannot be written that an attempt leaves, its bytes are not given out."""
    db = opened(folder)
    an_account(db)
    outbox = Outbox(db, lambda: NOW)
    a_send(outbox)
    due = outbox.due(1, NOW)[0]
    limit_pages(db, 0)
    with contextlib.suppress(StoreError):  # use up what room the last pages have
        for _ in range(10_000):
            outbox.tell(due.batch.send_id, None, "cancelled")
    with pytest.raises(StoreError) as caught:
        outbox.claim(due, NOW)
    assert caught.value.code == "store.full"
    assert outbox.row(due.batch.send_id).state is State.QUEUED
    db.close()


# --- damage -----------------------------------------------------------------------------------------


def a_profile(folder: Path) -> bytes:
    """A database with waiting, cancelled and in-doubt sends, a copy of it, and the bytes of the file."""
    db = opened(folder)
    an_account(db)
    outbox = Outbox(db, lambda: NOW)
    for number in range(8):
        a_send(outbox, str(number))
    for due in outbox.in_state([State.QUEUED]):
        if due.batch.id % 2:
            outbox.change(due.batch, "waits", {"reason": "wx.40164"}, waits_for_person=True)
        else:
            outbox.change(due.batch, "cancelled", state=State.CANCELLED)
    backup.back_up(db.path, folder / "backups", NOW - 3600)
    db.close()
    return db.path.read_bytes()


def what_would_leave(folder: Path) -> int:
    """Open a perhaps damaged profile as the app does and take everything out that it would send."""
    try:
        db = opened(folder)
    except StoreError:
        return 0
    left = 0
    try:
        outbox = Outbox(db, lambda: NOW)
        for account_id in outbox.open_accounts():
            for due in outbox.due(account_id, NOW + 1e6):
                with contextlib.suppress(StoreError):
                    left += outbox.claim(due, NOW) is not None
        outbox.page(1)
        outbox.counts(1)
    except StoreError:
        return left
    finally:
        with contextlib.suppress(StoreError):
            db.close()
    return left


def clear(folder: Path) -> None:
    for path in folder.glob("qunfa.db*"):
        path.unlink()


@pytest.mark.expects_log("the database is damaged")
def test_cut_anywhere(folder: Path, long_run: bool) -> None:
    """Cut at any 512-byte step it opens, or the newest copy takes its place; nothing is sent by it (D3)."""
    whole = a_profile(folder)
    restored = 0
    steps = range(0, len(whole), 512)
    for size in steps if long_run else [*steps[:40], *steps[40::7]]:
        clear(folder)
        (folder / "qunfa.db").write_bytes(whole[:size])
        db = opened(folder)
        if db.restored_from is not None:
            assert db.restored_from.taken_at == NOW - 3600
            assert db.restored_from.damaged.read_bytes() == whole[:size]
            restored += 1
        assert db.one("SELECT count(*) FROM send")[0] == 8  # type: ignore[index]
        db.close()
        assert what_would_leave(folder) == 0
    assert restored > 10


@pytest.mark.expects_log("the database is damaged")
def test_flipped_bits(folder: Path, long_run: bool) -> None:
    """Whatever bit flips: no crash, and nothing that waits, was cancelled or sent leaves because of it (D3)."""
    whole = a_profile(folder)
    seed = random.SystemRandom().randrange(1 << 30)
    print("seed", seed)
    chance = random.Random(seed)
    for _ in range(10_000 if long_run else 300):
        clear(folder)
        flipped = bytearray(whole)
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        (folder / "qunfa.db").write_bytes(flipped)
        assert what_would_leave(folder) == 0


def test_a_changed_row_does_not_leave(folder: Path) -> None:
    """A row that somebody or something changed behind the program's back does not fit its seal and stays."""
    db = opened(folder)
    an_account(db)
    outbox = Outbox(db, lambda: NOW)
    changes = {
        "waits_for_person": "UPDATE batch SET waits_for_person = 0",
        "not_before": "UPDATE batch SET not_before = 1, waits_for_person = 0",
        "body": "UPDATE batch_body SET body = x'00'; UPDATE batch SET waits_for_person = 0",
        "state": "UPDATE batch SET state = 'queued', waits_for_person = 0",
        "account": "UPDATE send SET title = 'x'; UPDATE batch SET waits_for_person = 0",
    }
    for number, sql in enumerate(changes.values()):
        send_id = a_send(outbox, str(number))
        batch = outbox.row(send_id).batches[0]
        outbox.change(batch, "waits", {"reason": "x"}, waits_for_person=True)
        db._connection.executescript(sql)
        for due in outbox.due(1, NOW):
            with pytest.raises(StoreError) as caught:
                outbox.claim(due, NOW)
            assert caught.value.code == "store.row_damaged"
    db.close()


@pytest.mark.expects_log("the database is damaged")
@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100, None])
def test_lost_file(folder: Path, content: bytes | None) -> None:
    """Emptied, overwritten or gone: the newest good copy comes back."""
    a_profile(folder)
    clear(folder)
    if content is not None:
        (folder / "qunfa.db").write_bytes(content)
    db = opened(folder)
    assert db.restored_from is not None
    assert db.one("SELECT count(*) FROM send")[0] == 8  # type: ignore[index]
    db.close()


@pytest.mark.expects_log("the database is damaged")
def test_no_good_copy(folder: Path) -> None:
    """Without a good copy it begins anew, says so, and keeps the damaged file."""
    (folder / "qunfa.db").write_bytes(b"garbage" * 1000)
    (folder / "backups" / "qunfa-20260101-000000.db").write_bytes(b"garbage" * 1000)
    db = opened(folder)
    assert db.restored_from is not None
    assert db.restored_from.taken_at is None
    assert db.restored_from.damaged.read_bytes() == b"garbage" * 1000
    assert db.one("SELECT count(*) FROM send")[0] == 0  # type: ignore[index]
    db.close()


def test_folder_that_cannot_be_used(folder: Path) -> None:
    """A path that is no file is an error with a code, not a traceback of SQLite."""
    (folder / "qunfa.db").mkdir()
    with pytest.raises(StoreError) as caught:
        opened(folder)
    assert caught.value.code == "store.folder"
    shutil.rmtree(folder / "qunfa.db")
