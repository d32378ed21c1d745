"""kill -9 while somebody writes an article: what was typed until two seconds before is there, the pictures too."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from desktop_app.app import App
from desktop_app.article.markup import text_of
from desktop_app.paths import Paths
from desktop_app.robot import Robot
from desktop_app.services import open_profile
from desktop_app.ui import theme

ROOT = Path(__file__).parents[2]
LOST_AT_MOST_S = 2.0
KILL_AFTER_S = (2.5, 5.5)
LEAST_KEYS = 60  # fewer would prove nothing
WITHOUT_A_PAUSE_S = 3.0
LONGEST_S = 50.0


class Diary:
    """What the person typed, and when."""

    def __init__(self, path: Path) -> None:
        # The last line may be half a line.
        text = path.read_text("utf-8")
        self._lines: list[Any] = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def text(self, where: str, until: float = float("inf")) -> str:
        """What was typed in title or body until then."""
        return "".join(what for at, place, what in self._lines if place == where and at <= until)

    def pictures(self) -> list[str]:
        """SHA-256 of what was dropped."""
        return next(what for _, place, what in self._lines if place == "pictures")

    def without_a_pause(self) -> bool:
        """Whether somebody is typing and has been for a while: after a pause everything would be saved anyway."""
        times = [at for at, place, _ in self._lines if place != "pictures"]
        late = [at for at in [*times, time.time()] if at > times[-1] - WITHOUT_A_PAUSE_S] if times else []
        return len(times) > LEAST_KEYS and all(after - before < 1.0 for before, after in itertools.pairwise(late))


def type_and_kill(folder: Path, after_s: float) -> tuple[Diary, float]:
    """Let the app be typed in for so long, and kill it meanwhile; the diary and when that was (Unix seconds)."""
    diary = folder / "diary"
    with subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.typing_child", str(folder / "profile"), str(diary)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        try:
            assert child.stdout.readline() == "typing\n", "it did not come to typing"
            began = time.monotonic()
            time.sleep(after_s)
            while not Diary(diary).without_a_pause():
                assert time.monotonic() < began + LONGEST_S, "there is no typing without a pause"
                time.sleep(0.02)
            killed_at = time.time()
        finally:
            os.kill(child.pid, signal.SIGKILL)
        assert child.wait(10) == -signal.SIGKILL, "it ended by itself"
    return Diary(diary), killed_at


def test_kill_while_typing(qapp: QApplication, tmp_path: Path, long_run: bool) -> None:
    """Killed at any moment of typing without a pause, an article loses at most two seconds (promise of issue 3)."""
    seed = random.SystemRandom().randrange(1 << 30)
    print("seed", seed)
    chance = random.Random(seed)
    for number in range(10 if long_run else 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        diary, killed_at = type_and_kill(folder, chance.uniform(*KILL_AFTER_S))
        content = kept(folder / "profile", diary)
        for where, found in (("title", content["title"]), ("body", body_text(content["html"]))):
            due = diary.text(where, killed_at - LOST_AT_MOST_S)
            assert diary.text(where).startswith(found), f"another {where} than was typed"
            assert len(found) >= len(due), f"{len(due) - len(found)} letters of the {where} are lost"
        shown_again(qapp, folder / "profile", content["html"], len(diary.pictures()))


def kept(folder: Path, diary: Diary) -> dict[str, Any]:
    """The article as the profile has it: undamaged, its pictures in their place and in the media cache."""
    with open_profile(folder) as profile:
        assert profile.restored_from is None
        account = profile.accounts.current()
        assert account is not None
        (article,) = profile.composing.load_draft(account.id, "news")["articles"]
        entries = profile.articles.drafts.list(account.id)
        assert [entry.title for entry in entries] == [article["title"]], "图文草稿 has another draft"
        assert re.findall(r"qunfa-media://([0-9a-f]{64})", article["html"]) == diary.pictures()
        for sha256 in diary.pictures():
            media = profile.media.media(sha256)
            assert media is not None
            assert media.path.stat().st_size == media.size_bytes
        return dict(article)


def body_text(html: str) -> str:
    """The letters of the body without its ends of lines."""
    return "".join(text_of(html).split())


def shown_again(qapp: QApplication, folder: Path, html: str, pictures: int) -> None:
    """The next start shows the article where it was left, and its pictures."""
    theme.install(qapp, "light", 1.0)
    app = App(Paths.below(folder))
    app.window.show()
    robot, form, seen = Robot(app.window), app.window.compose.news, list[int]()

    def look() -> bool:
        assert form.editor is not None
        assert form.editor.view is not None
        found = "[...document.querySelectorAll('#text img[src]')].filter(each => each.naturalWidth > 1).length"
        form.editor.view.page().runJavaScript(found, 0, seen.append)
        return bool(seen) and seen[-1] == pictures

    try:
        robot.until(lambda: bool(form.editor and form.editor.selection), "图文 does not open again")
        robot.until(lambda: bool(form.editor and form.editor.last_html == html), "another text is shown")
        robot.until(look, "the pictures are not shown")
    finally:
        app.window.leave()
        app.close()
