"""DropOverlay: covers the page while files hover over the window and offers what can be done with them as targets."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QWidget

from desktop_app.ui import theme
from desktop_app.ui.announce import announce
from desktop_app.ui.drop_payload import LIBRARY_MIME, Payload
from desktop_app.ui.drop_target import DropTarget, paint_large, paint_small
from desktop_app.ui.drop_words import Weight, payload_words, weigh
from desktop_app.ui.paint import painter, round_rect
from desktop_app.workers.tasks import Task, Tasks

REFUSED_MS = 1600
EDGE, HEAD, GAP = 24, 40, 16
LEFT = 192.0
RIGHT, RIGHT_NARROW = 272.0, 216.0
WIDE = 800

TargetsFor = Callable[[Payload], list[DropTarget]]
"""Who offers the targets for what hovers: the page in front. None at all: it is nothing for this window."""


def from_outside(event: QDropEvent) -> bool:
    """Whether a drag comes from another program, or from our own library, which drags files as well.

    What else begins in this window (words, blocks, cards) is the business of the widget it belongs to.
    """
    return event.source() is None or event.mimeData().hasFormat(LIBRARY_MIME)


class DropOverlay(QWidget):
    """Opaque; covers everything of ``area`` below ``head`` pixels. A child of the window: toasts lie below it.

    The window calls ``begin`` with every event of a drag (``DropWatch``), first of all.
    """

    def __init__(self, area: QWidget, targets_for: TargetsFor, tasks: Tasks, head: int = 56) -> None:
        self._window = area.window()
        super().__init__(self._window)
        self._area, self._targets_for, self._tasks, self._head = area, targets_for, tasks, head
        self._payload, self._begun = Payload(), False
        self._weight: Weight | None = None
        self._weighing: Task | None = None
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
        self.hide()

    def begin(self, event: QDragMoveEvent) -> bool:
        """Show the targets for what hovers over the window; False when it is nothing for this window.

        Entering decides. A move only brings back what a toast hid that came up meanwhile and was crossed.
        """
        if not isinstance(event, QDragEnterEvent) and (self.isVisible() or not self._begun):
            return self._begun
        payload = Payload.of(event.mimeData(), hovering=True) if from_outside(event) else Payload()
        targets = [] if payload.empty else self._targets_for(payload)
        self._begun = bool(targets)
        if not targets:
            return False
        self.end()
        self._payload, self._targets, self._weight = payload, targets, None
        self._fit()
        self.raise_()
        self.show()
        self._name()
        if payload.files:
            self._weighing = self._tasks.start(
                "work", lambda job: weigh(payload.files, job), owner=self, on_done=self._show_weight
            )
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        return True

    def end(self) -> None:
        """Go away."""
        self._leave.stop()
        if self._weighing is not None:
            self._weighing.cancel()
            self._weighing = None
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

    def target_over(self) -> str:
        """The key of the target below the mouse; "" where there is none."""
        return self._over.key if self._over else ""

    def words(self) -> str:
        """What the head says of the files."""
        return payload_words(self._payload, self._weight)

    # The drag

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if from_outside(event):
            self._hover(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._hover(event)

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
            if not payload.empty:  # a program may promise a picture and then not give it
                target.take(payload)

    def _hover(self, event: QDragMoveEvent) -> None:
        """Show what is below the mouse. Refused targets accept too: only so the drop arrives and can be explained."""
        over = self._at(event.position())
        if over is not self._over:
            self._over = over
            self.update()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

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
        at = self._area.mapTo(self._window, QPoint(0, head))
        self.setGeometry(at.x(), at.y(), self._area.width(), self._area.height() - head)

    def _places(self) -> list[tuple[DropTarget, QRectF]]:
        """Each target over the thing it changes: a column at the left, the large one, a column at the right."""
        room = QRectF(self.rect()).adjusted(EDGE, 40 + HEAD, -EDGE, -EDGE)
        columns = {
            place: [each for each in self._targets if each.place == place] for place in ("left", "centre", "right")
        }
        right = RIGHT if room.width() > WIDE + LEFT else RIGHT_NARROW
        before = LEFT + GAP if columns["left"] else 0.0
        after = right + GAP if columns["right"] else 0.0
        rooms = {
            "left": QRectF(room.x(), room.y(), LEFT, room.height()),
            "centre": room.adjusted(before, 0, -after, 0),
            "right": QRectF(room.right() - right, room.y(), right, room.height()),
        }
        return [each for place, targets in columns.items() for each in _stacked(targets, rooms[place])]

    # Painting

    def _show_weight(self, weight: Weight) -> None:
        self._weight = weight
        self._name()
        self.update()

    def _name(self) -> None:
        self.setAccessibleName(f"{self._heading()}{self.words()}")

    def _heading(self) -> str:
        if self._refused is not None or all(target.refusal for target in self._targets):
            return self.tr("这里放不了")
        return self.tr("松手放到哪里？")

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            p.fillRect(self.rect(), theme.color("bg.panel"))
            self._paint_head(p)
            for target, rect in self._places():
                if target.place == "centre":
                    paint_large(p, rect, target, self._state(target), self._payload.count())
                else:
                    paint_small(p, rect, target, self._state(target))

    def _paint_head(self, p: QPainter) -> None:
        row = QRectF(EDGE, 32, self.width() - 2 * EDGE, HEAD)
        p.setPen(theme.color("text"))
        p.setFont(theme.font("title.2"))
        p.drawText(row, int(Qt.AlignmentFlag.AlignVCenter), self._heading())
        used = p.fontMetrics().horizontalAdvance(self._heading())
        p.setFont(theme.font("body.l"))
        p.setPen(theme.color("text.2"))
        p.drawText(row.adjusted(used + 24, 2, -96, 0), int(Qt.AlignmentFlag.AlignVCenter), self.words())
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


def _stacked(targets: list[DropTarget], room: QRectF) -> list[tuple[DropTarget, QRectF]]:
    """Targets one above the other, all of one height."""
    height = (room.height() - GAP * (len(targets) - 1)) / max(len(targets), 1)
    return [
        (target, QRectF(room.x(), room.y() + i * (height + GAP), room.width(), height))
        for i, target in enumerate(targets)
    ]
