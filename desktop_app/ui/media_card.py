"""The cards of 素材库: picture, wave or film, badge, name, facts; and the dashed cell that takes files."""

from __future__ import annotations

import math
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop_app.ui import icons, theme
from desktop_app.ui.chips import paint_chip
from desktop_app.ui.media_model import Index, MediaModel
from desktop_app.ui.media_pictures import MediaPictures
from desktop_app.ui.media_words import badge, is_expired, length_text, size_facts
from desktop_app.ui.paint import round_rect
from desktop_app.ui.progress import paint_progress
from desktop_app.ui.text import draw_lines

if TYPE_CHECKING:
    from desktop_app.services.library import LibraryItem

CARD_WIDTH, PICTURE, WORDS, GAP = 180, 125, 57, 16
RADIUS, INSET, TICK = 8, 9, 20
_EXPIRED_OPACITY = 0.55
_State = QStyle.StateFlag


def card_height() -> int:
    """182, more with the system's larger texts."""
    return PICTURE + theme.px(WORDS)


def card_rect(cell: QRect) -> QRectF:
    """The card inside its cell of the grid: half a gap on each side."""
    return QRectF(cell).adjusted(GAP / 2, GAP / 2, -GAP / 2, -GAP / 2)


def picture_rect(card: QRectF) -> QRectF:
    """The picture inside the card's border."""
    return QRectF(card.x() + 1, card.y() + 1, card.width() - 2, PICTURE - 1)


def tick_rect(card: QRectF) -> QRectF:
    """The box that selects without letting go of the others."""
    return QRectF(card.right() - INSET - TICK, card.y() + INSET, TICK, TICK)


def _second_line(card: QRectF) -> QRectF:
    return QRectF(
        card.x() + 11, card.y() + PICTURE + theme.px(28), card.width() - 22, theme.line("caption") + theme.px(2)
    )


class MediaDelegate(QStyledItemDelegate):
    """Paints one cell. ``part_at`` tells which part of a card the mouse is on."""

    def __init__(self, model: MediaModel, pictures: MediaPictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._pictures = model, pictures
        self.cell_size = QSize(CARD_WIDTH + GAP, card_height() + GAP)
        self.by_keyboard = False
        """Whether the last one in the grid was a key: only then the focus is painted."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self.cell_size

    def part_at(self, cell: QRect, at: QPointF, item: LibraryItem) -> str:
        """``tick``, ``again`` (重新上传 of what has expired) or an empty text."""
        card = card_rect(cell)
        if tick_rect(card).adjusted(-4, -4, 4, 4).contains(at):
            return "tick"
        if self._renewable(item) and self._again_rect(card).contains(at):
            return "again"
        return ""

    def _renewable(self, item: LibraryItem) -> bool:
        idle = self._model.busy(item.key) is None
        return idle and item.path is not None and is_expired(item, self._model.now())

    def _again_rect(self, card: QRectF) -> QRectF:
        line = _second_line(card)
        width = QFontMetricsF(theme.font("caption")).horizontalAdvance(self.tr("重新上传"))
        return line.adjusted(line.width() - width - 4, -2, 4, 4)

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card, item = card_rect(option.rect), self._model.item(index.row())
        hover = bool(option.state & _State.State_MouseOver)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if item is None:
            self._paint_add(p, card, hover)
        else:
            self._paint_card(p, card, item, bool(option.state & _State.State_Selected), hover)
        if option.state & _State.State_HasFocus and self.by_keyboard:
            round_rect(p, card.adjusted(-5, -5, 5, 5), RADIUS + 5, None, "blue", 2)
        p.restore()

    # The cell that takes files

    def _paint_add(self, p: QPainter, card: QRectF, hover: bool) -> None:
        round_rect(p, card, RADIUS, "bg.hover" if hover else None, "field.mark", 2, (3, 2))
        icons.paint(p, QRectF(card.x(), card.y() + 46, card.width(), 24), "upload", 22, "text.2")
        y = card.y() + 80
        bold = theme.font("body", bold=True)
        draw_lines(p, QRectF(card.x(), y, card.width(), 20), self.tr("拖到这里上传"), bold, "text", 20, 1, True)
        font = theme.font("caption")
        lead, link = self.tr("或 "), self.tr("选择文件")
        metrics = QFontMetricsF(font)
        x = card.center().x() - metrics.horizontalAdvance(lead + link) / 2
        row = QRectF(x, y + theme.px(23), card.width(), 18)
        draw_lines(p, row, lead, font, "text.2", 18, 1)
        row.setX(x + metrics.horizontalAdvance(lead))
        font.setUnderline(hover)
        draw_lines(p, row, link, font, "blue.text", 18, 1)
        below = QRectF(card.x() + 8, y + theme.px(39), card.width() - 16, 18)
        draw_lines(p, below, self.tr("也可以直接粘贴"), theme.font("caption"), "text.2", 18, 1, True)

    # A card

    def _paint_card(self, p: QPainter, card: QRectF, item: LibraryItem, selected: bool, hover: bool) -> None:
        now = self._model.now()
        expired = is_expired(item, now)
        round_rect(p, card, RADIUS, "bg.hover" if hover and not selected else "bg.surface", "line")
        if expired:
            p.setOpacity(_EXPIRED_OPACITY)
        box = picture_rect(card)
        self._paint_picture(p, box, item)
        if length := length_text(item):
            _paint_length(p, box, length, "voice" if item.kind == "voice" else "play")
        p.setOpacity(1.0)
        room = QRectF(card.x() + INSET, card.y() + INSET, card.width() - 2 * INSET, theme.px(22))
        if selected or hover:
            room.setWidth(room.width() - TICK - 4)
        mark = badge(item, now)
        paint_chip(p, room, mark.text, mark.tone, mark.icon)
        self._paint_words(p, card, item, expired)
        if (fraction := self._model.busy(item.key)) is not None:
            paint_progress(p, QRectF(card.x() + 9, card.y() + PICTURE - 10, card.width() - 18, 4), fraction)
        if selected:
            round_rect(p, card.adjusted(-2, -2, 2, 2), RADIUS + 2, None, "text", 2)
        if selected or hover:
            _paint_tick(p, tick_rect(card), selected)

    def _paint_picture(self, p: QPainter, box: QRectF, item: LibraryItem) -> None:
        picture = None if item.kind == "voice" else self._pictures.get(item)
        shape = _top_rounded(box, RADIUS - 1)
        if picture is not None and not picture.isNull():
            _paint_cut(p, box, picture, shape)
        elif item.kind == "voice":
            p.fillPath(shape, theme.color("bg.sunken"))
            _paint_wave(p, box, item.key)
        elif item.kind == "video":
            p.fillPath(shape, _film())
            icons.paint(p, box, "video", 28, theme.current().on_inverse("text.3"))
        else:
            p.fillPath(shape, theme.color("bg.sunken"))
            icons.paint(p, box, "image", 24, "text.disabled")

    def _paint_words(self, p: QPainter, card: QRectF, item: LibraryItem, expired: bool) -> None:
        name = QRectF(card.x() + 11, card.y() + PICTURE + theme.px(8), card.width() - 22, theme.px(20))
        font = theme.font("body")
        # The end of a name tells it from its neighbours, as 「…_2.jpg」.
        shown = QFontMetricsF(font).elidedText(item.name, Qt.TextElideMode.ElideMiddle, name.width())
        draw_lines(p, name, shown, font, "text", name.height(), 1)
        line, font = _second_line(card), theme.font("caption")
        busy = self._model.busy(item.key) is not None
        if busy:
            draw_lines(p, line, self.tr("正在处理"), font, "text.2", line.height(), 1)
        elif expired:
            draw_lines(p, line, self.tr("已过期"), font, "text.2", line.height(), 1)
            if self._renewable(item):
                again = self._again_rect(card).adjusted(4, 2, 4, -4)
                draw_lines(p, again, self.tr("重新上传"), font, "blue.text", line.height(), 1)
        else:
            draw_lines(p, line, size_facts(item), font, "text.2", line.height(), 1)


def _film() -> QColor:
    return theme.current().on_inverse("bg.hover")


def _top_rounded(box: QRectF, radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(box.x(), box.y(), box.width(), box.height() + radius), radius, radius)
    below = QPainterPath()
    below.addRect(box)
    return path.intersected(below)


def _paint_cut(p: QPainter, box: QRectF, picture: QPixmap, shape: QPainterPath) -> None:
    """The picture over all of ``box``, its overflow cut off evenly, with the card's upper corners."""
    w, h = picture.width(), picture.height()
    scale = max(box.width() / w, box.height() / h)
    source = QRectF(0, 0, box.width() / scale, box.height() / scale)
    source.moveCenter(QPointF(w / 2, h / 2))
    p.save()
    p.setClipPath(shape, Qt.ClipOperation.IntersectClip)
    p.drawPixmap(box, picture, source)
    p.restore()


def _paint_length(p: QPainter, box: QRectF, text: str, icon: str) -> None:
    font = theme.font("caption")
    width = 6 + 12 + 4 + QFontMetricsF(font).horizontalAdvance(text) + 7
    height = theme.px(20)
    mark = QRectF(box.right() - 8 - width, box.bottom() - 8 - height, width, height)
    ground = theme.color("inverse")
    ground.setAlphaF(0.78)
    ink = theme.current().on_inverse("text")
    round_rect(p, mark, 5, ground)
    icons.paint(p, QRectF(mark.x() + 6, mark.y(), 12, height), icon, 12, ink)
    p.setFont(font)
    p.setPen(ink)
    p.drawText(mark.adjusted(22, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), text)


@lru_cache(maxsize=512)
def _wave(key: str, bars: int) -> tuple[float, ...]:
    """Heights of bars, 0 to 1: a shape that is always the same for one voice. It is a drawing, not the sound."""
    seed = zlib.crc32(key.encode())
    heights = []
    for bar in range(bars):
        swell = math.sin(math.pi * (bar + 0.5) / bars)
        beat = 0.55 + 0.45 * math.sin(bar * (1.7 + seed % 5 * 0.13) + seed % 628 / 100)
        heights.append(0.12 + 0.88 * swell * beat)
    return tuple(heights)


def _paint_wave(p: QPainter, box: QRectF, key: str, bars: int = 22, pitch: float = 6, height: float = 58) -> None:
    x, middle = box.center().x() - bars * pitch / 2 + 3, box.center().y() + 2
    half = (height - 3) / 2
    lines = [
        QLineF(x + at * pitch, middle - half * share, x + at * pitch, middle + half * share)
        for at, share in enumerate(_wave(key, bars))
    ]
    p.setPen(QPen(theme.color("text.2"), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    p.drawLines(lines)


def paint_large(p: QPainter, box: QRectF, item: LibraryItem) -> None:
    """What stands for a voice, or for a video without a picture, in a large box."""
    if item.kind == "voice":
        round_rect(p, box, RADIUS, "bg.sunken")
        _paint_wave(p, box, item.key, 44, 6, 96)
    else:
        round_rect(p, box, RADIUS, _film())
        icons.paint(p, box, "video", 40, theme.current().on_inverse("text.3"))


def _paint_tick(p: QPainter, box: QRectF, on: bool) -> None:
    if on:
        round_rect(p, box, 6, "cta")
        icons.paint(p, box, "check", 14, "on.cta")
    else:
        ground = theme.color("bg.surface")
        ground.setAlphaF(0.9)
        round_rect(p, box, 6, ground, "field.mark")
