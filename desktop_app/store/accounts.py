"""Account (name, type, picture, API domain, proxy …), Accounts: the Official Accounts of this profile."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from desktop_app.errors import StoreError
from desktop_app.store.database import Database

KINDS = ("service", "subscription")
_CURRENT = "current_account"
_CHANGEABLE = (
    "name",
    "kind",
    "picture",
    "base_url",
    "proxy",
    "is_sandbox",
    "api_protection",
    "mass_send_right",
    "last_ip",
    "news_way",
)
NEWS_WAYS = ("draft", "uploadnews")


@dataclass(frozen=True)
class Account:
    """One Official Account. Its AppSecret is never here (see ``desktop_app.secrets``).

    ``kind``: "service" (服务号) or "subscription" (订阅号). ``proxy``: "system", "direct" or an address.
    ``mass_send_right``: None unknown, True or False as WeChat said (48001). ``last_ip``: the address of this
    computer that WeChat saw last. ``news_way`` (图文方式): "draft" (draft/add) or "uploadnews". Times are Unix
    seconds.
    """

    id: int
    app_id: str
    name: str
    kind: str
    picture: str
    base_url: str
    proxy: str = field(repr=False)
    is_sandbox: bool
    api_protection: bool
    mass_send_right: bool | None
    last_ip: str
    removed_at: float | None
    created_at: float
    news_way: str = "draft"


class Accounts:
    """The table of accounts, and which one is current."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def list(self, include_removed: bool = False) -> list[Account]:
        """All accounts in the order in which they were connected."""
        where = "" if include_removed else "WHERE removed_at IS NULL"
        return [_account(row) for row in self._db.read(f"SELECT * FROM account {where} ORDER BY id")]

    def get(self, account_id: int) -> Account:
        """One account, removed or not. Raises StoreError ``account.unknown``."""
        row = self._db.one("SELECT * FROM account WHERE id = ?", (account_id,))
        if row is None:
            raise StoreError("account.unknown", account_id=account_id)
        return _account(row)

    def by_app_id(self, app_id: str) -> Account | None:
        """The account with this AppID, unless it was removed."""
        row = self._db.one("SELECT * FROM account WHERE app_id = ? AND removed_at IS NULL", (app_id,))
        return _account(row) if row is not None else None

    def add(
        self,
        app_id: str,
        *,
        name: str,
        kind: str,
        base_url: str,
        proxy: str = "system",
        picture: str = "",
        is_sandbox: bool = False,
    ) -> Account:
        """Connect an account; a removed one comes back with its ledger. The first one becomes current.

        Raises StoreError ``account.exists`` or ``account.kind``.
        """
        if kind not in KINDS:
            raise StoreError("account.kind", kind=kind)
        with self._db.transaction() as connection:
            if self.by_app_id(app_id) is not None:
                raise StoreError("account.exists", app_id=app_id)
            connection.execute(
                """INSERT INTO account (app_id, name, kind, picture, base_url, proxy, is_sandbox, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (app_id) DO UPDATE SET name = excluded.name, kind = excluded.kind,
                    picture = excluded.picture, base_url = excluded.base_url, proxy = excluded.proxy,
                    is_sandbox = excluded.is_sandbox, mass_send_right = NULL, removed_at = NULL""",
                (app_id, name, kind, picture, base_url, proxy, is_sandbox, self._db.now()),
            )
            account = self.by_app_id(app_id)
            assert account is not None
            if self.current() is None:
                self.set_current(account.id)
            return account

    def update(self, account_id: int, **fields: Any) -> Account:
        """Change columns by name; returns the account as it is now. Raises StoreError, TypeError."""
        if unknown := [name for name in fields if name not in _CHANGEABLE]:
            raise TypeError(f"no such field: {unknown[0]}")
        if fields.get("kind", "service") not in KINDS:
            raise StoreError("account.kind", kind=fields["kind"])
        if fields.get("news_way", "draft") not in NEWS_WAYS:
            raise StoreError("account.news_way", news_way=fields["news_way"])
        if fields:
            columns = ", ".join(f"{name} = ?" for name in fields)
            with self._db.transaction() as connection:
                connection.execute(f"UPDATE account SET {columns} WHERE id = ?", (*fields.values(), account_id))
        return self.get(account_id)

    def remove(self, account_id: int) -> None:
        """Take an account out of the window; its ledger stays. Another one becomes current."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE account SET removed_at = ? WHERE id = ? AND removed_at IS NULL", (self._db.now(), account_id)
            )
            if self._db.meta(_CURRENT) == str(account_id):
                rest = self.list()
                self._db.set_meta(_CURRENT, str(rest[0].id) if rest else "")

    def current(self) -> Account | None:
        """The account that the window works with; None while there is none."""
        chosen = self._db.meta(_CURRENT)
        row = None
        if chosen.isdigit():
            row = self._db.one("SELECT * FROM account WHERE id = ? AND removed_at IS NULL", (int(chosen),))
        return _account(row) if row is not None else None

    def set_current(self, account_id: int) -> None:
        """Choose an account. Raises StoreError ``account.unknown`` for an unknown or removed one."""
        if self.get(account_id).removed_at is not None:
            raise StoreError("account.unknown", account_id=account_id)
        self._db.set_meta(_CURRENT, str(account_id))

    def quota_correction(self, account_id: int) -> dict[str, Any]:
        """What the person or WeChat said about the quota: ``{"period", "left", "used"}``; empty if nothing."""
        row = self._db.one("SELECT quota_correction FROM account WHERE id = ?", (account_id,))
        if row is None or not row[0]:
            return {}
        correction: dict[str, Any] = json.loads(row[0])
        return correction

    def set_quota_correction(self, account_id: int, correction: dict[str, Any]) -> None:
        """Remember a correction; see ``quota_correction``."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE account SET quota_correction = ? WHERE id = ?", (json.dumps(correction), account_id)
            )

    def sends_since(self, account_id: int, since: float, *, to_all_only: bool) -> int:
        """How many requests WeChat took, or may have taken, from ``since`` (Unix seconds) on."""
        states = "'submitting', 'accepted', 'waiting_admin', 'succeeded', 'unsure', 'deleted'"
        row = self._db.one(
            f"""SELECT COUNT(*) FROM batch JOIN send ON send.id = batch.send_id
            WHERE send.account_id = ? AND batch.state IN ({states})
            AND COALESCE(batch.accepted_at, batch.first_left_at) >= ?
            AND batch.first_left_at >= ? -- an index: accepted a day after it first left at the latest
            AND (? = 0 OR json_extract(send.audience, '$.type') = 'all')""",
            (account_id, since, since - 2 * 86_400, to_all_only),
        )
        return int(row[0]) if row is not None else 0


def _account(row: sqlite3.Row) -> Account:
    right = row["mass_send_right"]
    return Account(
        id=row["id"],
        app_id=row["app_id"],
        name=row["name"],
        kind=row["kind"],
        picture=row["picture"],
        base_url=row["base_url"],
        proxy=row["proxy"],
        is_sandbox=bool(row["is_sandbox"]),
        api_protection=bool(row["api_protection"]),
        mass_send_right=None if right is None else bool(right),
        last_ip=row["last_ip"],
        removed_at=row["removed_at"],
        created_at=row["created_at"],
        news_way=row["news_way"],
    )
