"""Small pieces that pages are made of: labels, buttons, fields, boxes, rows and columns."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui import icons, theme
from desktop_app.ui.paint import painter, round_rect
from desktop_app.ui.style_paint import button_font, menu_margins
from desktop_app.ui.text import TextLabel

Item = QWidget | QLayout | int | None
Margins = tuple[int, int, int, int]


def label(
    text: str = "",
    style: str = "body",
    color: str = "text",
    bold: bool = False,
    wrap: bool = False,
    parent: QWidget | None = None,
    mono: bool = False,
    selectable: bool = False,
) -> TextLabel:
    """A plain-text label in a style of the type table (``body``, ``caption``, ``title.3`` …)."""
    made = TextLabel(text, style, color, bold, mono, parent)
    made.setWordWrap(wrap)
    if selectable:
        flags = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        made.setTextInteractionFlags(flags)
    return made


def button(
    text: str,
    kind: str = "plain",
    dim: str = "",
    icon: str = "",
    name: str = "",
    parent: QWidget | None = None,
    icon_right: bool = False,
    hint: str = "",
) -> QPushButton:
    """A push button. ``kind``: send, primary, plain, danger, delete, amber, rehearsal, ghost, link, float,
    inverse, inverse.ghost; ``dim``: "" (32), small (28), inline (24), large (40); ``hint``: a key, faint behind
    the text.
    """
    made = QPushButton(text, parent)
    made.setAutoDefault(False)  # Enter in a field must never press a button that Qt picked
    properties = {"kind": kind, "dim": dim, "iconName": icon, "iconRight": icon_right, "hint": hint}
    for key, value in properties.items():
        made.setProperty(key, value)
    if kind == "link":
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.setProperty("radius", 4)
    made.setObjectName(name)
    made.setAccessibleName(text)
    return made


def set_button(made: QPushButton, *, text: str | None = None, kind: str = "", icon: str | None = None) -> None:
    """Change the words, the kind or the icon of a button that is already shown."""
    if text is not None:
        made.setText(text)
        made.setAccessibleName(text)
    if kind:
        made.setProperty("kind", kind)
        made.setFont(button_font(made))
    if icon is not None:
        made.setProperty("iconName", icon)
    made.updateGeometry()
    made.update()


def menu_button(text: str, menu: QMenu, icon: str = "", name: str = "", kind: str = "plain") -> QPushButton:
    """A button with a chevron that opens ``menu`` below itself."""
    made = button(text, kind, icon=icon, name=name)
    made.setProperty("arrow", True)
    menu.setParent(made, menu.windowFlags())
    made.clicked.connect(lambda: popup_menu(menu, made.mapToGlobal(QPoint(0, made.height() + 4))))
    return made


def popup_menu(menu: QMenu, at: QPoint) -> None:
    """Open a menu whose visible corner is at ``at`` (global): its window begins at the shadow's edge."""
    menu.ensurePolished()
    left, top, _, _ = menu_margins()
    menu.popup(at - QPoint(left, top))


def icon_button(
    icon: str, accessible_name: str, name: str = "", shortcut: str = "", dim: str = "", kind: str = "ghost"
) -> QToolButton:
    """A button that is only an icon; its name is also its tooltip."""
    made = QToolButton()
    for key, value in {"kind": kind, "dim": dim, "iconName": icon}.items():
        made.setProperty(key, value)
    made.setObjectName(name)
    made.setAccessibleName(accessible_name)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    set_tip(made, accessible_name, shortcut)
    return made


def set_tip(widget: QWidget, text: str, shortcut: str = "") -> None:
    """A tooltip: the name and, fainter, the shortcut."""
    if not shortcut:
        widget.setToolTip(text)
        return
    faint = theme.current().on_inverse("text.2").name()
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    widget.setToolTip(
        f'<p style="white-space:pre">{escaped}&nbsp;&nbsp;&nbsp;<span style="color:{faint}">{shortcut}</span></p>'
    )


class Surface(QWidget):
    """A plain ground in the colour of a token that lets nothing show through: what lies below is not painted."""

    def __init__(self, token: str = "bg.surface", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._token = token
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.fillRect(event.rect(), theme.color(self._token))
        p.end()


class Card(QFrame):
    """A rounded box with a hairline."""

    def __init__(
        self, fill: str = "bg.surface", line: str = "line", radius: int = 8, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = (fill, line, radius)
        self.setProperty("radius", radius)

    def set_look(self, fill: str, line: str) -> None:
        """Other tokens for ground and border, as a red or amber box."""
        self._look = (fill, line, self._look[2])
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        fill, line, radius = self._look
        with painter(self) as p:
            round_rect(p, self.rect(), radius, fill, line or None)


def card(fill: str = "bg.surface", line: str = "line", radius: int = 8) -> Card:
    """A rounded box with a hairline; give it a layout with ``setLayout(vbox(...))``."""
    return Card(fill, line, radius)


class _Line(QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.fillRect(self.rect(), theme.color("line"))
        p.end()


def hline() -> QWidget:
    """A horizontal hairline."""
    made = _Line()
    made.setFixedHeight(1)
    return made


def vline(height: int = 0) -> QWidget:
    """A vertical hairline, as high as its row or ``height``."""
    made = _Line()
    made.setFixedWidth(1)
    if height:
        made.setFixedHeight(height)
    return made


def _fill(layout: QBoxLayout, items: tuple[Item, ...], spacing: int, margins: Margins) -> None:
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, QLayout):
            layout.addLayout(item)
        else:
            layout.addWidget(item)


def hbox(*items: Item, spacing: int = 8, margins: Margins = (0, 0, 0, 0)) -> QHBoxLayout:
    """A row of widgets and layouts; an int is extra space in pixels, None takes the room that is left."""
    layout = QHBoxLayout()
    _fill(layout, items, spacing, margins)
    return layout


def vbox(*items: Item, spacing: int = 8, margins: Margins = (0, 0, 0, 0)) -> QVBoxLayout:
    """A column, with the same items as ``hbox``."""
    layout = QVBoxLayout()
    _fill(layout, items, spacing, margins)
    return layout


def scroll(content: QWidget, name: str = "") -> QScrollArea:
    """A scroll area without frame or ground of its own that never scrolls sideways."""
    area = QScrollArea()
    area.setObjectName(name)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    area.viewport().setAutoFillBackground(False)
    content.setAutoFillBackground(False)
    return area


def field(
    placeholder: str = "", name: str = "", mono: bool = False, dim: str = "", accessible_name: str = ""
) -> QLineEdit:
    """A one-line field; ``dim`` "large" is the 40 px one of the first run."""
    made = QLineEdit()
    made.setPlaceholderText(placeholder)
    made.setObjectName(name)
    made.setAccessibleName(accessible_name or placeholder)
    made.setProperty("dim", dim)
    made.setFont(theme.font("body.l" if dim == "large" else "body", mono=mono))
    return made


def search_field(placeholder: str, name: str = "") -> QLineEdit:
    """A field with a magnifier and a button that clears it."""
    made = field(placeholder, name)
    made.addAction(icons.icon("search", "text.3"), QLineEdit.ActionPosition.LeadingPosition)
    made.setTextMargins(3, 0, 3, 0)
    return made


def trailing_tick(line: QLineEdit, color: str) -> QAction:
    """A tick at the end of a field, to show and hide.

    The action is made here: one that Qt makes and hands over may be taken for another one that is already gone.
    """
    tick = QAction(icons.icon("check", color), "", line)
    line.addAction(tick, QLineEdit.ActionPosition.TrailingPosition)
    return tick


class FieldWithError(QWidget):
    """A field (or text area) with room below for the reason why its content is not accepted."""

    def __init__(self, inner: QWidget, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = inner
        self.title = label(title, bold=True)
        self.title.setBuddy(inner)
        if title and not inner.accessibleName():
            inner.setAccessibleName(title)
        self.reason = label("", "caption", "red.text", wrap=True)
        self.reason.hide()
        self.setLayout(vbox(self.title, inner, self.reason, spacing=6))
        self.title.setVisible(bool(title))  # not before it has a parent: it would open a window of its own

    def set_error(self, text: str) -> None:
        """Show the reason below a red border; an empty text takes both away."""
        set_error(self.field, text)
        self.reason.setText(text)
        self.reason.setVisible(bool(text))


def set_error(widget: QWidget, text: str) -> None:
    """Give a field a red border and the reason as its description; an empty text takes them away.

    A field inside a ``FieldWithError`` shows the reason by that one's ``set_error``.
    """
    widget.setProperty("error", bool(text))
    widget.setAccessibleDescription(text)
    widget.update()


def copy_button(text_of: Callable[[], str] | str, what: str = "", dim: str = "small") -> QToolButton:
    """An icon button that copies a text (or what the function answers) and shows a tick for a moment."""
    name = what or QCoreApplication.translate("widgets", "复制")
    made = icon_button("copy", name, dim=dim)
    back = QTimer(made)
    back.setSingleShot(True)
    back.setInterval(1500)
    back.timeout.connect(lambda: _set_icon(made, "copy"))

    def copy() -> None:
        QGuiApplication.clipboard().setText(text_of if isinstance(text_of, str) else text_of())
        _set_icon(made, "check")
        back.start()

    made.clicked.connect(copy)
    return made


def _set_icon(made: QToolButton, icon: str) -> None:
    made.setProperty("iconName", icon)
    made.update()


class IconLabel(QLabel):
    """A tinted icon that stands by itself."""

    def __init__(
        self, icon: str, size: int = 16, tint: str = "text", name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon, self._size, self._tint = icon, size, tint
        self.setFixedSize(size, size)
        self.setAccessibleName(name)

    def set_icon(self, icon: str, tint: str = "") -> None:
        """Show another icon, in another colour if one is given."""
        self._icon, self._tint = icon, tint or self._tint
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            tint = self._tint if self.isEnabled() else "text.disabled"
            icons.paint(p, self.rect(), self._icon, self._size, tint)
