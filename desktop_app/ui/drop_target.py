"""The look of a place where files can be let go, shared by drop zones and the overlay."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from desktop_app.ui import icons, theme
from desktop_app.ui.paint import round_rect


class _Look(NamedTuple):
    fill: str | None
    line: str
    width: int
    dash: tuple[float, float] | None
    ink: str


LOOKS = {
    "idle": _Look(None, "field.mark", 1, (3, 2), "text.2"),
    "armed": _Look("bg.surface", "field.mark", 2, (3, 2), "text.2"),
    "over": _Look("blue.bg", "blue", 2, None, "blue.text"),
    "refused": _Look("red.bg", "red", 2, None, "red.text"),
    "off": _Look("bg.sunken", "field.mark", 2, (3, 2), "text.3"),
}


def paint_drop_target(
    p: QPainter, rect: QRectF, state: str, icon: str, text: str, style: str = "caption", icon_size: int = 18
) -> None:
    """Paint a target with an icon above a line of text in a style of the type table.

    States: ``idle`` (a place on the page), ``armed`` (files are over the window), ``over`` (let go here),
    ``refused`` (these files cannot go here), ``off`` (shown, but not for these files).
    """
    look = LOOKS[state]
    round_rect(p, rect, 8, look.fill, look.line, look.width, look.dash)
    line = theme.px(20)
    top = rect.center().y() - (icon_size + 4 + line) / 2
    icons.paint(p, QRectF(rect.x(), top, rect.width(), icon_size), icon, icon_size, look.ink)
    p.setFont(theme.font(style))
    p.setPen(theme.color(look.ink))
    words = QRectF(rect.x(), top + icon_size + 4, rect.width(), line)
    p.drawText(words, int(Qt.AlignmentFlag.AlignCenter), text)
