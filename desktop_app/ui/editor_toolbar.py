"""The toolbar of the article editor: one tab stop with arrows inside; what does not fit waits in ⋯."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from desktop_app.ui import theme
from desktop_app.ui.toolbar_tools import Tool, make_menu, menu_entries, styles, tools
from desktop_app.ui.widgets import Surface, button, icon_button, popup_menu, set_tip, vline

HEIGHT, EDGE = 40, 12


class EditorToolbar(Surface):
    """``command(name, args)`` goes to the editor; tools that need a dialog only say their key with ``wanted``."""

    command = Signal(str, dict)
    wanted = Signal(str)
    """``image``, ``blocks``, ``emoji``, ``link``, ``find``, ``sourceView``, ``pastePlain``."""

    ASKING = ("image", "blocks", "emoji", "link")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("bg.surface", parent)
        self.setObjectName("news.toolbar")
        self.setAccessibleName(self.tr("排版工具"))
        self.setFixedHeight(theme.px(HEIGHT))
        self._tools: list[tuple[Tool, QAbstractButton]] = []
        self._lines: list[tuple[QWidget, int]] = []  # a separator and how many tools stand before it
        row = QHBoxLayout(self)
        row.setContentsMargins(EDGE, 0, EDGE, 0)
        row.setSpacing(0)
        for tool in tools():
            if tool is None:
                line = vline(16)
                holder = QWidget()
                holder.setFixedWidth(13)
                line.setParent(holder)
                line.move(6, (theme.px(HEIGHT) - 16) // 2)
                holder.setFixedHeight(theme.px(HEIGHT))
                self._lines.append((holder, len(self._tools)))
                row.addWidget(holder)
                continue
            made = self._make(tool)
            self._tools.append((tool, made))
            row.addWidget(made)
        self._more = icon_button("more", self.tr("更多工具"), "news.toolbar.more", dim="small")
        self._more.clicked.connect(self._open_more)
        self._more.installEventFilter(self)
        row.addWidget(self._more)
        row.addStretch(1)
        self._stop: QAbstractButton = self._tools[0][1]
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._one_stop()

    def minimumSizeHint(self) -> QSize:
        return QSize(200, theme.px(HEIGHT))

    sizeHint = minimumSizeHint

    def _make(self, tool: Tool) -> QAbstractButton:
        name = f"news.toolbar.{tool.key}"
        made: QAbstractButton
        if tool.icon:
            made = icon_button(tool.icon, tool.text, name, tool.shortcut, dim="small")
            if tool.active:
                made.setCheckable(True)
        else:
            made = button(styles()[0][0] if tool.key == "style" else "16", "ghost", "small", name=name)
            made.setProperty("arrow", True)
            made.setFixedWidth(theme.px(76 if tool.key == "style" else 54))
            made.setAccessibleName(tool.text)
            set_tip(made, tool.text)
        made.clicked.connect(lambda _=False: self._clicked(tool, made))
        made.installEventFilter(self)
        return made

    def tool(self, key: str) -> QAbstractButton:
        """The button of a tool. Raises StopIteration for an unknown key."""
        return next(made for tool, made in self._tools if tool.key == key)

    # What a person does

    def _clicked(self, tool: Tool, made: QAbstractButton) -> None:
        self._stop = made
        self._one_stop()
        if tool.menu:
            popup_menu(self._menu(tool), made.mapToGlobal(QPoint(0, made.height() + 4)))
        elif tool.key in self.ASKING:
            self.wanted.emit(tool.key)
        else:
            self.command.emit(tool.command or tool.key, dict(tool.args))

    def _menu(self, tool: Tool) -> QMenu:
        return make_menu(tool.menu, self, lambda name, args: self.command.emit(name, args))

    def _open_more(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for tool, made in self._tools:
            if not made.isHidden():
                continue
            if tool.menu:
                inner = self._menu(tool)
                inner.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
                inner.setTitle(tool.text)
                menu.addMenu(inner)
            else:
                menu.addAction(tool.text, partial(self._clicked, tool, made))
        if not menu.isEmpty():
            menu.addSeparator()
        heights = menu.addMenu(self.tr("行高"))
        for text, name, args in menu_entries("lineHeight"):
            heights.addAction(text, partial(self.command.emit, name, args))
        menu.addAction(self.tr("首行缩进"), lambda: self.command.emit("indent", {}))
        menu.addSeparator()
        menu.addAction(self.tr("查找和替换"), lambda: self.wanted.emit("find"))
        menu.addAction(self.tr("粘贴为纯文本"), lambda: self.wanted.emit("pastePlain"))
        menu.addAction(self.tr("看源代码"), lambda: self.wanted.emit("sourceView"))
        popup_menu(menu, self._more.mapToGlobal(QPoint(0, self._more.height() + 4)))

    # What the selection is

    def show_state(self, state: Mapping[str, Any]) -> None:
        """Press in what is active where the cursor stands; ``state`` is the editor's ``selection_changed``."""
        block = str(state.get("block") or "paragraph")
        for tool, made in self._tools:
            if tool.active in ("ul", "ol"):
                made.setChecked(state.get("list") == tool.active)
            elif tool.active:
                made.setChecked(bool(state.get(tool.active)))
        self.tool("undo").setEnabled(bool(state.get("undo", True)))
        self.tool("redo").setEnabled(bool(state.get("redo", True)))
        level = int(block[1]) if block[:1] == "h" and block[1:].isdigit() else 0
        texts = [text for text, _, _ in styles()]
        self.tool("style").setText(texts[min(level, len(texts) - 1)])
        self.tool("size").setText(f"{float(state.get('size') or 16):g}")
        align = self.tool("align")
        align.setProperty("iconName", "align-center" if state.get("align") == "center" else "align-left")
        align.update()

    def set_source(self, on: bool) -> None:
        """While the HTML itself is shown there is nothing to format."""
        for _, made in self._tools:
            made.setEnabled(not on)

    # Room and keys

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - 2 * EDGE - self._more.sizeHint().width()
        room -= sum(line.width() for line, _ in self._lines)
        wanted = sum(self._width(made) for _, made in self._tools)
        hidden: set[str] = set()
        for tool, made in sorted(self._tools, key=lambda each: each[0].leaves):
            if wanted <= room:
                break
            if tool.leaves:
                hidden.add(tool.key)
                wanted -= self._width(made)
        for tool, made in self._tools:
            made.setVisible(tool.key not in hidden)
        for i, (line, before) in enumerate(self._lines):
            after = self._lines[i + 1][1] if i + 1 < len(self._lines) else len(self._tools)
            line.setVisible(any(tool.key not in hidden for tool, _ in self._tools[before:after]))
        if self._stop.isHidden():
            self._stop = self._tools[0][1]
            self._one_stop()

    @staticmethod
    def _width(made: QAbstractButton) -> int:
        return made.minimumWidth() if isinstance(made, QPushButton) else made.sizeHint().width()

    def _row(self) -> list[QAbstractButton]:
        return [made for _, made in self._tools if not made.isHidden()] + [self._more]

    def _one_stop(self) -> None:
        for made in [each for _, each in self._tools] + [self._more]:
            on = made is self._stop
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus if on else Qt.FocusPolicy.NoFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Left and right move inside, Home and End to its ends."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        row = [made for made in self._row() if made.isEnabled()]
        if watched not in row:
            return False
        at, key = row.index(watched), event.key()
        to = {Qt.Key.Key_Left: at - 1, Qt.Key.Key_Right: at + 1, Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
        if Qt.Key(key) not in to:
            return False
        self._stop = row[to[Qt.Key(key)] % len(row)]
        self._one_stop()
        self._stop.setFocus(Qt.FocusReason.TabFocusReason)
        return True
