"""DropOverlay: covers the page while files hover over the window and offers the kinds of message as targets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTransform,
)
from PySide6.QtWidgets import QWidget

from desktop_app.ui import icons, theme
from desktop_app.ui.announce import announce
from desktop_app.ui.chips import chip_size, paint_chip
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.drop_target import LOOKS
from desktop_app.ui.paint import float_shadow, painter, round_rect

REFUSED_MS = 1600
HEAD = 40
GAP = 16


@dataclass(frozen=True)
class DropTarget:
    """A place on the overlay. ``refusal`` says why it cannot take what hovers; empty: it can."""

    key: str
    icon: str
    title: str
    hint: str
    take: Callable[[Payload], object]
    refusal: str = ""
    notes: tuple[tuple[str, str, str], ...] = ()  # chips of the large target: text, tone, icon


class DropHost(Protocol):
    """Who offers the targets: the compose page."""

    def drop_targets(self, payload: Payload) -> list[DropTarget]:
        """All targets, the most likely one first."""

    def payload_text(self, payload: Payload) -> str:
        """What hovers, in words: 「12 个文件 · 9 张图片 · 3 个视频」."""

    def attach_overlay(self, overlay: DropOverlay) -> None:
        """Get to know the overlay: some widgets of the page see a drag before the window does."""


class DropOverlay(QWidget):
    """An opaque child of ``area`` that covers everything below ``head`` pixels.

    The window calls ``begin`` from its dragEnterEvent; from then on the drag's events come here.
    """

    def __init__(self, area: QWidget, host: DropHost, head: int = 56) -> None:
        super().__init__(area)
        self._area, self._host, self._head = area, host, head
        self._payload = Payload()
        self._targets: list[DropTarget] = []
        self._over: DropTarget | None = None
        self._refused: DropTarget | None = None
        self._leave = QTimer(self)
        self._leave.setSingleShot(True)
        self._leave.timeout.connect(self.end)
        self.setObjectName("compose.overlay")
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.installEventFilter(self)
        host.attach_overlay(self)
        self.hide()

    def begin(self, event: QDragEnterEvent) -> bool:
        """Show the targets for what hovers over the window; False when it is nothing for this window."""
        payload = Payload.of(event.mimeData())
        if payload.empty:
            return False
        self._leave.stop()
        self._payload = payload
        self._targets = self._host.drop_targets(payload)
        self._over = self._refused = None
        self._fit()
        self.raise_()
        self.show()
        self.setAccessibleName(self._heading() + self._host.payload_text(payload))
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        return True

    def end(self) -> None:
        """Go away."""
        self._leave.stop()
        self._over = self._refused = None
        self.hide()

    def targets(self) -> list[DropTarget]:
        """The targets on the screen."""
        return list(self._targets)

    def target_rect(self, key: str) -> QRectF:
        """Where a target is painted. Raises KeyError for an unknown one."""
        for target, rect in self._places():
            if target.key == key:
                return rect
        raise KeyError(key)

    # The drag

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.begin(event):
            self._hover(event.position())

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._hover(event.position())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()  # refused targets too: only so the drop arrives and can be explained

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.end()

    def dropEvent(self, event: QDropEvent) -> None:
        target = self._at(event.position())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if target is None:
            self.end()
        elif target.refusal:
            self._refused, self._over = target, None
            announce(self, target.refusal, urgent=True)
            self._leave.start(REFUSED_MS)
            self.update()
        else:
            payload = Payload.of(event.mimeData())
            self.end()
            target.take(payload)

    def _hover(self, at: QPointF) -> None:
        over = self._at(at)
        if over is not self._over:
            self._over = over
            self.update()

    def _at(self, at: QPointF) -> DropTarget | None:
        return next((target for target, rect in self._places() if rect.contains(at)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The mouse moves only when nothing is dragged any more: a system forgot to say that it left."""
        if self._refused is None:
            self.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.end()

    # Places

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._area:
            self._fit()
        return False

    def _fit(self) -> None:
        head = theme.px(self._head)
        self.setGeometry(0, head, self._area.width(), self._area.height() - head)

    def _places(self) -> list[tuple[DropTarget, QRectF]]:
        """The first target large at the left, the others one above the other at the right."""
        if not self._targets:
            return []
        room = QRectF(self.rect()).adjusted(24, 40 + HEAD, -24, -24)
        rest = self._targets[1:]
        side = 272.0 if room.width() > 800 else 216.0
        large = QRectF(room)
        if rest:
            large.setWidth(room.width() - side - GAP)
        places = [(self._targets[0], large)]
        height = (room.height() - GAP * (len(rest) - 1)) / max(len(rest), 1)
        for i, target in enumerate(rest):
            places.append((target, QRectF(large.right() + GAP, room.y() + i * (height + GAP), side, height)))
        return places

    # Painting

    def _heading(self) -> str:
        if self._refused is not None:
            return self.tr("这里放不了")
        return self.tr("松手放到哪里？")

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            p.fillRect(self.rect(), theme.color("bg.panel"))
            self._paint_head(p)
            for place, (target, rect) in enumerate(self._places()):
                if place == 0:
                    self._paint_large(p, rect, target)
                else:
                    self._paint_side(p, rect, target)

    def _paint_head(self, p: QPainter) -> None:
        row = QRectF(24, 32, self.width() - 48, HEAD)
        p.setPen(theme.color("text"))
        font = theme.font("title.2")
        p.setFont(font)
        p.drawText(row, int(Qt.AlignmentFlag.AlignVCenter), self._heading())
        used = p.fontMetrics().horizontalAdvance(self._heading())
        p.setFont(theme.font("body.l"))
        p.setPen(theme.color("text.2"))
        words = row.adjusted(used + 24, 2, -96, 0)
        p.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self._host.payload_text(self._payload))
        self._paint_escape(p, row)

    def _paint_escape(self, p: QPainter, row: QRectF) -> None:
        p.setFont(theme.font("caption"))
        p.setPen(theme.color("text.2"))
        word = self.tr("取消")
        width = p.fontMetrics().horizontalAdvance(word)
        p.drawText(row, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), word)
        key = QRectF(row.right() - width - 36, row.center().y() - 9, 28, 18)
        round_rect(p, key, 4, "bg.surface", "line.strong")
        p.setFont(theme.font("badge"))
        p.drawText(key, int(Qt.AlignmentFlag.AlignCenter), "Esc")

    def _state(self, target: DropTarget) -> str:
        if target is self._refused:
            return "refused"
        if target.refusal:
            return "off"
        return "over" if target is self._over else "armed"

    def _paint_side(self, p: QPainter, rect: QRectF, target: DropTarget) -> None:
        look = LOOKS[self._state(target)]
        round_rect(p, rect, 10, look.fill, look.line, look.width, look.dash)
        y = rect.center().y() - 46
        icons.paint(p, QRectF(rect.x(), y, rect.width(), 28), target.icon, 28, look.ink)
        self._words(p, QRectF(rect.x() + 16, y + 36, rect.width() - 32, 60), target, look.ink, "title.3")

    def _paint_large(self, p: QPainter, rect: QRectF, target: DropTarget) -> None:
        look = LOOKS[self._state(target)]
        round_rect(p, rect, 10, look.fill, look.line, look.width, look.dash)
        y = rect.center().y() - 120
        self._paint_stack(p, QPointF(rect.center().x(), y + 44), target)
        y += 124
        self._words(p, QRectF(rect.x() + 24, y, rect.width() - 48, 60), target, look.ink, "title.2")
        if not target.refusal:
            self._paint_notes(p, QRectF(rect.x(), y + 72, rect.width(), theme.px(22)), target)

    def _words(self, p: QPainter, room: QRectF, target: DropTarget, ink: str, style: str) -> None:
        p.setFont(theme.font(style, bold=True))
        p.setPen(theme.color("text" if ink == "text.2" else ink))
        center = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        title = QRectF(room.x(), room.y(), room.width(), theme.line(style))
        p.drawText(title, int(Qt.AlignmentFlag.AlignCenter), target.title)
        p.setFont(theme.font("body"))
        p.setPen(theme.color(ink if ink == "red.text" else "text.2"))
        below = room.adjusted(0, theme.line(style) + 4, 0, 24)
        p.drawText(below, int(center | Qt.TextFlag.TextWordWrap), target.refusal or target.hint)

    def _paint_notes(self, p: QPainter, row: QRectF, target: DropTarget) -> None:
        widths = [chip_size(text, icon).width() for text, _, icon in target.notes]
        x = row.center().x() - (sum(widths) + 8 * (len(widths) - 1)) / 2
        for (text, tone, icon), width in zip(target.notes, widths, strict=True):
            paint_chip(p, QRectF(x, row.y(), width, row.height()), text, tone, icon)
            x += width + 8

    def _paint_stack(self, p: QPainter, middle: QPointF, target: DropTarget) -> None:
        """Up to three sheets lying on one another, with the number of files."""
        count = max(self._payload.count(), 1)
        for turn in (7, 4, 0)[3 - min(count, 3) :]:
            p.save()
            p.setTransform(QTransform().translate(middle.x(), middle.y()).rotate(turn), True)
            sheet = QRectF(-52, -38, 104, 76)
            float_shadow(p, sheet, 6, small=True)
            round_rect(p, sheet, 6, "bg.surface", "line")
            round_rect(p, sheet.adjusted(4, 4, -4, -4), 4, "bg.sunken")
            p.restore()
        icons.paint(p, QRectF(middle.x() - 14, middle.y() - 14, 28, 28), target.icon, 28, "text.2")
        if count > 1:
            badge = QRectF(middle.x() + 38, middle.y() - 50, 30 if count > 9 else 24, 24)
            round_rect(p, badge, 12, "blue")
            p.setPen(theme.color("bg.surface"))
            p.setFont(theme.font("body", bold=True))
            p.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), str(count))
