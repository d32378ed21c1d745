"""The access token: fetched once, kept in memory only, renewed once for all threads, forced as a last resort."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from desktop_app.errors import AppError, NetworkError
from desktop_app.job import Job

FORCED_PER_DAY = 20  # stable_token's own limits
FORCED_APART_S = 30.0
DAY_S = 24 * 3600.0
LOCK_SLICE_S = 0.2

# fetch(force, job) -> token and its remaining life in seconds
Fetch = Callable[[bool, Job | None], tuple[str, float]]


class Tokens:
    """The token of one account, shared by all threads of one client.

    Every error that comes from here has ``stage == "token"``, and a ``NetworkError`` says
    ``maybe_arrived=False``: of the call that needed the token nothing has left.
    """

    def __init__(self, fetch: Fetch, clock: Callable[[], float], *, may_force: bool) -> None:
        self._fetch = fetch
        self._clock = clock
        self._may_force = may_force
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0
        self._forced_at: deque[float] = deque(maxlen=FORCED_PER_DAY)
        self._failures = 0
        self._last_failure: AppError | None = None

    @property
    def current(self) -> str:
        """The token at hand, perhaps an empty text; for hiding it, not for calling."""
        return self._token

    def get(self, job: Job | None = None) -> str:
        """The token, fetched if there is none or its life ends soon."""
        token = self._token
        if token and self._clock() < self._good_until:
            return token
        with self._one_at_a_time(job):
            if not self._token or self._clock() >= self._good_until:
                self._renew(False, job)
            return self._token

    def renew(self, refused: str, job: Job | None = None) -> str:
        """Another token than ``refused``; the current one if a thread has fetched it meanwhile.

        If WeChat goes on giving the refused one, it is forced out, as far as the limits allow.
        """
        with self._one_at_a_time(job):
            if self._token == refused:
                self._renew(False, job)
            if self._token == refused and self._force_is_allowed():
                self._forced_at.append(self._clock())
                self._renew(True, job)
            return self._token

    def _renew(self, force: bool, job: Job | None) -> None:
        try:
            token, life_s = self._fetch(force, job)
        except AppError as error:
            error.stage = "token"
            if isinstance(error, NetworkError):
                error.maybe_arrived = False
            self._failures += 1
            self._last_failure = error
            raise
        self._last_failure = None
        self._token = token
        # WeChat rotates the token 5 minutes before its end, and both work meanwhile.
        self._good_until = self._clock() + life_s - min(300.0, life_s / 10)

    def _force_is_allowed(self) -> bool:
        if not self._may_force:
            return False
        now = self._clock()
        if self._forced_at and now - self._forced_at[-1] < FORCED_APART_S:
            return False
        return len(self._forced_at) < FORCED_PER_DAY or now - self._forced_at[0] >= DAY_S

    @contextmanager
    def _one_at_a_time(self, job: Job | None) -> Iterator[None]:
        """Hold the lock; who waited for it while the fetch failed shares that failure, not its waiting time."""
        failures = self._failures
        while not self._lock.acquire(timeout=LOCK_SLICE_S):
            if job is not None:
                job.check()
        try:
            if self._failures != failures and self._last_failure is not None:
                raise self._last_failure
            yield
        finally:
            self._lock.release()
