"""Small pictures for a list: of a picture that is not kept on this computer, of a film's beginning."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image, ImageOps

from desktop_app.job import Job
from desktop_app.media import colour, convert, formats, intake
from desktop_app.media.images import PILLOW_NAMES, opened

EDGE = 720
"""The longer side: twice a card of 素材库, for dense screens, also where the card shows a part of a long picture."""
QUALITY = 85
START_S = 1.0
"""Films often begin in the dark."""


def of_picture(path: Path, target: Path) -> Path | None:
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
    with intake.half(target.parent) as half:
        try:
            half.write_bytes(out.getvalue())
            os.replace(half, target)
        except OSError as error:
            raise intake.cache_error(error) from error
    return target


def of_film(path: Path, seconds: float, target: Path, ffmpeg: Path, job: Job) -> Path | None:
    """The same of one moment of an MP4. Raises what ``convert.run`` raises as well."""
    options = ["-frames:v", "1", "-an", "-c:v", "png", "-pix_fmt", "rgb24", "-update", "1", "-f", "image2"]
    with intake.half(target.parent, ".png") as frame:
        start_s = min(START_S, seconds / 2)
        convert.run(ffmpeg, path, "mov", frame, options, job, kind="video", start_s=start_s)
        return of_picture(frame, target) if frame.exists() else None
