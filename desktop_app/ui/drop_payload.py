"""What hangs on the mouse or lies on the clipboard: files, pictures of a web page, a bitmap. Reads no disk."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from itertools import islice
from pathlib import PurePath
from urllib.parse import urlsplit

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

LIBRARY_MIME = "application/x-qunfa-media"
"""Comes along with the files of a drag that began in our own library."""

_SUFFIXES = {
    "image": "jpg jpeg png gif bmp webp heic heif tif tiff svg avif ico",
    "voice": "mp3 amr wav wma m4a aac ogg opus flac silk",
    "video": "mp4 mov m4v avi mkv wmv flv webm mpg mpeg 3gp ts",
}
_KIND_OF = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_STRANGERS = "pdf doc docx xls xlsx ppt pptx wps et dps csv txt rtf md zip rar 7z gz psd ai exe msi dmg apk ini db"
_WEB = ("http", "https")
ADDRESSES_MAX = 50
HTML_BYTES_MAX = 64 * 1024 * 1024  # a picture of 40 MB inside; more is not looked at while the mouse hovers
TAGS_MAX, ATTRIBUTES_MAX = 10_000, 100  # of a picture there are a few; what has more is a piece of text
# A comment or a tag; one that is never closed goes to the end, so that nothing is looked at twice.
_TAG = re.compile(
    r"""<!--.*?(?:-->|\Z)|<(?:(/?[a-z][a-z0-9]*+)|[!?])(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^"'>]++)*+(?:>|\Z)""",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([^\s=>"'/]++)\s*+(?:=\s*+(?:"([^"]*+)|'([^']*+)|([^\s>]*+)))?+""")


def suffix_of(path: str) -> str:
    """``heic`` for ``/a/IMG_2041.HEIC``; "" where there is none."""
    return PurePath(path).suffix.lower().lstrip(".")


def guessed_kind(path: str) -> str:
    """The kind that a file name promises: ``image``, ``voice``, ``video``, or "" when it promises none.

    Good enough for a hint while the mouse hovers; what a file really is, its content decides later. A folder
    promises nothing either.
    """
    return _KIND_OF.get(suffix_of(path), "")


def promises_nothing(path: str) -> bool:
    """Whether a file name belongs to a document or a program."""
    return suffix_of(path) in _STRANGERS.split()


@dataclass(frozen=True)
class Payload:
    """Plain values taken out of a QMimeData, which lives no longer than its event.

    ``addresses`` are those of pictures (http, https, data); ``bitmap`` is the same picture as pixels when there are
    addresses too, for the case that it cannot be fetched. ``pages`` are web addresses that are no pictures, filled
    only when there is nothing else. ``own``: the drag began in our own library.
    """

    files: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    bitmap: QImage | None = None
    pages: tuple[str, ...] = ()
    own: bool = False

    @classmethod
    def of(cls, mime: QMimeData | None, *, hovering: bool = False) -> Payload:
        """Look into a drag or the clipboard. Files win: they keep name and quality; then a picture's address.

        While it is only ``hovering``, an empty QImage stands for a bitmap: its program has to encode the pixels
        whenever they are asked for.
        """
        if mime is None:
            return cls()
        urls = mime.urls()
        files = tuple(url.toLocalFile() for url in urls if url.isLocalFile())
        if files:
            return cls(files, own=mime.hasFormat(LIBRARY_MIME))
        web = [url.toString() for url in urls if url.scheme().lower() in _WEB] or _mozilla_url(mime)
        pictures, has_words = _look_into_html(mime)
        if has_words:
            pictures = []  # a piece of text, or a link with a picture in it
        pictures = pictures or [address for address in web if _names_picture(address)]
        bitmap = _bitmap(mime, hovering)
        if pictures or bitmap is not None:
            return cls(addresses=tuple(dict.fromkeys(pictures))[:ADDRESSES_MAX], bitmap=bitmap)
        return cls(pages=tuple(web))

    @property
    def empty(self) -> bool:
        """Whether there is nothing that concerns this window."""
        return not (self.files or self.addresses or self.pages) and self.bitmap is None

    def count(self, kind: str = "") -> int:
        """How many files promise to be of a kind; without one, how many there are at all."""
        return self.by_kind()[kind] if kind else sum(self.by_kind().values())

    def by_kind(self) -> Counter[str]:
        """Number of files per promised kind; "" stands for names that promise nothing."""
        kinds = Counter(guessed_kind(path) for path in self.files)
        if pictures := len(self.addresses) or int(self.bitmap is not None):
            kinds["image"] += pictures
        return kinds

    def may_be(self, kind: str) -> int:
        """How many files may turn out to be of a kind: those that promise it, and those that promise nothing."""
        return self.count(kind) + self.by_kind()[""]

    def likely(self, kind: str) -> int:
        """As ``may_be``, without documents and other names that promise no medium at all."""
        return self.may_be(kind) - sum(map(promises_nothing, self.files))

    def suffixed(self, suffixes: Iterable[str]) -> int:
        """How many files have one of these suffixes (``heic``)."""
        wanted = set(suffixes)
        return sum(suffix_of(path) in wanted for path in self.files)


def _bitmap(mime: QMimeData, hovering: bool) -> QImage | None:
    if not mime.hasImage():
        return None
    if hovering:
        return QImage()
    data = mime.imageData()
    image = data if isinstance(data, QImage) else QImage(data)
    return None if image.isNull() else image


def _names_picture(address: str) -> bool:
    """Whether a web address says of itself that it is a picture: a file name, or the way WeChat's servers say it."""
    parts = urlsplit(address)
    return guessed_kind(parts.path) == "image" or "wx_fmt=" in parts.query


def _mozilla_url(mime: QMimeData) -> list[str]:
    """The address of ``text/x-moz-url``: its lines are address and title in turn."""
    lines = _text(bytes(mime.data("text/x-moz-url").data())).splitlines()[::2]
    return [line.strip() for line in lines if urlsplit(line.strip()).scheme.lower() in _WEB]


def _look_into_html(mime: QMimeData) -> tuple[list[str], bool]:
    """The addresses of the pictures in the HTML of a drag, and whether there are words beside them.

    Once through the text, whatever is in it: ``html.parser`` takes minutes for 150 KB that a hostile page wrote.
    """
    if not mime.hasHtml():
        return [], False
    data = bytes(mime.data("text/html").data())
    if len(data) > HTML_BYTES_MAX:
        return [], True
    text = _text(data)
    pictures: list[str] = []
    has_words, silent, at = False, 0, 0
    for count, found in enumerate(_TAG.finditer(text)):
        has_words = has_words or (not silent and _is_words(text[at : found.start()]))
        at = found.end()
        if count >= TAGS_MAX:
            return [], True
        name = (found[1] or "").lower()
        if name in ("style", "script", "title"):
            silent += 1
        elif name.removeprefix("/") in ("style", "script", "title"):
            silent = max(0, silent - 1)
        elif name == "img" and (address := _source_of(found[0])):
            pictures.append(address)
    return pictures, has_words or (not silent and _is_words(text[at:]))


def _is_words(text: str) -> bool:
    return bool(unescape(text).strip())


def _source_of(tag: str) -> str:
    """The address in an ``img`` tag, "" for one that no picture can be had from."""
    for found in islice(_ATTRIBUTE.finditer(tag, len("<img")), ATTRIBUTES_MAX):
        if found[1].lower() == "src":
            address = unescape(found[2] or found[3] or found[4] or "").strip()
            address = f"https:{address}" if address.startswith("//") else address
            return address if address.lower().startswith(("http://", "https://", "data:image/")) else ""
    return ""


def _text(data: bytes) -> str:
    """Firefox writes UTF-16 without saying so, everybody else UTF-8; some end it with a zero."""
    sixteen = data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:2]
    if not sixteen:
        return data.decode("utf-8", "replace").strip("\0")
    encoding = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else encoding
    return data.decode(encoding, "replace").strip("\0")
