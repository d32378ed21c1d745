"""What became of a send, one row for each event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop_app.ui import icons, theme
from desktop_app.ui.paint import painter
from desktop_app.ui.text import draw_lines
from desktop_app.ui.widgets import vbox

_ICON, _LEFT = 16, 28
_TINTS = {"go": "go.icon", "red": "red", "amber": "amber", "blue": "blue", "gray": "text.3"}
_ICONS = {"go": "check-circle", "red": "close-circle", "amber": "warning", "blue": "refresh", "gray": "clock"}


@dataclass(frozen=True)
class TimelineEvent:
    """One row: tone (go, red, amber, blue, gray), what happened, when, more below; the icon follows the tone."""

    tone: str
    text: str
    time: str = ""
    detail: str = ""
    icon: str = ""


class _Row(QLabel):
    """Painted; as a label it is read by screen readers."""

    def __init__(self, event: TimelineEvent, last: bool) -> None:
        super().__init__()
        self._event, self._last = event, last
        self.setAccessibleName("，".join(part for part in (event.text, event.detail, event.time) if part))
        # Not Fixed: that would cap the height at the hint, which was made for another width.
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def shows(self, event: TimelineEvent, last: bool) -> bool:
        """Whether this row is the one for an event."""
        return (self._event, self._last) == (event, last)

    def _lines(self, width: float) -> tuple[int, int]:
        """How many lines text and detail take."""
        e = self._event
        clock = QFontMetrics(theme.font("caption")).horizontalAdvance(e.time) + 12 if e.time else 0
        text_box = QRectF(0, 0, max(width - _LEFT - clock, 40), 0)
        detail_box = QRectF(0, 0, max(width - _LEFT, 40), 0)
        text = draw_lines(None, text_box, e.text, theme.font("body"), "text", 1)
        return text, draw_lines(None, detail_box, e.detail, theme.font("caption"), "text.2", 1) if e.detail else 0

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        text, detail = self._lines(width)
        return text * theme.px(20) + detail * theme.px(18) + (0 if self._last else theme.px(14))

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(max(self.width(), 240)))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        e, rect = self._event, QRectF(self.rect())
        line = theme.px(20)
        with painter(self) as p:
            mark = QRectF(0, (line - _ICON) / 2, _ICON, _ICON)
            icons.paint(p, mark, e.icon or _ICONS[e.tone], _ICON, _TINTS[e.tone])
            if not self._last:
                start = mark.bottom() + 2
                p.fillRect(QRectF(7, start, 2, rect.height() - start + mark.top() - 2), theme.color("line"))
            p.setFont(theme.font("caption"))
            p.setPen(theme.color("text.2"))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            p.drawText(QRectF(0, 0, rect.width(), line), int(flags), e.time)
            clock = QFontMetrics(p.font()).horizontalAdvance(e.time) + 12 if e.time else 0
            box = QRectF(_LEFT, 0, max(rect.width() - _LEFT - clock, 40), 0)
            used = draw_lines(p, box, e.text, theme.font("body"), "text", line) * line
            below = QRectF(_LEFT, used, max(rect.width() - _LEFT, 40), 0)
            draw_lines(p, below, e.detail, theme.font("caption"), "text.2", theme.px(18))


class Timeline(QWidget):
    """Rows of a 16 px icon, joined by a line of 2 px."""

    def __init__(self, events: Sequence[TimelineEvent] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Row] = []
        self._column = vbox(spacing=0)
        self.setLayout(self._column)
        self.set_events(events)

    def set_events(self, events: Sequence[TimelineEvent]) -> None:
        """Show these events instead, from first to last. Rows that stay the same are left alone."""
        wanted = [(event, i == len(events) - 1) for i, event in enumerate(events)]
        kept = 0
        while kept < min(len(wanted), len(self._rows)) and self._rows[kept].shows(*wanted[kept]):
            kept += 1
        for row in self._rows[kept:]:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        del self._rows[kept:]
        for event, last in wanted[kept:]:
            row = _Row(event, last)
            self._rows.append(row)
            self._column.addWidget(row)
