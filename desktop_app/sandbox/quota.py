"""Call quotas per day (Beijing) and per minute, and how many mass sends an account has left."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

from .api import Refusal
from .clock import Clock
from .switches import Switches

DAILY = {
    "token": 2000,
    "stable_token": 500_000,
    "mass": 100,
    "message/mass/preview": 100,
    "message/mass/delete": 10,
    "media/uploadnews": 10,
    "media/upload": 100_000,
    "media/get": 200_000,
    "user/get": 500,
    "user/info": 5_000_000,
    "user/info/updateremark": 10_000,
    "draft/add": 1000,
    "draft/update": 1000,
    "draft/delete": 1000,
    "draft/count": 1000,
    "draft/batchget": 1000,
    "draft/get": 500,
}
DAILY_OTHERS = 100_000
MASS_A_MINUTE = 60
OTHERS_A_MINUTE = 5000
CLEARS_A_MONTH = 10
SENDS_A_DAY = {"subscription": 1}
SENDS_TO_ALL_A_MONTH = {"service": 4}


class Quota:
    """The counters of one account. Calls are counted when they pass the gate, sends when they are accepted."""

    def __init__(self, kind: str, clock: Clock, switches: Switches) -> None:
        self._kind = kind
        self._clock = clock
        self._switches = switches
        self._day = ""
        self._calls: Counter[str] = Counter()
        self._sends: Counter[str] = Counter()
        self._clears: Counter[str] = Counter()
        self._minute: deque[float] = deque()

    def _today(self) -> Counter[str]:
        day = self._clock.day()
        if day != self._day:
            self._day = day
            self._calls.clear()
        return self._calls

    def count_call(self, name: str) -> None:
        """Count a call. Raises 45011 (60 mass calls a minute) and 45009 (the day's calls are used up)."""
        if name == "mass" and self._switches.minute_limit:
            now = self._clock.now()
            while self._minute and not 0 <= now - self._minute[0] < 60:
                self._minute.popleft()
            if len(self._minute) >= MASS_A_MINUTE:
                raise Refusal(45011)
            self._minute.append(now)
        calls = self._today()
        if self._switches.daily_quotas and calls[name] >= DAILY.get(name, DAILY_OTHERS):
            raise Refusal(45009)
        calls[name] += 1

    def use(self, name: str, calls: int) -> None:
        """Pretend that so many calls were made today (other programs of the company count too)."""
        self._today()[name] += calls

    def report(self, name: str) -> dict[str, Any]:
        """The answer of openapi/quota/get for one counter."""
        limit = DAILY.get(name, DAILY_OTHERS)
        used = min(self._today()[name], limit)
        return {
            "quota": {"daily_limit": limit, "used": used, "remain": limit - used},
            "rate_limit": {
                "call_count": MASS_A_MINUTE if name == "mass" else OTHERS_A_MINUTE,
                "refresh_second": 60,
            },
            "component_rate_limit": {"call_count": 0, "refresh_second": 0},
        }

    def clear(self) -> None:
        """Reset the calls of all paths. Raises 48006 after ten times in a month."""
        month = self._clock.month()
        if self._switches.daily_quotas and self._clears[month] >= CLEARS_A_MONTH:
            raise Refusal(48006)
        self._clears[month] += 1
        self._calls.clear()

    def check_send(self, *, to_all: bool) -> None:
        """Raises 45028 when this send would be one too many for the day (订阅号) or the month (服务号, to all)."""
        if self._switches.test_account:
            raise Refusal(45028)
        if not self._switches.send_quota:
            return
        if self._sends[self._clock.day()] >= SENDS_A_DAY.get(self._kind, 10**9):
            raise Refusal(45028)
        month = f"all {self._clock.month()}"
        if to_all and self._sends[month] >= SENDS_TO_ALL_A_MONTH.get(self._kind, 10**9):
            raise Refusal(45028)

    def count_send(self, *, to_all: bool) -> None:
        """Count an accepted send (also one made on the website)."""
        self._sends[self._clock.day()] += 1
        if to_all:
            self._sends[f"all {self._clock.month()}"] += 1

    def to_state(self) -> dict[str, Any]:
        """All counters as JSON values."""
        return {"day": self._day, "calls": self._calls, "sends": self._sends, "clears": self._clears}

    def load(self, state: dict[str, Any]) -> None:
        """Take over what `to_state` gave."""
        self._day = state["day"]
        self._calls = Counter(state["calls"])
        self._sends = Counter(state["sends"])
        self._clears = Counter(state["clears"])
