"""How long the app takes from its start to its first paint, against a bare window of PySide6."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from tests.bench._row import Row, ratio, rounds

PROBE = Path(__file__).with_name("_first_paint.py")
BARE = "bare PySide6 window"
ROUNDS = 9
TIME_GOAL, MEMORY_GOAL = 1.3, 1.6


def first_paint(*arguments: str) -> tuple[float, float]:
    """Seconds to the first paint and peak memory in MiB of one start."""
    command = [sys.executable, str(PROBE), str(time.time()), *arguments]
    environment = {"QT_QPA_PLATFORM": "offscreen", "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    done = subprocess.run(
        command, env={**environment, **os.environ}, capture_output=True, text=True, check=True, timeout=60
    )
    seconds, memory = done.stdout.split()[-2:]
    return float(seconds), float(memory)


def measure() -> list[Row]:
    """The window of the first run, and the window of a person who comes back, each beside the bare one."""
    with tempfile.TemporaryDirectory(prefix="qunfa-bench-") as folder:
        starts = {
            BARE: partial(first_paint, "bare"),
            "app, first run": partial(first_paint, "app", "--data-dir", f"{folder}/new"),
            "app, with the sandbox account": partial(
                first_paint, "app", "--sandbox", "--data-dir", f"{folder}/known"
            ),
        }
        rounds(starts, 1)  # fills the caches of files and the profile, not counted
        found = rounds(starts, ROUNDS)
    return [row for name, values in found.items() for row in _rows(name, values, found[BARE])]


def _rows(name: str, values: list[tuple[float, float]], bare: list[tuple[float, float]]) -> list[Row]:
    seconds, memory = ([one[column] for one in values] for column in (0, 1))
    times = ratio(seconds, [one[0] for one in bare])
    peaks = ratio(memory, [one[1] or 1.0 for one in bare])
    goal = values is not bare
    return [
        Row(f"{name}: first paint", statistics.median(seconds) * 1000, "ms", times, *_goal(goal, times, TIME_GOAL)),
        Row(f"{name}: memory", statistics.median(memory), "MiB", peaks, *_goal(goal, peaks, MEMORY_GOAL)),
    ]


def _goal(has: bool, found: float, limit: float) -> tuple[str, bool | None]:
    return (f"<= {limit} x", found <= limit) if has else ("", None)
