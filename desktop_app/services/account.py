"""Credentials, connection test, remaining quota: the accounts as a user knows them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from desktop_app.errors import SecretNeeded
from desktop_app.job import Job
from desktop_app.secrets import Secrets
from desktop_app.services import connection_check
from desktop_app.services.connection_check import CheckResult, CheckRow, ConnectForm, client_proxy, format_problem
from desktop_app.services.quota import Quota, Quotas
from desktop_app.store.accounts import Account, Accounts
from desktop_app.wechat import WeChatClient

__all__ = ["AccountService", "CheckResult", "CheckRow", "ConnectForm", "Quota", "format_problem"]

DEFAULT_BASE_URL = "https://api.weixin.qq.com"


class AccountService:
    """Every method may be called from any thread; what asks the key store may wait for it."""

    def __init__(
        self,
        accounts: Accounts,
        secrets: Secrets,
        *,
        now: Callable[[], float] = time.time,
        make_client: Callable[..., WeChatClient] = WeChatClient,
    ) -> None:
        self._accounts = accounts
        self._secrets = secrets
        self._now = now
        self._make_client = make_client
        self._quotas = Quotas(accounts, now)
        self._lock = threading.Lock()
        self._clients: dict[int, tuple[tuple[str, str, str], WeChatClient]] = {}
        self._mass_rights: dict[str, bool] = {}  # by AppID, from connection checks of this session

    # --- which accounts there are ---------------------------------------------------------------------

    def list(self) -> list[Account]:
        """All connected accounts, in the order in which they were connected."""
        return self._accounts.list()

    def current(self) -> Account | None:
        """The account that the window works with."""
        return self._accounts.current()

    def set_current(self, account_id: int) -> None:
        """Choose the account that the window works with. Raises StoreError."""
        self._accounts.set_current(account_id)

    def get(self, account_id: int) -> Account:
        """One account, removed or not. Raises StoreError ``account.unknown``."""
        return self._accounts.get(account_id)

    def add(
        self,
        app_id: str,
        secret: str,
        *,
        name: str,
        kind: str,
        base_url: str = DEFAULT_BASE_URL,
        proxy: str = "system",
        picture: str = "",
        is_sandbox: bool = False,
        keep_secret: bool = True,
    ) -> Account:
        """Connect an account and keep its AppSecret (a rehearsal account's only for this session).

        Raises StoreError ``account.exists`` if it is connected already.
        """
        account = self._accounts.add(
            app_id.strip(),
            name=name,
            kind=kind,
            base_url=base_url,
            proxy=proxy,
            picture=picture,
            is_sandbox=is_sandbox,
        )
        if account.app_id in self._mass_rights:
            account = self._accounts.update(account.id, mass_send_right=self._mass_rights[account.app_id])
        if is_sandbox or not keep_secret:
            self._secrets.type(account.app_id, secret.strip())
        else:
            self._secrets.put(account.app_id, secret.strip())
        return account

    def update(self, account_id: int, **fields: Any) -> Account:
        """Change fields of an account by name; see ``Accounts.update``."""
        return self._accounts.update(account_id, **fields)

    def remove(self, account_id: int) -> bool:
        """Disconnect an account: its AppSecret goes, its ledger stays, another account becomes current.

        False: the key store would not delete its copy (locked, perhaps); the person has to do it there.
        """
        account = self._accounts.get(account_id)
        gone = self._secrets.forget(account.app_id)
        self._accounts.remove(account_id)
        self._drop_client(account_id)
        return gone

    # --- AppSecrets -----------------------------------------------------------------------------------

    def change_secret(self, account_id: int, secret: str) -> bool:
        """Keep a new AppSecret; False: only for this session, there is no key store."""
        return self._secrets.put(self._accounts.get(account_id).app_id, secret.strip())

    def type_secret(self, account_id: int, secret: str) -> None:
        """Use an AppSecret for this session only."""
        self._secrets.type(self._accounts.get(account_id).app_id, secret.strip())

    def has_secret(self, account_id: int) -> bool:
        """Whether calls can be made without asking the person."""
        return self._secrets.get(self._accounts.get(account_id).app_id) is not None

    def secret_is_kept(self, account_id: int) -> bool:
        """Whether the key store holds the AppSecret, so that the next run will not ask."""
        app_id = self._accounts.get(account_id).app_id
        self._secrets.get(app_id)
        return self._secrets.is_kept(app_id)

    def key_store_available(self) -> bool:
        """Whether this computer has a key store that works."""
        return self._secrets.available

    # --- WeChat ---------------------------------------------------------------------------------------

    def client(self, account_id: int) -> WeChatClient:
        """The account's client: one, kept until secret, address or proxy change.

        Raises SecretNeeded if the AppSecret has to be typed, StoreError for an unknown account.
        """
        account = self._accounts.get(account_id)
        secret = self._secrets.get(account.app_id)
        if secret is None:
            raise SecretNeeded(account_id)
        key = (secret, account.base_url, account.proxy)
        with self._lock:
            known = self._clients.get(account_id)
            if known is not None and known[0] == key:
                return known[1]
            client = self._make_client(
                account.app_id, secret, base_url=account.base_url, proxy=client_proxy(account.proxy)
            )
            self._clients[account_id] = (key, client)
        if known is not None:
            known[1].close()
        return client

    def check(self, form: ConnectForm, job: Job) -> CheckResult:
        """The live connection check: harmless calls only, each row out by ``job.report``. Raises Cancelled.

        Whether the account may mass-send is remembered with it, now or when it is added.
        """
        result = connection_check.check(form, job, make_client=self._make_client)
        right = result.rights.get("mass")
        if right is not None:
            self._mass_rights[form.app_id.strip()] = right
            account = self._accounts.by_app_id(form.app_id.strip())
            if account is not None and account.mass_send_right != right:
                self._accounts.update(account.id, mass_send_right=right)
        return result

    def note_ip(self, account_id: int, ip: str) -> tuple[str, str] | None:
        """Remember the address that WeChat saw; (old, new) if it is another one than last time."""
        old = self._accounts.get(account_id).last_ip
        if not ip or ip == old:
            return None
        self._accounts.update(account_id, last_ip=ip)
        return (old, ip) if old else None

    # --- quota ----------------------------------------------------------------------------------------

    def quota(self, account_id: int) -> Quota:
        """What is left by the local record (Beijing time)."""
        return self._quotas.get(self._accounts.get(account_id))

    def correct_quota(self, account_id: int, left: int) -> Quota:
        """The person knows better: ``left`` more are possible in this period."""
        return self._quotas.correct(self._accounts.get(account_id), left)

    def quota_refused(self, account_id: int) -> Quota:
        """WeChat said 45028: nothing is left in this period, whatever we counted."""
        return self._quotas.correct(self._accounts.get(account_id), 0)

    def close(self) -> None:
        """Close all clients."""
        with self._lock:
            clients = [client for _, client in self._clients.values()]
            self._clients.clear()
        for client in clients:
            client.close()

    def _drop_client(self, account_id: int) -> None:
        with self._lock:
            known = self._clients.pop(account_id, None)
        if known is not None:
            known[1].close()
