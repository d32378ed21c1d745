"""Shapes that every painted piece shares: rounded boxes, rings, soft shadows, rounded pictures."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from desktop_app.ui import theme


def painter(widget: QWidget) -> QPainter:
    """A QPainter with smooth edges; end it, or use it as a context manager."""
    p = QPainter(widget)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    return p


def as_color(value: QColor | str) -> QColor:
    """A colour, or the colour of a token."""
    return value if isinstance(value, QColor) else theme.color(value)


def round_rect(
    p: QPainter,
    rect: QRect | QRectF,
    radius: float,
    fill: QColor | str | None = None,
    line: QColor | str | None = None,
    width: float = 1,
    dash: tuple[float, float] | None = None,
) -> None:
    """A rounded box whose border lies inside ``rect``; ``dash`` counts in border widths."""
    box = QRectF(rect)
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setBrush(as_color(fill) if fill is not None else Qt.BrushStyle.NoBrush)
    if line is None:
        p.setPen(Qt.PenStyle.NoPen)
    else:
        pen = QPen(as_color(line), width)
        if dash:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(list(dash))
        p.setPen(pen)
        half = width / 2
        box = box.adjusted(half, half, -half, -half)
        radius = max(radius - half, 0)
    p.drawRoundedRect(box, radius, radius)
    p.restore()


def hairline(p: QPainter, x: float, y: float, length: float, vertical: bool = False) -> None:
    """One line of one device-independent pixel, sharp."""
    rect = QRectF(x, y, 1, length) if vertical else QRectF(x, y, length, 1)
    p.fillRect(rect, theme.color("line"))


def rounded_picture(p: QPainter, rect: QRectF, picture: QPixmap, radius: float) -> None:
    """A picture that fills ``rect`` (its overflow cut off evenly) with round corners."""
    if picture.isNull():
        return
    p.save()
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    p.setClipPath(path)
    p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    w, h = picture.width(), picture.height()
    scale = max(rect.width() / w, rect.height() / h)
    source = QRectF(0, 0, rect.width() / scale, rect.height() / scale)
    source.moveCenter(QPointF(w / 2, h / 2))
    p.drawPixmap(rect, picture, source)
    p.restore()


@lru_cache(maxsize=64)
def _shadow_patch(radius: int, blur: int, color: int) -> QPixmap:
    """A blurred rounded square, black with full strength inside; its middle pixel can be stretched.

    Nested outlines are added up after the Gaussian curve, which needs no blur effect.
    """
    core = 2 * (radius + blur) + 1
    side = core + 2 * blur
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    p = QPainter(image)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
    p.setPen(Qt.PenStyle.NoPen)
    before = 0
    for outset in range(blur, -blur - 1, -1):
        strength = round(255 * 0.5 * math.erfc(outset * 2 / (blur * math.sqrt(2))))
        tint = QColor.fromRgba(color)
        tint.setAlpha(strength - before)
        before = strength
        p.setBrush(tint)
        box = QRectF(blur - outset, blur - outset, core + 2 * outset, core + 2 * outset)
        corner = max(radius + outset, 1)
        p.drawRoundedRect(box, corner, corner)
    p.end()
    return QPixmap.fromImage(image)


def shadow(p: QPainter, rect: QRectF, radius: int, blur: int = 40, dy: int = 12, strength: float = 0.18) -> None:
    """A soft shadow of the rounded box ``rect``, painted as nine pieces of a cached picture."""
    patch = _shadow_patch(radius, blur, QColor(0, 0, 0).rgba())
    edge = (patch.width() - 1) // 2
    box = rect.adjusted(-blur, dy - blur, blur, dy + blur)
    corner_w, corner_h = min(edge, box.width() / 2), min(edge, box.height() / 2)
    xs = [box.left(), box.left() + corner_w, box.right() - corner_w, box.right()]
    ys = [box.top(), box.top() + corner_h, box.bottom() - corner_h, box.bottom()]
    src = [0, edge, edge + 1, patch.width()]
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.setOpacity(strength)
    for i in range(3):
        for j in range(3):
            target = QRectF(QPointF(xs[i], ys[j]), QPointF(xs[i + 1], ys[j + 1]))
            size = QSizeF(src[i + 1] - src[i], src[j + 1] - src[j])
            if target.width() > 0 and target.height() > 0:
                p.drawPixmap(target, patch, QRectF(QPointF(src[i], src[j]), size))
    p.restore()


def float_shadow(p: QPainter, rect: QRectF, radius: int, small: bool = False) -> None:
    """The shadow of the things that float: dialog (large), menu, toast and dragged card (small)."""
    dark = theme.current().name == "dark"
    if small:
        shadow(p, rect, radius, 16, 6, 0.35 if dark else 0.13)
    else:
        shadow(p, rect, radius, 40, 12, 0.5 if dark else 0.18)
    shadow(p, rect, radius, 8, 2, 0.35 if dark else 0.08)
