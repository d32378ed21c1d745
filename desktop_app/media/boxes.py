"""The boxes of MP4, MOV, M4A and HEIC files: what is really inside, whatever the brand in front says."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

_MOST_BOXES = 10_000
_MOST_TRACKS = 64
_MOST_PLACES = 100_000
"""Stretches of data of all items together: those of no length take no room, and a small file may name millions."""
_META_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Box:
    """One box: its four letters, and where its content begins and ends in the file."""

    name: bytes
    start: int
    end: int


@dataclass(frozen=True)
class Still:
    """The main picture of a HEIF file.

    ``width`` and ``height`` are as stored, in pixels; ``turns`` quarter turns counter-clockwise and ``mirror``
    (0 top and bottom, 1 left and right, None) bring it upright. ``whole`` is False when the file ends too early.
    """

    codec: str
    width: int
    height: int
    turns: int = 0
    mirror: int | None = None
    icc: bytes = b""
    cropped: bool = False
    whole: bool = True

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height as it is shown."""
        return (self.height, self.width) if self.turns % 2 else (self.width, self.height)


@dataclass(frozen=True)
class Inside:
    """What a file of boxes holds: major brand (empty: none), the handlers of its tracks, a still picture."""

    brand: bytes
    tracks: tuple[bytes, ...]
    still: Still | None


def look(file: BinaryIO) -> Inside:
    """Walk through the outer boxes and the tracks; never fails, an absurd file has nothing inside."""
    size = file.seek(0, io.SEEK_END)
    brand = b""
    tracks: tuple[bytes, ...] | None = None
    still: Still | None = None
    for box in walk(file, 0, size):
        if box.name == b"ftyp":
            brand = _bytes(file, box)[:4]
        elif box.name == b"moov" and tracks is None:
            tracks = tuple(_handlers(file, box))
        elif box.name == b"meta" and still is None and box.end - box.start <= _META_BYTES:
            still = _still(_bytes(file, box), size)
    return Inside(brand, tracks or (), still)


def walk(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes between two places in the file; ends quietly where a box does not fit."""
    for _ in range(_MOST_BOXES):
        file.seek(start)
        head = file.read(16)
        if start + 8 > end or len(head) < 8:
            return
        size, name, body = int.from_bytes(head[:4], "big"), head[4:8], start + 8
        if size == 1 and len(head) == 16:
            size, body = int.from_bytes(head[8:], "big"), start + 16
        elif size == 0:
            size = end - start
        if size < body - start:
            return
        yield Box(name, body, min(start + size, end))
        start += size


def _bytes(file: BinaryIO, box: Box) -> bytes:
    file.seek(box.start)
    return file.read(min(box.end - box.start, _META_BYTES))


def _handlers(file: BinaryIO, moov: Box) -> Iterator[bytes]:
    """For each track what it carries: ``vide``, ``soun``, ``pict`` …"""
    tracks = (box for box in walk(file, moov.start, moov.end) if box.name == b"trak")
    for trak in islice(tracks, _MOST_TRACKS):
        mdia = next((box for box in walk(file, trak.start, trak.end) if box.name == b"mdia"), None)
        inside = walk(file, mdia.start, mdia.end) if mdia is not None else ()
        hdlr = next((box for box in inside if box.name == b"hdlr"), None)
        if hdlr is not None:
            yield _bytes(file, hdlr)[8:12]


# --- HEIF (ISO/IEC 23008-12): items, their places, their properties ----------------------------------


def _still(meta: bytes, file_bytes: int) -> Still | None:
    """The main picture that a ``meta`` box describes; None when it describes none."""
    parts = _children(meta, 4)
    try:
        main = int.from_bytes(parts[b"pitm"][4:8] if parts[b"pitm"][0] else parts[b"pitm"][4:6], "big")
        kinds = _item_kinds(parts[b"iinf"])
        properties = _properties(parts[b"iprp"], main)
        whole = _last_byte(parts[b"iloc"]) <= file_bytes
    except (KeyError, IndexError):
        return None
    size = next((data for name, data in properties if name == b"ispe" and len(data) >= 12), None)
    if size is None or main not in kinds:
        return None
    turns, mirror = 0, None
    for name, data in properties:
        if name == b"irot" and data:
            turns = data[0] & 3
        elif name == b"imir" and data:
            mirror = data[0] & 1
    return Still(
        "av1" if b"av01" in kinds.values() else "hevc" if b"hvc1" in kinds.values() else "",
        int.from_bytes(size[4:8], "big"),
        int.from_bytes(size[8:12], "big"),
        turns,
        mirror,
        next((data[4:] for name, data in properties if name == b"colr" and data[:4] in (b"prof", b"rICC")), b""),
        any(name == b"clap" for name, _ in properties),
        whole,
    )


def _children(data: bytes, start: int = 0) -> dict[bytes, bytes]:
    return {box.name: data[box.start : box.end] for box in walk(io.BytesIO(data), start, len(data))}


def _item_kinds(iinf: bytes) -> dict[int, bytes]:
    """Item number → its four letters (``hvc1``, ``grid`` …)."""
    kinds = {}
    for box in walk(io.BytesIO(iinf), 8 if iinf[0] else 6, len(iinf)):
        data = iinf[box.start : box.end]
        if box.name == b"infe" and len(data) >= 12 and data[0] >= 2:
            width = 4 if data[0] > 2 else 2
            kinds[int.from_bytes(data[4 : 4 + width], "big")] = data[6 + width : 10 + width]
    return kinds


def _properties(iprp: bytes, item: int) -> list[tuple[bytes, bytes]]:
    """The properties of one item, in their order."""
    parts = _children(iprp)
    listed = [(box.name, parts[b"ipco"][box.start : box.end]) for box in _listed(parts[b"ipco"])]
    ipma = io.BytesIO(parts[b"ipma"])
    head = ipma.read(8)
    wide = head[3] & 1
    for _ in range(min(int.from_bytes(head[4:8], "big"), _MOST_BOXES)):
        number = int.from_bytes(ipma.read(4 if head[0] else 2), "big")
        count = ipma.read(1)[0]
        indices = [int.from_bytes(ipma.read(1 + wide), "big") & (0x7FFF if wide else 0x7F) for _ in range(count)]
        if number == item:
            return [listed[index - 1] for index in indices if 0 < index <= len(listed)]
    return []


def _listed(data: bytes) -> list[Box]:
    return list(walk(io.BytesIO(data), 0, len(data)))


def _last_byte(iloc: bytes) -> int:
    """Where the last stretch of picture data that lies in the file itself ends."""
    version, sizes = iloc[0], [iloc[4] >> 4, iloc[4] & 15, iloc[5] >> 4, iloc[5] & 15 if iloc[0] else 0]
    stream = io.BytesIO(iloc[6:])

    def number(size: int) -> int:
        return int.from_bytes(stream.read(size), "big")

    last = places = 0
    for _ in range(min(number(4 if version == 2 else 2), _MOST_BOXES)):
        number(4 if version == 2 else 2)
        method = number(2) & 15 if version else 0
        number(2)
        base = number(sizes[2])
        count = number(2)
        places += count
        if places > _MOST_PLACES:
            raise IndexError
        for _ in range(count):
            number(sizes[3])
            offset, length = number(sizes[0]), number(sizes[1])
            if method == 0:
                last = max(last, base + offset + length)
    return last
