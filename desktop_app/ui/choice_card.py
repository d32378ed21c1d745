"""The large radio cards that ask for one of a few ways."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QRadioButton, QSizePolicy, QWidget

from desktop_app.ui import theme
from desktop_app.ui.paint import painter, round_rect
from desktop_app.ui.style_paint import paint_radio_mark
from desktop_app.ui.text import draw_lines

_RING = 2
_LEFT, _RIGHT, _TOP = 45, 17, 12


class ChoiceCard(QRadioButton):
    """A radio button with a title, a line below it and a number at the right.

    The chosen one has a ring of 2 px outside its border, so the widget is 2 px larger than the card on each side:
    stack them with a spacing of 8 to see 12. Disabled, the line below tells why.
    """

    def __init__(
        self,
        title: str,
        subtitle: str = "",
        right_text: str = "",
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("radius", 10)
        self._title, self._subtitle, self._right = title, subtitle, right_text
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._say()

    def set_texts(self, title: str | None = None, subtitle: str | None = None, right_text: str | None = None) -> None:
        """Change some of the words."""
        self._title = self._title if title is None else title
        self._subtitle = self._subtitle if subtitle is None else subtitle
        self._right = self._right if right_text is None else right_text
        self._say()
        self.updateGeometry()
        self.update()

    def _say(self) -> None:
        self.setAccessibleName("，".join(part for part in (self._title, self._right, self._subtitle) if part))

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        height = 2 * _TOP + theme.px(22)
        if self._subtitle:
            box = QRectF(0, 0, max(width - 2 * _RING - _LEFT - _RIGHT, 20), 0)
            count = draw_lines(None, box, self._subtitle, theme.font("caption"), "text.2", 1)
            height += count * theme.px(18)
        return height + 2 * _RING

    def sizeHint(self) -> QSize:
        return QSize(247, self.heightForWidth(247))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.heightForWidth(max(self.width(), 160)))

    def paintEvent(self, event: QPaintEvent) -> None:
        on, enabled = self.isChecked(), self.isEnabled()
        card = QRectF(self.rect()).adjusted(_RING, _RING, -_RING, -_RING)
        with painter(self) as p:
            if not enabled:
                round_rect(p, card, 8, "bg.sunken", "line")
            elif on:
                ring = card.adjusted(-_RING, -_RING, _RING, _RING)
                round_rect(p, ring, 8 + _RING, "bg.surface", "text", _RING)
            else:
                round_rect(p, card, 8, "bg.hover" if self.underMouse() else "bg.surface", "line")
            first = QRectF(card.x() + _LEFT, card.y() + _TOP, 0, theme.px(22))
            first.setRight(card.right() - _RIGHT)
            mark = QRectF(card.x() + _RIGHT, round(first.center().y() - 8), 16, 16)
            paint_radio_mark(p, mark, on, enabled, self.underMouse())
            middle = int(Qt.AlignmentFlag.AlignVCenter)
            p.setFont(theme.font("body"))
            p.setPen(theme.color("text.2" if enabled else "text.disabled"))
            p.drawText(first, middle | int(Qt.AlignmentFlag.AlignRight), self._right)
            room = first.width() - QFontMetrics(p.font()).horizontalAdvance(self._right) - 8
            p.setFont(theme.font("body.l", bold=True))
            p.setPen(theme.color("text" if enabled else "text.disabled"))
            title = p.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, int(room))
            p.drawText(first, middle, title)
            below = QRectF(first.x(), first.bottom(), first.width(), 1)
            ink = "text.2" if enabled else "text.3"
            draw_lines(p, below, self._subtitle, theme.font("caption"), ink, theme.px(18))
