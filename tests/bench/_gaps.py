"""How long the window's thread was away: a 5 ms timer that notes by how much each of its ticks came late.

On a machine that others use as well a part of that is only the wait for a processor; Linux tells how long.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt, QTimer

PERIOD_MS = 5
TIMEOUT_S = 60.0


class Gaps:
    """Milliseconds over the period, one value a tick, gathered over the rounds of a benchmark."""

    def __init__(self) -> None:
        self.rounds: list[list[float]] = []
        self.own: list[list[float]] = []
        """The same without the wait for a processor."""

    def watch(self, done: Callable[[], bool], begin: Callable[[], object] = lambda: None) -> float:
        """Run the event loop, in it ``begin()``, until ``done()``; returns the seconds. Raises TimeoutError."""
        gc.collect()  # what earlier rounds left behind is not this round's
        late: list[float] = []
        own: list[float] = []
        loop, timer = QEventLoop(), QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        started = last = time.perf_counter()
        waited = waited_ms()

        def tick() -> None:
            nonlocal last, waited
            now, waited_now = time.perf_counter(), waited_ms()
            late.append(max(0.0, (now - last) * 1000 - PERIOD_MS))
            own.append(max(0.0, late[-1] - (waited_now - waited)))
            last, waited = now, waited_now
            if len(late) == 1:
                begin()
            elif done() or now - started > TIMEOUT_S:
                loop.quit()

        timer.timeout.connect(tick)
        timer.start(PERIOD_MS)
        loop.exec()
        timer.stop()
        self.rounds.append(late)
        self.own.append(own)
        if last - started > TIMEOUT_S:
            raise TimeoutError("the round did not end")
        return last - started

    def watch_for(self, seconds: float) -> float:
        """Watch for so long."""
        end = time.perf_counter() + seconds
        return self.watch(lambda: time.perf_counter() >= end)

    @property
    def longest(self) -> float:
        """The longest of all rounds."""
        return max(max(late) for late in self.rounds)

    @property
    def usual_longest(self) -> float:
        """The median of the longest of each round."""
        return statistics.median(max(late) for late in self.rounds)

    @property
    def p99(self) -> float:
        """Of all ticks, one in a hundred was later than this."""
        return _p99(self.rounds)

    @property
    def own_longest(self) -> float:
        """The longest of all rounds, without the wait for a processor."""
        return max(max(own) for own in self.own)

    @property
    def own_p99(self) -> float:
        """``p99`` without the wait for a processor."""
        return _p99(self.own)


def waited_ms() -> float:
    """For how long this thread was ready to run and no processor was free; 0 where the system does not tell."""
    with suppress(OSError):
        return int(Path("/proc/thread-self/schedstat").read_bytes().split()[1]) / 1e6
    return 0.0


def _p99(rounds: list[list[float]]) -> float:
    ticks = sorted(tick for late in rounds for tick in late)
    return ticks[int(len(ticks) * 0.99)]
