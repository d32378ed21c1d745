"""Notes of a camera go, not one pixel changes."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from desktop_app.errors import MediaError
from desktop_app.media import av, strip
from tests.data import make, make_clips
from tests.data import make_pictures as pics


def pixels(data: bytes) -> list[Image.Image]:
    """All frames."""
    with Image.open(io.BytesIO(data)) as image:
        frames = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            frames.append(image.convert("RGBA"))
        return frames


WITH_NOTES = [
    ("jpeg", pics.saved(pics.photo(), "JPEG", **pics.placed())),
    ("jpeg", pics.saved(pics.photo(), "JPEG", progressive=True, **pics.placed())),
    ("jpeg", pics.saved(pics.photo(), "JPEG", icc_profile=pics.wide_gamut(), **pics.placed())),
    ("jpeg", pics.saved(pics.photo(), "JPEG", restart_marker_rows=1, **pics.placed())),
    ("jpeg", pics.saved(pics.photo().convert("CMYK"), "JPEG", **pics.placed(exif=False))),
    ("jpeg", pics.saved(pics.photo(), "JPEG") + pics.PLACE + pics.saved(pics.photo(), "JPEG")),
    ("png", pics.texts(pics.photo())),
    ("png", pics.texts(pics.see_through())),
    ("png", pics.texts(pics.photo().quantize(32))),
    ("png", pics.saved(pics.photo(), "PNG") + pics.PLACE),
    ("gif", pics.saved(pics.photo(), "GIF", comment=pics.PLACE)),
    ("gif", pics.moving("GIF") + pics.PLACE),
    ("gif", pics.gif_of(9, 9, [b"\x21\xff\x0bXMP DataXMP" + bytes([len(pics.PLACE)]) + pics.PLACE + b"\0"])),
]


@pytest.mark.parametrize(("image_format", "data"), WITH_NOTES)
def test_notes_go_and_pixels_stay(image_format: str, data: bytes) -> None:
    """EXIF, XMP, comments, texts, and what hangs behind the end; colours and transparency are the same."""
    bare = strip.stripped(data, image_format)
    assert pics.PLACE in data
    assert pics.PLACE not in bare
    before, after = pixels(data), pixels(bare)
    assert len(before) == len(after)
    for one, other in zip(before, after, strict=True):
        assert ImageChops.difference(one, other).getbbox() is None
    with Image.open(io.BytesIO(data)) as image, Image.open(io.BytesIO(bare)) as made:
        assert made.info.get("icc_profile") == image.info.get("icc_profile")
        assert made.info.get("loop") == image.info.get("loop")
        assert not made.getexif()
    assert strip.stripped(bare, image_format) is bare


@pytest.mark.parametrize(
    ("image_format", "data"),
    [
        ("jpeg", make.noise("JPEG", (300, 200))),
        ("png", make.noise("PNG", (300, 200))),
        ("gif", make.animation()),
        ("gif", make.picture("GIF")),
    ],
)
def test_what_has_no_notes_is_the_same_object(image_format: str, data: bytes) -> None:
    """So that nothing is copied for nothing."""
    assert strip.stripped(data, image_format) is data


def test_a_padded_jpeg_and_a_gif_without_end_are_read() -> None:
    """Programs fill up with FF between the segments, or forget the last byte."""
    data = pics.saved(pics.photo(), "JPEG")
    bare = strip.stripped(data[:2] + b"\xff\xff\xff" + data[2:], "jpeg")
    assert ImageChops.difference(pixels(data)[0], pixels(bare)[0]).getbbox() is None
    gif = make.picture("GIF")
    assert strip.stripped(gif[:-1], "gif") == gif


@pytest.mark.parametrize("flags", [(), ("-movflags", "use_metadata_tags")])
def test_a_film_loses_its_place_and_nothing_moves(tmp_path: Path, flags: tuple[str, ...]) -> None:
    """The note becomes empty room of the same size: the file is as long, and decodes to the same pictures."""
    place = "+31.2304+121.4737/"
    notes = ("-metadata", f"location={place}", "-metadata", f"com.apple.quicktime.location.ISO6709={place}")
    data = make_clips.film(tmp_path / "a.mp4", more=(*notes, *flags)).read_bytes()
    bare = strip.film_without_place(data)
    told = [each for each in (b"loci", b"location", place.encode()) if each in data]
    assert told
    assert not [each for each in told if each in bare]
    assert len(bare) == len(data)
    assert av_probe(tmp_path, bare) == av_probe(tmp_path, data)
    assert strip.film_without_place(bare) is bare


def av_probe(tmp_path: Path, data: bytes) -> av.Probed:
    path = tmp_path / "film.mp4"
    path.write_bytes(data)
    return av.probe(path, "mp4")


def test_a_film_without_a_place_is_the_same_object() -> None:
    """Other notes may stay."""
    data = make.mp4(1)
    assert strip.film_without_place(data) is data


def test_heads_within_heads_end_somewhere() -> None:
    """A film whose head holds a head, ten thousand deep."""
    data = b"".join((8 * (10_000 - at)).to_bytes(4, "big") + b"moov" for at in range(10_000))
    assert strip.film_without_place(data) is data


@pytest.mark.parametrize("image_format", ["jpeg", "png", "gif"])
def test_cut_files_are_damaged(image_format: str) -> None:
    """Wherever the header parts end too early."""
    data = {"jpeg": make.picture("JPEG"), "png": make.picture("PNG"), "gif": make.picture("GIF")}[image_format]
    for length in range(4, 60, 7):
        with pytest.raises(MediaError) as caught:
            strip.stripped(data[:length], image_format)
        assert caught.value.code == "media.damaged"


@pytest.mark.parametrize("image_format", ["jpeg", "png", "gif"])
@settings(max_examples=300)
@given(seed=st.integers(0, 2**32))
def test_damaged_bytes_never_break_it(image_format: str, seed: int) -> None:
    """Any change of a few bytes gives a picture or a MediaError, and never more bytes than there were."""
    chance = random.Random(seed)
    data = bytearray(pics.saved(pics.photo((32, 24)), image_format.upper(), comment=b"hello"))
    for _ in range(chance.randint(1, 6)):
        data[chance.randrange(2, len(data))] = chance.randrange(256)
    try:
        made = strip.stripped(bytes(data), image_format)
    except MediaError:
        return
    assert len(made) <= len(data) + 2
