"""Polling: WeChat is asked what became of accepted jobs, ever more rarely; and finished ones are deleted."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop_app.errors import AppError, BadRequest, NetworkError, Refused, SecretNeeded, StoreError
from desktop_app.job import Job
from desktop_app.services.checkpoints import reached
from desktop_app.services.schedule import next_poll_at
from desktop_app.store.outbox import TRANSITIONS, Batch, Due, Outbox, OutboxRow, State

if TYPE_CHECKING:
    from desktop_app.services.account import AccountService

CHUNK = 128
"""So many answers are written in one transaction: a thousand jobs cost eight commits (promise P11)."""
QUIET_S = 60.0
"""After a failure that would stop the next question too."""

ANSWERS: dict[str, tuple[State, str]] = {
    "SEND_SUCCESS": (State.SUCCEEDED, "polled_success"),
    "SEND_FAIL": (State.FAILED, "polled_fail"),
    "DELETE": (State.DELETED, "polled_delete"),
}
DELETABLE_KINDS = ("news", "video")


class Polling:
    """Status questions and deletes. A question that fails changes no state."""

    def __init__(
        self, outbox: Outbox, accounts: AccountService, now: Callable[[], float], say: Callable[[int], None]
    ) -> None:
        self._outbox = outbox
        self._accounts = accounts
        self._now = now
        self._say = say
        self._quiet_until: dict[int, float] = {}

    def poll(self, account_id: int, job: Job | None = None) -> int:
        """Ask about what is due; returns how many questions were asked."""
        if self.quiet_until(account_id) > self._now():
            return 0
        return self._ask_all(account_id, self._outbox.poll_due(account_id, self._now()), job)

    def poll_all(self, account_id: int, job: Job | None = None) -> int:
        """Ask about every open job of an account, due or not."""
        return self._ask_all(account_id, self._outbox.poll_due(account_id, math.inf), job)

    def poll_send(self, send_id: int, job: Job | None = None) -> int:
        """Ask about one send now, also after 成功: it may have been deleted on the web page since."""
        states = (State.ACCEPTED, State.WAITING_ADMIN, State.SUCCEEDED)
        found = [due for due in self._outbox.in_state(states, send_id=send_id) if due.batch.msg_id is not None]
        return self._ask_all(found[0].account_id, found, job) if found else 0

    def quiet_until(self, account_id: int) -> float:
        """No question of this account before."""
        return self._quiet_until.get(account_id, 0.0)

    def release(self, account_id: int) -> None:
        """Ask again at once: the secret was typed, or the clock was set."""
        self._quiet_until.pop(account_id, None)

    def delete(self, row: OutboxRow, article_idx: int, job: Job | None = None) -> None:
        """deleteMass for each batch that went out. Raises what the first failing one raises, after noting it."""
        if problem := delete_problem(row):
            raise BadRequest(problem)
        client = self._accounts.client(row.account_id)
        for batch in row.batches:
            if not _is_deletable(batch):
                continue
            if job is not None:
                job.check()
            assert batch.msg_id is not None
            try:
                client.delete_mass(batch.msg_id, article_idx)
            except AppError as error:
                self._note_failed_delete(batch, article_idx, error)
                raise
            self._note_delete(batch, article_idx)

    def _ask_all(self, account_id: int, wanted: list[Due], job: Job | None) -> int:
        asked = 0
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            done = self._ask(account_id, chunk, job)
            asked += done
            if done < len(chunk):
                break
        return asked

    def _ask(self, account_id: int, chunk: list[Due], job: Job | None) -> int:
        """Ask one by one, write the answers together; fewer than asked for if it had better pause."""
        answers: list[tuple[Due, str]] = []
        try:
            client = self._accounts.client(account_id)
            for due in chunk:
                if job is not None and job.cancelled:
                    break
                assert due.batch.msg_id is not None
                reached("poll.before")
                try:
                    status = client.get_mass_message_status(due.batch.msg_id).msg_status
                except AppError as error:
                    if _stops_all(error):
                        raise
                    status = ""
                reached("poll.answered")
                answers.append((due, status))
        except AppError:
            self._quiet_until[account_id] = self._now() + QUIET_S
        self._record(answers)
        reached("poll.recorded")
        return len(answers)

    def _record(self, answers: list[tuple[Due, str]]) -> None:
        changed = dict[int, None]()
        now = self._now()
        with self._outbox.together():
            for due, status in answers:
                batch = due.batch
                state, code = ANSWERS.get(status, (batch.state, ""))
                if state in TRANSITIONS[batch.state]:
                    if self._finish(batch, state, code, now):
                        changed[batch.send_id] = None
                else:
                    ended = batch.state is State.SUCCEEDED
                    at = None if ended else next_poll_at(batch.accepted_at or now, now)
                    self._outbox.postpone_poll(batch, at)
                    changed[batch.send_id] = None
        for send_id in changed:
            self._say(send_id)

    def _finish(self, batch: Batch, state: State, code: str, now: float) -> bool:
        reason = "poll.failed" if state is State.FAILED else ""
        # While the administrator may not have answered, SEND_FAIL can mean that: WeChat does not say.
        args = {"admin": batch.state is State.WAITING_ADMIN} if reason else {}
        try:
            self._outbox.change(
                batch, code, args, state=state, reason=reason, reason_args=args, polled_at=now, next_poll_at=None
            )
        except StoreError as error:
            if error.code != "store.changed":
                raise
            return False  # another thread was faster
        return True

    def _note_delete(self, batch: Batch, article_idx: int) -> None:
        args = {"article_idx": article_idx}
        if article_idx:
            gone = tuple(sorted({*batch.deleted_articles, article_idx}))
            self._outbox.change(batch, "deleted", args, deleted_articles=gone)
        else:
            self._outbox.change(batch, "deleted", args, state=State.DELETED, next_poll_at=None)
        self._say(batch.send_id)

    def _note_failed_delete(self, batch: Batch, article_idx: int, error: AppError) -> None:
        if isinstance(error, Refused):
            args = {"errcode": error.errcode, "errmsg": error.errmsg[:300], "article_idx": article_idx}
            self._outbox.tell(batch.send_id, batch.number, "delete_refused", args)
        elif isinstance(error, NetworkError) and error.maybe_arrived:
            args = {"reason": error.code, "article_idx": article_idx}
            self._outbox.tell(batch.send_id, batch.number, "delete_in_doubt", args)
        self._say(batch.send_id)


def delete_problem(row: OutboxRow) -> str:
    """Why WeChat cannot delete this send; empty if it can. Only articles and videos that were delivered."""
    if row.kind not in DELETABLE_KINDS:
        return "delete.kind"
    if all(batch.state is State.DELETED for batch in row.batches):
        return "delete.already"
    if any(_is_deletable(batch) for batch in row.batches):
        return ""
    without_id = any(batch.state is State.SUCCEEDED for batch in row.batches)
    return "delete.no_msg_id" if without_id else "delete.state"


def _is_deletable(batch: Batch) -> bool:
    return batch.state is State.SUCCEEDED and batch.msg_id is not None


def _stops_all(error: AppError) -> bool:
    """Whether the next question would fail for the same reason: no line, no token, no secret, too fast."""
    if isinstance(error, NetworkError | SecretNeeded) or error.stage == "token":
        return True
    return isinstance(error, Refused) and error.errcode in (-1, 45009, 45011)
