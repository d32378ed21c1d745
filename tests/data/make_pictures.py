"""Pictures with everything that cameras, programs and attackers put into them."""

from __future__ import annotations

import functools
import io
import random
import struct
import zlib
from collections.abc import Sequence

from PIL import Image, ImageCms, ImageFilter, PngImagePlugin

PLACE = b"GPSLatitude"
"""Bytes that must not be found in anything that goes up."""


def photo(size: tuple[int, int] = (320, 240), seed: int = 1) -> Image.Image:
    """Soft colours with a little grain; the upper left corner is red, so that one sees how it lies."""
    width, height = size
    small = (max(1, width // 16), max(1, height // 16))
    colours = Image.frombytes("RGB", small, random.Random(seed).randbytes(small[0] * small[1] * 3))
    grain = Image.effect_noise(size, 30).convert("RGB")
    whole = Image.blend(colours.resize(size, Image.Resampling.BICUBIC), grain, 0.2)
    whole = whole.filter(ImageFilter.GaussianBlur(0.8))
    whole.paste("red", (0, 0, width // 4, height // 4))
    return whole


def saved(picture: Image.Image, image_format: str, **more: object) -> bytes:
    """The bytes of a picture in one format."""
    out = io.BytesIO()
    picture.save(out, image_format, **more)
    return out.getvalue()


def camera(turn: int = 1) -> bytes:
    """EXIF as a phone writes it: maker, place, and how it was held."""
    exif = Image.Exif()
    exif[0x010F] = "Phone of a person"
    exif[0x0112] = turn
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 5.0), 0x1D: PLACE.decode()})
    return exif.tobytes()


def placed(exif: bool = True) -> dict[str, object]:
    """What tells a place in a JPEG: EXIF, XMP and a comment."""
    xmp = b"<x:xmpmeta><exif:" + PLACE + b">31,14N</exif></x:xmpmeta>"
    return {"exif": camera(), "xmp": xmp, "comment": PLACE + b" 31"} if exif else {"comment": PLACE}


@functools.cache  # there is the time of its making in it
def wide_gamut() -> bytes:
    """A colour profile that is not sRGB: its red and green are swapped with one another, so that one sees it work."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * profile[131], 12)}
    red, green = tags[b"rXYZ"], tags[b"gXYZ"]
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile).replace(b"s\0R\0G\0B", b"s\0w\0a\0p").replace(b"sRGB", b"swap")


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    """A PNG with more chunks behind its first."""
    return png[:33] + b"".join(chunks) + png[33:]


def texts(picture: Image.Image) -> bytes:
    """A PNG with text, time and place."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", PLACE.decode())
    info.add_itxt("XML:com.adobe.xmp", f"<exif:{PLACE.decode()}/>")
    return saved(picture, "PNG", pnginfo=info, exif=camera())


def moving(image_format: str, frames: int = 6, size: tuple[int, int] = (120, 90)) -> bytes:
    """A GIF, WebP or PNG that moves."""
    pictures = [photo(size, seed=number) for number in range(frames)]
    if image_format == "GIF":
        pictures = [picture.quantize(128) for picture in pictures]
    return _animated(pictures, image_format)


def snow(frames: int, size: tuple[int, int]) -> bytes:
    """A GIF that moves and does not compress."""
    chance = random.Random(frames)
    pictures = [Image.frombytes("P", size, chance.randbytes(size[0] * size[1])) for _ in range(frames)]
    for picture in pictures:
        picture.putpalette(bytes(value // 3 for value in range(768)))
    return _animated(pictures, "GIF")


def _animated(pictures: list[Image.Image], image_format: str) -> bytes:
    more = {"comment": b""} if image_format == "GIF" else {}
    return saved(pictures[0], image_format, save_all=True, append_images=pictures[1:], duration=80, loop=0, **more)


def see_through(size: tuple[int, int] = (200, 150)) -> Image.Image:
    """A picture that fades out to the right."""
    picture = photo(size).convert("RGBA")
    fade = Image.linear_gradient("L").rotate(90).resize(size)
    picture.putalpha(fade)
    return picture


def bomb(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG of a few bytes that claims to be that large."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = [chunk(b"IDAT", zlib.compress(b"")), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + head + b"".join([*chunks, *body])


def gif_of(width: int, height: int, blocks: Sequence[bytes] = ()) -> bytes:
    """A GIF of one black pixel on a canvas of any size, with more blocks in front."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    image = b"," + struct.pack("<4HB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return head + b"".join(blocks) + image + b";"
