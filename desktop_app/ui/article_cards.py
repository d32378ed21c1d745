"""The articles of the message as cards: the first one large, dragged or moved by keys into another order."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop_app.ui import icons, theme
from desktop_app.ui.article_model import MIME, Article, ArticleModel, Health, is_blank
from desktop_app.ui.article_pictures import ArticlePictures
from desktop_app.ui.chips import chip_size, paint_chip
from desktop_app.ui.paint import float_shadow, painter, round_rect, rounded_picture
from desktop_app.ui.text import draw_lines

RING = 2  # the viewport is wider than the card by this much on each side
GAP = 8
FIRST, OTHERS, THUMB = 102, 64, 48

Index = QModelIndex | QPersistentModelIndex


class CardDelegate(QStyledItemDelegate):
    """Paints one article: cover, title, how its checks stand."""

    def __init__(self, pictures: ArticlePictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        height = FIRST if index.row() == 0 else OTHERS
        return QSize(option.rect.width(), theme.px(height) + 2 * RING + GAP - 2 * RING)

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect = QRectF(option.rect)
        box = QRectF(rect.x() + RING, rect.y() + RING, rect.width() - 2 * RING, rect.height() - GAP)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        article, health = index.data(ArticleModel.ArticleRole), index.data(ArticleModel.HealthRole)
        if option.state & QStyle.StateFlag.State_Selected:
            round_rect(p, box.adjusted(-RING, -RING, RING, RING), 10, None, "text", 2)
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if index.row() == 0:
            self._paint_first(p, box, article, index.data(), health)
        else:
            self._paint_other(p, box, article, index.data(), health, hover)
        p.restore()

    def _paint_first(self, p: QPainter, box: QRectF, article: Article, title: str, health: Health) -> None:
        cover = self._pictures.cover(article["cover"])
        inside = box.adjusted(1, 1, -1, -1)
        if cover is not None and not cover.isNull():
            rounded_picture(p, inside, cover, 7)
            shade = QLinearGradient(inside.topLeft(), inside.bottomLeft())
            dark = theme.color("inverse")
            for at, strength in ((0.35, 0.0), (0.7, 0.45), (1.0, 0.75)):
                dark.setAlphaF(strength)
                shade.setColorAt(at, dark)
            round_rect(p, inside, 7)
            p.setBrush(shade)
            p.setPen(Qt.PenStyle.NoPen)
            p.drawRoundedRect(inside, 7, 7)
            ink = theme.current().on_inverse("text")
        else:
            round_rect(p, box, 8, "bg.surface", "line")
            _paint_no_cover(p, QRectF(box.right() - 48, box.y() + 8, 40, 40), is_blank(article))
            ink = theme.color("text" if article["title"].strip() else "text.3")
        words = inside.adjusted(10, 0, -10, -9)
        font = theme.font("body", bold=True)
        count = draw_lines(None, words, title, font, ink, 18, 2)
        words.setTop(words.bottom() - 18 * count)
        draw_lines(p, words, title, font, ink, 18, 2)
        _paint_number(p, QPoint(round(box.x()) + 7, round(box.y()) + 7))
        if health.red or health.amber:
            text, tone = str(health.red or health.amber), "red" if health.red else "amber"
            icon = "close-circle" if health.red else "warning"
            width = chip_size(text, icon, bold=True).width()
            badge = QRectF(box.right() - width - 6, box.y() + 7, width, 20)
            if cover is None or cover.isNull():
                badge.moveLeft(box.x() + 32)
            paint_chip(p, badge, text, tone, icon, bold=True)

    def _paint_other(
        self,
        p: QPainter,
        box: QRectF,
        article: Article,
        title: str,
        health: Health,
        hover: bool,
    ) -> None:
        round_rect(p, box, 8, "bg.hover" if hover else "bg.surface", "line")
        thumb = QRectF(box.right() - THUMB - 8, box.y() + (box.height() - THUMB) / 2, THUMB, THUMB)
        cover = self._pictures.cover(article["cover"], square=True)
        if article["cover"] is None:
            _paint_no_cover(p, thumb, is_blank(article))
        elif cover is not None and not cover.isNull():
            rounded_picture(p, thumb, cover, 4)
        else:
            round_rect(p, thumb, 4, "bg.sunken")
        words = QRectF(box.x() + 9, box.y() + (box.height() - 36) / 2, thumb.x() - box.x() - 17, 36)
        ink = "text" if article["title"].strip() else "text.3"
        marked = bool(health.red or health.amber)
        draw_lines(p, words, title, theme.font("body"), ink, 18, 1 if marked else 2)
        if marked:
            tone = "red" if health.red else "amber"
            row = words.adjusted(0, 18, 0, 0)
            icons.paint(
                p, QRectF(row.x(), row.y(), 12, 18), "close-circle" if health.red else "warning", 12, f"{tone}.text"
            )
            text = self.tr("{n} 项要处理") if health.red else self.tr("{n} 项要留意")
            row.adjust(16, 0, 0, 0)
            font = theme.font("caption")
            draw_lines(p, row, text.format(n=health.red or health.amber), font, f"{tone}.text", 18, 1)


def _paint_no_cover(p: QPainter, box: QRectF, blank: bool) -> None:
    """A dashed place for the cover; red once something else is written, because then it is missing."""
    round_rect(p, box, 4, "bg.sunken" if blank else "red.bg", "field.mark" if blank else "red", 1, (3, 2))
    icons.paint(p, box, "image", 16, "text.3" if blank else "red.text")


def _paint_number(p: QPainter, at: QPoint) -> None:
    ground = theme.color("inverse")
    ground.setAlphaF(0.7)
    badge = QRectF(at.x(), at.y(), 18, 18)
    round_rect(p, badge, 9, ground, "line.strong" if theme.current().name == "dark" else None)
    p.setPen(theme.current().on_inverse("text"))
    p.setFont(theme.font("badge"))
    p.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), "1")


class ArticleCards(QListView):
    """The list. It says what a person wants; the form does it and knows the way back."""

    chosen = Signal(int)
    move_wanted = Signal(int, int)
    """Row, and the gap before the row where it should go."""
    duplicate_wanted = Signal(int)
    remove_wanted = Signal(int)

    def __init__(self, model: ArticleModel, pictures: ArticlePictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gap = -1
        self._grab = QPoint()
        self.setModel(model)
        self.setItemDelegate(CardDelegate(pictures, self))
        self.setObjectName("news.cards")
        self.setAccessibleName(self.tr("本次图文"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDropIndicatorShown(False)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.viewport().setAutoFillBackground(False)
        pictures.arrived.connect(lambda _sha: self.viewport().update())
        self.selectionModel().currentChanged.connect(self._current_changed)

    def sizeHint(self) -> QSize:
        rows = self.model().rowCount()
        height = theme.px(FIRST) + GAP + (rows - 1) * (theme.px(OTHERS) + GAP)
        return QSize(188, height + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, theme.px(FIRST) + 2 * RING)

    def choose(self, row: int) -> None:
        """Select a card."""
        self.setCurrentIndex(self.model().index(row, 0))

    def _current_changed(self, current: QModelIndex, before: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(current.row())

    # Keys and menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, key = self.currentIndex().row(), event.key()
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and key == Qt.Key.Key_Up and row > 0:
            self.move_wanted.emit(row, row - 1)
        elif alt and key == Qt.Key.Key_Down and row < self.model().rowCount() - 1:
            self.move_wanted.emit(row, row + 2)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and row >= 0:
            self.remove_wanted.emit(row)
        elif not alt:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
            self.menu(index.row()).popup(event.globalPos())

    def menu(self, row: int) -> QMenu:
        """What can be done with an article."""
        menu, last = QMenu(self), self.model().rowCount() - 1
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(self.tr("复制一篇"), lambda: self.duplicate_wanted.emit(row))
        copy.setEnabled(last + 1 < 8)
        up = menu.addAction(self.tr("上移"), lambda: self.move_wanted.emit(row, row - 1))
        up.setEnabled(row > 0)
        down = menu.addAction(self.tr("下移"), lambda: self.move_wanted.emit(row, row + 2))
        down.setEnabled(row < last)
        menu.addSeparator()
        remove: QAction = menu.addAction(self.tr("移走这一篇"), lambda: self.remove_wanted.emit(row))
        remove.setProperty("danger", True)
        return menu

    # Dragging

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grab = event.position().toPoint()
        super().mousePressEvent(event)

    def startDrag(self, actions: Qt.DropAction) -> None:
        index = self.currentIndex()
        drag = QDrag(self)
        drag.setMimeData(self.model().mimeData([index]))
        rect = self.visualRect(index)
        drag.setPixmap(self._card_picture(index, rect))
        drag.setHotSpot(self._grab - rect.topLeft() + QPoint(24, 24))
        drag.exec(Qt.DropAction.MoveAction)
        self._show_gap(-1)

    def _card_picture(self, index: QModelIndex, rect: QRect) -> QPixmap:
        margin, ratio = 24, self.devicePixelRatioF()
        picture = QPixmap(round((rect.width() + 2 * margin) * ratio), round((rect.height() + 2 * margin) * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        p = QPainter(picture)
        p.translate(margin + rect.width() * 0.02, margin + rect.height() * 0.02)
        p.scale(0.96, 0.96)
        float_shadow(p, QRectF(RING, RING, rect.width() - 2 * RING, rect.height() - GAP), 8, small=True)
        option = QStyleOptionViewItem()
        option.rect = QRect(0, 0, rect.width(), rect.height())
        self.itemDelegate().paint(p, option, index)
        p.end()
        return picture

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.setAccepted(event.mimeData().hasFormat(MIME))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            self._show_gap(self.gap_at(event.position().toPoint()))
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_gap(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            row = int(bytes(event.mimeData().data(MIME).data()))
            gap = self.gap_at(event.position().toPoint())
            event.setDropAction(Qt.DropAction.CopyAction)  # so nobody removes the row again
            event.accept()
            self._show_gap(-1)
            self.move_wanted.emit(row, gap)

    def gap_at(self, at: QPoint) -> int:
        """The gap nearest to a point: 0 is above the first card."""
        for row in range(self.model().rowCount()):
            if at.y() < self.visualRect(self.model().index(row, 0)).center().y():
                return row
        return self.model().rowCount()

    def _show_gap(self, gap: int) -> None:
        if gap != self._gap:
            self._gap = gap
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with painter(self.viewport()) as p:
            if self._gap >= 0:
                at = self.visualRect(self.model().index(max(self._gap - 1, 0), 0))
                y = at.bottom() - GAP / 2 + 1 if self._gap else at.top() - 1
                round_rect(p, QRectF(RING, y - 1.5, self.viewport().width() - 2 * RING, 3), 1.5, "blue")
            elif self.hasFocus() and self.currentIndex().isValid():
                ring = QRectF(self.visualRect(self.currentIndex())).adjusted(0, 0, 0, RING * 2 - GAP)
                round_rect(p, ring, 10, None, "blue", 2)
