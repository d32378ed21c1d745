"""Job: progress, reports and cancellation for every long function."""

from __future__ import annotations

import threading
import time

import pytest

from desktop_app.errors import Cancelled
from desktop_app.job import Job


def test_progress_and_reports_reach_their_listeners() -> None:
    """Each step and each intermediate result is told, in order."""
    steps: list[tuple[int, int]] = []
    reports: list[object] = []
    job = Job(lambda done, total: steps.append((done, total)), reports.append)
    job.progress(1, 3)
    job.progress(3, 3)
    job.report("a")
    job.report("b")
    assert steps == [(1, 3), (3, 3)]
    assert reports == ["a", "b"]


def test_without_listeners_nothing_happens() -> None:
    """A function may report whether or not somebody listens."""
    job = Job()
    job.progress(1, 2)
    job.report(object())
    job.check()
    assert not job.cancelled


def test_check_raises_once_cancelled() -> None:
    """The next check after cancel() stops the work; it may be called from any thread, and twice."""
    job = Job()
    thread = threading.Thread(target=job.cancel)
    thread.start()
    thread.join()
    job.cancel()
    assert job.cancelled
    with pytest.raises(Cancelled):
        job.check()


def test_sleep_ends_with_cancel() -> None:
    """A pause of an hour ends at once when somebody cancels."""
    job = Job()
    threading.Timer(0.02, job.cancel).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        job.sleep(3600)
    assert time.monotonic() - began < 5


def test_sleep_lasts_as_long_as_it_should() -> None:
    """Undisturbed, it is a plain pause."""
    began = time.monotonic()
    Job().sleep(0.02)
    assert time.monotonic() - began >= 0.019
