"""Pictures made to fit: below a megabyte, upright, with the smallest loss."""

from __future__ import annotations

import io
import random
import time
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from desktop_app.errors import MediaError
from desktop_app.media import shrink
from desktop_app.media.limits import BODY_BYTES, LIMITS
from tests.data import make
from tests.data import make_pictures as pics


def photo(size: tuple[int, int], seed: int = 1, blur: float = 0.8) -> Image.Image:
    """Soft colours with grain: compresses as photos do."""
    width, height = size
    small = (max(1, width // 16), max(1, height // 16))
    colours = Image.frombytes("RGB", small, random.Random(seed).randbytes(small[0] * small[1] * 3))
    grain = Image.effect_noise(size, 40).convert("RGB")
    return Image.blend(colours.resize(size, Image.Resampling.BICUBIC), grain, 0.3).filter(
        ImageFilter.GaussianBlur(blur)
    )


def write(folder: Path, picture: Image.Image, image_format: str, **more: object) -> Path:
    path = folder / f"source.{image_format}"
    picture.save(path, image_format, **more)
    return path


def opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image


@pytest.mark.parametrize("image_format", ["jpeg", "png", "webp", "bmp", "gif"])
def test_a_photo_of_any_format_fits(tmp_path: Path, image_format: str) -> None:
    """JPG or PNG below 1 MB, the longer side as wide as phones show, most of the room used."""
    source = write(tmp_path, photo((2400, 1800)), image_format, **({"quality": 95} if image_format == "jpeg" else {}))
    made = shrink.for_body(source, image_format, tmp_path / "out")
    assert made.changed
    assert made.path.stat().st_size == made.size_bytes < BODY_BYTES
    assert (made.width, made.height) == (1920, 1440)
    assert opened(made.path).format in ("JPEG", "PNG")
    assert opened(made.path).size == (1920, 1440)


@pytest.mark.parametrize("image_format", ["jpeg", "png"])
def test_what_fits_stays_as_it_is(tmp_path: Path, image_format: str) -> None:
    """No second compression: the file itself goes up."""
    source = write(tmp_path, photo((900, 600)), image_format, **({"quality": 80} if image_format == "jpeg" else {}))
    if source.stat().st_size >= BODY_BYTES:
        pytest.fail("the sample is too large")
    made = shrink.for_body(source, image_format, tmp_path / "out")
    assert (made.path, made.changed, made.size_bytes) == (source, False, source.stat().st_size)


def test_a_big_photo_costs_few_encodes_and_little_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At most three encodes, 80 to 100 % of the room or the best quality, close to the original (P14)."""
    encodes: list[int] = []
    real = shrink._jpeg

    def counted(picture: Image.Image, quality: int, **more: bool) -> bytes:
        encodes.append(quality)
        return real(picture, quality, **more)

    monkeypatch.setattr(shrink, "_jpeg", counted)
    for blur in (0.6, 1.5, 4.0):
        picture = photo((4000, 3000), blur=blur)
        source = write(tmp_path, picture, "jpeg", quality=92)
        encodes.clear()
        started = time.process_time()
        made = shrink.for_body(source, "jpeg", tmp_path / "out")
        assert len(encodes) <= 3
        assert time.process_time() - started < 5
        assert made.size_bytes >= 0.8 * BODY_BYTES or max(encodes) == shrink.QUALITY
        exact = picture.resize((made.width, made.height), Image.Resampling.LANCZOS)
        error = ImageStat.Stat(ImageChops.difference(exact, opened(made.path).convert("RGB"))).rms
        assert max(error) < 8


def test_pictures_come_upright(tmp_path: Path) -> None:
    """Turned by a camera: the pixels are turned, nobody has to read the note."""
    picture = photo((400, 200))
    picture.paste("red", (0, 0, 100, 200))
    for turn, corner in ((3, (390, 100)), (6, (100, 10)), (8, (100, 390))):
        exif = Image.Exif()
        exif[0x0112] = turn
        source = write(tmp_path, picture, "jpeg", quality=95, exif=exif)
        for make_fit in (shrink.for_body, shrink.for_cover):
            made = make_fit(source, "jpeg", tmp_path / "out")
            image = opened(made.path).convert("RGB")
            assert made.changed
            assert image.getexif().get(0x0112, 1) == 1
            red = image.getpixel(corner)
            assert red[0] > 200, (turn, red)
            assert red[1] < 60


def test_what_is_see_through_stays_so(tmp_path: Path) -> None:
    """A PNG with an alpha channel too large for WeChat: smaller, not on a black ground."""
    picture = photo((1600, 1200)).convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    source = write(tmp_path, picture, "png")
    made = shrink.for_body(source, "png", tmp_path / "out")
    assert (made.format, made.size_bytes < BODY_BYTES) == ("png", True)
    assert opened(made.path).convert("RGBA").getchannel("A").getextrema()[0] < 20


def test_drawings_lose_nothing(tmp_path: Path) -> None:
    """Few colours: PNG again, and to the pixel."""
    picture = Image.new("RGB", (1500, 900), "white")
    for number in range(30):
        picture.paste(
            (number * 8, 90, 200 - number), (number * 40, number * 20, number * 40 + 200, number * 20 + 300)
        )
    source = write(tmp_path, picture, "bmp")
    made = shrink.for_body(source, "bmp", tmp_path / "out")
    assert made.format == "png"
    assert ImageChops.difference(opened(made.path).convert("RGB"), picture).getbbox() is None


def test_a_long_strip_keeps_its_width(tmp_path: Path) -> None:
    """It is read while scrolling: its height is no reason to make it unreadable."""
    source = write(tmp_path, photo((1080, 6000), blur=3), "jpeg", quality=80)
    made = shrink.for_body(source, "jpeg", tmp_path / "out")
    assert made.width == 1080 or made.size_bytes > 0.8 * BODY_BYTES


def test_moving_pictures_are_told(tmp_path: Path) -> None:
    """A GIF of several frames; anything else stands still."""
    path = tmp_path / "a.gif"
    path.write_bytes(make.animation())
    assert shrink.is_animated(path, "gif")
    path.write_bytes(make.picture("GIF"))
    assert not shrink.is_animated(path, "gif")
    assert not shrink.is_animated(path, "png")


def test_a_cover_stays_large(tmp_path: Path) -> None:
    """Permanent material takes 10 MB: only what WeChat does not take is made anew."""
    source = write(tmp_path, photo((2400, 1800)), "jpeg", quality=95)
    assert shrink.for_cover(source, "jpeg", tmp_path / "out").path == source
    made = shrink.for_cover(write(tmp_path, photo((800, 600)), "webp"), "webp", tmp_path / "out")
    assert (made.format, made.width, made.height) == ("jpeg", 800, 600)


@pytest.mark.parametrize("make_fit", [shrink.for_body, shrink.for_cover])
def test_what_fits_goes_without_the_notes_of_the_camera(tmp_path: Path, make_fit) -> None:
    """Maker, place and comment are left out, not one pixel changes; the original stays."""
    source = write(tmp_path, photo((300, 200)), "jpeg", **pics.placed())
    before = source.read_bytes()
    made = make_fit(source, "jpeg", tmp_path / "out")
    assert made.changed
    assert pics.PLACE in before
    assert source.read_bytes() == before
    assert pics.PLACE not in made.path.read_bytes()
    assert not opened(made.path).getexif()
    assert ImageChops.difference(opened(made.path), opened(source)).getbbox() is None


@pytest.mark.parametrize("make_fit", [shrink.for_body, shrink.for_cover])
def test_print_colours_become_those_of_a_screen(tmp_path: Path, make_fit) -> None:
    """CMYK, which phones show inverted or not at all."""
    source = write(tmp_path, Image.new("RGB", (60, 40), (200, 40, 30)).convert("CMYK"), "jpeg", quality=95)
    made = opened(make_fit(source, "jpeg", tmp_path / "out").path)
    assert made.mode in ("RGB", "P")
    red, green, blue = made.convert("RGB").getpixel((9, 9))
    assert abs(red - 200) + abs(green - 40) + abs(blue - 30) < 12


def test_a_thumb_of_a_see_through_picture_has_a_ground(tmp_path: Path) -> None:
    """White unless another colour was chosen."""
    source = write(tmp_path, Image.new("RGBA", (900, 383), (255, 0, 0, 0)), "png")
    for ground, colour in ({}, (255, 255, 255)), ({"ground": "#102030"}, (16, 32, 48)):
        made = opened(shrink.for_thumb(source, "png", tmp_path / "out", None, **ground).path)
        assert max(abs(one - other) for one, other in zip(made.getpixel((5, 5)), colour, strict=True)) < 4


@pytest.mark.parametrize("cut", [None, [0, 0.2, 1, 0.6], [0.4, 0.4, 0.41, 0.41]])
def test_a_thumb_is_small_and_has_the_cut(tmp_path: Path, cut: list[float] | None) -> None:
    """JPG, 2.35:1, at most 64 KB, whatever the picture."""
    for image_format, picture in (("png", photo((1200, 900), blur=0.3)), ("jpeg", Image.new("RGB", (3, 2), "red"))):
        source = write(tmp_path, picture, image_format)
        made = shrink.for_thumb(source, image_format, tmp_path / "out", cut)
        assert made.size_bytes <= LIMITS["thumb"].max_bytes
        assert made.width / made.height == pytest.approx(900 / 383, rel=0.01)
        assert opened(made.path).format == "JPEG"


def test_hostile_pictures_are_refused(tmp_path: Path) -> None:
    """Cut, of another format than it says, a bomb: a MediaError and no half file."""
    path = tmp_path / "a.png"
    whole = io.BytesIO()
    photo((400, 300)).save(whole, "PNG")
    path.write_bytes(whole.getvalue()[:-2000] * 3)
    with pytest.raises(MediaError) as caught:
        shrink.for_thumb(path, "png", tmp_path / "out", None)
    assert caught.value.code == "media.damaged"
    with pytest.raises(MediaError) as caught:
        shrink.for_cover(path, "jpeg", tmp_path / "out")
    assert caught.value.code == "media.damaged"
    Image.new("1", (9000, 9000)).save(path)
    with pytest.raises(MediaError) as caught:
        shrink.for_body(path, "png", tmp_path / "out")
    assert caught.value.code == "media.too_many_pixels"
    assert [each.name for each in tmp_path.iterdir()] == ["a.png"]
