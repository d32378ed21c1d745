"""Pictures: opened by their own decoder only, whether they can really be read, and how large they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from desktop_app.errors import Cancelled, MediaError
from desktop_app.media import boxes, gifs
from desktop_app.media.limits import MAX_PIXELS

PILLOW_NAMES = {"jpeg": "JPEG", "png": "PNG", "gif": "GIF", "bmp": "BMP", "webp": "WEBP"}


def probe(path: Path, image_format: str) -> tuple[int, int]:
    """Width and height in pixels, as stored, of a picture that decodes to its end; of a HEIC only by its boxes.

    Raises MediaError ``media.damaged`` for a damaged or cut one, ``media.too_many_pixels`` for a bomb; only the
    decoder of ``image_format`` is tried.
    """
    if image_format == "heic":
        return _probe_heic(path)
    with opened(path, image_format) as image:
        width, height = image.size
        image.verify()  # PNG: every chunk's checksum
    with opened(path, image_format) as image:
        # The whole JPEG is read either way; decoding an eighth of it spares time and memory.
        image.draft("RGB", (max(1, width // 8), max(1, height // 8)))
        image.load()
    return width, height


@contextmanager
def opened(path: Path, image_format: str) -> Iterator[Image.Image]:
    """The picture by its own decoder only; whatever that raises on hostile data becomes ours.

    Raises MediaError ``media.damaged``, ``media.too_many_pixels``.
    """
    try:
        with Image.open(path, formats=[PILLOW_NAMES[image_format]]) as image:
            check_pixels(*image.size)
            yield image
    except (MediaError, Cancelled):
        raise
    except Image.DecompressionBombError as error:
        raise MediaError("media.too_many_pixels", width=0, height=0, limit=MAX_PIXELS) from error
    except Exception as error:  # decoders raise anything on hostile data, from struct.error to MemoryError
        raise MediaError("media.damaged", kind="image", detail=type(error).__name__) from error


def check_pixels(width: int, height: int) -> None:
    """Raises MediaError ``media.too_many_pixels``."""
    if width * height > MAX_PIXELS:
        raise MediaError("media.too_many_pixels", width=width, height=height, limit=MAX_PIXELS)


def is_upright(image: Image.Image) -> bool:
    """Whether no note of a camera asks to turn the picture."""
    return image.getexif().get(0x0112, 1) in (0, 1)


def is_animated(path: Path, image_format: str) -> bool:
    """Whether a GIF moves: it goes another way, every other picture stands still."""
    if image_format != "gif":
        return False
    with opened(path, image_format) as image:
        return gifs.moves(image)


def _probe_heic(path: Path) -> tuple[int, int]:
    with path.open("rb") as file:
        still = boxes.look(file).still
    if still is None or not still.whole or not still.width or not still.height:
        raise MediaError("media.damaged", kind="image", detail="no picture in it")
    check_pixels(still.width, still.height)
    return still.upright
