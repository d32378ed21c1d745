"""How the outbox lies in its tables: rows to values and back, and the seal that shows a damaged row."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import fields
from typing import Any

from desktop_app.errors import StoreError
from desktop_app.store.outbox_types import Batch, OutboxRow, State

COLUMNS = tuple(each.name for each in fields(Batch))


def header_of(connection: sqlite3.Connection, send_id: int) -> tuple[Any, ...]:
    """The part of a send that its batches' seals cover."""
    sql = "SELECT account_id, confirmed_at, not_before FROM send WHERE id = ?"
    return tuple(connection.execute(sql, (send_id,)).fetchone())


def seal_of(header: tuple[Any, ...], batch: Batch) -> str:
    """Hash of everything that decides whether and when these bytes may leave.

    SQLite keeps no checksums: one flipped bit could turn "waits for a person" into "send now". A row that
    does not fit its seal stays where it is (promise D3).
    """
    decisive = (
        *header,
        batch.client_msg_id,
        batch.path,
        batch.body_sha256,
        str(batch.state),
        batch.attempts,
        batch.in_doubt,
        batch.waits_for_person,
        *(None if at is None else float(at) for at in (batch.not_before, batch.repeats_until, batch.last_left_at)),
    )
    return sha256_of(repr(decisive).encode())[:32]


def row_from(send: sqlite3.Row, batches: tuple[Batch, ...]) -> OutboxRow:
    """A send and its batches as one value. Raises StoreError ``store.damaged``."""
    values = {each.name: send[each.name] for each in fields(OutboxRow) if each.name != "batches"}
    _check_types(values)
    for name in ("message", "content", "audience"):
        values[name] = from_json(values[name])
    return OutboxRow(**values, batches=batches)


def batch_from(row: sqlite3.Row) -> Batch:
    """A batch as a value; other columns of the row are left out. Raises StoreError ``store.damaged``."""
    values = {name: row[name] for name in COLUMNS}
    _check_types(values)
    try:
        values["state"] = State(values["state"])
        values["reason_args"] = from_json(values["reason_args"])
        values["deleted_articles"] = tuple(from_json(values["deleted_articles"]))
        for name in ("msg_id", "msg_data_id"):
            values[name] = None if values[name] is None else int(values[name])
    except (ValueError, TypeError) as error:
        raise StoreError("store.damaged", detail=type(error).__name__) from error
    for name in ("in_doubt", "waits_for_person", "marked"):
        values[name] = bool(values[name])
    return Batch(**values)


TEXTS = frozenset(
    {"client_msg_id", "path", "body_sha256", "state", "reason", "reason_args", "msg_id", "msg_data_id"}
    | {"deleted_articles", "kind", "title", "message", "content", "content_hash", "audience"}
)


def _check_types(values: dict[str, Any]) -> None:
    """SQLite takes any type in any column: after damage a number may be a text."""
    for name, value in values.items():
        if value is not None and isinstance(value, str) is not (name in TEXTS):
            raise StoreError("store.damaged", detail=name)


def stored(name: str, value: Any) -> Any:
    """A field of ``Batch`` as its column holds it."""
    if isinstance(value, dict | tuple):
        return to_json(value)
    return str(value) if name in ("msg_id", "msg_data_id") and value is not None else value


def to_json(value: Any) -> str:
    """Compact JSON in readable characters."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Any:
    """The value of a JSON column. Raises StoreError ``store.damaged``."""
    try:
        return json.loads(text)
    except (ValueError, TypeError) as error:
        raise StoreError("store.damaged", detail=type(error).__name__) from error


def sha256_of(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()
