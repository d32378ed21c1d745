"""Notices that the wall clock was set, so that no wait is cut short and no repeat comes too late."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

TOLERANCE_S = 120.0


def steady_time() -> float:
    """Seconds that nobody can set and that go on while the machine sleeps."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)  # time.monotonic() stops during sleep there
    return time.monotonic()


class ClockGuard:
    """Compares the wall clock with a steady one, and at start with the latest time in the ledger.

    While the program is off only a clock that went back behind the ledger can be noticed.
    """

    def __init__(self, now: Callable[[], float], steady: Callable[[], float], latest: float | None) -> None:
        self._now = now
        self._steady = steady
        self._offset = now() - steady()
        self._jumped = latest is not None and now() < latest - TOLERANCE_S

    def jumped(self) -> bool:
        """Whether the clock was set since ``accept`` was called last."""
        return self._jumped or abs(self._now() - self._steady() - self._offset) > TOLERANCE_S

    def accept(self) -> None:
        """What followed from the jump is written down: from here on the clock is right."""
        self._offset = self._now() - self._steady()
        self._jumped = False
