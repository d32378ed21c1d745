"""A moving picture made smaller with all its frames, for a GIF above WeChat's limit and for a moving WebP."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator

from PIL import Image, ImageSequence

from desktop_app.errors import MediaError
from desktop_app.job import Job

_TRIES = 3
_MOST_PIXELS = 600_000_000
"""All frames together, 10 s of full HD: what would take minutes is refused."""
_KEPT_PIXELS = 80_000_000
"""All frames of the result together: Pillow keeps them in memory until it writes, almost two bytes for each pixel."""
_LEAST_SCALE = 0.1


def moves(image: Image.Image) -> bool:
    """Whether an opened picture has a second frame."""
    try:
        image.seek(1)  # not n_frames: it walks through all of them
    except EOFError:
        return False
    finally:
        image.seek(0)
    return True


def smaller(image: Image.Image, size_bytes: int, limit: int, job: Job) -> bytes:
    """All frames as a GIF of at most ``limit`` bytes; in at most three rounds. ``size_bytes``: of the original.

    Raises MediaError ``media.too_big``, and whatever the decoder raises.
    """
    durations = _durations(image, job)
    pixels = len(durations) * image.width * image.height
    scale = min(1.0, math.sqrt(0.9 * limit / size_bytes), math.sqrt(_KEPT_PIXELS / pixels))
    for attempt in range(_TRIES):
        if scale < _LEAST_SCALE:
            break
        data = _written(image, scale, durations, job, attempt)
        if len(data) <= limit:
            return data
        scale *= min(0.9, math.sqrt(0.85 * limit / len(data)))
    raise MediaError("media.too_big", size_bytes=size_bytes, limit=limit, kind="image")


def _durations(image: Image.Image, job: Job) -> list[int]:
    """Milliseconds of each frame."""
    if int(getattr(image, "n_frames", 1)) * image.width * image.height > _MOST_PIXELS:
        raise MediaError("media.too_many_pixels", width=image.width, height=image.height, limit=_MOST_PIXELS)
    durations = []
    for frame in ImageSequence.Iterator(image):
        job.check()
        frame.load()  # a WebP knows it only then
        durations.append(int(frame.info.get("duration", 100)) or 100)
    return durations


def _written(image: Image.Image, scale: float, durations: list[int], job: Job, attempt: int) -> bytes:
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))

    def frames() -> Iterator[Image.Image]:
        for number, frame in enumerate(ImageSequence.Iterator(image)):
            job.check()
            job.progress(attempt * len(durations) + number, _TRIES * len(durations))
            see_through = frame.has_transparency_data
            yield frame.convert("RGBA" if see_through else "RGB").resize(size, Image.Resampling.BOX)

    loop = image.info.get("loop")
    made = frames()
    out = io.BytesIO()
    more = {} if loop is None else {"loop": loop}
    first = next(made)
    first.info.clear()
    first.save(out, "GIF", save_all=True, append_images=made, duration=durations, disposal=2, comment=b"", **more)
    return out.getvalue()
