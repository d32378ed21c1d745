"""A simulated account: who it is, and everything WeChat keeps for it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from .api import Refusal
from .clock import Clock
from .jobs import Job, Jobs
from .media import MediaBox
from .people import FOLLOWERS, People
from .quota import Quota
from .store import Files
from .switches import Switches
from .tokens import Tokens


@dataclass(frozen=True)
class Identity:
    """A built-in account. Both are made up: such an AppID or AppSecret exists nowhere."""

    app_id: str
    app_secret: str = field(repr=False)
    name: str
    kind: str


SERVICE = Identity("wx00000000005a4d01", "5a4d0b0c" * 3 + "00000001", "岚间茶事（演练）", "service")
SUBSCRIPTION = Identity("wx00000000005a4d02", "5a4d0b0c" * 3 + "00000002", "岚间茶话（演练）", "subscription")


@dataclass
class Draft:
    """An entry of the draft box."""

    media_id: str
    articles: list[dict[str, Any]]
    created_at: int
    updated_at: int
    link_key: str


class Account:
    """One account with its tokens, quotas, people, media, drafts and jobs."""

    def __init__(self, identity: Identity, seed: str, clock: Clock, switches: Switches, files: Files) -> None:
        self.identity = identity
        chance = random.Random(f"{seed} {identity.app_id}")
        self.chance = chance
        self.clock = clock
        self.tokens = Tokens(identity.app_secret, f"{chance.getrandbits(64):016x}", clock)
        self.quota = Quota(identity.kind, clock, switches)
        self.people = People(identity.app_id)
        self.media = MediaBox(files, clock, chance)
        self.drafts: dict[str, Draft] = {}
        self.jobs = Jobs()
        self.speed = 3
        self.previews: list[dict[str, Any]] = []

    @property
    def app_id(self) -> str:
        """The AppID."""
        return self.identity.app_id

    @property
    def app_secret(self) -> str:
        """The AppSecret: built in, not a secret of anybody."""
        return self.identity.app_secret

    @property
    def name(self) -> str:
        """The name of the account."""
        return self.identity.name

    @property
    def kind(self) -> str:
        """`service` (服务号) or `subscription` (订阅号)."""
        return self.identity.kind

    def __repr__(self) -> str:
        return f"Account({self.app_id}, {self.kind})"

    def openids(self, count: int, start: int = 0) -> list[str]:
        """The openids of `count` followers, beginning with the one at `start`."""
        if start + count > FOLLOWERS:
            raise ValueError(f"there are {FOLLOWERS} followers")
        return list(self.people.openids[start : start + count])

    def draft(self, media_id: object) -> Draft:
        """The draft with this id. Raises 40007."""
        draft = self.drafts.get(media_id) if isinstance(media_id, str) else None
        if draft is None:
            raise Refusal(40007)
        return draft

    def job(self, msg_id: int | None) -> Job:
        """The job with this id. Raises 40059."""
        job = self.jobs.by_id.get(msg_id) if msg_id is not None else None
        if job is None:
            raise Refusal(40059)
        return job

    def to_state(self) -> dict[str, Any]:
        """Everything as JSON values, without tokens."""
        return {
            "tokens": self.tokens.to_state(),
            "quota": self.quota.to_state(),
            "people": self.people.to_state(),
            "media": self.media.to_state(),
            "drafts": [vars(draft) for draft in self.drafts.values()],
            "jobs": self.jobs.to_state(),
            "speed": self.speed,
            "previews": self.previews,
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take over what `to_state` gave."""
        self.tokens.load(state["tokens"])
        self.quota.load(state["quota"])
        self.people.load(state["people"])
        self.media.load(state["media"])
        self.media.forget_expired()
        self.drafts = {item["media_id"]: Draft(**item) for item in state["drafts"]}
        self.jobs.load(state["jobs"])
        self.speed = state["speed"]
        self.previews = state["previews"]

    def hashes(self) -> set[str]:
        """The SHA-256 of every file that belongs to something here."""
        found = {media.sha256 for media in self.media.items.values()} | set(self.media.pictures.values())
        for job in self.jobs.by_id.values():
            found |= {job.body_sha256, *job.medias}
        return found | {preview["body_sha256"] for preview in self.previews}
