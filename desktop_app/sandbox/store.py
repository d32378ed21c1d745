"""What the sandbox keeps on disk: one JSON file written atomically, and bytes by their SHA-256 beside it."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

VERSION = 1  # of the state; another one is put aside, a rehearsal starts anew
LAZY_S = 0.3
RETRY_S = 5.0
_log = logging.getLogger(__name__)


class Files:
    """Bytes by content hash: uploads and the bodies of accepted sends."""

    def __init__(self, folder: Path | None) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="sandbox-") if folder is None else None
        self.folder = folder or Path(self._temporary.name if self._temporary else "")
        self._durable = folder is not None
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def keep(self, spooled: Path, sha256: str) -> Path:
        """Take over a spooled file under its hash."""
        target = self.folder / sha256
        os.replace(spooled, target)
        return target

    def add(self, data: bytes) -> str:
        """Keep bytes, durably in a lasting folder; returns their SHA-256."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.folder / sha256
        if not target.exists():
            if self._durable:
                write_atomically(target, data)
            else:
                target.write_bytes(data)
        return sha256

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie."""
        return self.folder / sha256

    def read(self, sha256: str) -> bytes:
        """The bytes with this hash. Raises FileNotFoundError."""
        return self.path(sha256).read_bytes()

    def close(self) -> None:
        """Delete the folder if it was a temporary one."""
        if self._temporary is not None:
            self._temporary.cleanup()


def write_atomically(target: Path, data: bytes) -> None:
    """Write a file so that after a crash it is the old or the new one, never a part."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=target.name)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(name, target)


class Saver:
    """Writes the state: at once for what must not be lost, else a moment later by a thread of its own.

    `lock` is the one that guards what `snapshot` reads; it is held while the file is written.
    """

    def __init__(
        self, path: Path | None, snapshot: Callable[[], dict[str, Any]], lock: AbstractContextManager[Any]
    ) -> None:
        self._path = path
        self._snapshot = snapshot
        self._lock = lock
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def load(self) -> dict[str, Any] | None:
        """The saved state, or None; one that cannot be read is put aside as `.broken`."""
        if self._path is None or not self._path.exists():
            return None
        try:
            state = json.loads(self._path.read_bytes())
        except ValueError:
            state = None
        if isinstance(state, dict) and state.get("version") == VERSION:
            return state
        os.replace(self._path, self._path.with_name(self._path.name + ".broken"))
        return None

    def start(self) -> None:
        """Begin to write what `later` asks for."""
        if self._path is not None:
            self._thread = threading.Thread(target=self._run, name="sandbox-saver", daemon=True)
            self._thread.start()

    def later(self) -> None:
        """Something changed that may be written in a moment."""
        self._wake.set()

    def now(self) -> None:
        """Write before this returns."""
        if self._path is not None:
            with self._lock:
                self._wake.clear()
                write_atomically(self._path, json.dumps(self._snapshot(), ensure_ascii=False).encode())

    def stop(self) -> None:
        """Write what is waiting and end the thread."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            self.now()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            if self._stopping.wait(LAZY_S):
                return
            try:
                self.now()
            except OSError as problem:
                _log.warning("the sandbox's state could not be written: %s", problem)
                self._wake.set()
                self._stopping.wait(RETRY_S)
