"""Timers that call sending.* for every account; says row_changed(send_id) on the window's thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.services.account import AccountService
from desktop_app.services.sending import Sending
from desktop_app.workers.tasks import Tasks

REFRESH_GAP_S = 5.0
LONGEST_NAP_S = 30.0  # timers stand still while the machine sleeps: after waking, the clock is looked at soon
SHORTEST_NAP_S = 0.05
AFTER_ERROR_S = 10.0


@dataclass(frozen=True)
class _Round:
    """What one look at an account brought: when to look again (None: not by time), and what is missing."""

    account_id: int
    nap_s: float | None
    secret_missing: bool


class OutboxWorker(QObject):
    """Delivers and polls in lane "send", one thread per account, and sleeps until the next thing is due."""

    row_changed = Signal(int)
    """A send was written: read it again."""
    secret_needed = Signal(int)
    """An account has work, but its AppSecret has to be typed. Once, until it was there."""
    state_changed = Signal()
    """Rounds began or ended, or an error came or went."""
    failed = Signal(object)
    """A StoreError stopped a round (a full disk …); it is tried again by itself."""

    _heard = Signal(int)

    def __init__(
        self,
        tasks: Tasks,
        sending: Sending,
        accounts: AccountService,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        clock_speed: float = 1.0,
    ) -> None:
        """``clock_speed``: seconds of the services' clock in one real second (a sped-up rehearsal, tests)."""
        super().__init__(parent)
        self._tasks = tasks
        self._sending = sending
        self._accounts = accounts
        self._clock = clock
        self._clock_speed = clock_speed
        self._timers: dict[int, QTimer] = {}
        self._busy: set[int] = set()
        self._again: set[int] = set()
        self._asked_for_secret: set[int] = set()
        self._refreshed_at: dict[int, float] = {}
        self._started = False
        self.last_error: AppError | None = None
        self._heard.connect(self._on_heard, Qt.ConnectionType.QueuedConnection)
        sending.add_listener(self._heard.emit)

    def start(self) -> None:
        """Begin with whatever is due."""
        self._started = True
        self.wake()

    def stop(self) -> None:
        """Start nothing more. What is under way ends with its tasks."""
        self._started = False
        for timer in self._timers.values():
            timer.stop()

    def wake(self) -> None:
        """Look at all accounts now: something was queued, resumed or typed."""
        if self._started:
            self._tasks.start(
                "work",
                lambda job: self._sending.open_accounts(),
                owner=self,
                on_done=self._look_at,
                on_error=self._fail,
            )

    def refresh(self, send_id: int) -> None:
        """Ask WeChat about one send now, at most once in 5 seconds."""
        now = self._clock()
        if now - self._refreshed_at.get(send_id, float("-inf")) < REFRESH_GAP_S:
            return
        self._refreshed_at[send_id] = now
        self._tasks.start(
            "work",
            lambda job: self._sending.row(send_id).account_id,
            owner=self,
            on_done=lambda account_id: self._ask(account_id, send_id),
            on_error=self._fail,
        )

    @property
    def busy(self) -> bool:
        """Whether a round is under way."""
        return bool(self._busy)

    def _ask(self, account_id: int, send_id: int) -> None:
        self._tasks.start(
            "send",
            lambda job: self._sending.poll(send_id=send_id, force=True, job=job),
            key=account_id,
            owner=self,
            on_error=self._fail,
        )

    def _look_at(self, account_ids: tuple[int, ...]) -> None:
        for account_id in account_ids:
            self._sending.go_on(account_id)
            self._begin(account_id)

    def _begin(self, account_id: int) -> None:
        if not self._started:
            return
        if account_id in self._busy:
            self._again.add(account_id)
            return
        self._busy.add(account_id)
        self._timer(account_id).stop()
        self.state_changed.emit()
        self._tasks.start(
            "send",
            lambda job: self._round(account_id, job),
            key=account_id,
            owner=self,
            on_done=self._end,
            on_error=lambda error: self._end_badly(account_id, error),
        )

    def _round(self, account_id: int, job: Job) -> _Round:
        """On the account's thread: everything that is due now."""
        self._sending.deliver(account_id, job)
        self._sending.poll(account_id, job=job)
        nap_s = self._sending.seconds_until_due(account_id)
        wanted = nap_s is not None or self._sending.needs_secret(account_id)
        there = self._accounts.get(account_id).removed_at is None
        return _Round(account_id, nap_s, wanted and there and not self._accounts.has_secret(account_id))

    def _end(self, done: _Round) -> None:
        self._busy.discard(done.account_id)
        if self.last_error is not None:
            self.last_error = None
        if not done.secret_missing:
            self._asked_for_secret.discard(done.account_id)
        elif done.account_id not in self._asked_for_secret:
            self._asked_for_secret.add(done.account_id)
            self.secret_needed.emit(done.account_id)
        if done.account_id in self._again:
            self._again.discard(done.account_id)
            self._begin(done.account_id)
        elif done.nap_s is not None:
            self._nap(done.account_id, done.nap_s)
        self.state_changed.emit()

    def _end_badly(self, account_id: int, error: AppError) -> None:
        self._busy.discard(account_id)
        self._again.discard(account_id)
        self._nap(account_id, AFTER_ERROR_S)
        self._fail(error)

    def _fail(self, error: AppError) -> None:
        news = self.last_error is None or self.last_error.code != error.code
        self.last_error = error
        if news:
            self.failed.emit(error)
        self.state_changed.emit()

    def _nap(self, account_id: int, seconds: float) -> None:
        if self._started:
            real = min(max(seconds / self._clock_speed, SHORTEST_NAP_S), LONGEST_NAP_S)
            self._timer(account_id).start(int(1000 * real) + 1)

    def _timer(self, account_id: int) -> QTimer:
        if account_id not in self._timers:
            timer = QTimer(self)
            timer.setSingleShot(True)
            timer.timeout.connect(lambda: self._begin(account_id))
            self._timers[account_id] = timer
        return self._timers[account_id]

    @Slot(int)
    def _on_heard(self, send_id: int) -> None:
        self.row_changed.emit(send_id)
