"""MediaTile: one picture of the message as a small card that can be chosen, dragged, and tells its state."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from desktop_app.ui import icons, theme
from desktop_app.ui.paint import float_shadow, painter, round_rect, rounded_picture
from desktop_app.ui.progress import paint_progress
from desktop_app.workers.transfer import Stage, Transfer

SIDE = 88
MARGIN = 4  # room for the ring of the chosen one


class MediaTile(QAbstractButton):
    """A card of 88×88 in a widget 4 px larger on each side."""

    dragged = Signal(QPoint)
    """The mouse pulls the tile; the point is where its middle should be, in the parent."""
    dropped = Signal()
    step_wanted = Signal(int)
    """Alt with an arrow key: move by this many places."""
    neighbour_wanted = Signal(int)
    remove_wanted = Signal()

    def __init__(self, item: Transfer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item
        self.picture: QPixmap | None = None
        self._place = 0
        self._grip: QPoint | None = None
        self.lifted = False
        self.setCheckable(True)
        self.setFixedSize(SIDE + 2 * MARGIN, SIDE + 2 * MARGIN)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("radius", 8)
        self.setProperty("ringInset", MARGIN)

    def sizeHint(self) -> QSize:
        return self.size()

    def set_place(self, place: int, count: int) -> None:
        """The tile's place in the row, from 1. Paints anew if that, or what goes on with the file, is another."""
        words = self.tr("第 {place} 张，共 {count} 张，{name}，{state}")
        said = words.format(place=place, count=count, name=self.item.name, state=stage_text(self.item))
        if said == self.accessibleName():
            return
        self._place = place
        self.setObjectName(f"compose.image.tile.{place}")
        self.setAccessibleName(said)
        self.update()

    def set_picture(self, picture: QPixmap | None) -> None:
        """The decoded thumbnail; a null one shows that the file cannot be drawn here."""
        self.picture = picture
        self.update()

    # Dragging is done by hand: a QDrag would hide the real tile and open the window's drop overlay.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._grip is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        moved = event.position().toPoint() - self._grip
        if not self.lifted and moved.manhattanLength() < QApplication.startDragDistance():
            return
        self.lifted = True
        self.raise_()
        self.dragged.emit(self.pos() + moved + self.rect().center())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._grip = None
        if self.lifted:
            self.lifted = False
            self.dropped.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.step_wanted.emit(step)
        elif step:
            self.neighbour_wanted.emit(step)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        box = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        with painter(self) as p:
            if self.lifted:
                float_shadow(p, box, 8, small=True)
            if self.isChecked():
                round_rect(p, QRectF(self.rect()), 10, None, "text", 2)
            if self.picture is not None and not self.picture.isNull():
                rounded_picture(p, box, self.picture, 8)
            else:
                round_rect(p, box, 8, "bg.sunken", "line")
                icons.paint(p, box, "image", 20, "text.3")
            _paint_number(p, box, self._place)
            paint_stage(p, box, self.item)


def _paint_number(p: QPainter, box: QRectF, place: int) -> None:
    ground = theme.color("inverse")
    ground.setAlphaF(0.7)
    width = 18 if place < 10 else 24
    badge = QRectF(box.x() + 6, box.y() + 6, width, 18)
    round_rect(p, badge, 9, ground)
    p.setPen(theme.current().on_inverse("text"))
    p.setFont(theme.font("badge"))
    p.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), str(place))


def paint_stage(p: QPainter, box: QRectF, item: Transfer) -> None:
    """What goes on with a file, on top of its picture: a bar while it is uploaded, a mark when it was not."""
    if item.stage == Stage.DONE:
        return
    if item.stage in (Stage.FAILED, Stage.STOPPED):
        failed = item.stage == Stage.FAILED
        mark = QRectF(box.right() - 26, box.bottom() - 26, 20, 20)
        round_rect(p, mark, 10, "bg.surface")
        icons.paint(p, mark, "warning" if failed else "stop", 14, "red" if failed else "text.2")
        if failed:
            round_rect(p, box, 8, None, "red", 2)
        return
    bar = QRectF(box.x() + 8, box.bottom() - 12, box.width() - 16, 4)
    paint_progress(p, bar, item.fraction)


def stage_text(item: Transfer) -> str:
    """The state of a file in a word or two."""
    from PySide6.QtCore import QCoreApplication

    if item.stage == Stage.UPLOADING and item.fraction >= 1.0:
        return QCoreApplication.translate("MediaTile", "已传完，等微信回应")
    names = {
        Stage.READING: QCoreApplication.translate("MediaTile", "正在检查"),
        Stage.MENDING: QCoreApplication.translate("MediaTile", "正在转换 {percent}%"),
        Stage.WAITING: QCoreApplication.translate("MediaTile", "等待上传"),
        Stage.UPLOADING: QCoreApplication.translate("MediaTile", "已上传 {percent}%"),
        Stage.DONE: QCoreApplication.translate("MediaTile", "已上传"),
        Stage.REFUSED: QCoreApplication.translate("MediaTile", "不能直接使用"),
        Stage.FAILED: QCoreApplication.translate("MediaTile", "上传没有成功"),
        Stage.STOPPED: QCoreApplication.translate("MediaTile", "已停止上传"),
    }
    return names[item.stage].format(percent=round(item.fraction * 100))
