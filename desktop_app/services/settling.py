"""Settling: an attempt's outcome becomes a state, a story line and a time to go on, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from desktop_app.errors import AppError, StoreError
from desktop_app.services.answers import Decision, Outcome, Wait, is_media_lost, msg_id_of
from desktop_app.services.clock_guard import TOLERANCE_S
from desktop_app.services.schedule import (
    ADMIN_WAIT_S,
    OFFLINE_RETRY_S,
    REPEAT_GAP_S,
    automatic_repeat_at,
    first_poll_at,
)
from desktop_app.store.outbox import HEAL_WANTED, HEALED, Batch, Due, Outbox, State
from desktop_app.wechat.types import Receipt

MAX_ERRMSG_CHARS = 300
LONGEST_REQUEST_S = 3600.0


def shown_args(error: AppError) -> dict[str, Any]:
    """What an error tells beside its code, as plain JSON: WeChat's text is cut, its rid kept for support."""
    told = {
        name: value for name, value in error.args_.items() if isinstance(value, str | int | float) and value != ""
    }
    for name in ("errmsg", "rid"):
        if value := getattr(error, name, ""):
            told[name] = value[:MAX_ERRMSG_CHARS]
    return told


class Settling:
    """Writes what ``answers.judge`` decided."""

    def __init__(self, outbox: Outbox, now: Callable[[], float], is_protected: Callable[[int], bool]) -> None:
        self._outbox = outbox
        self._now = now
        self._is_protected = is_protected

    def record(self, due: Due, batch: Batch, outcome: Outcome, decision: Decision, give_up_at: float) -> Batch:
        """Write the decision. ``due``: the batch before the attempt, ``batch``: as it was claimed."""
        if decision.state in (State.ACCEPTED, State.WAITING_ADMIN):
            return self._accepted(due, batch, outcome, decision)
        assert isinstance(outcome, AppError)
        if decision.wait is Wait.NOW:
            return self._media_lost(due, batch, outcome, decision)
        if decision.state is State.QUEUED:
            return self._back_to_queued(due, batch, outcome, decision, give_up_at)
        if decision.state is State.UNSURE:
            return self._in_doubt(due, batch, outcome, decision)
        return self._failed(batch, outcome)

    def stay_queued(self, due: Due, error: AppError, decision: Decision, give_up_at: float) -> None:
        """What an attempt needs could not be had: as after one that did not leave. Not if the row changed."""
        try:
            self._back_to_queued(due, due.batch, error, decision, give_up_at)
        except StoreError as changed:
            if changed.code != "store.changed":
                raise

    def _media_lost(self, due: Due, batch: Batch, outcome: AppError, decision: Decision) -> Batch:
        """Not processed: the batch is as it was before the attempt, but wants a fresh upload first."""
        return self._outbox.change(
            batch,
            decision.story,
            {"errmsg": shown_args(outcome).get("errmsg", "")},
            state=State.QUEUED,
            healing=HEAL_WANTED,
            reason="",
            reason_args={},
            asked_at=due.batch.asked_at,
            first_left_at=due.batch.first_left_at,
            last_left_at=due.batch.last_left_at,
            repeats_until=due.batch.repeats_until,
        )

    def _accepted(self, due: Due, batch: Batch, outcome: Outcome, decision: Decision) -> Batch:
        now, msg_id = self._now(), msg_id_of(outcome)
        errcode = getattr(outcome, "errcode", 0)
        story, args = decision.story, dict[str, Any](msg_id=msg_id)
        if story == "accepted" and not isinstance(outcome, Receipt):
            story = "already_accepted"
        elif story == "waiting_admin":
            args["errcode"] = errcode
        elif story == "accepted_unknown":
            args = {}
        state = decision.state
        if msg_id is not None and self._is_protected(due.account_id):
            state = State.WAITING_ADMIN
        return self._outbox.change(
            batch,
            story,
            args,
            state=state,
            reason="accepted.unknown" if story == "accepted_unknown" else "",
            reason_args={},
            waits_for_person=decision.wait is Wait.PERSON,
            accepted_at=now,
            msg_id=msg_id,
            msg_data_id=outcome.msg_data_id if isinstance(outcome, Receipt) else None,
            errcode=errcode,
            not_before=now + ADMIN_WAIT_S if decision.wait is Wait.ADMIN else None,
            next_poll_at=None if msg_id is None else first_poll_at(now),
        )

    def _back_to_queued(
        self, due: Due, batch: Batch, outcome: AppError, decision: Decision, give_up_at: float
    ) -> Batch:
        now = self._now()
        retry_at: float | None = None
        if decision.wait is not Wait.PERSON and now < give_up_at:
            retry_at = now + (OFFLINE_RETRY_S if decision.wait is Wait.SOON else REPEAT_GAP_S)
        told = shown_args(outcome)
        args: dict[str, Any] = {
            "waits": {"reason": outcome.code, "ip": told.get("ip", "")},
            "slow_down": {"errcode": getattr(outcome, "errcode", None), "retry_at": retry_at},
            "not_sent": {"reason": outcome.code, "retry_at": retry_at},
        }[decision.story]
        # A request that never left starts no clock; one that was told to slow down did reach WeChat.
        times = batch if decision.wait is Wait.MINUTE else due.batch
        return self._outbox.change(
            batch,
            decision.story,
            args,
            state=State.QUEUED,
            reason=outcome.code,
            reason_args=told,
            errcode=getattr(outcome, "errcode", None),
            waits_for_person=retry_at is None,
            not_before=retry_at,
            asked_at=due.batch.asked_at,
            first_left_at=times.first_left_at,
            last_left_at=times.last_left_at,
            repeats_until=times.repeats_until,
        )

    def _in_doubt(self, due: Due, batch: Batch, outcome: AppError, decision: Decision) -> Batch:
        now = self._now()
        retry_at = automatic_repeat_at(due, batch, now) if decision.wait is Wait.MINUTE else None
        # No request takes that long: the clock was set while it was under way, and the 24 h cannot be counted.
        clock_was_set = not -TOLERANCE_S <= now - (batch.last_left_at or now) <= LONGEST_REQUEST_S
        told = shown_args(outcome)
        return self._outbox.change(
            batch,
            "in_doubt",
            {"reason": outcome.code, "retry_at": retry_at, "errmsg": told.get("errmsg", "")},
            state=State.UNSURE,
            in_doubt=True,
            reason=outcome.code,
            reason_args=told,
            errcode=getattr(outcome, "errcode", None),
            not_before=None if clock_was_set else retry_at,
            repeats_until=0.0 if clock_was_set else batch.repeats_until,
        )

    def _failed(self, batch: Batch, outcome: AppError) -> Batch:
        told = shown_args(outcome)
        errcode = getattr(outcome, "errcode", None)
        args = {"errcode": errcode, "errmsg": told.get("errmsg", ""), "rid": told.get("rid", "")}
        if batch.healing == HEALED and is_media_lost(outcome):
            told["healed"] = args["healed"] = True
        return self._outbox.change(
            batch, "refused", args, state=State.FAILED, reason=outcome.code, reason_args=told, errcode=errcode
        )
