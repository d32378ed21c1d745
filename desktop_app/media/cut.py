"""A minute out of a longer voice, without a loss: MP3 and AMR are rows of frames, the others need ffmpeg."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from pathlib import Path

from desktop_app.errors import MediaError
from desktop_app.media import av
from desktop_app.media.intake import cache_error

LOSSLESS: dict[str, Callable[[av.Bytes], Iterator[av.Frame]]] = {"mp3": av.mp3_frames, "amr": av.amr_frames}
"""The formats that can be cut here, and what finds their frames."""


def cut(source: Path, voice_format: str, made: Path, *, start_s: float = 0.0, longest_s: float) -> None:
    """Write the frames from ``start_s`` on, at most ``longest_s`` seconds of them, and no tag.

    ``voice_format``: mp3 or amr. Raises MediaError ``media.damaged`` (also when nothing is left),
    ``media.unreadable``, ``media.cache``, ``media.disk_full``.
    """
    try:
        with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            parts = _wanted(data, voice_format, start_s, longest_s)
    except (OSError, ValueError) as error:
        raise MediaError("media.unreadable", detail=type(error).__name__) from error
    if not parts:
        raise MediaError("media.damaged", kind="voice", detail="nothing left")
    head = b"#!AMR\n" if voice_format == "amr" else b""
    try:
        made.write_bytes(head + b"".join(parts))
    except OSError as error:
        raise cache_error(error) from error


def _wanted(data: mmap.mmap, voice_format: str, start_s: float, longest_s: float) -> list[bytes]:
    parts, at, length = [], 0.0, 0.0
    for number, (start, end, seconds) in enumerate(LOSSLESS[voice_format](data)):
        at += seconds
        if at - seconds < start_s - 1e-6 or (number == 0 and _is_note(data[start:end])):
            continue
        length += seconds
        if length > longest_s + 1e-6:
            break
        parts.append(data[start:end])
    return parts


def _is_note(frame: bytes) -> bool:
    """Whether an MP3's first frame holds no sound but the length of the whole: it would be wrong afterwards."""
    return any(frame[place : place + 4] in (b"Xing", b"Info") for place in (13, 21, 36)) or frame[36:40] == b"VBRI"
