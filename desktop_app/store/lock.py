"""One process per data folder: a file lock that the system takes back when the process ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from desktop_app.errors import StoreError


class ProfileLock:
    """Holds the lock of one profile from construction to ``release()``.

    Raises StoreError ``store.in_use`` at once if somebody else holds it, ``store.folder`` if the file cannot
    be made. It is the open file that holds the lock, so a second attempt in the same process is refused too.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._fd: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError("store.folder", detail=str(error.strerror)) from error
        try:
            _lock(self._fd)
        except OSError as error:
            os.close(self._fd)
            self._fd = None
            raise StoreError("store.in_use") from error

    def release(self) -> None:
        """Let the next process in. Calling it twice does no harm."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int) -> None:
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(fd: int) -> None:
        # flock, not lockf: POSIX record locks would let the same process in twice.
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
