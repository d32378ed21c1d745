"""The web engine costs a third of the memory: nothing of it is loaded until an article editor opens (P8)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

# One start of the app on a profile; prints what is loaded once everything is at rest, page by page.
START = """
import json, sys
from pathlib import Path
from desktop_app.app import App, make_qt
from desktop_app.paths import Paths
from desktop_app.robot import Robot

def loaded():
    parts = ("PySide6.QtWeb", "PySide6.QtQml", "PySide6.QtQuick")
    return sorted(name for name in sys.modules if name.startswith(parts))

paths = Paths.below(Path(sys.argv[1]))
paths.create()
make_qt(["qunfa"])
app = App(paths, sandbox=sys.argv[2] == "first")
app.window.resize(1280, 800)
app.window.show()
robot = Robot(app.window)
robot.until(lambda: app.window.account is not None and not app.tasks.running(), "not at rest")
found = {"kind": app.window.compose.kind(), "start": loaded()}
for page in sys.argv[3:]:
    robot.click(page)
    robot.until(lambda: not app.tasks.running(), "not at rest")
    robot.settle()
    found[page] = loaded()
app.window.leave()
app.close()
print(json.dumps(found))
"""


def start(folder: Path, which: str, *clicks: str) -> dict[str, Any]:
    """Start the app in a process of its own and click through it."""
    done = subprocess.run(
        [sys.executable, "-c", START, str(folder), which, *clicks],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_no_web_engine_until_an_editor_opens(tmp_path: Path) -> None:
    """Neither the first start nor one with a known account loads it, nor any page but 图文."""
    assert start(tmp_path, "first")["start"] == []
    pages = [f"compose.tab.{kind}" for kind in ("image", "voice", "video", "text")]
    pages += ["nav.history", "nav.settings", "nav.send"]
    found = start(tmp_path, "known", *pages, "compose.tab.news")
    assert found["kind"] == "text"
    assert [found[page] for page in ("start", *pages)] == [[]] * (len(pages) + 1)
    assert "PySide6.QtWebEngineCore" in found["compose.tab.news"]
