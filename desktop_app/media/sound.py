"""Voices made to fit: MP3 or AMR of at most 2 MB and 60 seconds."""

from __future__ import annotations

from pathlib import Path

from desktop_app.errors import MediaError
from desktop_app.job import Job
from desktop_app.media import convert, cut, intake
from desktop_app.media.intake import Taken
from desktop_app.media.limits import LIMITS

_KBIT = 192
"""What a minute of speech and music sounds good with: 1.4 MB."""
_PADDING_S = 0.1
"""Encoders fill up their first and last frame: a minute becomes that much longer, and the limit is a hard one."""
_DEMUXERS = {"m4a": "mov"}


def for_message(taken: Taken, folder: Path, job: Job, *, fix: str, start_s: float, ffmpeg: Path | None) -> Taken:
    """What ``prepare.for_message`` does for a voice."""
    limit = LIMITS["voice"]
    whole = taken.format in cut.LOSSLESS
    if taken.seconds <= limit.max_seconds + _PADDING_S:
        start_s = 0.0
    elif fix == "cut_voice" and (whole or ffmpeg):
        start_s = min(max(0.0, start_s), taken.seconds - 1)
    else:
        can = whole or ffmpeg is not None
        seconds = {"seconds": taken.seconds, "limit": limit.max_seconds}
        raise convert.ask("media.too_long", "cut_voice", can, kind="voice", **seconds)
    if not whole:
        if ffmpeg is None:
            formats = list(limit.formats)
            raise convert.ask("media.format", "to_mp3", False, format=taken.format, kind="voice", formats=formats)
        return _to_mp3(taken, folder, job, ffmpeg, start_s)
    if taken.seconds <= limit.max_seconds and taken.size_bytes <= limit.max_bytes:
        return taken
    with intake.half(folder) as made:
        # Without a picture in a tag it may fit already.
        cut.cut(taken.path, taken.format, made, start_s=start_s, longest_s=limit.max_seconds)
        size_bytes = made.stat().st_size
        if size_bytes <= limit.max_bytes:
            return intake.keep(made, folder, taken, taken.format)
    if fix not in ("fit_voice", "cut_voice") or ffmpeg is None:
        sizes = {"size_bytes": size_bytes, "limit": limit.max_bytes}
        raise convert.ask("media.too_big", "fit_voice", ffmpeg is not None, kind="voice", **sizes)
    return _to_mp3(taken, folder, job, ffmpeg, start_s)


def _to_mp3(taken: Taken, folder: Path, job: Job, ffmpeg: Path, start_s: float) -> Taken:
    limit = LIMITS["voice"]
    seconds = min(taken.seconds - start_s, limit.max_seconds - _PADDING_S)
    options = ["-t", f"{seconds:.3f}", "-map", "0:a:0", "-map_metadata", "-1", "-map_chapters", "-1", "-vn"]
    options += ["-c:a", "libmp3lame", "-b:a", f"{_KBIT}k", "-ar", "44100", "-ac", "2"]
    # No tag and no frame about the length: the frames are all there is.
    options += ["-id3v2_version", "0", "-write_xing", "0", "-fs", str(limit.max_bytes), "-f", "mp3"]
    demuxer = _DEMUXERS.get(taken.format, taken.format)
    with intake.half(folder) as made:
        convert.run(ffmpeg, taken.path, demuxer, made, options, job, kind="voice", seconds=seconds, start_s=start_s)
        try:
            return intake.keep(made, folder, taken, "mp3")
        except MediaError as error:
            raise MediaError("media.damaged", kind="voice", detail=error.detail) from error
