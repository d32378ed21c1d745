"""A minute out of a longer voice, frame by frame."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.errors import MediaError
from desktop_app.media import av, cut
from tests.data import make, make_clips


def numbered_amr(seconds: float) -> bytes:
    """Each frame has its number in it."""
    frames = round(seconds / 0.02)
    return b"#!AMR\n" + b"".join(bytes([0x3C]) + number.to_bytes(4, "big") + bytes(27) for number in range(frames))


@pytest.mark.parametrize(
    ("start_s", "first", "frames"), [(0, 0, 3000), (12.5, 625, 3000), (12.51, 626, 3000), (70, 3500, 500)]
)
def test_amr_begins_where_it_is_told_to(tmp_path: Path, start_s: float, first: int, frames: int) -> None:
    """Exactly sixty seconds from the frame on, or what is left."""
    source, made = tmp_path / "a.amr", tmp_path / "b"
    source.write_bytes(numbered_amr(80))
    cut.cut(source, "amr", made, start_s=start_s, longest_s=60)
    data = made.read_bytes()
    assert av.amr_seconds(data) == frames * 0.02
    assert int.from_bytes(data[7:11], "big") == first


def test_mp3_keeps_its_frames_and_loses_its_tags(tmp_path: Path) -> None:
    """Tags in front and behind go; the frames are the same bytes."""
    source, made = tmp_path / "a.mp3", tmp_path / "b"
    source.write_bytes(make.mp3(90, tag=b"APIC" * 500) + b"TAG" + bytes(125))
    cut.cut(source, "mp3", made, start_s=18, longest_s=60)
    seconds = av.mp3_seconds(made.read_bytes())
    assert 60 - 0.036 < seconds <= 60
    assert made.read_bytes() == make.mp3(seconds)


def test_the_length_of_the_whole_is_not_told_in_the_part(tmp_path: Path) -> None:
    """The first frame of a variable MP3 holds the number of all frames: players would show the old length."""
    source, made = (
        make_clips.sound(tmp_path / "a.mp3", ("-c:a", "libmp3lame", "-q:a", "4"), seconds=20),
        tmp_path / "b",
    )
    assert b"Xing" in source.read_bytes()[:400]
    cut.cut(source, "mp3", made, longest_s=10)
    assert b"Xing" not in made.read_bytes()
    assert 9.9 < av.mp3_seconds(made.read_bytes()) <= 10


def test_nothing_left_is_an_error(tmp_path: Path) -> None:
    """A beginning behind the end."""
    source = tmp_path / "a.amr"
    source.write_bytes(make.amr(10))
    with pytest.raises(MediaError) as caught:
        cut.cut(source, "amr", tmp_path / "b", start_s=11, longest_s=60)
    assert caught.value.code == "media.damaged"
    assert not (tmp_path / "b").exists()
