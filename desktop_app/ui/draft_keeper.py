"""DraftKeeper: each kind's draft of the current account, saved within two seconds, off the window's thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.errors import AppError
from desktop_app.job import Job

if TYPE_CHECKING:
    from desktop_app.services.composing import Composing
    from desktop_app.services.media_desk import MediaDesk
    from desktop_app.store.caches import MediaFile
    from desktop_app.workers.tasks import Task, Tasks

SAVE_AFTER_MS = 1000
RETRY_AFTER_MS = 5000


@dataclass(frozen=True)
class KeptFile:
    """A file that a draft names: what the cache knows of it, and whether WeChat has it for this account.

    ``expires_at``: until when, None for permanent material.
    """

    name: str
    media: MediaFile | None
    uploaded: bool
    expires_at: float | None


@dataclass(frozen=True)
class KeptDraft:
    """A draft with its files looked up."""

    content: dict[str, Any]
    files: tuple[KeptFile, ...]


@dataclass(frozen=True)
class _Step:
    """One read or write of the database, and the kinds that it saves."""

    account_id: int
    function: Callable[[Job], Any]
    done: Callable[[Any], None]
    kinds: frozenset[str] = frozenset()


class DraftKeeper(QObject):
    """Reads and writes one after the other, so that an older text can never overwrite a newer one.

    ``content_of(kind)`` gives what is on the screen. The timer runs from the first change on and is not started
    anew by the next ones: somebody who types without a pause is saved every second all the same.
    """

    loaded = Signal(object)
    """dict of kind → KeptDraft, once ``open`` has read them."""
    saved = Signal(float)
    failed = Signal(object)

    def __init__(
        self,
        tasks: Tasks,
        composing: Composing,
        media: MediaDesk,
        content_of: Callable[[str], dict[str, Any]],
        now: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._composing, self._media = tasks, composing, media
        self._content_of, self._now = content_of, now
        self._account_id = self._opened = 0
        self._on_screen = False  # the drafts of the account; before that the forms hold those of another one
        self._dirty: set[str] = set()
        self._steps: deque[_Step] = deque()
        self._running: _Step | None = None
        self._task: Task | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._save)

    def open(self, account_id: int, kinds: tuple[str, ...]) -> None:
        """Save what is unsaved of the account before, then read this account's drafts; ``loaded`` follows."""
        if self._dirty:
            self._save()
        self._account_id, self._on_screen = account_id, False
        self._opened += 1
        number = self._opened

        def read(job: Job) -> dict[str, KeptDraft]:
            return {kind: self._look_up(kind, self._composing.load_draft(account_id, kind)) for kind in kinds}

        def deliver(drafts: dict[str, KeptDraft]) -> None:
            if number == self._opened:  # not those of an account that was left, nor the same ones twice
                self._on_screen = True
                self.loaded.emit(drafts)

        self._queue(_Step(account_id, read, deliver))

    def resolve(self, kind: str, content: dict[str, Any], ready: Callable[[KeptDraft], None]) -> None:
        """Look up the files of a content that comes from elsewhere, such as a sent message."""
        self._queue(_Step(self._account_id, lambda job: self._look_up(kind, content), ready))

    def run(self, function: Callable[[Job], Any], done: Callable[[Any], None]) -> None:
        """Read something in its turn: after what is being saved, before what is saved next."""
        self._queue(_Step(self._account_id, function, done))

    def add_file(
        self, account_id: int, kind: str, file: dict[str, str], after: str, shown: Callable[[], None]
    ) -> None:
        """Put a file into the draft of an account; ``shown()`` if that is on the screen: then its form takes it."""
        if account_id != self._account_id:

            def write(job: Job) -> None:
                self._composing.add_to_draft(account_id, kind, file, after)

            self._queue(_Step(account_id, write, lambda _: None, frozenset({kind})))
            return

        opened = self._opened

        def in_turn(_: None) -> None:  # its drafts are read now, unless another account was shown meanwhile
            if opened == self._opened:
                shown()
            else:
                self.add_file(account_id, kind, file, after, shown)

        self.run(lambda job: None, in_turn)

    def save_dirty(self) -> None:
        """Save what is unsaved now, in its turn: the form is about to show something else."""
        if self._dirty:
            self._save()

    def touch(self, kind: str) -> None:
        """The draft of this kind changed. A late word about the account before is not for the drafts of this one."""
        if not self._on_screen:
            return
        self._dirty.add(kind)
        if not self._timer.isActive():
            self._timer.start(SAVE_AFTER_MS)

    @property
    def unsaved(self) -> bool:
        """Whether something waits for being saved or is being saved."""
        return bool(self._dirty or self._steps or self._running)

    def save_now(self) -> None:
        """Save at once and wait for it: only for the moment when the window closes. Raises StoreError."""
        self._timer.stop()
        if self._task is not None:
            self._task.cancel_and_wait()  # what it writes is older than what is written here
        for step in (self._running, *self._steps):
            if step is not None and step.kinds:
                step.function(Job())
        self._steps.clear()
        self._running = None
        for kind in sorted(self._dirty):
            self._composing.save_draft(self._account_id, kind, self._content_of(kind))
        self._dirty.clear()

    def _save(self) -> None:
        self._timer.stop()
        account_id, kinds = self._account_id, set(self._dirty)
        contents = {kind: self._content_of(kind) for kind in kinds}
        self._dirty.clear()

        def write(job: Job) -> float:
            for kind, content in contents.items():
                job.check()
                self._composing.save_draft(account_id, kind, content)
            return self._now()

        def done(at: float) -> None:
            if account_id == self._account_id:
                self.saved.emit(at)

        self._queue(_Step(account_id, write, done, frozenset(kinds)))

    def _queue(self, step: _Step) -> None:
        self._steps.append(step)
        self._next()

    def _next(self) -> None:
        if self._running is not None or not self._steps:
            return
        step = self._running = self._steps.popleft()

        def finished(result: Any) -> None:
            self._running = None
            step.done(result)
            self._next()

        def failed(error: AppError) -> None:
            self._running = None
            if step.kinds and step.account_id == self._account_id:
                self._dirty |= step.kinds
                self._timer.start(RETRY_AFTER_MS)
            self.failed.emit(error)
            self._next()

        self._task = self._tasks.start("work", step.function, owner=self, on_done=finished, on_error=failed)

    def _look_up(self, kind: str, content: Mapping[str, Any]) -> KeptDraft:
        files = content.get("files") or ([content["file"]] if content.get("file") else [])
        kept = []
        for entry in files:
            media = self._media.media(entry["sha256"])
            known = self._media.uploaded(self._account_id, entry["sha256"], kind) if media else None
            expires_at = known.expires_at if known else None
            kept.append(KeptFile(str(entry.get("name", "")), media, known is not None, expires_at))
        return KeptDraft(dict(content), tuple(kept))
