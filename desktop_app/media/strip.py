"""Files without what they tell about their maker: EXIF, GPS, comments and whatever hangs behind a picture's end.

Not one pixel changes: the parts are left out, the rest is copied byte by byte. A file that is more than a picture
(a ZIP behind a JPEG, a script in a GIF's comment) is a picture and nothing else afterwards. Of a film only the place
where it was taken goes.
"""

from __future__ import annotations

import io
import re

from desktop_app.errors import MediaError
from desktop_app.media import boxes


def stripped(data: bytes, image_format: str) -> bytes:
    """The picture without notes; ``data`` itself when there are none. ``image_format``: jpeg, png or gif.

    Raises MediaError ``media.damaged`` when the parts do not fit together.
    """
    try:
        made = {"jpeg": _jpeg, "png": _png, "gif": _gif}[image_format](data)
    except IndexError as error:
        raise _damaged("cut off") from error
    return data if made == data else made


def _damaged(why: str) -> MediaError:
    return MediaError("media.damaged", kind="image", detail=why)


# --- JPEG: segments, and the pixels between them ------------------------------------------------------

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
"""What ends a stretch of pixels: neither a stuffed FF, nor a restart, nor padding."""
_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE


def _jpeg(data: bytes) -> bytes:
    kept, position = [b"\xff\xd8"], 2
    while True:
        while data[position] == 0xFF and data[position + 1] == 0xFF:
            position += 1
        marker = data[position + 1]
        if data[position] != 0xFF or marker in (0, _SOI):
            raise _damaged("no JPEG segment")
        if marker == _EOI:
            break
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        if end > len(data) or end < position + 4:
            raise _damaged("cut off")
        if marker == _SOS:
            found = _MARKER.search(data, end)
            end = found.start() if found else len(data)
        if _is_needed(marker, data[position + 4 : position + 16]):
            kept.append(data[position:end])
        position = end
        if position == len(data):  # only the end marker is missing: decoders do not mind, WeChat may
            break
    kept.append(b"\xff\xd9")
    return b"".join(kept)


def _is_needed(marker: int, head: bytes) -> bool:
    """What decoding needs: size and kind of the pixels, the colour profile, Adobe's note on how these are stored."""
    if marker == _COM:
        return False
    if not 0xE0 <= marker <= 0xEF:
        return True
    wanted = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
    return marker in wanted and head.startswith(wanted[marker])


# --- PNG: chunks --------------------------------------------------------------------------------------

# Animation (acTL, fcTL, fdAT) goes as well: WeChat shows such a picture standing still.
_CHUNKS = frozenset(b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs".split())


def _png(data: bytes) -> bytes:
    kept, position = [data[:8]], 8
    while True:
        end = position + 12 + int.from_bytes(data[position : position + 4], "big")
        name = data[position + 4 : position + 8]
        if end > len(data):
            raise _damaged("cut off")
        if name in _CHUNKS:
            kept.append(data[position:end])
        if name == b"IEND":
            return b"".join(kept)
        position = end


# --- GIF: blocks --------------------------------------------------------------------------------------

_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def _gif(data: bytes) -> bytes:
    position = 13 + _table_bytes(data[10])
    kept, pictures = [data[:position]], 0
    while position < len(data) and data[position] != 0x3B:
        start = position
        if data[start] == 0x2C:
            position = _after_blocks(data, start + 11 + _table_bytes(data[start + 9]))
            kept.append(data[start:position])
            pictures += 1
        elif data[start] == 0x21:
            position = _after_blocks(data, start + 2)
            loop = data[start + 1] == 0xFF and data[start + 3 : start + 14] in _LOOPS
            if loop or data[start + 1] == 0xF9:
                kept.append(data[start:position])
        elif data[start] == 0:  # some programs pad
            position += 1
        else:
            raise _damaged("no GIF block")
    if not pictures:
        raise _damaged("cut off")
    kept.append(b";")
    return b"".join(kept)


def _table_bytes(flags: int) -> int:
    """Bytes of the colour table that the flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_blocks(data: bytes, position: int) -> int:
    """Where a chain of sub-blocks ends."""
    while size := data[position]:
        position += size + 1
    return position + 1


# --- MP4: boxes that tell the place become empty ones of the same size, so that nothing moves ------------

_PLACES = (b"\xa9xyz", b"loci", b"location.ISO6709", b"GPSLatitude", b"GPSCoordinates")
_NOTES = (b"udta", b"meta", b"uuid")


def film_without_place(data: bytes) -> bytes:
    """An MP4 that does not tell where it was taken; ``data`` itself if it never did."""
    file, made = io.BytesIO(data), bytearray(data)
    for box in _notes(file, 0, len(data)):
        inside = data[box.start : box.end]
        if any(place in inside for place in _PLACES):
            made[box.start - 4 : box.end] = b"free" + bytes(box.end - box.start)
    return data if made == data else bytes(made)


def _notes(file: io.BytesIO, start: int, end: int, depth: int = 0) -> list[boxes.Box]:
    """The boxes of notes in the file, in its head and in its tracks."""
    found = []
    for box in boxes.walk(file, start, end):
        if box.name in _NOTES:
            found.append(box)
        elif box.name in (b"moov", b"trak") and depth < 2:
            found += _notes(file, box.start, box.end, depth + 1)
    return found
