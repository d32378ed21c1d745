"""The real app with the rehearsal account, asked from outside what its widgets hold.

``target.py FOLDER``: the profile. Prints READY when the window is on the screen; then each line of the input is a
Python expression over ``app``, ``window``, ``rect``, ``do`` and ``page``, and its value is printed as a line of JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, QSocketNotifier
from PySide6.QtWidgets import QWidget

from desktop_app.app import App, make_qt
from desktop_app.paths import Paths
from desktop_app.robot import Robot

PLACE = (240, 10, 1200, 780)


def rect(widget: QWidget | str, inside: QRectF | None = None) -> list[int]:
    """Left, top, width and height of a widget (or its objectName), or of a part of it, on the screen."""
    found = app.window.findChild(QWidget, widget) if isinstance(widget, str) else widget
    part = (inside or QRectF(found.rect())).toRect()
    at = found.mapToGlobal(part.topLeft())
    return [at.x(), at.y(), part.width(), part.height()]


def do(action: Callable[..., object], *given: Any) -> bool:
    """Call something whose value does not matter."""
    action(*given)
    return True


def page(code: str) -> Any:
    """The value of an expression in the editor's page."""
    got: list[Any] = []
    app.window.compose.news.editor.view.page().runJavaScript(code, 0, got.append)
    Robot(app.window).until(lambda: bool(got), "the page does not answer")
    return got[0]


def answer() -> None:
    """One line in, one line out."""
    line = sys.stdin.readline()
    if not line:
        app.window.leave()
        app.qt.quit()
        return
    names = {"app": app, "window": app.window, "rect": rect, "do": do, "page": page, "library": library}
    print(json.dumps(eval(line, names | {"QWidget": QWidget}), default=str), flush=True)  # the test's own words


if __name__ == "__main__":
    paths = Paths.below(Path(sys.argv[1]))
    paths.create()
    qt = make_qt(["qunfa-target"])
    app = App(paths, sandbox=True)
    app.qt = qt  # type: ignore[attr-defined]
    library: list[Any] = []  # what was let go on 只存进素材库
    app.window.compose.library_wanted.connect(lambda payload: library.extend(payload.files))
    app.window.setGeometry(*PLACE)
    app.window.show()
    Robot(app.window).until(lambda: app.window.account is not None, "no account")
    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(answer)
    print("READY", flush=True)
    qt.exec()
    app.close()
