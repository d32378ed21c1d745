"""The dark bar that floats above the grid while something is chosen: how much it is, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, Signal
from PySide6.QtGui import QHideEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from desktop_app.ui import theme
from desktop_app.ui.media_choices import ICONS, Choice, choice_text
from desktop_app.ui.paint import float_shadow, painter, round_rect
from desktop_app.ui.units import count_text, size_text
from desktop_app.ui.widgets import button, hbox, icon_button

HEIGHT, ABOVE, RADIUS = 52, 20, 10
_SHADOW = 24


class _Words(QLabel):
    """Words on the dark ground."""

    def __init__(self, style: str, token: str, bold: bool = False) -> None:
        super().__init__()
        self._look = (style, token, bold)
        self.setFont(theme.font(style, bold))

    def paintEvent(self, event: QPaintEvent) -> None:
        style, token, bold = self._look
        with painter(self) as p:
            p.setFont(theme.font(style, bold))
            p.setPen(theme.current().on_inverse(token))
            p.drawText(self.rect(), int(self.alignment()), self.text())


class SelectionBar(QWidget):
    """Stands at the bottom centre of its parent, larger than its body by the room for its shadow."""

    wanted = Signal(str)
    """The key of a ``Choice``."""
    cleared = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("media.bar")
        self.setAccessibleName(self.tr("选中的素材"))
        self._count = _Words("body", "text", bold=True)
        self._count.setObjectName("media.bar.count")
        self._size = _Words("caption", "text.2")
        self._buttons: dict[str, QPushButton] = {}
        for key, icon in ICONS.items():
            made = button(choice_text(key), "inverse", icon=icon, name=f"media.bar.{key}")
            made.clicked.connect(lambda _=False, k=key: self.wanted.emit(k))
            self._buttons[key] = made
        clear = icon_button("close", self.tr("取消选择"), "media.bar.clear", "Esc", kind="inverse.ghost")
        clear.clicked.connect(self.cleared)
        edge = (20 + _SHADOW, _SHADOW, 8 + _SHADOW, _SHADOW)
        self.setLayout(hbox(self._count, self._size, 16, *self._buttons.values(), clear, margins=edge))
        self.hide()
        parent.installEventFilter(self)

    def show_choices(self, count: int, size_bytes: int, made: Sequence[Choice]) -> None:
        """What is chosen now; nothing hides the bar."""
        self._count.setText(self.tr("已选 {n} 项").format(n=count_text(count)))
        self._size.setText(size_text(size_bytes) if size_bytes else "")
        for choice in made:
            at = self._buttons[choice.key]
            at.setEnabled(not choice.reason)
            at.setToolTip(choice.reason or choice.hint)
            at.setAccessibleDescription(choice.reason or choice.hint)
        self.setVisible(count > 0)
        self._place()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        width = min(self.sizeHint().width(), parent.width())
        height = theme.px(HEIGHT) + 2 * _SHADOW
        top = parent.height() - ABOVE - height + _SHADOW
        self.setGeometry((parent.width() - width) // 2, top, width, height)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.window().setProperty("toastLift", theme.px(HEIGHT) + ABOVE)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.window().setProperty("toastLift", 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        body = QRectF(self.rect()).adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)
        with painter(self) as p:
            float_shadow(p, body, RADIUS, small=True)
            round_rect(p, body, RADIUS, "inverse")
