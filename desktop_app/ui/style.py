"""The one style of the app: Fusion, with every control painted from the tokens and no style sheet.

A theme switch repaints in milliseconds; a style sheet over the same widgets took half a second.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QMenu,
    QProxyStyle,
    QPushButton,
    QRadioButton,
    QScrollBar,
    QStyle,
    QStyleOption,
    QStyleOptionComplex,
    QStyleOptionSlider,
    QToolButton,
    QWidget,
)

from desktop_app.ui import style_paint as look
from desktop_app.ui import theme
from desktop_app.ui.compositing import can_be_translucent
from desktop_app.ui.paint import hairline

_CE = QStyle.ControlElement
_PE = QStyle.PrimitiveElement
_CC = QStyle.ComplexControl
_SC = QStyle.SubControl
_CT = QStyle.ContentsType
_PM = QStyle.PixelMetric
_SH = QStyle.StyleHint
_State = QStyle.StateFlag

_METRICS = {
    _PM.PM_IndicatorWidth: 16,
    _PM.PM_IndicatorHeight: 16,
    _PM.PM_ExclusiveIndicatorWidth: 16,
    _PM.PM_ExclusiveIndicatorHeight: 16,
    _PM.PM_CheckBoxLabelSpacing: 8,
    _PM.PM_RadioButtonLabelSpacing: 8,
    _PM.PM_FocusFrameHMargin: 4,
    _PM.PM_FocusFrameVMargin: 4,
    _PM.PM_ScrollBarExtent: 12,
    _PM.PM_ScrollBarSliderMin: 32,
    _PM.PM_ScrollView_ScrollBarSpacing: 0,
    _PM.PM_ScrollView_ScrollBarOverlap: 0,
    _PM.PM_MenuPanelWidth: 0,
    _PM.PM_MenuHMargin: 0,
    _PM.PM_MenuVMargin: 5,
    _PM.PM_ToolTipLabelFrameWidth: 4,
    _PM.PM_ButtonShiftHorizontal: 0,
    _PM.PM_ButtonShiftVertical: 0,
    _PM.PM_SmallIconSize: 16,
    _PM.PM_ListViewIconSize: 16,
    _PM.PM_LineEditIconSize: 16,
    _PM.PM_LineEditIconMargin: 6,
}
_HINTS = {
    _SH.SH_FocusFrame_AboveWidget: 1,  # the ring lives in the window or viewport, not clipped by the parent
    _SH.SH_FocusFrame_Mask: 0,
    _SH.SH_ToolTip_WakeUpDelay: 500,
    _SH.SH_ComboBox_Popup: 0,
    _SH.SH_EtchDisabledText: 0,
    _SH.SH_UnderlineShortcut: 0,
    _SH.SH_Widget_Animation_Duration: 0,
    _SH.SH_ScrollBar_Transient: 0,
    _SH.SH_ScrollBar_LeftClickAbsolutePosition: 1,
    _SH.SH_ItemView_ShowDecorationSelected: 1,
    _SH.SH_Menu_MouseTracking: 1,
}


class AppStyle(QProxyStyle):
    """Keep a reference to it: Qt does not."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def polish(self, target: Any) -> Any:
        """Give a widget what painting alone cannot: its font, hover events, room for a shadow."""
        if isinstance(target, QWidget):
            _polish(target)
        return super().polish(target)

    def styleHint(self, hint: Any, option: Any = None, widget: Any = None, data: Any = None) -> int:
        """One table, then Fusion."""
        value = _HINTS.get(hint)
        return super().styleHint(hint, option, widget, data) if value is None else value

    def pixelMetric(self, metric: Any, option: Any = None, widget: Any = None) -> int:
        """One table, then Fusion."""
        value = _METRICS.get(metric)
        return super().pixelMetric(metric, option, widget) if value is None else value

    def sizeFromContents(self, kind: Any, option: Any, size: QSize, widget: Any = None) -> QSize:
        """Heights from the design, widths from the text."""
        if kind == _CT.CT_PushButton and isinstance(widget, QPushButton):
            return look.button_hint_size(option.text, widget)
        if kind == _CT.CT_ToolButton and isinstance(widget, QToolButton):
            side = theme.px(look.button_size(widget).height)
            return QSize(side, side)
        if kind == _CT.CT_MenuItem:
            return look.menu_item_size(option)
        if kind in (_CT.CT_LineEdit, _CT.CT_ComboBox):
            height = theme.px(look.button_size(widget).height)
            extra = 44 if kind == _CT.CT_ComboBox else 0
            return QSize(size.width() + extra, height)
        result = super().sizeFromContents(kind, option, size, widget)
        if kind in (_CT.CT_CheckBox, _CT.CT_RadioButton):
            result.setHeight(max(result.height(), theme.px(28)))  # the smallest area that is easy to hit
        return result

    def drawControl(self, element: Any, option: Any, p: QPainter, widget: Any = None) -> None:
        """Buttons, menus, combo labels, table headers."""
        if element == _CE.CE_PushButton and isinstance(widget, QPushButton):
            look.paint_button(p, option, widget)
        elif element == _CE.CE_MenuItem:
            look.paint_menu_item(p, option, widget)
        elif element == _CE.CE_MenuEmptyArea:
            return
        elif element == _CE.CE_ComboBoxLabel and isinstance(widget, QComboBox):
            look.paint_combo_label(p, option, widget)
        elif element in (_CE.CE_HeaderSection, _CE.CE_HeaderEmptyArea):
            p.fillRect(option.rect, theme.color("bg.panel"))
            hairline(p, option.rect.x(), option.rect.bottom(), option.rect.width())
        else:
            super().drawControl(element, option, p, widget)

    def drawPrimitive(self, element: Any, option: QStyleOption, p: QPainter, widget: Any = None) -> None:
        """Marks, panels and frames."""
        if element in (_PE.PE_FrameFocusRect, _PE.PE_PanelScrollAreaCorner, _PE.PE_FrameMenu):
            return
        if element in (_PE.PE_IndicatorCheckBox, _PE.PE_IndicatorItemViewItemCheck):
            look.paint_check(p, option)
        elif element == _PE.PE_IndicatorRadioButton:
            look.paint_radio(p, option)
        elif element in (_PE.PE_PanelLineEdit, _PE.PE_FrameLineEdit, _PE.PE_Frame):
            self._draw_field(option, p, widget)
        elif element == _PE.PE_PanelMenu:
            look.paint_menu_panel(p, option.rect)
        elif element == _PE.PE_PanelTipLabel:
            look.paint_tip(p, option.rect)
        elif element == _PE.PE_PanelItemViewItem:
            self._draw_item_ground(option, p)
        elif element == _PE.PE_PanelItemViewRow:
            return
        else:
            super().drawPrimitive(element, option, p, widget)

    @staticmethod
    def _draw_field(option: QStyleOption, p: QPainter, widget: Any) -> None:
        if isinstance(widget, QLineEdit) and not widget.hasFrame():
            return
        enabled = bool(option.state & _State.State_Enabled)
        focused = bool(option.state & _State.State_HasFocus)
        error = widget is not None and bool(widget.property("error"))
        look.paint_field(p, option.rect, enabled, focused, error)

    @staticmethod
    def _draw_item_ground(option: QStyleOption, p: QPainter) -> None:
        if option.state & _State.State_Selected:
            p.fillRect(option.rect, theme.color("bg.selected"))
        elif option.state & _State.State_MouseOver and option.state & _State.State_Enabled:
            p.fillRect(option.rect, theme.color("bg.hover"))

    def drawComplexControl(self, control: Any, option: QStyleOptionComplex, p: QPainter, widget: Any = None) -> None:
        """Icon buttons, combo boxes, scroll bars."""
        if control == _CC.CC_ToolButton and isinstance(widget, QToolButton):
            look.paint_tool_button(p, option, widget)  # type: ignore[arg-type]
        elif control == _CC.CC_ComboBox and isinstance(widget, QComboBox):
            look.paint_combo(p, option, widget)  # type: ignore[arg-type]
        elif control == _CC.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            thumb = self.subControlRect(control, option, _SC.SC_ScrollBarSlider, widget)
            if option.maximum > option.minimum:
                vertical = option.orientation == Qt.Orientation.Vertical
                active = bool(option.state & (_State.State_MouseOver | _State.State_Sunken))
                look.paint_scroll_thumb(p, thumb, vertical, active)
        else:
            super().drawComplexControl(control, option, p, widget)

    def subControlRect(self, control: Any, option: Any, part: Any, widget: Any = None) -> QRect:
        """A scroll bar without arrows: the groove is all of it."""
        if control == _CC.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            return _scroll_part(option, part)
        if control == _CC.CC_ComboBox and part == _SC.SC_ComboBoxListBoxPopup:
            return option.rect.adjusted(0, 4, 0, 4)
        return super().subControlRect(control, option, part, widget)


def _scroll_part(option: QStyleOptionSlider, part: QStyle.SubControl) -> QRect:
    vertical = option.orientation == Qt.Orientation.Vertical
    rect = option.rect
    length = rect.height() if vertical else rect.width()
    span = option.maximum - option.minimum
    size = length
    if span > 0:
        size = max(32, length * option.pageStep // (span + max(option.pageStep, 1)))
        size = min(size, length)
    start = QStyle.sliderPositionFromValue(
        option.minimum, option.maximum, option.sliderPosition, length - size, option.upsideDown
    )
    pieces = {
        _SC.SC_ScrollBarSlider: (start, size),
        _SC.SC_ScrollBarGroove: (0, length),
        _SC.SC_ScrollBarSubPage: (0, start),
        _SC.SC_ScrollBarAddPage: (start + size, length - start - size),
    }
    if part not in pieces:
        return QRect()
    at, extent = pieces[part]
    if vertical:
        return QRect(rect.x(), rect.y() + at, rect.width(), extent)
    return QRect(rect.x() + at, rect.y(), extent, rect.height())


def _polish(widget: QWidget) -> None:
    if isinstance(widget, QPushButton):
        widget.setFont(look.button_font(widget))
    if isinstance(widget, QPushButton | QToolButton | QCheckBox | QRadioButton | QComboBox | QScrollBar):
        widget.setAttribute(Qt.WidgetAttribute.WA_Hover)
    if isinstance(widget, QScrollBar):
        # A scroll bar promises to fill its ground; ours shows what lies below.
        widget.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)
    elif isinstance(widget, QLineEdit) and widget.textMargins().isNull():
        widget.setTextMargins(8, 0, 8, 0)  # with the border and Qt's own 2 px: 11 px
    elif isinstance(widget, QMenu):
        widget.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, can_be_translucent())
        flags = Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint
        widget.setWindowFlags(widget.windowFlags() | flags)
        widget.setContentsMargins(*look.menu_margins())
    elif isinstance(widget, QLabel) and widget.inherits("QTipLabel"):
        widget.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, can_be_translucent())
        widget.setFont(theme.font("caption"))
        widget.setContentsMargins(6, 0, 6, 0)
    elif isinstance(widget, QAbstractItemView):
        widget.setFrameShape(QFrame.Shape.NoFrame)
