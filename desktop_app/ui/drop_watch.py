"""DropWatch: hears of a drag before any widget of the window does: fields and the web view would take it for text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDragMoveEvent
from PySide6.QtWidgets import QWidget

_NEW_HANDLE = (QEvent.Type.Show, QEvent.Type.WinIdChange)  # the first web view makes the window's handle anew


class DropWatch(QObject):
    """Calls ``hovers`` when a drag enters ``window`` and moves over it; then Qt finds the widget below the mouse.

    What ``hovers`` puts there gets the drag, from its first event on.
    """

    def __init__(self, window: QWidget, hovers: Callable[[QDragMoveEvent], object]) -> None:
        super().__init__(window)
        self._window, self._hovers = window, hovers
        window.installEventFilter(self)
        self._watch_handle()

    def _watch_handle(self) -> None:
        handle = self._window.windowHandle()
        if handle is not None:
            handle.removeEventFilter(self)
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window:
            if event.type() in _NEW_HANDLE:
                self._watch_handle()
        elif isinstance(event, QDragMoveEvent):  # entering is a kind of moving
            self._hovers(event)
        return False
