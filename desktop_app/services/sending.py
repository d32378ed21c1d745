"""Sending: queue, deliver, poll, recover after a crash, and what a person may do with a send."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from desktop_app.errors import BadRequest
from desktop_app.job import Job
from desktop_app.services import polling
from desktop_app.services.checkpoints import reached
from desktop_app.services.clock_guard import ClockGuard, steady_time
from desktop_app.services.delivery import SECRET, Delivery, quota_is_spent
from desktop_app.services.polling import Polling
from desktop_app.services.schedule import ADMIN_WAIT_S, AUTOMATIC_S, REPEAT_GAP_S, REPEATS_S, automatic_repeat_at
from desktop_app.services.sealing import (
    audience_json,
    audience_parts,
    kind_of,
    message_bodies,
    sealed_batch,
    title_of,
)
from desktop_app.store.database import Database
from desktop_app.store.outbox import Batch, Due, NewSend, Outbox, OutboxRow, State, StoryLine
from desktop_app.wechat.types import (
    AnyAudience,
    Everyone,
    Message,
    OpenidAudience,
)

if TYPE_CHECKING:
    from desktop_app.services.account import AccountService
    from desktop_app.services.renewal import Renewal

COPIED = ("profile.copied", "profile.restored")


class Sending:
    """The outbox as a user knows it. Every method may be called from any thread.

    A send is a row in the ledger before it is a request on the wire, and each batch carries one key for life.
    """

    def __init__(
        self,
        db: Database,
        outbox: Outbox,
        accounts: AccountService,
        *,
        renewal: Renewal | None = None,
        now: Callable[[], float] = time.time,
        steady: Callable[[], float] | None = None,
    ) -> None:
        """``renewal``: makes messages anew whose media are gone; without it they go as they were sealed."""
        # A clock that is handed in runs as steadily as the test wants it to.
        self._steady = steady or (steady_time if now is time.time else now)
        self._outbox = outbox
        self._accounts = accounts
        self._now = now
        self._listeners: list[Callable[[int], None]] = []
        self._clock = ClockGuard(now, self._steady, outbox.latest_time())
        self._clock_lock = threading.Lock()
        self._polling = Polling(outbox, accounts, now, self._say)
        self._delivery = Delivery(
            db,
            outbox,
            accounts,
            now=now,
            steady=self._steady,
            say=self._say,
            look_at_clock=self._look_at_clock,
            renewal=renewal,
        )

    def add_listener(self, listener: Callable[[int], None]) -> None:
        """Call ``listener(send_id)`` after each commit that changed a send, on the thread that changed it."""
        self._listeners.append(listener)

    # --- queueing -----------------------------------------------------------------------------------

    def queue(
        self,
        message: Message | Mapping[str, Any] | Sequence[Message | Mapping[str, Any]],
        audience: object,
        *,
        account_id: int | None = None,
        send_ignore_reprint: int | bool | None = None,
        kind: str = "",
        title: str = "",
        content: dict[str, Any] | None = None,
        content_hash: str = "",
        audience_name: str = "",
        people: int | None = None,
        not_before: float | None = None,
    ) -> int:
        """Write a confirmed send down, its requests sealed; returns its id. No request is made.

        ``audience``: as ``mass_send`` takes it, and a list of more than 10,000 openids, which is split evenly.
        ``message``: one, or one for each of the ``batches``; news of several batches need that, because WeChat
        consumes a draft when it is sent (``message.one_per_batch``, ``message.batches``: count, wanted).
        ``not_before``: a scheduled send, Unix seconds. Raises BadRequest for what must never reach WeChat
        (``quota.spent`` too) and StoreError if it cannot be written.
        """
        account_id = self._account_id(account_id)
        parts = audience_parts(audience)
        self._check_account(account_id, parts[0])
        bodies = message_bodies(message, len(parts))
        body = bodies[0]
        batches = [
            sealed_batch(each, part, send_ignore_reprint, people) for each, part in zip(bodies, parts, strict=True)
        ]
        if isinstance(parts[0], OpenidAudience):
            people = sum(batch.people or 0 for batch in batches)
        send = NewSend(
            account_id=account_id,
            kind=kind or kind_of(body),
            title=title or title_of(body),
            message=body,
            audience=audience_json(parts[0], audience_name),
            content=content or {},
            content_hash=content_hash,
            people=people,
            send_ignore_reprint=None if send_ignore_reprint is None else int(send_ignore_reprint),
            not_before=not_before,
        )
        reached("queue.sealed")
        send_id = self._outbox.add(send, batches)
        reached("queue.committed")
        self._say(send_id)
        return send_id

    def batches(self, audience: object) -> int:
        """How many requests a send to this audience is. Raises BadRequest."""
        return len(audience_parts(audience))

    # --- what timers call ---------------------------------------------------------------------------

    def deliver(self, account_id: int | None = None, job: Job | None = None) -> int:
        """Send what is due now, at most 60 a minute and account; returns how many requests left."""
        accounts = self._outbox.open_accounts() if account_id is None else (account_id,)
        return sum(self._delivery.deliver(each, job) for each in accounts)

    def poll(
        self,
        account_id: int | None = None,
        *,
        send_id: int | None = None,
        force: bool = False,
        job: Job | None = None,
    ) -> int:
        """Ask what became of accepted sends that are due to be asked about; returns how many were asked.

        ``force``: of all that are open; with ``send_id`` of this one, finished or not.
        """
        self._look_at_clock()
        if send_id is not None:
            return self._polling.poll_send(send_id, job)
        accounts = self._outbox.open_accounts() if account_id is None else (account_id,)
        ask = self._polling.poll_all if force else self._polling.poll
        return sum(ask(each, job) for each in accounts)

    def next_due(self, account_id: int | None = None) -> float | None:
        """When ``deliver`` or ``poll`` has something to do, Unix seconds; None: nothing waits for time."""
        if account_id is None:
            return _earliest(self.next_due(each) for each in self._outbox.open_accounts())
        leaves, polls = self._outbox.next_due(account_id), self._outbox.next_poll(account_id)
        if leaves is not None:
            leaves = max(leaves, self._delivery.held_until(account_id))
        if polls is not None:
            polls = max(polls, self._polling.quiet_until(account_id))
        return _earliest((leaves, polls))

    def accounts_due(self) -> tuple[int, ...]:
        """Accounts that have something to do now."""
        now = self._now()
        times = {each: self.next_due(each) for each in self._outbox.open_accounts()}
        return tuple(each for each, at in times.items() if at is not None and at <= now)

    def open_accounts(self) -> tuple[int, ...]:
        """Accounts with sends that are not finished."""
        return self._outbox.open_accounts()

    def needs_secret(self, account_id: int) -> bool:
        """Whether something of the account waits for its AppSecret to be typed."""
        waiting = self._outbox.in_state((State.QUEUED, State.UNSURE), account_id=account_id)
        return any(due.batch.waits_for_person and due.batch.reason == SECRET for due in waiting)

    def seconds_until_due(self, account_id: int) -> float | None:
        """How long nothing is to be done for an account; 0 if something is; None: for ever."""
        at = self.next_due(account_id)
        return None if at is None else max(0.0, at - self._now())

    def go_on(self, account_id: int) -> None:
        """Ask again at once: the secret was typed or changed."""
        self._polling.release(account_id)

    def recover(self, paused: str = "") -> None:
        """Set right what the last run left behind; once, at open, before anything is delivered.

        ``paused``: the profile is a copy or a restored backup (``profile.copied``, ``profile.restored``): then
        nothing leaves by itself.
        """
        self._look_at_clock()
        now = self._now()
        with self._outbox.together():
            for due in self._outbox.in_state((State.SUBMITTING,)):
                retry_at = None if paused else automatic_repeat_at(due, due.batch, now)
                changes = {"state": State.UNSURE, "in_doubt": True, "reason": "crashed", "not_before": retry_at}
                self._outbox.change(due.batch, "recovered", {"retry_at": retry_at}, **changes)
            for due in self._outbox.in_state((State.QUEUED,)):
                if not due.batch.waits_for_person and (reason := paused or _stale(due, now)):
                    self._make_wait(due.batch, reason)
            if paused:
                planned = [due.batch for due in self._outbox.in_state((State.UNSURE,))]
                self._stop_repeats([batch for batch in planned if batch.not_before is not None], "repeats_end")

    # --- what a person does -------------------------------------------------------------------------

    def resume(self, send_id: int) -> None:
        """继续发送: what waits for a person goes on (a scheduled send at its time).

        Raises BadRequest ``send.too_late`` for a row out of a copy or backup whose key WeChat may not know
        any more: it may have gone out from elsewhere.
        """
        row, now = self._outbox.row(send_id), self._now()
        start = row.confirmed_at if row.not_before is None else row.not_before
        waiting = [batch for batch in row.batches if batch.state is State.QUEUED and batch.waits_for_person]
        if now > start + REPEATS_S and any(batch.reason in COPIED for batch in waiting):
            raise BadRequest("send.too_late")
        later = row.not_before if row.not_before is not None and row.not_before > now else None
        self._change(
            waiting,
            "resumed",
            waits_for_person=False,
            reason="",
            reason_args={},
            not_before=later,
            asked_at=None if later else now,
        )

    def cancel(self, send_id: int) -> None:
        """取消: what has not left never will. Raises BadRequest ``send.left`` if nothing is queued any more."""
        queued = [batch for batch in self._outbox.row(send_id).batches if batch.state is State.QUEUED]
        if not self._change(queued, "cancelled", state=State.CANCELLED, waits_for_person=False, not_before=None):
            raise BadRequest("send.left")

    def resubmit(self, send_id: int) -> None:
        """The worded button of 结果未知: once more with the same key and bytes, a minute after the last attempt.

        Raises BadRequest ``send.not_unsure``, or ``send.too_late`` when WeChat may have forgotten the key.
        """
        self._look_at_clock()
        now = self._now()
        unsure = self._unsure(send_id)
        open_ = [batch for batch in unsure if now <= (batch.repeats_until or 0.0)]
        if not open_:
            raise BadRequest("send.too_late")
        for batch in open_:
            at = max(now, (batch.last_left_at or now) + REPEAT_GAP_S)
            self._change([batch], "repeat_asked", {"at": at}, not_before=at, asked_at=now, waits_for_person=False)

    def repeat_until(self, row: OutboxRow) -> float | None:
        """Until when ``resubmit`` is allowed; None if it is not."""
        ends = [batch.repeats_until or 0.0 for batch in row.batches if batch.state is State.UNSURE]
        latest = max(ends, default=0.0)
        return latest if latest >= self._now() else None

    def mark(self, send_id: int, succeeded: bool) -> None:
        """我来标记结果, after a look at 公众平台: for what is in doubt, or accepted without a msg_id."""
        self._change(
            self._unsure(send_id, also_unknown=True),
            "marked",
            {"succeeded": succeeded},
            state=State.SUCCEEDED if succeeded else State.FAILED,
            marked=True,
            waits_for_person=False,
            not_before=None,
            reason="" if succeeded else "marked",
            reason_args={},
        )

    def delete(self, send_id: int, article_idx: int = 0, job: Job | None = None) -> None:
        """Delete a delivered send, or one of its articles (from 1): the card stays with the followers.

        Raises BadRequest (``delete_problem``) and what WeChat or the line says; the story has it then.
        """
        self._polling.delete(self._outbox.row(send_id), article_idx, job)

    def delete_problem(self, row: OutboxRow) -> str:
        """Why a send cannot be deleted (``delete.…``); empty if it can."""
        return polling.delete_problem(row)

    def row(self, send_id: int) -> OutboxRow:
        """One send as it is now. Raises StoreError ``store.no_send``."""
        return self._outbox.row(send_id)

    def story(self, send_id: int) -> list[StoryLine]:
        """What happened to a send, oldest first."""
        return self._outbox.story(send_id)

    # --- inside -------------------------------------------------------------------------------------

    def _account_id(self, account_id: int | None) -> int:
        if account_id is not None:
            return account_id
        current = self._accounts.current()
        if current is None:
            raise BadRequest("account.none")
        return current.id

    def _check_account(self, account_id: int, receivers: AnyAudience) -> None:
        if isinstance(receivers, OpenidAudience) and self._accounts.get(account_id).kind == "subscription":
            raise BadRequest("audience.subscription_list")
        if quota_is_spent(self._accounts, account_id, isinstance(receivers, Everyone)):
            raise BadRequest("quota.spent")

    def _unsure(self, send_id: int, also_unknown: bool = False) -> list[Batch]:
        found = [
            batch
            for batch in self._outbox.row(send_id).batches
            if batch.state is State.UNSURE
            or (also_unknown and batch.state is State.ACCEPTED and batch.msg_id is None)
        ]
        if not found:
            raise BadRequest("send.not_unsure")
        return found

    def _look_at_clock(self) -> None:
        """Once the clock was set, no stored time means what it meant: nothing leaves by itself any more."""
        with self._clock_lock:
            if not self._clock.jumped():
                return
            now = self._now()
            with self._outbox.together():
                for due in self._outbox.in_state((State.QUEUED,)):
                    if not due.batch.waits_for_person:
                        self._make_wait(due.batch, "clock.jumped")
                unsure = [due.batch for due in self._outbox.in_state((State.UNSURE,))]
                self._stop_repeats(unsure, "clock_jumped", repeats_until=0.0)
                for due in self._outbox.in_state((State.WAITING_ADMIN,)):
                    if due.batch.msg_id is None:
                        self._change([due.batch], "clock_jumped", not_before=now + ADMIN_WAIT_S)
                self._outbox.retime_polls(now)
                for account_id in self._outbox.open_accounts():
                    self._delivery.release(account_id)
                    self._polling.release(account_id)
            self._clock.accept()

    def _stop_repeats(self, batches: Iterable[Batch], code: str, **changes: Any) -> None:
        self._change(batches, code, not_before=None, asked_at=None, **changes)

    def _make_wait(self, batch: Batch, reason: str) -> None:
        self._change([batch], "waits", {"reason": reason}, waits_for_person=True, reason=reason, reason_args={})

    def _change(
        self, batches: Iterable[Batch], code: str, args: dict[str, Any] | None = None, **changes: Any
    ) -> list[int]:
        touched = self._outbox.change_all(batches, code, args, **changes)
        for send_id in touched:
            self._say(send_id)
        return touched

    def _say(self, send_id: int) -> None:
        for listener in self._listeners:
            listener(send_id)


def _stale(due: Due, now: float) -> str:
    """Why a row found at start does not go on by itself; empty if it does."""
    if now < due.confirmed_at:
        return "clock.jumped"
    if now <= due.start + AUTOMATIC_S:
        return ""
    return "schedule.missed" if due.scheduled_at is not None else "send.found"


def _earliest(times: Iterable[float | None]) -> float | None:
    return min((at for at in times if at is not None), default=None)
