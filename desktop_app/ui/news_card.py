"""The card of articles as followers get it, painted: one article with its digest, or a headline and rows."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPixmap

from desktop_app.ui import icons, theme
from desktop_app.ui.paint import round_rect, rounded_picture
from desktop_app.ui.text import draw_lines

RADIUS, EDGE, THUMB, ROW = 6, 10, 44, 64
WIDE = 2.35


@dataclass(frozen=True)
class CardArticle:
    """What the card shows of one article. Pictures are cut already; None: not decoded yet or missing."""

    title: str
    digest: str = ""
    wide: QPixmap | None = None
    square: QPixmap | None = None


def paint_news(p: QPainter | None, at: QPointF, articles: tuple[CardArticle, ...], width: float) -> float:
    """Paint the card with its upper left corner at ``at``; returns its height. With ``p`` None it only measures."""
    if len(articles) == 1:
        return _paint_single(p, at, articles[0], width)
    cover = round(width / WIDE)
    height = cover + ROW * (len(articles) - 1)
    if p is None:
        return height
    round_rect(p, QRectF(at.x(), at.y(), width, height), RADIUS, "bg.surface")
    _paint_headline(p, QRectF(at.x(), at.y(), width, cover), articles[0])
    for number, article in enumerate(articles[1:]):
        _paint_row(p, QRectF(at.x(), at.y() + cover + ROW * number, width, ROW), article)
    return height


def _paint_single(p: QPainter | None, at: QPointF, article: CardArticle, width: float) -> float:
    cover = round(width / WIDE)
    words = QRectF(at.x() + EDGE, at.y() + cover + EDGE, width - 2 * EDGE, 1000)
    lines = draw_lines(None, words, article.title, theme.font("body.l", bold=True), "text", 20, 2)
    digest_lines = 0
    if article.digest:
        digest_lines = draw_lines(None, words, article.digest, theme.font("caption"), "text.3", 18, 3)
    height = cover + EDGE + 20 * lines + (4 + 18 * digest_lines if digest_lines else 0) + EDGE
    if p is None:
        return height
    round_rect(p, QRectF(at.x(), at.y(), width, height), RADIUS, "bg.surface")
    _paint_picture(p, QRectF(at.x(), at.y(), width, cover), article.wide, RADIUS)
    draw_lines(p, words, article.title, theme.font("body.l", bold=True), "text", 20, 2)
    if digest_lines:
        below = words.adjusted(0, 20 * lines + 4, 0, 0)
        draw_lines(p, below, article.digest, theme.font("caption"), "text.3", 18, 3)
    return height


def _paint_headline(p: QPainter, box: QRectF, article: CardArticle) -> None:
    _paint_picture(p, box, article.wide, RADIUS)
    shade = QLinearGradient(box.topLeft(), box.bottomLeft())
    dark = theme.color("inverse")
    for at, strength in ((0.4, 0.0), (1.0, 0.75)):
        dark.setAlphaF(strength)
        shade.setColorAt(at, dark)
    p.fillRect(box, shade)
    words = box.adjusted(EDGE, 0, -EDGE, -8)
    font, ink = theme.font("body.l"), theme.current().on_inverse("text")
    lines = draw_lines(None, words, article.title, font, ink, 20, 2)
    words.setTop(words.bottom() - 20 * lines)
    draw_lines(p, words, article.title, font, ink, 20, 2)


def _paint_row(p: QPainter, box: QRectF, article: CardArticle) -> None:
    p.fillRect(QRectF(box.x() + EDGE, box.y(), box.width() - 2 * EDGE, 1), theme.color("line"))
    thumb = QRectF(box.right() - THUMB - EDGE, box.y() + (ROW - THUMB) / 2, THUMB, THUMB)
    _paint_picture(p, thumb, article.square, 2)
    words = QRectF(box.x() + EDGE, box.y() + 12, thumb.x() - box.x() - 2 * EDGE, 40)
    lines = draw_lines(None, words, article.title, theme.font("body"), "text", 20, 2)
    words.translate(0, (40 - 20 * lines) / 2)
    draw_lines(p, words, article.title, theme.font("body"), "text", 20, 2)


def _paint_picture(p: QPainter, box: QRectF, picture: QPixmap | None, radius: float) -> None:
    if picture is None or picture.isNull():
        round_rect(p, box, radius, "bg.sunken")
        icons.paint(p, box, "image", 20, "text.3")
    else:
        rounded_picture(p, box, picture, radius)


def paint_list(p: QPainter, box: QRectF, name: str, articles: tuple[CardArticle, ...], at_text: str) -> None:
    """The account's entry in the list of messages: its name, the time, and the card below."""
    head = QRectF(box.x() + 12, box.y() + 12, box.width() - 24, 24)
    round_rect(p, QRectF(head.x(), head.y(), 24, 24), 12, "go.text")
    p.setPen(theme.color("bg.surface"))
    p.setFont(theme.font("caption"))
    p.drawText(QRectF(head.x(), head.y(), 24, 24), int(Qt.AlignmentFlag.AlignCenter), name[:1])
    draw_lines(p, head.adjusted(32, 0, -60, 0), name, theme.font("body", bold=True), "text", 24, 1)
    p.setFont(theme.font("caption"))
    p.setPen(theme.color("text.3"))
    p.drawText(head, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), at_text)
    paint_news(p, QPointF(box.x() + 12, head.bottom() + 10), articles, box.width() - 24)
