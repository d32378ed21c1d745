"""素材库 with 10,000 items: the whole list, a search and the counts beside the bare queries; where a file is used."""

from __future__ import annotations

import hashlib
import json
import statistics
import tempfile
import time
from collections.abc import Callable

from desktop_app.services import Profile, open_profile
from tests.bench._row import Row, ratio, rounds

ITEMS = 10_000
SENDS = 1_000
ROUNDS = 11
LIST_GOAL_MS, SEARCH_GOAL_MS, USES_GOAL_MS = 100.0, 50.0, 100.0


def measure() -> list[Row]:
    """A profile of its own: half of the items are files of this computer, half are WeChat's alone."""
    with (
        tempfile.TemporaryDirectory(prefix="qunfa-bench-") as folder,
        open_profile(folder, secrets={"wx0000000000bench1": "x" * 32}) as profile,
    ):
        account = profile.account_store.by_app_id("wx0000000000bench1")
        assert account is not None
        fill(profile, account.id)
        return _list(profile, account.id) + _uses(profile, account.id)


def _list(profile: Profile, account_id: int) -> list[Row]:
    library = profile.library
    ways: dict[str, Callable[[], object]] = {
        "query": lambda: bare(profile, account_id),
        "items": lambda: library.items(account_id),
        "name": lambda: library.items(account_id, order="name"),
        "word": lambda: library.items(account_id, text="9999"),
        "counts": lambda: library.counts(account_id),
    }
    assert len(library.items(account_id)) == ITEMS
    found = rounds({name: _timed(work) for name, work in ways.items()}, ROUNDS)
    usual = {name: statistics.median(times) for name, times in found.items()}
    what = f"library of {ITEMS:,}"

    def row(name: str, words: str, goal_ms: float) -> Row:
        met = usual[name] <= goal_ms
        return Row(
            f"{what}: {words}", usual[name], "ms", ratio(found[name], found["query"]), f"<= {goal_ms:g} ms", met
        )

    return [
        Row(f"{what}: bare queries of both tables", usual["query"], "ms"),
        row("items", "the whole list", LIST_GOAL_MS),
        row("name", "the whole list by name", LIST_GOAL_MS),
        row("word", "a search", SEARCH_GOAL_MS),
        row("counts", "counts of the tabs", SEARCH_GOAL_MS),
    ]


def _uses(profile: Profile, account_id: int) -> list[Row]:
    with profile.db.transaction() as connection:
        connection.executemany(
            """INSERT INTO send (account_id, kind, title, message, content, audience, confirmed_at, changed_at)
            VALUES (?, 'news', '春茶', '{}', ?, '{}', ?, ?)""",
            [(account_id, _article(number), number, number) for number in range(SENDS)],
        )
    key = f"file:{_sha256(1)}"
    assert len(profile.library.uses(account_id, key)) == 1
    work = _timed(lambda: profile.library.uses(account_id, key))
    spent = statistics.median(work() for _ in range(ROUNDS))
    what = f"where a file is used, among {SENDS:,} sends of articles"
    return [Row(what, spent, "ms", None, f"<= {USES_GOAL_MS:g} ms", spent <= USES_GOAL_MS)]


def _timed(work: Callable[[], object]) -> Callable[[], float]:
    def once() -> float:
        started = time.perf_counter()
        work()
        return (time.perf_counter() - started) * 1000

    return once


def bare(profile: Profile, account_id: int) -> None:
    """What has to be read in any case, without a list made of it."""
    profile.db.read(
        "SELECT u.*, f.* FROM upload u JOIN media_file f USING (sha256) WHERE account_id = ?", (account_id,)
    )
    profile.db.read("SELECT * FROM material WHERE account_id = ?", (account_id,))


def fill(profile: Profile, account_id: int, count: int = ITEMS) -> None:
    """So many items; the files are empty, for nothing here looks into them."""
    now = profile.now()
    half = [(_sha256(number), number) for number in range(count // 2)]
    for sha256, _ in half:
        (profile.paths.media / f"{sha256}.jpg").touch()
    with profile.db.transaction() as connection:
        connection.executemany(
            """INSERT INTO media_file (sha256, kind, format, name, path, size_bytes, width, height, added_at)
            VALUES (?, 'image', 'jpeg', ?, ?, 0, 1080, 720, ?)""",
            [(sha256, f"茶园 {number}.jpg", f"{sha256}.jpg", now - number) for sha256, number in half],
        )
        connection.executemany(
            """INSERT INTO upload (account_id, sha256, use, media_id, created_at, expires_at)
            VALUES (?, ?, 'temp.image', ?, ?, ?)""",
            [(account_id, sha256, f"T{number:060}", now, now + 60 * number) for sha256, number in half],
        )
        connection.executemany(
            """INSERT INTO material (account_id, media_id, kind, name, url, updated_at, seen)
            VALUES (?, ?, 'image', ?, ?, ?, 1)""",
            [
                (account_id, f"W{number:060}", f"网站 {number}.jpg", f"http://mmbiz/{number}", now - number)
                for number in range(count // 2, count)
            ],
        )


def _article(number: int) -> str:
    text = "<p>山上的第一批茶，清明前采下。</p>" * 400  # 20 kB, a usual article
    return json.dumps({"articles": [{"title": "春茶", "html": f'{text}<img src="qunfa-media://{_sha256(number)}">'}]})


def _sha256(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()
