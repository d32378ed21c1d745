"""Length and size of voices and videos."""

from __future__ import annotations

import contextlib
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pymediainfo import MediaInfo

from desktop_app.errors import MediaError
from desktop_app.media import av
from tests.data import make, make_clips


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


def adts(frames: int, size: int = 200, rate_index: int = 4) -> bytes:
    """Frames of AAC with nothing in them."""
    head = bytes([0xFF, 0xF1, 0x40 | rate_index << 2, size >> 11, size >> 3 & 0xFF, (size & 7) << 5 | 0x1F, 0xFC])
    return (head + bytes(size - 7)) * frames


def test_aac_is_counted_by_frames():
    """1024 samples each; a cut last frame does not count."""
    assert av.aac_seconds(adts(441)) == 10.24
    assert av.aac_seconds(adts(441)[:-1]) == round(440 * 1024 / 44100, 3)
    for data in (b"", adts(1), adts(3) + bytes(50), b"\xff\xf1\xff" * 900):
        with pytest.raises(MediaError):
            av.aac_seconds(data)


def wav(samples: bytes, *, told: int | None = None, rate: int = 16000, before: bytes = b"") -> bytes:
    """Mono of 16 bits."""
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, rate * 2, 2, 16)
    size = len(samples) if told is None else told
    body = b"WAVE" + form + before + b"data" + struct.pack("<I", size) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_wav_is_measured_by_its_samples():
    """Other chunks do not count; a recorder that never wrote the end is read to the end of the file."""
    samples = bytes(32_000 * 3)
    assert av.wav_seconds(wav(samples)) == 3
    assert av.wav_seconds(wav(samples, before=b"LIST" + struct.pack("<I", 5) + bytes(6))) == 3
    assert av.wav_seconds(wav(samples, told=0xFFFFFFFF)) == av.wav_seconds(wav(samples, told=0)) == 3


@pytest.mark.parametrize("data", [wav(b""), wav(bytes(50), told=51), wav(bytes(50), rate=0), b"RIFF\0\0\0\0WAVE"])
def test_a_cut_or_empty_wav_is_damaged(data: bytes):
    """Fewer samples than it says, none, or no format."""
    with pytest.raises(MediaError) as caught:
        av.wav_seconds(data)
    assert caught.value.code == "media.damaged"


@pytest.mark.parametrize(
    ("count", "data"),
    [
        (av.amr_seconds, b"#!AMR\n" + b"\x7c" * 1_100_000),
        (av.aac_seconds, b"\xff\xf1\x50\x80\x00\xff\xfc" * 1_100_000),
        (av.wav_seconds, b"RIFF\0\0\0\0WAVE" + b"abcd\0\0\0\0" * 2_000_000),
    ],
)
def test_millions_of_tiny_pieces_are_given_up_soon(count: Callable[[bytes], float], data: bytes):
    """Frames of one byte, frames without sound, chunks of nothing: 200 MB of them would be counted for a minute."""
    begun = time.process_time()
    with pytest.raises(MediaError) as caught:
        count(data)
    assert caught.value.code == "media.damaged"
    assert time.process_time() - begun < 2  # promise C5


def test_what_only_looks_like_frames_is_given_up_soon(monkeypatch: pytest.MonkeyPatch):
    """A file of nothing but beginnings of frames is not looked through to its end."""
    looked: list[int] = []
    real = av._mp3_frame
    monkeypatch.setattr(av, "_mp3_frame", lambda data, at: looked.append(at) or real(data, at))
    with pytest.raises(MediaError):
        av.mp3_seconds(b"\xff" * 1_000_000)
    assert len(looked) <= 100_001


@pytest.mark.parametrize(
    ("video", "sound", "odd"),
    [
        (make_clips.H264, make_clips.AAC, ("", "")),
        (make_clips.H264, (), ("", "")),
        (make_clips.HEVC, make_clips.AAC, ("HEVC", "")),
        (make_clips.HEVC_10, (), ("HEVC 10 bit", "")),
        (("-c:v", "libx264", "-pix_fmt", "yuv444p"), (), ("H.264 4:4:4", "")),
        (make_clips.H264, ("-c:a", "libmp3lame"), ("", "MPEG Audio")),
    ],
)
def test_codecs_that_not_every_phone_plays_are_named(tmp_path: Path, video, sound, odd: tuple[str, str]):
    """Of the picture and of the sound."""
    probed = av.probe(make_clips.film(tmp_path / "a.mp4", video=video, sound=sound), "mp4")
    assert (probed.odd_picture, probed.odd_sound) == odd


def test_a_turned_video_tells_its_size_as_it_is_shown(tmp_path: Path):
    """A phone held upright."""
    probed = av.probe(make_clips.film(tmp_path / "a.mp4", size="320x240", turned=90), "mp4")
    assert (probed.width, probed.height) == (240, 320)


@given(st.binary(max_size=3000))
@settings(max_examples=200)
def test_random_bytes_never_break_the_counters(data: bytes):
    """Any input gives a length or a MediaError."""
    counters = ((av.amr_seconds, b"#!AMR\n" + data), (av.mp3_seconds, data), (av.aac_seconds, data))
    for count, whole in (*counters, (av.wav_seconds, wav(data[:9], before=data))):
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
