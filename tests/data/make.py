"""Small valid media made by code: pictures, voices and an H.264 video, without any encoder."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

from PIL import Image

Rgb = tuple[int, int, int]


def picture(image_format: str = "PNG", size: tuple[int, int] = (64, 48), colour: Rgb = (200, 90, 60)) -> bytes:
    """One colour in any format that Pillow writes."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, image_format)
    return out.getvalue()


def noise(image_format: str, size: tuple[int, int], seed: int = 1) -> bytes:
    """A picture that does not compress, for files of many bytes."""
    import random

    pixels = random.Random(seed).randbytes(size[0] * size[1] * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", size, pixels).save(out, image_format, quality=95)
    return out.getvalue()


def animation(frames: int = 3) -> bytes:
    """A GIF that moves."""
    pictures = [Image.new("RGB", (32, 32), (index * 40 % 256, 80, 120)) for index in range(frames)]
    out = io.BytesIO()
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], duration=100)
    return out.getvalue()


def amr(seconds: float = 2.0, mode: int = 7) -> bytes:
    """Narrow-band AMR in one mode (7: 12.2 kbit/s), 20 ms a frame."""
    size = {0: 13, 1: 14, 2: 16, 3: 18, 4: 20, 5: 21, 6: 27, 7: 32}[mode]
    return b"#!AMR\n" + bytes([mode << 3 | 4, *bytes(size - 1)]) * round(seconds / 0.02)


def mp3(seconds: float = 2.0, *, tag: bytes = b"") -> bytes:
    """Silence in MPEG 1 layer III, 32 kbit/s, mono, 32 kHz: frames of 144 bytes and exactly 36 ms."""
    frame = bytes([0xFF, 0xFB, 0x18, 0xC0]) + bytes(140)
    id3 = b""
    if tag:
        size = bytes(len(tag) >> shift & 0x7F for shift in (21, 14, 7, 0))
        id3 = b"ID3\x03\x00\x00" + size + tag
    return id3 + frame * round(seconds / 0.036)


# --- MP4: one I_PCM picture in H.264 and then frames that say "the same again" --------------------------


class _Bits:
    def __init__(self) -> None:
        self.text: list[str] = []
        self.data = bytearray()

    def u(self, bits: int, value: int) -> None:
        self.text.append(format(value, f"0{bits}b"))

    def ue(self, *values: int) -> None:
        for value in values:
            code = format(value + 1, "b")
            self.text.append("0" * (len(code) - 1) + code)

    def flush(self, fill: str = "0") -> None:
        text = "".join(self.text)
        text += fill * (-len(text) % 8)
        self.data += int(text, 2).to_bytes(len(text) // 8, "big") if text else b""
        self.text = []

    def end(self) -> bytes:
        self.u(1, 1)
        self.flush()
        return bytes(self.data)


def _nal(header: int, payload: bytes) -> bytes:
    out, zeros = bytearray([header]), 0
    for byte in payload:
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)


def _sps(columns: int, rows: int) -> bytes:
    bits = _Bits()
    for value in (66, 0xC0, 30):  # baseline, level 3.0
        bits.u(8, value)
    bits.ue(0, 0, 2, 1)
    bits.u(1, 0)
    bits.ue(columns - 1, rows - 1)
    bits.u(4, 0b1100)
    return _nal(0x67, bits.end())


def _pps() -> bytes:
    bits = _Bits()
    bits.ue(0, 0)
    bits.u(2, 0)
    bits.ue(0, 0, 0)
    bits.u(3, 0)
    bits.ue(0, 0, 0)
    bits.u(3, 0b100)
    return _nal(0x68, bits.end())


def _key_frame(columns: int, rows: int, macroblock: Callable[[int, int], bytes]) -> bytes:
    bits = _Bits()
    bits.ue(0, 7, 0)
    bits.u(4, 0)
    bits.ue(0)
    bits.u(2, 0)
    bits.ue(0, 1)
    for row in range(rows):
        for column in range(columns):
            bits.ue(25)  # I_PCM: the samples as they are
            bits.flush()
            bits.data += macroblock(column, row)
    return _nal(0x65, bits.end())


def _same_frame(number: int, macroblocks: int) -> bytes:
    bits = _Bits()
    bits.ue(0, 5, 0)
    bits.u(4, number % 16)
    bits.u(3, 0)
    bits.ue(0, 1, macroblocks)
    return _nal(0x41, bits.end())


def _box(name: bytes, *parts: bytes) -> bytes:
    payload = b"".join(parts)
    return struct.pack(">I", len(payload) + 8) + name + payload


def _full(name: bytes, *parts: bytes, version_flags: int = 0) -> bytes:
    return _box(name, struct.pack(">I", version_flags), *parts)


_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def mp4(seconds: float = 3.0, image: Image.Image | None = None, *, fps: int = 10, video: bool = True) -> bytes:
    """A still video of one track. Sides are rounded down to multiples of 16; ``video=False``: a sound track only."""
    image = (image or Image.new("RGB", (64, 48), (90, 140, 90))).convert("YCbCr")
    columns, rows = image.width // 16, image.height // 16
    frames = max(1, round(seconds * fps))
    planes = image.crop((0, 0, columns * 16, rows * 16)).split()
    luma = planes[0]
    chroma = [plane.resize((columns * 8, rows * 8)) for plane in planes[1:]]

    def macroblock(column: int, row: int) -> bytes:
        y = luma.crop((column * 16, row * 16, column * 16 + 16, row * 16 + 16)).tobytes()
        return y + b"".join(c.crop((column * 8, row * 8, column * 8 + 8, row * 8 + 8)).tobytes() for c in chroma)

    nals = [_key_frame(columns, rows, macroblock)]
    nals += [_same_frame(number, columns * rows) for number in range(1, frames)]
    samples = [struct.pack(">I", len(nal)) + nal for nal in nals]
    ftyp = _box(b"ftyp", b"isom", struct.pack(">I", 512), b"isomiso2avc1mp41")
    sizes = [len(sample) for sample in samples]
    moov = b""
    for _ in range(2):  # the second time with the true offset
        offset = len(ftyp) + len(moov) + 8
        moov = _moov(columns, rows, frames, fps, sizes, offset, video)
    return ftyp + moov + _box(b"mdat", *samples)


def _moov(columns: int, rows: int, frames: int, fps: int, sizes: list[int], offset: int, video: bool) -> bytes:
    width, height = columns * 16, rows * 16
    duration = frames * 1000 // fps
    mvhd = _full(
        b"mvhd",
        struct.pack(">5IH", 0, 0, 1000, duration, 0x10000, 0x100) + bytes(10) + _MATRIX + bytes(24),
        struct.pack(">I", 2),
    )
    tkhd = _full(
        b"tkhd",
        struct.pack(">5I", 0, 0, 1, 0, duration) + bytes(16) + _MATRIX,
        struct.pack(">2I", width << 16, height << 16),
        version_flags=3,
    )
    mdhd = _full(b"mdhd", struct.pack(">4I2H", 0, 0, 1000, duration, 0x55C4, 0))
    hdlr = _full(b"hdlr", bytes(4) + (b"vide" if video else b"soun") + bytes(12) + b"track\0")
    dinf = _box(b"dinf", _full(b"dref", struct.pack(">I", 1), _full(b"url ", version_flags=1)))
    head = _full(b"vmhd", bytes(8), version_flags=1) if video else _full(b"smhd", bytes(4))
    stbl = _box(
        b"stbl",
        _full(b"stsd", struct.pack(">I", 1), _avc1(width, height, columns, rows) if video else _sowt()),
        _full(b"stts", struct.pack(">3I", 1, frames, 1000 // fps)),
        _full(b"stss", struct.pack(">2I", 1, 1)),
        _full(b"stsc", struct.pack(">4I", 1, 1, frames, 1)),
        _full(b"stsz", struct.pack(f">2I{frames}I", 0, frames, *sizes)),
        _full(b"stco", struct.pack(">2I", 1, offset)),
    )
    return _box(b"moov", mvhd, _box(b"trak", tkhd, _box(b"mdia", mdhd, hdlr, _box(b"minf", head, dinf, stbl))))


def _avc1(width: int, height: int, columns: int, rows: int) -> bytes:
    sps, pps = _sps(columns, rows), _pps()
    avcc = bytes([1, *sps[1:4], 0xFF, 0xE1]) + struct.pack(">H", len(sps)) + sps
    avcc += b"\1" + struct.pack(">H", len(pps)) + pps
    fields = bytes(6) + struct.pack(">H", 1) + bytes(16) + struct.pack(">2H2I", width, height, 0x480000, 0x480000)
    return _box(
        b"avc1", fields, bytes(4) + struct.pack(">H", 1) + bytes(32) + struct.pack(">Hh", 24, -1), _box(b"avcC", avcc)
    )


def _sowt() -> bytes:
    fields = bytes(6) + struct.pack(">H", 1) + bytes(8) + struct.pack(">4HI", 1, 16, 0, 0, 8000 << 16)
    return _box(b"sowt", fields)
