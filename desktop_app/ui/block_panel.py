"""The 样式 panel: blocks of our own design as thumbnails, to be clicked or dragged into the article."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from desktop_app.ui import icons, theme
from desktop_app.ui.article_blocks import Block, blocks
from desktop_app.ui.flow import Flow
from desktop_app.ui.paint import painter, round_rect, rounded_picture
from desktop_app.ui.widgets import Surface, hbox, hline, icon_button, label, scroll, vbox

TILE = QSize(144, 104)
HEIGHT = 272


class _Tile(QAbstractButton):
    """A thumbnail over its name."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.block = block
        self._grip: QPoint | None = None
        self._scaled: dict[tuple[str, float], QPixmap] = {}
        self.setObjectName(f"news.block.{block.id}")
        self.setText(block.name)
        self.setAccessibleName(block.name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("radius", 8)
        self.setFixedSize(TILE)

    def sizeHint(self) -> QSize:
        return TILE

    def _picture(self) -> QPixmap:
        """The block in the theme's light, made small once: many small steps look better than one large one."""
        key = (theme.current().name, self.devicePixelRatioF())
        if key not in self._scaled:
            whole = QPixmap(str(self.block.picture(key[0])))
            room = (TILE - QSize(12, 38)) * key[1]
            ways = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            self._scaled[key] = whole if whole.isNull() else whole.scaled(room, *ways)
        return self._scaled[key]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grip = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if (event.position().toPoint() - self._grip).manhattanLength() < QApplication.startDragDistance():
            return
        self._grip = None
        self.setDown(False)
        drag, data = QDrag(self), QMimeData()
        data.setHtml(self.block.html)  # the editor takes it like any HTML that is dropped
        drag.setMimeData(data)
        drag.setPixmap(self.grab())
        drag.exec(Qt.DropAction.CopyAction)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            box = QRectF(self.rect())
            round_rect(p, box, 8, "bg.hover" if self.underMouse() else "bg.surface", "line")
            place = QRectF(box.x() + 6, box.y() + 6, box.width() - 12, box.height() - 32)
            _paint_whole(p, place, self._picture())
            p.setFont(theme.font("caption"))
            p.setPen(theme.color("text.2"))
            words = QRectF(box.x(), box.bottom() - 24, box.width(), 20)
            p.drawText(words, int(Qt.AlignmentFlag.AlignCenter), self.text())


def _paint_whole(p: QPainter, place: QRectF, picture: QPixmap) -> None:
    """All of the picture, as large as the place allows; a missing one is an icon."""
    if picture.isNull():
        icons.paint(p, place, "article", 20, "text.3")
        return
    scale = min(place.width() / picture.width(), place.height() / picture.height())
    shown = QRectF(0, 0, picture.width() * scale, picture.height() * scale)
    shown.moveCenter(place.center())
    rounded_picture(p, shown, picture, 4)


class BlockPanel(Surface):
    """Opens below the toolbar; ``chosen`` gives the HTML of a block."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("bg.panel", parent)
        self.setObjectName("news.blocks")
        self._filled = False
        self._flow = Flow(8)
        inner = QWidget()
        inner.setLayout(vbox(self._flow, None, margins=(12, 0, 12, 12)))
        close = icon_button("close", self.tr("收起"), "news.blocks.close", dim="small")
        close.clicked.connect(self.hide)
        hint = label(self.tr("点一下放在光标处，也可以拖进正文"), "caption", "text.3")
        head = hbox(label(self.tr("样式"), bold=True), hint, None, close, margins=(12, 6, 12, 6))
        self.setLayout(vbox(head, scroll(inner, "news.blocks.scroll"), hline(), spacing=0))
        self.setFixedHeight(HEIGHT)
        self.hide()

    def toggle(self) -> None:
        """Open it, or close it again."""
        if not self._filled:
            self._filled = True
            for block in blocks():
                tile = _Tile(block)
                tile.clicked.connect(lambda _=False, html=block.html: self.chosen.emit(html))
                self._flow.add(tile)
        self.setVisible(self.isHidden())
