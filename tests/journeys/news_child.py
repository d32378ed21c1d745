"""A person who writes an article without a pause, in a process that is killed: says every number it typed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from PySide6.QtTest import QTest

from desktop_app.app import App, make_qt
from desktop_app.paths import Paths, resource
from desktop_app.robot import Robot


def main(folder: str) -> None:
    """Put a picture in, then type numbers until the end comes from outside."""
    make_qt(["qunfa"])
    paths = Paths.below(Path(folder))
    paths.create()
    app = App(paths)
    app.window.show()
    robot = Robot(app.window)
    robot.click("connect.rehearse")
    robot.until(lambda: app.window.account is not None, "no account")
    robot.click("compose.tab.news")
    form = app.window.compose.news
    robot.until(lambda: bool(form.editor and form.editor.selection), "no editor")
    robot.drop("news.editor", [resource("samples/cup.png")])
    robot.until(lambda: "qunfa-media://" in form.article()["html"], "no picture")
    number = 0
    while True:
        number += 1
        form.run("insertText", text=f" n{number} ")
        print(number, time.time(), flush=True)
        QTest.qWait(60)


if __name__ == "__main__":
    main(sys.argv[1])
