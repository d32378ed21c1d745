"""MediaBatch: the same work for many items of 素材库, a few at a time; it can be stopped between two of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.ui.error_box import words
from desktop_app.ui.units import count_text
from desktop_app.workers.tasks import Tasks

if TYPE_CHECKING:
    from desktop_app.services.library import LibraryItem

AT_ONCE = 4
"""One task for each of 10,000 chosen items would hold up the window."""


class Work(NamedTuple):
    """What is done with each item, in which lane, and the words for it: 「正在续期」, and what n done ones are."""

    lane: str
    do: Callable[[int, str, Job], Any]
    doing: str
    done: Callable[[int], str]


class MediaBatch(QObject):
    """Call ``start`` once. What was done when it is stopped stays done, and what is under way comes to its end."""

    busy = Signal(str, object)
    """Key, and how far it is (0 to 1), or None when the work on the item has ended."""
    item_done = Signal(str, object)
    """Key, and what the work gave back."""
    moved = Signal()
    """One more has ended, or the batch was stopped."""
    ended = Signal()

    def __init__(self, tasks: Tasks, account_id: int, items: Sequence[LibraryItem], work: Work, parent: QObject):
        super().__init__(parent)
        self._tasks, self._work = tasks, work
        self.account_id = account_id
        self.total, self.done = len(items), 0
        self.errors: list[AppError] = []
        self.stopping = False
        self._waiting = iter(items)
        self._begun = 0

    @property
    def under_way(self) -> int:
        """How many are being worked on."""
        return self._begun - self.done - len(self.errors)

    @property
    def stoppable(self) -> bool:
        """Whether some had to wait: a handful begins at once."""
        return self.total > AT_ONCE

    @property
    def untouched(self) -> int:
        """How many a stop left as they were."""
        return self.total - self._begun

    def start(self) -> None:
        """Begin the first few."""
        for _ in range(AT_ONCE):
            self._next()

    def stop(self) -> None:
        """Begin no more."""
        self.stopping = True
        self.moved.emit()

    def progress_text(self) -> str:
        """「正在续期 3 / 20」."""
        if self.stopping:
            return self.tr("正在停止，等手上的 {n} 个做完").format(n=self.under_way)
        ended = self.done + len(self.errors)
        return f"{self._work.doing} {count_text(ended)} / {count_text(self.total)}"

    def fraction(self) -> float:
        """How much has ended, 0 to 1."""
        return (self.done + len(self.errors)) / self.total

    def result_text(self) -> str:
        """「12 个素材又能用 3 天。1 个没有成功：…。已停止，其余 7 个没有动」."""
        parts = [self._work.done(self.done)] if self.done else []
        if self.errors:
            why = words(self.errors[0]).line
            parts.append(self.tr("{n} 个没有成功：{why}").format(n=count_text(len(self.errors)), why=why))
        if self.untouched:
            parts.append(self.tr("已停止，其余 {n} 个没有动").format(n=count_text(self.untouched)))
        return "。".join(part.removesuffix("。") for part in parts)

    def _next(self) -> None:
        item = None if self.stopping else next(self._waiting, None)
        if item is None:
            if not self.under_way:
                self.ended.emit()
            return
        key, account_id = item.key, self.account_id
        self._begun += 1
        self.busy.emit(key, 0.0)
        self._tasks.start(
            self._work.lane,
            lambda job: self._work.do(account_id, key, job),
            owner=self,
            on_done=partial(self._done, key),
            on_error=partial(self._failed, key),
            on_progress=lambda done, total: self.busy.emit(key, done / total if total else 0.0),
        )

    def _done(self, key: str, result: Any) -> None:
        self.done += 1
        if result is not None:
            self.item_done.emit(key, result)
        self._leave(key)

    def _failed(self, key: str, error: AppError) -> None:
        self.errors.append(error)
        self._leave(key)

    def _leave(self, key: str) -> None:
        self.busy.emit(key, None)
        self.moved.emit()
        self._next()
