"""EmojiPicker: a small grid of emoji above the text, for mouse and arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QToolButton, QWidget

from desktop_app.ui import theme
from desktop_app.ui.compositing import can_be_translucent
from desktop_app.ui.paint import float_shadow, painter, round_rect

COLUMNS = 10
_ROWS = (
    "😀 😄 😊 😍 🥰 😘 😎 🤔 😂 😭 😅 🙂 😉 😋 🤗 😴 😮 😢 😡 🙈",
    "👍 👏 🙏 💪 🤝 👌 ✌️ 👋 👉 👇 ❤️ 💕 💯 🎉 🎊 🎁 🎂 🏆 🌹 💐",
    "🌸 🍀 🍵 ☕ 🍎 🌞 🌙 ⭐ 🔥 ✨ 🎵 📷 📢 📌 ⏰ ✅ ❗ ❓ 💰 🚗",
)
EMOJI = tuple(emoji for row in _ROWS for emoji in row.split(" "))
_SHADOW = 16


class _Cell(QToolButton):
    def __init__(self, emoji: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(emoji)
        self.setAccessibleName(emoji)
        self.setFixedSize(32, 32)
        self.setProperty("ring", "none")

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            if self.underMouse() or self.hasFocus():
                round_rect(p, self.rect(), 6, "bg.hover", "blue" if self.hasFocus() else None)
            font = QFont(theme.font("title.3"))
            font.setWeight(QFont.Weight.Normal)
            p.setFont(font)
            p.setPen(theme.color("text"))
            p.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())


class EmojiPicker(QFrame):
    """A popup; Esc or a click beside it closes it. ``picked`` tells the emoji."""

    picked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
        # Without a compositing manager what is transparent is black: no room for a shadow then, and square corners.
        self._shadow = _SHADOW if can_be_translucent() else 0
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, bool(self._shadow))
        self.setAccessibleName(self.tr("表情"))
        self.setObjectName("compose.emoji")
        grid = QGridLayout(self)
        inset = self._shadow + 8
        grid.setContentsMargins(inset, inset, inset, inset)
        grid.setSpacing(0)
        self.cells: list[_Cell] = []
        for i, emoji in enumerate(EMOJI):
            cell = _Cell(emoji, self)
            cell.setObjectName(f"compose.emoji.{i}")
            cell.clicked.connect(lambda _=False, e=emoji: self._pick(e))
            grid.addWidget(cell, i // COLUMNS, i % COLUMNS)
            self.cells.append(cell)

    def open_at(self, below: QWidget) -> None:
        """Show it under a button, the first emoji chosen."""
        self.adjustSize()
        self.move(below.mapToGlobal(QPoint(-self._shadow, below.height() + 4 - self._shadow)))
        self.show()
        self.cells[0].setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -COLUMNS, Qt.Key.Key_Down: COLUMNS}
        step = steps.get(Qt.Key(event.key()))
        focus = self.focusWidget()
        at = self.cells.index(focus) if isinstance(focus, _Cell) else 0
        if step is not None:
            to = at + step
            if 0 <= to < len(self.cells):
                self.cells[to].setFocus(Qt.FocusReason.TabFocusReason)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._pick(self.cells[at].text())
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _pick(self, emoji: str) -> None:
        self.close()
        self.picked.emit(emoji)

    def paintEvent(self, event: QPaintEvent) -> None:
        edge = self._shadow
        box = self.rect().adjusted(edge, edge, -edge, -edge)
        with painter(self) as p:
            if edge:
                float_shadow(p, box.toRectF(), 10, small=True)
            round_rect(p, box, 10 if edge else 0, "bg.surface", "line")
