"""Pictures as people have them, made anew for each run: photos, smooth and noisy, drawings, a strip, stickers."""

from __future__ import annotations

import io
import random
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

PHOTO = (4000, 3000)  # 12 megapixels
_OCTAVES = ((8, 0.5), (32, 0.3), (128, 0.2), (512, 0.12))


def photo(size: tuple[int, int] = PHOTO, grain: int = 0, seed: int = 1) -> Image.Image:
    """Soft shapes of many sizes, as light falls, with the grain of a sensor: ±``grain`` of 255 for each pixel."""
    dice = random.Random(seed)
    made = Image.new("RGB", size, (128, 128, 128))
    for cells, strength in _OCTAVES:
        small = (cells, max(1, cells * size[1] // size[0]))
        spots = Image.frombytes("RGB", small, dice.randbytes(3 * small[0] * small[1]))
        spots = Image.blend(spots.convert("L").convert("RGB"), spots, 0.4)  # nature's colours are quiet
        made = _laid_over(made, spots.resize(size, Image.Resampling.BICUBIC), strength)
    if grain:
        noise = Image.frombytes("L", size, dice.randbytes(size[0] * size[1]))
        made = _laid_over(made, Image.merge("RGB", (noise, noise, noise)), grain / 128)
    return made


def _laid_over(ground: Image.Image, spots: Image.Image, strength: float) -> Image.Image:
    """The ground, lighter where the spots are light and darker where they are dark."""
    weak = spots.point([round(128 + (value - 128) * strength) for value in range(256)] * 3)
    return ImageChops.add(ground, weak, scale=1, offset=-128)


def drawing(size: tuple[int, int] = PHOTO, seed: int = 1) -> Image.Image:
    """Flat colours, lines and letters, as on a poster or a screenshot; soft edges, so more than 256 colours."""
    dice = random.Random(seed)
    half = Image.new("RGB", (size[0] // 2, size[1] // 2), "#f6f1e7")
    pen = ImageDraw.Draw(half)
    for _ in range(160):
        x, y = dice.randrange(half.width), dice.randrange(half.height)
        box = (x, y, x + dice.randrange(20, 400), y + dice.randrange(20, 300))
        colour = tuple(dice.randrange(256) for _ in range(3))
        (pen.ellipse if dice.random() < 0.5 else pen.rectangle)(box, fill=colour)
        pen.text((x, y), "Spring tea 2026", fill="black", font_size=dice.randrange(16, 60))
    return half.resize(size, Image.Resampling.BICUBIC)


def sticker(size: tuple[int, int] = PHOTO, seed: int = 1) -> Image.Image:
    """A photo cut out softly: see-through around."""
    made = photo(size, 6, seed)
    hole = Image.radial_gradient("L").resize(size).point([255 - value for value in range(256)])
    made.putalpha(hole)
    return made


def jpeg(image: Image.Image, quality: int = 95) -> bytes:
    """As a camera writes it: with its notes about time and place."""
    notes = Image.Exif()
    notes[0x010F], notes[0x0132] = "Bench", "2026:11:27 08:00:00"
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, exif=notes)
    return out.getvalue()


def variants(data: bytes, count: int, first: int = 0) -> list[bytes]:
    """So many JPEGs that differ in a single byte: each is a picture of its own, none has to be made anew."""
    at = data.index(b"\xff\xdb") + 5 + 40  # among the finest frequencies in the first table of quantisation
    changed = []
    for number in range(first, first + count):
        one = bytearray(data)
        one[at + number % 20] = 64 + number // 20
        changed.append(bytes(one))
    return changed


def big_photos(folder: Path, count: int, first: int = 0, most: int = 9_950_000) -> list[Path]:
    """So many photos of nearly ``most`` bytes each."""
    folder.mkdir(parents=True, exist_ok=True)
    image = photo(grain=24)
    data = next(made for quality in range(98, 60, -1) if len(made := jpeg(image, quality)) <= most)
    paths = [folder / f"photo-{number}.jpg" for number in range(count)]
    for path, one in zip(paths, variants(data, count, first), strict=True):
        path.write_bytes(one)
    return paths
