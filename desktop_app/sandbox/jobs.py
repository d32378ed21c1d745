"""Mass-send jobs: what was accepted, and what has become of it on the sandbox's clock."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

ADMIN_S = 30 * 60
KEY_LIFE_S = 24 * 3600
KEY_PAUSE_S = 60
START_S = 3.0
A_MINUTE = (800_000, 600_000, 450_000, 300_000, 100_000)
REAL_SPEED = (80, 60, 45, 30, 10)
_BASE = 3_147_483_652  # above 2^31: a 32-bit mistake shows
_HUGE = 2**53 + 1  # a float would round these


def msg_id_of(number: int) -> int:
    """The id of the n-th job: above 2^31, every third above 2^53 and odd."""
    return _HUGE + 2 * (number * 7919) if number % 3 == 2 else _BASE + number * 104_729


@dataclass
class Job:
    """An accepted mass send. `body_sha256`: its exact bytes; `medias`: SHA-256 of the files that it sends."""

    msg_id: int
    endpoint: str
    kind: str
    created_at: float
    people: int
    to_all: bool
    body_sha256: str
    clientmsgid: str | None
    key: str
    seconds: float
    outcome: str = "success"
    msg_data_id: int | None = None
    medias: list[str] = field(default_factory=list)
    articles: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    protected: bool = False
    admin: str = "silent"
    admin_at: float = 0.0

    def status(self, now: float) -> str:
        """WeChat's word for it: SENDING, SEND_SUCCESS, SEND_FAIL or DELETE."""
        if len(self.deleted) >= max(1, len(self.articles)):
            return "DELETE"
        start = self.created_at
        if self.protected:
            if self.admin == "refuse":
                return "SEND_FAIL"
            if self.admin == "silent":
                return "SENDING" if now < self.created_at + ADMIN_S else "SEND_FAIL"
            start = self.admin_at
        if now < start + self.seconds:
            return "SENDING"
        return {"success": "SEND_SUCCESS", "fail": "SEND_FAIL", "delete": "DELETE"}[self.outcome]

    def waits(self, now: float) -> bool:
        """Whether the administrator has still to confirm it."""
        return self.protected and self.admin == "silent" and now < self.created_at + ADMIN_S

    def answer(self, word: str, now: float) -> None:
        """The administrator says `confirm` or `refuse`; too late after 30 minutes."""
        if self.waits(now) and word in ("confirm", "refuse"):
            self.admin, self.admin_at = word, now


def seconds_of(people: int, speed: int) -> float:
    """How long a job takes at a speed of 0 (fast) to 4 (slow)."""
    return START_S + people / A_MINUTE[speed] * 60


class Jobs:
    """All jobs of one account, and the memory of their keys."""

    def __init__(self) -> None:
        self.by_id: dict[int, Job] = {}
        self._by_key: dict[str, Job] = {}
        self._refused_at: dict[str, float] = {}

    def add(self, job: Job) -> None:
        """Enter an accepted job; it holds its key from now on."""
        self.by_id[job.msg_id] = job
        self._by_key[job.key] = job

    def keyed(self, key: str, now: float) -> Job | None:
        """The job that took this key in the last 24 hours."""
        job = self._by_key.get(key)
        return job if job is not None and now - job.created_at < KEY_LIFE_S else None

    def repeated_too_fast(self, key: str, now: float) -> bool:
        """Whether this key was answered with 45065 less than a minute ago; if not, it is noted now."""
        last = self._refused_at.get(key)
        if last is not None and 0 <= now - last < KEY_PAUSE_S:
            return True
        self._refused_at[key] = now
        return False

    def to_state(self) -> dict[str, Any]:
        """Everything as JSON values."""
        return {"jobs": [asdict(job) for job in self.by_id.values()], "refused_at": self._refused_at}

    def load(self, state: dict[str, Any]) -> None:
        """Take over what `to_state` gave."""
        for item in state["jobs"]:
            self.add(Job(**item))
        self._refused_at = state["refused_at"]
