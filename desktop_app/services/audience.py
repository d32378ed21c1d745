"""Tags, followers, lists from files, how many people a choice reaches."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop_app.job import Job
from desktop_app.services import openids, tables
from desktop_app.services.account import AccountService
from desktop_app.services.openids import ListRow, OpenidList
from desktop_app.services.tables import Table
from desktop_app.store.accounts import Account
from desktop_app.store.caches import RecentAudiences, TagCache, TagRow
from desktop_app.wechat.types import Audience, Everyone, TagAudience

__all__ = ["Audiences", "Choice", "ListRow", "OpenidList", "Table", "Tag", "TagList"]

TAGS_FRESH_S = 600.0
REMEMBERED_OPENIDS = 20_000


@dataclass(frozen=True)
class Tag:
    """A tag and how many followers have it."""

    id: int
    name: str
    people: int


@dataclass(frozen=True)
class TagList:
    """All tags of an account and its followers, as WeChat told them at ``updated_at`` (Unix seconds)."""

    tags: tuple[Tag, ...]
    followers: int
    updated_at: float


@dataclass(frozen=True)
class Choice:
    """Who is to receive: ``type`` "all", "tag" or "openids". ``people``: None if unknown."""

    type: str
    tag_id: int = 0
    name: str = ""
    openids: tuple[str, ...] = field(default=(), repr=False)
    people: int | None = None

    def audience(self) -> Everyone | TagAudience | tuple[str, ...]:
        """What ``Sending.queue`` takes; a list may be longer than one request. Raises BadRequest."""
        if self.type == "all":
            return Audience.everyone()
        if self.type == "tag":
            return Audience.tag(self.tag_id)
        return self.openids

    def to_json(self) -> dict[str, Any]:
        """Plain JSON for the store."""
        return {
            "type": self.type,
            "tag_id": self.tag_id,
            "name": self.name,
            "openids": list(self.openids),
            "people": self.people,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Choice:
        """The choice of what ``to_json()`` gave."""
        return cls(value["type"], value["tag_id"], value["name"], tuple(value["openids"]), value["people"])


class Audiences:
    """Who can be chosen. Every method may be called from any thread."""

    def __init__(
        self,
        accounts: AccountService,
        tag_cache: TagCache,
        recent: RecentAudiences,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._accounts = accounts
        self._cache = tag_cache
        self._recent = recent
        self._now = now

    def tags(self, account_id: int, job: Job, refresh: bool = False) -> TagList:
        """Tags with live counts and the number of followers; asked anew after 10 minutes or on ``refresh``.

        Raises what the client raises, SecretNeeded, Cancelled.
        """
        known = self.cached_tags(account_id)
        if known is not None and not refresh and 0 <= self._now() - known.updated_at < TAGS_FRESH_S:
            return known
        client = self._accounts.client(account_id)
        tags = tuple(Tag(tag.id, tag.name, tag.count) for tag in client.get_tags())
        job.check()
        followers = client.get_followers(job=job).total
        at = self._cache.put(account_id, [TagRow(tag.id, tag.name, tag.people) for tag in tags], followers)
        return TagList(tags, followers, at)

    def cached_tags(self, account_id: int) -> TagList | None:
        """What WeChat told last, without asking it; None if it was never asked."""
        known = self._cache.get(account_id)
        if known is None:
            return None
        rows, followers, at = known
        return TagList(tuple(Tag(row.tag_id, row.name, row.people) for row in rows), followers, at)

    def read_file(self, path: str | os.PathLike[str], job: Job) -> Table:
        """A list from a file; see ``tables.read_file`` for what it refuses."""
        return tables.read_file(Path(path), job)

    def read_text(self, text: str) -> Table:
        """A pasted list. Raises AppError ``list.empty``."""
        return tables.read_text(text)

    def openids(self, table: Table, column: int, job: Job, account_id: int | None = None) -> OpenidList:
        """The openids in one column: cleaned, judged by their form, duplicates found. Raises Cancelled.

        Whether they follow the account only WeChat knows, so ``account_id`` changes nothing yet.
        """
        return openids.count(table.rows, column, job)

    def problem(self, choice: Choice, account: Account) -> str:
        """Why a choice cannot be sent to as the code of a sentence, "" if it can."""
        if choice.type == "openids":
            if account.kind == "subscription":  # message/mass/send is for verified 服务号 only
                return "audience.subscription_list"
            if len(choice.openids) < 2:
                return "audience.one_openid" if choice.openids else "audience.empty"
        return "audience.empty" if choice.people == 0 else ""

    def remember(self, account_id: int, choice: Choice) -> None:
        """Offer this choice again next time. Very long lists are not kept."""
        if len(choice.openids) > REMEMBERED_OPENIDS:
            return
        label = {"all": "all", "tag": f"tag {choice.tag_id}"}.get(choice.type, f"list {choice.name}")
        self._recent.remember(account_id, label, choice.to_json(), choice.people)

    def recent(self, account_id: int) -> tuple[Choice, ...]:
        """The last few choices, the latest first."""
        return tuple(Choice.from_json(value) for value in self._recent.list(account_id))
