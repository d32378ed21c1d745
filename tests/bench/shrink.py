"""Pictures made to fit 1 MB and 10 MB, beside the plain way: bisection on the quality of a JPEG at full size."""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

from desktop_app.job import Job
from desktop_app.media import shrink
from desktop_app.media.limits import BODY_BYTES, LIMITS
from tests.bench import _pictures
from tests.bench._growth import peak_mib, reset_peak
from tests.bench._row import Row, ratio, rounds
from tests.bench._ssim import on_white, ssim

ROUNDS = 3
OURS, BISECTION = "shrink", "bisection at full size"
TIME_GOAL, MEMORY_GOAL, ENCODES_GOAL, SSIM_GOAL, LEAST_SHARE = 0.5, 0.5, 3, 0.97, 0.8
BODY, MESSAGE = "body", "message"
ROOM = {BODY: BODY_BYTES - 1, MESSAGE: LIMITS["image"].max_bytes}


@dataclass(frozen=True)
class Picture:
    """One file on the disk, and what it has to become."""

    what: str
    path: Path
    format: str
    use: str


@dataclass(frozen=True)
class Made:
    """What one way brought. ``cpu_s``: on a machine that others use as well, the clock tells nothing."""

    cpu_s: float
    growth_mib: float
    encodes: int
    data: bytes


def measure() -> list[Row]:
    """Each way in a fresh process, by turns."""
    with tempfile.TemporaryDirectory(prefix="qunfa-bench-") as name:
        return [row for picture in pictures(Path(name)) for row in _rows(picture)]


def pictures(folder: Path) -> list[Picture]:
    """The pictures of the benchmark as files: 12 megapixels if not said otherwise."""

    def kept(what: str, image: Image.Image, image_format: str, *uses: str, quality: int = 97) -> list[Picture]:
        path = folder / f"{what}.{image_format}"
        if image_format == "jpeg":
            path.write_bytes(_pictures.jpeg(image, quality))
        else:
            image.save(path, compress_level=1)
        return [Picture(what, path, image_format, use) for use in uses]

    return [
        *kept("smooth photo", _pictures.photo(grain=2), "jpeg", BODY),
        *kept("noisy photo", _pictures.photo(grain=20), "jpeg", BODY),
        *kept("noisy photo of 24 MP", _pictures.photo((6000, 4000), 32), "jpeg", MESSAGE, quality=98),
        *kept("smooth photo as PNG", _pictures.photo(grain=2), "png", MESSAGE),
        *kept("drawing", _pictures.drawing(), "png", BODY),
        *kept("see-through PNG", _pictures.sticker(), "png", BODY, MESSAGE),
        *kept("strip of 1500 × 12000", _pictures.photo((1500, 12000), 12), "jpeg", BODY),
    ]


def _rows(picture: Picture) -> list[Row]:
    ways: dict[str, Callable[[], Made]] = {
        OURS: partial(in_fresh_process, picture, ours),
        BISECTION: partial(in_fresh_process, picture, bisection),
    }
    found = rounds(ways, ROUNDS)
    mine, plain = found[OURS], found[BISECTION]
    time_ratio = ratio([made.cpu_s for made in mine], [made.cpu_s for made in plain])
    growths = [statistics.median(made.growth_mib for made in one) for one in (mine, plain)]
    memory_ratio = growths[0] / growths[1]
    result, other = mine[0], plain[0]
    share = len(result.data) / ROOM[picture.use]
    fits = LEAST_SHARE <= share <= 1 or (share <= 1 and at_its_best(result.data))
    alike = ssim(_opened(other.data), _opened(result.data))
    what = f"{picture.what} for a {picture.use}"
    usual_ms = statistics.median(made.cpu_s for made in mine) * 1000
    encodes = f"<= {ENCODES_GOAL}"
    return [
        Row(f"{what}: CPU", usual_ms, "ms", time_ratio, f"<= {TIME_GOAL} x", time_ratio <= TIME_GOAL),
        Row(f"{what}: memory", growths[0], "MiB", memory_ratio, f"<= {MEMORY_GOAL} x", memory_ratio <= MEMORY_GOAL),
        Row(f"{what}: encodes", result.encodes, "", None, encodes, result.encodes <= ENCODES_GOAL),
        Row(f"{what}: of the room", share * 100, "%", None, "80-100 %, or at its best", fits),
        Row(f"{what}: SSIM x 100", alike * 100, "", None, f">= {SSIM_GOAL * 100:g}", alike >= SSIM_GOAL),
    ]


def in_fresh_process(picture: Picture, way: Callable[[Picture], bytes]) -> Made:
    """What a process grew to earlier would hide what it grows by now."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measured, picture, way).result()


def measured(picture: Picture, way: Callable[[Picture], bytes]) -> Made:
    """Do it once in this process. Counts the encodes at the door of Pillow."""
    Image.init()  # reads all plugins, once
    encodes, save = 0, Image.Image.save

    def counted(image: Image.Image, *args: object, **options: object) -> None:
        nonlocal encodes
        encodes += 1
        save(image, *args, **options)  # type: ignore[arg-type]

    Image.Image.save = counted  # type: ignore[method-assign,assignment]
    try:
        before, started = reset_peak(), time.process_time()
        data = way(picture)
        return Made(time.process_time() - started, max(0.1, peak_mib() - before), encodes, data)
    finally:
        Image.Image.save = save  # type: ignore[method-assign]


def ours(picture: Picture) -> bytes:
    """As the app makes it."""
    target = picture.path.with_name("made")
    if picture.use == BODY:
        return shrink.for_body(picture.path, picture.format, target).path.read_bytes()
    return shrink.for_message(picture.path, picture.format, target, Job()).path.read_bytes()


def bisection(picture: Picture) -> bytes:
    """The best quality that fits, all pixels kept: seven encodes."""
    with Image.open(picture.path) as image:
        whole = on_white(image)
    best, low, high = b"", 1, 96
    while low < high:
        quality = (low + high) // 2
        out = io.BytesIO()
        whole.save(out, "JPEG", quality=quality)
        if out.tell() <= ROOM[picture.use]:
            best, low = out.getvalue(), quality + 1
        else:
            high = quality
    return best


def at_its_best(data: bytes) -> bool:
    """Whether more bytes would not make it better: a PNG without loss, a JPEG of the best quality that is tried."""
    made = _opened(data)
    if made.format == "PNG":
        return made.mode != "P"
    sample = io.BytesIO()
    Image.new("RGB", (16, 16)).save(sample, "JPEG", quality=shrink.QUALITY)
    return bool(made.quantization == _opened(sample.getvalue()).quantization)  # type: ignore[attr-defined]


def _opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
