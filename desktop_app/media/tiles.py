"""A small copy of a picture for a list, where the picture itself is not kept on this computer."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image, ImageOps

from desktop_app.media import colour, formats
from desktop_app.media.images import PILLOW_NAMES, opened
from desktop_app.media.intake import cache_error

EDGE = 720
"""The longer side: twice a card of 素材库, for dense screens, also where the card shows a part of a long picture."""
QUALITY = 85


def make(path: Path, target: Path) -> Path | None:
    """Write a small JPEG of the picture in ``path`` to ``target``; None if it is no picture that can be decoded here.

    Raises MediaError ``media.damaged``, ``media.too_many_pixels``, ``media.cache``, ``media.disk_full``.
    """
    with path.open("rb") as file:
        image_format = formats.sniff(file.read(formats.HEAD_BYTES))
    if image_format not in PILLOW_NAMES:
        return None
    with opened(path, image_format) as image:
        image.draft("RGB", (EDGE, EDGE))
        image.load()
        small = ImageOps.exif_transpose(image)
        small.thumbnail((EDGE, EDGE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        out = io.BytesIO()
        colour.flat(colour.plain(small)).save(out, "JPEG", quality=QUALITY)
    half = target.with_name(f".incoming-{target.name}")
    try:
        half.write_bytes(out.getvalue())
        os.replace(half, target)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise cache_error(error) from error
    return target
