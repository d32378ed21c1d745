"""Dialogs that live inside the window: the scrim with its shadow, the sheet, the critical question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShortcut,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui import icons, theme
from desktop_app.ui.paint import float_shadow, painter, round_rect
from desktop_app.ui.text import Paragraph
from desktop_app.ui.widgets import Card, button, card, hbox, hline, icon_button, label, vbox

RADIUS = 12
_MARGIN = 20  # between a sheet and the edge of a window that is almost too small
Action = tuple[str, str, Callable[[], None] | None]


class Scrim(QWidget):
    """Darkens the window below a sheet, paints the sheet's shadow and keeps mouse and files away."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setAcceptDrops(True)
        self.sheet: QWidget | None = None
        window.installEventFilter(self)
        self.fit()
        self.hide()

    def fit(self) -> None:
        """Cover the window and put the sheet in its middle."""
        self.setGeometry(self._window.rect())
        if isinstance(self.sheet, Sheet):
            self.sheet.place(self.size())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._window:
            self.fit()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            p.fillRect(event.rect(), theme.color("scrim"))
            if self.sheet is not None:
                float_shadow(p, QRectF(self.sheet.geometry()), RADIUS)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # Taking it with the action "ignore" shows "not here" and keeps the page below from taking it.
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()


def sheet_open(window: QWidget) -> bool:
    """Whether a sheet covers this window; for what must not happen below one."""
    return any(scrim.isVisible() for scrim in window.findChildren(Scrim))


class Sheet(QDialog):
    """A dialog inside the window. Use it once: ``open()``, then ``finished``.

    Put the content into ``body`` (margins of 24), the buttons that must stay in sight into ``set_footer``. Tab stays
    inside, Esc rejects, the window's shortcuts rest, and the focus returns to where it was. Height 0 takes what the
    content needs.
    """

    def __init__(self, window: QWidget, width: int, height: int, title: str = "") -> None:
        self.parent_window = window.window()
        self.scrim = Scrim(self.parent_window)
        super().__init__(self.scrim)
        self.scrim.sheet = self
        self.setWindowFlags(Qt.WindowType.Widget)
        self._wanted = QSize(width, height)
        self._back: QWidget | None = QApplication.focusWidget()  # a field inside may ask for the focus before open()
        self._resting: list[QAction | QShortcut] = []
        self._footer: QWidget | None = None
        self.close_button: QWidget | None = None
        self._column = vbox(spacing=0)
        self.setLayout(self._column)
        if title:
            self._add_header(title)
        self.body: QVBoxLayout = vbox(spacing=12, margins=(24, 24, 24, 24))
        self._column.addLayout(self.body, 1)
        self.hide()

    def _add_header(self, title: str) -> None:
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        close = icon_button("close", self.tr("关闭"), shortcut="Esc")
        close.clicked.connect(self.reject)
        self.close_button = close
        head = hbox(label(title, "title.3"), None, close, margins=(24, 12, 16, 11))
        self._column.addLayout(head)
        self._column.addWidget(hline())

    def set_footer(self, footer: QWidget) -> None:
        """A row pinned to the lower edge on the panel's ground."""
        self._footer = footer
        self._column.addWidget(footer)

    def place(self, room: QSize) -> None:
        """Take the wanted size, or what the window leaves, in the middle."""
        width = min(theme.px(self._wanted.width()), room.width() - 2 * _MARGIN)
        self.setFixedWidth(width)
        height = theme.px(self._wanted.height())
        if not height:
            self._column.activate()
            needed = self._column.heightForWidth(width) if self._column.hasHeightForWidth() else 0
            height = max(needed, self._column.sizeHint().height())
        self.setFixedHeight(min(height, room.height() - 2 * _MARGIN))
        self.move((room.width() - self.width()) // 2, (room.height() - self.height()) // 2)
        self.scrim.update()

    def open(self) -> None:
        """Show it over the window; its first field or button has the focus unless a widget inside already has."""
        focus = QApplication.focusWidget()
        if focus is not None and not self.isAncestorOf(focus):
            self._back = focus
        self._rest_shortcuts()
        for inner in self.findChildren(QPushButton):
            inner.setAutoDefault(False)
        self.scrim.fit()
        self.scrim.raise_()
        self.scrim.show()
        self.show()
        self.scrim.fit()
        focus = QApplication.focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            self._focus_first()

    def _focus_first(self) -> None:
        stops = self._tab_stops()
        inside = [stop for stop in stops if stop is not self.close_button] or stops
        if inside:
            inside[0].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.setFocus()

    def done(self, result: int) -> None:
        """Close, wake the shortcuts and give the focus back."""
        super().done(result)
        self.scrim.hide()
        for sleeper in self._resting:
            if shiboken6.isValid(sleeper):
                sleeper.setEnabled(True)
        self._resting.clear()
        if self._back is not None and shiboken6.isValid(self._back) and self._back.isVisible():
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)
        self.scrim.deleteLater()

    def _rest_shortcuts(self) -> None:
        window = self.parent_window
        sleepers: list[QAction | QShortcut] = [a for a in window.findChildren(QAction) if not a.shortcut().isEmpty()]
        sleepers += cast("list[QShortcut]", window.findChildren(QShortcut))
        for found in sleepers:
            if found.isEnabled() and not self._owns(found):
                found.setEnabled(False)
                self._resting.append(found)

    def _owns(self, found: QObject) -> bool:
        parent = found.parent()
        return parent is self or (isinstance(parent, QWidget) and self.isAncestorOf(parent))

    def _tab_stops(self) -> list[QWidget]:
        stops: list[QWidget] = []
        at: QWidget | None = self.nextInFocusChain()
        while at is not None and at is not self:
            if self.isAncestorOf(at) and _is_tab_stop(at, self):
                stops.append(at)
            at = at.nextInFocusChain()
        return stops

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside; the closing cross comes last."""
        stops = self._tab_stops()
        if self.close_button in stops:
            stops.remove(self.close_button)
            stops.append(self.close_button)
        if not stops:
            return True
        focus = QApplication.focusWidget()
        at = stops.index(focus) if focus in stops else -1 if forward else 0
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stops[(at + (1 if forward else -1)) % len(stops)].setFocus(reason)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            round_rect(p, self.rect(), RADIUS, "bg.surface")
            if self._footer is not None:
                self._paint_footer_ground(p, QRectF(self._footer.geometry()))

    def _paint_footer_ground(self, p: QPainter, box: QRectF) -> None:
        p.setClipRect(box)
        round_rect(p, box.adjusted(0, -2 * RADIUS, 0, 0), RADIUS, "bg.panel")
        p.fillRect(QRectF(box.x(), box.y(), box.width(), 1), theme.color("line"))


def _is_tab_stop(widget: QWidget, sheet: QWidget) -> bool:
    wants = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
    if not (wants and widget.isEnabled() and widget.isVisibleTo(sheet)):
        return False
    if isinstance(widget, QRadioButton) and widget.autoExclusive() and not widget.isChecked():
        group = [each for each in sheet.findChildren(QRadioButton) if each.parent() is widget.parent()]
        return not any(each.isChecked() for each in group)  # arrows move inside a group
    return True


class _IconBox(QLabel):
    """The icon of a critical question in a rounded box of its tone."""

    def __init__(self, icon: str, tone: str) -> None:
        super().__init__()
        self._look = (icon, tone)
        self.setFixedSize(40, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        icon, tone = self._look
        with painter(self) as p:
            round_rect(p, self.rect(), 8, f"{tone}.bg")
            icons.paint(p, self.rect(), icon, 20, "text" if tone == "gray" else f"{tone}.text")


def _is_code(text: str) -> bool:
    """A key or id that people compare letter by letter."""
    return len(text) >= 12 and text.isascii() and " " not in text


def _facts_table(facts: Sequence[tuple[str, str]]) -> Card:
    box = card("bg.panel")
    rows = vbox(spacing=0, margins=(12, 5, 12, 5))
    for name, value in facts:
        left = label(name, "caption", "text.2")
        left.setFixedWidth(theme.px(72))
        left.setMinimumHeight(theme.px(28))
        right = label(value, "caption", mono=_is_code(value), wrap=True, selectable=True)
        right.setAccessibleName(f"{name}：{value}")
        row = hbox(left, right, spacing=8)
        row.setStretch(1, 1)
        rows.addLayout(row)
    box.setLayout(rows)
    return box


def _reason_box(title: str, text: str, code: str) -> Card:
    box = card()
    column = vbox(label(title, bold=True, wrap=True), spacing=4, margins=(12, 12, 12, 12))
    if text:
        column.addWidget(Paragraph(text, "caption", "text.2", line=18))
    if code:
        column.addSpacing(6)
        column.addWidget(label(code, "caption", "text.2", mono=True, wrap=True, selectable=True))
    box.setLayout(column)
    return box


class _Question(Sheet):
    """Enter answers with the button that has the focus, as Space does; one that sends wants the mouse or Space."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focus = self.focusWidget()
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and isinstance(focus, QPushButton) and focus.property("kind") != "send":
            focus.click()
            return
        super().keyPressEvent(event)


def critical_dialog(
    window: QWidget,
    icon: str,
    tone: str,
    title: str,
    text: str,
    facts: Sequence[tuple[str, str]] = (),
    actions: Sequence[Action] = (),
    *,
    reason: tuple[str, str, str] | None = None,
    hint: str = "",
    extra: QWidget | None = None,
) -> Sheet:
    """The sheet for a moment that needs a decision; the caller opens it.

    ``facts`` are rows of name and value, ``reason`` a box of title, text and code, ``hint`` a line below the first
    action, ``extra`` a widget above the actions. ``actions`` are (text, kind, callback or None): the sheet closes,
    then the callback runs; their names are ``dialog.0``, ``dialog.1`` … With a ``delete`` among them they
    stand in one row at the right, else the first is wide and the others share a row. The first that deletes or
    sends nothing has the focus.
    """
    sheet = _Question(window, 392, 0)
    sheet.setAccessibleName(title)
    sheet.setWindowTitle(title)
    body = sheet.body
    body.setSpacing(0)
    body.addWidget(_IconBox(icon, tone))
    body.addSpacing(16)
    body.addWidget(label(title, "title.3", wrap=True))
    body.addSpacing(8)
    body.addWidget(Paragraph(text, "body", "text.2", line=22))
    for part in (_facts_table(facts) if facts else None, _reason_box(*reason) if reason else None, extra):
        if part is not None:
            body.addSpacing(12)
            body.addWidget(part)
    body.addSpacing(32)
    body.addStretch(1)
    made = [_action_button(sheet, number, *action) for number, action in enumerate(actions)]
    _place_actions(sheet, made, hint)
    safe = [each for each in made if each.property("kind") not in ("delete", "send")]
    if safe:
        safe[0].setFocus()
    return sheet


def _action_button(
    sheet: Sheet, number: int, text: str, kind: str, callback: Callable[[], None] | None
) -> QPushButton:
    made = button(text, kind, name=f"dialog.{number}")

    def act() -> None:
        sheet.accept()
        if callback is not None:
            callback()

    made.clicked.connect(act)
    return made


def _place_actions(sheet: Sheet, made: list[QPushButton], hint: str) -> None:
    kinds = [each.property("kind") for each in made]
    in_a_row = "delete" in kinds or not made
    for each in made if in_a_row else made[:1]:
        each.setProperty("dim", "large")
    if in_a_row:
        sheet.body.addLayout(hbox(None, *made))
        return
    sheet.body.addWidget(made[0])
    sheet.body.addSpacing(8)
    if hint:
        line = Paragraph(hint, "caption", "text.2", line=18)
        line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        sheet.body.addWidget(line)
        sheet.body.addSpacing(8)
    if len(made) > 1:
        row = hbox(*made[1:])
        for i in range(row.count()):
            row.setStretch(i, 1)
        sheet.body.addLayout(row)
