"""How alike two pictures are to the eye: structural similarity (SSIM) of their grey forms, at the size of a phone."""

from __future__ import annotations

import statistics
from typing import Any

from PIL import Image, ImageMath

WIDTH = 512
WINDOW = 8
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2  # the constants of Wang et al. 2004


def ssim(one: Image.Image, other: Image.Image) -> float:
    """1.0 for the same picture. Both are made 512 pixels wide; windows of 8 × 8 lie side by side."""
    size = (WIDTH, max(WINDOW, round(WIDTH * one.height / one.width) // WINDOW * WINDOW))
    a, b = (_grey(picture, size) for picture in (one, other))
    mean_a, mean_b = _means(a), _means(b)
    squares = (_means(_times(a, a)), _means(_times(b, b)), _means(_times(a, b)))
    return statistics.fmean(map(_window, mean_a, mean_b, *squares))


def on_white(picture: Image.Image) -> Image.Image:
    """A see-through picture on white paper; any other as RGB."""
    if picture.mode in ("RGBA", "LA", "P"):
        seen = picture.convert("RGBA")
        paper = Image.new("RGBA", seen.size, "white")
        paper.alpha_composite(seen)
        return paper.convert("RGB")
    return picture.convert("RGB")


def _grey(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return on_white(picture).convert("L").resize(size, Image.Resampling.LANCZOS).convert("F")


def _times(a: Image.Image, b: Image.Image) -> Image.Image:
    product: Any = ImageMath.lambda_eval(lambda images: images["a"] * images["b"], a=a, b=b)
    return product


def _means(picture: Image.Image) -> list[float]:
    """Of each window."""
    size = (picture.width // WINDOW, picture.height // WINDOW)
    return list(picture.resize(size, Image.Resampling.BOX).getdata())


def _window(mean_a: float, mean_b: float, square_a: float, square_b: float, product: float) -> float:
    spread_a, spread_b = square_a - mean_a * mean_a, square_b - mean_b * mean_b
    common = product - mean_a * mean_b
    light = (2 * mean_a * mean_b + _C1) / (mean_a * mean_a + mean_b * mean_b + _C1)
    return light * (2 * common + _C2) / (spread_a + spread_b + _C2)
