"""Openids in a column of a table: cleaned, checked for their form, duplicates found; a million of them at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload

from desktop_app.job import Job

VALID, DUPLICATE, INVALID, BLANK = 0, 1, 2, 3
_STATES = ("valid", "duplicate", "invalid")

_OPENID = re.compile(r"o[A-Za-z0-9_-]{27}")
# Invisible characters that copies from chat programs and spreadsheets bring along.
_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e\0")
)
_AROUND = " \t\r\n\v\f\u00a0\u3000'\"‘’“”`「」『』,，;；、"

CHECK_EVERY = 20_000


def is_openid(text: str) -> bool:
    """Whether a text has the form of an openid: "o" and 27 letters, digits, ``_`` or ``-``."""
    return _OPENID.fullmatch(text) is not None


def clean(cell: str) -> str:
    """A cell without what copying adds: spaces of all widths, quotes, invisible characters, separators."""
    if _OPENID.fullmatch(cell):
        return cell
    return cell.translate(_INVISIBLE).strip(_AROUND)


@dataclass(frozen=True)
class ListRow:
    """One row of the list: ``number`` is its place in the table from 1 on, ``state`` valid, duplicate or invalid."""

    number: int
    text: str = field(repr=False)
    state: str
    note: str = field(default="", repr=False)


class ListRows(Sequence[ListRow]):
    """The rows that are not blank, made when somebody looks at them: a million cost little memory."""

    def __init__(self, rows: Sequence[tuple[str, ...]], column: int, states: bytes) -> None:
        self._rows = rows
        self._column = column
        self._states = states
        blanks = states.count(BLANK)
        self._numbers = [at for at, state in enumerate(states) if state != BLANK] if blanks else None

    def __len__(self) -> int:
        return len(self._states) if self._numbers is None else len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> ListRow: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ListRow]: ...
    def __getitem__(self, index: int | slice) -> ListRow | Sequence[ListRow]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        return self._row(index if self._numbers is None else self._numbers[index])

    def __iter__(self) -> Iterator[ListRow]:
        return (self._row(at) for at, state in enumerate(self._states) if state != BLANK)

    def _row(self, at: int) -> ListRow:
        cells = self._rows[at]
        note = next(
            (text for column, cell in enumerate(cells) if column != self._column and (text := cell.strip())), ""
        )
        return ListRow(at + 1, clean(_cell(cells, self._column)), _STATES[self._states[at]], note)


@dataclass(frozen=True)
class OpenidList:
    """What a column holds. ``total`` = valid + duplicates + invalid; blank cells count nowhere.

    ``invalid``: the number of the row and its text.
    """

    total: int
    valid: tuple[str, ...] = field(repr=False)
    duplicates: int
    invalid: tuple[tuple[int, str], ...] = field(repr=False)
    rows: Sequence[ListRow] = field(repr=False)


def count(rows: Sequence[tuple[str, ...]], column: int, job: Job) -> OpenidList:
    """Judge every row; the first of several equal openids is the valid one. Raises Cancelled."""
    states = bytearray(len(rows))
    seen: set[str] = set()
    valid: list[str] = []
    invalid: list[tuple[int, str]] = []
    judge: Callable[[str], object] = _OPENID.fullmatch
    for at, cells in enumerate(rows):
        if not at % CHECK_EVERY:
            job.check()
            job.progress(at, len(rows))
        text = cells[column] if column < len(cells) else ""
        if not judge(text):
            text = clean(text)
        if not text:
            states[at] = BLANK
        elif not judge(text):
            states[at] = INVALID
            invalid.append((at + 1, text))
        elif text in seen:
            states[at] = DUPLICATE
        else:
            seen.add(text)
            valid.append(text)
    blanks = states.count(BLANK)
    return OpenidList(
        total=len(rows) - blanks,
        valid=tuple(valid),
        duplicates=states.count(DUPLICATE),
        invalid=tuple(invalid),
        rows=ListRows(rows, column, bytes(states)),
    )


def _cell(cells: tuple[str, ...], column: int) -> str:
    return cells[column] if column < len(cells) else ""
