"""An upload as a streamed multipart body: one reused buffer, any file size, safe names, changes noticed."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from desktop_app.errors import MediaError
from desktop_app.job import Job

BLOCK_BYTES = 256 * 1024  # measured: smaller costs system calls, larger falls out of the processor's cache
MAX_NAME_BYTES = 200

CONTENT_TYPES = {
    ".amr": "audio/amr",
    ".bmp": "image/bmp",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".wav": "audio/x-wav",
    ".wma": "audio/x-ms-wma",
}


class FileBody:
    """The multipart body of one file in the part ``media``, with optional plain form fields in front.

    Has a length and can be iterated again from the start (a renewed token, a second try). Yields views of
    one buffer that is used again. Raises ``MediaError``: ``media.missing``, ``media.unreadable``,
    ``media.not_a_file``, ``media.empty``, and ``media.changed`` when the file is not what it was when this
    body was made, or its SHA-256 is not ``sha256`` (hex). ``Cancelled`` once the job is cancelled.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        fields: Mapping[str, str] | None = None,
        sha256: str | None = None,
        job: Job | None = None,
    ) -> None:
        self._path = Path(path)
        self._sha256 = sha256
        self._job = job or Job()
        self._before = self._fingerprint()
        self.file_bytes = self._before.st_size
        if not self.file_bytes:
            raise MediaError("media.empty")
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._head = _head(boundary, self._path.name, fields or {})
        self._tail = f"\r\n--{boundary}--\r\n".encode("ascii")

    def __len__(self) -> int:
        return len(self._head) + self.file_bytes + len(self._tail)

    def __iter__(self) -> Iterator[memoryview]:
        tail = self._tail
        buffer = memoryview(bytearray(max(BLOCK_BYTES, 2 * len(self._head)) + len(tail)))
        room = len(buffer) - len(tail)  # head before the first block, tail behind the last: no extra writes
        digest = hashlib.sha256() if self._sha256 else None
        left = self.file_bytes
        filled = len(self._head)
        buffer[:filled] = self._head
        with self._open() as file:
            while left:
                self._job.check()
                count = self._read(file, buffer[filled : min(filled + left, room)])
                if digest:
                    digest.update(buffer[filled : filled + count])
                left -= count
                filled += count
                if not left:
                    self._check_unchanged(file, digest.hexdigest() if digest else None)
                    buffer[filled : filled + len(tail)] = tail
                    filled += len(tail)
                yield buffer[:filled]
                self._job.progress(self.file_bytes - left, self.file_bytes)
                filled = 0

    def _open(self) -> BinaryIO:
        try:
            file = self._path.open("rb", buffering=0)
        except OSError as error:
            raise MediaError("media.unreadable", detail=type(error).__name__) from None
        if _identity(os.fstat(file.fileno())) != _identity(self._before):
            file.close()
            raise MediaError("media.changed")
        return file

    def _read(self, file: BinaryIO, room: memoryview) -> int:
        try:
            count = file.readinto(room)  # type: ignore[attr-defined]  # an unbuffered file has it
        except OSError as error:
            raise MediaError("media.unreadable", detail=type(error).__name__) from None
        if not count:
            raise MediaError("media.changed")  # shorter than it was
        return int(count)

    def _check_unchanged(self, file: BinaryIO, sha256: str | None) -> None:
        """Before the last block goes out: WeChat must not take a file that changed under our hands."""
        now = _identity(self._before)
        if _identity(os.fstat(file.fileno())) != now or _identity(self._fingerprint()) != now:
            raise MediaError("media.changed")
        if sha256 is not None and sha256 != str(self._sha256).lower():
            raise MediaError("media.changed")

    def _fingerprint(self) -> os.stat_result:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            raise MediaError("media.missing") from None
        except (OSError, ValueError) as error:  # ValueError: a NUL in the name
            raise MediaError("media.unreadable", detail=type(error).__name__) from None
        if not stat.S_ISREG(found.st_mode):  # opening a FIFO or a device could block for ever
            raise MediaError("media.not_a_file")
        return found


def safe_filename(name: str) -> str:
    """A file name that cannot break out of its header line; WeChat judges the type by the suffix, so it stays.

    Everything that a person can read stays too: WeChat shows the name in its material library.
    """
    name = name.encode("utf-8", "replace").decode()  # undecodable bytes of a name are lone surrogates
    name = "".join("_" if _is_unsafe(char) else char for char in name)
    stem, suffix = os.path.splitext(name)
    if len(suffix) > 12:  # no suffix at all, only a dot somewhere in a long name
        stem, suffix = name, ""
    while len((stem + suffix).encode()) > MAX_NAME_BYTES:
        stem = stem[:-1]
    return stem + suffix or "media"


def _is_unsafe(char: str) -> bool:
    # Categories C*: controls, right-to-left marks and other invisible signs; Z*: odd spaces, line separators.
    return char in '"\\/:*?<>|' or (unicodedata.category(char)[0] in "CZ" and char != " ")


def _head(boundary: str, name: str, fields: Mapping[str, str]) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in fields.items()
    ]
    content_type = CONTENT_TYPES.get(os.path.splitext(name)[1].lower(), "application/octet-stream")
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="media"; filename="{safe_filename(name)}"\r\n'
        f"Content-Type: {content_type}\r\n\r\n"
    )
    return "".join(parts).encode()


def _identity(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_ino, found.st_size, found.st_mtime_ns
