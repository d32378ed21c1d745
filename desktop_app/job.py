"""Job: progress and cancellation, handed to every long function. Free of Qt."""

from __future__ import annotations

import threading
from collections.abc import Callable

from desktop_app.errors import Cancelled


class Job:
    """One running piece of work.

    ``progress(done, total)`` reports bytes or steps to the listener (which thins them out);
    ``check()`` and ``sleep()`` raise ``Cancelled`` once somebody called ``cancel()``.
    """

    def __init__(
        self,
        on_progress: Callable[[int, int], None] | None = None,
        on_report: Callable[[object], None] | None = None,
    ) -> None:
        self._cancelled = threading.Event()
        self._on_progress = on_progress
        self._on_report = on_report

    def progress(self, done: int, total: int) -> None:
        """Report ``done`` of ``total`` units; 0 as total means unknown."""
        if self._on_progress is not None:
            self._on_progress(done, total)

    def report(self, value: object) -> None:
        """Hand an intermediate result (an immutable value) to the listener; none is dropped."""
        if self._on_report is not None:
            self._on_report(value)

    def quiet(self) -> Job:
        """The same job for a part of the work: it is cancelled with this one, but reports nothing."""
        part = Job()
        part._cancelled = self._cancelled
        return part

    def cancel(self) -> None:
        """Ask the work to stop at its next check. May be called from any thread."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether ``cancel()`` was called."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raise ``Cancelled`` if the work is to stop."""
        if self._cancelled.is_set():
            raise Cancelled

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than until ``cancel()``; then raise ``Cancelled``."""
        if self._cancelled.wait(seconds):
            raise Cancelled
