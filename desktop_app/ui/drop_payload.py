"""What hangs on the mouse or lies on the clipboard: files, a bitmap, or only web addresses. Reads no disk."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

_SUFFIXES = {
    "image": "jpg jpeg png gif bmp webp heic heif tif tiff svg avif ico",
    "voice": "mp3 amr wav wma m4a aac ogg opus flac silk",
    "video": "mp4 mov m4v avi mkv wmv flv webm mpg mpeg 3gp ts",
}
_KIND_OF = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}


def guessed_kind(path: str) -> str:
    """The kind that a file name promises: ``image``, ``voice``, ``video``, or "" when it promises none.

    Good enough for a hint while the mouse hovers; what a file really is, its content decides later.
    """
    return _KIND_OF.get(PurePath(path).suffix.lower().lstrip("."), "")


@dataclass(frozen=True)
class Payload:
    """Plain values taken out of a QMimeData, which lives no longer than its event."""

    files: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    bitmap: QImage | None = None

    @classmethod
    def of(cls, mime: QMimeData | None) -> Payload:
        """Look into a drag or the clipboard. Files win over a bitmap: they keep name and quality."""
        if mime is None:
            return cls()
        urls = mime.urls()
        files = tuple(url.toLocalFile() for url in urls if url.isLocalFile())
        if files:
            return cls(files)
        if mime.hasImage():
            data = mime.imageData()
            image = data if isinstance(data, QImage) else QImage(data)
            if not image.isNull():
                return cls(bitmap=image)
        return cls(addresses=tuple(url.toString() for url in urls if url.scheme().lower() in ("http", "https")))

    @property
    def empty(self) -> bool:
        """Whether there is nothing that concerns this window."""
        return not (self.files or self.addresses or self.bitmap)

    def count(self, kind: str = "") -> int:
        """How many files promise to be of a kind; without one, how many there are at all."""
        return self.by_kind()[kind] if kind else sum(self.by_kind().values())

    def by_kind(self) -> Counter[str]:
        """Number of files per promised kind; "" stands for names that promise nothing."""
        kinds = Counter(guessed_kind(path) for path in self.files)
        if self.bitmap is not None:
            kinds["image"] += 1
        return kinds

    def may_be(self, kind: str) -> int:
        """How many files may turn out to be of a kind: those that promise it, and those that promise nothing."""
        return self.count(kind) + self.by_kind()[""]
