"""The one focus ring of the app: shown for the keyboard, and always around the field that takes text."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPaintEvent, QWindow
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFocusFrame,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from desktop_app.ui.paint import painter, round_rect

_FIELDS = (QLineEdit, QTextEdit, QPlainTextEdit, QComboBox)


class RingFrame(QFocusFrame):
    """Paints around a widget: a field gets a soft halo, anything else a ring with a gap of 2 px.

    The widget's property ``radius`` tells its own corner radius (6 when it has none), ``ringInset`` how
    much higher than its visible part it is at top and bottom.
    """

    def paintEvent(self, event: QPaintEvent) -> None:
        widget = self.widget()
        if widget is None:
            return
        radius = float(widget.property("radius") or 6)
        inset = float(widget.property("ringInset") or 0)
        box = QRectF(self.rect()).adjusted(0, inset, 0, -inset)
        with painter(self) as p:
            if widget.property("haloed"):
                round_rect(p, box.adjusted(1, 1, -1, -1), radius + 3, None, "blue.bg", 3)
            else:
                round_rect(p, box, radius + 4, None, "blue", 2)


def _ring_host(widget: QWidget) -> QWidget:
    """The widget that wears the ring: a text area paints its border in its parent."""
    parent = widget.parentWidget()
    return parent if widget.property("ring") == "parent" and parent is not None else widget


class FocusRing(QObject):
    """Moves one frame after the focus.

    Qt does not tell why the focus moved. So the windows are watched: after a mouse press the person works by
    mouse, after a key by keyboard.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._frame: RingFrame | None = None
        self._by_keyboard = False
        app.focusChanged.connect(self._follow)
        app.focusWindowChanged.connect(self._watch)

    def frame(self) -> RingFrame:
        """The frame; made again when the window it lived in was destroyed with it."""
        if self._frame is None or not shiboken6.isValid(self._frame):
            self._frame = RingFrame()
            self._frame.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return self._frame

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress:
            self._by_keyboard = False
        elif event.type() == QEvent.Type.KeyPress:
            self._by_keyboard = True
        return False

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        wanted = self._host_of(new)
        if wanted is None and (self._frame is None or not shiboken6.isValid(self._frame)):
            return
        self.frame().setWidget(wanted)  # type: ignore[arg-type]

    def _host_of(self, widget: QWidget | None) -> QWidget | None:
        if widget is None or widget.property("ring") == "none" or isinstance(widget, QAbstractItemView):
            return None  # views paint the focus of a row themselves
        if isinstance(widget, _FIELDS):
            host = _ring_host(widget)
            if isinstance(host, QLineEdit) and not host.hasFrame():
                return None
            host.setProperty("haloed", True)
            return host
        by_mouse = QApplication.mouseButtons() != Qt.MouseButton.NoButton or not self._by_keyboard
        return None if by_mouse else _ring_host(widget)
