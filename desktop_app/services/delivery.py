"""Delivering: what is due leaves, batch by batch, each attempt committed before the request."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from desktop_app.errors import AppError, Cancelled, NetworkError, SecretNeeded, StoreError
from desktop_app.job import Job
from desktop_app.services.answers import TABLE, Answer, Outcome, classify, is_media_lost, judge
from desktop_app.services.checkpoints import reached
from desktop_app.services.schedule import (
    ASKED_VALID_S,
    AUTOMATIC_S,
    MISSED_AFTER_S,
    OFFLINE_RETRY_S,
    REPEAT_GAP_S,
    REPEATS_S,
)
from desktop_app.services.settling import Settling, shown_args
from desktop_app.store.database import Database
from desktop_app.store.outbox import Batch, Due, Outbox, State
from desktop_app.wechat.client import WeChatClient
from desktop_app.wechat.payload import SealedSend

if TYPE_CHECKING:
    from desktop_app.services.account import AccountService
    from desktop_app.services.renewal import Renewal

SENDS_A_MINUTE = 60
RATE_WINDOW_S = 60.0
SECRET = "secret.needed"
NO_QUOTA = 45028

PAUSES = {Answer.NOT_TAKEN: REPEAT_GAP_S, Answer.NOTHING_LEFT: OFFLINE_RETRY_S}
"""What stops one batch would stop the account's next ones too: no request of it for so many seconds."""
TOLD = ("name", "why", "errcode", "errmsg")
STOPS = (*PAUSES, Answer.NO_TOKEN)


class RateLimit:
    """At most 60 sends in any 60 seconds, for each account by itself."""

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._left: dict[int, deque[float]] = defaultdict(lambda: deque(maxlen=SENDS_A_MINUTE))

    def note(self, account_id: int, ago: float = 0.0) -> None:
        """One request left, ``ago`` seconds ago."""
        self._left[account_id].append(self._steady() - ago)

    def wait(self, account_id: int) -> float:
        """Seconds until the next one may leave; 0 at once."""
        left = self._left[account_id]
        if len(left) < SENDS_A_MINUTE:
            return 0.0
        return max(0.0, left[0] + RATE_WINDOW_S - self._steady())


class Delivery:
    """Everything between "is due" and "is written down", for all accounts."""

    def __init__(
        self,
        db: Database,
        outbox: Outbox,
        accounts: AccountService,
        *,
        now: Callable[[], float],
        steady: Callable[[], float],
        say: Callable[[int], None],
        look_at_clock: Callable[[], None],
        renewal: Renewal | None = None,
    ) -> None:
        self._db = db
        self._outbox = outbox
        self._accounts = accounts
        self._now = now
        self._say = say
        self._look_at_clock = look_at_clock
        self._renewal = renewal
        self._settling = Settling(outbox, now, lambda account_id: accounts.get(account_id).api_protection)
        self._limit = RateLimit(steady)
        self._answered_at: dict[int, float] = {}
        self._unsettled: dict[int, tuple[Due, Batch, Outcome]] = {}
        self._locks: dict[int, threading.RLock] = defaultdict(threading.RLock)
        for account_id, at in outbox.departures(now() - RATE_WINDOW_S):
            self._limit.note(account_id, max(0.0, now() - at))

    def deliver(self, account_id: int, job: Job | None = None) -> int:
        """Send what is due now; returns how many requests left. Never sleeps: waits are written down."""
        with self._locks[account_id]:
            self._settle_leftovers(account_id)
            self._look_at_clock()
            self._release_secret(account_id)
            self._end_admin_waits(account_id)
            if self.held_until(account_id) > self._now():
                return 0
            return self._deliver_due(account_id, job or Job())

    def _deliver_due(self, account_id: int, job: Job) -> int:
        attempts, renewed = 0, set[tuple[int, str]]()
        waiting = deque(self._outbox.due(account_id, self._now()))
        while waiting and not job.cancelled:
            due = waiting.popleft()
            self._look_at_clock()
            if not self._may_leave(due):
                continue
            client = self._ready_client(account_id)
            if client is None:
                break
            why = self._renewal_needed(due)
            if why is None:
                continue
            if why and (due.batch.id, why) not in renewed:
                renewed.add((due.batch.id, why))
                after = self._renew(due, why, job)
            else:
                attempts += 1
                after = self._attempt(client, due)
            if after in STOPS:
                break
            if isinstance(after, Batch):  # once more from the top: time has passed
                waiting.appendleft(replace(due, batch=after))
        return attempts

    def held_until(self, account_id: int) -> float:
        """No request of this account before; 0 if there is no such wait."""
        return float(self._db.meta(f"hold.{account_id}", "0"))

    def release(self, account_id: int) -> None:
        """Forget an account's wait: a person said "go on", or the clock was set and means nothing."""
        if self.held_until(account_id):
            self._db.set_meta(f"hold.{account_id}", "0")

    # --- before -------------------------------------------------------------------------------------

    def _may_leave(self, due: Due) -> bool:
        return self._repeat_may_leave(due) if due.batch.in_doubt else self._first_may_leave(due)

    def _repeat_may_leave(self, due: Due) -> bool:
        batch, now = due.batch, self._now()
        if batch.asked_at is not None:
            wanted = 0 <= now - batch.asked_at <= ASKED_VALID_S
        else:
            wanted = due.start <= now <= due.start + AUTOMATIC_S
        if wanted and now <= (batch.repeats_until or 0.0):
            return True
        self._change([batch], "repeats_end", not_before=None, asked_at=None)
        return False

    def _first_may_leave(self, due: Due) -> bool:
        if self._is_missed(due):
            self._wait([due.batch], "schedule.missed")
            return False
        if quota_is_spent(self._accounts, due.account_id, due.to_all):
            self._wait([due.batch], "quota.spent")
            return False
        return True

    def _is_missed(self, due: Due) -> bool:
        """Whether a scheduled send of which nothing has left comes too late to go without asking."""
        if due.scheduled_at is None or due.batch.asked_at is not None:
            return False
        if self._now() <= due.scheduled_at + MISSED_AFTER_S:
            return False
        return not any(batch.attempts for batch in self._outbox.row(due.batch.send_id).batches)

    def _ready_client(self, account_id: int) -> WeChatClient | None:
        """The account's client, or None if the account has to wait."""
        if (wait := self._limit.wait(account_id)) > 0:
            self._hold(account_id, wait)
            return None
        try:
            return self._accounts.client(account_id)
        except SecretNeeded:
            self._wait([due.batch for due in self._outbox.due(account_id, self._now())], SECRET)
            return None

    # --- the attempt --------------------------------------------------------------------------------

    def _attempt(self, client: WeChatClient, due: Due) -> Batch | Answer | None:
        """One request: its answer, or the batch that goes again at once. None: the row changed meanwhile."""
        reached("deliver.before_claim")
        try:
            claimed = self._outbox.claim(due, self._now() + REPEATS_S)
        except StoreError as error:
            self._wait_if_damaged(due, error)
            return None
        if claimed is None:
            return None
        batch, body = claimed
        self._limit.note(due.account_id)
        self._say(batch.send_id)
        reached("deliver.claimed")
        outcome = self._submit(client, due, batch, body)
        reached("deliver.answered")
        answer, batch = self._settle(due, batch, outcome)
        reached("deliver.settled")
        return batch if answer is Answer.MEDIA_LOST else answer

    def _wait_if_damaged(self, due: Due, error: StoreError) -> None:
        if error.code not in ("store.row_damaged", "store.damaged"):
            raise error
        self._wait([due.batch], "store.row_damaged")

    def _submit(self, client: WeChatClient, due: Due, batch: Batch, body: bytes) -> Outcome:
        try:
            return client.submit(SealedSend(batch.path, body))
        except AppError as error:
            return error
        except BaseException:
            # A bug of ours: nobody knows how far it came. The doubt is written down before it is shown.
            self._settle(due, batch, NetworkError("net.garbage", maybe_arrived=True))
            raise

    def _settle(self, due: Due, batch: Batch, outcome: Outcome) -> tuple[Answer, Batch]:
        """What came back, and the batch as it is now."""
        answer = classify(outcome)
        if answer is not Answer.NOTHING_LEFT:
            self._answered_at[due.account_id] = self._now()
        self._unsettled[batch.id] = (due, batch, outcome)
        with self._outbox.together():
            if heals := self._heals(batch, outcome):
                answer = Answer.MEDIA_LOST
            decision = judge(batch.in_doubt, outcome, heals=heals)
            settled = self._settling.record(due, batch, outcome, decision, self._give_up_at(due))
            if answer in PAUSES:
                self._hold(due.account_id, PAUSES[answer])
        del self._unsettled[batch.id]
        self._say(batch.send_id)
        if isinstance(outcome, AppError):
            self._learn(due, answer, outcome)
        return answer, settled

    def _heals(self, batch: Batch, outcome: Outcome) -> bool:
        """Whether a fresh upload answers a 40007; on a repeat it changes nothing."""
        if batch.in_doubt or self._renewal is None or not is_media_lost(outcome):
            return False
        return self._renewal.can_heal(batch)

    def _settle_leftovers(self, account_id: int) -> None:
        """Answers that could not be written down (a full disk) are, as soon as that works."""
        for due, batch, outcome in list(self._unsettled.values()):
            if due.account_id == account_id:
                self._settle(due, batch, outcome)

    def _learn(self, due: Due, answer: Answer, outcome: AppError) -> None:
        """What one refusal says about the account, and about its other sends."""
        if answer in (Answer.ADMIN_WITH_ID, Answer.ADMIN_WITHOUT_ID):
            self._accounts.update(due.account_id, api_protection=True)
        elif answer in (Answer.NO_TOKEN, Answer.NOTHING_LEFT):
            self._stop_the_others(due.account_id, answer, outcome)
        elif getattr(outcome, "errcode", 0) == NO_QUOTA and counts_in_quota(
            self._accounts, due.account_id, due.to_all
        ):
            self._accounts.quota_refused(due.account_id)

    def _stop_the_others(self, account_id: int, answer: Answer, outcome: AppError) -> None:
        now = self._now()
        queued = [due for due in self._outbox.due(account_id, now) if due.batch.state is State.QUEUED]
        if answer is Answer.NOTHING_LEFT:
            queued = [due for due in queued if now >= self._give_up_at(due)]
        self._wait([due.batch for due in queued], outcome.code, shown_args(outcome))

    def _give_up_at(self, due: Due) -> float:
        """How long first attempts go on by themselves: 10 minutes after the person's word or the last answer."""
        answered_at = self._answered_at.get(due.account_id, 0.0)
        return max(due.start, due.batch.asked_at or 0.0, answered_at) + AUTOMATIC_S

    # --- media that WeChat does not have any more -------------------------------------------------------

    def _renewal_needed(self, due: Due) -> str | None:
        """Why the message has to be made anew first; "" if it may leave as it is, None if it may not leave."""
        if self._renewal is None:
            return ""
        try:
            return self._renewal.needed(due)
        except StoreError as error:
            self._wait_if_damaged(due, error)
            return None

    def _renew(self, due: Due, why: str, job: Job) -> Batch | Answer | None:
        """Make the message anew; the batch if it can leave now. Whatever goes wrong, nothing has left."""
        assert self._renewal is not None
        began = self._now()
        try:
            batch = self._renewal.renew(due, why, job.quiet())
        except Cancelled:
            return None
        except StoreError as error:
            self._wait_if_damaged(due, error)
            return None
        except AppError as error:
            return self._not_renewed(due, error)
        self._say(due.batch.send_id)
        if batch is not None and self._now() - began > AUTOMATIC_S:  # the computer slept
            self._wait([batch], "send.found")
            return None
        return batch

    def _not_renewed(self, due: Due, error: AppError) -> Answer | None:
        answer = classify(error)
        if answer is Answer.DOUBT:  # it was an upload: whatever arrived, nobody got a message
            answer = Answer.NOTHING_LEFT
        if answer not in STOPS:
            assert self._renewal is not None
            reason, args = self._renewal.reason(due, error)
            told = {"reason": reason, **{name: args[name] for name in TOLD if name in args}}
            self._change([due.batch], "not_renewed", told, waits_for_person=True, reason=reason, reason_args=args)
            return None
        with self._outbox.together():
            self._settling.stay_queued(due, error, TABLE[answer][0], self._give_up_at(due))
            if answer in PAUSES:
                self._hold(due.account_id, PAUSES[answer])
        self._say(due.batch.send_id)
        self._learn(due, answer, error)
        return answer

    # --- waiting ------------------------------------------------------------------------------------

    def _hold(self, account_id: int, seconds: float) -> None:
        until = max(self.held_until(account_id), self._now() + seconds)
        self._db.set_meta(f"hold.{account_id}", repr(until))

    def _wait(self, batches: Iterable[Batch], reason: str, args: dict[str, Any] | None = None) -> None:
        args = args or {}
        told = {"reason": reason, "ip": args.get("ip", "")}
        self._change(batches, "waits", told, waits_for_person=True, reason=reason, reason_args=args)

    def _change(
        self, batches: Iterable[Batch], code: str, args: dict[str, Any] | None = None, **changes: Any
    ) -> None:
        for send_id in self._outbox.change_all(batches, code, args, **changes):
            self._say(send_id)

    def _release_secret(self, account_id: int) -> None:
        found = self._outbox.in_state((State.QUEUED, State.UNSURE), account_id=account_id)
        waiting = [due.batch for due in found if due.batch.waits_for_person and due.batch.reason == SECRET]
        if waiting and self._accounts.has_secret(account_id):
            self._change(waiting, "resumed", waits_for_person=False, reason="", reason_args={})

    def _end_admin_waits(self, account_id: int) -> None:
        silent = [
            due.batch
            for due in self._outbox.in_state((State.WAITING_ADMIN,), account_id=account_id)
            if due.batch.msg_id is None and due.batch.not_before is not None and due.batch.not_before <= self._now()
        ]
        self._change(
            silent, "admin_silent", state=State.UNSURE, in_doubt=True, reason="admin.silent", not_before=None
        )


def quota_is_spent(accounts: AccountService, account_id: int, to_all: bool) -> bool:
    """Whether the local record says that WeChat would refuse: a 服务号's sends to all, any send of a 订阅号."""
    return counts_in_quota(accounts, account_id, to_all) and accounts.quota(account_id).left <= 0


def counts_in_quota(accounts: AccountService, account_id: int, to_all: bool) -> bool:
    """Whether a send uses up the account's own quota; the others only each follower's four a month."""
    return to_all or accounts.get(account_id).kind == "subscription"
