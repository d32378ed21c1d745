"""The robot: while it waits, the app behind the window goes on."""

from __future__ import annotations

import threading
import time

from PySide6.QtWidgets import QApplication

from desktop_app.robot import wait


def test_tasks_run_while_the_robot_waits(qapp: QApplication) -> None:
    """A thread turns many times during one wait: the robot does not keep Python's lock."""
    turns, ended = [0], threading.Event()

    def turn() -> None:
        while not ended.is_set():
            turns[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=turn)
    thread.start()
    ran = 0
    for _ in range(50):  # on a busy machine it turns less often
        before = turns[0]
        wait(200)
        ran += turns[0] - before
        if ran >= 10:
            break
    ended.set()
    thread.join()
    assert ran >= 10
