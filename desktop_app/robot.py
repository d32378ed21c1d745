"""Robot: a person's hands on the real window: mouse, keys and drops on widgets found by their objectName."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, QMimeData, QPoint, QPointF, QRect, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QInputMethodEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QScrollArea, QWidget

STEP_MS = 10


class RobotError(AssertionError):
    """Something that a person would have looked for was not there in time."""


def wait(ms: int) -> None:
    """Let the window and its tasks live for so many milliseconds.

    Not QTest.qWait: that keeps Python's lock while it waits, and no task runs meanwhile.
    """
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


class Robot:
    """Works on one window. Every method lets the event loop run, as a person does."""

    def __init__(self, window: QWidget, timeout_s: float = 60.0) -> None:
        self.window = window
        self.timeout_s = timeout_s
        window.activateWindow()  # keys go to the active window only

    def find(self, name: str) -> QWidget | None:
        """The visible widget of that objectName, or None."""
        return next(
            (widget for widget in self.window.findChildren(QWidget, name) if widget.isVisible()),
            None,
        )

    def get(self, name: str, *, enabled: bool = True) -> QWidget:
        """Wait until the widget is visible (and may be operated) and return it."""

        def ready() -> bool:
            widget = self.find(name)
            return widget is not None and (widget.isEnabled() or not enabled)

        self.until(ready, f"{name} is not there{' or not enabled' if enabled else ''}")
        found = self.find(name)
        assert found is not None
        return found

    def until(self, condition: Callable[[], bool], what: str, timeout_s: float | None = None) -> None:
        """Let the window live until something is true. Raises RobotError after the timeout."""
        end = time.monotonic() + (timeout_s or self.timeout_s)
        while not condition():
            if time.monotonic() > end:
                raise RobotError(what)
            wait(STEP_MS)

    def settle(self, ms: int = 150) -> None:
        """Let animations and short tasks end."""
        wait(ms)

    def click(self, name: str) -> None:
        """Click in the middle of a widget with the left button."""
        widget = self.get(name)
        self._into_sight(widget)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        wait(STEP_MS)

    def click_row(self, name: str, row: int, column: int = 0) -> None:
        """Click a row of a list or table."""
        view = self.get(name)
        assert isinstance(view, QAbstractItemView)
        self.until(lambda: view.model().rowCount() > row, f"{name} has no row {row}")
        index = view.model().index(row, column)
        view.scrollTo(index)
        rect: QRect = view.visualRect(index)
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
        wait(STEP_MS)

    def type(self, name: str, text: str) -> None:
        """Focus a field by a click, empty it and type."""
        widget = self.get(name)
        self._into_sight(widget)
        target = widget if widget.focusPolicy() != Qt.FocusPolicy.NoFocus else widget.focusProxy() or widget
        viewport = getattr(target, "viewport", None)
        QTest.mouseClick(viewport() if viewport else target, Qt.MouseButton.LeftButton)
        QTest.keyClick(target, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(target, Qt.Key.Key_Delete)
        self._write_lines(target, text)

    def write(self, text: str) -> None:
        """Type where the focus is, by no means of a mouse."""
        target = QApplication.focusWidget()
        if target is None:
            raise RobotError("nothing has the focus")
        self._write_lines(target, text)

    def _write_lines(self, target: QWidget, text: str) -> None:
        for i, line in enumerate(text.split("\n")):
            if i:
                QTest.keyClick(target, Qt.Key.Key_Return)
            self._write(target, line)
        wait(STEP_MS)

    def _write(self, target: QWidget, line: str) -> None:
        """Latin letters and digits by keys, everything else as an input method commits it."""
        for by_keys, part in groupby(line, key=lambda character: " " <= character <= "~"):
            text = "".join(part)
            if by_keys:
                QTest.keyClicks(target, text)
            else:
                event = QInputMethodEvent()
                event.setCommitString(text)
                QApplication.sendEvent(target, event)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(QApplication.focusWidget() or self.window.focusWidget() or self.window, key, modifiers)
        wait(STEP_MS)

    def drop(self, name: str, paths: Sequence[Path]) -> None:
        """Drag files from outside over the window and let go over the widget.

        The events go where the window system sends them, to the window's handle: Qt finds the widget.
        """
        widget = self.get(name)
        self._into_sight(widget)
        at = widget.mapTo(self.window, widget.rect().center())
        data = _files(paths)
        self._drag(QDragEnterEvent, at, data)
        self._drag(QDragMoveEvent, at, data)
        self._drag(QDropEvent, QPointF(at), data)

    def drop_on_target(self, key: str, paths: Sequence[Path]) -> None:
        """Drag files over the window, to the target of the overlay with that key, and let go."""
        self.hover_target(key, paths)
        self._drag(QDropEvent, QPointF(self._target(key)), _files(paths))

    def hover_target(self, key: str, paths: Sequence[Path]) -> None:
        """Drag files over the window to a target of the overlay, and stay there."""
        data = _files(paths)
        self._drag(QDragEnterEvent, self.window.rect().center(), data)
        self._drag(QDragMoveEvent, self._target(key), data)

    def _target(self, key: str) -> QPoint:
        overlay: Any = self.get("compose.overlay")
        at: QPoint = overlay.mapTo(self.window, overlay.target_rect(key).center().toPoint())
        return at

    def _drag(self, event: Callable[..., QEvent], at: QPoint | QPointF, data: QMimeData) -> None:
        given = at, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self.window.windowHandle(), event(*given))
        wait(STEP_MS)

    def hover(self, name: str) -> None:
        """Move the mouse over a widget."""
        widget = self.get(name, enabled=False)
        centre = QPointF(widget.rect().center())
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            centre,
            widget.mapToGlobal(centre),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(widget, move)

    def grab(self, path: Path) -> None:
        """Save a picture of the window."""
        wait(STEP_MS)
        if not self.window.grab().save(str(path)):
            raise OSError(f"cannot write {path}")

    def _into_sight(self, widget: QWidget) -> None:
        parent = widget.parentWidget()
        while parent is not None:
            if isinstance(parent, QScrollArea):
                parent.ensureWidgetVisible(widget)
            parent = parent.parentWidget()


def _files(paths: Sequence[Path]) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data
