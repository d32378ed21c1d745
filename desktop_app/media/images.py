"""Pictures: whether one can really be opened, and how large it is."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from desktop_app.errors import MediaError
from desktop_app.media.limits import MAX_PIXELS

PILLOW_NAMES = {"jpeg": "JPEG", "png": "PNG", "gif": "GIF", "bmp": "BMP", "webp": "WEBP"}


def probe(path: Path, image_format: str) -> tuple[int, int]:
    """Width and height in pixels of a picture that decodes to its end.

    Raises MediaError ``media.damaged`` for a damaged or cut one, ``media.too_many_pixels`` for a bomb; only the
    decoder of ``image_format`` is tried.
    """
    try:
        with Image.open(path, formats=[PILLOW_NAMES[image_format]]) as image:
            width, height = image.size
            check_pixels(width, height)
            image.verify()  # PNG: every chunk's checksum
        with Image.open(path, formats=[PILLOW_NAMES[image_format]]) as image:
            # The whole JPEG is read either way; decoding an eighth of it spares time and memory.
            image.draft("RGB", (max(1, width // 8), max(1, height // 8)))
            image.load()
    except MediaError:
        raise
    except Image.DecompressionBombError as error:
        raise MediaError("media.too_many_pixels", width=0, height=0, limit=MAX_PIXELS) from error
    except Exception as error:  # decoders raise anything on hostile data, from struct.error to MemoryError
        raise MediaError("media.damaged", kind="image", detail=type(error).__name__) from error
    return width, height


def check_pixels(width: int, height: int) -> None:
    """Raises MediaError ``media.too_many_pixels``."""
    if width * height > MAX_PIXELS:
        raise MediaError("media.too_many_pixels", width=width, height=height, limit=MAX_PIXELS)
