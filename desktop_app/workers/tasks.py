"""Tasks: run a function off the window's thread and bring its result back. The only code that crosses threads."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from desktop_app.errors import AppError, Cancelled
from desktop_app.job import Job

log = logging.getLogger(__name__)

THREADS = {"upload": 4, "work": 4, "intake": 2, "pictures": 2, "convert": 1, "notes": 1}
"""Files are taken in by two threads, and decoded to be shown by two: beside four uploads more would only take the
window's thread its turn, and small work would queue behind them. A converter uses all processors by itself. What
is noted and crossed out again has to keep its order."""
PROGRESS_PERIOD_S = 0.05


def _step_back() -> None:
    """Let the window's thread go first: on Linux, niceness belongs to a thread.

    Measured with 20 uploads over TLS: the window's p99 stall fell from 15 to 7 ms.
    """
    if sys.platform.startswith("linux"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)


class Task:
    """One started function. Keep it to ask whether it runs, or to cancel it."""

    def __init__(self, lane: str) -> None:
        self.lane = lane
        self.job = Job()
        self.running = True
        self._future: Future[None] | None = None

    def cancel(self) -> None:
        """Ask the function to stop; its callbacks are not called any more, but for ``on_late``."""
        self.job.cancel()

    def cancel_and_wait(self) -> None:
        """The same, and wait for the end if it has begun: only where nothing else may write at the same time."""
        self.cancel()
        if self._future is not None and self._future.running():
            wait([self._future])


class _Call:
    """What has to happen on the window's thread once something comes back."""

    __slots__ = ("has_owner", "on_done", "on_error", "on_late", "on_progress", "on_report", "owner", "task")

    def __init__(
        self,
        task: Task,
        owner: QObject | None,
        on_done: Callable[[Any], None] | None,
        on_error: Callable[[AppError], None] | None,
        on_progress: Callable[[int, int], None] | None,
        on_report: Callable[[Any], None] | None,
        on_late: Callable[[Any], None] | None,
    ) -> None:
        self.task = task
        self.has_owner = owner is not None
        self.owner = weakref.ref(owner) if owner is not None else None
        self.on_done = on_done
        self.on_error = on_error
        self.on_progress = on_progress
        self.on_report = on_report
        self.on_late = on_late

    def wanted(self) -> bool:
        """Callbacks are dropped when the owner is gone or the task was cancelled."""
        return not self.task.job.cancelled and self.heard()

    def heard(self) -> bool:
        """Whether the owner is still there."""
        if self.owner is None:
            return True
        owner = self.owner()
        return owner is not None and isValid(owner)


class Tasks(QObject):
    """Lanes of threads: ``"send"`` (one thread per account) and those of ``THREADS``.

    All callbacks run on the thread that made this object. Make one per app and ``close()`` it at the end.
    """

    idle_changed = Signal(bool)
    """True when nothing runs any more, False when something starts."""

    changed = Signal()
    """Something started or ended."""

    _back = Signal(object, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pools: dict[Hashable, ThreadPoolExecutor] = {}
        self._lock = threading.Lock()
        self._running: set[Task] = set()
        self._closed = False
        self._back.connect(self._bring_back, Qt.ConnectionType.QueuedConnection)

    def start(
        self,
        lane: str,
        function: Callable[[Job], Any],
        *,
        key: Hashable = None,
        owner: QObject | None = None,
        on_done: Callable[[Any], None] | None = None,
        on_error: Callable[[AppError], None] | None = None,
        on_progress: Callable[[int, int], None] | None = None,
        on_report: Callable[[Any], None] | None = None,
        on_late: Callable[[Any], None] | None = None,
    ) -> Task:
        """Run ``function(job)`` in a lane.

        ``key`` (the account's id) chooses the thread in lane "send". Callbacks come on the window's thread and
        are dropped once ``owner`` is gone: ``on_done(result)``, ``on_error(AppError)`` (without it an AppError
        is logged and shown like a bug), ``on_progress(done, total)`` at most 20 times a second,
        ``on_report(value)`` for each ``job.report(value)``. ``on_late(result)`` in the place of ``on_done`` when the
        task was cancelled but had done its work: what it left behind can be taken back.
        """
        task = Task(lane)
        if self._closed:
            task.job.cancel()
            task.running = False
            return task
        call = _Call(task, owner, on_done, on_error, on_progress, on_report, on_late)
        last = [0.0]

        def progress(done: int, total: int) -> None:
            now = time.monotonic()
            if done >= total or now - last[0] >= PROGRESS_PERIOD_S:
                last[0] = now
                self._say(call, "progress", (done, total))

        task.job = Job(progress if on_progress else None, lambda value: self._say(call, "report", value))
        if not self._running:
            self.idle_changed.emit(False)
        self._running.add(task)
        self.changed.emit()
        task._future = self._pool(lane, key).submit(self._run, call, function)
        return task

    def running(self, lane: str | None = None) -> int:
        """How many tasks are under way or waiting, in one lane or in all."""
        return sum(1 for task in self._running if lane is None or task.lane == lane)

    def close(self) -> None:
        """Cancel what runs and wait for the threads; every request has a time-out, so this ends."""
        self._closed = True
        for task in list(self._running):
            task.job.cancel()
        with self._lock:
            pools = list(self._pools.values())
            self._pools.clear()
        for pool in pools:
            pool.shutdown(wait=True, cancel_futures=True)
        self._running.clear()

    def _pool(self, lane: str, key: Hashable) -> ThreadPoolExecutor:
        name: Hashable = (lane, key) if lane == "send" else lane
        with self._lock:
            if name not in self._pools:
                threads = 1 if lane == "send" else THREADS[lane]
                self._pools[name] = ThreadPoolExecutor(
                    threads, thread_name_prefix=f"qunfa-{lane}", initializer=None if lane == "send" else _step_back
                )
            return self._pools[name]

    def _run(self, call: _Call, function: Callable[[Job], Any]) -> None:
        try:
            call.task.job.check()
            result = function(call.task.job)
        except Cancelled:
            self._say(call, "cancelled", None)
        except AppError as error:
            self._say(call, "error", error)
        except BaseException as bug:
            self._say(call, "bug", bug)
        else:
            self._say(call, "done", result)

    def _say(self, call: _Call, what: str, value: object) -> None:
        if not self._closed:
            self._back.emit(call, what, value)

    @Slot(object, str, object)
    def _bring_back(self, call: _Call, what: str, value: Any) -> None:
        if what in ("done", "error", "bug", "cancelled"):
            call.task.running = False
            self._running.discard(call.task)
            self.changed.emit()
            if not self._running:
                self.idle_changed.emit(True)
        if what == "bug":
            raise value  # reaches sys.excepthook, which logs it and shows one dialog
        if what == "done" and call.on_late and call.task.job.cancelled and call.heard():
            call.on_late(value)
        if not call.wanted():
            return
        if what == "done" and call.on_done:
            call.on_done(value)
        elif what == "progress" and call.on_progress:
            call.on_progress(*value)
        elif what == "report" and call.on_report:
            call.on_report(value)
        elif what == "error":
            if call.on_error is None:
                raise value
            call.on_error(value)
