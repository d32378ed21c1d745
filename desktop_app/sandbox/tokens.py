"""Access tokens: the classic and the stable family, isolated from one another, each with its overlap.

A token is a digest of the AppSecret and its serial number, so the saved state holds no token.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import asdict, dataclass
from typing import Any

from .api import Refusal
from .clock import Clock

LIFE_S = 7200
OVERLAP_S = 300
FORCED_PAUSE_S = 30
FORCED_A_DAY = 20
_SHAPE = re.compile(r"\d{1,9}_[A-Za-z0-9_-]{100,512}")


@dataclass
class Issued:
    """One token of one family; `dies` is when it stops being the latest one."""

    family: str
    serial: int
    expires: float
    dies: float


class Tokens:
    """The tokens of one account; `salt` keeps two sandboxes' tokens apart."""

    def __init__(self, secret: str, salt: str, clock: Clock) -> None:
        self._secret = secret
        self._salt = salt
        self._clock = clock
        self._serial = 0
        self._issued: list[Issued] = []
        self._text: dict[int, str] = {}
        self._forced_at = 0.0
        self._forced_day = ""
        self._forced_count = 0

    def classic(self) -> tuple[str, int]:
        """A new token and its life in seconds; the one before it lives on for five minutes."""
        now = self._clock.now()
        for old in self._issued:
            if old.family == "classic":
                old.dies = min(old.dies, now + OVERLAP_S)
        return self._issue("classic")

    def stable(self, *, force: bool = False) -> tuple[str, int]:
        """The valid token and what remains of its life; with `force` a new one at once. Raises 45009 on the 21st."""
        now = self._clock.now()
        family = [one for one in self._issued if one.family == "stable" and one.dies > now and one.expires > now]
        latest = family[-1] if family else None
        if force and latest and now - self._forced_at >= FORCED_PAUSE_S:
            self._count_forced()
            for old in family:
                old.dies = now
            self._forced_at = now
            return self._issue("stable")
        if latest and latest.expires - now > OVERLAP_S:
            return self._token(latest.serial), int(latest.expires - now)
        return self._issue("stable")

    def _count_forced(self) -> None:
        if self._forced_day != self._clock.day():
            self._forced_day, self._forced_count = self._clock.day(), 0
        if self._forced_count >= FORCED_A_DAY:
            raise Refusal(45009)
        self._forced_count += 1

    def _issue(self, family: str) -> tuple[str, int]:
        now = self._clock.now()
        self._serial += 1
        self._issued.append(Issued(family, self._serial, now + LIFE_S, now + LIFE_S))
        while len(self._issued) > 200:
            self._text.pop(self._issued.pop(0).serial, None)
        return self._token(self._serial), LIFE_S

    def _token(self, serial: int) -> str:
        if serial not in self._text:
            source = f"{self._secret}|{self._salt}|{serial}".encode()
            digest = hashlib.shake_256(source).digest(150)
            self._text[serial] = f"{serial}_" + base64.urlsafe_b64encode(digest).decode()
        return self._text[serial]

    def check(self, token: str) -> bool:
        """Whether the token is this account's and valid; False for another's. Raises 40001, 42001."""
        for one in self._issued:
            if self._token(one.serial) == token:
                now = self._clock.now()
                if now >= one.expires:
                    raise Refusal(42001)
                if now >= one.dies:
                    raise Refusal(40001)
                return True
        return False

    def take_away(self) -> None:
        """Another system fetched a token: no token of this account is the latest any more."""
        now = self._clock.now()
        for one in self._issued:
            one.dies = min(one.dies, now)

    def expire(self) -> None:
        """Let every token run out now."""
        now = self._clock.now()
        for one in self._issued:
            one.expires = min(one.expires, now)

    def to_state(self) -> dict[str, Any]:
        """Everything but the tokens themselves, as JSON values."""
        return {
            "salt": self._salt,
            "serial": self._serial,
            "issued": [asdict(one) for one in self._issued],
            "forced": [self._forced_at, self._forced_day, self._forced_count],
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take over what `to_state` gave."""
        self._salt = state["salt"]
        self._serial = state["serial"]
        self._issued = [Issued(**one) for one in state["issued"]]
        self._text.clear()
        self._forced_at, self._forced_day, self._forced_count = state["forced"]


def is_well_formed(token: str) -> bool:
    """Whether a text looks like a token at all: a stranger's gives 40001, a malformed one 40014."""
    return _SHAPE.fullmatch(token) is not None
