"""Pictures made to fit a message, an article, a cover, a thumb: upright, in sRGB, without notes of a camera."""

from __future__ import annotations

import io
import math
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from desktop_app.job import Job
from desktop_app.media import gifs, strip
from desktop_app.media.colour import GROUND, flat, plain
from desktop_app.media.images import is_animated, is_upright, opened
from desktop_app.media.intake import cache_error
from desktop_app.media.limits import BODY_BYTES, COVER_BYTES, LIMITS

__all__ = ["Prepared", "for_body", "for_cover", "for_message", "for_thumb", "from_decoded", "is_animated"]

BODY_EDGE = 1920
"""The longer side of a picture for a phone; of a long strip the width."""
MESSAGE_EDGE = 4032
"""The longer side of a picture message or cover that has to be made anew: what phones take, and half of what their
best ones do, so that those are decoded at a half.
"""
STRIP = 2.5
"""A picture that much taller than wide is read while scrolling: its height is no reason to make it smaller."""
THUMB_SIZE = (900, 383)

QUALITY = 92
"""The best that is tried: more costs bytes that no phone shows."""
_LOWEST = 55
_GOOD = 80
"""Where this is too large, fewer pixels look better than less quality."""
_AIM = 0.93
"""The share of the room that is aimed at."""
# How large a JPEG of a photo becomes with halved colour, as a share of its size at quality 92 with full colour;
# measured, good to a tenth.
_SHARE = ((92, 0.72), (88, 0.56), (85, 0.48), (80, 0.4), (75, 0.36), (70, 0.32), (60, 0.27), (55, 0.25))


_BAND, _BAND_PIXELS = 16, 50_000
"""A picture is judged by a sixteenth of it, where that is enough to judge by."""
_LARGE = 4_000_000
"""Pixels from which on an encode is worth thinking about."""


@dataclass(frozen=True)
class Prepared:
    """A picture as it goes up. ``path`` is the source itself if it fits as it is; sizes in bytes and pixels."""

    path: Path
    format: str
    size_bytes: int
    width: int
    height: int
    changed: bool


def for_message(path: Path, image_format: str, target: Path, job: Job, *, ground: str = GROUND) -> Prepared:
    """A JPG, PNG or GIF of at most 10 MB for ``media/upload``; a moving one keeps its frames.

    ``ground``: what a see-through picture is put on when only a JPG is small enough, a colour's name or ``#rrggbb``.
    Raises what ``for_body`` raises, ``media.too_big`` for a GIF that stays too large, Cancelled.
    """
    limit = LIMITS["image"].max_bytes
    with opened(path, image_format) as image:
        moving = image_format in ("gif", "webp") and gifs.moves(image)
        if made := _as_it_is(path, image_format, image, LIMITS["image"].formats, limit, target):
            return made
        if moving:
            return _written(gifs.smaller(image, path.stat().st_size, limit, job), "gif", target)
        data, made_format = _encoded(_loaded(image, _scale(*image.size, MESSAGE_EDGE)), limit, ground)
    return _written(data, made_format, target)


def for_body(path: Path, image_format: str, target: Path) -> Prepared:
    """A JPG or PNG below 1 MB for ``media/uploadimg``, with the smallest loss; written to ``target`` if it changed.

    ``image_format``: jpeg, png, gif, webp or bmp, as ``formats.tell`` told. ``target`` has no suffix yet. Nothing but
    the picture goes along: no EXIF, no place, no comment. Raises MediaError ``media.damaged``,
    ``media.too_many_pixels``, ``media.cache``, ``media.disk_full``.
    """
    with opened(path, image_format) as image:
        if made := _as_it_is(path, image_format, image, ("jpeg", "png"), BODY_BYTES - 1, target):
            return made
        data, made_format = _encoded(_loaded(image, _scale(*image.size, BODY_EDGE)), BODY_BYTES - 1)
    return _written(data, made_format, target)


def for_cover(path: Path, image_format: str, target: Path) -> Prepared:
    """A picture that permanent material takes, upright, so that the cuts mean the same for WeChat and for us."""
    with opened(path, image_format) as image:
        if made := _as_it_is(path, image_format, image, ("jpeg", "png", "gif"), COVER_BYTES, target):
            return made
        data, made_format = _encoded(_loaded(image, _scale(*image.size, MESSAGE_EDGE)), COVER_BYTES)
    return _written(data, made_format, target)


def for_thumb(
    path: Path, image_format: str, target: Path, cut: Sequence[float] | None, *, ground: str = GROUND
) -> Prepared:
    """The 2.35:1 cut of a cover as a JPG of 900 × 383 and at most 64 KB, for ``uploadnews``."""
    width, height = THUMB_SIZE
    with opened(path, image_format) as image:
        upright = flat(_loaded(image, 1.0), ground)
    box = _pixels(cut, upright.size) if cut else None
    if box is None:
        picture = ImageOps.fit(upright, THUMB_SIZE, Image.Resampling.LANCZOS)
    else:
        picture = upright.resize((width, height), Image.Resampling.LANCZOS, box=box)
    data = _jpeg_below(picture, LIMITS["thumb"].max_bytes)
    return _written(data, "jpeg", target)


def from_decoded(path: Path, target: Path, icc: bytes) -> Prepared:
    """A JPG of at most 10 MB from a PNG that another program decoded. ``icc``: the colours it has, empty: sRGB."""
    with opened(path, "png") as image:
        picture = _loaded(image, _scale(*image.size, MESSAGE_EDGE), icc)
    return _written(_jpeg_below(flat(picture), LIMITS["image"].max_bytes), "jpeg", target)


def _as_it_is(
    path: Path, image_format: str, image: Image.Image, takes: Sequence[str], limit: int, target: Path
) -> Prepared | None:
    """The same pixels without notes, when WeChat takes them so; the file itself when there are no notes in it."""
    if image_format not in takes or image.mode == "CMYK" or not is_upright(image):
        return None
    data = path.read_bytes()
    bare = strip.stripped(data, image_format)
    if len(bare) > limit:
        return None
    if bare is data:
        return Prepared(path, image_format, len(data), *image.size, changed=False)
    return _written(bare, image_format, target)


def _scale(width: int, height: int, edge: int) -> float:
    """What makes the longer side ``edge`` pixels, of a long strip the width; never more than 1."""
    return min(1.0, edge / (width if height > STRIP * width else max(width, height)))


def _loaded(image: Image.Image, scale: float, icc: bytes = b"") -> Image.Image:
    """Decoded, upright, scaled, in sRGB. A JPEG is decoded at a half, a quarter or an eighth where that is enough."""
    wanted = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    if image.format in ("JPEG", "MPO"):  # MPO: a phone's JPEG with a second picture behind it
        # Both sides in the picture's own proportions, or draft silently does nothing.
        image.draft("RGB", wanted)
    image.load()
    if image.getexif().get(0x0112, 1) in (5, 6, 7, 8):  # lies on its side
        wanted = wanted[::-1]
    ImageOps.exif_transpose(image, in_place=True)
    picture: Image.Image = image
    if picture.mode not in ("RGB", "RGBA", "L", "CMYK") or "transparency" in picture.info:
        picture = plain(picture, icc)  # nothing else can be scaled well
        icc = b""
    if picture.size != wanted and not _is_near(picture.size, wanted):
        picture = picture.resize(wanted, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return plain(picture, icc)


def _is_near(size: tuple[int, int], wanted: tuple[int, int]) -> bool:
    """Whether the decoder came so near that scaling again would only cost time and sharpness."""
    return all(side <= is_now <= side * 1.05 for is_now, side in zip(size, wanted, strict=True))


def _encoded(picture: Image.Image, limit: int, ground: str = "") -> tuple[bytes, str]:
    """PNG for what is see-through or has few colours, JPEG for everything else.

    Without a ``ground`` a see-through picture stays so, with fewer colours and pixels if need be.
    """
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema()[0] == 255:
        picture = picture.convert("RGB")
    if picture.mode == "RGBA":
        data = b"" if _is_hopeless(picture, limit) else _png(picture)
        if 0 < len(data) <= limit:
            return data, "png"
        if not ground:
            return _png_below(picture, limit), "png"
    elif picture.getcolors(256) is not None:  # drawn, not photographed: no loss, and smaller
        data = _png(picture.quantize(256) if picture.mode == "RGB" else picture)
        if len(data) <= limit:
            return data, "png"
    return _jpeg_below(flat(picture, ground or GROUND), limit), "jpeg"


def _jpeg_below(picture: Image.Image, limit: int) -> bytes:
    """The best quality that fits, guessed from one encode and mended once; where that is ugly, fewer pixels."""
    size_bytes = _guess(picture)
    if _AIM * limit / size_bytes >= 0.7 * _SHARE[-1][1]:  # else a band says already that it takes fewer pixels
        data = _jpeg(picture, QUALITY, full_colour=True)
        if len(data) <= limit:
            return data
        size_bytes = len(data)
    share = _AIM * limit / size_bytes
    if share < _SHARE[-1][1]:
        picture = _scaled(picture, math.sqrt(share / _share(_GOOD)))
        share = _share(_GOOD)
    quality = _quality_for(share)
    first = _jpeg(picture, quality)
    if 0.8 * limit <= len(first) <= limit:
        return first
    share = _AIM * limit / len(first) * _share(quality)
    better = _quality_for(share)
    if share < _SHARE[-1][1]:  # never seen with a picture: noise of the worst kind
        return _jpeg_below(_scaled(picture, math.sqrt(share / _share(_GOOD))), limit)
    second = _jpeg(picture, better) if better != quality else first
    fitting = [each for each in (first, second) if len(each) <= limit]
    return max(fitting, key=len) if fitting else _jpeg_below(_scaled(picture, 0.85), limit)


def _guess(picture: Image.Image) -> float:
    """Bytes of a large picture at the best quality, by a band through its middle; 1 for a small one: not known."""
    height = picture.height // _BAND
    if picture.width * picture.height < _LARGE or not height:
        return 1.0
    top = (picture.height - height) // 2
    band = picture.crop((0, top, picture.width, top + height))
    return len(_jpeg(band, QUALITY, full_colour=True)) * picture.height / height


def _scaled(picture: Image.Image, scale: float) -> Image.Image:
    scale = min(0.85, scale)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _share(quality: int) -> float:
    for (upper, more), (lower, less) in pairwise(_SHARE):
        if quality >= lower:
            return less + (more - less) * (quality - lower) / (upper - lower)
    return _SHARE[-1][1]


def _quality_for(share: float) -> int:
    return next((quality for quality in range(QUALITY, _LOWEST, -1) if _share(quality) <= share), _LOWEST)


def _jpeg(picture: Image.Image, quality: int, *, full_colour: bool = False) -> bytes:
    """``full_colour``: small red letters stay readable, where there is room for it."""
    out = io.BytesIO()
    # No EXIF, no comment, no profile: Pillow writes along what a picture still has in ``info``.
    picture.save(out, "JPEG", quality=quality, subsampling=0 if full_colour else 2, exif=b"", comment=b"")
    return out.getvalue()


def _png_below(picture: Image.Image, limit: int) -> bytes:
    """See-through with 256 colours; in at most two more encodes smaller as well, then as often as it takes."""
    data = _png(picture.quantize(256, Image.Quantize.FASTOCTREE))
    while len(data) > limit:
        picture = _scaled(picture, math.sqrt(_AIM * limit / len(data)))
        data = _png(picture.quantize(256, Image.Quantize.FASTOCTREE))
    return data


def _is_hopeless(picture: Image.Image, limit: int) -> bool:
    """Whether a PNG without loss would be far beyond the limit, judged by a band through the middle.

    A whole encode of twelve noisy megapixels takes ten seconds, and would be thrown away.
    """
    height = picture.height // _BAND
    if picture.width * height < _BAND_PIXELS:
        return False
    top = (picture.height - height) // 2
    band = _png(picture.crop((0, top, picture.width, top + height)))
    return len(band) * _BAND > 1.25 * limit


def _png(picture: Image.Image) -> bytes:
    """Written to a real file: Pillow keeps Python's lock while it encodes into memory, and the window would wait."""
    # For a photo of 12 megapixels level 7 takes eight seconds, level 3 two, for five hundredths of the bytes.
    level = 7 if picture.width * picture.height < _LARGE else 3
    how: dict[str, Any] = {"format": "PNG", "compress_level": level, "icc_profile": None, "exif": b""}
    try:
        with tempfile.TemporaryFile() as out:
            picture.save(out, **how)
            out.seek(0)
            return out.read()
    except OSError:  # no room for temporary files: slower for the window, but it works
        memory = io.BytesIO()
        picture.save(memory, **how)
        return memory.getvalue()


def _pixels(cut: Sequence[float], size: tuple[int, int]) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = cut
    width, height = size
    return x1 * width, y1 * height, max(x2 * width, x1 * width + 1), max(y2 * height, y1 * height + 1)


def _written(data: bytes, image_format: str, target: Path) -> Prepared:
    path = target.with_name(f"{target.name}.{'jpg' if image_format == 'jpeg' else image_format}")
    with Image.open(io.BytesIO(data)) as image:
        width, height = image.size
    half = path.with_name(f".incoming-{path.name}")
    try:
        half.write_bytes(data)
        os.chmod(half, 0o600)
        os.replace(half, path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise cache_error(error) from error
    return Prepared(path, image_format, len(data), width, height, changed=True)
