"""The bar at the bottom: what is under way on the left, whether WeChat can be reached on the right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop_app.ui import theme
from desktop_app.ui.paint import painter
from desktop_app.ui.progress import ProgressLine
from desktop_app.ui.widgets import Surface, hbox, hline, label, vbox


class Dot(QLabel):
    """A round light of 8 px; the word beside it says the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(8, 8)
        self._token = "text.disabled"

    def set_token(self, token: str) -> None:
        """Shine in the colour of a token."""
        self._token = token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(theme.color(self._token))
            p.drawEllipse(QRectF(self.rect()))


class ActivityBar(Surface):
    """36 px: a running task with its bar, and the connection."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("bg.panel", parent)
        self.setObjectName("window.activity")
        self._task = label("", "caption", "text.2")
        self._task.setObjectName("activity.task")
        self._task.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._bar = ProgressLine()
        self._bar.setFixedWidth(160)
        self._bar.hide()
        self._dot = Dot()
        self._connection = label("", "caption", "text.2")
        self._connection.setObjectName("activity.connection")
        row = hbox(self._task, 16, self._bar, 24, self._dot, 8, self._connection, spacing=0, margins=(16, 0, 16, 0))
        row.setStretchFactor(self._task, 1)
        self.setLayout(vbox(hline(), row, spacing=0))
        self.setFixedHeight(theme.px(36))
        self.show_idle()

    def show_idle(self) -> None:
        """Nothing is under way."""
        self._task.setText(self.tr("没有进行中的任务"))
        self._bar.hide()

    def show_task(self, text: str, fraction: float | None = None) -> None:
        """Something is under way; without a fraction nobody knows how long it takes."""
        self._task.setText(text)
        self._bar.show()
        if fraction is None:
            self._bar.set_busy()
        else:
            self._bar.set_fraction(fraction)

    def show_connection(self, text: str, token: str) -> None:
        """What is known of the way to WeChat, with a light in the colour of ``token``."""
        self._dot.set_token(token)
        self._connection.setText(text)
