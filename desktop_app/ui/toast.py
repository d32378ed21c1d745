"""Short messages that come up at the bottom of the window and go by themselves."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QDynamicPropertyChangeEvent,
    QEasingCurve,
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QEnterEvent, QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from desktop_app.ui import icons, theme
from desktop_app.ui.announce import announce
from desktop_app.ui.motion import motion
from desktop_app.ui.paint import float_shadow, painter, round_rect
from desktop_app.ui.text import draw_lines
from desktop_app.ui.widgets import button, hbox

_HEIGHT, _SHADOW, _GAP = 48, 24, 8
_LINE, _LINES_MAX = 20, 3
_MIN_WIDTH, _MAX_WIDTH = 320, 560
_STAY_MS, _STAY_ACTION_MS, _MOST = 4000, 8000, 3
_ABOVE_ACTIVITY = 36 + 16
ToastAction = tuple[str, Callable[[], None]]
# Tones as they look on the dark ground, in both themes.
_TINTS = {"go": "go.icon", "red": "red.text", "amber": "amber.text", "blue": "blue.text", "plain": "text"}


class _Words(QLabel):
    """The sentence of a toast, on its own dark ground, in three lines at most."""

    def lines(self, width: int) -> int:
        """How many lines the whole sentence needs."""
        return draw_lines(None, QRectF(0, 0, width, 0), self.text(), theme.font("body"), "text", _LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        high = min(self.lines(self.width()), _LINES_MAX) * _LINE
        box = QRectF(0, (self.height() - high) / 2, self.width(), high)
        with painter(self) as p:
            color = theme.current().on_inverse("text")
            draw_lines(p, box, self.text(), theme.font("body"), color, _LINE, _LINES_MAX)


class Toast(QWidget):
    """One message; larger than its body by the room for its shadow. ``gone`` comes when its time is over."""

    gone = Signal()

    def __init__(
        self, parent: QWidget, text: str, icon: str, tone: str, action: ToastAction | None, stay_ms: int
    ) -> None:
        super().__init__(parent)
        self._icon, self._tint = icon, _TINTS[tone]
        words = _Words(text, self)
        words.setAccessibleName(text)
        words.setMinimumWidth(20)
        self.words = words
        self.button = self._make_button(action)
        row = hbox(words, self.button, spacing=12, margins=(44 + _SHADOW, _SHADOW, 8 + _SHADOW, _SHADOW))
        row.setStretch(0, 1)
        self.setLayout(row)
        text_width = QFontMetrics(theme.font("body")).horizontalAdvance(text)
        beside = 44 + 12 + self.button.sizeHint().width() + 8 + 4
        lines = words.lines(_MAX_WIDTH - beside)
        height = theme.px(_HEIGHT) + (min(lines, _LINES_MAX) - 1) * _LINE
        self._body = QSize(min(max(beside + text_width, _MIN_WIDTH), _MAX_WIDTH), height)
        self.resize(self._body.width() + 2 * _SHADOW, self._body.height() + 2 * _SHADOW)
        if lines > _LINES_MAX:
            words.setToolTip(text)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(stay_ms)
        self._timer.timeout.connect(self.gone)
        self._timer.start()
        self.button.installEventFilter(self)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def _make_button(self, action: ToastAction | None) -> QPushButton:
        if action is None:
            made = button("", "inverse.ghost", icon="close")
            made.setAccessibleName(self.tr("关闭"))
            made.clicked.connect(self.gone)
            return made
        text, callback = action
        made = button(text, "inverse", name="toast.action")

        def act() -> None:
            self.gone.emit()
            callback()

        made.clicked.connect(act)
        return made

    def is_pausing(self) -> bool:
        """Whether mouse or focus rests on it, so that it stays."""
        return not self._timer.isActive()

    def _pause(self, pause: bool) -> None:
        if pause:
            self._timer.stop()
        elif not self.underMouse() and not self.button.hasFocus():
            self._timer.start()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._pause(True)

    def leaveEvent(self, event: QEvent) -> None:
        self._pause(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._pause(event.type() == QEvent.Type.FocusIn)
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        body = QRectF(self.rect()).adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)
        with painter(self) as p:
            float_shadow(p, body, 10, small=True)
            round_rect(p, body, 10, "inverse")
            box = QRectF(body.x() + 16, body.y(), 18, body.height())
            icons.paint(p, box, self._icon, 18, theme.current().on_inverse(self._tint))


class Toaster(QObject):
    """Stacks up to three toasts in the bottom centre of a window, 16 px above its activity bar."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._toasts: list[Toast] = []
        window.installEventFilter(self)

    def show(
        self,
        text: str,
        icon: str = "check-circle",
        tone: str = "go",
        action: ToastAction | None = None,
        stay_ms: int = 0,
    ) -> Toast:
        """Show a message for 4 s, with an action for 8 s. Tones: go, red, amber, blue, plain."""
        while len(self._toasts) >= _MOST:
            self._remove(self._toasts[0])
        stay = stay_ms or (_STAY_ACTION_MS if action else _STAY_MS)
        toast = Toast(self._window, text, icon, tone, action, stay)
        toast.gone.connect(lambda: self._remove(toast))
        self._toasts.append(toast)
        self._place(toast)
        toast.show()
        toast.raise_()
        announce(self._window, text)
        return toast

    def clear(self) -> None:
        """Take all away: what they offer to undo is not on the screen any more."""
        while self._toasts:
            self._remove(self._toasts[-1])

    def texts(self) -> list[str]:
        """What is shown now, the oldest first."""
        return [toast.words.text() for toast in self._toasts]

    def _remove(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._place()

    def _place(self, newest: Toast | None = None) -> None:
        lift = int(self._window.property("toastLift") or 0)  # what a page lets float at the same place
        bottom = self._window.height() - _ABOVE_ACTIVITY + _SHADOW - lift
        for toast in reversed(self._toasts):
            at = QPoint((self._window.width() - toast.width()) // 2, bottom - toast.height())
            for rise in toast.findChildren(QPropertyAnimation):
                rise.stop()  # one that still rises would end where the newer one is
            if toast is newest and motion(180):
                toast.move(at + QPoint(0, 16))
                rise = QPropertyAnimation(toast, b"pos", toast)
                rise.setDuration(motion(180))
                rise.setEasingCurve(QEasingCurve.Type.OutCubic)
                rise.setEndValue(at)
                rise.start(QPropertyAnimation.DeletionPolicy.DeleteWhenStopped)
            else:
                toast.move(at)
            bottom -= toast.height() - 2 * _SHADOW + _GAP

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        lifted = isinstance(event, QDynamicPropertyChangeEvent) and event.propertyName() == b"toastLift"
        if event.type() == QEvent.Type.Resize or lifted:
            self._place()
        return False
