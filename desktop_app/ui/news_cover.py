"""封面: both crops of the cover as followers will see them, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QSizePolicy, QStackedWidget, QWidget

from desktop_app.ui import icons, theme
from desktop_app.ui.article_pictures import ArticlePictures
from desktop_app.ui.paint import painter, round_rect, rounded_picture
from desktop_app.ui.widgets import button, hbox, label, vbox

HEIGHT = 82


class _Crop(QAbstractButton):
    """One crop of the cover; a click opens the crop dialog."""

    def __init__(self, square: bool, name: str) -> None:
        super().__init__()
        self._picture: QPixmap | None = None
        self._square = square
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setProperty("radius", 4)
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(HEIGHT if self._square else 194, HEIGHT)

    def show_picture(self, picture: QPixmap | None) -> None:
        """Show the cut-out picture; None while it is read."""
        self._picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            box = QRectF(self.rect())
            round_rect(p, box, 4, "bg.sunken")
            if self._picture is not None and not self._picture.isNull():
                rounded_picture(p, box, self._picture, 4)


class _Nothing(QAbstractButton):
    """The place for a cover that is not there yet."""

    def __init__(self) -> None:
        super().__init__()
        self.red = False
        self.setObjectName("news.cover.choose")
        self.setText(self.tr("拖进图片，或点这里选择"))
        self.setAccessibleName(self.tr("封面：") + self.text())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setProperty("radius", 8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(288, theme.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            line = "red" if self.red else "field.mark"
            ink = "red.text" if self.red else "text.2"
            round_rect(p, self.rect(), 8, "red.bg" if self.red else "bg.surface", line, 1, (3, 2))
            middle = self.rect().center().y()
            icons.paint(p, QRectF(0, middle - 26, self.width(), 24), "image", 20, ink)
            p.setFont(theme.font("caption"))
            p.setPen(theme.color(ink))
            row = QRectF(0, middle + 2, self.width(), theme.px(20))
            p.drawText(row, int(Qt.AlignmentFlag.AlignCenter), self.text())


class CoverSection(QWidget):
    """``show_article`` fills it; the signals say what a person wants."""

    choose_wanted = Signal()
    crop_wanted = Signal()
    body_wanted = Signal()
    """Choose one of the body's pictures."""
    edited = Signal(dict)

    def __init__(self, pictures: ArticlePictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._cover: Mapping[str, Any] | None = None
        self.setObjectName("news.cover")
        self._from_body = button(self.tr("从正文选"), "link", name="news.cover.body")
        self._wide, self._square = _Crop(False, "news.cover.wide"), _Crop(True, "news.cover.square")
        self._wide.setAccessibleName(self.tr("头条封面 2.35 : 1，打开裁剪"))
        self._square.setAccessibleName(self.tr("转发卡片 1 : 1，打开裁剪"))
        self._nothing = _Nothing()
        self._change = button(self.tr("更换"), dim="small", icon="upload", name="news.cover.change")
        self._crop = button(self.tr("裁剪"), dim="small", icon="crop", name="news.cover.crop")
        self._show = QCheckBox(self.tr("正文里也显示"))
        self._show.setObjectName("news.cover.show")
        self._show.setAccessibleName(self.tr("正文里也显示封面"))
        wide = vbox(self._wide, label(self.tr("头条 2.35 : 1"), "caption", "text.2"), spacing=4)
        square = vbox(self._square, label(self.tr("转发卡片 1 : 1"), "caption", "text.2"), spacing=4)
        filled = QWidget()
        filled.setLayout(vbox(hbox(wide, square, None, spacing=12), hbox(self._change, self._crop, None, self._show)))
        self._filled = filled
        self._stack = QStackedWidget()
        self._stack.addWidget(self._nothing)
        self._stack.addWidget(filled)
        self._kept = label("", "caption", "text.3")
        head = hbox(label(self.tr("封面"), bold=True), self._kept, None, self._from_body)
        self.setLayout(vbox(head, self._stack, spacing=8))
        self._nothing.clicked.connect(self.choose_wanted)
        self._change.clicked.connect(self.choose_wanted)
        for made in (self._wide, self._square, self._crop):
            made.clicked.connect(self.crop_wanted)
        self._from_body.clicked.connect(self.body_wanted)
        self._show.toggled.connect(lambda on: self.edited.emit({"show_cover_pic": on}))
        pictures.arrived.connect(lambda _sha: self._show_pictures())
        self._fit()

    def show_way(self, news_way: str) -> None:
        """How long WeChat keeps the cover: that depends on the account's 图文方式."""
        permanent = news_way == "draft"
        self._kept.setText(self.tr("存成永久素材") if permanent else self.tr("存成临时素材，3 天"))

    def show_article(self, article: Mapping[str, Any], missing: bool = False) -> None:
        """Show an article's cover; ``edited`` does not come. ``missing``: say in red that there is none."""
        self._cover = article["cover"]
        self._nothing.red = missing
        self._nothing.update()
        self._show.blockSignals(True)
        self._show.setChecked(bool(article["show_cover_pic"]))
        self._show.blockSignals(False)
        self._show_pictures()
        self._fit()

    def focus_first(self) -> None:
        """Put the keyboard on what chooses the cover."""
        (self._nothing if self._cover is None else self._change).setFocus(Qt.FocusReason.TabFocusReason)

    def _fit(self) -> None:
        shown = self._nothing if self._cover is None else self._filled
        self._stack.setCurrentWidget(shown)
        self._stack.setFixedHeight(shown.sizeHint().height())

    def _show_pictures(self) -> None:
        self._wide.show_picture(self._pictures.cover(self._cover))
        self._square.show_picture(self._pictures.cover(self._cover, square=True))
