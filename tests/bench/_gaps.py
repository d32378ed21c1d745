"""How long the window's thread was away: a 5 ms timer that notes by how much each of its ticks came late."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, Qt, QTimer

PERIOD_MS = 5
TIMEOUT_S = 60.0


class Gaps:
    """Milliseconds over the period, one value a tick, gathered over the rounds of a benchmark."""

    def __init__(self) -> None:
        self.rounds: list[list[float]] = []

    def watch(self, done: Callable[[], bool], begin: Callable[[], object] = lambda: None) -> float:
        """Run the event loop, in it ``begin()``, until ``done()``; returns the seconds. Raises TimeoutError."""
        gc.collect()  # what earlier rounds left behind is not this round's
        late: list[float] = []
        loop, timer = QEventLoop(), QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        started = last = time.perf_counter()

        def tick() -> None:
            nonlocal last
            now = time.perf_counter()
            late.append(max(0.0, (now - last) * 1000 - PERIOD_MS))
            last = now
            if len(late) == 1:
                begin()
            elif done() or now - started > TIMEOUT_S:
                loop.quit()

        timer.timeout.connect(tick)
        timer.start(PERIOD_MS)
        loop.exec()
        timer.stop()
        self.rounds.append(late)
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
        ticks = sorted(tick for late in self.rounds for tick in late)
        return ticks[int(len(ticks) * 0.99)]
