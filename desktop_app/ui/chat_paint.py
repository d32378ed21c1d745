"""The messages of a WeChat chat, painted: text bubble, picture card, voice bubble, video card."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPixmap, QPolygonF, QTextCharFormat, QTextLayout, QTextOption

from desktop_app.ui import icons, theme
from desktop_app.ui.paint import round_rect, rounded_picture
from desktop_app.ui.text import draw_lines
from desktop_app.ui.text_runs import Run, text_runs
from desktop_app.ui.units import duration_text

PADDING = 10
RADIUS = 6
LINE = 20
COVER_RATIO = 0.66
STRIP = 4  # small pictures below the first
GAP = 2


def _layouts(runs: Sequence[Run], font: QFont, width: float) -> list[QTextLayout]:
    """One laid out QTextLayout per paragraph, links in the link colour."""
    link = QTextCharFormat()
    link.setForeground(theme.color("blue.text"))
    paragraphs: list[list[Run]] = [[]]
    for run in runs:
        first, *more = run.text.split("\n")
        paragraphs[-1].append(Run(first, run.href))
        paragraphs += [[Run(piece, run.href)] for piece in more]
    made = []
    for pieces in paragraphs:
        layout = QTextLayout("".join(piece.text for piece in pieces), font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setFlags(QTextOption.Flag.IncludeTrailingSpaces)
        layout.setTextOption(option)
        at, formats = 0, []
        for piece in pieces:
            length = len(piece.text.encode("utf-16-le")) // 2  # Qt counts UTF-16 units, an emoji is two
            if piece.href and length:
                span = QTextLayout.FormatRange()
                span.start, span.length, span.format = at, length, link
                formats.append(span)
            at += length
        layout.setFormats(formats)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
        layout.endLayout()
        made.append(layout)
    return made


def paint_text(p: QPainter | None, at: QPointF, text: str, width: float) -> float:
    """A text bubble at most ``width`` wide; returns its height. With ``p`` None it only measures."""
    font = theme.font("body")
    line_height = theme.px(LINE)
    layouts = _layouts(text_runs(text), font, width - 2 * PADDING)
    lines = [layout.lineAt(i) for layout in layouts for i in range(max(layout.lineCount(), 1))]
    height = max(len(lines), 1) * line_height + 2 * PADDING
    if p is None:
        return float(height)
    used = max((line.naturalTextWidth() for line in lines if line.isValid()), default=0.0)
    box = QRectF(at.x(), at.y(), min(used, width - 2 * PADDING) + 2 * PADDING, height)
    _bubble(p, box)
    y = box.y() + PADDING
    p.setPen(theme.color("text"))
    for layout in layouts:
        for i in range(max(layout.lineCount(), 1)):
            if i < layout.lineCount():
                line = layout.lineAt(i)
                line.setPosition(QPointF(0, i * line_height + (line_height - line.height()) / 2))
        layout.draw(p, QPointF(box.x() + PADDING, y))
        y += max(layout.lineCount(), 1) * line_height
    return float(height)


def _bubble(p: QPainter, box: QRectF) -> None:
    round_rect(p, box, RADIUS, "bg.surface")
    p.setBrush(theme.color("bg.surface"))
    p.setPen(Qt.PenStyle.NoPen)
    y = box.y() + 16
    p.drawPolygon(QPolygonF([QPointF(box.x() - 5, y), QPointF(box.x() + 1, y - 5), QPointF(box.x() + 1, y + 5)]))


def paint_pictures(
    p: QPainter | None, at: QPointF, pictures: Sequence[QPixmap | None], text: str, width: float
) -> float:
    """A picture card: the first one large, the next four small, the 推荐语 below. Returns its height.

    One picture alone keeps its proportions. None stands for a picture that is not decoded yet.
    """
    single = len(pictures) == 1
    first = pictures[0]
    cover_height = width * COVER_RATIO
    if single and first is not None and not first.isNull():
        cover_height = min(max(width * first.height() / first.width(), width * 0.4), width * 1.4)
    cell = (width - (STRIP - 1) * GAP) / STRIP
    height = cover_height + (GAP + cell if len(pictures) > 1 else 0)
    text_height = 0.0
    if text:
        inner = QRectF(0, 0, width - 2 * PADDING, 0)
        count = draw_lines(None, inner, text, theme.font("body"), "text", LINE)
        text_height = count * theme.px(LINE) + 2 * PADDING
    if p is not None:
        box = QRectF(at.x(), at.y(), width, height + text_height)
        round_rect(p, box, RADIUS, "bg.surface")
        _picture(p, QRectF(at.x(), at.y(), width, cover_height), first)
        for i, picture in enumerate(pictures[1 : 1 + STRIP]):
            place = QRectF(at.x() + i * (cell + GAP), at.y() + cover_height + GAP, cell, cell)
            _picture(p, place, picture, 0)
            if i == STRIP - 1 and len(pictures) > STRIP + 1:
                _more(p, place, len(pictures) - STRIP - 1)
        if text:
            inner = QRectF(at.x() + PADDING, at.y() + height + PADDING, width - 2 * PADDING, 0)
            draw_lines(p, inner, text, theme.font("body"), "text", theme.px(LINE))
    return height + text_height


def _picture(p: QPainter, place: QRectF, picture: QPixmap | None, radius: float = 4) -> None:
    if picture is None or picture.isNull():
        round_rect(p, place, radius, "bg.sunken")
        icons.paint(p, place, "image", 16, "text.disabled")
    else:
        rounded_picture(p, place, picture, radius)


def _more(p: QPainter, place: QRectF, count: int) -> None:
    ground = theme.color("inverse")
    ground.setAlphaF(0.6)
    p.fillRect(place, ground)
    p.setPen(theme.current().on_inverse("text"))
    p.setFont(theme.font("body", bold=True))
    p.drawText(place, int(Qt.AlignmentFlag.AlignCenter), f"+{count}")


def paint_voice(p: QPainter | None, at: QPointF, seconds: float, width: float) -> float:
    """A voice bubble, longer for a longer recording. Returns its height."""
    height = 40.0
    if p is not None:
        share = min(seconds, 60) / 60
        box = QRectF(at.x(), at.y(), 72 + (width - 72) * share, height)
        _bubble(p, box)
        icons.paint(p, QRectF(box.x() + PADDING, box.y(), 18, height), "voice", 18, "text")
        p.setPen(theme.color("text"))
        p.setFont(theme.font("body"))
        place = box.adjusted(PADDING + 24, 0, -PADDING, 0)
        p.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), f"{max(round(seconds), 1)}″")
    return height


def paint_video(p: QPainter | None, at: QPointF, title: str, description: str, seconds: float, width: float) -> float:
    """A video card: a dark picture with a play mark, title and description below. Returns its height."""
    cover = width * 9 / 16
    inner = QRectF(at.x() + PADDING, at.y() + cover + PADDING, width - 2 * PADDING, 0)
    bold = theme.font("body", bold=True)
    rows = draw_lines(None, inner, title, bold, "text", LINE, 2) if title else 0
    more = draw_lines(None, inner, description, theme.font("caption"), "text.3", 16, 2) if description else 0
    words = rows * theme.px(LINE) + more * theme.px(16) + (4 if rows and more else 0)
    height = cover + (words + 2 * PADDING if words else 0)
    if p is not None:
        round_rect(p, QRectF(at.x(), at.y(), width, height), RADIUS, "bg.surface")
        place = QRectF(at.x(), at.y(), width, cover)
        round_rect(p, place, RADIUS, "inverse")
        middle = QRectF(0, 0, 40, 40)
        middle.moveCenter(place.center())
        round_rect(p, middle, 20, "inverse.button")
        icons.paint(p, middle.translated(1, 0), "play", 20, theme.current().on_inverse("text"))
        p.setPen(theme.current().on_inverse("text"))
        p.setFont(theme.font("caption"))
        corner = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
        p.drawText(place.adjusted(0, 0, -8, -6), corner, duration_text(seconds))
        draw_lines(p, inner, title, bold, "text", theme.px(LINE), 2)
        below = inner.translated(0, rows * theme.px(LINE) + (4 if rows else 0))
        draw_lines(p, below, description, theme.font("caption"), "text.3", theme.px(16), 2)
    return height
