"""The rows of 群发记录: pages read from the ledger in tasks, one row read again when it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.store.outbox import OutboxRow, State
from desktop_app.store.outbox_types import group_of
from desktop_app.ui import story
from desktop_app.ui.context import Context
from desktop_app.ui.units import day_text

Index = QModelIndex | QPersistentModelIndex
PAGE = 200
ROW = Qt.ItemDataRole.UserRole


class Column(IntEnum):
    """Columns from left to right."""

    CONTENT = 0
    STATE = 1
    AUDIENCE = 2
    PEOPLE = 3
    MSG_ID = 4
    TIME = 5
    ACTIONS = 6


@dataclass(frozen=True)
class Filter:
    """What the person wants to see. ``since`` is in Unix seconds."""

    group: str = "all"
    kind: str = ""
    search: str = ""
    since: float | None = None


class HistoryModel(QAbstractTableModel):
    """A cache for the view. The database is the truth: a row is replaced when somebody says that it changed."""

    counted = Signal(dict)
    """How many sends each group holds under the current filter."""
    loaded = Signal()
    """The first page of a question is here."""
    replaced = Signal(object)
    """One row was read again; the new OutboxRow."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._rows: list[OutboxRow] = []
        self._complete = True
        self._fetching = False
        self._question = 0
        self._reading: set[int] = set()
        self._again: set[int] = set()
        self._counting = False
        self._count_again = False
        self.account_id: int | None = None
        self.filter = Filter()

    # --- reading ---

    def ask(self, account_id: int, wanted: Filter) -> None:
        """Read the first page for an account and a filter; the old rows stay until it is here."""
        same = (account_id, replace(wanted, since=None)) == (self.account_id, replace(self.filter, since=None))
        self.account_id = account_id
        self.filter = wanted
        self._question += 1
        question = self._question
        self._read(None, lambda rows: self._replace(question, rows, same))
        self.count()

    def count(self) -> None:
        """Ask how many sends each group holds; calls that come while that runs become one."""
        account_id, wanted = self.account_id, self.filter
        if account_id is None:
            return
        if self._counting:
            self._count_again = True
            return
        self._counting = True

        def ask(job: Job) -> dict[str, int]:
            return self._context.profile.outbox.counts(
                account_id, kind=wanted.kind, search=wanted.search, since=wanted.since
            )

        self._context.tasks.start("work", ask, owner=self, on_done=self._counted, on_error=self._failed)

    def _counted(self, counts: dict[str, int]) -> None:
        self._counting = False
        if self._count_again:
            self._count_again = False
            self.count()
        else:
            self.counted.emit(counts)

    def _read(self, before: tuple[float, int] | None, then: Callable[[list[OutboxRow]], None]) -> None:
        account_id, wanted = self.account_id, self.filter
        if account_id is None:
            return

        def read(job: Job) -> list[OutboxRow]:
            return self._context.profile.outbox.page(
                account_id,
                group=wanted.group,
                kind=wanted.kind,
                search=wanted.search,
                since=wanted.since,
                before=before,
                limit=PAGE,
            )

        self._fetching = True
        self._context.tasks.start("work", read, owner=self, on_done=then, on_error=self._failed)

    def _replace(self, question: int, rows: list[OutboxRow], same_question: bool) -> None:
        if question != self._question:
            return
        self._fetching = False
        if same_question and [row.id for row in rows] == [row.id for row in self._rows[:PAGE]]:
            self._rows[: len(rows)] = rows
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, Column.ACTIONS))
        else:
            self.beginResetModel()
            self._rows = rows
            self._complete = len(rows) < PAGE
            self.endResetModel()
        self._read_again()
        self.loaded.emit()

    def _append(self, question: int, rows: list[OutboxRow]) -> None:
        if question != self._question:
            return
        self._fetching = False
        self._complete = len(rows) < PAGE
        if rows:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(rows) - 1)
            self._rows.extend(rows)
            self.endInsertRows()
        self._read_again()

    def canFetchMore(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008  (Qt's own signature)
        return not parent.isValid() and not self._complete and not self._fetching

    def fetchMore(self, parent: Index = QModelIndex()) -> None:  # noqa: B008
        if self.canFetchMore(parent):
            last, question = self._rows[-1], self._question
            self._read((last.confirmed_at, last.id), lambda rows: self._append(question, rows))

    def row_changed(self, send_id: int) -> None:
        """Read one send again and show it, alone."""
        if self._fetching:  # that page may have been read before the change
            self._again.add(send_id)
        if send_id in self._reading:
            self._again.add(send_id)
            return
        self._reading.add(send_id)

        def read(job: Job) -> OutboxRow:
            return self._context.profile.outbox.row(send_id)

        self._context.tasks.start("work", read, owner=self, on_done=self._put, on_error=self._failed)
        self.count()

    def _failed(self, error: AppError) -> None:
        """The ledger could not be read: what was under way is not waited for any more, and the error is shown."""
        self._fetching = self._counting = False
        self._reading.clear()
        raise error

    def _read_again(self) -> None:
        waiting, self._again = self._again - self._reading, self._again & self._reading
        for send_id in waiting:
            self.row_changed(send_id)

    def _put(self, row: OutboxRow) -> None:
        self._reading.discard(row.id)
        if row.id in self._again and not self._fetching:
            self._again.discard(row.id)
            self.row_changed(row.id)
        if row.account_id != self.account_id:
            return
        position = self.position(row.id)
        if position is None:
            self._insert(row)
        elif self._belongs(row):
            self._rows[position] = row
            self.dataChanged.emit(self.index(position, 0), self.index(position, Column.ACTIONS))
        else:
            self.beginRemoveRows(QModelIndex(), position, position)
            del self._rows[position]
            self.endRemoveRows()
        self.replaced.emit(row)

    def _belongs(self, row: OutboxRow) -> bool:
        """Whether the filter wants it; what a search finds does not change by an answer of WeChat's."""
        group = self.filter.group
        return group == "all" or group == group_of(row.state, any(b.waits_for_person for b in row.batches))

    def _insert(self, row: OutboxRow) -> None:
        """A new send stands where its time puts it: nearly always on top."""
        wanted = self.filter
        if not self._belongs(row) or wanted.search or wanted.kind not in ("", row.kind):
            return
        at = next(
            (i for i, old in enumerate(self._rows) if (old.confirmed_at, old.id) < (row.confirmed_at, row.id)),
            len(self._rows),
        )
        if at == len(self._rows) and not self._complete:
            return  # its page has not been read yet
        if wanted.since is not None and row.confirmed_at < wanted.since:
            return
        self.beginInsertRows(QModelIndex(), at, at)
        self._rows.insert(at, row)
        self.endInsertRows()

    # --- asking ---

    def position(self, send_id: int) -> int | None:
        """Where a send stands, if it is loaded."""
        return next((i for i, row in enumerate(self._rows) if row.id == send_id), None)

    def row_at(self, position: int) -> OutboxRow | None:
        """The send in a row of the table."""
        return self._rows[position] if 0 <= position < len(self._rows) else None

    def rows(self) -> tuple[OutboxRow, ...]:
        """All sends that are loaded."""
        return tuple(self._rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            Column.CONTENT: self.tr("内容"),
            Column.STATE: self.tr("状态"),
            Column.AUDIENCE: self.tr("受众"),
            Column.PEOPLE: self.tr("人数"),
            Column.MSG_ID: "msg_id",
            Column.TIME: self.tr("时间"),
            Column.ACTIONS: self.tr("操作"),
        }[Column(section)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index.row())
        if row is None:
            return None
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, Column(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole and index.column() in (Column.CONTENT, Column.AUDIENCE, Column.MSG_ID):
            return self.text(row, Column(index.column()))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row, Column(index.column()))
        return None

    def text(self, row: OutboxRow, column: Column) -> str:
        """What a cell says."""
        match column:
            case Column.CONTENT:
                return row.title
            case Column.STATE:
                return story.state_text(row.state)
            case Column.AUDIENCE:
                return story.audience_text(row)
            case Column.PEOPLE:
                return story.people_text(row.people)
            case Column.MSG_ID:
                return str(row.msg_id) if row.msg_id is not None else "—"
            case Column.TIME:
                return day_text(row.not_before or row.confirmed_at, self._context.now())
        return ""

    def _spoken(self, row: OutboxRow, column: Column) -> str:
        if column is Column.CONTENT:
            return f"{row.title}，{story.second_line(row, self._context.now())}，{story.state_text(row.state)}"
        return self.text(row, column)


def can_refresh(row: OutboxRow) -> bool:
    """Whether WeChat can be asked about it: also after 成功, it may have been deleted on the website since."""
    asked = (State.ACCEPTED, State.WAITING_ADMIN, State.SUCCEEDED)
    return any(batch.state in asked and batch.msg_id is not None for batch in row.batches)
