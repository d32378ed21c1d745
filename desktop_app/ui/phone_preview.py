"""What the follower will see: a phone with the chat of this account and the message in it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from desktop_app.ui import chat_paint, icons, news_card, theme
from desktop_app.ui.news_card import CardArticle
from desktop_app.ui.paint import painter, round_rect, rounded_picture
from desktop_app.ui.text_runs import text_runs
from desktop_app.ui.units import clock_text, duration_text

BEZEL = 8
HEAD = 56
AVATAR = 32


@dataclass(frozen=True)
class ChatMessage:
    """One message as the chat shows it. Only the fields of its kind count."""

    kind: str = ""
    text: str = ""  # the text, or the 推荐语 of pictures
    pictures: tuple[QPixmap | None, ...] = ()  # None: not decoded yet
    title: str = ""
    description: str = ""
    seconds: float = 0.0
    articles: tuple[CardArticle, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show yet."""
        if self.kind == "text":
            return not self.text.strip()
        if self.kind == "image":
            return not self.pictures
        if self.kind == "news":
            return not self.articles
        return not self.seconds and not self.title and not self.description


class _Chat(QWidget):
    """The chat below the phone's head; as high as its message needs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = ChatMessage()
        self.avatar: QPixmap | None = None
        self.letter = ""
        self.time = ""

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            p.fillRect(self.rect(), theme.color("chat.ground"))
            if self.message.empty:
                p.setPen(theme.color("text.3"))
                p.setFont(theme.font("caption"))
                p.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.tr("还没有内容"))
                return
            p.setPen(theme.color("text.3"))
            p.setFont(theme.font("caption"))
            p.drawText(QRectF(0, 8, self.width(), 16), int(Qt.AlignmentFlag.AlignCenter), self.time)
            if self.message.kind != "news":  # articles come as wide as the chat
                self._paint_avatar(p, QRectF(12, 32, AVATAR, AVATAR))
            self._message(p)

    def _paint_avatar(self, p: QPainter, place: QRectF) -> None:
        if self.avatar is not None and not self.avatar.isNull():
            rounded_picture(p, place, self.avatar, 4)
            return
        round_rect(p, place, 4, "go.text")
        p.setPen(theme.color("bg.surface"))
        p.setFont(theme.font("body.l", bold=True))
        p.drawText(place, int(Qt.AlignmentFlag.AlignCenter), self.letter)

    def _message(self, p: QPainter | None) -> float:
        at, width, m = QPointF(52, 32), self.width() - 64.0, self.message
        if m.kind == "text":
            return chat_paint.paint_text(p, at, m.text, width)
        if m.kind == "image":
            return chat_paint.paint_pictures(p, at, m.pictures, m.text, width)
        if m.kind == "news":
            return news_card.paint_news(p, QPointF(12, 32), m.articles, self.width() - 24.0)
        if m.kind == "voice":
            return chat_paint.paint_voice(p, at, m.seconds, width)
        return chat_paint.paint_video(p, at, m.title, m.description, m.seconds, width)

    def fit(self) -> None:
        """Take the height that the message needs."""
        height = 0 if self.message.empty else round(32 + self._message(None) + 16)
        self.setMinimumHeight(height)
        self.update()


class PhonePreview(QFrame):
    """A painted phone, 276 wide; the chat inside scrolls when the message is longer than the phone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self._chat = _Chat()
        self._area = QScrollArea(self)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setWidget(self._chat)
        self.setMinimumSize(200, 160)
        self.setMaximumSize(276, 430)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.show_message(ChatMessage())

    def sizeHint(self) -> QSize:
        return QSize(276, 430)

    def set_account(self, name: str, avatar: QPixmap | None = None) -> None:
        """The account whose chat this is; without a picture its first letter stands for it."""
        self._name = name
        self._chat.avatar = avatar
        self._chat.letter = name[:1]
        self.update()
        self._chat.update()

    def show_message(self, message: ChatMessage, at: float = 0.0) -> None:
        """Show a message as it looks when it arrives at ``at`` (Unix seconds)."""
        time = clock_text(at) if at else ""
        if (message, time) == (self._chat.message, self._chat.time):
            return
        self._chat.message, self._chat.time = message, time
        self._chat.fit()
        self.setAccessibleName(self._spoken(message))

    def message(self) -> ChatMessage:
        """The message on the screen."""
        return self._chat.message

    def _spoken(self, m: ChatMessage) -> str:
        if m.empty:
            return self.tr("粉丝收到的样子，还没有内容")
        if m.kind == "text":
            said = "".join(run.text for run in text_runs(m.text))
        elif m.kind == "image":
            said = self.tr("{n} 张图片。{text}").format(n=len(m.pictures), text=m.text)
        elif m.kind == "news":
            said = self.tr("{n} 篇图文，头条 {title}").format(n=len(m.articles), title=m.articles[0].title)
        elif m.kind == "voice":
            said = self.tr("语音，{time}").format(time=duration_text(m.seconds))
        else:
            said = self.tr("视频，{title}。{text}").format(title=m.title, text=m.description)
        return self.tr("粉丝收到的样子：{said}").format(said=said)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        top = BEZEL + HEAD
        self._area.setGeometry(BEZEL, top, self.width() - 2 * BEZEL, self.height() - top - BEZEL - 24)
        self._chat.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            box = QRectF(self.rect())
            round_rect(p, box, 36, "inverse")
            screen = box.adjusted(BEZEL, BEZEL, -BEZEL, -BEZEL)
            round_rect(p, screen, 28, "chat.ground")
            head = QRectF(screen.x(), screen.y() + 16, screen.width(), HEAD - 16)
            icons.paint(p, QRectF(head.x() + 12, head.y(), 20, head.height()), "chevron-left", 16, "text")
            icons.paint(p, QRectF(head.right() - 32, head.y(), 20, head.height()), "audience", 16, "text")
            font = theme.font("body.l", bold=True)
            p.setFont(font)
            p.setPen(theme.color("text"))
            room = head.adjusted(40, 0, -40, 0)
            shown = p.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, int(room.width()))
            p.drawText(room, int(Qt.AlignmentFlag.AlignCenter), shown)
            p.fillRect(QRectF(screen.x(), head.bottom() - 1, screen.width(), 1), theme.color("line.strong"))
