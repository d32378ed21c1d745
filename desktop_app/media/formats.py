"""Which format a file has, told by its content and never by its name."""

from __future__ import annotations

from typing import BinaryIO

from desktop_app.media import boxes

HEAD_BYTES = 4096

KINDS: dict[str, str] = {
    **dict.fromkeys(("jpeg", "png", "gif", "bmp", "webp", "tiff", "heic", "avif", "svg", "psd", "ico"), "image"),
    **dict.fromkeys(("mp3", "amr", "amr-wb", "wav", "wma", "m4a", "aac", "ogg", "flac"), "voice"),
    **dict.fromkeys(("mp4", "mov", "3gp", "avi", "mkv", "webm", "flv", "mpeg"), "video"),
}

FILE_NAMES: dict[str, tuple[str, ...]] = {
    "image": ("jpg", "jpeg", "png", "gif", "webp", "bmp", "heic", "heif"),
    "voice": ("mp3", "amr", "wav", "m4a", "aac"),
    "video": ("mp4", "mov", "m4v"),
}
"""What files end in that can be used, as they are or made fit: for file dialogs."""

SUFFIXES: dict[str, str] = {"jpeg": "jpg"}
"""Where the usual file name ending is not the format's own name."""

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"8BPS", "psd"),
    (b"\0\0\1\0", "ico"),
    (b"#!AMR\n", "amr"),
    (b"#!AMR-WB\n", "amr-wb"),
    (b"ID3", "mp3"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "wma"),
    (b"FLV\1", "flv"),
    (b"\0\0\1\xba", "mpeg"),
    (b"\0\0\1\xb3", "mpeg"),
)
_RIFF = {b"WAVE": "wav", b"AVI ": "avi", b"WEBP": "webp"}
_BRANDS: tuple[tuple[tuple[bytes, ...], str], ...] = (
    ((b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"), "heic"),
    ((b"avif", b"avis"), "avif"),
    ((b"qt  ",), "mov"),
    ((b"M4A ", b"M4B "), "m4a"),
    ((b"3gp", b"3g2"), "3gp"),
)
_WITHOUT_BRAND = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""What a QuickTime film of the old days begins with."""


def tell(file: BinaryIO) -> str:
    """The format of an open file, "" if unknown; the file is left at its beginning.

    Files of boxes are named by the tracks in them: brands lie, and a film may hold nothing but sound.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    name = _of_boxes(file, sniff(head)) if head[4:8] in (b"ftyp", *_WITHOUT_BRAND) else sniff(head)
    file.seek(0)
    return name


def sniff(head: bytes) -> str:
    """The format's name in lower case, "" if unknown. ``head``: the first bytes, ``HEAD_BYTES`` if there are."""
    for start, name in _STARTS:
        if head.startswith(start):
            return name
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return _of_brand(head[8:12])
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm" if b"webm" in head[:80] else "mkv"
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return "bmp"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return _of_audio_sync(head)
    if b"<svg" in head.lower():
        return "svg"
    return ""


def _of_brand(brand: bytes) -> str:
    for brands, name in _BRANDS:
        if brand.startswith(brands):
            return name
    return "mp4"


def _of_boxes(file: BinaryIO, by_brand: str) -> str:
    inside = boxes.look(file)
    if b"vide" in inside.tracks:
        return by_brand if by_brand in ("mov", "3gp") else "mp4" if inside.brand else "mov"
    if inside.still is not None:
        return {"av1": "avif", "hevc": "heic"}.get(inside.still.codec, by_brand)
    return "m4a" if b"soun" in inside.tracks else by_brand


def _of_audio_sync(head: bytes) -> str:
    layer = head[1] >> 1 & 3
    if layer == 0:
        return "aac" if head[1] & 0xF0 == 0xF0 else ""
    return "mp3" if layer == 1 else ""
