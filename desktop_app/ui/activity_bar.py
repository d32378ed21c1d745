"""The bar at the bottom: what is under way on the left, whether WeChat can be reached on the right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop_app.ui import theme
from desktop_app.ui.paint import painter
from desktop_app.ui.progress import ProgressLine
from desktop_app.ui.text import ElidedLabel
from desktop_app.ui.transfer_words import about_seconds, progress_words
from desktop_app.ui.widgets import Surface, button, hbox, hline, icon_button, label, set_button, set_tip, vbox
from desktop_app.workers.transfer import Totals


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
    """36 px: a running task with its bar, what waits for a person, and the connection."""

    uploads_wanted = Signal()
    """A click on what is said about files: show all of them."""
    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("bg.panel", parent)
        self.setObjectName("window.activity")
        self._task = ElidedLabel("", "caption", "text.2")
        self._task.setObjectName("activity.task")
        self._task.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._task.setMaximumWidth(320)
        self._bar = ProgressLine()
        self._bar.setFixedWidth(160)
        self._bar.hide()
        self._title = button("", "link", dim="small", icon="upload", name="activity.uploads")
        set_tip(self._title, self.tr("看全部文件"))
        self._rest = label("", "caption", "text.2")
        self._stop = icon_button("close", self.tr("全部停止"), "activity.stop", dim="small")
        self._problems = button("", "link.red", dim="small", icon="close-circle", name="activity.problems")
        self._title.clicked.connect(self.uploads_wanted)
        self._problems.clicked.connect(self.uploads_wanted)
        self._stop.clicked.connect(self.stop_wanted)
        self._dot = Dot()
        self._connection = label("", "caption", "text.2")
        self._connection.setObjectName("activity.connection")
        task = hbox(self._title, self._task, self._bar, self._rest, self._stop, spacing=8)
        self._gap = QWidget()
        row = hbox(
            task, self._gap, self._problems, 24, self._dot, 8, self._connection, spacing=0, margins=(16, 0, 16, 0)
        )
        row.setStretchFactor(self._gap, 1)
        self.setLayout(vbox(hline(), row, spacing=0))
        self.setFixedHeight(theme.px(36))
        self.show_problems(0)
        self.show_idle()

    def show_idle(self) -> None:
        """Nothing is under way."""
        self._show_files(False)
        self._task.setText(self.tr("没有进行中的任务"))
        self._bar.hide()

    def show_task(self, text: str, fraction: float | None = None) -> None:
        """Something is under way; without a fraction nobody knows how long it takes."""
        self._show_files(False)
        self._task.setText(text)
        self._bar.show()
        if fraction is None:
            self._bar.set_busy()
        else:
            self._bar.set_fraction(fraction)

    def show_uploads(self, totals: Totals) -> None:
        """Files are under way: which one of how many, how far, how long."""
        self._show_files(True)
        self._title.setText(progress_words(totals))
        self._task.setText(totals.current.name if totals.current is not None else "")
        self._bar.show()
        self._bar.set_fraction(totals.fraction)
        rest = [f"{round(totals.fraction * 100)}%"]
        if totals.seconds_left is not None:
            rest.append(about_seconds(totals.seconds_left))
        self._rest.setText("  ".join(rest))

    def show_note(self, text: str) -> None:
        """What has just ended."""
        self.show_idle()
        self._task.setText(text)

    def show_problems(self, problems: int, stopped: int = 0) -> None:
        """So many files wait for somebody to decide, and so many were stopped before they were up."""
        self._problems.setVisible(problems + stopped > 0)
        text = self.tr("{n} 个文件要处理") if problems else self.tr("{n} 个文件没传完")
        self._problems.setText(text.format(n=problems or stopped))
        look = ("link.red", "close-circle") if problems else ("link", "upload")
        set_button(self._problems, kind=look[0], icon=look[1])

    def _show_files(self, shown: bool) -> None:
        for part in (self._title, self._rest, self._stop):
            part.setVisible(shown)

    def show_connection(self, text: str, token: str) -> None:
        """What is known of the way to WeChat, with a light in the colour of ``token``."""
        self._dot.set_token(token)
        self._connection.setText(text)
