"""The one line between the window and the editor's page: JSON in, JSON out."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot


class Bridge(QObject):
    """Orders go to the page by ``order``; what it says arrives as ``said``. Orders before it is there wait."""

    tell = Signal(str)
    """For the page: one order as JSON."""

    said = Signal(str, dict)
    """What the page says: its kind and its data."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._listening = False
        self._waiting: list[str] = []

    @Slot(str)
    def hear(self, text: str) -> None:
        """Called by the page."""
        data = json.loads(text)
        what = str(data.pop("what", ""))
        if what == "ready":
            self._listening = True
            waiting, self._waiting = self._waiting, []
            for order in waiting:
                self.tell.emit(order)
        self.said.emit(what, data)

    def order(self, what: str, **data: Any) -> None:
        """Tell the page to do something."""
        text = json.dumps({"what": what, **data}, ensure_ascii=False)
        if self._listening:
            self.tell.emit(text)
        else:
            self._waiting.append(text)

    def lost(self) -> None:
        """The page is gone; what is ordered now waits for the next one."""
        self._listening = False
        self._waiting.clear()
