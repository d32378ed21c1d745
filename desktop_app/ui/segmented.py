"""A choice among a few: real radio buttons, painted as one rounded track."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QRadioButton, QSizePolicy, QWidget

from desktop_app.ui import icons, theme
from desktop_app.ui.paint import painter, round_rect

_PADDING, _ICON, _GAP, _INSET = 13, 16, 6, 2


class _Segment(QRadioButton):
    def __init__(self, text: str, icon: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.icon_name = icon
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def sizeHint(self) -> QSize:
        # Measured in 600: the row must not move when another one is chosen.
        width = QFontMetrics(theme.font("body", bold=True)).horizontalAdvance(self.text())
        width += _ICON + _GAP if self.icon_name else 0
        return QSize(width + 2 * _PADDING, theme.px(30))

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        rect, on = QRectF(self.rect()), self.isChecked()
        font = theme.font("body", bold=on)
        width = QFontMetrics(font).horizontalAdvance(self.text())
        content = width + (_ICON + _GAP if self.icon_name else 0)
        x = round((rect.width() - content) / 2)
        ink = "text" if on else "text.2" if self.isEnabled() else "text.disabled"
        with painter(self) as p:
            if on:
                round_rect(p, rect, 6, "segment.selected", "line.strong")
            elif self.underMouse() and self.isEnabled():
                round_rect(p, rect, 6, "bg.hover")
            if self.icon_name:
                icons.paint(p, QRectF(x, 0, _ICON, rect.height()), self.icon_name, _ICON, ink)
                x += _ICON + _GAP
            p.setFont(font)
            p.setPen(theme.color(ink))
            p.drawText(rect.adjusted(x, 0, 8, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text())


class Segmented(QFrame):
    """``Segmented([(key, text, icon)])``; ``changed`` tells the key. Arrow keys move the choice.

    With a ``name`` each segment is called ``name.key``.
    """

    changed = Signal(str)

    def __init__(
        self,
        items: Sequence[tuple[str, str, str]],
        name: str = "",
        accessible_name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(_INSET, _INSET, _INSET, _INSET)
        row.setSpacing(0)
        self._segments: dict[str, _Segment] = {}
        for key, text, icon in items:
            segment = _Segment(text, icon, self)
            segment.setObjectName(f"{name}.{key}" if name else "")
            row.addWidget(segment)
            self._segments[key] = segment
        next(iter(self._segments.values())).setChecked(True)
        for key, segment in self._segments.items():
            segment.toggled.connect(lambda on, k=key: self.changed.emit(k) if on else None)

    def current(self) -> str:
        """Key of the chosen segment."""
        return next(key for key, segment in self._segments.items() if segment.isChecked())

    def set_current(self, key: str) -> None:
        """Choose a segment; ``changed`` comes when it was another one."""
        self._segments[key].setChecked(True)

    def set_text(self, key: str, text: str) -> None:
        """Another word in a segment, such as a new count."""
        segment = self._segments[key]
        segment.setText(text)
        segment.setAccessibleName(text)
        segment.updateGeometry()

    def set_enabled(self, key: str, enabled: bool, reason: str = "") -> None:
        """Grey a segment out; the reason is its tooltip and description."""
        segment = self._segments[key]
        segment.setEnabled(enabled)
        segment.setToolTip(reason)
        segment.setAccessibleDescription(reason)

    def segment(self, key: str) -> QRadioButton:
        """The radio button itself, for focus and tests."""
        return self._segments[key]

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            round_rect(p, self.rect(), 8, "bg.sunken", "line")
