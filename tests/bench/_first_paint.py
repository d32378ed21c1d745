"""A program that shows a window and prints the seconds from its start to its first paint, and its memory.

``_first_paint.py START bare`` or ``_first_paint.py START app ARGUMENTS…``; START is the wall clock at which the
benchmark started this process, in seconds.
"""

from __future__ import annotations

import os
import sys
import time

STARTED = float(sys.argv[1])


def watch_first_paint() -> None:
    """Make the event loop, once entered, report the first paint of a window and end the process."""
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication, QWidget

    enter = QApplication.exec

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            # Any widget: a window that its pages cover has nothing to paint itself.
            if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
                QApplication.instance().removeEventFilter(self)
                QTimer.singleShot(0, report)  # after the paint that is about to happen
            return False

    def run(*_: object) -> int:
        watch = Watch()
        QApplication.instance().installEventFilter(watch)
        return enter()

    QApplication.exec = run


def report() -> None:
    """Print and end at once: what the app does on its way out is not measured here."""
    print(time.time() - STARTED, peak_mib(), flush=True)
    os._exit(0)


def peak_mib() -> float:
    """The most memory that this process has had in use; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def bare() -> None:
    """The least window there is."""
    from PySide6.QtWidgets import QApplication, QMainWindow

    application = QApplication([])
    window = QMainWindow()
    window.show()
    application.exec()


if __name__ == "__main__":
    if sys.argv[2] == "bare":
        watch_first_paint()
        bare()
    else:
        from desktop_app.__main__ import main

        watch_first_paint()
        sys.exit(main(sys.argv[3:]))
