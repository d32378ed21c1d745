"""The bar under the top bar that says what stands in the way; one at a time, the most severe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QLayout, QWidget

from desktop_app.ui import theme
from desktop_app.ui.announce import announce
from desktop_app.ui.paint import painter
from desktop_app.ui.text import ElidedLabel
from desktop_app.ui.widgets import IconLabel, button, hbox, label

# Most severe last. Red blocks, amber limits (or says that this is a rehearsal), gray only tells.
_SEVERITIES = ("gray", "amber", "red")


@dataclass(frozen=True)
class BannerAction:
    """A button of the banner; ``plain`` has a border, ``ghost`` has none."""

    text: str
    callback: Callable[[], None]
    icon: str = ""
    kind: str = "plain"


@dataclass(frozen=True)
class _Message:
    severity: str
    icon: str
    bold_text: str
    text: str
    code: str
    actions: tuple[BannerAction, ...]


class Banner(QFrame):
    """Keeps what was said under its key until ``clear``; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setFixedHeight(theme.px(48))
        self._messages: dict[str, _Message] = {}
        self._shown: _Message | None = None
        self._row = hbox(spacing=10, margins=(16, 0, 16, 0))
        self.setLayout(self._row)
        self.hide()

    def show_message(
        self,
        key: str,
        severity: str,
        icon: str,
        bold_text: str,
        text: str = "",
        code: str = "",
        actions: Sequence[BannerAction | tuple[str, Callable[[], None]]] = (),
    ) -> None:
        """Say something, or replace what was said under this key. Severities: red, amber, gray.

        Actions are ``BannerAction`` or (text, callback). Of equally severe messages the newest is shown.
        """
        made = tuple(a if isinstance(a, BannerAction) else BannerAction(*a) for a in actions)
        self._messages.pop(key, None)
        self._messages[key] = _Message(severity, icon, bold_text, text, code, made)
        self._refresh()

    def clear(self, key: str) -> None:
        """Take a message back; unknown keys are fine."""
        self._messages.pop(key, None)
        self._refresh()

    def key(self) -> str:
        """Key of the message that is shown, or an empty text."""
        shown = self._most_severe()
        return next((key for key, message in self._messages.items() if message is shown), "")

    def _most_severe(self) -> _Message | None:
        newest_first = list(reversed(self._messages.values()))
        return max(newest_first, key=lambda message: _SEVERITIES.index(message.severity), default=None)

    def _refresh(self) -> None:
        message = self._most_severe()
        if message == self._shown:
            return
        self._shown = message
        _empty(self._row)
        if message is not None:
            self._fill(message)
            announce(self, f"{message.bold_text} {message.text}", urgent=message.severity == "red")
        self.setVisible(message is not None)
        self.update()

    def _fill(self, message: _Message) -> None:
        tone = f"{message.severity}.text" if message.severity != "gray" else "text"
        self.setAccessibleName(f"{message.bold_text} {message.text} {message.code}".strip())
        lead = label(message.bold_text, "body", tone, bold=True)
        rest = ElidedLabel(message.text, "body", "text")
        rest.setMaximumWidth(rest.sizeHint().width())
        code = label(message.code, "caption", "text.2", selectable=True)
        if not message.code:
            code.hide()  # never shown by hand: it has no parent yet, and would be a window for a moment
        for part in (IconLabel(message.icon, 18, tone), lead):
            self._row.addWidget(part)
        self._row.addWidget(rest, 1000)  # all the room it wants before the gap gets any
        self._row.addWidget(code)
        self._row.addStretch(1)
        for number, action in enumerate(message.actions):
            made = button(action.text, action.kind, "small", action.icon, name=f"banner.{number}")
            made.clicked.connect(action.callback)
            self._row.addWidget(made, 0, Qt.AlignmentFlag.AlignVCenter)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._shown is None:
            return
        with painter(self) as p:
            p.fillRect(self.rect(), theme.color(f"{self._shown.severity}.bg"))
            p.fillRect(0, self.height() - 1, self.width(), 1, theme.color("line"))


def _empty(row: QLayout) -> None:
    while (item := row.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
