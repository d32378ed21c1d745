"""Pictures made to fit: for an article's body, as a cover, as a thumb of at most 64 KB. Always upright."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageOps

from desktop_app.errors import MediaError
from desktop_app.media.images import PILLOW_NAMES, check_pixels
from desktop_app.media.limits import BODY_BYTES, COVER_BYTES, LIMITS, MAX_PIXELS

BODY_EDGE = 1920
"""The longer side of a picture for a phone; of a long strip the width."""
STRIP = 2.5
"""A picture that much taller than wide is read while scrolling: its height is no reason to make it smaller."""
THUMB_SIZE = (900, 383)

QUALITY = 92
"""The best that is tried: more costs bytes that no phone shows."""
_LOWEST = 55
# How large a JPEG of a photo becomes with halved colour, as a share of its size at quality 92 with full colour;
# measured, good to a tenth.
_SHARE = ((92, 0.72), (88, 0.56), (85, 0.48), (80, 0.4), (75, 0.36), (70, 0.32), (60, 0.27), (55, 0.25))


@dataclass(frozen=True)
class Prepared:
    """A picture as it goes up. ``path`` is the source itself if it fits as it is; sizes in bytes and pixels."""

    path: Path
    format: str
    size_bytes: int
    width: int
    height: int
    changed: bool


def is_animated(path: Path, image_format: str) -> bool:
    """Whether a GIF moves: it goes another way, every other picture stands still."""
    if image_format != "gif":
        return False
    with _opened(path, image_format) as image:
        return int(getattr(image, "n_frames", 1)) > 1


def for_body(path: Path, image_format: str, target: Path) -> Prepared:
    """A JPG or PNG below 1 MB for ``media/uploadimg``, with the smallest loss; written to ``target`` if it changed.

    ``image_format``: jpeg, png, gif, webp or bmp, as ``formats.sniff`` told. ``target`` has no suffix yet. Raises
    MediaError ``media.damaged``, ``media.too_many_pixels``, ``media.cache``.
    """
    size_bytes = path.stat().st_size
    with _opened(path, image_format) as image:
        if image_format in ("jpeg", "png") and size_bytes < BODY_BYTES and _is_upright(image):
            return Prepared(path, image_format, size_bytes, *image.size, changed=False)
        scale = _body_scale(*image.size)
        small = _loaded(image, scale)
        data, made = _encoded(small, BODY_BYTES - 1)
    return _written(data, made, target)


def for_cover(path: Path, image_format: str, target: Path) -> Prepared:
    """A picture that permanent material takes, upright, so that the cuts mean the same for WeChat and for us."""
    size_bytes = path.stat().st_size
    with _opened(path, image_format) as image:
        if image_format in ("jpeg", "png", "gif") and size_bytes <= COVER_BYTES and _is_upright(image):
            return Prepared(path, image_format, size_bytes, *image.size, changed=False)
        data, made = _encoded(_loaded(image, 1.0), COVER_BYTES)
    return _written(data, made, target)


def for_thumb(path: Path, image_format: str, target: Path, cut: Sequence[float] | None) -> Prepared:
    """The 2.35:1 cut of a cover as a JPG of 900 × 383 and at most 64 KB, for ``uploadnews``."""
    width, height = THUMB_SIZE
    with _opened(path, image_format) as image:
        upright = _flat(_loaded(image, 1.0))
    box = _pixels(cut, upright.size) if cut else None
    if box is None:
        picture = ImageOps.fit(upright, THUMB_SIZE, Image.Resampling.LANCZOS)
    else:
        picture = upright.resize((width, height), Image.Resampling.LANCZOS, box=box)
    data = _jpeg_below(picture, LIMITS["thumb"].max_bytes)
    return _written(data, "jpeg", target)


@contextmanager
def _opened(path: Path, image_format: str) -> Iterator[Image.Image]:
    """The picture by its own decoder only; whatever that raises on hostile data becomes ours."""
    try:
        with Image.open(path, formats=[PILLOW_NAMES[image_format]]) as image:
            check_pixels(*image.size)
            yield image
    except MediaError:
        raise
    except Image.DecompressionBombError as error:
        raise MediaError("media.too_many_pixels", width=0, height=0, limit=MAX_PIXELS) from error
    except Exception as error:  # decoders raise anything, from struct.error to MemoryError
        raise MediaError("media.damaged", kind="image", detail=type(error).__name__) from error


def _is_upright(image: Image.Image) -> bool:
    return image.getexif().get(0x0112, 1) in (0, 1)


def _body_scale(width: int, height: int) -> float:
    edge = width if height > STRIP * width else max(width, height)
    return min(1.0, BODY_EDGE / edge)


def _loaded(image: Image.Image, scale: float) -> Image.Image:
    """Decoded, upright and scaled. A JPEG is decoded at a half, a quarter or an eighth where that is enough."""
    wanted = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    if image.format == "JPEG":
        # Both sides in the picture's own proportions, or draft silently does nothing.
        image.draft("RGB", wanted)
    image.load()
    picture: Image.Image = image
    if picture.mode in ("P", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA" if "transparency" in picture.info or picture.mode == "PA" else "RGB")
    elif picture.mode not in ("RGB", "RGBA", "L"):
        picture = picture.convert("RGBA" if picture.mode in ("LA", "La", "RGBa") else "RGB")
    if picture.size != wanted:
        picture = picture.resize(wanted, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return ImageOps.exif_transpose(picture)


def _encoded(picture: Image.Image, limit: int) -> tuple[bytes, str]:
    """PNG for what is see-through or has few colours, JPEG for everything else."""
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema()[0] == 255:
        picture = picture.convert("RGB")
    if picture.mode == "RGBA":
        return _png_below(picture, limit), "png"
    if picture.getcolors(256) is not None:  # drawn, not photographed: no loss, and smaller
        data = _png(picture.quantize(256) if picture.mode == "RGB" else picture)
        if len(data) <= limit:
            return data, "png"
    return _jpeg_below(_flat(picture), limit), "jpeg"


def _flat(picture: Image.Image) -> Image.Image:
    """On white, as WeChat shows it."""
    if picture.mode != "RGBA":
        return picture if picture.mode in ("RGB", "L") else picture.convert("RGB")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _jpeg_below(picture: Image.Image, limit: int) -> bytes:
    """The best quality that fits, guessed from one encode and mended once; if none does, a smaller picture."""
    data = _jpeg(picture, QUALITY, full_colour=True)
    if len(data) <= limit:
        return data
    wanted = 0.93 * limit
    quality = _quality_for(wanted / len(data))
    first = _jpeg(picture, quality)
    if 0.8 * limit <= len(first) <= limit:
        return first
    better = _quality_for(wanted / len(first) * _share(quality))
    second = _jpeg(picture, better) if better != quality else first
    fitting = [each for each in (first, second) if len(each) <= limit]
    if fitting:
        return max(fitting, key=len)
    scale = min(0.85, math.sqrt(limit / len(second)))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return _jpeg_below(picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0), limit)


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
    profile = picture.info.get("icc_profile")
    picture.save(out, "JPEG", quality=quality, subsampling=0 if full_colour else 2, icc_profile=profile)
    return out.getvalue()


def _png_below(picture: Image.Image, limit: int) -> bytes:
    data = _png(picture)
    if len(data) > limit:
        data = _png(picture.quantize(256, Image.Quantize.FASTOCTREE))
    while len(data) > limit:
        scale = min(0.85, math.sqrt(limit / len(data)))
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
        data = _png(picture.quantize(256, Image.Quantize.FASTOCTREE))
    return data


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=7)
    return out.getvalue()


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
        raise MediaError("media.cache", detail=str(error.strerror)) from error
    return Prepared(path, image_format, len(data), width, height, changed=True)
