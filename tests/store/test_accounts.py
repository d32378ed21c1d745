"""The table of accounts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.errors import StoreError
from desktop_app.store.accounts import Account, Accounts
from desktop_app.store.database import Database


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "a.db", now=lambda: 1000.0)
    yield database
    database.close()


def add(accounts: Accounts, app_id: str = "wx1", **more) -> Account:
    return accounts.add(app_id, **{"name": "茶", "kind": "service", "base_url": "https://x", **more})


def test_an_account_survives_a_restart(db: Database):
    """Every field comes back with its type; nothing of a secret is there."""
    made = add(Accounts(db), proxy="http://me:pw@proxy:8080", picture="/p.png")
    again = Accounts(db).get(made.id)
    assert again == made
    assert (again.is_sandbox, again.api_protection, again.mass_send_right) == (False, False, None)
    assert again.created_at == 1000.0
    assert "pw" not in repr(again)


def test_the_first_account_becomes_current(db: Database):
    """A second one does not take its place; choosing does."""
    accounts = Accounts(db)
    assert accounts.current() is None
    first, second = add(accounts), add(accounts, "wx2")
    assert accounts.current() == first
    accounts.set_current(second.id)
    assert Accounts(db).current() == second
    assert accounts.list() == [first, second]


def test_one_appid_is_one_account(db: Database):
    """Connecting it twice is refused by its code."""
    accounts = Accounts(db)
    add(accounts)
    with pytest.raises(StoreError) as caught:
        add(accounts)
    assert caught.value.code == "account.exists"


@pytest.mark.parametrize(("fields", "error"), [({"kind": "robot"}, StoreError), ({"app_id": "wx2"}, TypeError)])
def test_an_impossible_change_is_refused(db: Database, fields: dict, error: type[Exception]):
    """An unknown kind, a field that cannot change."""
    accounts = Accounts(db)
    account = add(accounts)
    with pytest.raises(error):
        accounts.update(account.id, **fields)
    assert accounts.get(account.id) == account


def test_fields_change_by_name(db: Database):
    """What WeChat said and what the person chose."""
    accounts = Accounts(db)
    account = add(accounts)
    changed = accounts.update(account.id, mass_send_right=False, api_protection=True, kind="subscription")
    assert (changed.mass_send_right, changed.api_protection, changed.kind) == (False, True, "subscription")
    assert accounts.update(account.id, mass_send_right=None).mass_send_right is None


def test_a_removed_account_leaves_its_row(db: Database):
    """Another one becomes current; the same AppID comes back with the same id."""
    accounts = Accounts(db)
    first, second = add(accounts), add(accounts, "wx2")
    accounts.remove(first.id)
    assert accounts.current() == second
    assert accounts.list() == [second]
    assert accounts.by_app_id("wx1") is None
    assert accounts.get(first.id).removed_at == 1000.0
    assert [each.id for each in accounts.list(include_removed=True)] == [first.id, second.id]
    with pytest.raises(StoreError):
        accounts.set_current(first.id)
    back = add(accounts, name="又来")
    assert (back.id, back.removed_at, back.name) == (first.id, None, "又来")
    accounts.remove(first.id)
    accounts.remove(second.id)
    assert accounts.current() is None


def test_an_unknown_account_is_named(db: Database):
    """By its code, without a traceback of SQL."""
    with pytest.raises(StoreError) as caught:
        Accounts(db).get(7)
    assert caught.value.code == "account.unknown"


def test_a_quota_correction_is_kept(db: Database):
    """As it was given."""
    accounts = Accounts(db)
    account = add(accounts)
    assert accounts.quota_correction(account.id) == {}
    accounts.set_quota_correction(account.id, {"period": "2026-11", "left": 2, "used": 1})
    assert Accounts(db).quota_correction(account.id) == {"period": "2026-11", "left": 2, "used": 1}
