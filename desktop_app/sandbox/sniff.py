"""What a file really is, by its bytes: pictures, MP4, and the length of AMR, MP3 and WAV by their frames."""

from __future__ import annotations

from pathlib import Path

_AMR_NB = (12, 13, 15, 17, 19, 20, 26, 31, 5, 0, 0, 0, 0, 0, 0, 0)  # bytes behind each frame's first byte
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_V1 = {
    3: (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_V2 = {
    3: (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    1: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def kind_of(file: Path) -> str:
    """`jpg`, `png`, `gif`, `bmp`, `amr`, `mp3`, `wav`, `wma`, `mp4`, or an empty text for anything else."""
    with file.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
        return "png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head.startswith(b"BM") and len(head) > 26 and head[14:18] in (b"\x28\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0"):
        return "bmp"
    if head.startswith(b"#!AMR\n"):
        return "amr"
    if head[4:8] == b"ftyp" and head[8:12] != b"qt  ":
        return "mp4"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"):
        return "wma"
    if mp3_seconds(file) > 0:
        return "mp3"
    return ""


def voice_seconds(file: Path, kind: str) -> float:
    """How long a voice file plays; 0 when its frames tell nothing (wma)."""
    if kind == "amr":
        return amr_seconds(file.read_bytes())
    if kind == "mp3":
        return mp3_seconds(file)
    if kind == "wav":
        head = file.read_bytes()[:64]
        rate = int.from_bytes(head[28:32], "little")
        return (file.stat().st_size - 44) / rate if rate else 0.0
    return 0.0


def amr_seconds(data: bytes) -> float:
    """The length of AMR narrow-band: 20 ms for each frame."""
    at, frames = 6, 0
    while at < len(data):
        at += 1 + _AMR_NB[data[at] >> 3 & 15]
        frames += 1
    return frames * 0.02


def mp3_seconds(file: Path) -> float:
    """The length of an MP3 by walking its frames; 0 when it does not begin with two of them (or is above 32 MB)."""
    if file.stat().st_size > 32 * 1024 * 1024:
        return 0.0
    with file.open("rb") as stream:
        head = stream.read(10)
        start = 0
        if head[:3] == b"ID3" and len(head) == 10:
            start = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])
        stream.seek(start)
        if not head.startswith(b"ID3") and not (head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0):
            return 0.0
        data = stream.read()
    seconds, at, frames = 0.0, 0, 0
    while at + 4 <= len(data):
        size, length = _mp3_frame(data[at : at + 4])
        if not size:
            break
        at += size
        seconds += length
        frames += 1
    return seconds if frames >= 2 else 0.0


def _mp3_frame(head: bytes) -> tuple[int, float]:
    """Bytes and seconds of the frame with this header; (0, 0) when it is none."""
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or version == 1 or layer == 0 or bitrate in (0, 15) or rate == 3:
        return 0, 0.0
    kbit = (_V1 if version == 3 else _V2)[layer][bitrate - 1]
    hertz = _RATES[version][rate]
    if layer == 3:  # layer I counts in slots of four bytes
        return (12 * kbit * 1000 // hertz + padding) * 4, 384 / hertz
    samples = 576 if layer == 1 and version != 3 else 1152
    return samples // 8 * kbit * 1000 // hertz + padding, samples / hertz
