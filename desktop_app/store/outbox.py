"""Sends and their batches: intents written before any request, legal transitions, the story, quick lists."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from desktop_app.errors import StoreError
from desktop_app.store.database import Database
from desktop_app.store.outbox_codec import (
    COLUMNS,
    batch_from,
    from_json,
    header_of,
    row_from,
    seal_of,
    sha256_of,
    stored,
    to_json,
)
from desktop_app.store.outbox_types import (
    GROUPS,
    HEAL_WANTED,
    HEALED,
    NOT_HEALED,
    STORY_CODES,
    TRANSITIONS,
    Batch,
    Due,
    NewBatch,
    NewSend,
    OutboxRow,
    State,
    StoryLine,
    combined_state,
    group_of,
)

__all__ = [
    "GROUPS",
    "HEALED",
    "HEAL_WANTED",
    "NOT_HEALED",
    "STORY_CODES",
    "TRANSITIONS",
    "Batch",
    "Due",
    "NewBatch",
    "NewSend",
    "Outbox",
    "OutboxRow",
    "State",
    "StoryLine",
]

CHANGEABLE = tuple(name for name in COLUMNS if name not in ("id", "send_id", "number", "client_msg_id", "path"))
BATCH_COLUMNS = ", ".join(f"b.{name}" for name in COLUMNS)
DUE_COLUMNS = (
    f"{BATCH_COLUMNS}, s.account_id, s.confirmed_at, s.not_before AS scheduled_at,"
    " json_extract(s.audience, '$.type') = 'all' AS to_all"
)
IN_ORDER = "ORDER BY coalesce(s.not_before, s.confirmed_at), s.id, b.number"


class Outbox:
    """The ledger of all sends. Every method is one short transaction or one read; all raise StoreError."""

    def __init__(self, db: Database, now: Callable[[], float] = time.time) -> None:
        self._db = db
        self._now = now

    # --- writing ------------------------------------------------------------------------------------

    def add(self, send: NewSend, batches: Sequence[NewBatch]) -> int:
        """Write one send and all its batches; returns the send's id."""
        now = self._now()
        with self._db.transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO send (account_id, kind, title, message, content, content_hash, audience, people,"
                " send_ignore_reprint, confirmed_at, not_before, changed_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    send.account_id,
                    send.kind,
                    send.title,
                    to_json(send.message),
                    to_json(send.content),
                    send.content_hash,
                    to_json(send.audience),
                    send.people,
                    send.send_ignore_reprint,
                    now,
                    send.not_before,
                    now,
                ),
            )
            send_id = cursor.lastrowid or 0
            for number, new in enumerate(batches, start=1):
                self._add_batch(connection, send_id, number, new, send.not_before)
            self._tell(connection, send_id, None, "queued", {"batches": len(batches)})
        return send_id

    def claim(self, due: Due, repeats_until: float) -> tuple[Batch, bytes] | None:
        """Commit that an attempt is about to leave and give its exact bytes; None if the row changed meanwhile.

        ``repeats_until`` is kept from the first attempt on. A row that does not fit its seal is not given out:
        then StoreError ``store.row_damaged``.
        """
        now = self._now()
        with self._db.transaction() as connection:
            found = self._sealed(connection, due.batch)
            if found is None:
                return None
            batch, body = found
            claimed = self._write(
                connection,
                batch,
                "submitting",
                {"attempt": batch.attempts + 1, "repeat": batch.in_doubt},
                state=State.SUBMITTING,
                attempts=batch.attempts + 1,
                first_left_at=now if batch.first_left_at is None else batch.first_left_at,
                last_left_at=now,
                repeats_until=repeats_until if batch.repeats_until is None else batch.repeats_until,
                not_before=None,
                asked_at=None,
            )
        return claimed, body

    def body(self, batch: Batch) -> bytes | None:
        """The exact bytes that would leave; None if the row is not as ``batch`` has it. Raises like ``claim``."""
        with self._db.transaction() as connection:
            found = self._sealed(connection, batch)
        return None if found is None else found[1]

    def reseal(self, batch: Batch, body: bytes, code: str, args: dict[str, Any], **changes: Any) -> Batch | None:
        """Other bytes for a request of which nothing has left; None if the row changed meanwhile.

        Only a first attempt that is queued may get them: StoreError ``store.transition`` otherwise, and
        ``store.row_damaged`` as from ``claim``.
        """
        with self._db.transaction() as connection:
            if self._sealed(connection, batch) is None:
                return None
            if batch.state is not State.QUEUED or batch.in_doubt:
                raise StoreError("store.transition", old=str(batch.state), new=str(State.QUEUED))
            connection.execute("UPDATE batch_body SET body = ? WHERE batch_id = ?", (body, batch.id))
            return self._write(connection, batch, code, args, body_sha256=sha256_of(body), **changes)

    def change(self, batch: Batch, code: str, args: dict[str, Any] | None = None, **changes: Any) -> Batch:
        """Change a batch and tell its story in one transaction.

        ``changes`` are columns of ``Batch``; a new ``state`` has to be a legal transition. Raises StoreError
        ``store.changed`` if the row is not as ``batch`` has it any more.
        """
        with self._db.transaction() as connection:
            return self._write(connection, batch, code, args or {}, **changes)

    def change_all(
        self, batches: Iterable[Batch], code: str, args: dict[str, Any] | None = None, **changes: Any
    ) -> list[int]:
        """The same change for several batches, in one transaction; returns the sends that were touched.

        A batch that somebody else has changed meanwhile is left as it is.
        """
        touched = dict[int, None]()
        with self._db.transaction():
            for batch in batches:
                try:
                    self.change(batch, code, args, **changes)
                except StoreError as error:
                    if error.code != "store.changed":
                        raise
                else:
                    touched[batch.send_id] = None
        return list(touched)

    def tell(self, send_id: int, number: int | None, code: str, args: dict[str, Any] | None = None) -> None:
        """Write a story line that goes with no change of state."""
        with self._db.transaction() as connection:
            self._tell(connection, send_id, number, code, args or {})

    @contextmanager
    def together(self) -> Iterator[None]:
        """All changes inside are one transaction."""
        with self._db.transaction():
            yield

    def postpone_poll(self, batch: Batch, next_poll_at: float | None) -> None:
        """Write down that WeChat was asked and when to ask again: no state, so no story."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE batch SET polled_at = ?, next_poll_at = ? WHERE id = ?", (self._now(), next_poll_at, batch.id)
            )

    def retime_polls(self, at: float) -> None:
        """Ask about everything that is open at ``at`` (the clock jumped: older plans mean nothing)."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE batch SET next_poll_at = ? WHERE state IN (?, ?) AND msg_id IS NOT NULL",
                (at, State.ACCEPTED, State.WAITING_ADMIN),
            )

    # --- reading ------------------------------------------------------------------------------------

    def row(self, send_id: int) -> OutboxRow:
        """One send with its batches. Raises StoreError ``store.no_send``."""
        rows = self._rows(self._db.read("SELECT * FROM send WHERE id = ?", (send_id,)))
        if not rows:
            raise StoreError("store.no_send", send_id=send_id)
        return rows[0]

    def story(self, send_id: int) -> list[StoryLine]:
        """What happened to a send, oldest first."""
        lines = self._db.read("SELECT * FROM story WHERE send_id = ? ORDER BY id", (send_id,))
        return [StoryLine(line["at"], line["code"], from_json(line["args"]), line["batch_number"]) for line in lines]

    def page(
        self,
        account_id: int,
        *,
        group: str = "all",
        kind: str = "",
        search: str = "",
        since: float | None = None,
        before: tuple[float, int] | None = None,
        limit: int = 200,
    ) -> list[OutboxRow]:
        """Newest first. ``before`` is (confirmed_at, id) of the last row of the page before."""
        where, params = _filter(account_id, kind, search, since)
        if group != "all":
            where += " AND s.grp = ?"
            params.append(group)
        if before is not None:
            where += " AND (s.confirmed_at, s.id) < (?, ?)"
            params.extend(before)
        return self._rows(
            self._db.read(
                f"SELECT s.* FROM send s WHERE {where} ORDER BY s.confirmed_at DESC, s.id DESC LIMIT ?",
                [*params, limit],
            )
        )

    def counts(
        self, account_id: int, *, kind: str = "", search: str = "", since: float | None = None
    ) -> dict[str, int]:
        """How many sends each group has, and ``all`` of them."""
        where, params = _filter(account_id, kind, search, since)
        found = self._db.read(f"SELECT s.grp, count(*) AS n FROM send s WHERE {where} GROUP BY s.grp", params)
        counts = dict.fromkeys(GROUPS, 0) | {row["grp"]: row["n"] for row in found}
        return {"all": sum(counts.values()), **counts}

    def due(self, account_id: int, now: float) -> list[Due]:
        """What may leave now, first attempts and repeats, in the order of confirmation."""
        return self._dues(
            "b.state IN (?, ?) AND b.waits_for_person = 0 AND s.account_id = ?"
            " AND (b.not_before <= ? OR (b.not_before IS NULL AND b.state = ?))",
            (State.QUEUED, State.UNSURE, account_id, now, State.QUEUED),
        )

    def next_due(self, account_id: int) -> float | None:
        """When an account's next attempt may leave or its next wait ends (0: at once); None: nothing is timed."""
        row = self._db.one(
            "SELECT min(coalesce(b.not_before, 0)) AS at FROM batch b JOIN send s ON s.id = b.send_id"
            " WHERE b.state IN (?, ?, ?) AND b.waits_for_person = 0 AND s.account_id = ?"
            " AND (b.not_before IS NOT NULL OR b.state = ?)",
            (State.QUEUED, State.UNSURE, State.WAITING_ADMIN, account_id, State.QUEUED),
        )
        return None if row is None else row["at"]

    def poll_due(self, account_id: int, now: float) -> list[Due]:
        """Accepted batches whose status is to be asked now, the most overdue first."""
        return self._dues(
            "b.state IN (?, ?) AND b.msg_id IS NOT NULL AND b.next_poll_at <= ? AND s.account_id = ?",
            (State.ACCEPTED, State.WAITING_ADMIN, now, account_id),
            order="ORDER BY b.next_poll_at, b.id",
        )

    def next_poll(self, account_id: int) -> float | None:
        """When WeChat is to be asked next about an account's jobs."""
        row = self._db.one(
            "SELECT min(b.next_poll_at) AS at FROM batch b JOIN send s ON s.id = b.send_id"
            " WHERE b.state IN (?, ?) AND s.account_id = ?",
            (State.ACCEPTED, State.WAITING_ADMIN, account_id),
        )
        return None if row is None else row["at"]

    def in_state(
        self, states: Collection[State], *, account_id: int | None = None, send_id: int | None = None
    ) -> list[Due]:
        """All batches in one of the states, of everybody, of one account or of one send, in order."""
        where, params = f"b.state IN ({_marks(states)})", list[Any](states)
        for name, value in (("s.account_id", account_id), ("s.id", send_id)):
            if value is not None:
                where += f" AND {name} = ?"
                params.append(value)
        return self._dues(where, params)

    def open_accounts(self) -> tuple[int, ...]:
        """Accounts with something that a timer may have to touch."""
        found = self._db.read(
            "SELECT DISTINCT s.account_id FROM batch b JOIN send s ON s.id = b.send_id"
            f" WHERE b.state IN ({_marks(TIMED)}) ORDER BY 1",
            TIMED,
        )
        return tuple(row["account_id"] for row in found)

    def latest_time(self) -> float | None:
        """When the newest story line was written: the clock was that far once."""
        row = self._db.one("SELECT at FROM story ORDER BY id DESC LIMIT 1")
        return row["at"] if row is not None and isinstance(row["at"], float) else None

    def departures(self, since: float) -> list[tuple[int, float]]:
        """(account, time) of the attempts since ``since``: what the rate limit counts at start."""
        found = self._db.read(
            "SELECT s.account_id, t.at FROM story t JOIN send s ON s.id = t.send_id"
            " WHERE t.code = 'submitting' AND t.at >= ? AND t.id > (SELECT coalesce(max(id), 0) - 2000 FROM story)"
            " ORDER BY t.id",
            (since,),
        )
        return [(row["account_id"], row["at"]) for row in found]

    # --- inside -------------------------------------------------------------------------------------

    def _add_batch(
        self, connection: sqlite3.Connection, send_id: int, number: int, new: NewBatch, not_before: float | None
    ) -> None:
        cursor = connection.execute(
            "INSERT INTO batch (send_id, number, client_msg_id, path, body_sha256, seal, people, state, not_before)"
            " VALUES (?, ?, ?, ?, ?, '', ?, ?, ?)",
            (send_id, number, new.client_msg_id, new.path, sha256_of(new.body), new.people, State.QUEUED, not_before),
        )
        connection.execute("INSERT INTO batch_body (batch_id, body) VALUES (?, ?)", (cursor.lastrowid, new.body))
        batch = batch_from(connection.execute("SELECT * FROM batch WHERE id = ?", (cursor.lastrowid,)).fetchone())
        seal = seal_of(header_of(connection, send_id), batch)
        connection.execute("UPDATE batch SET seal = ? WHERE id = ?", (seal, batch.id))

    def _sealed(self, connection: sqlite3.Connection, wanted: Batch) -> tuple[Batch, bytes] | None:
        found = connection.execute(
            f"SELECT {BATCH_COLUMNS}, b.seal, y.body FROM batch b JOIN batch_body y ON y.batch_id = b.id"
            " WHERE b.id = ?",
            (wanted.id,),
        ).fetchone()
        if found is None or (batch := batch_from(found)) != wanted:
            return None
        body, header = found["body"], header_of(connection, batch.send_id)
        whole = isinstance(body, bytes) and sha256_of(body) == batch.body_sha256
        if not whole or found["seal"] != seal_of(header, batch):
            raise StoreError("store.row_damaged", send_id=batch.send_id)
        return batch, body

    def _write(
        self, connection: sqlite3.Connection, old: Batch, code: str, args: dict[str, Any], **changes: Any
    ) -> Batch:
        found = connection.execute(f"SELECT {BATCH_COLUMNS} FROM batch b WHERE b.id = ?", (old.id,)).fetchone()
        if found is None or batch_from(found) != old:
            raise StoreError("store.changed", send_id=old.send_id)
        new = replace(old, **changes)
        if new.state is not old.state and not _legal(old, new):
            raise StoreError("store.transition", old=str(old.state), new=str(new.state))
        values = {name: stored(name, getattr(new, name)) for name in CHANGEABLE}
        values["seal"] = seal_of(header_of(connection, old.send_id), new)
        columns = ", ".join(f"{name} = :{name}" for name in values)
        connection.execute(f"UPDATE batch SET {columns} WHERE id = :id", {**values, "id": old.id})
        self._tell(connection, old.send_id, old.number, code, args)
        return new

    def _tell(
        self, connection: sqlite3.Connection, send_id: int, number: int | None, code: str, args: dict[str, Any]
    ) -> None:
        if unknown := set(args) - set(STORY_CODES[code]):
            raise ValueError(f"story {code} has no {unknown}")
        now = self._now()
        connection.execute(
            "INSERT INTO story (send_id, batch_number, at, code, args) VALUES (?, ?, ?, ?, ?)",
            (send_id, number, now, code, to_json(args)),
        )
        kinds = connection.execute(
            "SELECT DISTINCT state, waits_for_person FROM batch WHERE send_id = ?", (send_id,)
        ).fetchall()
        group = group_of(
            combined_state({State(row["state"]) for row in kinds}), any(row["waits_for_person"] for row in kinds)
        )
        connection.execute("UPDATE send SET changed_at = ?, grp = ? WHERE id = ?", (now, group, send_id))

    def _rows(self, sends: Sequence[sqlite3.Row]) -> list[OutboxRow]:
        ids = [send["id"] for send in sends]
        batches: dict[int, list[Batch]] = {send_id: [] for send_id in ids}
        found = self._db.read(
            f"SELECT {BATCH_COLUMNS} FROM batch b WHERE b.send_id IN ({_marks(ids)}) ORDER BY b.number", ids
        )
        for batch in map(batch_from, found):
            batches[batch.send_id].append(batch)
        return [row_from(send, tuple(batches[send["id"]])) for send in sends]

    def _dues(self, where: str, params: Sequence[Any], order: str = IN_ORDER) -> list[Due]:
        found = self._db.read(
            f"SELECT {DUE_COLUMNS} FROM batch b JOIN send s ON s.id = b.send_id WHERE {where} {order}", params
        )
        return [
            Due(batch_from(row), row["account_id"], row["confirmed_at"], row["scheduled_at"], bool(row["to_all"]))
            for row in found
        ]


TIMED = (State.QUEUED, State.SUBMITTING, State.UNSURE, State.ACCEPTED, State.WAITING_ADMIN)


def _legal(old: Batch, new: Batch) -> bool:
    """The table of transitions, and what doubt forbids: it never ends in "nothing went out"."""
    if new.in_doubt and old.state is State.SUBMITTING and new.state in (State.QUEUED, State.FAILED):
        return False
    if old.in_doubt and not new.in_doubt:
        return False
    if old.state is State.ACCEPTED and new.marked and old.msg_id is not None:
        return False
    return new.state in TRANSITIONS[old.state]


def _filter(account_id: int, kind: str, search: str, since: float | None) -> tuple[str, list[Any]]:
    where, params = "s.account_id = ?", list[Any]([account_id])
    if kind:
        where += " AND s.kind = ?"
        params.append(kind)
    if since is not None:
        where += " AND s.confirmed_at >= ?"
        params.append(since)
    if search := search.strip():
        like = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        where += " AND (s.title LIKE ? ESCAPE '\\' OR json_extract(s.audience, '$.name') LIKE ? ESCAPE '\\'"
        params += [like, like]
        if search.isascii() and search.isdigit():
            where += " OR s.id IN (SELECT send_id FROM batch WHERE msg_id LIKE ?)"
            params.append(like)
        where += ")"
    return where, params


def _marks(values: Collection[Any]) -> str:
    return ",".join("?" * len(values))
