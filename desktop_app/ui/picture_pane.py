"""PicturePane: the chosen picture large, with its facts as pills and its buttons on top."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui import icons, theme
from desktop_app.ui.chips import chip_size, paint_chip
from desktop_app.ui.error_box import words
from desktop_app.ui.media_tile import stage_text
from desktop_app.ui.paint import painter, round_rect
from desktop_app.ui.progress import paint_progress
from desktop_app.ui.widgets import button, hbox, icon_button
from desktop_app.workers.transfer import Stage, Transfer

INSET = 12
RADIUS = 8


class PicturePane(QWidget):
    """Shows the whole picture on a quiet ground; while it is uploaded a bar runs along its foot."""

    replace_wanted = Signal()
    remove_wanted = Signal()
    retry_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item: Transfer | None = None
        self._picture: QPixmap | None = None
        self._facts: list[tuple[str, str]] = []
        self._shown: tuple[object, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(480)
        self.setMinimumHeight(112)
        self._replace = button(self.tr("替换"), "float", "small", "refresh", "compose.image.replace")
        self._remove = icon_button("delete", self.tr("移走这张"), "compose.image.remove", "Del", "small", "float")
        self._retry = button(self.tr("重试"), "float", "small", "refresh", "compose.image.retry")
        self._stop = button(self.tr("停止上传"), "float", "small", "close", "compose.image.stop")
        self._bar = QWidget(self)
        self._bar.setLayout(hbox(self._retry, self._stop, self._replace, self._remove, spacing=8))
        self._replace.clicked.connect(self.replace_wanted)
        self._remove.clicked.connect(self.remove_wanted)
        self._retry.clicked.connect(self.retry_wanted)
        self._stop.clicked.connect(self.stop_wanted)

    def last_stop(self) -> QWidget:
        """The last of its buttons in the order of Tab."""
        return self._remove

    def focus_retry(self) -> None:
        """Put the keyboard on 重试."""
        self._retry.setFocus()

    def sizeHint(self) -> QSize:
        return QSize(560, 112)  # what it cannot do without; the form gives it all the room there is

    def show_item(self, item: Transfer | None, picture: QPixmap | None, facts: list[tuple[str, str]]) -> None:
        """Show an item; ``picture`` is None while it is decoded, a null one when it cannot be."""
        stage = item.stage if item else None
        shown = (item, stage, item.error if item else None, picture, facts)
        if shown == self._shown:
            return
        self._shown = shown
        self._item, self._picture, self._facts = item, picture, facts
        self._retry.setVisible(stage in (Stage.FAILED, Stage.STOPPED))
        self._stop.setVisible(stage in (Stage.WAITING, Stage.UPLOADING))
        said = [text for text, _ in facts]
        if item is not None:
            said.append(stage_text(item))
        self.setAccessibleName("，".join(said))
        self._place_bar()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_bar()

    def _place_bar(self) -> None:
        self._bar.adjustSize()
        self._bar.move(self.width() - self._bar.width() - INSET, INSET)

    def paintEvent(self, event: QPaintEvent) -> None:
        box = QRectF(self.rect())
        with painter(self) as p:
            path = QPainterPath()
            path.addRoundedRect(box, RADIUS, RADIUS)
            p.setClipPath(path)
            p.fillRect(box, theme.color("bg.sunken"))
            self._paint_picture(p, box)
            p.setClipping(False)
            self._paint_pills(p, box)
            if self._item is not None and self._item.stage in (Stage.READING, Stage.WAITING, Stage.UPLOADING):
                bar = QRectF(INSET, box.bottom() - 8, box.width() - 2 * INSET, 4)
                paint_progress(p, bar, self._item.fraction)
            if self._item is not None and self._item.stage == Stage.FAILED:
                self._paint_failure(p, box)

    def _paint_picture(self, p: QPainter, box: QRectF) -> None:
        picture = self._picture
        if picture is None or picture.isNull():
            icons.paint(p, box, "image", 24, "text.disabled")
            return
        # The whole picture is shown: what is cut off here would still be sent.
        size = picture.size().scaled(box.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(box.center())
        p.drawPixmap(place, picture, QRectF(picture.rect()))

    def _paint_pills(self, p: QPainter, box: QRectF) -> None:
        x, right = box.x() + INSET, box.right() - INSET
        y = box.bottom() - INSET - theme.px(22)
        for text, icon in self._facts:
            width = min(chip_size(text, icon).width(), right - x)
            if width < 48:
                break
            paint_chip(p, QRectF(x, y, width, theme.px(22)), text, "inverse", icon)
            x += width + 8

    def _paint_failure(self, p: QPainter, box: QRectF) -> None:
        error = self._item.error if self._item else None
        if error is None:
            return
        said = words(error)
        line = QRectF(box.x() + INSET, box.y() + INSET, box.width() - self._bar.width() - 3 * INSET, theme.px(28))
        round_rect(p, line, 6, "red.bg", "red.line")
        icons.paint(p, QRectF(line.x() + 8, line.y(), 16, line.height()), "warning", 14, "red.text")
        p.setFont(theme.font("caption"))
        p.setPen(theme.color("red.text"))
        room = line.adjusted(30, 0, -8, 0)
        shown = p.fontMetrics().elidedText(said.line, Qt.TextElideMode.ElideRight, int(room.width()))
        p.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)
