"""Draw the sample files of resources/samples from resources/art: pictures, a voice, a video. Run by hand."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from PIL import Image  # noqa: E402
from PySide6.QtCore import QByteArray, QRectF  # noqa: E402
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter  # noqa: E402
from PySide6.QtSvg import QSvgRenderer  # noqa: E402

from tests.data import make  # noqa: E402

SIZE = (900, 675)
PICTURES = {
    "spring-tea.jpg": "tin",
    "tea-hills.jpg": "hills",
    "cup.png": "cup",
    "gift-box.png": "gift",
    "store.jpg": "store",
}


def draw(art: str, size: tuple[int, int]) -> QImage:
    """One drawing that fills a picture of this size."""
    renderer = QSvgRenderer(QByteArray((ROOT / "resources" / "art" / f"{art}.svg").read_bytes()))
    image = QImage(*size, QImage.Format.Format_RGB888)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, *size))
    painter.end()
    return image


def to_pillow(image: QImage) -> Image.Image:
    """The same pixels for Pillow."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = bytes(image.constBits())
    return Image.frombytes("RGB", (image.width(), image.height()), rows, "raw", "RGB", image.bytesPerLine())


def main() -> None:
    """Write all samples; each stays below 200 KB."""
    app = QGuiApplication(sys.argv)
    folder = ROOT / "resources" / "samples"
    folder.mkdir(exist_ok=True)
    for name, art in PICTURES.items():
        to_pillow(draw(art, SIZE)).save(folder / name, quality=88, optimize=True)
    (folder / "tea-hills.mp4").write_bytes(make.mp4(6.0, to_pillow(draw("hills", (320, 240)))))
    (folder / "greeting.mp3").write_bytes(make.mp3(7.2))
    (folder / "greeting.amr").write_bytes(make.amr(5.0))
    for path in sorted(folder.iterdir()):
        print(f"{path.stat().st_size:>8}  {path.name}")
    del app


if __name__ == "__main__":
    main()
