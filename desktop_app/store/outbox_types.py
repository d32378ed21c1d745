"""What the outbox holds, as frozen values: states and legal transitions, batches, rows, story lines."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

GROUPS = ("running", "attention", "done")
NOT_HEALED, HEAL_WANTED, HEALED = 0, 1, 2
"""``Batch.healing``: how far the one fresh upload after 40007 has come."""


class State(StrEnum):
    """Where a batch, or a whole send, stands. PARTLY_FAILED is computed and never stored."""

    QUEUED = "queued"
    SUBMITTING = "submitting"
    ACCEPTED = "accepted"
    WAITING_ADMIN = "waiting_admin"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNSURE = "unsure"
    CANCELLED = "cancelled"
    DELETED = "deleted"
    PARTLY_FAILED = "partly_failed"


S = State
TRANSITIONS: dict[State, frozenset[State]] = {
    S.QUEUED: frozenset({S.SUBMITTING, S.CANCELLED}),
    S.SUBMITTING: frozenset({S.ACCEPTED, S.WAITING_ADMIN, S.FAILED, S.UNSURE, S.QUEUED}),
    # Out of doubt leads another attempt, or the person's mark.
    S.UNSURE: frozenset({S.SUBMITTING, S.SUCCEEDED, S.FAILED}),
    # UNSURE: the administrator's 30 minutes are over and there is no msg_id to ask with.
    S.WAITING_ADMIN: frozenset({S.SUCCEEDED, S.FAILED, S.DELETED, S.UNSURE}),
    S.ACCEPTED: frozenset({S.SUCCEEDED, S.FAILED, S.DELETED}),
    S.SUCCEEDED: frozenset({S.DELETED}),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
    S.DELETED: frozenset(),
}

STORY_CODES: dict[str, tuple[str, ...]] = {
    "queued": ("batches",),  # confirmed and written down
    "submitting": ("attempt", "repeat"),  # a request is about to leave; repeat: an earlier one is in doubt
    "accepted": ("msg_id",),  # errcode 0
    "already_accepted": ("msg_id",),  # 45065: an earlier attempt with this key went through
    "accepted_unknown": (),  # 45065 without msg_id: a person has to look
    "waiting_admin": ("errcode", "msg_id"),
    "admin_silent": (),  # 30 minutes without a msg_id: in doubt
    "refused": (
        "errcode",
        "errmsg",
        "rid",
        "healed",
    ),  # failed, nothing went out; healed: after a fresh upload
    "media_renewed": ("why",),  # before a first attempt, made anew: expired, used (ten times), lost
    "media_lost": ("errmsg",),  # 40007 on a first attempt: a fresh upload is wanted
    "media_healed": (),  # it was made, the same key goes again
    "not_renewed": ("reason", "name", "why", "errcode", "errmsg"),  # it cannot be made: waits for a person
    "not_sent": ("reason", "retry_at"),  # nothing left this computer; retry_at None: waits for a person
    "slow_down": ("errcode", "retry_at"),
    "in_doubt": ("reason", "retry_at", "errmsg"),  # retry_at None: no automatic repeat
    "repeats_end": (),  # the time for automatic repeats is over
    "waits": ("reason", "ip"),  # until a person says 继续发送, or types what is missing
    "resumed": (),
    "repeat_asked": ("at",),
    "recovered": ("retry_at",),  # found as SUBMITTING at start: in doubt
    "clock_jumped": (),
    "polled_success": (),
    "polled_fail": ("admin",),  # admin: it was waiting for the administrator
    "polled_delete": (),
    "marked": ("succeeded",),
    "cancelled": (),
    "deleted": ("article_idx",),
    "delete_refused": ("errcode", "errmsg", "article_idx"),
    "delete_in_doubt": ("reason", "article_idx"),
}
"""Every code of a story line and the names of its arguments; a batch_number says which batch it is about."""


@dataclass(frozen=True)
class NewBatch:
    """One request to come: its key and its exact bytes."""

    client_msg_id: str
    path: str
    body: bytes = field(repr=False)
    people: int | None = None


@dataclass(frozen=True)
class NewSend:
    """One confirmed mass send, before it has an id. Times are Unix seconds."""

    account_id: int
    kind: str
    title: str
    message: dict[str, Any]
    audience: dict[str, Any]
    content: dict[str, Any] = field(default_factory=dict)
    content_hash: str = ""
    people: int | None = None
    send_ignore_reprint: int | None = None
    not_before: float | None = None


@dataclass(frozen=True)
class Batch:
    """One request of a send and what became of it. The bytes stay in the store."""

    id: int
    send_id: int
    number: int
    client_msg_id: str
    path: str
    body_sha256: str
    people: int | None
    state: State
    reason: str
    reason_args: dict[str, Any]
    attempts: int
    first_left_at: float | None
    last_left_at: float | None
    repeats_until: float | None
    asked_at: float | None
    in_doubt: bool
    not_before: float | None
    waits_for_person: bool
    accepted_at: float | None
    msg_id: int | None
    msg_data_id: int | None
    errcode: int | None
    polled_at: float | None
    next_poll_at: float | None
    marked: bool
    deleted_articles: tuple[int, ...]
    healing: int


@dataclass(frozen=True)
class Due:
    """A batch together with what its send says about when and where it may leave."""

    batch: Batch
    account_id: int
    confirmed_at: float
    scheduled_at: float | None
    to_all: bool

    @property
    def start(self) -> float:
        """What "10 minutes after the confirmation" counts from."""
        return self.confirmed_at if self.scheduled_at is None else self.scheduled_at


@dataclass(frozen=True)
class StoryLine:
    """One thing that happened to a send: a code of ``STORY_CODES`` and its arguments."""

    at: float
    code: str
    args: dict[str, Any]
    batch_number: int | None


@dataclass(frozen=True)
class OutboxRow:
    """One mass send with its batches, as it was when it was read."""

    id: int
    account_id: int
    kind: str
    title: str
    message: dict[str, Any]
    content: dict[str, Any]
    content_hash: str
    audience: dict[str, Any]
    people: int | None
    send_ignore_reprint: int | None
    confirmed_at: float
    not_before: float | None
    changed_at: float
    batches: tuple[Batch, ...]

    @property
    def state(self) -> State:
        """The state that the whole send shows."""
        return combined_state({batch.state for batch in self.batches})

    @property
    def msg_id(self) -> int | None:
        """The first msg_id there is."""
        return next((batch.msg_id for batch in self.batches if batch.msg_id is not None), None)

    @property
    def waits_for_person(self) -> bool:
        """Whether a queued batch goes on only when somebody says so."""
        return self._waiting is not None

    @property
    def reason(self) -> str:
        """Why it waits, failed or is in doubt; empty if there is nothing to tell."""
        told = self._telling
        return told.reason if told else ""

    @property
    def reason_args(self) -> dict[str, Any]:
        """Arguments of ``reason``."""
        told = self._telling
        return told.reason_args if told else {}

    @property
    def people_accepted(self) -> int | None:
        """How many people the accepted batches address; None if that is not known."""
        return _people(self.batches, {S.ACCEPTED, S.WAITING_ADMIN, S.SUCCEEDED, S.DELETED})

    @property
    def people_failed(self) -> int | None:
        """How many people the failed and cancelled batches address; None if that is not known."""
        return _people(self.batches, {S.FAILED, S.CANCELLED})

    @property
    def _waiting(self) -> Batch | None:
        return next((b for b in self.batches if b.state is S.QUEUED and b.waits_for_person), None)

    @property
    def _telling(self) -> Batch | None:
        return self._waiting or next((batch for batch in self.batches if batch.reason), None)


def _people(batches: Collection[Batch], states: set[State]) -> int | None:
    counts = [batch.people for batch in batches if batch.state in states]
    return None if None in counts else sum(count or 0 for count in counts)


OPEN_FIRST = (S.UNSURE, S.SUBMITTING, S.QUEUED, S.WAITING_ADMIN, S.ACCEPTED)


def combined_state(states: Collection[State]) -> State:
    """One state for several batches: what is still open first, then what went wrong, then what went well."""
    if not states:
        return S.FAILED
    for state in OPEN_FIRST:
        if state in states:
            return state
    went_out = {S.SUCCEEDED, S.DELETED} & set(states)
    if {S.FAILED, S.CANCELLED} & set(states):
        if went_out:
            return S.PARTLY_FAILED
        return S.FAILED if S.FAILED in states else S.CANCELLED
    return S.SUCCEEDED if S.SUCCEEDED in states else S.DELETED


def group_of(state: State, waits_for_person: bool) -> str:
    """The filter chip a send belongs to: ``attention`` is what a person has to look at."""
    if state in (S.UNSURE, S.PARTLY_FAILED) or waits_for_person:
        return "attention"
    return "running" if state in OPEN_FIRST else "done"
