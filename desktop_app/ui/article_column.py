"""The left column of the 图文 form: how many articles there are, their cards, and the place that adds one."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QSizePolicy, QWidget

from desktop_app.article.limits import ARTICLES_MAX
from desktop_app.ui import icons, theme
from desktop_app.ui.article_cards import ArticleCards
from desktop_app.ui.article_model import ArticleModel
from desktop_app.ui.article_pictures import ArticlePictures
from desktop_app.ui.paint import painter, round_rect
from desktop_app.ui.text import Paragraph
from desktop_app.ui.widgets import Surface, hbox, icon_button, label, popup_menu, vbox

WIDTH, NARROW = 216, 184


class AddArticle(QPushButton):
    """A dashed box as wide as a card."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("news.add")
        self.setText(self.tr("添加图文"))
        self.setAccessibleName(self.text())
        self.setToolTip(self.tr("添加图文  Ctrl Shift N"))
        self.setProperty("radius", 8)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(184, theme.px(44))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            fill = "bg.hover" if self.underMouse() and self.isEnabled() else None
            round_rect(p, self.rect(), 8, fill, "field.mark", 1, (3, 2))
            ink = "text.2" if self.isEnabled() else "text.disabled"
            p.setFont(theme.font("body"))
            p.setPen(theme.color(ink))
            width = p.fontMetrics().horizontalAdvance(self.text())
            x = (self.width() - width - 22) / 2
            icons.paint(p, self.rect().adjusted(round(x), 0, round(x) + 16 - self.width(), 0), "plus", 16, ink)
            p.drawText(self.rect().adjusted(round(x) + 22, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text())


class KeyCap(QLabel):
    """A key as it looks on the keyboard."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setFont(theme.font("badge"))
        self.setFixedSize(self.fontMetrics().horizontalAdvance(text) + 12, theme.px(18))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            round_rect(p, self.rect(), 4, "bg.surface", "line.strong")
            p.setPen(theme.color("text.2"))
            p.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())


class ArticleColumn(Surface):
    """216 wide, 184 where room is scarce."""

    add_wanted = Signal()
    new_wanted = Signal()
    """A message with nothing in it; the one here stays among the drafts."""
    drafts_wanted = Signal()
    save_to_wechat_wanted = Signal()

    def __init__(self, model: ArticleModel, pictures: ArticlePictures, parent: QWidget | None = None) -> None:
        super().__init__("bg.panel", parent)
        self._model = model
        self.cards = ArticleCards(model, pictures)
        self._count = label("", "body", "text.2")
        self._more = icon_button("more", self.tr("这条图文"), "news.more", dim="small")
        self._add = AddArticle()
        self._add.clicked.connect(self.add_wanted)
        self._more.clicked.connect(self._open_menu)
        words = Paragraph(self.tr("拖动卡片调整顺序，第 1 篇是大图头条。"), "caption", "text.2", line=18)
        keys = hbox(
            KeyCap("Alt"),
            KeyCap("↑"),
            KeyCap("↓"),
            label(self.tr("也可以移动"), "caption", "text.2"),
            None,
            spacing=4,
        )
        self._hint = QWidget()
        self._hint.setLayout(vbox(words, keys, spacing=0))
        head = hbox(label(self.tr("本次图文"), bold=True), self._count, None, self._more, spacing=8)
        self._head, self._below = hbox(head), hbox(self._add)
        self._foot = hbox(self._hint)
        self._list = hbox(self.cards)
        column = vbox(self._head, self._list, self._below, None, self._foot, spacing=0)
        column.setStretch(1, 0)
        self.setLayout(column)
        self.set_narrow(False)
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._count_articles)
        self._count_articles()

    def set_narrow(self, narrow: bool) -> None:
        """Less room."""
        self.setFixedWidth(NARROW if narrow else WIDTH)
        edge = 12 if narrow else 16
        self._head.setContentsMargins(edge, 10, edge - 4, 6)
        self._list.setContentsMargins(edge - 2, 0, edge - 2, 0)
        self._below.setContentsMargins(edge, 0, edge, 8)
        self._foot.setContentsMargins(edge, 0, edge, 12)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hint.setVisible(self.height() > 520)

    def _count_articles(self) -> None:
        count = self._model.rowCount()
        self._count.setText(f"{count} / {ARTICLES_MAX}")
        self._add.setEnabled(not self._model.full)
        self._add.setVisible(not self._model.full)
        self.cards.setMaximumHeight(self.cards.sizeHint().height())
        self.cards.updateGeometry()

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("新写一条图文"), self.new_wanted.emit)
        menu.addAction(self.tr("打开图文草稿"), self.drafts_wanted.emit)
        menu.addAction(self.tr("存到公众号草稿箱"), self.save_to_wechat_wanted.emit)
        menu.addSeparator()
        row = self.cards.currentIndex().row()
        duplicate = menu.addAction(self.tr("复制这一篇"), lambda: self.cards.duplicate_wanted.emit(row))
        duplicate.setEnabled(not self._model.full and row >= 0)
        remove = menu.addAction(self.tr("移走这一篇"), lambda: self.cards.remove_wanted.emit(row))
        remove.setProperty("danger", True)
        popup_menu(menu, self._more.mapToGlobal(QPoint(0, self._more.height() + 4)))
