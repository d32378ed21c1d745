"""Whether a picture can really be opened."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from desktop_app.errors import MediaError
from desktop_app.media import images
from tests.data import make


def refused(path: Path, image_format: str) -> str:
    with pytest.raises(MediaError) as caught:
        images.probe(path, image_format)
    return caught.value.code


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "GIF"])
def test_a_whole_picture_tells_its_size(tmp_path: Path, image_format: str):
    """Width and height in pixels."""
    path = tmp_path / "a"
    path.write_bytes(make.picture(image_format, (120, 77)))
    assert images.probe(path, image_format.lower()) == (120, 77)


def test_a_moving_picture_is_fine(tmp_path: Path):
    """An animated GIF."""
    path = tmp_path / "a.gif"
    path.write_bytes(make.animation())
    assert images.probe(path, "gif") == (32, 32)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "GIF"])
@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9])
def test_a_cut_picture_is_damaged(tmp_path: Path, image_format: str, keep: float):
    """Wherever the file was cut off."""
    data = make.noise(image_format, (64, 64)) if image_format != "GIF" else make.picture("GIF", (300, 300))
    path = tmp_path / "a"
    path.write_bytes(data[: int(len(data) * keep)])
    assert refused(path, image_format.lower()) == "media.damaged"


def test_a_flipped_byte_in_a_png_is_found(tmp_path: Path):
    """The checksums of all chunks are compared."""
    data = bytearray(make.noise("PNG", (64, 64)))
    data[len(data) // 2] ^= 1
    path = tmp_path / "a.png"
    path.write_bytes(data)
    assert refused(path, "png") == "media.damaged"


def png_of_size(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = b"".join(chunk(*each) for each in chunks)
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(("width", "height"), [(8_000, 7_000), (10_000, 10_000), (60_000, 60_000), (2**31 - 1, 1)])
def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path, width: int, height: int):
    """A small file that claims very many pixels."""
    path = tmp_path / "a.png"
    path.write_bytes(png_of_size(width, height))
    assert refused(path, "png") == "media.too_many_pixels"


def test_a_huge_text_chunk_is_refused(tmp_path: Path):
    """A compressed comment that inflates to 200 MB."""
    text = b"comment\0\0" + zlib.compress(bytes(200_000_000), 9)
    path = tmp_path / "a.png"
    path.write_bytes(png_of_size(8, 8, (b"zTXt", text)))
    assert refused(path, "png") == "media.damaged"


def test_only_the_decoder_of_the_format_is_tried(tmp_path: Path):
    """A PostScript or TIFF file with a JPEG's name reaches no other decoder."""
    path = tmp_path / "a.jpg"
    path.write_bytes(make.picture("TIFF"))
    assert refused(path, "jpeg") == "media.damaged"
