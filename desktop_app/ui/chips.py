"""Chips: an icon and a word in a tone, painted the same in labels and in tables."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from desktop_app.ui import icons, theme
from desktop_app.ui.paint import painter, round_rect

HEIGHT = 22
_ICON = 12


class ChipLook(NamedTuple):
    """Tone and icon of a chip."""

    tone: str
    icon: str


def status_look(word: str) -> ChipLook:
    """How the token table shows a status: ``status_look("成功")``. Raises KeyError for an unknown word."""
    row = theme.current().tokens["status.chip"][word]
    return ChipLook(row["tone"], row["icon"])


def _colors(tone: str) -> tuple[QColor, QColor | None, QColor]:
    """Ground, border and text of a tone."""
    if tone == "outline":
        return theme.color("bg.surface"), theme.color("line.strong"), theme.color("text.2")
    if tone == "surface":  # on top of a picture, like the next
        ground = theme.color("bg.surface")
        ground.setAlphaF(0.94)
        return ground, None, theme.color("text")
    if tone == "inverse":
        ground = theme.color("inverse")
        ground.setAlphaF(0.86)
        return ground, None, theme.current().on_inverse("text")
    return theme.color(f"{tone}.bg"), None, theme.color(f"{tone}.text")


def chip_size(text: str, icon: str = "", bold: bool = False) -> QSize:
    """Width and height of a chip."""
    width = QFontMetricsF(theme.font("caption", bold)).horizontalAdvance(text)
    return QSize(round(width) + (7 + _ICON + 5 + 8 if icon else 16), theme.px(HEIGHT))


def paint_chip(p: QPainter, rect: QRectF, text: str, tone: str, icon: str = "", bold: bool = False) -> QRectF:
    """Paint a chip at the left edge of ``rect``, vertically centred, and return where it is.

    Tones: gray, blue, go, amber, red, outline, surface, inverse. Text that does not fit is shortened.
    """
    size = chip_size(text, icon, bold)
    box = QRectF(rect.x(), rect.y(), min(size.width(), rect.width()), size.height())
    box.moveTop(round(rect.center().y() - size.height() / 2))
    ground, line, ink = _colors(tone)
    round_rect(p, box, box.height() / 2, ground, line)
    left = 8.0
    if icon:
        icons.paint(p, QRectF(box.x() + 7, box.y(), _ICON, box.height()), icon, _ICON, ink)
        left = 7 + _ICON + 5
    font = theme.font("caption", bold)
    inside = box.adjusted(left, 0, -7, 0)
    p.setFont(font)
    p.setPen(ink)
    shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, inside.width() + 1)
    p.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)
    return box


class ChipLabel(QLabel):
    """A chip as a widget; screen readers find its word."""

    def __init__(
        self,
        text: str = "",
        tone: str = "gray",
        icon: str = "",
        bold: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bold = bold
        self.set_chip(text, tone, icon)

    def set_chip(self, text: str, tone: str, icon: str = "") -> None:
        """Show another chip in its place."""
        self._tone, self._icon = tone, icon
        self.setText(text)
        self.setAccessibleName(text)
        self.setFixedSize(chip_size(text, icon, self._bold))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            paint_chip(p, QRectF(self.rect()), self.text(), self._tone, self._icon, self._bold)


def status_chip(word: str, text: str = "") -> ChipLabel:
    """The chip of a status; ``text`` is its word in another language."""
    look = status_look(word)
    return ChipLabel(text or word, look.tone, look.icon)
