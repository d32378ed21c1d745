"""HEIC pictures as phones make them: tiles, turned by a note in the file, thumbnail, gain map, EXIF, colours.

Each tile is encoded by libheif; the file around them is written here, since libheif's Python part writes no grids.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

import pillow_heif
from PIL import Image


@dataclass(frozen=True)
class _Item:
    number: int
    kind: bytes
    data: bytes
    properties: tuple[int, ...]
    hidden: bool = True


def plain(picture: Image.Image, *, quality: int = 90, **more: object) -> bytes:
    """One picture in one piece, as libheif writes it."""
    out = io.BytesIO()
    pillow_heif.from_pillow(picture).save(out, quality=quality, **more)
    return out.getvalue()


def ten_bits(picture: Image.Image) -> bytes:
    """One picture with four times as many steps of brightness."""
    values = picture.convert("RGB").tobytes()
    wide = b"".join(bytes((value, value)) for value in values)
    out = io.BytesIO()
    pillow_heif.from_bytes("RGB;16", picture.size, wide).save(out, quality=90)
    return out.getvalue()


def tiled(
    picture: Image.Image, *, tile: int = 512, turns: int = 0, icc: bytes = b"", exif: bytes = b"", quality: int = 90
) -> bytes:
    """A grid of tiles. ``turns``: quarter turns counter-clockwise that whoever shows it has to make."""
    columns, rows = -(-picture.width // tile), -(-picture.height // tile)
    whole = Image.new("RGB", (columns * tile, rows * tile))
    whole.paste(picture)
    boxes = [(x * tile, y * tile, (x + 1) * tile, (y + 1) * tile) for y in range(rows) for x in range(columns)]
    tiles = [_coded(whole.crop(box), quality) for box in boxes]
    small = picture.copy()
    small.thumbnail((160, 160))
    thumb = _coded(small, 60)
    colour = _box(b"colr", b"prof" + icc) if icc else _box(b"colr", b"nclx" + struct.pack(">HHHB", 1, 13, 6, 0x80))
    # Numbered from 1 in this order.
    shared = [tiles[0][0], _ispe((tile, tile)), colour, _ispe(picture.size), _box(b"irot", bytes([turns]))]
    shared += [thumb[0], _ispe(small.size)]
    brighter = _coded(picture.resize(_half(picture.size)), 60)
    gain_map = b"urn:com:apple:photo:2020:aux:hdrgainmap\0"
    shared += [brighter[0], _ispe(_half(picture.size)), _box(b"auxC", bytes(4) + gain_map)]
    items = [_Item(number, b"hvc1", data, (1, 2, 3)) for number, (_, data) in enumerate(tiles, 1)]
    main, side, bright, note = (len(items) + number for number in range(1, 5))
    grid = struct.pack(">4B2H", 0, 0, rows - 1, columns - 1, *picture.size)
    items.append(_Item(main, b"grid", grid, (4, 5, 3), hidden=False))
    items.append(_Item(side, b"hvc1", thumb[1], (6, 7, 3)))
    items.append(_Item(bright, b"hvc1", brighter[1], (8, 9, 10)))
    links = [_box(b"dimg", struct.pack(f">HH{len(tiles)}H", main, len(tiles), *range(1, main)))]
    links.append(_box(b"thmb", struct.pack(">3H", side, 1, main)))
    links.append(_box(b"auxl", struct.pack(">3H", bright, 1, main)))
    if exif:
        items.append(_Item(note, b"Exif", struct.pack(">I", 0) + exif, ()))
        links.append(_box(b"cdsc", struct.pack(">3H", note, 1, main)))
    return _file(items, shared, links, main)


def _half(size: tuple[int, int]) -> tuple[int, int]:
    """The size of a picture that tells how much brighter a good screen may be."""
    return max(2, size[0] // 2), max(2, size[1] // 2)


def _coded(picture: Image.Image, quality: int) -> tuple[bytes, bytes]:
    """The ``hvcC`` box and the coded bytes of one picture."""
    data = plain(picture, quality=quality)
    start = data.index(b"hvcC") - 4
    size = int.from_bytes(data[start : start + 4], "big")
    body = data.index(b"mdat") + 4
    return data[start : start + size], data[body:]


def _file(items: list[_Item], shared: list[bytes], links: list[bytes], main: int) -> bytes:
    ftyp = _box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")
    meta = b""
    for _ in range(2):  # the second time with the true places
        offset = len(ftyp) + len(meta) + 8
        meta = _meta(items, shared, links, main, offset)
    return ftyp + meta + _box(b"mdat", *(item.data for item in items))


def _meta(items: list[_Item], shared: list[bytes], links: list[bytes], main: int, offset: int) -> bytes:
    places, infos, used = b"", b"", b""
    for item in items:
        places += struct.pack(">3H2I", item.number, 0, 1, offset, len(item.data))
        offset += len(item.data)
        head = struct.pack(">I2H", 2 << 24 | int(item.hidden), item.number, 0)
        infos += _box(b"infe", head + item.kind + b"\0")
        if item.properties:
            used += struct.pack(">HB", item.number, len(item.properties)) + bytes(item.properties)
    count = sum(1 for item in items if item.properties)
    return _box(
        b"meta",
        bytes(4),
        _box(b"hdlr", bytes(8) + b"pict" + bytes(13)),
        _box(b"pitm", struct.pack(">IH", 0, main)),
        _box(b"iloc", bytes(4) + b"\x44\0" + struct.pack(">H", len(items)) + places),
        _box(b"iinf", struct.pack(">IH", 0, len(items)) + infos),
        _box(b"iref", bytes(4), *links),
        _box(b"iprp", _box(b"ipco", *shared), _box(b"ipma", struct.pack(">2I", 0, count) + used)),
    )


def _ispe(size: tuple[int, int]) -> bytes:
    return _box(b"ispe", struct.pack(">3I", 0, *size))


def _box(name: bytes, *parts: bytes) -> bytes:
    payload = b"".join(parts)
    return struct.pack(">I", len(payload) + 8) + name + payload
