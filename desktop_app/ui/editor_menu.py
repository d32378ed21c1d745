"""The right-button menu of the article: clipboard, and the tools of the table or picture under the caret."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWebEngineCore import QWebEnginePage
from PySide6.QtWidgets import QMenu


def fill_menu(
    menu: QMenu,
    page: QWebEnginePage,
    selection: dict[str, Any],
    command: Callable[..., None],
    paste_plain: Callable[[], None],
    replace_picture: Callable[[], None],
) -> None:
    """Add what can be done at the selection (as ``ArticleEditor.selection_changed`` gives it)."""
    action = QWebEnginePage.WebAction
    some = not selection.get("empty", True)
    for text, what, enabled in (
        (_tr("剪切"), action.Cut, some),
        (_tr("复制"), action.Copy, some),
        (_tr("粘贴"), action.Paste, True),
    ):
        entry = menu.addAction(text)
        entry.setEnabled(enabled)
        entry.triggered.connect(lambda _=False, what=what: page.triggerAction(what))
    menu.addAction(_tr("粘贴为纯文本")).triggered.connect(lambda: paste_plain())
    if selection.get("table"):
        _add(menu, _table(), command)
    if selection.get("picture"):
        _add(menu, _picture(), command)
        menu.addAction(_tr("更换图片")).triggered.connect(lambda: replace_picture())


def _add(menu: QMenu, entries: list[tuple[str, str, dict[str, Any]]], command: Callable[..., None]) -> None:
    menu.addSeparator()
    for text, name, args in entries:
        menu.addAction(text).triggered.connect(lambda _=False, name=name, args=args: command(name, **args))


def _table() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (_tr("上方插入行"), "rowAbove", {}),
        (_tr("下方插入行"), "rowBelow", {}),
        (_tr("左侧插入列"), "columnLeft", {}),
        (_tr("右侧插入列"), "columnRight", {}),
        (_tr("删除行"), "deleteRow", {}),
        (_tr("删除列"), "deleteColumn", {}),
        (_tr("删除表格"), "deleteTable", {}),
    ]


def _picture() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (_tr("图注"), "imageCaption", {"text": ""}),
        (_tr("撑满"), "imageWidth", {"value": "100%"}),
        (_tr("一半宽"), "imageWidth", {"value": "50%"}),
        (_tr("原来的大小"), "imageWidth", {"value": ""}),
        (_tr("靠左"), "imageAlign", {"value": "left"}),
        (_tr("居中"), "imageAlign", {"value": "center"}),
        (_tr("靠右"), "imageAlign", {"value": "right"}),
    ]


def _tr(text: str) -> str:
    return QCoreApplication.translate("EditorMenu", text)
