"""A place where files can be let go: what it says, and its look on the overlay and in drop zones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QTransform

from desktop_app.ui import icons, theme
from desktop_app.ui.chips import chip_size, paint_chip
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.paint import float_shadow, round_rect

Note = tuple[str, str, str]
"""A chip of the large target: text, tone, icon."""

CHIP_GAP = 8


@dataclass(frozen=True)
class DropTarget:
    """A place on the overlay. ``refusal`` says why it cannot take what hovers; empty: it can.

    ``place``: the large one in the ``centre``, or a column of smaller ones over what they change.
    """

    key: str
    icon: str
    title: str
    hint: str
    take: Callable[[Payload], object]
    refusal: str = ""
    notes: tuple[Note, ...] = ()
    place: Literal["left", "centre", "right"] = "right"


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


def paint_small(p: QPainter, rect: QRectF, target: DropTarget, state: str) -> None:
    """Paint a target of a side column: icon, title, hint or reason."""
    look = LOOKS[state]
    round_rect(p, rect, 10, look.fill, look.line, look.width, look.dash)
    y = rect.center().y() - 46
    icons.paint(p, QRectF(rect.x(), y, rect.width(), 28), target.icon, 28, look.ink)
    _paint_words(p, QRectF(rect.x() + 16, y + 40, rect.width() - 32, 0), target, look.ink, ("title.3", "body"))


def paint_large(p: QPainter, rect: QRectF, target: DropTarget, state: str, count: int) -> None:
    """Paint the target in the centre: the files as a stack of sheets, the words, and chips about single files."""
    look = LOOKS[state]
    round_rect(p, rect, 10, look.fill, look.line, look.width, look.dash)
    y = rect.center().y() - 120
    _paint_stack(p, QPointF(rect.center().x(), y + 44), target.icon, count)
    room = QRectF(rect.x() + 24, y + 124, rect.width() - 48, 0)
    bottom = _paint_words(p, room, target, look.ink, ("title.2", "body.l"))
    if not target.refusal:
        _paint_notes(p, room, bottom + 20, target.notes)


def _paint_words(p: QPainter, room: QRectF, target: DropTarget, ink: str, styles: tuple[str, str]) -> float:
    """Title and hint, each in its style, from the top of ``room`` downwards; returns where they end."""
    style, small = styles
    p.setFont(theme.font(style, bold=True))
    p.setPen(theme.color("text" if ink == "text.2" else "text.2" if ink == "text.3" else ink))
    title = QRectF(room.x(), room.y(), room.width(), theme.line(style))
    p.drawText(title, int(Qt.AlignmentFlag.AlignCenter), target.title)
    p.setFont(theme.font(small))
    p.setPen(theme.color(ink if ink == "red.text" else "text.2"))
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
    words = target.refusal or target.hint
    below = QRectF(room.x(), title.bottom() + 6, room.width(), 4 * theme.line(small))
    p.drawText(below, flags, words)
    return QFontMetricsF(p.font()).boundingRect(below, flags, words).bottom()


def _paint_notes(p: QPainter, room: QRectF, y: float, notes: tuple[Note, ...]) -> None:
    """Chips in centred rows."""
    row: list[tuple[Note, float]] = []
    used = 0.0
    for note in notes:
        width = float(chip_size(note[0], note[2]).width())
        if row and used + CHIP_GAP + width > room.width():
            y = _paint_row(p, room, y, row)
            row, used = [], 0.0
        row.append((note, width))
        used += width + (CHIP_GAP if used else 0)
    _paint_row(p, room, y, row)


def _paint_row(p: QPainter, room: QRectF, y: float, row: list[tuple[Note, float]]) -> float:
    height = float(theme.px(22))
    x = room.center().x() - (sum(width for _, width in row) + CHIP_GAP * (len(row) - 1)) / 2
    for (text, tone, icon), width in row:
        paint_chip(p, QRectF(x, y, width, height), text, tone, icon)
        x += width + CHIP_GAP
    return y + height + CHIP_GAP


def _paint_stack(p: QPainter, middle: QPointF, icon: str, count: int) -> None:
    """Up to three sheets lying on one another, with the number of files."""
    for turn in (7, 4, 0)[3 - min(max(count, 1), 3) :]:
        p.save()
        p.setTransform(QTransform().translate(middle.x(), middle.y()).rotate(turn), True)
        sheet = QRectF(-52, -38, 104, 76)
        float_shadow(p, sheet, 6, small=True)
        round_rect(p, sheet, 6, "bg.surface", "line")
        round_rect(p, sheet.adjusted(4, 4, -4, -4), 4, "bg.sunken")
        p.restore()
    icons.paint(p, QRectF(middle.x() - 14, middle.y() - 14, 28, 28), icon, 28, "text.2")
    if count > 1:
        p.setFont(theme.font("body", bold=True))
        number = str(count)
        width = max(24.0, QFontMetricsF(p.font()).horizontalAdvance(number) + 14)
        badge = QRectF(middle.x() + 38, middle.y() - 50, width, 24)
        round_rect(p, badge, 12, "blue")
        p.setPen(theme.color("bg.surface"))
        p.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), number)
