"""发送前检查 for articles, pinned below the inspector: each finding with a jump or a one-click fix."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from desktop_app.services.contents import Check
from desktop_app.ui.announce import announce
from desktop_app.ui.news_check_words import finding_words
from desktop_app.ui.text import Paragraph
from desktop_app.ui.widgets import IconLabel, button, hbox, hline, label, scroll, vbox

_MARKS = {
    "red": ("close-circle", "red"),
    "amber": ("warning", "amber"),
    "ok": ("check-circle", "go.icon"),
    "quiet": ("info", "text.3"),
}
HEIGHT = 250


class _Count(QWidget):
    """A mark and a number: ⊗ 1."""

    def __init__(self, level: str) -> None:
        super().__init__()
        icon, tint = _MARKS[level]
        self._level = level
        self._number = label("", "caption", "go.text" if level == "ok" else f"{tint}.text")
        self.setLayout(hbox(IconLabel(icon, 14, tint), self._number, spacing=4))

    def show_number(self, number: int) -> None:
        """Say how many; nothing when there are none."""
        self._number.setText(str(number))
        self.setVisible(number > 0)


class NewsChecks(QWidget):
    """Takes ``Check`` with ``args`` that name the article, the place and the fix."""

    fix_wanted = Signal(object)
    """The Check whose button was pressed."""
    counted = Signal(int, int)
    """How many red and amber findings there are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("news.checks")
        self._checks: tuple[Check, ...] = ()
        self._quiet = False
        self._at = -1
        self._fixes: list[QPushButton] = []
        self._counts = {level: _Count(level) for level in ("red", "amber", "ok")}
        self._rows = vbox(spacing=0)
        inner = QWidget()
        inner.setLayout(vbox(self._rows, None, spacing=0, margins=(16, 0, 16, 8)))
        self._area = scroll(inner, "news.checks.scroll")
        head = hbox(
            label(self.tr("发送前检查"), bold=True), None, *self._counts.values(), spacing=8, margins=(16, 12, 16, 6)
        )
        self.setLayout(vbox(head, self._area, spacing=0))

    def checks(self) -> tuple[Check, ...]:
        """The findings on the screen."""
        return self._checks

    def first_red(self) -> Check | None:
        """The first finding that stops the next step."""
        return next((check for check in self._checks if check.level == "red"), None)

    def set_quiet(self, quiet: bool) -> None:
        """Nothing was written yet: that is no mistake, so nothing is red, though nothing may be sent."""
        if quiet != self._quiet:
            self._quiet = quiet
            self._show()

    def show_checks(self, kind: str, checks: Sequence[Check]) -> None:
        """Show the findings; the kind is always the same."""
        if tuple(checks) == self._checks:
            return
        before = {(c.key, c.args.get("article")) for c in self._checks if c.level == "red"}
        had_any = bool(self._checks)
        self._checks = tuple(checks)
        self._show()
        several = self._several()
        fresh = [c for c in checks if c.level == "red" and (c.key, c.args.get("article")) not in before]
        if fresh and had_any and not self._quiet:
            announce(self, self._said(fresh[0], several)[0])

    def _several(self) -> bool:
        return any(check.args.get("article", -1) > 0 for check in self._checks)

    def _show(self) -> None:
        self._clear()
        several, checks = self._several(), self._checks
        if self._quiet:
            checks = tuple(check for check in checks if check.level == "ok")
            self._add_row("quiet", self.tr("还没有内容，写好后在这里检查"), "", None)
        bad = [check for check in checks if check.level != "ok"]
        for number, check in enumerate(bad):
            self._add(number, check, several)
        for check in checks:
            if check.level == "ok":
                self._add_row(check.level, *self._said(check, several)[:2], None)
        counts = {level: sum(check.level == level for check in checks) for level in self._counts}
        for level, number in counts.items():
            self._counts[level].show_number(number)
        self.counted.emit(counts["red"], counts["amber"])

    def sentence(self, check: Check) -> str:
        """A finding as one sentence, for a toast."""
        said = self._said(check, True)
        return "，".join(part for part in said[:2] if part)

    @staticmethod
    def _said(check: Check, several: bool) -> tuple[str, str, str]:
        args = check.args
        return finding_words(check.key, args, int(args.get("article", -1)), str(args.get("fix", "")), several)

    def _clear(self) -> None:
        self._fixes.clear()
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _add(self, number: int, check: Check, several: bool) -> None:
        fact, follows, fix_text = self._said(check, several)
        fix = None
        if fix_text:
            fix = button(fix_text, dim="inline", name=f"news.check.{check.key}")
            fix.setProperty("number", number)
            fix.setAccessibleName(f"{fix_text}：{fact}")
            fix.clicked.connect(lambda _=False, c=check: self.fix_wanted.emit(c))
            fix.installEventFilter(self)
            self._fixes.append(fix)
        self._add_row(check.level, fact, follows, fix)

    def _add_row(self, level: str, fact: str, follows: str, fix: QPushButton | None) -> None:
        icon, tint = _MARKS[level]
        words = vbox(Paragraph(fact, "body", "text"), spacing=0)
        if follows:
            words.addWidget(Paragraph(follows, "caption", "text.2", line=18, max_lines=2))
        mark = vbox(2, IconLabel(icon, 16, tint), None, spacing=0)
        row = hbox(mark, words, spacing=8, margins=(0, 7, 0, 7))
        row.setStretch(1, 1)
        if fix is not None:
            row.addLayout(vbox(fix, None, spacing=0))
        holder = QWidget()
        column = vbox(row, spacing=0)
        if self._rows.count():
            column.insertWidget(0, hline())
        holder.setLayout(column)
        self._rows.addWidget(holder)

    # Keys

    def step(self, by: int) -> None:
        """F8 and Shift F8: the keyboard goes to the next or previous finding that can be mended."""
        if self._fixes:
            focused = next((i for i, fix in enumerate(self._fixes) if fix.hasFocus()), None)
            at = self._at if focused is None else focused
            self._at = (at + by) % len(self._fixes) if at >= 0 or by > 0 else len(self._fixes) - 1
            self._focus(self._at)

    def _focus(self, at: int) -> None:
        self._fixes[at].setFocus(Qt.FocusReason.TabFocusReason)
        self._area.ensureWidgetVisible(self._fixes[at], 0, 24)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move between the fixes, Enter presses one."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and watched in self._fixes:
            at = self._fixes.index(watched)
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step and 0 <= at + step < len(self._fixes):
                self._focus(at + step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._fixes[at].click()
                return True
        return False
