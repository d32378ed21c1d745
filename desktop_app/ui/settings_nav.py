"""The sections of 设置, one under the other at the left."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from desktop_app.ui import icons, theme
from desktop_app.ui.paint import painter, round_rect
from desktop_app.ui.widgets import vbox

WIDTH = 216


class NavItem(QAbstractButton):
    """An icon and a word; the section in front has a ground and is bold."""

    def __init__(self, key: str, text: str, icon: str) -> None:
        super().__init__()
        self._icon = icon
        self.setText(text)
        self.setObjectName(f"settings.nav.{key}")
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setProperty("radius", 6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(36))

    def paintEvent(self, event: QPaintEvent) -> None:
        rect, on = QRectF(self.rect()), self.isChecked()
        ink = "text" if on else "text.2"
        with painter(self) as p:
            if on or self.underMouse():
                round_rect(p, rect, 6, "bg.selected" if on else "bg.hover")
            icons.paint(p, QRectF(12, 0, 16, rect.height()), self._icon, 16, ink)
            p.setFont(theme.font("body", bold=on))
            p.setPen(theme.color(ink))
            p.drawText(rect.adjusted(38, 0, -8, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text())


class SettingsNav(QWidget):
    """``SettingsNav([(key, text, icon)])``; ``chosen`` tells the key that came to the front."""

    chosen = Signal(str)

    def __init__(self, sections: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self._items = {key: NavItem(key, text, icon) for key, text, icon in sections}
        self.setLayout(vbox(*self._items.values(), None, spacing=2, margins=(12, 16, 12, 16)))
        next(iter(self._items.values())).setChecked(True)
        for key, item in self._items.items():
            item.toggled.connect(lambda on, k=key: self.chosen.emit(k) if on else None)

    def current(self) -> str:
        """The key of the section in front."""
        return next(key for key, item in self._items.items() if item.isChecked())

    def set_current(self, key: str) -> None:
        """Bring a section to the front; ``chosen`` comes when it was another one."""
        self._items[key].setChecked(True)
