"""The table of test_sixty_files.py: for each file how it is made, and what becomes of it."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tests.data import make, make_clips, make_heic
from tests.data import make_pictures as pics

Maker = Callable[[Path], object]


@dataclass(frozen=True)
class Row:
    """One file. ``outcome``: "as it is", "mended" (without asking), the fix it asks for, or the code of its refusal.

    ``made``: the format that goes up. ``make`` writes the file, or returns its bytes.
    """

    name: str
    outcome: str
    make: Maker
    made: str = ""


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.html", "<script>alert(1)</script>")
    return out.getvalue()


def _rows(outcome: str, *rows: tuple[str, str, Maker]) -> list[Row]:
    """``made`` is the second of each."""
    return [Row(name, outcome, maker, made) for name, made, maker in rows]


def _photo(image_format: str, size: tuple[int, int] = (320, 240), **more: object) -> Maker:
    return lambda path: pics.saved(pics.photo(size), image_format, **more)


def _film(**more: object) -> Maker:
    return lambda path: make_clips.film(path, **more)  # type: ignore[arg-type]


def _sound(*codec: str, **more: object) -> Maker:
    return lambda path: make_clips.sound(path, codec, **more)  # type: ignore[arg-type]


def _tagged_mp3(path: Path) -> bytes:
    return make.mp3(30.0, tag=b"APIC" + make.noise("PNG", (900, 900)))


def _long_film(path: Path) -> bytes:
    return make.mp4(400, fps=2) + (11 * 1024 * 1024).to_bytes(4, "big") + b"free" + bytes(11 * 1024 * 1024 - 8)


PLACE = ("-metadata", "location=+31.2304+121.4737/", "-metadata", f"comment={pics.PLACE.decode()}")
PCM = ("-c:a", "pcm_s16le")
MP3 = ("-c:a", "libmp3lame")
NOISY = {"seconds": 4, "size": "640x360", "picture_filter": make_clips.NOISE}
SCRIPT = b"=1;alert(1)//"

AS_IT_IS = _rows(
    "as it is",
    ("photo.jpg", "jpeg", _photo("JPEG", quality=90)),
    ("grey.jpg", "jpeg", lambda path: pics.saved(pics.photo().convert("L"), "JPEG")),
    ("progressive.jpg", "jpeg", _photo("JPEG", progressive=True)),
    ("profile.jpg", "jpeg", _photo("JPEG", icc_profile=pics.wide_gamut())),
    ("photo.png", "png", _photo("PNG")),
    ("palette.png", "png", lambda path: pics.saved(pics.photo().quantize(64), "PNG")),
    ("see-through.png", "png", lambda path: pics.saved(pics.see_through(), "PNG")),
    ("deep.png", "png", lambda path: pics.saved(pics.photo().convert("L").convert("I;16"), "PNG")),
    ("still.gif", "gif", _photo("GIF")),
    ("moving.gif", "gif", lambda path: pics.moving("GIF")),
    ("no suffix", "jpeg", _photo("JPEG")),
    ("really a picture.exe", "png", _photo("PNG", (40, 30))),
    ("voice.mp3", "mp3", _sound(*MP3)),
    ("variable.mp3", "mp3", _sound(*MP3, "-q:a", "4")),
    ("tagged.mp3", "mp3", lambda path: make.mp3(3.6, tag=b"\xff\xfb\x18\xc0" * 300)),
    ("voice.amr", "amr", _sound("-c:a", "libopencore_amrnb", rate=8000, channels=1)),
    ("a minute.amr", "amr", lambda path: make.amr(60.0)),
    ("film.mp4", "mp4", _film()),
    ("silent.mp4", "mp4", _film(sound=())),
    ("turned.mp4", "mp4", _film(turned=90)),
    ("film.jpg", "mp4", lambda path: make.mp4(2)),
)
MENDED = _rows(
    "mended",
    ("on its side.jpg", "jpeg", _photo("JPEG", exif=pics.camera(6))),
    ("upside down.jpg", "jpeg", _photo("JPEG", exif=pics.camera(3))),
    ("with a place.jpg", "jpeg", _photo("JPEG", **pics.placed())),
    (
        "two in one.jpg",
        "jpeg",
        lambda path: pics.saved(pics.photo(), "MPO", save_all=True, append_images=[pics.photo()], exif=pics.camera()),
    ),
    ("print.jpg", "jpeg", lambda path: pics.saved(pics.photo().convert("CMYK"), "JPEG")),
    ("large.jpg", "jpeg", lambda path: make.noise("JPEG", (3600, 2600))),
    ("large.png", "jpeg", lambda path: make.noise("PNG", (2000, 1900))),
    ("texts.png", "png", lambda path: pics.texts(pics.photo())),
    ("moving.png", "png", lambda path: pics.moving("PNG")),
    ("photo.webp", "jpeg", _photo("WEBP")),
    ("see-through.webp", "png", lambda path: pics.saved(pics.see_through(), "WEBP", lossless=True)),
    ("moving.webp", "gif", lambda path: pics.moving("WEBP")),
    ("wide.webp", "jpeg", _photo("WEBP", icc_profile=pics.wide_gamut())),
    ("photo.bmp", "jpeg", _photo("BMP")),
    ("drawing.bmp", "png", lambda path: make.picture("BMP")),
    ("large.gif", "gif", lambda path: pics.snow(14, (900, 700))),
    ("comment.gif", "gif", lambda path: pics.saved(pics.photo(), "GIF", comment=pics.PLACE)),
    ("picture in the tag.mp3", "mp3", _tagged_mp3),
    ("a breath too long.mp3", "mp3", lambda path: make.mp3(60.048)),
    ("with a place.mp4", "mp4", _film(more=PLACE)),
    ("recorder.wav", "mp3", _sound(*PCM)),
    ("studio.wav", "mp3", _sound("-c:a", "pcm_s24le", rate=48000)),
    ("a minute.wav", "mp3", _sound(*PCM, seconds=60, channels=1, rate=16000)),
    ("phone.m4a", "mp3", _sound("-c:a", "aac")),
    ("radio.aac", "mp3", _sound("-c:a", "aac")),
    ("only sound.mp4", "mp3", _sound("-c:a", "aac")),
    ("only sound.mov", "mp3", _sound(*PCM)),
)
ASKS = [
    *_rows(
        "to_jpg",
        ("plain.heic", "jpeg", lambda path: make_heic.plain(pics.photo())),
        ("tiles.heic", "jpeg", lambda path: make_heic.tiled(pics.photo((700, 600)), tile=256)),
        ("turned.heic", "jpeg", lambda path: make_heic.tiled(pics.photo((700, 600)), tile=256, turns=3)),
        (
            "with a place.heic",
            "jpeg",
            lambda path: make_heic.tiled(pics.photo(), tile=256, exif=pics.camera(), icc=pics.wide_gamut()),
        ),
        ("ten bits.heic", "jpeg", lambda path: make_heic.ten_bits(pics.photo())),
        ("phone.jpg", "jpeg", lambda path: make_heic.plain(pics.photo())),
    ),
    *_rows(
        "to_mp4",
        ("film.mov", "mp4", _film()),
        ("hevc.mov", "mp4", _film(video=make_clips.HEVC)),
        ("ten bits turned.mov", "mp4", _film(video=make_clips.HEVC_10, turned=90)),
        ("hevc.mp4", "mp4", _film(video=make_clips.HEVC)),
        ("old.3gp", "mp4", _film()),
        ("jpegs.mov", "mp4", _film(video=("-c:v", "mjpeg"), sound=PCM)),
        ("mp3 sound.mp4", "mp4", _film(sound=MP3)),
        ("camera.mov", "mp4", _film(sound=PCM)),
    ),
    *_rows("fit_video", ("large.mp4", "mp4", _film(**NOISY)), ("large.mov", "mp4", _film(**NOISY))),
    *_rows("fit_voice", ("fat.mp3", "mp3", _sound(*MP3, "-b:a", "320k", seconds=58))),
    *_rows(
        "cut_voice",
        ("talk.mp3", "mp3", _sound(*MP3, seconds=75)),
        ("talk.amr", "amr", lambda path: make.amr(75)),
        ("talk.wav", "mp3", _sound(*PCM, seconds=75, channels=1, rate=16000)),
        ("talk.m4a", "mp3", _sound("-c:a", "aac", seconds=75)),
        ("fat talk.mp3", "mp3", _sound(*MP3, "-b:a", "320k", seconds=75)),
    ),
]
HOSTILE = [
    *_rows(
        "mended",
        ("zip behind.jpg", "jpeg", lambda path: pics.saved(pics.photo(), "JPEG") + _zip()),
        ("zip behind.png", "png", lambda path: pics.saved(pics.photo(), "PNG") + _zip()),
        (
            "script.gif",
            "gif",
            lambda path: pics.gif_of(10799, 1, [b"\x21\xfe\x0f*/" + SCRIPT + b"\0"]) + b"*/" + SCRIPT,
        ),
        ("html.jpg", "jpeg", _photo("JPEG", comment=b"<script>alert(1)</script>")),
        (
            "much text.png",
            "png",
            lambda path: pics.with_chunks(pics.saved(pics.photo(), "PNG"), pics.chunk(b"tEXt", bytes(5_000_000))),
        ),
    ),
    Row("svg.png", "media.format", lambda path: b"<?xml version='1.0'?><svg onload='alert(1)'/>"),
    Row("bomb.png", "media.too_many_pixels", lambda path: pics.bomb(60_000, 60_000)),
    Row("wide bomb.png", "media.too_many_pixels", lambda path: pics.bomb(2**31 - 1, 1)),
    Row("bomb.gif", "media.too_many_pixels", lambda path: pics.gif_of(65_535, 65_535)),
    Row("empty frames.gif", "media.damaged", lambda path: pics.gif_of(9, 9)[:-4]),
    Row(
        "text bomb.png",
        "media.damaged",
        lambda path: pics.bomb(8, 8, pics.chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000_000), 9))),
    ),
    Row("no end.jpg", "media.damaged", lambda path: pics.saved(pics.photo(), "JPEG")[:-2]),
    Row("cut.jpg", "media.damaged", lambda path: make.noise("JPEG", (200, 200))[:-3000]),
    Row("cut.png", "media.damaged", lambda path: make.noise("PNG", (200, 200))[:-3000]),
    Row("cut.gif", "media.damaged", lambda path: pics.moving("GIF")[:-3000]),
    Row("cut.webp", "media.damaged", lambda path: pics.saved(pics.photo(), "WEBP")[:-300]),
    Row("cut.heic", "media.damaged", lambda path: make_heic.tiled(pics.photo(), tile=256)[:-500]),
    Row("cut.mp4", "media.damaged", lambda path: make.mp4(2)[:-500]),
    Row("cut.wav", "media.damaged", lambda path: make_clips.sound(path, PCM).read_bytes()[:-5000]),
    Row("noise.mp3", "media.damaged", lambda path: b"ID3\x03\0\0\0\0\0\0" + b"\xff" * 3_000_000),
    Row("noise.amr", "media.damaged", lambda path: b"#!AMR\n" + b"\xff" * 1000),
    Row("no boxes.mp4", "media.damaged", lambda path: b"\0\0\0\x14ftypisom" + bytes(3000)),
    Row("flipped.png", "media.damaged", lambda path: make.noise("PNG", (90, 90)).replace(b"IDAT", b"IDAX", 1)),
    Row("hours.mp4", "media.film_too_long", _long_film),
]
REFUSED = [
    Row("empty.jpg", "media.empty", lambda path: b""),
    Row("letter.jpg", "media.unknown", lambda path: b"Dear all, the picture is attached."),
    Row("archive.png", "media.unknown", lambda path: _zip()),
    Row("paper.jpg", "media.unknown", lambda path: b"%PDF-1.7\n" + bytes(200)),
    Row("program.jpg", "media.unknown", lambda path: b"MZ\x90\0" + bytes(200)),
    Row("scan.tif", "media.format", lambda path: make.picture("TIFF")),
    Row("web.avif", "media.format", lambda path: make.picture("AVIF")),
    Row("layers.psd", "media.format", lambda path: b"8BPS\0\1" + bytes(100)),
    Row("song.ogg", "media.format", lambda path: make_clips.sound(path, ("-c:a", "libvorbis"))),
    Row("song.wma", "media.format", lambda path: make_clips.sound(path, ("-c:a", "wmav2"))),
    Row("song.flac", "media.format", lambda path: make_clips.sound(path, ("-c:a", "flac"))),
    Row("wide.amr", "media.format", lambda path: b"#!AMR-WB\n\x04"),
    Row("film.webm", "media.format", _film(video=("-c:v", "libvpx", "-b:v", "200k"), sound=())),
    Row("film.mkv", "media.format", _film()),
    Row("film.avi", "media.format", _film(sound=MP3)),
]
ROWS = [*AS_IT_IS, *MENDED, *ASKS, *HOSTILE, *REFUSED]


def write(row: Row, folder: Path) -> Path:
    """Make the file of a row."""
    path = folder / row.name
    made = row.make(path)
    if isinstance(made, bytes):
        path.write_bytes(made)
    return path


def upright(picture: Image.Image) -> bool:
    """Whether the red corner of ``make_pictures.photo`` is where it belongs."""
    red = picture.convert("RGB").getpixel((picture.width // 16, picture.height // 16))
    return isinstance(red, tuple) and red[0] > 180 and red[1] < 90
