"""Makes the pictures of the editor's blocks anew, in both themes: ``.venv/bin/python packaging/make_blocks.py``."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_SCALE_FACTOR"] = "2"
if sys.platform.startswith("linux") and os.geteuid() == 0:
    os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")

from PySide6.QtCore import QRect, Qt  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

WIDTH = 327  # a phone's 375 without the margins of an article
BOX = "(r => [r.top, r.bottom])(document.querySelector('.ProseMirror > *').getBoundingClientRect())"
DRAWN = "(window.drawn = 0, requestAnimationFrame(() => requestAnimationFrame(() => { window.drawn = 1 })), 1)"


def main() -> None:
    """Load each block into the editor and keep what is drawn of it."""
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication([])
    from desktop_app.ui import theme
    from desktop_app.ui.article_blocks import blocks
    from tests.article_world import ArticleWorld

    with tempfile.TemporaryDirectory(prefix="qunfa-blocks-") as folder:
        world = ArticleWorld(Path(folder))
        world.editor.resize(WIDTH + 48, 700)
        for name in ("light", "dark"):
            theme.install(app, name)
            for block in blocks():
                world.load(block.html)
                world.js("(document.activeElement.blur(), 1)")
                box = world.js(BOX)
                world.js(DRAWN)
                world.until(lambda: world.js("window.drawn") == 1)
                end = time.monotonic() + 0.5
                world.until(lambda: time.monotonic() > end)  # noqa: B023
                picture = world.editor.grab(QRect(12, int(box[0]) - 10, WIDTH + 24, int(box[1] - box[0]) + 20))
                picture.save(str(block.picture(name)))
        world.close()


if __name__ == "__main__":
    main()
