"""Colours as every screen shows them: sRGB from wide-gamut, CMYK and 16-bit; a ground for see-through pictures."""

from __future__ import annotations

import functools
import io
from typing import Any

from PIL import Image, ImageCms

GROUND = "white"
"""As WeChat shows what is see-through."""

_SPACES = {"RGB": "RGB", "RGBA": "RGB", "CMYK": "CMYK", "L": "GRAY"}


def plain(picture: Image.Image, icc: bytes = b"") -> Image.Image:
    """The picture in RGB, RGBA or L, with sRGB colours and no profile left in it.

    ``icc``: the profile if the picture does not carry it itself.
    """
    icc = picture.info.get("icc_profile") or icc
    see_through = "transparency" in picture.info or picture.mode in ("PA", "LA", "La", "RGBa")
    if picture.mode.startswith("I;16"):  # converting would cut off what is brighter than 1/256
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif picture.mode in ("P", "1") or see_through:
        picture = picture.convert("RGBA" if see_through else "L" if picture.mode == "1" else "RGB")
    elif picture.mode not in _SPACES:
        picture = picture.convert("RGB")
    changed = _to_srgb(picture, icc) if icc else None
    if changed is None:
        changed = picture.convert("RGB") if picture.mode == "CMYK" else picture
    changed.info.pop("icc_profile", None)
    return changed


def flat(picture: Image.Image, ground: str = GROUND) -> Image.Image:
    """Without an alpha channel. ``ground``: a name or ``#rrggbb``, what stands behind a see-through picture."""
    if picture.mode != "RGBA":
        return picture if picture.mode in ("RGB", "L") else picture.convert("RGB")
    whole = Image.new("RGB", picture.size, ground)
    whole.paste(picture, mask=picture.getchannel("A"))
    return whole


def _to_srgb(picture: Image.Image, icc: bytes) -> Image.Image | None:
    """None when the profile is unreadable, of another kind than the pixels, or sRGB already."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        if profile.profile.xcolor_space.strip() != _SPACES[picture.mode]:
            return None
        if picture.mode != "CMYK" and "srgb" in ImageCms.getProfileDescription(profile).lower():
            return None
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        relative = ImageCms.Intent.RELATIVE_COLORIMETRIC
        changed = ImageCms.profileToProfile(picture, profile, _srgb(), relative, mode)
    except (ImageCms.PyCMSError, OSError, ValueError, KeyError):
        return None  # the colours are a little off then, as in every program that knows no profiles
    return changed


@functools.cache
def _srgb() -> Any:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
