"""Copy a file into the cache while hashing it: any original that can be made to fit. The rest is refused at once."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import stat
import unicodedata
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from desktop_app.errors import MediaError
from desktop_app.job import Job
from desktop_app.media import av, formats, images
from desktop_app.media.limits import LIMITS, ORIGINALS, PICTURE

BLOCK_BYTES = 256 * 1024
NAME_CHARS = 120
_INCOMING = ".incoming-"


@dataclass(frozen=True)
class Taken:
    """A file in the cache, named by its content."""

    sha256: str
    kind: str
    format: str
    name: str
    path: Path
    size_bytes: int
    width: int = 0
    height: int = 0
    seconds: float = 0.0


def take_file(source: Path, folder: Path, job: Job, *, kind: str | None = None) -> Taken:
    """Copy one dropped file into ``folder``; ``kind`` is what the place takes, None: whatever it is.

    "picture" is an image for an article. What is taken is an original: it may be larger and of more formats than
    WeChat takes, ``prepare`` makes it fit.

    Chat programs delete the files that were dragged out of them, so nothing is read from the source later.
    Raises MediaError (codes in the package's docstring), Cancelled.
    """
    with _opened(source) as (file, size_bytes):
        return _take(file, size_bytes, source.name, folder, job, kind)


def take_bytes(data: bytes, name: str, folder: Path, job: Job, *, kind: str | None = None) -> Taken:
    """The same for something pasted."""
    if not data:
        raise MediaError("media.empty")
    return _take(io.BytesIO(data), len(data), name, folder, job, kind)


def tidy(folder: Path) -> None:
    """Remove half copies that a crash left behind. Only while nobody copies into the folder."""
    for path in folder.glob(_INCOMING + "*"):
        with contextlib.suppress(OSError):
            path.unlink()


def clean_name(name: str) -> str:
    """A file name as it may be shown: no path, no control or direction characters, not too long."""
    name = name.encode("utf-8", "replace").decode("utf-8").replace("\\", "/").rpartition("/")[2]
    name = "".join(letter for letter in name if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    name = name.strip() or "?"
    if len(name) > NAME_CHARS:
        stem, dot, suffix = name.rpartition(".")
        suffix = dot + suffix if stem and len(suffix) < 10 else ""
        name = name[: NAME_CHARS - len(suffix) - 1] + "…" + suffix
    return name


@contextlib.contextmanager
def _opened(source: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open a regular file without ever waiting for a FIFO or a device."""
    try:
        before = os.stat(source)
        if stat.S_ISDIR(before.st_mode):
            raise MediaError("media.folder")
        if not stat.S_ISREG(before.st_mode):
            raise MediaError("media.not_a_file")
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
        descriptor = os.open(source, flags)
    except FileNotFoundError as error:
        raise MediaError("media.missing") from error
    except PermissionError as error:
        raise MediaError("media.locked", detail=str(error.strerror)) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise MediaError("media.unreadable", detail=type(error).__name__) from error
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        now = os.fstat(descriptor)
        if not stat.S_ISREG(now.st_mode):
            raise MediaError("media.not_a_file")
        if not now.st_size:
            raise MediaError("media.empty")
        yield file, now.st_size


def _take(file: BinaryIO, size_bytes: int, name: str, folder: Path, job: Job, wanted: str | None) -> Taken:
    job.check()
    file_format, kind = _judge(file, size_bytes, wanted)
    with half(folder) as incoming:
        sha256 = _copy(file, size_bytes, incoming, job)
        width, height, seconds = _probe(incoming, file_format, kind)
        path = _settle(incoming, folder, sha256, file_format)
    return Taken(sha256, kind, file_format, clean_name(name), path, size_bytes, width, height, seconds)


@contextlib.contextmanager
def half(folder: Path, suffix: str = "") -> Iterator[Path]:
    """A name in the cache for something unfinished; whatever still has it at the end is removed."""
    path = folder / f"{_INCOMING}{uuid.uuid4().hex}{suffix}"
    try:
        yield path
    finally:
        with contextlib.suppress(OSError):
            path.unlink()


def keep(made: Path, folder: Path, original: Taken, file_format: str) -> Taken:
    """Give a file that was made from ``original`` (a ``half`` in ``folder``) its name by content.

    Raises MediaError: what was made is looked at like anything that comes in.
    """
    try:
        width, height, seconds = _probe(made, file_format, original.kind)
        os.chmod(made, 0o600)
        size_bytes = made.stat().st_size
        with made.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        path = _settle(made, folder, sha256, file_format)
    except OSError as error:
        raise cache_error(error) from error
    finally:
        made.unlink(missing_ok=True)
    name = _renamed(original.name, file_format) if file_format != original.format else original.name
    return Taken(sha256, original.kind, file_format, name, path, size_bytes, width, height, seconds)


def _renamed(name: str, file_format: str) -> str:
    """The same name with the ending of another format."""
    stem, dot, suffix = name.rpartition(".")
    return f"{stem if dot and stem and len(suffix) < 6 else name}.{formats.SUFFIXES.get(file_format, file_format)}"


def _judge(file: BinaryIO, size_bytes: int, wanted: str | None) -> tuple[str, str]:
    """Format and kind by content; refuses what the rules refuse without reading on."""
    try:
        file_format = formats.tell(file)
    except OSError as error:
        raise MediaError("media.unreadable", detail=str(error.strerror)) from error
    if not file_format:
        raise MediaError("media.unknown")
    kind = formats.KINDS[file_format]
    place = "image" if wanted == "picture" else wanted
    if place is not None and kind != place:
        raise MediaError("media.kind", kind=kind, wanted=place, format=file_format)
    limit = ORIGINALS[kind]
    if file_format not in limit.formats:
        taken = PICTURE if wanted == "picture" else LIMITS[kind]
        raise MediaError("media.format", format=file_format, kind=kind, formats=list(taken.formats))
    if size_bytes > limit.max_bytes:
        raise MediaError("media.too_big", size_bytes=size_bytes, limit=limit.max_bytes, kind=kind)
    return file_format, kind


def _copy(file: BinaryIO, size_bytes: int, target: Path, job: Job) -> str:
    """Write all of it to ``target``; returns the SHA-256 in hex."""
    digest = hashlib.sha256()
    done = 0
    block = _read(file, BLOCK_BYTES)
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as out:
            while block and done <= size_bytes:
                job.check()
                digest.update(block)
                out.write(block)
                done += len(block)
                job.progress(done, size_bytes)
                block = _read(file, BLOCK_BYTES)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise cache_error(error) from error
    if done != size_bytes:
        raise MediaError("media.changed")
    return digest.hexdigest()


def _read(file: BinaryIO, size: int) -> bytes:
    try:
        return file.read(size)
    except OSError as error:
        raise MediaError("media.unreadable", detail=str(error.strerror)) from error


def _probe(path: Path, file_format: str, kind: str) -> tuple[int, int, float]:
    if kind == "image":
        return *images.probe(path, file_format), 0.0
    probed = av.probe(path, file_format)
    images.check_pixels(probed.width, probed.height)
    return probed.width, probed.height, probed.seconds


def _settle(incoming: Path, folder: Path, sha256: str, file_format: str) -> Path:
    """Give the copy its name. A whole one that is there stays: it may be on its way up, and must not change then."""
    path = folder / f"{sha256}.{formats.SUFFIXES.get(file_format, file_format)}"
    try:
        size_bytes = incoming.stat().st_size
        if not _is_there(path, size_bytes, sha256):
            os.replace(incoming, path)
    except PermissionError as error:
        if not path.exists() or path.stat().st_size != size_bytes:
            raise cache_error(error) from error
    except OSError as error:
        raise cache_error(error) from error
    return path


def _is_there(path: Path, size_bytes: int, sha256: str) -> bool:
    try:
        if path.stat().st_size != size_bytes:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def cache_error(error: OSError) -> MediaError:
    """What a failed write into the cache folder is called: ``media.disk_full`` or ``media.cache``."""
    full = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)
    return MediaError("media.disk_full" if error.errno in full else "media.cache", detail=str(error.strerror))
