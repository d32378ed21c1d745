"""The ledger: one durable intent beside a bare fdatasync, and pages of 100,000 sends beside their query."""

from __future__ import annotations

import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial

from desktop_app.services import Profile, open_profile
from desktop_app.wechat import Audience, TextMessage
from tests.bench._row import Row, ratio, rounds

INTENTS = 40
PAGES = 10
PAGE_ROWS = 200
SENDS = 100_000
ROUNDS = 11
COMMIT_GOAL, PAGE_GOAL, DEEP_GOAL, SEARCH_GOAL_MS = 2.0, 2.0, 2.0, 100.0

TEXT = "春茶上新，三月 27 日起门店试饮。\n" * 41  # a text may have 2,048 bytes


def measure() -> list[Row]:
    """A profile of its own, on the disk where temporary files lie."""
    with (
        tempfile.TemporaryDirectory(prefix="qunfa-bench-") as folder,
        open_profile(folder, secrets={"wx0000000000bench1": "x" * 32}) as profile,
    ):
        account = profile.account_store.by_app_id("wx0000000000bench1")
        assert account is not None
        profile.accounts.set_current(account.id)
        return _intents(profile) + _pages(profile, account.id)


def _ms_each(work: Callable[[], object], count: int) -> float:
    """The median of so many times, in ms: one slow write of the disk is not the usual one."""
    times = []
    for _ in range(count):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


# --- one intent ---------------------------------------------------------------------------------------


def _intents(profile: Profile) -> list[Row]:
    audience = Audience.tag(134)
    send_id = profile.sending.queue(TextMessage(TEXT), audience)
    body = profile.db.read("SELECT body FROM batch_body ORDER BY batch_id DESC LIMIT 1")[0]["body"]
    synchronous = profile.db.read("PRAGMA synchronous")[0][0]
    assert synchronous == 2, f"synchronous is {synchronous}, not FULL"
    raw = os.open(profile.paths.data / "raw.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    logged = bytes(_logged_bytes(profile, lambda: profile.sending.queue(TextMessage(TEXT), audience)))

    def queue() -> None:
        profile.sending.queue(TextMessage(TEXT), audience)

    def change() -> None:
        batch = profile.outbox.row(send_id).batches[0]
        profile.outbox.change(batch, "waits", {"reason": "net.dns"}, reason="net.dns")

    ways = {
        "raw": lambda: _write_raw(raw, body),
        "raw log": lambda: _write_raw(raw, logged),
        "queue": queue,
        "change": change,
    }
    found = rounds({name: partial(_ms_each, work, INTENTS) for name, work in ways.items()}, ROUNDS)
    os.close(raw)
    raw_us = statistics.median(found["raw"]) * 1000
    rows = [Row(f"raw write and fdatasync of the request's {len(body):,} bytes", raw_us, "µs")]
    for name, what, goal in (
        ("raw log", f"the same of the {len(logged):,} bytes that queue() adds to SQLite's log", None),
        ("queue", "queue(): one intent, durable", COMMIT_GOAL),
        ("change", "one change of state, durable", None),
    ):
        times = ratio(found[name], found["raw"])
        told = (f"<= {goal:g} x", times <= goal) if goal else ("", None)
        rows.append(Row(what, statistics.median(found[name]) * 1000, "µs", times, *told))
    times = ratio(found["queue"], found["raw log"])
    rows.append(Row("queue() over a raw write of its log", statistics.median(found["queue"]) * 1000, "µs", times))
    return rows


def _write_raw(file: int, data: bytes) -> None:
    os.write(file, data)
    getattr(os, "fdatasync", os.fsync)(file)


def _logged_bytes(profile: Profile, work: Callable[[], object]) -> int:
    """By how much the write-ahead log grows; it has to be emptied first, or its old room is used again."""
    log = profile.paths.database.with_name(profile.paths.database.name + "-wal")
    profile.db.read("PRAGMA wal_checkpoint(TRUNCATE)")
    work()
    return log.stat().st_size


# --- pages --------------------------------------------------------------------------------------------


def _pages(profile: Profile, account_id: int) -> list[Row]:
    fill(profile, SENDS)
    outbox, db = profile.outbox, profile.db
    deep = db.read(
        "SELECT confirmed_at, id FROM send ORDER BY confirmed_at DESC LIMIT 1 OFFSET ?", (SENDS * 9 // 10,)
    )
    before = (deep[0]["confirmed_at"], deep[0]["id"])
    ways: dict[str, Callable[[], object]] = {
        "query": lambda: bare_page(db.read, account_id),
        "first": lambda: outbox.page(account_id, limit=PAGE_ROWS),
        "deep": lambda: outbox.page(account_id, limit=PAGE_ROWS, before=before),
        "group": lambda: outbox.page(account_id, group="done", limit=PAGE_ROWS),
        "counts": lambda: outbox.counts(account_id),
    }
    found = rounds({name: partial(_ms_each, work, PAGES) for name, work in ways.items()}, ROUNDS)
    usual = {name: statistics.median(times) for name, times in found.items()}
    first, deeper = ratio(found["first"], found["query"]), ratio(found["deep"], found["first"])
    what = f"history of {SENDS:,}"
    rows = [
        Row(f"{what}: bare keyset queries, {PAGE_ROWS} rows", usual["query"], "ms"),
        Row(f"{what}: first page", usual["first"], "ms", first, f"<= {PAGE_GOAL:g} x", first <= PAGE_GOAL),
        Row(
            f"{what}: page at 90 % over first",
            usual["deep"],
            "ms",
            deeper,
            f"<= {DEEP_GOAL:g} x",
            deeper <= DEEP_GOAL,
        ),
        Row(f"{what}: first page of 已结束", usual["group"], "ms", ratio(found["group"], found["query"])),
        Row(f"{what}: counts of all groups", usual["counts"], "ms"),
    ]
    for words, text in (
        ("a word of every title", "试饮"),
        ("a word of the oldest title", "#99999"),
        ("nothing", "茉莉"),
    ):
        spent = _ms_each(partial(outbox.page, account_id, search=text, limit=1), 5)
        goal = (f"<= {SEARCH_GOAL_MS:g} ms", spent <= SEARCH_GOAL_MS)
        rows.append(Row(f"{what}: first result, search for {words}", spent, "ms", None, *goal))
    return rows


def bare_page(read: Callable[..., list[sqlite3.Row]], account_id: int) -> list[sqlite3.Row]:
    """What a page asks of SQLite, and nothing more: the sends by the index, then their batches."""
    sends = read(
        "SELECT * FROM send WHERE account_id = ? ORDER BY confirmed_at DESC, id DESC LIMIT ?", (account_id, PAGE_ROWS)
    )
    marks = ", ".join("?" * len(sends))
    return read(f"SELECT * FROM batch WHERE send_id IN ({marks}) ORDER BY number", [send["id"] for send in sends])


def fill(profile: Profile, count: int) -> None:
    """Copy the newest send so many times into the past, a minute apart, as sends that succeeded."""
    (newest,) = profile.db.read("SELECT max(id) AS id FROM send")
    sends = [name for name in _columns(profile, "send") if name != "id"]
    batches = [name for name in _columns(profile, "batch") if name != "id"]
    at = {"confirmed_at": "confirmed_at - n.i * 60", "title": "title || ' #' || n.i", "grp": "'done'"}
    of_batch = {
        "send_id": "copy.id",
        "client_msg_id": "lower(hex(randomblob(16)))",
        "state": "'succeeded'",
        "msg_id": "copy.id",
    }
    with profile.db.transaction() as connection:
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            f" INSERT INTO send ({', '.join(sends)}) SELECT {', '.join(at.get(name, name) for name in sends)}"
            " FROM n JOIN send ON send.id = ?",
            (count, newest["id"]),
        )
        values = ", ".join(of_batch.get(name, f"batch.{name}") for name in batches)
        connection.execute(
            f"INSERT INTO batch ({', '.join(batches)}) SELECT {values} FROM batch JOIN send copy ON copy.id > ?"
            " WHERE batch.send_id = ?",
            (newest["id"], newest["id"]),
        )


def _columns(profile: Profile, table: str) -> list[str]:
    return [row["name"] for row in profile.db.read(f"PRAGMA table_info({table})")]
