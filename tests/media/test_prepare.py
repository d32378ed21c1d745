"""What becomes of an original: upright, in sRGB, with nothing of its maker, as good as the limit allows."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat

from desktop_app.errors import Cancelled, MediaError
from desktop_app.job import Job
from desktop_app.media import av, convert, gifs, intake, prepare, shrink
from desktop_app.media.intake import Taken
from desktop_app.media.limits import LIMITS
from tests.data import make, make_clips, make_heic
from tests.data import make_pictures as pics
from tests.media.sixty import upright

Take = Callable[[bytes | Path], Taken]


@pytest.fixture
def take(cache: Path) -> Take:
    """Take bytes or a file into the cache."""

    def taken(what: bytes | Path) -> Taken:
        if isinstance(what, Path):
            return intake.take_file(what, cache, Job())
        return intake.take_bytes(what, "name.x", cache, Job())

    return taken


def asked(taken: Taken, **more: object) -> MediaError:
    with pytest.raises(MediaError) as caught:
        prepare.for_message(taken, taken.path.parent, Job(), **more)  # type: ignore[arg-type]
    return caught.value


def ready(taken: Taken, **more: object) -> Taken:
    return prepare.for_message(taken, taken.path.parent, Job(), **more)  # type: ignore[arg-type]


def opened(taken: Taken) -> Image.Image:
    with Image.open(taken.path) as image:
        image.load()
        return image


# --- pictures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("image_format", ["JPEG", "WEBP", "PNG"])
def test_pictures_come_upright(take: Take, turn: int, image_format: str) -> None:
    """However the phone was held, also mirrored: the red corner is up and left."""
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = pics.photo().transpose(turns[turn]) if turn > 1 else pics.photo()
    made = ready(take(pics.saved(stored, image_format, exif=pics.camera(turn))))
    assert upright(opened(made))
    assert (made.width, made.height) == (320, 240)
    assert pics.PLACE not in made.path.read_bytes()


def test_print_colours_go_through_their_profile(take: Take) -> None:
    """CMYK becomes RGB; without a profile red stays red, whichever way round Adobe stored it."""
    made = opened(ready(take(pics.saved(pics.photo().convert("CMYK"), "JPEG"))))
    assert made.mode == "RGB"
    assert upright(made)


@pytest.mark.parametrize("image_format", ["WEBP", "PNG"])
def test_wide_colours_become_srgb(take: Take, image_format: str) -> None:
    """Where a picture has to be made anew: the profile that swaps red and green has done so, and is gone."""
    picture = pics.photo((1200, 800))
    data = pics.saved(picture, image_format, icc_profile=pics.wide_gamut(), exif=pics.camera(3))
    made = opened(ready(take(data)))
    assert "icc_profile" not in made.info
    green = made.convert("RGB").getpixel((made.width - 20, made.height - 20))
    assert green[1] > 200 > 90 > green[0]


def test_an_srgb_profile_changes_nothing(take: Take) -> None:
    """The usual profile costs no rounding."""
    picture = Image.new("RGB", (50, 40), (201, 90, 61))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = opened(ready(take(pics.saved(picture, "WEBP", lossless=True, icc_profile=profile))))
    assert made.convert("RGB").getpixel((9, 9)) == (201, 90, 61)


@pytest.mark.parametrize(("ground", "colour"), [("white", 255), ("black", 0), ("#808080", 128)])
def test_the_ground_is_chosen(take: Take, monkeypatch: pytest.MonkeyPatch, ground: str, colour: int) -> None:
    """A see-through picture stays so while it fits; where only a JPG is small enough it goes on that ground."""
    picture = pics.photo((400, 300)).convert("RGBA")
    picture.paste((0, 0, 0, 0), (200, 0, 400, 300))
    taken = take(pics.saved(picture, "WEBP", lossless=True))
    assert ready(taken, ground=ground).format == "png"
    png = ready(taken, ground=ground).size_bytes
    monkeypatch.setitem(LIMITS, "image", type(LIMITS["image"])(("jpeg", "png", "gif"), png - 1))
    made = ready(taken, ground=ground)
    assert made.format == "jpeg"
    for channel in opened(made).getpixel((350, 150)):
        assert abs(channel - colour) < 4


def test_sixteen_bits_are_not_cut_off(take: Take) -> None:
    """A deep PNG that has to be made anew is as bright as before, not white."""
    deep = Image.linear_gradient("L").convert("I").point(lambda value: value * 256 + 128).convert("I;16")
    made = opened(ready(take(pics.saved(deep, "PNG", exif=pics.camera(3))))).convert("L")
    exact = Image.linear_gradient("L").transpose(Image.Transpose.ROTATE_180)
    assert ImageStat.Stat(ImageChops.difference(made, exact)).mean[0] < 2


def test_a_large_photo_costs_three_encodes_at_most(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    """P14 for messages: few encodes, and most of the room used or the best quality reached."""
    encodes: list[int] = []
    real = shrink._jpeg

    def counted(picture: Image.Image, quality: int, **more: bool) -> bytes:
        encodes.append(quality)
        return real(picture, quality, **more)

    monkeypatch.setattr(shrink, "_jpeg", counted)
    limit = 1_500_000
    monkeypatch.setitem(LIMITS, "image", type(LIMITS["image"])(("jpeg", "png", "gif"), limit))
    for data in (make.noise("JPEG", (2200, 1600)), pics.saved(pics.photo((4000, 3000)), "JPEG", quality=98)):
        encodes.clear()
        made = ready(take(data))
        assert made.size_bytes <= limit
        assert len(encodes) <= 3
        assert made.size_bytes >= 0.8 * limit or max(encodes[-2:]) == shrink.QUALITY


def test_a_moving_picture_keeps_its_frames_and_its_time(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    """Smaller, not shorter: as many frames, as long, for ever."""
    data = pics.snow(9, (300, 200))
    limit = len(data) // 2
    monkeypatch.setitem(LIMITS, "image", type(LIMITS["image"])(("jpeg", "png", "gif"), limit))
    made = ready(take(data))
    with Image.open(made.path) as image:
        assert (image.n_frames, image.info["loop"]) == (9, 0)
        durations = []
        for number in range(9):
            image.seek(number)
            durations.append(image.info["duration"])
    assert durations == [80] * 9
    assert 0.5 * limit < made.size_bytes <= limit


def test_hours_of_frames_are_refused(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    """A GIF of which unpacking would take minutes is no picture to be made smaller."""
    data = pics.gif_of(7000, 7000, [b",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"] * 60)
    taken = take(data)
    monkeypatch.setitem(LIMITS, "image", type(LIMITS["image"])(("jpeg", "png", "gif"), 300))
    assert asked(taken).code == "media.too_many_pixels"


def test_a_small_file_of_many_large_frames_takes_little_memory(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    """A moving WebP of a few KB: what is kept in memory until the GIF is written is bounded (C5)."""
    data = pics.moving("WEBP")
    whole = ready(take(data))
    with Image.open(whole.path) as image:
        frames = image.n_frames
    monkeypatch.setattr(gifs, "_KEPT_PIXELS", frames * whole.width * whole.height // 4)
    small = ready(take(data))
    assert (small.width, small.height) == (whole.width // 2, whole.height // 2)
    with Image.open(small.path) as image:
        assert image.n_frames == frames


def test_an_article_keeps_the_original(take: Take, cache: Path, ffmpeg: Path) -> None:
    """All that Pillow reads stays; a HEIC asks, and becomes a JPG."""
    taken = take(pics.saved(pics.photo(), "WEBP"))
    assert prepare.for_article(taken, cache, Job()) is taken
    heic = take(make_heic.plain(pics.photo()))
    with pytest.raises(MediaError) as caught:
        prepare.for_article(heic, cache, Job())
    assert caught.value.args_ == {
        "format": "heic",
        "kind": "image",
        "formats": ["jpeg", "png", "gif", "webp", "bmp"],
        "fix": "to_jpg",
        "needs": "ffmpeg",
    }
    assert prepare.for_article(heic, cache, Job(), fix="to_jpg", ffmpeg=ffmpeg).format == "jpeg"


# --- HEIC ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turns", range(4))
def test_tiles_come_together_and_upright(take: Take, ffmpeg: Path, turns: int) -> None:
    """A picture of 3 × 2 tiles that do not fill their last row, stored in each of the four positions."""
    picture = pics.photo((700, 500))
    stored = picture.rotate(-90 * turns, expand=True)
    made = ready(take(make_heic.tiled(stored, tile=256, turns=turns)), fix="to_jpg", ffmpeg=ffmpeg)
    assert (made.width, made.height, made.name) == (700, 500, "name.jpg")
    image = opened(made)
    assert upright(image)
    difference = ImageStat.Stat(ImageChops.difference(image.convert("RGB"), picture))
    assert max(difference.mean) < 6


def test_ten_bits_of_a_heic_become_eight(take: Take, ffmpeg: Path) -> None:
    """The same colours."""
    data = make_heic.ten_bits(pics.photo())
    made = ready(take(data), fix="to_jpg", ffmpeg=ffmpeg)
    difference = ImageStat.Stat(ImageChops.difference(opened(made).convert("RGB"), pics.photo()))
    assert max(difference.mean) < 6


def test_colours_of_a_heic(take: Take, ffmpeg: Path) -> None:
    """The profile in the file is used, EXIF is left behind."""
    data = make_heic.tiled(pics.photo(), tile=256, icc=pics.wide_gamut(), exif=pics.camera(3))
    made = ready(take(data), fix="to_jpg", ffmpeg=ffmpeg)
    red, green, _ = opened(made).getpixel((20, 20))
    assert green > 200 > 90 > red, "EXIF's turn does not count in a HEIC, the profile does"
    assert pics.PLACE not in made.path.read_bytes()


def program(tmp_path: Path, text: str) -> Path:
    """A program that stands in for ffmpeg."""
    path = tmp_path / "ffmpeg-stand-in"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return path


@pytest.mark.skipif("os.name != 'posix'", reason="the stand-in is a shell script")
def test_a_program_that_sees_one_tile_is_told(take: Take, tmp_path: Path) -> None:
    """Old ones take the first tile for the whole; others do not know the file at all."""
    (tmp_path / "tile.png").write_bytes(make.picture("PNG", (256, 256)))
    old = program(tmp_path, f'for last; do :; done; cp "{tmp_path}/tile.png" "${{last#file:}}"')
    taken = take(make_heic.tiled(pics.photo(), tile=256))
    assert asked(taken, fix="to_jpg", ffmpeg=old).code == "media.ffmpeg_old"
    older = program(tmp_path, '[ "$1" = -version ] && echo "ffmpeg version 6.1.1-3ubuntu5" && exit 0; exit 1')
    convert.is_old.cache_clear()
    assert asked(taken, fix="to_jpg", ffmpeg=older).code == "media.ffmpeg_old"


# --- what needs a word --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "fix", "code"),
    [
        ("a.heic", "to_jpg", "media.format"),
        ("a.wav", "to_mp3", "media.format"),
        ("a.mov", "to_mp4", "media.format"),
        ("hevc.mp4", "to_mp4", "media.codec"),
        ("long.wav", "cut_voice", "media.too_long"),
        ("fat.mp3", "fit_voice", "media.too_big"),
    ],
)
def test_without_the_program_it_says_so(take: Take, tmp_path: Path, name: str, fix: str, code: str) -> None:
    """Asked or not: the way out, and what is missing for it."""
    path = tmp_path / name
    if name == "a.heic":
        path.write_bytes(make_heic.plain(pics.photo()))
    elif path.suffix in (".mov", ".mp4"):
        make_clips.film(path, video=make_clips.HEVC if name == "hevc.mp4" else make_clips.H264)
    else:
        codec = ("-c:a", "libmp3lame", "-b:a", "320k") if path.suffix == ".mp3" else ("-c:a", "pcm_s16le")
        make_clips.sound(path, codec, seconds={"long.wav": 61, "fat.mp3": 58}.get(name, 2))
    taken = take(path)
    for more in ({}, {"fix": fix}):
        error = asked(taken, **more)
        assert (error.code, error.args_["fix"], error.args_["needs"]) == (code, fix, "ffmpeg")


def test_mp3_and_amr_are_cut_without_the_program(take: Take) -> None:
    """Frame by frame, from where the person wants it."""
    taken = take(make.amr(100))
    error = asked(taken)
    assert (error.code, error.args_["fix"], error.args_["seconds"]) == ("media.too_long", "cut_voice", 100.0)
    assert "needs" not in error.args_
    made = ready(taken, fix="cut_voice", start_s=70)
    assert (made.format, made.seconds) == ("amr", 30.0)
    assert ready(take(make.mp3(100)), fix="cut_voice").seconds == pytest.approx(60, abs=0.04)


def test_other_voices_are_cut_by_the_program(take: Take, ffmpeg: Path, tmp_path: Path) -> None:
    """The same minute: silence from 70 s on is what a cut from there holds."""
    taken = take(make_clips.sound(tmp_path / "a.wav", ("-c:a", "pcm_s16le"), seconds=90))
    made = ready(taken, fix="cut_voice", start_s=70, ffmpeg=ffmpeg)
    assert made.format == "mp3"
    assert made.seconds == pytest.approx(20, abs=0.1)


# --- films --------------------------------------------------------------------------------------------


def test_a_film_of_a_phone_is_put_into_a_new_file_without_loss(take: Take, ffmpeg: Path, tmp_path: Path) -> None:
    """MOV with H.264 and AAC: the same pictures, and no place in it."""
    path = make_clips.film(
        tmp_path / "a.mov", more=("-metadata", f"location={pics.PLACE.decode()}", "-movflags", "use_metadata_tags")
    )
    assert pics.PLACE in path.read_bytes()
    made = ready(take(path), fix="to_mp4", ffmpeg=ffmpeg)
    assert pics.PLACE not in made.path.read_bytes()
    assert frames_of(made.path) == frames_of(path)


def frames_of(path: Path) -> bytes:
    """The coded pictures, hashed by the program."""
    import subprocess

    command = [str(convert.find()), "-v", "error", "-i", str(path), "-map", "0:v", "-c", "copy", "-f", "hash", "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_a_large_film_is_made_to_fit(take: Take, ffmpeg: Path, tmp_path: Path) -> None:
    """Below 10 MB, as long as before, begun from the front, with progress to the end."""
    path = make_clips.film(tmp_path / "a.mp4", seconds=4, size="640x360", picture_filter=make_clips.NOISE)
    taken = take(path)
    assert asked(taken, ffmpeg=ffmpeg).args_["fix"] == "fit_video"
    reports: list[tuple[int, int]] = []
    job = Job(lambda *report: reports.append(report))
    made = prepare.for_message(taken, taken.path.parent, job, fix="fit_video", ffmpeg=ffmpeg)
    assert made.size_bytes <= LIMITS["video"].max_bytes < taken.size_bytes
    assert made.seconds == pytest.approx(4, abs=0.1)
    data = made.path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert reports[-1] == (4000, 4000)
    assert reports == sorted(reports)


def test_bright_films_are_shown_on_usual_screens(take: Take, ffmpeg: Path, tmp_path: Path) -> None:
    """HLG of a phone becomes BT.709."""
    hlg = "setparams=color_trc=arib-std-b67:color_primaries=bt2020:colorspace=bt2020nc"
    path = make_clips.film(tmp_path / "a.mov", video=make_clips.HEVC_10, sound=(), picture_filter=hlg)
    assert av.probe(path, "mov").hdr
    made = ready(take(path), fix="to_mp4", ffmpeg=ffmpeg)
    probed = av.probe(made.path, "mp4")
    assert (probed.hdr, probed.odd_picture) == (False, "")


def test_a_cancelled_conversion_leaves_nothing(take: Take, ffmpeg: Path, tmp_path: Path) -> None:
    """The program is gone and so is its half file."""
    path = make_clips.film(tmp_path / "a.mp4", seconds=4, size="640x360", picture_filter=make_clips.NOISE)
    taken = take(path)
    job = Job(lambda done, total: job.cancel())
    with pytest.raises(Cancelled):
        prepare.for_message(taken, taken.path.parent, job, fix="fit_video", ffmpeg=ffmpeg)
    assert list(taken.path.parent.iterdir()) == [taken.path]


def test_names_follow_the_format(take: Take, cache: Path) -> None:
    """Only a changed format changes the ending."""
    data = pics.saved(pics.photo(), "WEBP")
    for name, made in (
        ("a.webp", "a.jpg"),
        ("two.dots.webp", "two.dots.jpg"),
        ("none", "none.jpg"),
        (".webp", ".webp.jpg"),
    ):
        taken = intake.take_bytes(data, name, cache, Job())
        assert prepare.for_message(taken, cache, Job()).name == made


def test_a_picture_of_bytes_in_memory_is_the_same(take: Take) -> None:
    """What was pasted goes the same way."""
    out = io.BytesIO()
    pics.photo().save(out, "BMP")
    assert ready(take(out.getvalue())).format == "jpeg"
