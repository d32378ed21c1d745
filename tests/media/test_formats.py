"""The format of a file is told by its content."""

from __future__ import annotations

import pytest

from desktop_app.media.formats import KINDS, sniff
from tests.data import make


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
        (b"\x1a\x45\xdf\xa3", "mkv"),
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
