"""Voice and video: length, size and codecs. AMR, MP3, AAC and WAV by counting, files of boxes by pymediainfo."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from desktop_app.errors import MediaError

Bytes = bytes | mmap.mmap


@dataclass(frozen=True)
class Probed:
    """Length in seconds, and for video width and height in pixels as it is shown.

    ``odd_picture`` and ``odd_sound`` name the codec where it is not what every phone plays: H.264 of 8 bits and
    4:2:0, with AAC or no sound. ``hdr``: more brightness than a usual screen has.
    """

    seconds: float
    width: int = 0
    height: int = 0
    odd_picture: str = ""
    odd_sound: str = ""
    hdr: bool = False


def probe(path: Path, av_format: str) -> Probed:
    """Look into a voice (amr, mp3, wav, aac, m4a) or a video (mp4, mov, 3gp).

    Raises MediaError ``media.damaged``, ``media.no_video``, ``media.unreadable``.
    """
    counters = {"amr": amr_seconds, "mp3": mp3_seconds, "aac": aac_seconds, "wav": wav_seconds}
    if av_format in counters:
        with _mapped(path) as data:
            return Probed(counters[av_format](data))
    return _of_boxes(path, "voice" if av_format == "m4a" else "video")


@contextmanager
def _mapped(path: Path) -> Iterator[Bytes]:
    """The whole file without reading it into memory: an original may have 200 MB."""
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:  # ValueError: the file is empty
        raise MediaError("media.unreadable", detail=type(error).__name__) from error
    with mapped:
        yield mapped


def _no_frames(what: str) -> MediaError:
    return MediaError("media.damaged", kind="voice", detail=f"no {what} frames")


# --- AMR (RFC 4867 §5): players estimate the length from the bit rate and are wrong by 3 % ------------

_AMR_MAGIC = b"#!AMR\n"
_AMR_FRAME_BYTES = {0: 13, 1: 14, 2: 16, 3: 18, 4: 20, 5: 21, 6: 27, 7: 32, 8: 6, 15: 1}
_AMR_FRAME_SECONDS = 0.02

_MOST_FRAMES = 1_000_000
"""Five hours and more. Frames of a single byte would make 200 MB of them, and a minute of counting."""
_MOST_CHUNKS = 10_000

Frame = tuple[int, int, float]
"""Where a frame of sound begins and ends in the file, and how many seconds it plays."""


def amr_frames(data: Bytes) -> Iterator[Frame]:
    """The frames of narrow-band AMR; a cut last one does not count. Raises MediaError."""
    if data[: len(_AMR_MAGIC)] != _AMR_MAGIC:
        raise _no_frames("AMR")
    position = len(_AMR_MAGIC)
    while position < len(data):
        size = _AMR_FRAME_BYTES.get(data[position] >> 3 & 15)
        if size is None or data[position] & 0x83:
            raise _no_frames("AMR")
        if position + size <= len(data):
            yield position, position + size, _AMR_FRAME_SECONDS
        position += size


def amr_seconds(data: Bytes) -> float:
    """Length of narrow-band AMR. Raises MediaError."""
    frames = sum(1 for _ in islice(amr_frames(data), _MOST_FRAMES + 1))
    if not 0 < frames <= _MOST_FRAMES:
        raise _no_frames("AMR")
    return round(frames * _AMR_FRAME_SECONDS, 3)


# --- MP3: constant and variable bit rate alike, frame by frame ----------------------------------------

_KBIT = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG 1 layer III
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),  # MPEG 2 and 2.5
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_MOST_MISSES = 100_000
"""So many bytes that look like the beginning of a frame and are none: this is no MP3, and a second has gone by."""


def mp3_frames(data: Bytes) -> Iterator[Frame]:
    """The layer III frames, whatever stands before, between and behind them. Raises MediaError."""
    position, found, misses = _after_id3(data), False, 0
    while (position := data.find(b"\xff", position)) >= 0:
        frame = _mp3_frame(data, position)
        # The first frame has to be followed by another one: two bytes of a picture in a tag look like a frame.
        if frame is None or (not found and _mp3_frame(data, position + frame[0]) is None):
            position += 1
            misses += 1
            if misses > _MOST_MISSES:
                raise _no_frames("MP3")
            continue
        found = True
        yield position, position + frame[0], frame[1]
        position += frame[0]


def mp3_seconds(data: Bytes) -> float:
    """Length of an MP3. Raises MediaError."""
    seconds, frames = 0.0, 0
    for _, _, frame_seconds in islice(mp3_frames(data), _MOST_FRAMES + 1):
        seconds += frame_seconds
        frames += 1
    if not 2 <= frames <= _MOST_FRAMES:
        raise _no_frames("MP3")
    return round(seconds, 3)


def _after_id3(data: Bytes) -> int:
    """Where the tag in front ends: its size is stored in four times seven bits."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _mp3_frame(data: Bytes, position: int) -> tuple[int, float] | None:
    """Bytes and seconds of the layer III frame that starts here, None if none does."""
    header = data[position : position + 4]
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return None
    version = header[1] >> 3 & 3
    rates = _RATES.get(version)
    rate_index = header[2] >> 2 & 3
    kbit_index = header[2] >> 4
    if rates is None or rate_index == 3 or kbit_index in (0, 15):
        return None
    rate = rates[rate_index]
    kbit = _KBIT[1 if version == 3 else 2][kbit_index]
    samples = 1152 if version == 3 else 576
    size = samples // 8 * kbit * 1000 // rate + (header[2] >> 1 & 1)
    return size, samples / rate


# --- AAC in ADTS frames, WAV --------------------------------------------------------------------------

_AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)


def aac_seconds(data: Bytes) -> float:
    """Length of AAC as a stream of ADTS frames; a cut last one does not count. Raises MediaError."""
    position, seconds, frames = _after_id3(data), 0.0, 0
    while position + 7 <= len(data) and frames <= _MOST_FRAMES:
        head = data[position : position + 7]
        size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        rate_index = head[2] >> 2 & 15
        if head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or size < 7 or rate_index >= len(_AAC_RATES):
            raise _no_frames("AAC")
        position += size
        if position <= len(data):
            seconds += 1024 * ((head[6] & 3) + 1) / _AAC_RATES[rate_index]
            frames += 1
    if not 2 <= frames <= _MOST_FRAMES:
        raise _no_frames("AAC")
    return round(seconds, 3)


def wav_seconds(data: Bytes) -> float:
    """Length of a WAV by the size of its samples. Raises MediaError, also for one that was cut off."""
    position, rate = 12, 0
    for _ in range(_MOST_CHUNKS):
        if position + 8 > len(data):
            break
        name, size = data[position : position + 4], int.from_bytes(data[position + 4 : position + 8], "little")
        position += 8
        if name == b"fmt ":
            rate = int.from_bytes(data[position + 8 : position + 12], "little")
        elif name == b"data":
            there = len(data) - position
            # Recorders that were never told to stop leave 0 or the largest number there is.
            size = there if size in (0, 0x7FFFFFFF, 0xFFFFFFFF) else size
            if not rate or not size or size > there:
                break
            return round(size / rate, 3)
        position += size + (size & 1)
    raise MediaError("media.damaged", kind="voice", detail="no samples")


# --- Files of boxes -----------------------------------------------------------------------------------


def _of_boxes(path: Path, kind: str) -> Probed:
    from pymediainfo import MediaInfo  # no start of the app waits for it

    try:
        tracks = MediaInfo.parse(path).tracks
    except (OSError, RuntimeError) as error:
        raise MediaError("media.damaged", kind=kind, detail=str(error)) from error
    general = next((track for track in tracks if track.track_type == "General"), None)
    pictures = [track for track in tracks if track.track_type == "Video"]
    sounds = [track for track in tracks if track.track_type == "Audio"]
    if general is None or not general.duration or general.istruncated == "Yes":
        raise MediaError("media.damaged", kind=kind)
    seconds = float(general.duration) / 1000
    if kind == "voice":
        if not sounds:
            raise MediaError("media.damaged", kind=kind, detail="no sound")
        return Probed(seconds)
    if not pictures:
        raise MediaError("media.no_video")
    size = int(pictures[0].width or 0), int(pictures[0].height or 0)
    if float(pictures[0].rotation or 0) % 180 == 90:
        size = size[1], size[0]
    odd_sound = next((str(sound.format) for sound in sounds if sound.format != "AAC"), "")
    hdr = str(pictures[0].transfer_characteristics or "") in ("HLG", "PQ")
    return Probed(seconds, *size, _odd_picture(pictures[0]), odd_sound, hdr)


def _odd_picture(video: Any) -> str:
    """What phones of every age do not play about it: ``HEVC``, ``H.264 10 bit``, ``H.264 4:4:4`` …"""
    name = {"AVC": "H.264"}.get(video.format, str(video.format))
    bits, colours = int(video.bit_depth or 8), str(video.chroma_subsampling or "4:2:0")
    odd = [f"{bits} bit"] if bits != 8 else []
    odd += [colours] if colours != "4:2:0" else []
    return "" if name == "H.264" and not odd else " ".join([name, *odd])
