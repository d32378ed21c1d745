"""Reads lists of openids on tasks and keeps the one that is shown: another column, without a row, only the valid."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.services.audience import Audiences, ListRow, OpenidList, Table
from desktop_app.ui.error_box import words
from desktop_app.ui.openid_list import OpenidPanel, split_rows
from desktop_app.workers.tasks import Task, Tasks


@dataclass(frozen=True)
class ReadList:
    """A list that was read and counted: table, column of the openids, the count, the rows by state."""

    table: Table
    column: int
    found: OpenidList
    split: dict[str, Sequence[int]]


class OpenidReader(QObject):
    """``found`` is the count of the list that the panel shows; None while there is none or it is being read."""

    changed = Signal()

    def __init__(self, tasks: Tasks, audiences: Audiences, panel: OpenidPanel) -> None:
        super().__init__(panel)
        self._tasks, self._audiences, self._panel = tasks, audiences, panel
        self._table: Table | None = None
        self._column = 0
        self._task: Task | None = None
        self.found: OpenidList | None = None
        panel.column_wanted.connect(self._recount)
        panel.remove_wanted.connect(self._remove_row)
        panel.only_valid_wanted.connect(self._keep_valid)
        panel.cleared.connect(self.clear)

    @property
    def name(self) -> str:
        """What the list is called."""
        return (self._table.name if self._table else "") or self.tr("粘贴的名单")

    def read(self, read: Callable[[Job], Table]) -> None:
        """Read a table on a task, find its column, count its openids."""

        def work(job: Job) -> ReadList:
            table = read(job)
            return self._counted(table, table.openid_column or 0, job)

        self._start_list(work)

    def _recount(self, column: int, wanted: Callable[[int], bool] | None = None) -> None:
        """Count again: another column, or without some rows (a duplicate of a removed row becomes valid)."""
        table = self._table
        if table is None:
            return

        def work(job: Job) -> ReadList:
            rows = table.rows
            if wanted is not None:
                rows = [cells for number, cells in enumerate(rows, 1) if wanted(number)]
            return self._counted(dataclasses.replace(table, rows=rows), column, job)

        self._start_list(work)

    def _counted(self, table: Table, column: int, job: Job) -> ReadList:
        found = self._audiences.openids(table, column, job)
        return ReadList(table, column, found, split_rows(found))

    def _start_list(self, work: Callable[[Job], ReadList]) -> None:
        if self._task is not None:
            self._task.cancel()
        self.found = None
        self._panel.show_busy(True)
        self.changed.emit()
        self._task = self._tasks.start("work", work, owner=self, on_done=self._show_list, on_error=self._list_failed)

    def _show_list(self, read: ReadList) -> None:
        if not read.table.rows:
            self.clear()
            return
        self._table, self._column, self.found = read.table, read.column, read.found
        self._panel.show_list(read.table, read.column, read.found, read.split)
        if not read.found.total:
            self._panel.show_problem(self.tr("这一列里没有内容，换一列"))
        self.changed.emit()

    def _list_failed(self, error: AppError) -> None:
        self.clear()
        self._panel.show_problem(words(error).line)

    def clear(self) -> None:
        """No list."""
        if self._task is not None:
            self._task.cancel()
        self._table = self.found = None
        self._panel.clear()
        self.changed.emit()

    def _remove_row(self, row: ListRow) -> None:
        if self.found is None:  # the row belongs to a list that is just being counted again
            return
        self._recount(self._column, lambda number: number != row.number)

    def _keep_valid(self) -> None:
        found = self.found
        if found is None:
            return
        # Made on first use inside the task: the set of a long list takes a moment.
        kept: set[int] = set()

        def wanted(number: int) -> bool:
            if not kept:
                kept.update(row.number for row in found.rows if row.state == "valid")
            return number in kept

        self._recount(self._column, wanted)
