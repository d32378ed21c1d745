"""An X server without a screen, programs on it, and a mouse: for drags from one process to another."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.xdnd import source

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 60.0  # for a slow machine; nothing here takes longer than a second or two
STEP_S = 0.04

Point = tuple[int, int]


def why_not() -> str:
    """Why there are no such drags on this machine; "" if there are."""
    if not sys.platform.startswith("linux"):
        return "XDND is the drag and drop of X11"
    missing = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
    return f"not installed: {', '.join(missing)}" if missing else ""


class Program:
    """A process on the X server: its lines, one by one, and what it wrote to stderr for when something fails."""

    def __init__(self, display: str, log: Path, *arguments: str) -> None:
        self.log = log
        home = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "LIBGL_ALWAYS_SOFTWARE": "1"}
        self._errors = log.open("w")
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._said: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put("(end)")

    def line(self, awaited: str = "") -> str:
        """The next line; with ``awaited`` the next that begins so."""
        end = time.monotonic() + TIMEOUT_S
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                line = "(silent)"
            self._said.append(line)
            if line in ("(silent)", "(end)"):
                raise AssertionError(f"{awaited or 'an answer'} did not come\n{self.story()}")
            if line.startswith(awaited):
                return line

    def ask(self, expression: str) -> Any:
        """The value of an expression over there."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{expression}\n")
        self.process.stdin.flush()
        return json.loads(self.line())

    def until(
        self,
        expression: str,
        good: Callable[[Any], bool] = bool,
        meanwhile: Callable[[], object] = lambda: time.sleep(STEP_S),
    ) -> Any:
        """Ask until the answer is good, and return it."""
        end = time.monotonic() + TIMEOUT_S
        while not good(found := self.ask(expression)):
            assert time.monotonic() < end, f"{expression}\nstays {found!r}\n{self.story()}"
            meanwhile()
        return found

    def story(self) -> str:
        """What it said and wrote, for the report of a failure."""
        self._errors.flush()
        return "\n".join(["--- said", *self._said[-20:], "--- stderr", *self.log.read_text().splitlines()[-30:]])

    def end(self) -> None:
        """End it: by itself when its input ends, otherwise by force."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self._errors.close()


class Screen:
    """Xvfb on a display number that is free, with a mouse."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        read, write = os.pipe()
        self._log = (folder / "xvfb.log").open("w")
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1500x820x24", "-nolisten", "tcp"],
            pass_fds=[write],
            stdout=self._log,
            stderr=self._log,
        )
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        assert number, f"Xvfb did not start: {(folder / 'xvfb.log').read_text()}"
        self.display = f":{number}"

    def start(self, *arguments: str) -> Program:
        """Start a Python program on it and wait until its window is there."""
        self._count += 1
        program = Program(self.display, self._folder / f"{self._count}.log", *arguments)
        try:
            program.line("READY")
        except AssertionError:
            program.end()
            raise
        return program

    def mouse(self, *orders: str | float) -> None:
        """``xdotool`` with these orders."""
        command = ["xdotool", *map(str, orders)]
        there = os.environ | {"DISPLAY": self.display}
        done = subprocess.run(command, env=there, capture_output=True, text=True, timeout=TIMEOUT_S)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"

    def move(self, start: Point, end: Point) -> None:
        """Move the mouse in some steps, as a hand does."""
        orders: list[str | float] = []
        for step in range(1, 7):
            x, y = (round(a + (b - a) * step / 6) for a, b in zip(start, end, strict=True))
            orders += ["mousemove", x, y, "sleep", STEP_S]
        self.mouse(*orders)

    def tremble(self, at: Point) -> None:
        """Move by a pixel and back: a place is told only when the mouse moves, and not while an answer is awaited."""
        self.mouse("mousemove", at[0] + 1, at[1], "sleep", STEP_S, "mousemove", *at)

    def close(self) -> None:
        """End the server."""
        self._server.terminate()
        self._server.wait(10)
        self._log.close()


class Desk:
    """The app on a screen, and drags onto it."""

    def __init__(self, folder: Path) -> None:
        self.screen = Screen(folder)
        try:
            self.app = self.screen.start("-m", "tests.xdnd.target", str(folder / "profile"))
        except AssertionError:
            self.screen.close()
            raise

    def close(self) -> None:
        """End app and server."""
        self.app.end()
        self.screen.close()

    def place(self, expression: str) -> Point:
        """The middle of what ``rect(…)`` describes in the app."""
        x, y, width, height = self.app.ask(f"rect({expression})")
        return x + width // 2, y + height // 2

    def drag(self, over: str, target: str, **given: Any) -> str:
        """Drag something from another program over a widget of the app, and let go on a target of the overlay.

        Returns what the head of the overlay said.
        """
        program = self.screen.start("-m", "tests.xdnd.source", json.dumps(given))
        try:
            left, top, width, height = source.PLACE
            grip = left + width // 2, top + height // 2
            first = self.place(repr(over))
            self.screen.mouse("mousemove", *grip, "sleep", STEP_S, "mousedown", 1, "sleep", STEP_S)
            self.screen.move(grip, first)
            program.line("DRAGGING")
            self.app.until("window.overlay.isVisible()", meanwhile=lambda: self.screen.tremble(first))
            end = self.place(f"window.overlay, window.overlay.target_rect({target!r})")
            self.screen.move(first, end)
            self.app.until("window.overlay.target_over()", target.__eq__, lambda: self.screen.tremble(end))
            words = str(self.app.ask("window.overlay.words()"))
            self.screen.mouse("mouseup", 1)
            assert program.line("DONE") == "DONE CopyAction"
            return words
        finally:
            self.screen.mouse("mouseup", 1)
            program.end()
