"""The picture with both crops on it; arrows move the one in front by a pixel, + and − zoom."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainterPath, QPaintEvent, QPixmap, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui import theme
from desktop_app.ui.article_pictures import RATIO_SQUARE, RATIO_WIDE
from desktop_app.ui.crop_box import CropBox
from desktop_app.ui.paint import painter, round_rect

GRIP = 14


class CropView(QWidget):
    """``boxes`` holds both crops by key: ``wide`` (2.35 : 1) and ``square``."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crop.view")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setProperty("radius", 4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._picture = QPixmap()
        self._size = QSizeF(1, 1)
        self.boxes: dict[str, CropBox] = {}
        self.key = "wide"
        self._grab: tuple[str, QPointF] | None = None

    def sizeHint(self) -> QSize:
        return QSize(520, 400)

    def show_picture(
        self, picture: QPixmap, size: QSizeF, wide: list[float] | None, square: list[float] | None
    ) -> None:
        """Show a picture of ``size`` pixels with its crops; None takes the largest in the middle."""
        self._picture, self._size = picture, size
        self.boxes = {"wide": CropBox(size, RATIO_WIDE, wide), "square": CropBox(size, RATIO_SQUARE, square)}
        self._say()

    def choose(self, key: str) -> None:
        """Bring a crop to the front."""
        self.key = key
        self._say()

    def _say(self) -> None:
        box = self.boxes.get(self.key)
        if box is not None:
            words = self.tr("裁剪框，左 {x}，上 {y}，宽 {w}，高 {h} 像素。方向键移动，加减号缩放")
            rect = box.rect
            self.setAccessibleName(
                words.format(x=round(rect.x()), y=round(rect.y()), w=round(rect.width()), h=round(rect.height()))
            )
        self.update()
        self.changed.emit()

    # Where the picture is

    def _place(self) -> QRectF:
        room = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        scale = min(room.width() / self._size.width(), room.height() / self._size.height())
        place = QRectF(0, 0, self._size.width() * scale, self._size.height() * scale)
        place.moveCenter(room.center())
        return place

    def _scale(self) -> float:
        return self._place().width() / self._size.width()

    def _on_screen(self, box: CropBox) -> QRectF:
        place, scale = self._place(), self._scale()
        rect = box.rect
        return QRectF(
            place.x() + rect.x() * scale, place.y() + rect.y() * scale, rect.width() * scale, rect.height() * scale
        )

    def _in_picture(self, at: QPointF) -> QPointF:
        place, scale = self._place(), self._scale()
        return QPointF((at.x() - place.x()) / scale, (at.y() - place.y()) / scale)

    # Hands

    def _corner(self, at: QPointF) -> bool:
        rect = self._on_screen(self.boxes[self.key])
        corners = (rect.topLeft(), rect.topRight(), rect.bottomLeft(), rect.bottomRight())
        return any((at - corner).manhattanLength() < GRIP for corner in corners)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.boxes or event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position()
        if self._corner(at):
            self._grab = ("corner", self._in_picture(at))
        elif self._on_screen(self.boxes[self.key]).contains(at):
            self._grab = ("box", self._in_picture(at))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.boxes:
            return
        at = event.position()
        if self._grab is None:
            inside = self._on_screen(self.boxes[self.key]).contains(at)
            shape = Qt.CursorShape.SizeAllCursor if inside else Qt.CursorShape.ArrowCursor
            self.setCursor(Qt.CursorShape.SizeFDiagCursor if self._corner(at) else shape)
            return
        what, before = self._grab
        now = self._in_picture(at)
        if what == "corner":
            self.boxes[self.key].pull(now)
        else:
            self.boxes[self.key].move(now - before)
        self._grab = (what, now)
        self._say()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grab = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.boxes:
            self.boxes[self.key].zoom(1.05 if event.angleDelta().y() > 0 else 1 / 1.05)
            self._say()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = 10.0 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        moves = {
            Qt.Key.Key_Left: QPointF(-step, 0),
            Qt.Key.Key_Right: QPointF(step, 0),
            Qt.Key.Key_Up: QPointF(0, -step),
            Qt.Key.Key_Down: QPointF(0, step),
        }
        key, box = Qt.Key(event.key()), self.boxes.get(self.key)
        if box is None:
            super().keyPressEvent(event)
        elif key in moves:
            box.move(moves[key])
            self._say()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            box.zoom(1.05)
            self._say()
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            box.zoom(1 / 1.05)
            self._say()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            round_rect(p, self.rect(), 4, "bg.sunken")
            if not self.boxes or self._picture.isNull():
                return
            place = self._place()
            p.drawPixmap(place, self._picture, QRectF(self._picture.rect()))
            front = self._on_screen(self.boxes[self.key])
            shade = QPainterPath()
            shade.addRect(place)
            hole = QPainterPath()
            hole.addRect(front)
            p.fillPath(shade.subtracted(hole), theme.color("scrim"))
            light = theme.current().on_inverse("text")
            for key, box in self.boxes.items():
                rect = self._on_screen(box)
                if key == self.key:
                    round_rect(p, rect, 0, None, light, 2)
                    for corner in (rect.topLeft(), rect.topRight(), rect.bottomLeft(), rect.bottomRight()):
                        grip = QRectF(0, 0, 10, 10)
                        grip.moveCenter(corner)
                        round_rect(p, grip, 5, light, "cta")
                else:
                    round_rect(p, rect, 0, None, light, 1, (3, 2))
