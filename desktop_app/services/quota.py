"""How many mass sends are left this month or today, counted from the local record. No API tells it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from desktop_app.store.accounts import Account, Accounts

# WeChat counts in Beijing time; China has had no summer time since 1991, and Windows has no zone data.
BEIJING = datetime.timezone(datetime.timedelta(hours=8))

SERVICE_PER_MONTH = 4  # sends to all; tag and list sends are limited per follower, which nobody can know
SUBSCRIPTION_PER_DAY = 1  # any send


@dataclass(frozen=True)
class Quota:
    """``left`` of ``total`` mass sends this "month" (服务号) or "day" (订阅号), 按本机记录.

    ``corrected``: the person or WeChat (45028) said a number in this period; our own count goes on from there.
    """

    total: int
    left: int
    period: str
    corrected: bool


def period_of(kind: str, at: float) -> tuple[str, float]:
    """Name and start (Unix seconds) of the period that ``at`` lies in: a Beijing month or day."""
    local = datetime.datetime.fromtimestamp(at, BEIJING)
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if kind == "service":
        start = start.replace(day=1)
        return start.strftime("%Y-%m"), start.timestamp()
    return start.strftime("%Y-%m-%d"), start.timestamp()


class Quotas:
    """The quota of each account. What is in doubt counts as used."""

    def __init__(self, accounts: Accounts, now: Callable[[], float]) -> None:
        self._accounts = accounts
        self._now = now

    def get(self, account: Account) -> Quota:
        """The quota as the local record and the last correction have it."""
        name, used = self._used(account)
        total = SERVICE_PER_MONTH if account.kind == "service" else SUBSCRIPTION_PER_DAY
        period = "month" if account.kind == "service" else "day"
        correction = self._accounts.quota_correction(account.id)
        if correction.get("period") == name:
            left = int(correction["left"]) - (used - int(correction["used"]))
            return Quota(total, max(0, left), period, True)
        return Quota(total, max(0, total - used), period, False)

    def correct(self, account: Account, left: int) -> Quota:
        """``left`` more are possible in this period, whatever we counted."""
        name, used = self._used(account)
        total = SERVICE_PER_MONTH if account.kind == "service" else SUBSCRIPTION_PER_DAY
        left = max(0, min(left, total))
        self._accounts.set_quota_correction(account.id, {"period": name, "left": left, "used": used})
        return self.get(account)

    def _used(self, account: Account) -> tuple[str, int]:
        name, since = period_of(account.kind, self._now())
        return name, self._accounts.sends_since(account.id, since, to_all_only=account.kind == "service")
