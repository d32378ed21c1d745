"""The line icons, tinted from the tokens and sharp at every display scale."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop_app.paths import resource
from desktop_app.ui.paint import as_color


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return resource(f"icons/{name}.svg").read_text(encoding="utf-8")


def _stroke(size: float) -> float:
    """Width of the strokes in the 24-grid: small icons need heavier lines to look the same."""
    if size > 16:
        return 1.6
    return 1.8 if size > 12 else 2.2


@lru_cache(maxsize=2048)
def _rendered(name: str, device_size: int, rgba: int, stroke: float) -> QPixmap:
    color = QColor.fromRgba(rgba)
    svg = _source(name).replace("currentColor", color.name())
    svg = svg.replace('stroke-width="1.6"', f'stroke-width="{stroke}"', 1)
    picture = QPixmap(device_size, device_size)
    picture.fill(Qt.GlobalColor.transparent)
    p = QPainter(picture)
    p.setOpacity(color.alphaF())
    QSvgRenderer(QByteArray(svg.encode())).render(p, QRectF(0, 0, device_size, device_size))
    p.end()
    return picture


def pixmap(name: str, size: float, tint: QColor | str = "text", ratio: float = 1.0) -> QPixmap:
    """The icon at ``size`` logical pixels for a display of ``ratio``. Raises OSError for an unknown name."""
    picture = QPixmap(_rendered(name, math.ceil(size * ratio), as_color(tint).rgba(), _stroke(size)))
    picture.setDevicePixelRatio(ratio)
    return picture


def paint(p: QPainter, rect: QRect | QRectF, name: str, size: float, tint: QColor | str = "text") -> None:
    """Draw the icon in the middle of ``rect``, its pixels on the pixels of the device."""
    picture = pixmap(name, size, tint, p.device().devicePixelRatioF())
    half = picture.deviceIndependentSize() / 2
    middle = QRectF(rect).center()
    corner = QPointF(middle.x() - half.width(), middle.y() - half.height())
    to_device = p.deviceTransform()
    back, can = to_device.inverted()
    if can and not to_device.isRotating():
        at = to_device.map(corner)
        corner = back.map(QPointF(round(at.x()), round(at.y())))
    p.drawPixmap(corner, picture)


class _TintEngine(QIconEngine):
    """Looks its colour up when it paints: a theme switch or a disabled button needs no new icon."""

    def __init__(self, name: str, tint: str, off: str) -> None:
        super().__init__()
        self._what = (name, tint, off)

    def clone(self) -> QIconEngine:
        return _TintEngine(*self._what)

    def paint(self, p: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        name, tint, off = self._what
        paint(p, rect, name, min(rect.width(), rect.height()), off if mode == QIcon.Mode.Disabled else tint)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        # In Qt 6.11 ``size`` is logical; taking it for device pixels blurs the icon at 150 %.
        picture = QPixmap(size * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        p = QPainter(picture)
        self.paint(p, QRect(QPoint(0, 0), size), mode, state)
        p.end()
        return picture


def icon(name: str, tint: str = "text", off: str = "text.disabled") -> QIcon:
    """A QIcon for actions and fields that follows the theme. Raises OSError for an unknown name."""
    _source(name)
    return QIcon(_TintEngine(name, tint, off))
