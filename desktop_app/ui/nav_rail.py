"""The rail at the left edge: one button for each page, badges for what needs a person."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QToolButton, QWidget

from desktop_app.paths import resource
from desktop_app.ui import icons, theme
from desktop_app.ui.paint import painter, round_rect
from desktop_app.ui.widgets import set_tip, vbox

_WIDTH = 72
_ITEM = QSize(60, 52)


class NavButton(QToolButton):
    """An icon over a word; the badge counts what waits for a person."""

    def __init__(self, key: str, text: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self._icon, self._badge = icon, 0
        self.setText(text)
        self.setObjectName(f"nav.{key}")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setProperty("radius", 8)
        self.setFixedSize(theme.px(_ITEM.width()), theme.px(_ITEM.height()))
        self.set_badge(0)

    def set_badge(self, count: int) -> None:
        """Show a count, or none for 0."""
        self._badge = count
        needs = self.tr("{0} 项要处理").format(count)
        self.setAccessibleName(f"{self.text()}，{needs}" if count else self.text())
        self.update()

    def badge(self) -> int:
        """The count that is shown."""
        return self._badge

    def paintEvent(self, event: QPaintEvent) -> None:
        rect, on = QRectF(self.rect()), self.isChecked()
        ink = "text" if on else "text.2"
        with painter(self) as p:
            if on:
                round_rect(p, rect, 8, "bg.surface", "line")
            elif self.underMouse():
                round_rect(p, rect, 8, "bg.hover")
            middle = QRectF(0, 7, rect.width(), 20)
            icons.paint(p, middle, self._icon, 20, ink)
            p.setFont(theme.font("caption", bold=on))
            p.setPen(theme.color(ink))
            words = QRectF(0, 27, rect.width(), rect.height() - 30)
            p.drawText(words, int(Qt.AlignmentFlag.AlignCenter), self.text())
            if self._badge:
                self._paint_badge(p, QRectF(rect.center().x() + 4, 3, 0, 16))

    def _paint_badge(self, p: QPainter, box: QRectF) -> None:
        text = str(self._badge) if self._badge < 100 else "99+"
        font = theme.font("badge")
        box.setWidth(max(QFontMetrics(font).horizontalAdvance(text) + 8, 16))
        round_rect(p, box, 8, "red")
        p.setFont(font)
        p.setPen(theme.color("badge.text"))
        p.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


class _Logo(QWidget):
    """The mark of the app."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = QSvgRenderer(str(resource("logo.svg")), self)
        self.setFixedSize(36, 36)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            self._picture.render(p, QRectF(self.rect()))


class NavRail(QWidget):
    """``NavRail([(key, text, icon)], bottom=[…])``; ``activated`` tells the key that a person chose."""

    activated = Signal(str)

    def __init__(
        self,
        items: Sequence[tuple[str, str, str]],
        bottom: Sequence[tuple[str, str, str]] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setFixedWidth(_WIDTH - _ITEM.width() + theme.px(_ITEM.width()))
        self._buttons: dict[str, NavButton] = {}
        logo = _Logo()
        column = vbox(logo, 12, spacing=4, margins=(6, 12, 6, 12))
        column.setAlignment(logo, Qt.AlignmentFlag.AlignHCenter)
        for i, (key, text, icon) in enumerate((*items, *bottom)):
            if i == len(items):
                column.addStretch(1)
            button = NavButton(key, text, icon, self)
            button.clicked.connect(lambda _=False, k=key: self.activated.emit(k))
            column.addWidget(button)
            self._buttons[key] = button
        if not bottom:
            column.addStretch(1)
        self.setLayout(column)

    def button(self, key: str) -> NavButton:
        """The button of a page."""
        return self._buttons[key]

    def set_current(self, key: str) -> None:
        """Mark a page as the one in front; ``activated`` does not come."""
        self._buttons[key].setChecked(True)

    def current(self) -> str:
        """Key of the page in front, or an empty text."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

    def set_badge(self, key: str, count: int) -> None:
        """Show how much waits for a person on a page."""
        self._buttons[key].set_badge(count)

    def set_shortcut(self, key: str, shortcut: str) -> None:
        """Name the page's shortcut in its tooltip."""
        set_tip(self._buttons[key], self._buttons[key].text(), shortcut)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            p.fillRect(self.rect(), theme.color("bg.rail"))
            p.fillRect(self.width() - 1, 0, 1, self.height(), theme.color("line"))
