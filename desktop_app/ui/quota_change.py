"""What a send does to the account's quota, by this computer's own record: bars before and after, and a sentence."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop_app.services.account import Quota
from desktop_app.services.audience import Choice
from desktop_app.store.accounts import Account
from desktop_app.ui.paint import painter, round_rect
from desktop_app.ui.quota_dots import QuotaDots
from desktop_app.ui.text import Paragraph
from desktop_app.ui.widgets import IconLabel, hbox, vbox


def _tr(text: str) -> str:
    return QCoreApplication.translate("QuotaChange", text)


def counts(account: Account, choice: Choice) -> bool:
    """Whether this send takes one from the account's own quota.

    A 服务号 counts only sends to everyone; a 订阅号 has one successful call a day, whoever gets it.
    """
    return account.kind == "subscription" or choice.type == "all"


def spent(account: Account, choice: Choice, quota: Quota | None) -> bool:
    """Whether the quota that this send needs is gone, as far as this computer knows."""
    return quota is not None and quota.left <= 0 and counts(account, choice)


def sentence(account: Account, choice: Choice, quota: Quota) -> str:
    """What is left afterwards."""
    month = quota.period == "month"
    if not counts(account, choice):
        return _tr("不占「全部粉丝」的次数")
    if quota.left <= 0:
        return _tr("本月的次数用完了") if month else _tr("今天的次数用完了")
    left = quota.left - 1
    return (_tr("发送后本月还剩 {n} 次") if month else _tr("发送后今天还剩 {n} 次")).format(n=left)


def remark(account: Account, choice: Choice) -> str:
    """What this computer cannot know."""
    if not counts(account, choice):
        return _tr("每位粉丝每月最多收到 4 条，收满的人这次收不到，微信不会告诉我们是谁")
    return _tr("按本机记录，在公众平台网页上发的不算在内")


class InkDots(QuotaDots):
    """The bars in ink instead of green, for rehearsal: nothing green where nothing really goes out."""

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            for i in range(self._total):
                box = self.rect().adjusted(0, 0, 0, 0)
                box.setX(i * 15)
                box.setWidth(12)
                round_rect(p, box, 2.5, "text.3" if i < self._left else "line.strong")


class QuotaChange(QWidget):
    """Bars before → bars after, the sentence and the remark."""

    def __init__(self, ink: bool = False, with_remark: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        dots = InkDots if ink else QuotaDots
        self._before, self._after = dots(), dots()
        self._arrow = IconLabel("chevron-right", 12, "text.2")
        self._sentence = Paragraph("", "body")
        self._remark = Paragraph("", "caption", "text.2", line=18)
        if with_remark:
            row = hbox(self._before, self._arrow, self._after, None, spacing=8, margins=(0, 4, 0, 4))
            self.setLayout(vbox(row, self._sentence, self._remark, spacing=4))
        else:
            line = hbox(self._before, self._arrow, self._after, self._sentence, self._remark, spacing=8)
            line.setStretch(3, 1)
            self.setLayout(line)
            self._remark.hide()

    def show_change(self, account: Account, choice: Choice, quota: Quota) -> None:
        """Show what this choice does."""
        month = _tr("本月") if quota.period == "month" else _tr("今天")
        taken = 1 if counts(account, choice) else 0
        self._before.set_left(quota.total, quota.left, month)
        self._after.set_left(quota.total, max(quota.left - taken, 0), month)
        gone = spent(account, choice, quota)
        for each in (self._arrow, self._after):
            each.setVisible(bool(taken) and not gone)
        self._sentence.setText(sentence(account, choice, quota))
        self._sentence.set_color("red.text" if gone else "text")
        self._remark.setText(remark(account, choice))
