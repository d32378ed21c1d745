"""When the outbox may act: the numbers of architecture §4 in one place. Seconds, and Unix seconds."""

from __future__ import annotations

from desktop_app.store.outbox_types import Batch, Due

AUTOMATIC_S = 600.0  # automatic repeats, and rows found at start: until so long after the confirmation
REPEAT_GAP_S = 60.0  # between two attempts with one key; 45066 says: wait a minute
REPEATS_S = 23 * 3600.0  # by the worded button, after the first attempt left; WeChat knows the key for 24 h
ASKED_VALID_S = 600.0  # a repeat that was asked for and could not leave (asleep) is forgotten after this
MISSED_AFTER_S = 900.0  # a scheduled send later than this asks
ADMIN_WAIT_S = 1800.0  # the administrator's time to confirm
OFFLINE_RETRY_S = 8.0  # nothing left this computer: work goes on at most 10 s after the line is back

POLL_AFTER_S = (10.0, 30.0, 60.0, 120.0, 300.0, 600.0)
POLL_EVERY_S = 1800.0
POLL_FOR_S = 86_400.0


def first_poll_at(accepted_at: float) -> float:
    """When to ask for the first time what became of a job."""
    return accepted_at + POLL_AFTER_S[0]


def next_poll_at(accepted_at: float, now: float) -> float | None:
    """When to ask again; None once a day has passed."""
    age = max(0.0, now - accepted_at)
    for after in POLL_AFTER_S:
        if after > age:
            return accepted_at + after
    return now + POLL_EVERY_S if age + POLL_EVERY_S <= POLL_FOR_S else None


def automatic_repeat_at(due: Due, batch: Batch, now: float) -> float | None:
    """When a batch in doubt is repeated by itself; None: not any more.

    A clock before the confirmation was set back: then nobody can tell how much time has passed.
    """
    at = now + REPEAT_GAP_S
    if now < due.start or at > due.start + AUTOMATIC_S:
        return None
    return at if batch.repeats_until is None or at <= batch.repeats_until else None
