"""DropZone: the dashed place that takes files by a click, and the red rows of files that cannot be used."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from desktop_app.ui import icons, theme
from desktop_app.ui.announce import announce
from desktop_app.ui.drop_target import paint_drop_target
from desktop_app.ui.error_box import words
from desktop_app.ui.file_intake import Refusal
from desktop_app.ui.mending import fix_words, move_words
from desktop_app.ui.paint import painter, round_rect
from desktop_app.ui.text import ElidedLabel
from desktop_app.ui.widgets import Card, IconLabel, button, hbox, icon_button, label, vbox

SHOWN_REFUSALS = 3
MOST_ROWS = 60
_numbers = itertools.count(1)


class DropZone(QAbstractButton):
    """An empty form's invitation: drop, paste, or click to choose. Files dropped anywhere go the same way."""

    def __init__(self, icon: str, title: str, rule: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._rule = icon, rule
        self.setText(title)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setAccessibleDescription(rule)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setProperty("radius", 8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(280)

    def sizeHint(self) -> QSize:
        return QSize(400, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 140)

    def paintEvent(self, event: QPaintEvent) -> None:
        box = QRectF(self.rect())
        ground = "bg.hover" if self.underMouse() else None
        with painter(self) as p:
            round_rect(p, box, 8, ground, "field.mark", 1, (3, 2))
            top = box.center().y() - 46
            icons.paint(p, QRectF(0, top, box.width(), 24), self._icon, 24, "text.2")
            p.setFont(theme.font("body.l", bold=True))
            p.setPen(theme.color("text"))
            center = int(Qt.AlignmentFlag.AlignCenter)
            p.drawText(QRectF(0, top + 34, box.width(), 20), center, self.text())
            p.setFont(theme.font("caption"))
            p.setPen(theme.color("text.3"))
            flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
            p.drawText(QRectF(24, top + 60, box.width() - 48, 40), flags, self._rule)


class AddTile(QAbstractButton):
    """The dashed cell of 88×88 at the end of a row of pictures."""

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.setFixedSize(88, 88)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setProperty("radius", 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            paint_drop_target(p, QRectF(self.rect()), "idle", "plus", self.text())


class RefusalRow(Card):
    """One file that cannot be used: its name, the reason and the rule, and a button that puts the row away.

    A file of another kind has a button that puts it where it belongs, one that can be mended a button for that.
    """

    dismissed = Signal(object)
    move_wanted = Signal(object)
    fix_wanted = Signal(object)

    def __init__(self, refusal: Refusal, parent: QWidget | None = None) -> None:
        super().__init__("red.bg", "red.line", parent=parent)
        self.refusal = refusal
        self.helps = bool(refusal.belongs_to or refusal.fix)
        number = next(_numbers)
        said = words(refusal.error)
        can = refusal.fix and not refusal.error.args_.get("needs")
        why = said.title if can else said.line  # beside a button that helps nobody needs the rule
        self.sentence = self.tr("{name}：{reason}").format(name=refusal.name, reason=why)
        name = ElidedLabel(refusal.name, "body", "text", bold=True)
        reason = label(why, "caption", "red.text", wrap=True)
        close = icon_button("close", self.tr("收起「{name}」的提示").format(name=refusal.name), dim="small")
        close.setObjectName(f"compose.refusal.{number}")
        close.clicked.connect(lambda: self.dismissed.emit(self))
        column = vbox(name, reason, spacing=2)
        row = hbox(IconLabel("close-circle", 16, "red"), column, spacing=12, margins=(12, 8, 8, 8))
        if kind := refusal.belongs_to:
            move = button(move_words(kind), dim="small")
            move.setObjectName(f"compose.refusal.{number}.move")
            move.clicked.connect(lambda: self.move_wanted.emit(self))
            row.addWidget(move)
        elif refusal.fix:
            fix = button(fix_words(refusal.fix), dim="small")
            fix.setObjectName(f"compose.refusal.{number}.fix")
            fix.clicked.connect(lambda: self.fix_wanted.emit(refusal.transfer))
            row.addWidget(fix)
        row.addWidget(close)
        row.setStretch(1, 1)
        self.setLayout(row)
        self.setAccessibleName(self.sentence)


class RefusalList(QWidget):
    """Three refusals at most in full, those that a button solves first, then the newest; the rest is counted."""

    move_wanted = Signal(str, object)
    """The kind of message that takes the file, and its Payload."""
    fix_wanted = Signal(object)
    """A Transfer that its own button would mend."""
    put_away = Signal(object)
    """The person is done with a refused Transfer."""

    def __init__(self, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[RefusalRow] = []
        self._beyond: list[Refusal] = []  # counted only: a folder of a thousand documents needs no thousand rows
        self._more = label("", "caption", "red.text")
        self._clear = button(self.tr("全部清掉"), "link", dim="small", name=f"compose.{kind}.refusals.clear")
        self._clear.clicked.connect(self.clear)
        self._foot = QWidget()
        self._foot.setLayout(hbox(self._more, None, self._clear))
        self._column = vbox(self._foot, spacing=8)
        self.setLayout(self._column)
        self._show()

    def add(self, refusal: Refusal) -> None:
        """Show why a file was refused."""
        if len(self._rows) >= MOST_ROWS:
            self._beyond.append(refusal)
            self._show_foot()
            return
        row = RefusalRow(refusal)
        row.dismissed.connect(self._put_away)
        row.move_wanted.connect(self._move)
        row.fix_wanted.connect(self.fix_wanted)
        self._rows.insert(0, row)
        self._column.insertWidget(0, row)
        announce(self, row.sentence, urgent=True)
        self._show()

    def rows(self) -> list[RefusalRow]:
        """All refusals, the newest first."""
        return list(self._rows)

    def drop(self, transfer: object) -> None:
        """Put away what was said about a file that is being mended."""
        self._beyond = [each for each in self._beyond if each.transfer is not transfer]
        for row in [each for each in self._rows if each.refusal.transfer is transfer]:
            self._dismiss(row)

    def clear(self) -> None:
        """Put all away."""
        for refusal in self._empty():
            if refusal.transfer is not None:
                self.put_away.emit(refusal.transfer)

    def leave(self) -> None:
        """Another account is shown: what can be mended waits on in the list of uploads, the rest is put away."""
        for refusal in self._empty():
            if refusal.transfer is not None and not refusal.fix:
                self.put_away.emit(refusal.transfer)

    def _empty(self) -> list[Refusal]:
        gone = [*(row.refusal for row in self._rows), *self._beyond]
        self._beyond = []
        for row in list(self._rows):
            self._dismiss(row)
        return gone

    def _put_away(self, row: RefusalRow) -> None:
        self._dismiss(row)
        if row.refusal.transfer is not None:
            self.put_away.emit(row.refusal.transfer)

    def _dismiss(self, row: RefusalRow) -> None:
        self._rows.remove(row)
        row.hide()
        row.deleteLater()
        if self._beyond:
            self.add(self._beyond.pop())
        self._show()

    def _move(self, row: RefusalRow) -> None:
        self._put_away(row)
        self.move_wanted.emit(row.refusal.belongs_to, row.refusal.source)

    def _show(self) -> None:
        shown = sorted(self._rows, key=lambda row: not row.helps)[:SHOWN_REFUSALS]  # a button must not be hidden
        for row in self._rows:
            row.setVisible(row in shown)
        self._show_foot()

    def _show_foot(self) -> None:
        hidden = len(self._rows) + len(self._beyond) - SHOWN_REFUSALS
        self._more.setText(self.tr("还有 {n} 个文件不能用").format(n=hidden))
        self._more.setVisible(hidden > 0)
        self._foot.setVisible(len(self._rows) > 1)
        self.setVisible(bool(self._rows))
