"""The sandbox's clock: can be injected, moved forward and sped up; days and months are Beijing's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


class Clock:
    """Epoch seconds that start at `source()` and then run `speed` times as fast.

    `not_before`: the time a saved state was written at; the clock never starts earlier, so that a clock
    that was moved forward does not fall back when the sandbox starts again.
    """

    def __init__(self, source: Callable[[], float] = time.time, speed: float = 1.0, not_before: float = 0.0) -> None:
        self._lock = threading.Lock()
        self._source = source
        self._speed = speed
        self._origin = source()
        self._base = max(self._origin, not_before)

    def now(self) -> float:
        """The sandbox's time in epoch seconds."""
        with self._lock:
            return self._base + (self._source() - self._origin) * self._speed

    def advance(self, seconds: float) -> float:
        """Move the clock by `seconds` (also backwards); returns the new time."""
        with self._lock:
            self._base += seconds
        return self.now()

    @property
    def speed(self) -> float:
        """How many of the sandbox's seconds pass in one second of the source."""
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        if value < 0:
            raise ValueError("the speed of the clock cannot be negative")
        now = self.now()
        with self._lock:
            self._base, self._origin, self._speed = now, self._source(), value

    def day(self) -> str:
        """Today in Beijing, `2026-11-23`: daily quotas begin anew with it."""
        return datetime.fromtimestamp(self.now(), BEIJING).strftime("%Y-%m-%d")

    def month(self) -> str:
        """This month in Beijing, `2026-11`."""
        return self.day()[:7]
