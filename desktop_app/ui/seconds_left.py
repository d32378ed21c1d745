"""Seconds counted down on a monotonic clock: before a send is submitted, before a check is repeated."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

TICK_MS = 100


class SecondsLeft(QObject):
    """A change of the computer's time or a late timer moves nothing: only the clock that is handed in counts."""

    moved = Signal(float)
    """Seconds left, ten times a second."""
    second = Signal(int)
    """Seconds left, rounded up, whenever that number changes; not for 0."""
    ended = Signal()

    def __init__(self, clock: Callable[[], float] = time.monotonic, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._end = 0.0
        self._shown = 0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)

    @property
    def running(self) -> bool:
        """Whether it counts."""
        return self._timer.isActive()

    def start(self, seconds: float) -> None:
        """Count down from ``seconds``, from now."""
        self._end = self._clock() + seconds
        self._shown = 0
        self._timer.start()
        self.tick()

    def stop(self) -> None:
        """Stop; ``ended`` will not come."""
        self._timer.stop()

    def tick(self) -> None:
        """Look at the clock. The timer does it ten times a second."""
        if not self.running:
            return
        left = max(self._end - self._clock(), 0.0)
        self.moved.emit(left)
        if left <= 0:
            self._timer.stop()
            self.ended.emit()
        elif math.ceil(left) != self._shown:
            self._shown = math.ceil(left)
            self.second.emit(self._shown)


class RetryClock(QObject):
    """When to try again by itself: ``wait()`` after each failure; ``limit_s`` after the first one it gives up."""

    second = Signal(int)
    """Seconds until the next try, whenever that number changes."""
    due = Signal()

    def __init__(
        self,
        every_s: float = 15,
        limit_s: float = 600,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._every, self._limit, self._now = every_s, limit_s, clock
        self._since: float | None = None
        self.clock = SecondsLeft(clock, self)
        self.clock.second.connect(self.second)
        self.clock.ended.connect(self.due)

    @property
    def running(self) -> bool:
        """Whether a next try is coming."""
        return self.clock.running

    def wait(self) -> bool:
        """Begin to wait for the next try; False once the limit is reached."""
        now = self._now()
        self._since = now if self._since is None else self._since
        if now + self._every > self._since + self._limit:
            self.clock.stop()
            return False
        self.clock.start(self._every)
        return True

    def pause(self) -> None:
        """No next try for now; the limit goes on counting."""
        self.clock.stop()

    def reset(self) -> None:
        """No next try, and the limit begins anew."""
        self.clock.stop()
        self._since = None
