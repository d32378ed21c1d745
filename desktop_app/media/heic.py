"""HEIC pictures of phones to JPEG: ffmpeg puts the tiles together, Pillow writes what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from desktop_app.errors import MediaError
from desktop_app.job import Job
from desktop_app.media import boxes, convert, intake, shrink
from desktop_app.media.intake import Taken


def to_jpg(taken: Taken, folder: Path, job: Job, fix: str, formats: Sequence[str], ffmpeg: Path | None) -> Taken:
    """A JPEG of at most 10 MB, upright, in sRGB and without EXIF.

    Raises MediaError: ``media.format`` with ``fix="to_jpg"`` as long as that is not asked for or cannot be done,
    ``media.ffmpeg_old`` when the program sees only one tile, ``media.damaged``; Cancelled.
    """
    if fix != "to_jpg" or ffmpeg is None:
        can = ffmpeg is not None
        raise convert.ask("media.format", "to_jpg", can, format="heic", kind="image", formats=list(formats))
    with taken.path.open("rb") as file:
        still = boxes.look(file).still
    if still is None:
        raise MediaError("media.damaged", kind="image", detail="no picture in it")
    options = ["-frames:v", "1", "-c:v", "png", "-compression_level", "1", "-pix_fmt", "rgb24", "-update", "1"]
    with intake.half(folder, ".png") as decoded, intake.half(folder) as target:
        try:
            convert.run(ffmpeg, taken.path, "mov", decoded, [*options, "-f", "image2"], job, kind="image")
        except MediaError as error:
            if error.code == "media.damaged" and convert.is_old(ffmpeg):
                raise MediaError("media.ffmpeg_old") from error
            raise
        _check_whole(decoded, still)
        made = shrink.from_decoded(decoded, target, still.icc)
        return intake.keep(made.path, folder, taken, "jpeg")


def _check_whole(decoded: Path, still: boxes.Still) -> None:
    """Old programs take the first tile of 512 × 512 for the picture, or leave it lying on its side."""
    try:
        with Image.open(decoded, formats=["PNG"]) as image:
            size = image.size
    except OSError as error:
        raise MediaError("media.damaged", kind="image", detail=type(error).__name__) from error
    if size != still.upright and not still.cropped:
        raise MediaError("media.ffmpeg_old", detail=f"{size[0]}x{size[1]}")
