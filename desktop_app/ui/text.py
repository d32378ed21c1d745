"""Words on the screen: labels in the type styles, and text painted with the design's line heights."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop_app.ui import theme
from desktop_app.ui.paint import painter

HEIGHTS_KEPT = 16


def draw_lines(
    p: QPainter | None,
    rect: QRectF,
    text: str,
    font: QFont,
    color: QColor | str,
    line: float,
    max_lines: int = 1000,
    centred: bool = False,
) -> int:
    """Wrap ``text`` into ``rect`` with lines ``line`` pixels high, the last one shortened with an ellipsis.

    Returns the number of lines; with ``p`` None it only counts. Delegates and labels share it.
    """
    metrics = QFontMetricsF(font)
    if p is not None:
        p.setFont(font)
        p.setPen(color if isinstance(color, QColor) else theme.color(color))
    if p is not None and max_lines == 1 and not centred and "\n" not in text:  # what a row of a list needs
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        p.drawText(QPointF(rect.x(), rect.y() + (line - metrics.height()) / 2 + metrics.ascent()), shown)
        return 1 if text else 0
    count, y = 0, rect.y()
    for paragraph in text.split("\n"):
        layout = QTextLayout(paragraph, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        while count < max_lines:
            row = layout.createLine()
            if not row.isValid():
                break
            row.setLineWidth(rect.width())
            count += 1
            start, end = row.textStart(), row.textStart() + row.textLength()
            shown = paragraph[start:end]
            if count == max_lines and end < len(paragraph):
                shown = metrics.elidedText(paragraph[start:], Qt.TextElideMode.ElideRight, rect.width())
            if p is not None:
                baseline = y + (line - metrics.height()) / 2 + metrics.ascent()
                indent = (rect.width() - metrics.horizontalAdvance(shown)) / 2 if centred else 0.0
                p.drawText(QPointF(rect.x() + indent, baseline), shown)
            y += line
        layout.endLayout()
    return count


class TextLabel(QLabel):
    """A label in a style of the type table and a colour of the token table. Its text is plain text."""

    def __init__(
        self,
        text: str = "",
        style: str = "body",
        color: str = "text",
        bold: bool = False,
        mono: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._look = (style, color, bold, mono)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMinimumHeight(theme.line(style))
        theme.current().changed.connect(self._restyle)
        self._restyle()

    def set_color(self, token: str) -> None:
        """Paint in the colour of another token."""
        style, _, bold, mono = self._look
        self._look = (style, token, bold, mono)
        self._restyle()

    def set_bold(self, bold: bool) -> None:
        """Switch between 400 and 600."""
        style, color, _, mono = self._look
        self._look = (style, color, bold, mono)
        self._restyle()

    def _restyle(self) -> None:
        style, color, bold, mono = self._look
        self.setFont(theme.font(style, bold, mono))
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, theme.color(color))
        palette.setColor(QPalette.ColorRole.Link, theme.color("blue.text"))
        disabled = theme.color("text.disabled")
        palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText, disabled)
        self.setPalette(palette)

    def ink(self) -> QColor:
        """The colour for subclasses that paint the text themselves."""
        return theme.color(self._look[1] if self.isEnabled() else "text.disabled")


class ElidedLabel(TextLabel):
    """One line that gives way: it is shortened with an ellipsis and shows all of itself in its tooltip."""

    def __init__(
        self,
        text: str = "",
        style: str = "body",
        color: str = "text",
        bold: bool = False,
        mono: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, style, color, bold, mono, parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self.font())
        margins = self.contentsMargins()
        width = metrics.horizontalAdvance(self.text()) + margins.left() + margins.right()
        return QSize(int(width) + 1, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def setText(self, text: str) -> None:
        if text != self.text():
            super().setText(text)
            self._refresh_tip()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refresh_tip()

    def _shown(self) -> str:
        flat = self.text().replace("\n", " ")
        room = self.contentsRect().width()
        return QFontMetricsF(self.font()).elidedText(flat, Qt.TextElideMode.ElideRight, room)

    def _refresh_tip(self) -> None:
        cut = self._shown() != self.text().replace("\n", " ")
        self.setToolTip(self.text() if cut else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            p.setFont(self.font())
            p.setPen(self.ink())
            flags = int(self.alignment() | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)
            p.drawText(self.contentsRect(), flags, self._shown())


class Paragraph(TextLabel):
    """Wrapped text with the design's line height and, if wanted, a largest number of lines."""

    def __init__(
        self,
        text: str = "",
        style: str = "body",
        color: str = "text",
        bold: bool = False,
        line: int = 0,
        max_lines: int = 1000,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, style, color, bold, parent=parent)
        self._line = theme.px(line) if line else theme.line(style)
        self._max_lines = max_lines
        self._heights: dict[tuple[int, str, str], int] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumHeight(self._line)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        asked = (width, self.text(), self.font().key())
        if asked not in self._heights:  # a layout asks some hundred times for what stays the same
            box = QRectF(0, 0, max(width, 1), 0)
            count = draw_lines(None, box, self.text(), self.font(), self.ink(), self._line, self._max_lines)
            if len(self._heights) >= HEIGHTS_KEPT:
                self._heights.clear()
            self._heights[asked] = max(count, 1) * self._line
        return self._heights[asked]

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self.font())
        widest = max((metrics.horizontalAdvance(row) for row in self.text().split("\n")), default=0)
        width = min(int(widest) + 2, 480)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self._line)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            box = QRectF(self.contentsRect())
            centred = bool(self.alignment() & Qt.AlignmentFlag.AlignHCenter)
            draw_lines(p, box, self.text(), self.font(), self.ink(), self._line, self._max_lines, centred)
