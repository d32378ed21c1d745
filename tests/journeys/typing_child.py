"""The real app on a profile of its own: drops pictures into an article, then types title and body until it is killed.

``typing_child.py FOLDER DIARY``. Each line of the diary is JSON: when (Unix seconds), where ("title", "body" or
"pictures"), and the letter that was typed or the SHA-256 of the pictures. It is written after the key was sent.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.app import App, make_qt
from desktop_app.paths import Paths, resource
from desktop_app.robot import Robot, wait

PICTURES = ("tea-hills.jpg", "cup.png")
TITLE_KEYS, BODY_KEYS, LINE_KEYS = 7, 40, 90
KEY_MS = 12
LONGEST_S = 60.0  # whoever should kill this is gone


class Typist:
    """Types numbers without end, so that every prefix is another text."""

    def __init__(self, app: App, diary: int) -> None:
        self.app, self._diary = app, diary
        self.robot = Robot(app.window)
        self.form = app.window.compose.news
        self._letters = {
            where: itertools.chain.from_iterable(map(str, itertools.count(100))) for where in ("title", "body")
        }
        self._typed = 0

    def open(self) -> None:
        """An empty article with its editor."""
        self.robot.until(lambda: self.app.window.account is not None, "no account")
        self.robot.click("compose.tab.news")
        self.robot.until(lambda: bool(self.form.editor and self.form.editor.selection), "no editor")

    def drop_pictures(self) -> None:
        """From disk into the body; the caret then stands behind them."""
        self.robot.drop("news.editor", [resource(f"samples/{name}") for name in PICTURES])
        self.robot.until(lambda: len(self._pictures()) == len(PICTURES), "the pictures did not come in")
        self._note("pictures", self._pictures())
        self._editor.focus_editor("end")
        self.robot.until(self._has_keyboard, "the text has no keyboard")

    def type_on(self) -> None:
        """Some letters of the title, more of the body, and again."""
        end = time.monotonic() + LONGEST_S
        while time.monotonic() < end:
            title = self.robot.get("news.title")
            title.setFocus()
            for _ in range(TITLE_KEYS):
                self._key(title, "title")
            self._editor.focus_editor()
            self.robot.until(self._has_keyboard, "the text has no keyboard")
            for _ in range(BODY_KEYS):
                self._key(self._editor.view.focusProxy(), "body")

    @property
    def _editor(self) -> Any:
        return self.form.editor

    def _pictures(self) -> list[str]:
        return re.findall(r"qunfa-media://([0-9a-f]{64})", self.form.article()["html"])

    def _has_keyboard(self) -> bool:
        got: list[bool] = []
        self._editor.view.page().runJavaScript("document.hasFocus() && qunfa.view.hasFocus()", 0, got.append)
        self.robot.until(lambda: bool(got), "the page does not answer")
        return got[0]

    def _key(self, target: Any, where: str) -> None:
        letter = next(self._letters[where])
        QTest.keyClicks(target, letter)
        self._note(where, letter)
        self._typed += 1
        if where == "body" and self._typed % LINE_KEYS == 0:
            QTest.keyClick(target, Qt.Key.Key_Return)
        wait(KEY_MS)

    def _note(self, where: str, what: object) -> None:
        os.write(self._diary, (json.dumps([time.time(), where, what]) + "\n").encode())


def main(folder: str, diary: str) -> None:
    """Tells "typing" when it begins to."""
    paths = Paths.below(Path(folder))
    paths.create()
    make_qt(["qunfa-typist"])
    app = App(paths, sandbox=True)
    app.window.resize(1280, 800)
    app.window.show()
    typist = Typist(app, os.open(diary, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    typist.open()
    typist.drop_pictures()
    print("typing", flush=True)
    typist.type_on()


if __name__ == "__main__":
    main(*sys.argv[1:])
