"""The account at the top left of every screen: who sends, what is left of the quota, and how to change it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QImageReader, QPainter, QPaintEvent, QPixmap, QPixmapCache
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from desktop_app.services.account import Quota
from desktop_app.store.accounts import Account
from desktop_app.ui import icons, theme
from desktop_app.ui.paint import painter, round_rect, rounded_picture
from desktop_app.ui.quota_dots import paint_dots
from desktop_app.ui.widgets import popup_menu

AVATAR = 32
TEXT_WIDTH_MAX = 190


def paint_avatar(p: QPainter, rect: QRect, account: Account) -> None:
    """The account's picture; a letter where there is none; an amber flask for rehearsal."""
    box = QRectF(rect)
    if account.is_sandbox:
        round_rect(p, box, 6, "amber.bg", "amber.line")
        icons.paint(p, box, "rehearsal", box.width() * 0.62, "amber.text")
        return
    picture = _picture(account.picture)
    if not picture.isNull():
        rounded_picture(p, box, picture, 6)
        return
    round_rect(p, box, 6, "cta")
    p.setFont(theme.font("title.3"))
    p.setPen(theme.color("on.cta"))
    p.drawText(box, Qt.AlignmentFlag.AlignCenter, account.name[:1].upper())


def _picture(path: str) -> QPixmap:
    """The account's picture, decoded small and once; null if there is none."""
    picture = QPixmap()
    if not path or QPixmapCache.find(f"avatar {path}", picture):
        return picture
    reader = QImageReader(path)
    reader.setScaledSize(reader.size().scaled(QSize(80, 80), Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    picture = QPixmap.fromImage(reader.read())
    QPixmapCache.insert(f"avatar {path}", picture)
    return picture


class AccountSwitcher(QToolButton):
    """Avatar, name, kind and quota; a click lists the other accounts."""

    chosen = Signal(int)
    """The id of the account that the person picked."""
    connect_wanted = Signal()
    quota_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("account.switch")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setProperty("radius", 8)
        self._account: Account | None = None
        self._quota: Quota | None = None
        self._others: tuple[Account, ...] = ()
        self.clicked.connect(self.open_menu)

    def show_account(self, account: Account, others: Sequence[Account]) -> None:
        """Show ``account``; ``others`` are offered in the menu."""
        if self._account is None or self._account.id != account.id:
            self._quota = None
        self._account, self._others = account, tuple(others)
        self._tell()

    def show_quota(self, quota: Quota | None) -> None:
        """Show what is left by this computer's own record."""
        self._quota = quota
        self._tell()

    def kind_text(self, account: Account) -> str:
        """服务号, 订阅号, with 演练 before it for a rehearsal account."""
        return self.tr("服务号") if account.kind == "service" else self.tr("订阅号")

    def quota_text(self) -> str:
        """What is left, in words."""
        if self._quota is None:
            return ""
        period = self.tr("本月") if self._quota.period == "month" else self.tr("今天")
        return self.tr("{period}剩 {left} 次").format(period=period, left=self._quota.left)

    def _tell(self) -> None:
        if self._account is None:
            return
        name = f"{self._account.name} {self.kind_text(self._account)}"
        if self._account.is_sandbox:
            name += self.tr("，演练账号")
        self.setAccessibleName("，".join(part for part in (name, self.quota_text()) if part))
        self.setToolTip("\n".join(part for part in (self._cut_name(), self._quota_tip()) if part))
        self.updateGeometry()
        self.update()

    def _cut_name(self) -> str:
        """The whole name, if there is no room for it."""
        assert self._account is not None
        room = theme.px(TEXT_WIDTH_MAX) - 6
        kind = QFontMetrics(theme.font("body")).horizontalAdvance(self.kind_text(self._account))
        name = QFontMetrics(theme.font("body", bold=True)).horizontalAdvance(self._account.name)
        return self._account.name if name + kind > room else ""

    def _quota_tip(self) -> str:
        if self._quota is None:
            return ""
        if self._quota.period == "month":
            tip = self.tr("{what}，共 {total} 次，按本机记录。只算发给全部粉丝的次数。")
        else:
            tip = self.tr("{what}，共 {total} 次，按本机记录。")
        return tip.format(what=self.quota_text(), total=self._quota.total)

    def sizeHint(self) -> QSize:
        if self._account is None:
            return QSize(theme.px(160), theme.px(44))
        first = QFontMetrics(theme.font("body", bold=True)).horizontalAdvance(self._account.name)
        kind = QFontMetrics(theme.font("body")).horizontalAdvance(self.kind_text(self._account))
        second = 72 + QFontMetrics(theme.font("caption")).horizontalAdvance(self.quota_text())
        width = min(max(first + 6 + kind, second), theme.px(TEXT_WIDTH_MAX))
        return QSize(8 + AVATAR + 10 + width + 12 + 16 + 8, theme.px(44))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._account is None:
            return
        with painter(self) as p:
            if self.underMouse() or self.isDown():
                round_rect(p, self.rect(), 8, "bg.hover")
            paint_avatar(p, QRect(8, (self.height() - AVATAR) // 2, AVATAR, AVATAR), self._account)
            self._paint_text(p, 8 + AVATAR + 10, self.width() - 8 - 16 - 12)
            icons.paint(p, QRect(self.width() - 24, 0, 16, self.height()), "chevron-down", 14, "text.3")

    def _paint_text(self, p: QPainter, left: int, right: int) -> None:
        assert self._account is not None
        half = self.height() // 2
        first = half if self._quota is not None else self.height()
        kind = self.kind_text(self._account)
        plain, bold = theme.font("body"), theme.font("body", bold=True)
        kind_width = QFontMetrics(plain).horizontalAdvance(kind)
        name = QFontMetrics(bold).elidedText(
            self._account.name, Qt.TextElideMode.ElideRight, right - left - kind_width - 6
        )
        centre = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        p.setFont(bold)
        p.setPen(theme.color("text"))
        p.drawText(QRect(left, 1, right - left, first), centre, name)
        p.setFont(plain)
        p.setPen(theme.color("amber.text" if self._account.is_sandbox else "text.2"))
        p.drawText(
            QRect(left + QFontMetrics(bold).horizontalAdvance(name) + 6, 1, kind_width + 2, first), centre, kind
        )
        if self._quota is None:
            return
        width = paint_dots(p, QRect(left, half - 1, 120, half - 2), self._quota.total, self._quota.left)
        p.setFont(theme.font("caption"))
        p.setPen(theme.color("text.2"))
        p.drawText(QRect(left + width + 8, half - 1, right - left, half - 2), centre, self.quota_text())

    def open_menu(self) -> None:
        """List the accounts, and the ways to connect another one and to correct the quota."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for account in self._others:
            text = f"{account.name}  {self.kind_text(account)}"
            if account.is_sandbox:
                text += self.tr("（演练）") if "演练" not in account.name else ""
            action = QAction(icons.icon("rehearsal" if account.is_sandbox else "chat"), text, menu)
            action.setCheckable(True)
            action.setChecked(self._account is not None and account.id == self._account.id)
            action.triggered.connect(lambda _=False, id_=account.id: self.chosen.emit(id_))
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(icons.icon("hash"), self.tr("更正剩余次数…"), self.quota_wanted.emit)
        menu.addAction(icons.icon("plus"), self.tr("连接另一个公众号…"), self.connect_wanted.emit)
        popup_menu(menu, self.mapToGlobal(QPoint(8, self.height() + 4)))
