"""Voice and video: length and size. AMR and MP3 by counting frames, MP4 by pymediainfo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pymediainfo import MediaInfo

from desktop_app.errors import MediaError


@dataclass(frozen=True)
class Probed:
    """Length in seconds, and for video width and height in pixels."""

    seconds: float
    width: int = 0
    height: int = 0


def probe(path: Path, av_format: str) -> Probed:
    """Look into a voice (amr, mp3) or a video (mp4). Raises MediaError ``media.damaged``, ``media.no_video``."""
    if av_format == "amr":
        return Probed(amr_seconds(_whole(path)))
    if av_format == "mp3":
        return Probed(mp3_seconds(_whole(path)))
    return _video(path)


def _whole(path: Path) -> bytes:
    """Voices are at most 2 MB; the size was checked before."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise MediaError("media.unreadable", detail=str(error.strerror)) from error


# --- AMR (RFC 4867 §5): players estimate the length from the bit rate and are wrong by 3 % ------------

_AMR_MAGIC = b"#!AMR\n"
_AMR_FRAME_BYTES = {0: 13, 1: 14, 2: 16, 3: 18, 4: 20, 5: 21, 6: 27, 7: 32, 8: 6, 15: 1}
_AMR_FRAME_SECONDS = 0.02


def amr_seconds(data: bytes) -> float:
    """Length of narrow-band AMR. A cut last frame does not count. Raises MediaError."""
    position, frames = len(_AMR_MAGIC), 0
    while position < len(data):
        size = _AMR_FRAME_BYTES.get(data[position] >> 3 & 15)
        if size is None or data[position] & 0x83:
            raise MediaError("media.damaged", kind="voice", detail="no AMR frame")
        position += size
        if position <= len(data):
            frames += 1
    if not data.startswith(_AMR_MAGIC) or not frames:
        raise MediaError("media.damaged", kind="voice", detail="no AMR frames")
    return round(frames * _AMR_FRAME_SECONDS, 3)


# --- MP3: constant and variable bit rate alike, frame by frame ----------------------------------------

_KBIT = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG 1 layer III
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),  # MPEG 2 and 2.5
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def mp3_seconds(data: bytes) -> float:
    """Length of an MP3, whatever stands before, between and behind its frames. Raises MediaError."""
    position = _after_id3(data)
    seconds, frames = 0.0, 0
    while (position := data.find(b"\xff", position)) >= 0:
        frame = _mp3_frame(data, position)
        # The first frame has to be followed by another one: two bytes of a picture in a tag look like a frame.
        if frame is None or (not frames and _mp3_frame(data, position + frame[0]) is None):
            position += 1
            continue
        frames += 1
        position += frame[0]
        seconds += frame[1]
    if frames < 2:
        raise MediaError("media.damaged", kind="voice", detail="no MP3 frames")
    return round(seconds, 3)


def _after_id3(data: bytes) -> int:
    """Where the tag in front ends: its size is stored in four times seven bits."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _mp3_frame(data: bytes, position: int) -> tuple[int, float] | None:
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


# --- MP4 ----------------------------------------------------------------------------------------------


def _video(path: Path) -> Probed:
    try:
        tracks = MediaInfo.parse(path).tracks
    except (OSError, RuntimeError) as error:
        raise MediaError("media.damaged", kind="video", detail=str(error)) from error
    general = next((track for track in tracks if track.track_type == "General"), None)
    pictures = [track for track in tracks if track.track_type == "Video"]
    if general is None or not general.duration or general.istruncated == "Yes":
        raise MediaError("media.damaged", kind="video")
    if not pictures:
        raise MediaError("media.no_video")
    return Probed(float(general.duration) / 1000, int(pictures[0].width or 0), int(pictures[0].height or 0))
