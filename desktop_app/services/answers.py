"""The answer to an attempt: the table of architecture §4 as data, and the one function that reads it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktop_app.errors import AdminConfirmation, AlreadySent, AppError, Busy, NetworkError, Refused, SlowDown
from desktop_app.store.outbox_types import State
from desktop_app.wechat.errcodes import UNKNOWN_MEDIA
from desktop_app.wechat.types import Receipt


class Answer(StrEnum):
    """What came back, as far as it matters for what happens next."""

    ACCEPTED = "accepted"  # errcode 0 with msg_id, 45065 with msg_id
    ACCEPTED_UNKNOWN = "accepted_unknown"  # 45065 without msg_id
    ADMIN_WITH_ID = "admin_with_id"  # 89504, 89505 with msg_id
    ADMIN_WITHOUT_ID = "admin_without_id"
    NOTHING_LEFT = "nothing_left"  # no connection made: DNS, refused, TLS, proxy
    NO_TOKEN = "no_token"  # 40164, 40125, 40001 again after renewal
    NOT_TAKEN = "not_taken"  # 45066, 45011, 42010
    DOUBT = "doubt"  # time-out or cut after a byte left, 5xx, HTML, unreadable, -1
    MEDIA_LOST = "media_lost"  # 40007, and the media can be uploaded afresh
    REFUSED = "refused"  # any other errcode


class Wait(StrEnum):
    """When the next attempt may come."""

    NEVER = "never"
    NOW = "now"  # once the media were uploaded afresh
    SOON = "soon"  # a few seconds: nothing had left
    MINUTE = "minute"  # 60 s or more, in doubt only while automatic repeats are allowed
    PERSON = "person"
    ADMIN = "admin"  # 30 minutes, then in doubt


@dataclass(frozen=True)
class Decision:
    """The state after an attempt, the story line, and when to go on."""

    state: State
    story: str
    wait: Wait = Wait.NEVER

    @property
    def in_doubt(self) -> bool:
        """Whether this answer puts the batch in doubt (a repeat is so already, and stays so)."""
        return self.state is State.UNSURE


ACCEPTED = Decision(State.ACCEPTED, "accepted")
ACCEPTED_UNKNOWN = Decision(State.ACCEPTED, "accepted_unknown", Wait.PERSON)
ADMIN_ACCEPTED = Decision(State.WAITING_ADMIN, "waiting_admin")
STAYS_IN_DOUBT = Decision(State.UNSURE, "in_doubt", Wait.PERSON)
REPEAT_LATER = Decision(State.UNSURE, "in_doubt", Wait.MINUTE)

# answer: (first attempt, repeat). A refusal of a repeat proves nothing: nobody outside WeChat knows whether
# it looks at the key, the quota or the media first.
TABLE: dict[Answer, tuple[Decision, Decision]] = {
    Answer.ACCEPTED: (ACCEPTED, ACCEPTED),
    Answer.ACCEPTED_UNKNOWN: (ACCEPTED_UNKNOWN, ACCEPTED_UNKNOWN),
    Answer.ADMIN_WITH_ID: (ADMIN_ACCEPTED, ADMIN_ACCEPTED),
    Answer.ADMIN_WITHOUT_ID: (Decision(State.WAITING_ADMIN, "waiting_admin", Wait.ADMIN), STAYS_IN_DOUBT),
    Answer.NOTHING_LEFT: (Decision(State.QUEUED, "not_sent", Wait.SOON), REPEAT_LATER),
    Answer.NO_TOKEN: (Decision(State.QUEUED, "waits", Wait.PERSON), STAYS_IN_DOUBT),
    Answer.NOT_TAKEN: (Decision(State.QUEUED, "slow_down", Wait.MINUTE), REPEAT_LATER),
    Answer.DOUBT: (REPEAT_LATER, REPEAT_LATER),
    Answer.MEDIA_LOST: (Decision(State.QUEUED, "media_lost", Wait.NOW), STAYS_IN_DOUBT),
    Answer.REFUSED: (Decision(State.FAILED, "refused"), STAYS_IN_DOUBT),
}

TOKEN_ERRCODES = (40001, 40014, 42001, 40164, 40125)
"""The transport has renewed the token and tried once more; if one of these comes still, there is none."""
NOT_TAKEN_ERRCODES = (45066, 45011, 42010)
ADMIN_ERRCODES = (89504, 89505)

Outcome = Receipt | AppError


def judge(attempt_is_repeat: bool, outcome: Outcome, *, heals: bool = False) -> Decision:
    """What an attempt's outcome means. ``attempt_is_repeat``: an earlier attempt of the batch ended in doubt."""
    first, repeat = TABLE[classify(outcome, heals=heals)]
    return repeat if attempt_is_repeat else first


def classify(outcome: Outcome, *, heals: bool = False) -> Answer:
    """Which row of the table an outcome is. ``heals``: lost media can be uploaded afresh, and were not yet."""
    if heals and is_media_lost(outcome):
        return Answer.MEDIA_LOST
    if isinstance(outcome, Receipt):
        return Answer.ACCEPTED if outcome.msg_id is not None else Answer.ACCEPTED_UNKNOWN
    if getattr(outcome, "stage", "") == "token":
        passing = isinstance(outcome, NetworkError | Busy | SlowDown)
        return Answer.NOTHING_LEFT if passing else Answer.NO_TOKEN
    if isinstance(outcome, NetworkError):
        return Answer.DOUBT if outcome.maybe_arrived else Answer.NOTHING_LEFT
    if isinstance(outcome, AlreadySent):
        return Answer.ACCEPTED if outcome.msg_id is not None else Answer.ACCEPTED_UNKNOWN
    if isinstance(outcome, Refused):
        return _classify_errcode(outcome)
    return Answer.REFUSED  # BadRequest: refused before any request left


def _classify_errcode(outcome: Refused) -> Answer:
    if isinstance(outcome, Busy) or outcome.errcode == -1:
        return Answer.DOUBT
    if outcome.errcode in NOT_TAKEN_ERRCODES:
        return Answer.NOT_TAKEN
    if outcome.errcode in TOKEN_ERRCODES:
        return Answer.NO_TOKEN
    if isinstance(outcome, AdminConfirmation) and outcome.errcode in ADMIN_ERRCODES:
        return Answer.ADMIN_WITHOUT_ID if msg_id_of(outcome) is None else Answer.ADMIN_WITH_ID
    return Answer.REFUSED


def is_media_lost(outcome: Outcome) -> bool:
    """40007: WeChat has no such media, any more or at all."""
    return isinstance(outcome, Refused) and outcome.errcode == UNKNOWN_MEDIA


def msg_id_of(outcome: Outcome) -> int | None:
    """The msg_id that came with an answer, also with an errcode."""
    if isinstance(outcome, Receipt):
        return outcome.msg_id
    found = getattr(outcome, "msg_id", None) or outcome.args_.get("msg_id")
    return found if isinstance(found, int) else None
