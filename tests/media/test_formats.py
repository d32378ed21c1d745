"""The format of a file is told by its content."""

from __future__ import annotations

import io
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.media import boxes
from desktop_app.media.formats import KINDS, sniff, tell
from tests.data import make, make_clips, make_heic
from tests.data import make_pictures as pics


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (make.picture("JPEG"), "jpeg"),
        (make.picture("PNG"), "png"),
        (make.picture("GIF"), "gif"),
        (make.picture("BMP"), "bmp"),
        (make.picture("WEBP"), "webp"),
        (make.picture("TIFF"), "tiff"),
        (make.mp3(1), "mp3"),
        (make.mp3(1, tag=b"title"), "mp3"),
        (make.amr(1), "amr"),
        (b"#!AMR-WB\n\x04", "amr-wb"),
        (b"RIFF\0\0\0\0WAVEfmt ", "wav"),
        (b"\xff\xf1\x50\x80", "aac"),
        (make.mp4(1), "mp4"),
        (b"\0\0\0\x14ftypqt  ", "mov"),
        (b"\0\0\0\x14ftypheic", "heic"),
        (b"\0\0\0\x14ftyp3gp4", "3gp"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", "mkv"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "webm"),
        (b"RIFF\0\0\0\0AVI LIST", "avi"),
        (b"<?xml version='1.0'?><svg/>", "svg"),
        (b"PK\x03\x04", ""),
        (b"%PDF-1.7", ""),
        (b"BMW is a car", ""),
        (b"hello", ""),
        (b"\xff", ""),
        (b"", ""),
    ],
)
def test_a_format_is_told_by_its_first_bytes(data: bytes, name: str):
    """Each known format by name, everything else as unknown."""
    assert sniff(data[:4096]) == name
    assert not name or name in KINDS


def told(data: bytes) -> str:
    file = io.BytesIO(data)
    name = tell(file)
    assert file.tell() == 0
    return name


def rebranded(data: bytes, brand: bytes) -> bytes:
    """The same file with another brand in front."""
    return data[:8] + brand + data[12:]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (make.picture("JPEG"), "jpeg"),
        (make.mp4(1), "mp4"),
        (rebranded(make.mp4(1), b"M4A "), "mp4"),
        (rebranded(make.mp4(1), b"heic"), "mp4"),
        (rebranded(make.mp4(1), b"qt  "), "mov"),
        (make.mp4(1)[32:], "mov"),
        (make.mp4(1, video=False), "m4a"),
        (rebranded(make.mp4(1, video=False), b"qt  "), "m4a"),
        (rebranded(make_heic.plain(pics.photo((64, 64))), b"mif1"), "heic"),
        (rebranded(make_heic.plain(pics.photo((64, 64))), b"isom"), "heic"),
        (rebranded(make_heic.plain(pics.photo((64, 64))), b"avif"), "heic"),
        (make.picture("AVIF"), "avif"),
        (rebranded(make.picture("AVIF"), b"heic"), "avif"),
        (rebranded(make.picture("AVIF"), b"mif1"), "avif"),
        (b"\0\0\0\x08free but no film at all", ""),
    ],
)
def test_files_of_boxes_are_told_by_what_is_in_them(data: bytes, name: str):
    """Brands lie: the tracks and the picture decide; old films have no brand at all."""
    assert told(data) == name


@pytest.mark.parametrize(("ending", "name"), [("mov", "mov"), ("m4a", "m4a"), ("3gp", "3gp"), ("mp4", "mp4")])
def test_what_ffmpeg_writes_is_told(tmp_path: Path, ending: str, name: str):
    """Files of a real program, the head at their end."""
    path = tmp_path / f"a.{ending}"
    if name == "m4a":
        make_clips.sound(path, ("-c:a", "aac"))
    else:
        make_clips.film(path)
    assert told(path.read_bytes()) == name


@pytest.mark.parametrize("turns", range(4))
def test_a_heic_tells_its_size_and_how_it_lies(turns: int):
    """Size as shown, quarter turns, colours; whether its pictures are all there."""
    data = make_heic.tiled(pics.photo((300, 200)), tile=128, turns=turns, icc=pics.wide_gamut())
    still = boxes.look(io.BytesIO(data)).still
    assert still is not None
    assert (still.codec, still.turns, still.whole, still.icc) == ("hevc", turns, True, pics.wide_gamut())
    assert still.upright == ((300, 200) if turns % 2 == 0 else (200, 300))
    cut = boxes.look(io.BytesIO(data[:-1])).still
    assert cut is not None
    assert not cut.whole


@settings(max_examples=300)
@given(seed=st.integers(0, 2**32))
def test_damaged_boxes_never_break_it(seed: int):
    """Any change of a few bytes, any cut: a name or none."""
    chance = random.Random(seed)
    for data in (bytearray(TILED), bytearray(FILM)):
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(min(len(data), 900))] = chance.randrange(256)
        told(bytes(data[: chance.randrange(1, len(data))]))


def test_millions_of_boxes_and_places_cost_little():
    """What takes no room in the file is not walked through to its end (C5)."""
    empty = (8).to_bytes(4, "big") + b"mdia"
    trak = (8 + 4000 * 8).to_bytes(4, "big") + b"trak" + empty * 4000
    film = make.mp4(1)[:32] + (8 + 400 * len(trak)).to_bytes(4, "big") + b"moov" + trak * 400
    # An item table of 60 KB: sizes of nothing, 10,000 items with 65,535 stretches each.
    places = b"\0\0\0\0\0\0\x27\x10" + b"\0\1\0\0\xff\xff" * 10_000
    at, meta = TILED.index(b"iloc") - 4, TILED.index(b"meta") - 4
    grown = 8 + len(places) - int.from_bytes(TILED[at : at + 4], "big")
    rest = TILED[at + int.from_bytes(TILED[at : at + 4], "big") :]
    heic = TILED[:at] + (8 + len(places)).to_bytes(4, "big") + b"iloc" + places + rest
    size = int.from_bytes(TILED[meta : meta + 4], "big") + grown
    heic = heic[:meta] + size.to_bytes(4, "big") + heic[meta + 4 :]
    begun = time.process_time()
    assert told(film) == "mp4"
    assert boxes.look(io.BytesIO(heic)).still is None
    assert time.process_time() - begun < 2


TILED = make_heic.tiled(pics.photo((128, 64)), tile=64)
FILM = make.mp4(1)
