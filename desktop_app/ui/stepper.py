"""Where the person is on the way to sending: finished steps can be clicked, future ones only seen."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from desktop_app.ui import icons, theme
from desktop_app.ui.paint import painter, round_rect

_CIRCLE, _GAP, _RULE = 20, 6, 24


class _Step(QAbstractButton):
    """One step: a circle with its number or a tick, and its word."""

    def __init__(self, number: int, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(text)
        self.number = number
        self.state = "future"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_state(self, state: str, word: str) -> None:
        self.state = state
        done = state == "done"
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if done else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if done else Qt.CursorShape.ArrowCursor)
        self.setAccessibleName(f"{self.number} {self.text()}，{word}")
        self.update()

    def hitButton(self, pos: object) -> bool:
        return self.state == "done"

    def sizeHint(self) -> QSize:
        # Measured in 600, so that nothing moves when a step becomes the current one.
        width = QFontMetrics(theme.font("body", bold=True)).horizontalAdvance(self.text())
        return QSize(_CIRCLE + _GAP + width + 1, theme.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        rect = QRectF(self.rect())
        circle = QRectF(0, round((rect.height() - _CIRCLE) / 2), _CIRCLE, _CIRCLE)
        current, done = self.state == "current", self.state == "done"
        with painter(self) as p:
            if done:
                round_rect(p, circle, _CIRCLE / 2, "go.bg", "go.line")
                icons.paint(p, circle, "check", 12, "go.icon")
            else:
                ground, line = ("cta", None) if current else ("bg.surface", "field.mark")
                round_rect(p, circle, _CIRCLE / 2, ground, line)
                p.setFont(theme.font("badge"))
                p.setPen(theme.color("on.cta" if current else "text.2"))
                p.drawText(circle, int(Qt.AlignmentFlag.AlignCenter), str(self.number))
            font = theme.font("body", bold=current)
            font.setUnderline(done and self.underMouse())
            p.setFont(font)
            p.setPen(theme.color("text" if current or done else "text.2"))
            words = rect.adjusted(_CIRCLE + _GAP, 0, 8, 0)
            p.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self.text())


class _Rule(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(_RULE, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            p.fillRect(self.rect(), theme.color("line.strong"))


class Stepper(QWidget):
    """``Stepper(["内容", "受众", "确认发送"])``; ``clicked`` tells the index of a finished step."""

    clicked = Signal(int)

    def __init__(self, words: list[str], name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: list[_Step] = []
        self._current = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for i, word in enumerate(words):
            if i:
                row.addWidget(_Rule(self))
            step = _Step(i + 1, word, self)
            step.setObjectName(f"{name}.{i}" if name else "")
            step.clicked.connect(lambda _=False, index=i: self.clicked.emit(index))
            row.addWidget(step)
            self._steps.append(step)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_current(0)

    def current(self) -> int:
        """Index of the current step."""
        return self._current

    def set_current(self, index: int) -> None:
        """Steps before ``index`` are finished, those after it lie ahead."""
        self._current = index
        words = {"done": self.tr("已完成"), "current": self.tr("当前步骤"), "future": self.tr("未到")}
        for i, step in enumerate(self._steps):
            state = "current" if i == index else "done" if i < index else "future"
            step.set_state(state, words[state])
