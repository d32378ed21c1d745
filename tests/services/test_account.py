"""Connecting, secrets and clients of accounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.errors import SecretNeeded
from desktop_app.job import Job
from desktop_app.secrets import SERVICE, Secrets
from desktop_app.services.account import AccountService
from desktop_app.store.accounts import Accounts
from desktop_app.store.database import Database

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def db(tmp_path: Path):
    database = Database(tmp_path / "a.db")
    yield database
    database.close()


@pytest.fixture
def service(db: Database):
    made = AccountService(Accounts(db), Secrets())
    yield made
    made.close()


def test_a_connected_account_is_known_after_a_restart(service: AccountService, db: Database, memory_keyring):
    """The secret lies in the key store, not in the database."""
    account = service.add("wx0123456789abcdef", f" {SECRET} ", name="茶", kind="service")
    assert memory_keyring.values == {(SERVICE, "wx0123456789abcdef"): SECRET}
    later = AccountService(Accounts(db), Secrets())
    assert later.current() == account
    assert later.has_secret(account.id)
    assert later.secret_is_kept(account.id)
    assert SECRET.encode() not in db.path.read_bytes()
    later.close()


def test_a_rehearsal_secret_never_reaches_the_key_store(service: AccountService, db: Database, memory_keyring):
    """It is built in: typed by the app at each start."""
    account = service.add("wx1", SECRET, name="演练", kind="service", is_sandbox=True)
    assert not memory_keyring.values
    assert service.has_secret(account.id)
    assert not service.secret_is_kept(account.id)
    later = AccountService(Accounts(db), Secrets())
    with pytest.raises(SecretNeeded) as caught:
        later.client(account.id)
    assert caught.value.account_id == account.id
    later.type_secret(account.id, SECRET)
    assert later.client(account.id) is not None
    assert not memory_keyring.values
    later.close()


def test_removing_takes_the_secret_and_leaves_the_ledger(service: AccountService, memory_keyring):
    """Another account becomes current; the row can still be read for the history."""
    first = service.add("wx1", SECRET, name="一", kind="service")
    second = service.add("wx2", SECRET, name="二", kind="subscription")
    service.client(first.id)
    assert service.remove(first.id)
    assert list(memory_keyring.values) == [(SERVICE, "wx2")]
    assert service.current() == second
    assert service.list() == [second]
    assert service.get(first.id).name == "一"
    with pytest.raises(SecretNeeded):
        service.client(first.id)


def test_the_client_is_kept_until_something_changes(service: AccountService):
    """One client, one token; a new secret, address or proxy makes another."""
    account = service.add("wx1", SECRET, name="一", kind="service")
    first = service.client(account.id)
    assert service.client(account.id) is first
    service.update(account.id, name="新名字", proxy="direct")
    second = service.client(account.id)
    assert second is not first
    service.change_secret(account.id, SECRET[::-1])
    third = service.client(account.id)
    assert third is not second
    service.update(account.id, base_url="https://sh.api.weixin.qq.com")
    assert service.client(account.id) is not third


def test_without_a_key_store_the_session_goes_on(db: Database):
    """The secret is asked for again in the next session, and this is said."""
    service = AccountService(Accounts(db), Secrets(use_os=False))
    account = service.add("wx1", SECRET, name="一", kind="service")
    assert not service.key_store_available()
    assert service.has_secret(account.id)
    assert not service.secret_is_kept(account.id)
    assert not service.change_secret(account.id, SECRET)
    service.close()


def test_a_changed_ip_is_noticed_once(service: AccountService):
    """The first address is only noted; another one later is a change."""
    account = service.add("wx1", SECRET, name="一", kind="service")
    assert service.note_ip(account.id, "203.0.113.1") is None
    assert service.note_ip(account.id, "203.0.113.1") is None
    assert service.note_ip(account.id, "") is None
    assert service.note_ip(account.id, "203.0.113.2") == ("203.0.113.1", "203.0.113.2")
    assert service.note_ip(account.id, "203.0.113.2") is None


def test_calls_reach_the_account(world):
    """The client of an account of the sandbox talks to it."""
    client = world.accounts.client(world.service)
    assert client.get_followers(job=Job()).total == 48216
    assert world.accounts.client(world.service) is client
