"""Multipart bodies read as a stream: files are hashed and spooled to disk, memory stays flat for any size."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BLOCK = 256 * 1024
KEPT_BYTES = 64 * 1024 * 1024  # of one file; more is hashed and counted, not kept
FIELD_BYTES = 256 * 1024
HEAD_BYTES = 16 * 1024

Read = Callable[[int], bytes]


class BadForm(Exception):
    """The body is no well-formed multipart."""


@dataclass
class Part:
    """One part: a file (`file`, `sha256`) when it had a filename, else a field (`value`)."""

    name: str
    head: str
    filename: str | None = None
    content_type: str = ""
    size: int = 0
    sha256: str = ""
    value: bytes = b""
    file: Path | None = None

    def as_dict(self) -> dict[str, Any]:
        """For the log of requests."""
        return {
            "name": self.name,
            "filename": self.filename,
            "head": self.head,
            "content_type": self.content_type,
            "size": self.size,
            "sha256": self.sha256,
            "value": None if self.filename is not None else self.value.decode("utf-8", "replace"),
        }


@dataclass
class Form:
    """The parts of a body in their order."""

    parts: list[Part] = field(default_factory=list)

    def file(self, name: str) -> Part | None:
        """The first file of that name."""
        return next((part for part in self.parts if part.name == name and part.filename is not None), None)

    def value(self, name: str) -> str | None:
        """The text of the first plain field of that name."""
        found = next((part for part in self.parts if part.name == name and part.filename is None), None)
        return found.value.decode("utf-8", "replace") if found else None

    def discard(self) -> None:
        """Delete spooled files that nobody kept."""
        for part in self.parts:
            if part.file is not None:
                part.file.unlink(missing_ok=True)


class _Scanner:
    """Hands the stream to a sink until a mark comes; never holds more than a block and a mark."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.buffer = bytearray()

    def until(self, mark: bytes, sink: Callable[[bytes], object]) -> None:
        keep = len(mark) - 1
        while (at := self.buffer.find(mark)) < 0:
            if len(self.buffer) > keep:
                sink(bytes(self.buffer[:-keep]))
                del self.buffer[:-keep]
            block = self._read(BLOCK)
            if not block:
                raise BadForm("the body ends inside a part")
            self.buffer += block
        if at:
            sink(bytes(self.buffer[:at]))
        del self.buffer[: at + len(mark)]

    def take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            block = self._read(BLOCK)
            if not block:
                raise BadForm("the body ends after a boundary")
            self.buffer += block
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        return taken


class _Spool:
    """Receives a file's bytes: hashes all of them, keeps the first 64 MB on disk."""

    def __init__(self, folder: Path) -> None:
        self._handle = tempfile.NamedTemporaryFile(dir=folder, prefix="upload-", delete=False)  # noqa: SIM115
        self.path = Path(self._handle.name)
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, block: bytes) -> None:
        self._hash.update(block)
        if self.size < KEPT_BYTES:
            self._handle.write(block)
        self.size += len(block)

    def close(self) -> str:
        self._handle.close()
        return self._hash.hexdigest()


def boundary_of(content_type: str) -> bytes | None:
    """The boundary of a multipart/form-data Content-Type, or None for any other type."""
    kind, _, rest = content_type.partition(";")
    if kind.strip().lower() != "multipart/form-data":
        return None
    found = re.search(r'boundary=(?:"([^"]{1,70})"|([^\s;,]{1,70}))', rest)
    return (found[1] or found[2]).encode("latin-1") if found else None


def read_form(read: Read, boundary: bytes, folder: Path) -> Form:
    """Read a whole form; `read(n)` gives at most n bytes of the body and b"" at its end. Raises BadForm."""
    form = Form()
    scanner = _Scanner(read)
    scanner.buffer += b"\r\n"  # so that the first boundary looks like all others
    delimiter = b"\r\n--" + boundary
    try:
        scanner.until(delimiter, lambda block: None)
        while (after := scanner.take(2)) == b"\r\n":
            _read_part(scanner, delimiter, folder, form)
        if after != b"--":
            raise BadForm("a boundary is not followed by a line break")
    except BaseException:
        form.discard()
        raise
    while read(BLOCK):  # the epilogue
        pass
    return form


def _read_part(scanner: _Scanner, delimiter: bytes, folder: Path, form: Form) -> None:
    head = bytearray()

    def keep_head(block: bytes) -> None:
        head.extend(block)
        if len(head) > HEAD_BYTES:
            raise BadForm("the head of a part is too long")

    scanner.until(b"\r\n\r\n", keep_head)
    part = _part_of(head.decode("utf-8", "surrogateescape"))
    form.parts.append(part)
    if part.filename is None:
        value = bytearray()

        def keep_value(block: bytes) -> None:
            value.extend(block)
            if len(value) > FIELD_BYTES:
                raise BadForm("a field is too long")

        scanner.until(delimiter, keep_value)
        part.value, part.size = bytes(value), len(value)
        return
    spool = _Spool(folder)
    part.file = spool.path
    try:
        scanner.until(delimiter, spool.write)
    finally:
        part.sha256, part.size = spool.close(), spool.size


def _part_of(head: str) -> Part:
    """The part that a head announces. Raises BadForm when it has no name."""
    lines = dict(line.split(":", 1) for line in head.split("\r\n") if ":" in line)
    lines = {name.strip().lower(): value.strip() for name, value in lines.items()}
    disposition = lines.get("content-disposition", "")
    name = _parameter(disposition, "name")
    if name is None:
        raise BadForm("a part has no name")
    return Part(name, head, _parameter(disposition, "filename"), lines.get("content-type", ""))


def _parameter(disposition: str, name: str) -> str | None:
    found = re.search(rf'[;\s]{name}=(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))', disposition)
    if found is None:
        return None
    return found[2] if found[1] is None else re.sub(r"\\(.)", r"\1", found[1])
