"""Length and size of voices and videos."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pymediainfo import MediaInfo

from desktop_app.errors import MediaError
from desktop_app.media import av
from tests.data import make


@pytest.mark.parametrize("mode", range(8))
def test_amr_is_counted_by_frames(mode: int):
    """600 frames are exactly 12 s in every mode, a cut last frame does not count."""
    data = make.amr(12.0, mode)
    assert av.amr_seconds(data) == 12.0
    assert av.amr_seconds(data[:-1]) == 11.98


@pytest.mark.parametrize("data", [b"#!AMR\n", b"#!AMR\n\xff\xff", b"", make.amr(1) + b"\x83" * 40])
def test_amr_without_frames_is_damaged(data: bytes):
    """What does not add up to frames is refused."""
    with pytest.raises(MediaError) as caught:
        av.amr_seconds(data)
    assert caught.value.code == "media.damaged"


def test_mp3_is_counted_by_frames(tmp_path: Path):
    """Tags in front, with sync-like bytes in them, and junk behind do not change the length."""
    plain = make.mp3(3.6)
    assert av.mp3_seconds(plain) == 3.6
    assert av.mp3_seconds(make.mp3(3.6, tag=b"\xff\xfb\x18\xc0" * 300)) == 3.6
    assert av.mp3_seconds(plain + b"TAG" + bytes(125)) == 3.6
    (tmp_path / "a.mp3").write_bytes(plain)
    assert abs(MediaInfo.parse(tmp_path / "a.mp3").tracks[0].duration - 3600) < 50


@pytest.mark.parametrize("data", [b"ID3", b"\xff\xfb\x18\xc0", bytes(5000), b"\xff" * 5000])
def test_mp3_without_frames_is_damaged(data: bytes):
    """A tag alone, one lone header or noise is no voice."""
    with pytest.raises(MediaError):
        av.mp3_seconds(data)


@given(st.binary(max_size=3000))
@settings(max_examples=200)
def test_random_bytes_never_break_the_counters(data: bytes):
    """Any input gives a length or a MediaError."""
    for count, whole in ((av.amr_seconds, b"#!AMR\n" + data), (av.mp3_seconds, data)):
        with contextlib.suppress(MediaError):
            assert count(whole) > 0


def test_a_video_tells_length_and_size(tmp_path: Path):
    """An H.264 video of 3 s."""
    path = tmp_path / "a.mp4"
    path.write_bytes(make.mp4(3.0, Image.radial_gradient("L")))
    assert av.probe(path, "mp4") == av.Probed(3.0, 256, 256)


def test_a_video_without_picture_is_refused(tmp_path: Path):
    """A sound track in an MP4 is no video message."""
    path = tmp_path / "a.mp4"
    path.write_bytes(make.mp4(1.0, video=False))
    with pytest.raises(MediaError) as caught:
        av.probe(path, "mp4")
    assert caught.value.code == "media.no_video"


@pytest.mark.parametrize("keep", [0.02, 0.5, 0.999])
def test_a_cut_video_is_damaged(tmp_path: Path, keep: float):
    """Wherever the file was cut off."""
    data = make.mp4(3.0, Image.radial_gradient("L"))
    path = tmp_path / "a.mp4"
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(MediaError) as caught:
        av.probe(path, "mp4")
    assert caught.value.code == "media.damaged"
