"""Lists of openids from outside: .txt, .csv and .xlsx of any origin, judged by content, and pasted text."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeVar, overload

from desktop_app.errors import AppError, Cancelled
from desktop_app.job import Job
from desktop_app.services.openids import clean, is_openid

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ROWS = 2_000_000
MAX_COLUMNS = 100
SAMPLE_ROWS = 1000
CHECK_EVERY = 5000
BLOCK = 1 << 20

T = TypeVar("T")

_DELIMITERS = (",", "\t", ";")
_TOKENS = re.compile(r"[\s,;|，；、]+")


@dataclass(frozen=True)
class Table:
    """Rows of cells as text. ``columns``: the names in the first line, or letters where it has none.

    ``rows`` are without that first line. ``openid_column``: where the openids are, None if nowhere.
    """

    name: str
    sheet: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]] = field(repr=False)
    openid_column: int | None


def read_file(path: Path, job: Job) -> Table:
    """Read a list. Raises Cancelled, and AppError with

    ``list.missing`` ``list.locked`` ``list.not_a_file`` ``list.empty`` ``list.too_big`` (size_bytes, limit)
    ``list.format`` (format: xls, binary) ``list.encoding`` ``list.damaged`` ``list.too_many_rows`` (limit).
    """
    size = _check(path)
    try:
        with open(path, "rb") as file:
            head = file.read(4096)
            if head.startswith(b"PK\x03\x04"):
                return _read_xlsx(file, path.stem, job)
            if head.startswith(b"\xd0\xcf\x11\xe0"):
                raise AppError("list.format", format="xls")
            encoding = _encoding(file, head, job)
            file.seek(0)
            lines = _watched(io.TextIOWrapper(file, encoding, newline=""), size, job)
            return _text_table(lines, path.stem, job)
    except (OSError, UnicodeDecodeError) as error:  # UnicodeDecodeError: it changed since it was tried
        raise AppError("list.unreadable", detail=type(error).__name__) from error


def read_text(text: str, name: str = "") -> Table:
    """A pasted list: lines, or ids separated by spaces, commas and the like."""
    return _text_table(io.StringIO(text, newline=""), name, Job())


# --- which kind of file -------------------------------------------------------------------------------


def _check(path: Path) -> int:
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            raise AppError("list.not_a_file")
        with open(path, "rb"):
            pass
    except FileNotFoundError as error:
        raise AppError("list.missing") from error
    except PermissionError as error:
        raise AppError("list.locked") from error
    except (OSError, ValueError) as error:
        raise AppError("list.unreadable", detail=type(error).__name__) from error
    if not found.st_size:
        raise AppError("list.empty")
    if found.st_size > MAX_BYTES:
        raise AppError("list.too_big", size_bytes=found.st_size, limit=MAX_BYTES)
    return found.st_size


def _encoding(file: BinaryIO, head: bytes, job: Job) -> str:
    """The encoding that the whole file decodes in."""
    if head.startswith(codecs.BOM_UTF8):
        return _first_that_decodes(file, ("utf-8-sig",), job)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _first_that_decodes(file, ("utf-16",), job)
    if b"\0" in head:
        # Every other byte of Latin letters in UTF-16 is zero.
        for name, odd in (("utf-16-le", 1), ("utf-16-be", 0)):
            if head[odd::2].count(0) > 0.4 * len(head) / 2 and head[1 - odd :: 2].count(0) == 0:
                return _first_that_decodes(file, (name,), job)
        raise AppError("list.format", format="binary")
    return _first_that_decodes(file, ("utf-8", "gb18030"), job)


def _first_that_decodes(file: BinaryIO, names: Iterable[str], job: Job) -> str:
    for name in names:
        file.seek(0)
        decoder = codecs.getincrementaldecoder(name)("strict")
        try:
            while block := file.read(BLOCK):
                job.check()
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return name
    raise AppError("list.encoding")


def _watched(lines: Iterable[str], size: int, job: Job) -> Iterator[str]:
    """The lines, with progress by bytes and a look at cancellation."""
    done = 0
    for number, line in enumerate(lines):
        done += len(line)
        if not number % CHECK_EVERY:
            job.check()
            job.progress(min(done, size), size)
        yield line


# --- text ---------------------------------------------------------------------------------------------


def _text_table(lines: Iterable[str], name: str, job: Job) -> Table:
    sample, rest = _split_off(lines)
    if not sample:
        raise AppError("list.empty")
    if any("\0" in line for line in sample):
        raise AppError("list.format", format="binary")
    all_lines = _chain(sample, rest)
    if _is_bare_list(sample):
        tokens = (token for line in all_lines for token in _TOKENS.split(line))
        return _table(name, "", OneColumn(_collect(tokens, job)))
    delimiter = _delimiter(sample)
    if not delimiter:
        return _table(name, "", OneColumn(_collect((line.strip() for line in all_lines), job)))
    try:
        return _table(name, "", _collect(map(_row, csv.reader(all_lines, delimiter=delimiter)), job))
    except csv.Error as error:  # a field of over 128 KB: a quote that never closes
        raise AppError("list.damaged", detail=str(error)) from error


def _split_off(lines: Iterable[str]) -> tuple[list[str], Iterator[str]]:
    """The first lines that hold something, and the others."""
    iterator = iter(lines)
    sample: list[str] = []
    for line in iterator:
        if line.strip().strip("\ufeff"):
            sample.append(line)
            if len(sample) >= SAMPLE_ROWS:
                break
    return sample, iterator


def _chain(sample: Iterable[str], rest: Iterable[str]) -> Iterator[str]:
    yield from sample
    yield from rest


def _is_bare_list(sample: Sequence[str]) -> bool:
    """Ids with separators between them and no columns: one line of several, or lines of different numbers."""
    numbers = []
    for line in sample:
        tokens = [clean(token) for token in _TOKENS.split(line) if clean(token)]
        if sum(map(is_openid, tokens)) * 2 < len(tokens):
            return False
        numbers.append(len(tokens))
    return max(numbers) > 2 or (max(numbers) > 1 and (len(numbers) == 1 or min(numbers) == 1))


def _delimiter(sample: Sequence[str]) -> str:
    """The separator that most lines have, equally often; "" if there are no columns."""
    best, best_score = "", 0.0
    for delimiter in _DELIMITERS:
        counts = Counter(line.count(delimiter) for line in sample)
        number, lines = max(((n, c) for n, c in counts.items() if n), key=lambda each: each[1], default=(0, 0))
        score = lines / len(sample) if number else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best if best_score >= 0.5 else ""


# --- xlsx ---------------------------------------------------------------------------------------------


def _read_xlsx(file: BinaryIO, name: str, job: Job) -> Table:
    _check_archive(file)
    try:
        from openpyxl import load_workbook  # 80 ms that a start does not need

        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            return _sheet_table(book.worksheets, name, job)
        finally:
            book.close()
    except (AppError, Cancelled, OSError):
        raise
    except Exception as error:  # openpyxl raises anything on a damaged book: KeyError, ParseError, BadZipFile …
        raise AppError("list.damaged", detail=type(error).__name__) from error


def _check_archive(file: BinaryIO) -> None:
    """Refuse what is no workbook or would unpack to far more than it should; sizes in the index are binding."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = {info.filename for info in archive.infolist()}
            unpacked = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise AppError("list.damaged", detail=type(error).__name__) from error
    if "xl/workbook.xml" not in names:
        raise AppError("list.format", format="zip")
    if unpacked > MAX_UNPACKED_BYTES:
        raise AppError("list.too_big", size_bytes=unpacked, limit=MAX_UNPACKED_BYTES)


def _sheet_table(sheets: Sequence[object], name: str, job: Job) -> Table:
    """The first sheet with openids in it; without any the first one that holds something."""
    first: Table | None = None
    for sheet in sheets:
        rows = sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS)  # type: ignore[attr-defined]
        texts = (_row("" if value is None else str(value) for value in row) for row in rows)
        try:
            table = _table(name, sheet.title, _collect(texts, job))  # type: ignore[attr-defined]
        except AppError as error:
            if error.code != "list.empty":
                raise
            continue
        if table.openid_column is not None:
            return table
        first = first or table
    if first is None:
        raise AppError("list.empty")
    return first


# --- rows, header, column -----------------------------------------------------------------------------


class OneColumn(Sequence[tuple[str, ...]]):
    """Rows of one cell each, kept as texts: a million rows take half the memory of tuples."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, index: int) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> OneColumn: ...
    def __getitem__(self, index: int | slice) -> tuple[str, ...] | OneColumn:
        if isinstance(index, slice):
            return OneColumn(self._texts[index])
        return (self._texts[index],)

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return zip(self._texts)


def _row(cells: Iterable[str]) -> tuple[str, ...]:
    """A row without the empty cells at its end, and not wider than anybody can mean."""
    row = list(cells)[:MAX_COLUMNS]
    while row and not row[-1]:
        row.pop()
    return tuple(row)


def _collect(rows: Iterable[T], job: Job) -> list[T]:
    """What is not empty, up to a limit. Raises AppError ``list.empty``, ``list.too_many_rows``; Cancelled."""
    found: list[T] = []
    for number, row in enumerate(rows):
        if not number % CHECK_EVERY:
            job.check()
        if row:
            found.append(row)
            if len(found) > MAX_ROWS:
                raise AppError("list.too_many_rows", limit=MAX_ROWS)
    if not found:
        raise AppError("list.empty")
    return found


def _table(name: str, sheet: str, rows: Sequence[tuple[str, ...]]) -> Table:
    width = max(map(len, rows[:SAMPLE_ROWS]))
    column = _openid_column(rows, width)
    letters = tuple(_column_letter(number) for number in range(width))
    if _has_header(rows, column):
        header = [clean(cell) for cell in rows[0]]
        rows = rows[1:]
        header += [""] * (width - len(header))
        columns = tuple(text or letter for text, letter in zip(header, letters, strict=True))
    else:
        columns = letters
    return Table(name, sheet, columns, rows, column)


def _openid_column(rows: Sequence[tuple[str, ...]], width: int) -> int | None:
    """The column with most values of the right form; a unionid has it too, so a name decides between equals."""
    best, best_score = None, 0.0
    for column in range(width):
        score = float(sum(is_openid(clean(row[column])) for row in rows[:SAMPLE_ROWS] if column < len(row)))
        title = clean(rows[0][column]).lower().replace("_", "") if column < len(rows[0]) else ""
        if score and "openid" in title:
            score += SAMPLE_ROWS
        if score and "unionid" in title:
            score /= 2
        if score > best_score:
            best, best_score = column, score
    return best


def _has_header(rows: Sequence[tuple[str, ...]], column: int | None) -> bool:
    """Whether the first line names the columns: its openid cell is a word, or says "openid"."""
    first = [clean(cell) for cell in rows[0]]
    if column is None:
        return any("openid" in cell.lower() for cell in first)
    cell = first[column] if column < len(first) else ""
    return (
        bool(cell) and not is_openid(cell) and len(rows) > 1 and (_is_header_word(cell) or not _looks_like_id(cell))
    )


def _is_header_word(cell: str) -> bool:
    """Whether a cell is what people call the column."""
    return cell.lower().replace("_", "").replace(" ", "") in ("openid", "粉丝openid", "用户openid", "id", "touser")


def _looks_like_id(cell: str) -> bool:
    """A mistyped openid in the first line is data: long, without spaces or Chinese."""
    return len(cell) >= 20 and cell.isascii() and " " not in cell


def _column_letter(number: int) -> str:
    """The name of column ``number`` (from 0) as spreadsheets write it: A … Z, AA …"""
    name = ""
    number += 1
    while number:
        number, letter = divmod(number - 1, 26)
        name = chr(ord("A") + letter) + name
    return name
