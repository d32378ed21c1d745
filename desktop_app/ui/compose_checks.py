"""发送前检查: what is in order and what is not, each finding with the button that leads to its field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from desktop_app.ui.announce import announce
from desktop_app.ui.chips import ChipLabel
from desktop_app.ui.compose_check_words import check_words, fixable, is_quiet
from desktop_app.ui.text import Paragraph
from desktop_app.ui.widgets import IconLabel, button, hbox, label, vbox

if TYPE_CHECKING:
    from desktop_app.services.composing import Check

_MARKS = {
    "red": ("close-circle", "red"),
    "amber": ("warning", "amber"),
    "ok": ("check-circle", "go.icon"),
    "quiet": ("info", "text.3"),
}
_ORDER = ("red", "amber", "ok")
SHOWN_OK = 3


@dataclass(frozen=True)
class _Line:
    """One row. ``fix``: the key of the finding whose field its button leads to."""

    level: str
    text: str
    fix: str = ""

    @property
    def form(self) -> tuple[str, str]:
        """What the row looks like, whatever it says."""
        return self.level, self.fix


def _line_of(check: Check) -> _Line:
    fix = check.key if check.level != "ok" and fixable(check) else ""
    return _Line(check.level, check_words(check), fix)


class ChecksPanel(QWidget):
    """Red findings stop the next step, amber ones may pass; what is in order is folded when something is not."""

    fix_wanted = Signal(str)
    """Key of the finding whose field should get the keyboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = ""
        self._checks: tuple[Check, ...] = ()
        self._summary = ChipLabel("", "gray")
        self._rows = vbox(spacing=8)
        self._lines: list[_Line] = []
        self._shown: list[tuple[Paragraph, QPushButton | None]] = []
        self._fixes: list[QPushButton] = []
        head = hbox(label(self.tr("发送前检查"), bold=True), None, self._summary)
        self.setLayout(vbox(head, self._rows, spacing=12))

    def checks(self) -> tuple[Check, ...]:
        """The findings on the screen."""
        return self._checks

    def first_red(self) -> Check | None:
        """The first finding that stops the next step."""
        return next((check for check in self._checks if check.level == "red"), None)

    def show_checks(self, kind: str, checks: Sequence[Check]) -> None:
        """Show the findings for a message of this kind."""
        if kind == self._kind and tuple(checks) == self._checks:
            return
        before = {check.key for check in self._checks if check.level == "red"}
        same_kind = kind == self._kind
        self._kind = kind
        self._checks = tuple(checks)
        ordered = sorted(checks, key=lambda check: _ORDER.index(check.level))
        quiet = [check for check in ordered if is_quiet(check)]
        good = [check for check in ordered if check.level == "ok" and check not in quiet]
        bad = [check for check in ordered if check.level != "ok" and check not in quiet]
        lines = [_line_of(check) for check in bad]
        if bad and good:
            lines.append(_Line("ok", self.tr("其余 {n} 项通过").format(n=len(good))))
        lines += [_line_of(check) for check in (good[:SHOWN_OK] if not bad else [])]
        lines += [_Line("quiet", check_words(check)) for check in quiet]
        self._show_lines(lines)
        reds, ambers = (sum(check.level == level for check in bad) for level in ("red", "amber"))
        self._show_summary(0 if any(c.level == "red" for c in quiet) else len(good), reds, ambers)
        fresh = [check for check in bad if check.level == "red" and check.key not in before]
        if same_kind and fresh:
            announce(self, check_words(fresh[0]))

    def _show_summary(self, good: int, red: int, amber: int) -> None:
        if red:
            self._summary.set_chip(self.tr("{n} 项要改").format(n=red), "red", "close")
        elif amber:
            self._summary.set_chip(self.tr("{n} 项要留意").format(n=amber), "amber", "warning")
        else:
            self._summary.set_chip(self.tr("{n} 项全部通过").format(n=good), "go", "check")
        self._summary.setVisible(bool(good or red or amber))

    def _show_lines(self, lines: list[_Line]) -> None:
        """While files go up only numbers change: then the rows stay, and the page is not laid out anew."""
        if [line.form for line in lines] != [line.form for line in self._lines]:
            self._clear()
            for line in lines:
                self._add(line)
        self._lines = lines
        for line, (words, fix) in zip(lines, self._shown, strict=True):
            words.setText(line.text)
            if fix is not None:
                fix.setAccessibleName(self.tr("去改：{what}").format(what=line.text))

    def _clear(self) -> None:
        self._shown.clear()
        self._fixes.clear()
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _add(self, line: _Line) -> None:
        icon, tint = _MARKS[line.level]
        words = Paragraph("", "caption", "text" if line.fix else "text.2", line=18)
        holder = QWidget()
        mark = vbox(1, IconLabel(icon, 16, tint), None, spacing=0)
        row = hbox(mark, words, spacing=8)
        row.setStretch(1, 1)
        fix = None
        if line.fix:
            fix = button(self.tr("去改"), dim="inline", name=f"compose.check.{line.fix}")
            fix.clicked.connect(lambda _=False, key=line.fix: self.fix_wanted.emit(key))
            fix.installEventFilter(self)
            self._fixes.append(fix)
            row.addWidget(fix)
        holder.setLayout(row)
        self._rows.addWidget(holder)
        self._shown.append((words, fix))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move between the fixes."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and watched in self._fixes:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            at = self._fixes.index(watched) + step
            if step and 0 <= at < len(self._fixes):
                self._fixes[at].setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._fixes[at].click()
                return True
        return False
