"""The tools of the editor's toolbar as one table, and the menus of those that open one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QMenu, QToolButton, QWidget, QWidgetAction

from desktop_app.ui import theme
from desktop_app.ui.paint import painter, round_rect


def _tr(text: str) -> str:
    return QCoreApplication.translate("Toolbar", text)


Send = Callable[[str, dict[str, Any]], object]


@dataclass(frozen=True)
class Tool:
    """``leaves``: its turn to move into ⋯ when the room is short, the first leaves first; 0 stays for ever."""

    key: str
    icon: str
    text: str
    shortcut: str = ""
    leaves: int = 0
    menu: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    active: str = ""
    """Name of the state that presses it in."""
    command: str = ""
    """The editor's command; empty: the key itself."""


SEPARATOR = None


def tools() -> list[Tool | None]:
    """All tools in order; None is a separator."""
    return [
        Tool("undo", "undo", _tr("撤销"), "Ctrl Z"),
        Tool("redo", "redo", _tr("重做"), "Ctrl Y"),
        SEPARATOR,
        Tool("style", "", _tr("段落样式"), menu="style"),
        Tool("size", "", _tr("字号"), menu="size", leaves=14),
        SEPARATOR,
        Tool("bold", "bold", _tr("加粗"), "Ctrl B", active="bold"),
        Tool("italic", "italic", _tr("斜体"), "Ctrl I", active="italic"),
        Tool("underline", "underline", _tr("下划线"), "Ctrl U", active="underline"),
        Tool("strike", "strike", _tr("删除线"), active="strike", leaves=6),
        Tool("color", "text-color", _tr("文字颜色"), menu="color"),
        Tool("highlight", "highlight", _tr("背景色"), menu="highlight", leaves=12),
        SEPARATOR,
        Tool("align", "align-left", _tr("对齐"), menu="align", leaves=13),
        Tool("bulletList", "list-bullet", _tr("项目列表"), active="ul", leaves=11),
        Tool("orderedList", "list-number", _tr("编号列表"), active="ol", leaves=10),
        Tool("blockquote", "quote", _tr("引用"), active="quote", leaves=9),
        SEPARATOR,
        Tool("image", "image", _tr("插入图片")),
        Tool("blocks", "grid", _tr("样式")),
        Tool("emoji", "emoji", _tr("表情"), leaves=8),
        Tool("table", "table", _tr("表格"), menu="table", leaves=7),
        Tool("divider", "divider", _tr("分隔线"), leaves=3),
        Tool("link", "link", _tr("链接"), "Ctrl K", leaves=2, active="link"),
        SEPARATOR,
        Tool("clearFormat", "clear", _tr("清除格式"), leaves=1),
    ]


def styles() -> list[tuple[str, str, dict[str, Any]]]:
    """Paragraph styles: text, command, arguments."""
    return [
        (_tr("正文"), "paragraph", {}),
        (_tr("大标题"), "heading", {"level": 1}),
        (_tr("标题"), "heading", {"level": 2}),
        (_tr("小标题"), "heading", {"level": 3}),
    ]


SIZES = (12, 14, 15, 16, 17, 18, 20, 24)
LINE_HEIGHTS = ("1", "1.5", "1.75", "2", "2.5")


def menu_entries(kind: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Text, command and arguments of a menu that is a plain list."""
    if kind == "style":
        return styles()
    if kind == "size":
        return [(str(size), "size", {"px": size}) for size in SIZES]
    if kind == "align":
        sides = (
            ("left", _tr("左对齐")),
            ("center", _tr("居中")),
            ("right", _tr("右对齐")),
            ("justify", _tr("两端对齐")),
        )
        return [(text, "align", {"value": side}) for side, text in sides]
    if kind == "lineHeight":
        return [(height, "lineHeight", {"value": height}) for height in LINE_HEIGHTS]
    return [
        (_tr("插入 3 × 3 表格"), "insertTable", {"rows": 3, "columns": 3, "head": True}),
        (_tr("在下方加一行"), "rowBelow", {}),
        (_tr("在右侧加一列"), "columnRight", {}),
        (_tr("删除这一行"), "deleteRow", {}),
        (_tr("删除这一列"), "deleteColumn", {}),
        (_tr("删除表格"), "deleteTable", {}),
    ]


class _Swatch(QToolButton):
    """One colour to pick."""

    def __init__(self, value: str) -> None:
        super().__init__()
        self._value = value
        self.setFixedSize(QSize(28, 28))
        self.setAccessibleName(value or _tr("不用颜色"))
        self.setToolTip(self.accessibleName())

    def paintEvent(self, event: QPaintEvent) -> None:
        box = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        with painter(self) as p:
            if self.underMouse() or self.hasFocus():
                round_rect(p, self.rect(), 6, "bg.hover")
            round_rect(p, box, 4, QColor(self._value) if self._value else "bg.surface", "line.strong")
            if not self._value:
                p.setPen(theme.color("red"))
                p.drawLine(box.bottomLeft(), box.topRight())


class _Swatches(QFrame):
    picked = Signal(str)

    def __init__(self, values: Sequence[str]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 4, 8, 4)
        grid.setSpacing(0)
        for i, value in enumerate(("", *values)):
            made = _Swatch(value)
            made.clicked.connect(lambda _=False, v=value: self.picked.emit(v))
            grid.addWidget(made, i // 6, i % 6)


def make_menu(kind: str, parent: QWidget, send: Send) -> QMenu:
    """The menu of a tool; what is chosen goes to ``send(command, args)``."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if kind in ("color", "highlight"):
        # What an author picks for readers goes into the article as it is, in any theme.
        box = _Swatches(theme.current().tokens["article.palette"][kind])
        action = QWidgetAction(menu)
        action.setDefaultWidget(box)
        menu.addAction(action)

        def pick(value: str) -> None:
            menu.close()
            send(kind, {"value": value})

        box.picked.connect(pick)
        return menu
    for text, command, args in menu_entries(kind):
        menu.addAction(text, partial(send, command, args))
    return menu
