"""How each control looks: plain functions that ``style.AppStyle`` calls with Qt's option objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QIcon, QPainter, QPen
from PySide6.QtWidgets import (
    QMenu,
    QStyle,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionMenuItem,
    QStyleOptionToolButton,
    QWidget,
)

from desktop_app.ui import icons, theme
from desktop_app.ui.compositing import can_be_translucent
from desktop_app.ui.paint import float_shadow, round_rect

_State = QStyle.StateFlag
_MenuType = QStyleOptionMenuItem.MenuItemType
_MENU_MARGINS = (16, 12, 16, 20)  # left, top, right, bottom: room for the painted shadow
MENU_INSET = 5
MENU_PADDING = 10


@dataclass(frozen=True)
class ButtonLook:
    """Tokens of one kind of button, at rest, below the mouse and pressed; None paints nothing."""

    text: str
    fill: str | None = None
    hover: str | None = None
    pressed: str | None = None
    line: str | None = None
    bold: bool = False
    inverse: bool = False

    def color(self, token: str) -> QColor:
        """The token's colour, from the dark set where the button sits on an inverse ground."""
        return theme.current().on_inverse(token) if self.inverse else theme.color(token)


LOOKS = {
    "send": ButtonLook("on.go", "go", "go.hover", "go.pressed", bold=True),
    "primary": ButtonLook("on.cta", "cta", "cta.hover", "text", bold=True),
    "plain": ButtonLook("text", "bg.surface", "bg.hover", "bg.selected", "line.strong"),
    "danger": ButtonLook("red.text", "bg.surface", "red.bg", "red.line", "red.line"),
    "delete": ButtonLook("on.delete", "delete.fill", "red", "red", bold=True),
    "amber": ButtonLook("amber.text", "bg.surface", "amber.bg", "amber.bg", "line.strong"),
    "rehearsal": ButtonLook("amber.text", "amber.bg", "amber.line", "amber.line", "amber", bold=True),
    "ghost": ButtonLook("text", None, "bg.hover", "bg.selected"),
    "link": ButtonLook("blue.text"),
    "link.red": ButtonLook("red.text"),
    "float": ButtonLook("text", "bg.surface", "bg.hover", "bg.selected"),
    "inverse": ButtonLook("text", "inverse.button", "line.strong", "line.strong", inverse=True),
    "inverse.ghost": ButtonLook("text", None, "inverse.button", "line.strong", inverse=True),
}


class ButtonSize(NamedTuple):
    """Measures of a button: height, space left and right of its text, icon size, type style."""

    height: int
    padding: int
    icon: int
    style: str


SIZES = {
    "": ButtonSize(32, 12, 16, "body"),
    "small": ButtonSize(28, 10, 14, "caption"),
    "inline": ButtonSize(24, 8, 12, "caption"),
    "large": ButtonSize(40, 16, 16, "body.l"),
}
BUTTON_GAP = 6
_HINT_GAP = 10


def prop(widget: QWidget | None, name: str) -> str:
    """A dynamic property as text; empty when it was never set."""
    return str(widget.property(name) or "") if widget is not None else ""


def button_look(widget: QWidget | None) -> ButtonLook:
    """The look named by the property ``kind``."""
    return LOOKS[prop(widget, "kind") or "plain"]


def button_size(widget: QWidget | None) -> ButtonSize:
    """The measures named by the property ``dim``."""
    return SIZES[prop(widget, "dim")]


def button_font(widget: QWidget | None) -> QFont:
    """The font of a push button of this kind and size."""
    return theme.font(button_size(widget).style, button_look(widget).bold)


def button_hint_size(text: str, widget: QWidget) -> QSize:
    """Width and height a push button asks for."""
    size = button_size(widget)
    width = QFontMetrics(button_font(widget)).horizontalAdvance(text.replace("&", ""))
    for name in ("iconName", "arrow"):
        if prop(widget, name):
            width += size.icon + (BUTTON_GAP if text else 0)
    if hint := prop(widget, "hint"):
        width += _HINT_GAP + QFontMetrics(theme.font("caption")).horizontalAdvance(hint)
    if prop(widget, "kind").startswith("link"):
        return QSize(width, theme.px(min(size.height, 28)))
    padding = size.padding + 1 if text else (size.height - size.icon) // 2
    return QSize(width + 2 * padding, theme.px(size.height))


def paint_box(p: QPainter, option: QStyleOption, look: ButtonLook, radius: float = 6) -> QColor:
    """The ground of a button in its state; returns the colour of what stands on it."""
    state = option.state
    rect = QRectF(option.rect)
    if not state & _State.State_Enabled:
        if look.inverse:  # a light box would be the loudest thing on the dark ground
            return look.color("text.disabled")
        if look.fill:
            round_rect(p, rect, radius, "bg.sunken", "line")
        return theme.color("text.disabled")
    fill = look.fill
    if state & _State.State_Sunken:
        fill = look.pressed or fill
    elif state & _State.State_MouseOver:
        fill = look.hover or fill
    elif state & _State.State_On and look.pressed:
        fill = look.pressed
    if fill:
        ground = theme.color(fill) if fill == "inverse.button" else look.color(fill)
        round_rect(p, rect, radius, ground, look.color(look.line) if look.line else None)
    return look.color(look.text)


def paint_button(p: QPainter, option: QStyleOptionButton, widget: QWidget) -> None:
    """A push button: ground, then icon, text, key hint and arrow in one centred row."""
    look, size = button_look(widget), button_size(widget)
    color = paint_box(p, option, look)
    font = button_font(widget)
    if prop(widget, "kind").startswith("link"):
        font.setUnderline(bool(option.state & _State.State_MouseOver))
    paint_button_content(p, QRectF(option.rect), option.text, font, color, size.icon, widget)


def paint_button_content(
    p: QPainter, rect: QRectF, text: str, font: QFont, color: QColor, icon_size: int, widget: QWidget
) -> None:
    """Icon, text, hint and arrow of a button, centred; text that does not fit is shortened."""
    name, arrow, hint = (prop(widget, key) for key in ("iconName", "arrow", "hint"))
    text = text.replace("&", "")
    metrics, hint_font = QFontMetricsF(font), theme.font("caption")
    extra = (icon_size + BUTTON_GAP if name else 0) + (icon_size + BUTTON_GAP if arrow else 0)
    hint_width = _HINT_GAP + QFontMetricsF(hint_font).horizontalAdvance(hint) if hint else 0.0
    extra -= 0 if text else BUTTON_GAP
    room = max(rect.width() - extra - hint_width, 0)
    if metrics.horizontalAdvance(text) > room + 1:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    width = metrics.horizontalAdvance(text)
    x = rect.center().x() - (width + extra + hint_width) / 2
    if widget.property("alignLeft"):
        x = rect.x() + button_size(widget).padding + 1
    right = bool(widget.property("iconRight"))
    box = QRectF(x, rect.y(), icon_size, rect.height())
    if name and not right:
        icons.paint(p, box, name, icon_size, color)
        x += icon_size + BUTTON_GAP
    p.setFont(font)
    p.setPen(color)
    middle = Qt.AlignmentFlag.AlignVCenter
    p.drawText(QRectF(round(x), rect.y(), width + 2, rect.height()), int(middle), text)
    x += width
    if hint:
        faint = QColor(color)
        faint.setAlphaF(0.7)
        p.setFont(hint_font)
        p.setPen(faint)
        p.drawText(QRectF(x + _HINT_GAP, rect.y(), hint_width, rect.height()), int(middle), hint)
    tail = name if right else ""
    for picture in (tail, "chevron-down" if arrow else ""):
        if picture:
            x += BUTTON_GAP
            icons.paint(p, QRectF(x, rect.y(), icon_size, rect.height()), picture, icon_size, color)
            x += icon_size


def paint_tool_button(p: QPainter, option: QStyleOptionToolButton, widget: QWidget) -> None:
    """An icon-only button."""
    color = paint_box(p, option, LOOKS[prop(widget, "kind") or "ghost"])
    if name := prop(widget, "iconName"):
        icons.paint(p, option.rect, name, button_size(widget).icon, color)
    elif not option.icon.isNull():
        on = bool(option.state & _State.State_Enabled)
        option.icon.paint(
            p, option.rect.adjusted(6, 6, -6, -6), mode=QIcon.Mode.Normal if on else QIcon.Mode.Disabled
        )


def paint_field(p: QPainter, rect: QRect | QRectF, enabled: bool, focused: bool, error: bool) -> None:
    """The ground of a field, text area or combo box."""
    fill, line = "bg.surface", "line.strong"
    if not enabled:
        fill = "bg.sunken"
    elif error:
        line = "red"
    elif focused:
        line = "blue"
    round_rect(p, rect, 6, fill, line)


def _mark_color(option: QStyleOption, token: str) -> QColor:
    return theme.color(token if option.state & _State.State_Enabled else "text.disabled")


def paint_check(p: QPainter, option: QStyleOption) -> None:
    """The 16 px box of a checkbox: empty, ticked or mixed."""
    rect = QRectF(option.rect)
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    if option.state & (_State.State_On | _State.State_NoChange):
        round_rect(p, rect, 4, _mark_color(option, "cta"))
        mark = theme.color("on.cta")
        if option.state & _State.State_NoChange:
            bar = QRectF(0, 0, 8, 2)
            bar.moveCenter(rect.center())
            round_rect(p, bar, 1, mark)
        else:
            pen = QPen(mark, 1.8)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            p.setPen(pen)
            points = [(4.2, 8.3), (7, 11), (11.9, 5.4)]
            p.drawPolyline([QPointF(rect.x() + x, rect.y() + y) for x, y in points])
    else:
        hover = option.state & _State.State_MouseOver and option.state & _State.State_Enabled
        enabled = bool(option.state & _State.State_Enabled)
        ground = "bg.surface" if enabled else "bg.sunken"
        round_rect(p, rect, 4, ground, theme.color("text.2") if hover else _mark_color(option, "field.mark"))
    p.restore()


def paint_radio(p: QPainter, option: QStyleOption) -> None:
    """The 16 px circle of a radio button."""
    paint_radio_mark(
        p,
        QRectF(option.rect),
        bool(option.state & _State.State_On),
        bool(option.state & _State.State_Enabled),
        bool(option.state & _State.State_MouseOver),
    )


def paint_radio_mark(p: QPainter, rect: QRectF, on: bool, enabled: bool = True, hover: bool = False) -> None:
    """The circle itself, for the cards and segments that paint their own."""
    radius = rect.width() / 2
    if on:
        round_rect(p, rect, radius, "cta" if enabled else "text.disabled")
        dot = QRectF(0, 0, 6, 6)
        dot.moveCenter(rect.center())
        round_rect(p, dot, 3, "on.cta")
    elif enabled:
        round_rect(p, rect, radius, "bg.surface", "text.2" if hover else "field.mark")
    else:
        round_rect(p, rect, radius, "bg.sunken", "text.disabled")


def paint_combo(p: QPainter, option: QStyleOptionComboBox, widget: QWidget) -> None:
    """The closed combo box: a field with a chevron."""
    enabled = bool(option.state & _State.State_Enabled)
    open_or_focused = bool(option.state & (_State.State_HasFocus | _State.State_On))
    paint_field(p, option.rect, enabled, open_or_focused, bool(widget.property("error")))
    box = QRectF(option.rect.right() - 27, option.rect.y(), 16, option.rect.height())
    icons.paint(p, box, "chevron-down", 14, "text.3" if enabled else "text.disabled")


def paint_combo_label(p: QPainter, option: QStyleOptionComboBox, widget: QWidget) -> None:
    """The chosen text of a combo box, shortened to its room."""
    enabled = bool(option.state & _State.State_Enabled)
    rect = QRectF(option.rect).adjusted(11, 0, -32, 0)
    p.setFont(widget.font())
    p.setPen(theme.color("text" if enabled else "text.disabled"))
    text = QFontMetricsF(widget.font()).elidedText(option.currentText, Qt.TextElideMode.ElideRight, rect.width())
    p.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter), text)


def menu_margins() -> tuple[int, int, int, int]:
    """Room around a menu for its shadow; none where a window cannot be translucent."""
    return _MENU_MARGINS if can_be_translucent() else (0, 0, 0, 0)


def paint_menu_panel(p: QPainter, rect: QRect) -> None:
    """The ground of a menu, with its shadow in the margins; a plain box where those would be black."""
    if not can_be_translucent():
        round_rect(p, rect, 0, "bg.surface", "line.strong")
        return
    left, top, right, bottom = menu_margins()
    box = QRectF(rect).adjusted(left, top, -right, -bottom)
    float_shadow(p, box, 10, small=True)
    round_rect(p, box, 10, "bg.surface", "line")


def menu_item_size(option: QStyleOptionMenuItem) -> QSize:
    """Width without the shortcut (the menu adds that column itself) and height of a menu item."""
    if option.menuItemType == _MenuType.Separator:
        return QSize(10, 9)
    text, _, shortcut = option.text.partition("\t")
    width = QFontMetrics(theme.font("body")).horizontalAdvance(text) + 2 * (MENU_PADDING + MENU_INSET)
    width += 24 if _has_gutter(option) else 0
    width += 32 if shortcut or option.menuItemType == _MenuType.SubMenu else 0
    return QSize(max(width, 120), theme.px(32))


def _has_gutter(option: QStyleOptionMenuItem) -> bool:
    return option.menuHasCheckableItems or not option.icon.isNull()


def paint_menu_item(p: QPainter, option: QStyleOptionMenuItem, menu: QWidget | None) -> None:
    """One row of a menu: check or icon, text, shortcut; red when the action has the property ``danger``."""
    rect = QRectF(option.rect).adjusted(MENU_INSET, 0, -MENU_INSET, 0)
    if option.menuItemType == _MenuType.Separator:
        p.fillRect(QRectF(rect.x(), rect.center().y(), rect.width(), 1), theme.color("line"))
        return
    enabled = bool(option.state & _State.State_Enabled)
    if option.state & _State.State_Selected and enabled:
        round_rect(p, rect, 6, "bg.hover")
    action = menu.actionAt(option.rect.center()) if isinstance(menu, QMenu) else None
    danger = action is not None and bool(action.property("danger"))
    color = theme.color(("red.text" if danger else "text") if enabled else "text.disabled")
    inside = rect.adjusted(MENU_PADDING, 0, -MENU_PADDING, 0)
    gutter = QRectF(inside.x(), inside.y(), 16, inside.height())
    if option.checked:
        icons.paint(p, gutter, "check", 16, color)
    elif not option.icon.isNull():
        mode = QIcon.Mode.Normal if enabled else QIcon.Mode.Disabled
        square = QRect(int(gutter.x()), int(gutter.center().y()) - 8, 16, 16)
        option.icon.paint(p, square, mode=mode)
    text, _, shortcut = option.text.partition("\t")
    middle = int(Qt.AlignmentFlag.AlignVCenter)
    p.setPen(color)
    p.setFont(theme.font("body"))
    p.drawText(inside.adjusted(24 if _has_gutter(option) else 0, 0, 0, 0), middle, text.replace("&", ""))
    if option.menuItemType == _MenuType.SubMenu:
        end = QRectF(inside.right() - 14, inside.y(), 14, inside.height())
        icons.paint(p, end, "chevron-right", 14, "text.3")
    p.setPen(theme.color("text.3" if enabled else "text.disabled"))
    p.setFont(theme.font("caption"))
    p.drawText(inside, middle | int(Qt.AlignmentFlag.AlignRight), shortcut)


def paint_tip(p: QPainter, rect: QRect) -> None:
    """The ground of a tooltip."""
    round_rect(p, rect, 6 if can_be_translucent() else 0, "inverse")


def paint_scroll_thumb(p: QPainter, thumb: QRect, vertical: bool, active: bool) -> None:
    """The thin thumb of a scroll bar; there is no track."""
    box = QRectF(thumb)
    box = box.adjusted(3, 2, -3, -2) if vertical else box.adjusted(2, 3, -2, -3)
    radius = min(box.width(), box.height()) / 2
    round_rect(p, box, radius, "field.mark" if active else "line.strong")
