"""The rows of 群发记录: pages read from the ledger in tasks, one row read again when it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop_app.job import Job
from desktop_app.store.outbox import OutboxRow
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
    """The first page of a new question is here."""
    replaced = Signal(object)
    """One row was read again; the new OutboxRow."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._rows: list[OutboxRow] = []
        self._complete = True
        self._fetching = False
        self._question = 0
        self.account_id: int | None = None
        self.filter = Filter()

    # --- reading ---

    def ask(self, account_id: int, wanted: Filter) -> None:
        """Read the first page for an account and a filter; the old rows stay until it is here."""
        self.account_id = account_id
        self.filter = wanted
        self._question += 1
        question = self._question
        self._read(None, lambda rows: self._replace(question, rows))
        self.count()

    def count(self) -> None:
        """Ask how many sends each group holds."""
        account_id, wanted = self.account_id, self.filter
        if account_id is None:
            return

        def ask(job: Job) -> dict[str, int]:
            return self._context.profile.outbox.counts(
                account_id, kind=wanted.kind, search=wanted.search, since=wanted.since
            )

        self._context.tasks.start("work", ask, owner=self, on_done=self.counted.emit)

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
        self._context.tasks.start("work", read, owner=self, on_done=then)

    def _replace(self, question: int, rows: list[OutboxRow]) -> None:
        if question != self._question:
            return
        self.beginResetModel()
        self._rows = rows
        self._complete = len(rows) < PAGE
        self._fetching = False
        self.endResetModel()
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

    def canFetchMore(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008  (Qt's own signature)
        return not parent.isValid() and not self._complete and not self._fetching

    def fetchMore(self, parent: Index = QModelIndex()) -> None:  # noqa: B008
        if self.canFetchMore(parent):
            last, question = self._rows[-1], self._question
            self._read((last.confirmed_at, last.id), lambda rows: self._append(question, rows))

    def row_changed(self, send_id: int) -> None:
        """Read one send again and show it, alone."""

        def read(job: Job) -> OutboxRow:
            return self._context.profile.outbox.row(send_id)

        self._context.tasks.start("work", read, owner=self, on_done=self._put)
        self.count()

    def _put(self, row: OutboxRow) -> None:
        if row.account_id != self.account_id:
            return
        position = self.position(row.id)
        if position is not None:
            self._rows[position] = row
            self.dataChanged.emit(self.index(position, 0), self.index(position, Column.ACTIONS))
            self.replaced.emit(row)
        elif self.filter.group in ("all", "running") and not self.filter.search and not self.filter.kind:
            self._insert(row)

    def _insert(self, row: OutboxRow) -> None:
        """A new send stands where its time puts it: nearly always on top."""
        at = next(
            (i for i, old in enumerate(self._rows) if (old.confirmed_at, old.id) < (row.confirmed_at, row.id)),
            len(self._rows),
        )
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
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == Column.CONTENT:
            return row.title
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
