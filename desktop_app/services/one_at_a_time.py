"""A second upload of the same thing waits for the first."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from desktop_app.job import Job


class OneAtATime:
    """Locks by key, made when they are wanted."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[Hashable, threading.Lock] = {}

    @contextmanager
    def __call__(self, key: Hashable, job: Job) -> Iterator[None]:
        """Inside the block no other thread is inside one of the same key. Raises Cancelled while it waits."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        while not lock.acquire(timeout=0.1):
            job.check()
        try:
            yield
        finally:
            lock.release()
