"""手机预览: the chat, the list and the article as followers will see them, beside the editor."""

from __future__ import annotations

import html as html_lib
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from desktop_app.article.limits import DIGEST_OF_BODY_CHARS
from desktop_app.article.markup import text_of
from desktop_app.ui import icons, theme
from desktop_app.ui.article_pictures import ArticlePictures
from desktop_app.ui.context import Context
from desktop_app.ui.news_card import CardArticle, paint_list, paint_news
from desktop_app.ui.paint import painter, round_rect
from desktop_app.ui.segmented import Segmented
from desktop_app.ui.units import clock_text
from desktop_app.ui.widgets import IconLabel, Surface, button, hbox, hline, label, popup_menu, set_button, vbox

if TYPE_CHECKING:
    from desktop_app.ui.preview_view import PreviewView
    from desktop_app.ui.web_profile import FetchPicture

WIDTH = 400
PHONE = QSize(300, 576)
BEZEL, BAR = 11, 44
DRAW_AFTER_MS = 400


def _cover_in_body(article: dict[str, Any]) -> str:
    """正文里也显示: the cover comes first in the body, as it will be sent."""
    if not article["show_cover_pic"] or not article["cover"]:
        return ""
    address = f"qunfa-media://{article['cover']['sha256']}"
    return f'<p style="margin:0 0 16px;"><img src="{address}" style="width:100%;"></p>'


class _Cards(QWidget):
    """The painted views: the chat with the card, or the list of messages."""

    def __init__(self, listed: bool) -> None:
        super().__init__()
        self._listed = listed
        self.articles: tuple[CardArticle, ...] = ()
        self.name, self.time = "", ""

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            p.fillRect(self.rect(), theme.color("chat.ground"))
            if not self.articles:
                return
            if self._listed:
                paint_list(p, QRectF(self.rect()), self.name, self.articles, self.time)
                return
            p.setPen(theme.color("text.3"))
            p.setFont(theme.font("caption"))
            p.drawText(QRectF(0, 10, self.width(), 16), int(Qt.AlignmentFlag.AlignCenter), self.time)
            paint_news(p, QPointF(12, 36), self.articles, self.width() - 24)


class _Phone(QWidget):
    """The painted frame; what is inside stands in ``inside``."""

    def __init__(self) -> None:
        super().__init__()
        self.dark = False
        self.inside = QStackedWidget(self)
        self.time = ""
        self.setMinimumSize(PHONE.width(), 320)
        self.setMaximumSize(PHONE)

    def sizeHint(self) -> QSize:
        return PHONE

    def resizeEvent(self, event: object) -> None:
        inner = self.rect().adjusted(BEZEL, BEZEL + BAR, -BEZEL, -BEZEL - 30)
        self.inside.setGeometry(inner)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            round_rect(p, self.rect(), 42, "inverse", "line.strong")
            inner = QRectF(self.rect()).adjusted(BEZEL, BEZEL, -BEZEL, -BEZEL)
            article = self.inside.currentIndex() == 2
            ground = theme.current().tokens["color"]["dark" if self.dark else "light"]["bg.surface"]
            round_rect(p, inner, 32, _color(ground) if article else "chat.ground")
            self._paint_bar(p, QRectF(inner.x() + 20, inner.y() + 10, inner.width() - 40, 20))

    def _paint_bar(self, p: QPainter, row: QRectF) -> None:
        dark = self.dark if self.inside.currentIndex() == 2 else theme.current().name == "dark"
        ink = _color(theme.current().tokens["color"]["dark" if dark else "light"]["text"])
        p.setPen(ink)
        p.setFont(theme.font("body", bold=True))
        p.drawText(row, int(Qt.AlignmentFlag.AlignVCenter), self.time)
        icons.paint(p, QRectF(row.right() - 20, row.y(), 20, 20), "phone", 14, ink)


def _color(text: str) -> Any:
    return theme.parse_color(text)


class NewsPreview(Surface):
    """400 wide, in the place of the inspector. ``refresh`` shows the article in front and the whole card."""

    send_wanted = Signal()

    def __init__(
        self,
        context: Context,
        pictures: ArticlePictures,
        fetch: FetchPicture | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("bg.panel", parent)
        self.setObjectName("news.preview")
        self.setFixedWidth(WIDTH)
        self._context, self._pictures, self._fetch = context, pictures, fetch
        self._articles: list[dict[str, Any]] = []
        self._row, self._name = 0, ""
        self._dark, self._scale = False, 1.0
        self._scroll = 0.0
        self._drawn: object = None
        self.cleaned = ""
        """The HTML on the phone's screen, as it will be sent; ``shown_id`` tells whose it is."""
        self.shown_id = ""
        self.view: PreviewView | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(DRAW_AFTER_MS)
        self._later.timeout.connect(self._draw_article)
        self._build()
        pictures.arrived.connect(lambda _sha: self._show_cards() if self.isVisible() else None)

    def _build(self) -> None:
        places = [("chat", self.tr("会话"), ""), ("list", self.tr("列表"), ""), ("article", self.tr("正文"), "")]
        self.places = Segmented(places, "news.preview.place", self.tr("看哪里"))
        self.places.set_current("article")
        self.places.changed.connect(self._show_place)
        self._look = button(self.tr("标准字号"), "ghost", "small", name="news.preview.look")
        self._look.setProperty("arrow", True)
        self._look.clicked.connect(self._open_look)
        self._chat, self._list = _Cards(listed=False), _Cards(listed=True)
        self._paper = QWidget()
        self._paper.setLayout(vbox(spacing=0))
        self.phone = _Phone()
        for place in (self._chat, self._list, self._paper):
            self.phone.inside.addWidget(place)
        self.phone.inside.setCurrentIndex(2)
        send = button(self.tr("发到手机看"), "link", name="news.preview.send")
        send.clicked.connect(self.send_wanted)
        head = hbox(self.places, None, self._look, margins=(16, 7, 16, 7))
        note = label(self.tr("本机渲染，与手机可能有细微差别。"), "caption", "text.2")
        foot = hbox(IconLabel("info", 14, "text.2"), note, None, send, margins=(16, 10, 16, 10))
        middle = hbox(None, self.phone, None)
        middle.setStretch(1, 1000)
        phone = vbox(middle, margins=(0, 16, 0, 16))
        self.setLayout(vbox(head, hline(), phone, hline(), foot, spacing=0))
        self.layout().setStretch(2, 1)  # type: ignore[union-attr]

    # What is shown

    def refresh(self, articles: list[dict[str, Any]], row: int, account_name: str) -> None:
        """Show these articles, the one in ``row`` as the article. Drawn a moment later, while one types."""
        self._articles, self._row, self._name = articles, row, account_name
        self._show_cards()
        if self.isVisible() and not self._later.isActive():
            self._later.start()

    def draw_now(self) -> None:
        """Without the moment's delay."""
        self._later.stop()
        self._draw_article()

    def scroll_to(self, fraction: float) -> None:
        """Scroll with the editor."""
        self._scroll = fraction
        if self.view is not None:
            self.view.scroll_to(fraction)

    def close_view(self) -> None:
        """Take the view and its processes away."""
        if self.view is not None:
            from shiboken6 import delete

            delete(self.view)
            self.view = None

    def _show_cards(self) -> None:
        single = len(self._articles) == 1
        cards = tuple(
            CardArticle(
                each["title"] or self.tr("还没有标题"),
                (each["digest"] or text_of(each["html"])[:DIGEST_OF_BODY_CHARS]) if single else "",
                self._pictures.cover(each["cover"]),
                self._pictures.cover(each["cover"], square=True),
            )
            for each in self._articles
        )
        now = clock_text(self._context.now())
        for place in (self._chat, self._list):
            place.articles, place.name, place.time = cards, self._name, now
            place.update()
        self.phone.time = now
        self.phone.update()

    def _show_place(self, key: str) -> None:
        self.phone.inside.setCurrentIndex(("chat", "list", "article").index(key))
        self.phone.update()

    def _draw_article(self) -> None:
        if not self._articles or not self.isVisible():
            return
        article = self._articles[min(self._row, len(self._articles) - 1)]
        cover = _cover_in_body(article)
        key = (cover, article["html"], article["title"], article["author"], self._dark, self._scale, self._name)
        if key == self._drawn:
            return
        self._drawn = key
        articles, source = self._context.profile.articles, article["html"]

        def show(cleaned: str) -> None:
            self._show(article, cover + cleaned)

        self._context.tasks.start("work", lambda job: articles.cleaned(source), owner=self, on_done=show)

    def _show(self, article: dict[str, Any], cleaned: str) -> None:
        if self.view is None:
            from desktop_app.ui.preview_view import PreviewView

            self.view = PreviewView(self._context, self._fetch, self._paper)
            self._paper.layout().addWidget(self.view)  # type: ignore[union-attr]
            self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.cleaned, self.shown_id = cleaned, article["id"]
        line = " ".join(html_lib.escape(part) for part in (article["author"], self._name) if part)
        head = f"<h1>{html_lib.escape(article['title'])}</h1><p>{line}</p>"
        self.view.scroll_to(self._scroll)
        self.view.show_article(head, cleaned, dark=self._dark, scale=self._scale)

    # Light, dark, large

    def _open_look(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, scale in self._sizes():
            menu.addAction(text, partial(self._set_size, scale))
        menu.addSeparator()
        menu.addAction(self.tr("浅色"), lambda: self.set_look(False, self._scale))
        menu.addAction(self.tr("深色"), lambda: self.set_look(True, self._scale))
        popup_menu(menu, self._look.mapToGlobal(QPoint(0, self._look.height() + 4)))

    def _sizes(self) -> tuple[tuple[str, float], ...]:
        return (self.tr("标准字号"), 1.0), (self.tr("大字号"), 1.25), (self.tr("特大字号"), 1.5)

    def _set_size(self, scale: float) -> None:
        self.set_look(self._dark, scale)

    def set_look(self, dark: bool, scale: float) -> None:
        """As a reader with other settings sees it."""
        self._dark, self._scale = dark, scale
        self.phone.dark = dark
        self.phone.update()
        size = next(text for text, each in self._sizes() if each == scale)
        set_button(self._look, text=f"{size} · {self.tr('深色')}" if dark else size)
        self._draw_article()
